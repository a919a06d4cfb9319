"""Whatever came and went: no workbook of any version breaks anything, and nothing goes silently."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.detail_rows import detail_sheet, rows_seen, whose
from sheetflow.errors import DeclarationError
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.prefill import Filling, prefill_blank, prefill_returned
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import RowModel, choice, day, key, text, whole
from sheetflow.schemas.conditions import Not, where
from sheetflow.schemas.documents import dump_rows, load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Sum
from sheetflow.schemas.layout import FIRST_ROW, cell_in
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import THREE_LEVELS
from sheetflow.writing import Dress, write_workbook
from tests.tiny.desk import EAST, TREE
from tests.tiny.forms import HEAD, PATROL_FORM, TALLY

VERSIONS = 3
FIRST, SECOND = Period.parse("2012B1"), Period.parse("2012B2")
Span = tuple[int, int | None]
VALUES: Mapping[str, Any] = {
    "thing": "T0001",
    "name": "名称甲",
    "state": "好",
    "count": 3,
    "found_on": dt.datetime(2012, 1, 5),  # noqa: DTZ001
    "why": "缘故",
    "more": 4,
    "walked_on": dt.datetime(2012, 1, 6),  # noqa: DTZ001
    "length": 7,
    "kind": "甲",
}
ALWAYS: Span = (1, None)
KINDS = {"坏": ("好", "坏"), "乙": ("甲", "乙")}
THINGS = ["name", "state", "count", "found_on", "why", "more", "length", "kind", "walks"]
MORE = ["选项坏", "选项乙", "B", "C", "D"]
"""Options that nobody chooses here, and indicators: they come and go, too."""

spans = st.tuples(st.integers(1, VERSIONS), st.none() | st.integers(1, VERSIONS)).filter(
    lambda span: span[1] is None or span[0] <= span[1]
)


def since(span: Span) -> dict[str, Any]:
    """Say a span as a declaration does."""
    return {"since": span[0], "until": span[1]}


def model(fields: Mapping[str, Any]) -> type[RowModel]:
    """Make a model of these fields."""
    return type("Row", (RowModel,), {"__annotations__": dict.fromkeys(fields, Any), **fields})


def declared(span: Mapping[str, Span]) -> Form | None:
    """Declare a form with these spans; None where it contradicts itself and is told so."""

    def at(name: str) -> dict[str, Any]:
        return since(span.get(name, ALWAYS))

    def offered(option: str) -> dict[str, Any]:
        given = span.get(f"选项{option}", ALWAYS)
        return {"type": Choice(KINDS[option], spans=() if given == ALWAYS else ((option, *given),))}

    things = model(
        {
            "thing": key("编号", "T", 4),
            "name": text("名称", **at("name")),
            "state": dataclasses.replace(
                choice("状态", "好", "坏", **at("state")), **offered("坏")
            ),
            "count": whole("件数", "件", **at("count")),
            "found_on": day("发现日期", required=False, **at("found_on")),
            "why": text("原因", required=where("state", "坏", "好"), only=True, **at("why")),
            "more": whole("另有", "件", required=False, **at("more")),
        }
    )
    walks = model(
        {
            "walked_on": day("日期", **at("walked_on")),
            "length": whole("里程", "米", **at("length")),
            "kind": dataclasses.replace(
                choice("方式", "甲", "乙", required=False, **at("kind")), **offered("乙")
            ),
        }
    )
    sheets = (
        HEAD,
        TALLY,
        Sheet(
            key="things",
            title="物品",
            kind=Kind.LEDGER,
            declared=things.columns(),
            void=where("state", "坏"),
            preprinted=3,
            matter=("name",),
        ),
        Sheet(key="walks", title="走访", kind=Kind.FLOW, declared=walks.columns(), **at("walks")),
    )
    indicators = (
        Indicator("A", "物品", "件", Count("things")),
        Indicator("B", "坏的", "件", Count("things", where("why", "缘故")), **at("B")),
        Indicator("C", "件数", "件", Sum("things", ("count", "more")), **at("C")),
        Indicator(
            "D", "里程", "米", Sum("walks", ("length",), Not(where("kind", "乙"))), **at("D")
        ),
        Indicator("E", "比例", "%", Ratio("C", "A"), percent=True, **at("C")),
    )
    try:
        return Form(
            key="patrol",
            title="表",
            version=VERSIONS,
            sheets=sheets,
            cover=PATROL_FORM.cover,
            indicators=indicators,
        )
    except DeclarationError:
        return None


def campaign(form: Form) -> Campaign:
    """The campaign with this form."""
    return Campaign("rivers", "河道巡查", (form,))


def filled(whole_campaign: Campaign, form: Form, period: Period) -> bytes:
    """Fill every cell of a workbook of one version, as it is handed out."""
    blank = prefill_blank(whole_campaign, form, TREE[EAST], period)
    dress = Dress(campaign="河道巡查", catalogue=whole_campaign.catalogue)
    book = openpyxl.load_workbook(
        io.BytesIO(write_workbook(blank, dress, dt.datetime(2012, 3, 1, tzinfo=dt.UTC)))
    )
    card = {"written_on": period.last_day, "frozen": "否"}
    for sheet in form.sheets:
        values = card if sheet.kind is Kind.CARD else VALUES
        for column in sheet.columns if sheet.kind is not Kind.INDICATORS else ():
            if column.key in values:
                name = cell_in(sheet, column.key, FIRST_ROW, form.version)
                value: Any = values[column.key]
                if isinstance(value, dt.date) and period is SECOND and column.key == "walked_on":
                    value = dt.datetime(2012, 3, 6)  # noqa: DTZ001
                book[sheet.title][name] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def judged(
    whole_campaign: Campaign, data: bytes, period: Period, earlier: Earlier | None = None
) -> Judgement:
    """Judge it."""
    moment = dt.datetime.combine(period.last_day + dt.timedelta(days=1), dt.time(9), OFFICE_ZONE)
    context = JudgingContext(
        unit=TREE[EAST],
        tree=TREE,
        now=moment,
        working_days={"县": 2, "市": 4, "省": 6},
        earlier=lambda _form, _period: earlier,
    )
    return judge(read_workbook(data), whole_campaign, context)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # each takes a second: shrinking would take minutes
)
@given(
    span=st.dictionaries(
        st.sampled_from([*THINGS, *MORE]),
        spans,
        min_size=1,
    ),
    first=st.integers(1, VERSIONS),
    second=st.integers(1, VERSIONS),
)
def test_versions_follow_each_other_in_any_order(
    span: Mapping[str, Span], first: int, second: int
) -> None:
    """A book of one version, then of another: judged, kept, shown, handed out and returned."""
    form = declared(span)
    if form is None:
        return
    whole_campaign = campaign(form)
    mine = form.in_version(first)
    judgement = judged(whole_campaign, filled_in(whole_campaign, form, first, FIRST), FIRST)
    faults = [whole_campaign.catalogue.sentence(each) for each in judgement.findings]
    assert judgement.outcome.value == "accepted", faults
    assert {each.rule for each in judgement.findings} <= {"version-older"}
    book = judgement.book
    assert book is not None
    kept: dict[str, list[dict[str, Any]]] = {}
    for sheet in mine.sheets:
        if not sheet.is_table:
            continue
        (row,) = book.sheets[sheet.key].values
        assert all(row[column.key] is not None for column in sheet.columns), sheet.key
        text_kept = dump_rows(sheet, book.sheets[sheet.key].values)
        kept[sheet.key] = load_rows(form.by_key[sheet.key], text_kept)
        assert kept[sheet.key] == [dict(row)], "what the store gives back is what was typed"
    shown = form.spanning({first, second, VERSIONS})
    _details_hold(shown, kept)
    earlier = Earlier(FIRST, "r", kept, judgement.figures)
    following = prefill_blank(whole_campaign, form, TREE[EAST], SECOND, earlier)
    dress = Dress(campaign="河道巡查", catalogue=whole_campaign.catalogue)
    write_workbook(following, dress, dt.datetime(2012, 3, 1, tzinfo=dt.UTC))
    again = judged(whole_campaign, filled_in(whole_campaign, form, second, SECOND), SECOND, earlier)
    # Where the second version has nothing in which anything new could stand, that is asked.
    told = {each.rule for each in again.findings} - {"version-older"}
    assert told <= {"nothing-reported"}, told
    back = prefill_returned(whole_campaign, TREE[EAST], again, earlier)
    assert back.stamp.version == str(form.current.version)
    _carried(back, again)
    write_workbook(back, dress, dt.datetime(2012, 3, 1, tzinfo=dt.UTC))
    measured = again.figures.keys()  # of what comes back nothing is measured
    assert not measured or measured == form.in_version(second).indicator.keys()
    for code, figure in again.figures.items():
        assert (figure is None) == (not _is_counted(form.in_version(second), code)), code


def _carried(back: Filling, judgement: Judgement) -> None:
    """All that was typed and that today's version asks for stands in the copy."""
    assert judgement.book is not None
    for title, sheet in back.form.by_key.items():
        for line, row in enumerate(judgement.book.rows(title)):
            typed = {name: value for name, value in row.values.items() if value is not None}
            mine = {name: value for name, value in typed.items() if name in sheet.by_key}
            assert back.rows[title][line].items() >= mine.items()


def filled_in(whole_campaign: Campaign, form: Form, version: int, period: Period) -> bytes:
    """Fill in a workbook handed out while `version` was the newest one."""
    limited = form.in_version(version)
    stamped = _stamped(limited, version)
    return filled(whole_campaign, stamped, period)


def _stamped(limited: Form, version: int) -> Form:
    """Give the form as its own whole declaration of those days."""
    return dataclasses.replace(limited, version=version, declared=limited.declared or limited)


def _is_counted(form: Form, code: str) -> bool:
    """Whether the version has what the indicator draws on."""
    source = form.indicator[code].source
    if isinstance(source, Ratio):
        return _is_counted(form, source.numerator)
    return source.fits(form.by_key)


def test_a_sheet_that_is_retired_alone_leaves_its_version_behind() -> None:
    """What version 1 has is all there ever was: its workbook is still one of version 1."""
    form = declared({"walks": (1, 1)})
    assert form is not None
    assert (form.in_version(1).version, form.current.version) == (1, VERSIONS)
    assert "walks" not in form.current.by_key


def _details_hold(shown: Form, kept: Mapping[str, list[dict[str, Any]]]) -> None:
    """Every value that was typed stands in the details of whoever sees all."""
    policy = MaskPolicy(THREE_LEVELS, "省")
    source = whose(TREE, EAST, "r")
    for name, rows in kept.items():
        sheet = shown.by_key[name]
        detail = detail_sheet(policy, sheet, lambda: ())
        (seen,) = rows_seen(shown, policy, sheet, source, rows)
        labels = [column.label for column in detail.columns]
        assert len(set(labels)) == len(labels)
        for column, value in rows[0].items():
            assert seen.values[column] in {value, f"{EAST}-{value}"}
