"""What a city and the province receive, held against reviewed text dumps."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

from sheetflow.config.workspace import picture_font
from sheetflow.consolidation.consolidate import consolidate, newest
from sheetflow.consolidation.corrections import find_corrections
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter
from sheetflow.masks import MaskPolicy
from sheetflow.reporting import render_report
from sheetflow.schemas.book import Outcome
from sheetflow.units import THREE_LEVELS
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated
from sheetflow.writing.consolidated.figure_sheets import write_figure_sheets
from tests.consolidation.desk import TREE, Desk
from tests.county_book import CAMPAIGN
from tests.golden.dumping import document_text, workbook_text

HERE = Path(__file__).parent
TEMPLATE = HERE.parents[1] / "templates" / "report" / "情况报告.docx"
PERIOD = "2012B2"
OWN_OFFICE = "@ 基层组织 gone\n"
"""City and province have no such sheet."""

WORDS = {
    "370000": ("省妇联机关分成六个调研组", "推动三项惠民政策写入文件"),
    "370100": ("市妇联把联系点建在村和社区", "协调解决了一批急难愁盼的问题"),
    "370102": ("区妇联干部每周到联系点走访一天", "台帐登记的需求件件有人负责"),
    "370103": ("区妇联组织巾帼志愿者结对帮扶", "妇女之家的活动越办越红火"),
    "370202": ("区妇联与社区一起召开座谈会", "失业妇女重新走上了工作岗位"),
}


def words(unit_id: str) -> str:
    """Give the unit's own words, long enough to be quoted."""
    how, what = WORDS[unit_id]
    return (
        f"@ 文字材料 主要做法 = {how}，深入基层倾听妇女群众的心声，把问题一件一件记下来、办到底。\n"
        f"@ 文字材料 取得成效 = 通过走访和帮扶，{what}，妇女群众对妇联工作的满意度明显提高。\n"
    )


MORE_WOMEN = (
    "@ 走访记录 走访妇女人次 4 = 35\n@ 封面 报送性质 = 更正\n@ 封面 更正原因 = 漏登一次座谈\n"
)
WHAT_TO_DO = (
    "Where that is meant (a new column, indicator or sheet shows here), renew the goldens with "
    "`pytest tests/golden --update-goldens`, read `git diff tests/golden` and commit it."
)
_SHOWN, _SHOWN_LINES = 200, 12
Kept = Callable[[str, str], None]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Two periods of a small province: one is missing, one is returned and carried."""
    made = Desk()
    for unit_id in ("370000", "370100"):
        for period in ("2012B1", PERIOD):
            changes = OWN_OFFICE + words(unit_id)
            assert made.submit(unit_id, period, changes).outcome is Outcome.ACCEPTED
    for unit_id, period in (
        *((unit_id, "2012B1") for unit_id in ("370102", "370103", "370202")),
        *((unit_id, PERIOD) for unit_id in ("370102", "370103")),
    ):
        assert made.submit(unit_id, period, words(unit_id)).outcome is Outcome.ACCEPTED
    assert (
        made.submit("370202", PERIOD, "@ 妇女需求台帐 联系点 4 = 无此项\n").outcome
        is Outcome.RETURNED
    )
    return made


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Kept:
    """Compare a text with the reviewed one, or renew that with ``--update-goldens``."""

    def compare(name: str, text: str) -> None:
        file = HERE / name
        if request.config.getoption("--update-goldens"):
            file.write_text(text, encoding="utf-8")
        reviewed = file.read_text(encoding="utf-8")
        changed = [
            line
            for line in unified_diff(reviewed.splitlines(), text.splitlines(), n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        told = "\n".join(line[:_SHOWN] for line in changed[:_SHOWN_LINES])
        assert text == reviewed, f"{name}: {len(changed)} lines are others. {WHAT_TO_DO}\n{told}"

    return compare


def corrected(desk: Desk) -> Desk:
    """The same province after 历下区 has corrected both periods."""
    later = Desk(dict(desk.judged), dict(desk.attempts), desk.count)
    for period in ("2012B1", PERIOD):
        assert (
            later.submit("370102", period, words("370102") + MORE_WOMEN).outcome is Outcome.ACCEPTED
        )
    return later


@pytest.mark.parametrize("unit_id", ["370100", "370000"])
def test_the_consolidated_workbook_is_as_reviewed(desk: Desk, kept: Kept, unit_id: str) -> None:
    """Every sheet, figure, formula, link and print set-up of 汇总表 is what somebody has read."""
    unit = TREE[unit_id]
    published = desk.books(PERIOD).accepted
    books = corrected(desk).books(PERIOD)
    tables = consolidate(
        CAMPAIGN,
        books,
        unit,
        MaskPolicy(THREE_LEVELS, unit.level),
        find_corrections(published, books, unit),
    )
    kept(f"汇总表_{unit.name}.txt", workbook_text(write_consolidated(tables)))


@pytest.mark.parametrize("unit_id", ["370100", "370000"])
def test_the_report_is_as_reviewed(desk: Desk, kept: Kept, unit_id: str) -> None:
    """Every sentence, table and picture's place of 情况报告 is what somebody has read."""
    unit, books = TREE[unit_id], desk.books(PERIOD)
    letter = Letter(issuer=f"{unit.name}妇女联合会", addressee="全国妇联办公厅")
    rendered = render_report(
        TEMPLATE.read_bytes(),
        report_data(CAMPAIGN, books, unit, letter),
        stamp=newest(books, unit),
        picture_font=picture_font(),
    )
    kept(f"情况报告_{unit.name}.txt", document_text(rendered.docx))
    table = write_figure_sheets(unit.name, rendered.sentences, newest(books, unit))
    kept(f"数字核对表_{unit.name}.txt", workbook_text(table))


@pytest.mark.parametrize("which", ["简版", "内部附件", "尚无上报"])
def test_the_other_papers_are_as_reviewed(desk: Desk, kept: Kept, which: str) -> None:
    """Every sentence of the short version, of the annex for the office and of a report of nothing."""
    unit, letter = TREE["370000"], Letter(issuer="山东省妇女联合会", addressee="全国妇联办公厅")
    books = desk.books("2012B3" if which == "尚无上报" else PERIOD)
    template = TEMPLATE.with_name(f"情况报告_{which}.docx").read_bytes()
    data = report_data(CAMPAIGN, books, unit, letter)
    rendered = render_report(template, data, stamp=newest(books, unit))
    kept(f"情况报告_{which}_山东省.txt", document_text(rendered.docx))
