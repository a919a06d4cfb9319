"""What cannot be read is never held against anybody: not by a campaign's rules."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetflow.pipeline import judge
from sheetflow.schemas.book import Book, BookRow, BookSheet, Judgement
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import columns_in
from sheetflow.validators.declared_rules import check_declared
from tests.county_book import CAMPAIGN, context, drawn, judged, left_by
from tests.validators import ruled as bench
from tests.validators.pairs import Pair
from tests.validators.pairs_campaign import CAMPAIGNS_OWN

pytestmark = pytest.mark.slow

OWN = {rule.code for rule in CAMPAIGN.main_form.rules}
UNREADABLE = "#REF!"
_LOOSE = {"cadre-papers", "case-without-help", "hard-without-plan"}
"""有对应行: where more are missed than rows are loose all are told, the one that was lost among them."""


def _told(judgement: Judgement) -> set[tuple[str, str, str]]:
    return {
        (entry.rule, entry.place.sheet, cell)
        for entry in judgement.findings
        if entry.rule in OWN or entry.rule.startswith("tried")
        for cell in (entry.place.cell, *entry.others)
    }


def _cells(form: Form, book: Book | None) -> Iterator[str]:
    """Name each cell of the tables as drawings do."""
    assert book is not None
    for name, found in book.sheets.items():
        sheet = form.by_key[name]
        for row in found.rows if sheet.is_table else ():
            for column in columns_in(sheet, form.version):
                yield f"@ {sheet.title} {column.label} {row.number} = {UNREADABLE}"


_LAST = judged(period="2012B5")
_VALID = [*_cells(CAMPAIGN.main_form, judged().book)]


@pytest.mark.parametrize("period", ["2012B2", "2012B6"])
@given(spoilt=st.sampled_from(_VALID))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sound_county_hears_nothing_more(period: str, spoilt: str) -> None:
    """One cell of a sound workbook that cannot be read is one finding, and no rule of the campaign's."""
    earlier = left_by(_LAST) if period == "2012B6" else None
    made = judge(drawn(spoilt, period=period), CAMPAIGN, context(period, earlier=earlier))
    before = judge(drawn(period=period), CAMPAIGN, context(period, earlier=earlier))
    assert _told(made) <= _told(before)


_BROKEN = [pair for pair in CAMPAIGNS_OWN if pair.rule in OWN - _LOOSE]


@given(pair=st.sampled_from(_BROKEN), spoilt=st.sampled_from(_VALID))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_faulty_county_hears_nothing_more(pair: Pair, spoilt: str) -> None:
    """Beside a fault that is told, a cell that cannot be read adds nothing that a rule would say."""
    before = _told(pair.judge_broken())
    after = replace(pair, broken=f"{pair.broken}\n{spoilt}").judge_broken()
    assert _told(after) <= before


RULES = tuple(
    bench.ruled(must, when=when, points=("地点",), code=f"tried{number}")
    for number, (must, when) in enumerate(
        [
            ("[工时]<=2", ""),
            ('[费用（元）]<>"" 且 非 [备注]<>""', '[状态]<>"撤销"'),
            ('含([用料], "铁件") 或 [类别]="其他"', ""),
            ("[登记日期]>期末(1) 且 上期[工时]<=[工时]", ""),
            ("非 新增()", ""),
            ("计数(工单表, [类别]=本行[类别])>=2", ""),
            ("计数(工单表, [类别]=本行[类别] 且 [工时]<本行[工时])=0", ""),
            ("合计(工单表, [工时])<=5", ""),
            ('计数(回复表)>合计(工单表, [工时], [状态]="在办")', ""),
            ("计数(地名表, [地名]=本行[地点])=0", ""),
            ("不重复([类别], [状态])", ""),
            ("不重复([费用（元）] 或 [来电人] 且 [地点], [类别])", ""),
            ("J1>=9 且 J3<=1", ""),
        ]
    )
)
_BENCH = [*_cells(bench.FORM, bench.judged().book)]


@given(spoilt=st.sets(st.sampled_from(_BENCH), min_size=1, max_size=2))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_kind_of_rule_speaks_of_what_is_unreadable(spoilt: set[str]) -> None:
    """Whatever a rule is made of, cells that become unreadable only ever silence it."""
    before = _told(bench.judged(*RULES, before=""))
    assert len(before) > len(RULES)
    assert _told(bench.judged(*RULES, changes="\n".join(sorted(spoilt)), before="")) <= before


def test_rows_are_counted_by_an_index() -> None:
    """A workbook of many thousand rows is judged at once, however many of them each row counts."""
    sound = bench.judged().book
    assert sound is not None
    rows = 20_000
    jobs = _many(sound.sheets["jobs"], rows, "job_id", "W")
    replies = _many(sound.sheets["replies"], rows, "job", "W")
    book = replace(sound, sheets={**sound.sheets, "jobs": jobs, "replies": replies})
    rules = (
        bench.ruled("计数(回复表, [工单]=本行[工单号])=1", code="a"),
        bench.ruled(
            "合计(工单表, [工时], [工单号]=本行[工单号] 且 [工时]>=本行[工时])=7", code="b"
        ),
        bench.ruled("有对应行(回复表, [工单])", code="c"),
        bench.ruled("不重复([工单号], [类别])", code="d"),
    )
    form = replace(sound.form, rules=rules)
    begun = time.process_time()
    assert check_declared(replace(book, form=form), context(), []) == []
    assert time.process_time() - begun < 6


def _many(found: BookSheet, count: int, key: str, letter: str) -> BookSheet:
    """Give a sheet with many rows, each like the first but for its key or reference."""
    (first, *_) = found.rows
    values = {**first.values, "hours": 7} if "hours" in first.values else dict(first.values)
    rows = tuple(
        BookRow(number, {**values, key: f"{letter}{number:05}"}, {}, key=f"{number}")
        for number in range(count)
    )
    return replace(found, rows=rows)


def test_an_unreadable_list_of_keys_may_name_any_of_them() -> None:
    """Where one paper's authors cannot be read, no cadre is asked why she wrote none."""
    made = judged_in("2012B6", "@ 调研成果 作者 5 = #REF!")
    assert "cadre-papers" not in {entry.rule for entry in made.findings}
    other = judged_in("2012B6", "@ 调研成果 作者 5 = G001")
    assert "cadre-papers" in {entry.rule for entry in other.findings}, "else nothing was tried"


def judged_in(period: str, changes: str) -> Judgement:
    """Judge the sound workbook with changes, in the last period of the year."""
    return judge(drawn(changes, period=period), CAMPAIGN, context(period, earlier=left_by(_LAST)))
