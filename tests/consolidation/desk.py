"""Books of a small province, from workbooks drawn and judged as they would come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetflow.consolidation.accepted import Accepted, Attempt, ExplanationRow
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.gists import Gist, gist_of, load_gist
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Book, Judgement
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit, UnitTree
from tests.county_book import CAMPAIGN, FORM, context, drawn

ENDED = dt.date(2012, 3, 31)
TREE = UnitTree.of(
    [
        Unit(unit_id="370000", name="山东省", level="省"),
        Unit(unit_id="370100", name="济南市", level="市", parent="370000"),
        Unit(unit_id="370102", name="历下区", level="县", parent="370100"),
        Unit(unit_id="370103", name="市中区", level="县", parent="370100"),
        Unit(unit_id="370200", name="青岛市", level="市", parent="370000"),
        Unit(unit_id="370202", name="市南区", level="县", parent="370200"),
        Unit(
            unit_id="370203",
            name="市中区",
            level="县",
            parent="370200",
            valid_to=ENDED,
            successor="370103",
        ),
    ]
)
"""市中区 stands twice; 青岛's ends in March 2012 and goes to 济南's."""


@dataclass
class Desk:
    """Everything that came in, and what became of it."""

    judged: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    attempts: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    count: int = 0

    def submit(self, unit_id: str, period: str, changes: str = "") -> Judgement:
        """Judge a drawn workbook of `unit_id` and keep it where it is accepted."""
        self.count += 1
        unit = f"@ 封面 填报单位 = {TREE[unit_id].name}\n@ 封面 单位代码 = '{unit_id}\n"
        raw = drawn(_dates(period) + unit + changes, period=period, stamp={"unit": unit_id})
        around = replace(context(period), unit=TREE[unit_id], tree=TREE)
        judgement = judge(raw, CAMPAIGN, around)
        spot = (unit_id, period)
        self.attempts[spot] = Attempt(
            outcome=judgement.outcome.value,
            receipt=self._receipt,
            answered_at=self._moment(period),
            late=judgement.late,
            must=len(judgement.findings),
        )
        if judgement.outcome.value == "accepted":
            self.judged[spot] = judgement
        return judgement

    @property
    def _receipt(self) -> str:
        return f"R-{self.count:02d}"

    def _moment(self, period: str) -> dt.datetime:
        day = Period.parse(period).last_day + dt.timedelta(days=1)
        return dt.datetime.combine(day, dt.time(8, self.count), OFFICE_ZONE)

    def books(self, period: str) -> Books:
        """Give the books as of `period`."""
        accepted = {
            spot: Accepted(
                unit_id=spot[0],
                period=spot[1],
                receipt=self.attempts[spot].receipt,
                figures=judgement.figures,
                file_name="报表.xlsx",
                sha256="0" * 64,
                accepted_at=self.attempts[spot].answered_at,
                nil=judgement.nil,
                late=judgement.late,
                explanations=self._explanations(spot, judgement),
                judgement=int(self.attempts[spot].receipt[2:]),
                gist=_gist(spot[0], judgement),
            )
            for spot, judgement in self.judged.items()
        }
        return Books(FORM, TREE, Period.parse(period), accepted, dict(self.attempts), self._rows_of)

    def _rows_of(
        self, sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        for entry in wanted:
            book = self.judged[entry.unit_id, entry.period].book
            assert isinstance(book, Book)
            yield entry, [row.values for row in book.rows(sheet)]

    def _explanations(
        self, spot: tuple[str, str], judgement: Judgement
    ) -> tuple[ExplanationRow, ...]:
        return tuple(
            ExplanationRow(
                unit=TREE[spot[0]],
                receipt=self.attempts[spot].receipt,
                number=finding.number,
                place=finding.place.words,
                wrong=CAMPAIGN.catalogue.wrong(finding),
                explanation=judgement.explanations[finding.identity].text,
            )
            for finding in judgement.findings
            if finding.identity in judgement.explanations
        )


def _gist(unit_id: str, judgement: Judgement) -> Gist:
    book = judgement.book
    assert isinstance(book, Book)
    names = [unit.name for unit in TREE.chain(unit_id)]
    rows = {key: one.values for key, one in book.sheets.items()}
    return load_gist(gist_of(FORM, names, rows, book.filings))


def _dates(period: str) -> str:
    """Move the drawn dates of the valid workbook into `period`, so that nothing is out of time."""
    first, last = Period.parse(period).first_day, Period.parse(period).last_day
    flows = (
        "走访记录 日期 4",
        "走访记录 日期 5",
        "走访记录 日期 6",
        "宣传报道 日期 4",
        "案例机制 日期 4",
    )
    early = (
        *(f"联系点 建立日期 {row}" for row in (4, 5)),
        *(f"妇女需求台帐 登记日期 {row}" for row in range(4, 9)),
        *(f"调研成果 完成日期 {row}" for row in (4, 5)),
        *(f"结对帮扶 结对日期 {row}" for row in (4, 5)),
        *(
            "妇女需求台帐 办结日期 5",
            "对策建议 报送日期 4",
            "惠民项目 启动日期 4",
            "督查考核 日期 4",
        ),
    )
    return "\n".join(
        [
            *(f"@ {spot} = {first.isoformat()}" for spot in flows),
            *(f"@ {spot} = {first.isoformat()}" for spot in early),
            f"@ 封面 填报日期 = {last.isoformat()}",
            "",
        ]
    )
