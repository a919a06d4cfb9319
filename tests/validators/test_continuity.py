"""What was accepted is not written over unseen; another way of writing, or a purge, is no change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Earlier, Judgement
from sheetflow.schemas.documents import dump_rows, load_rows, without_personal
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from tests.county_book import CAMPAIGN, FORM, context, drawn, judged, left_by

CHANGES = ("closed-changed", "person-changed", "key-reused", "row-gone", "age-differs")


def told(judgement: Judgement) -> list[tuple[str, str, int]]:
    """Give what is said of changes: rule, sheet and row."""
    return [(f.rule, f.place.title, f.place.row) for f in judgement.findings if f.rule in CHANGES]


def after(values: Mapping[str, Value], row: int, changes: str = "") -> Judgement:
    """Judge the book after a period that left other `values` in one row of the needs."""
    last = left_by(judged(period="2012B1"))
    rows = [dict(each) for each in last.rows["needs"]]
    rows[row] |= values
    earlier = replace(last, rows={**last.rows, "needs": rows})
    return judge(drawn(changes), CAMPAIGN, context("2012B2", earlier=earlier))


@pytest.mark.parametrize(
    "changes",
    [
        "@ 妇女需求台帐 办理措施 5 = 送去慰问金\n@ 妇女需求台帐 办理结果 5 = 又已解困",
        "@ 妇女需求台帐 登记日期 5 = 2012-03-01",
        "@ 妇女需求台帐 联系电话 5 = '13800000007",
        "@ 妇女需求台帐 办理状态 5 = 办理中\n@ 妇女需求台帐 办结日期 5 = ",
        "@ 妇女需求台帐 办理措施 5 = 送去慰问金\n@ 妇女需求台帐 hide 5",
    ],
)
def test_a_closed_case_is_one_question_whatever_changed(changes: str) -> None:
    """Of a case that was closed nothing changes without a word, hidden or not."""
    assert told(judged(changes, before="")) == [("closed-changed", "妇女需求台帐", 5)]


def test_two_columns_sorted_by_themselves_are_a_question_a_row() -> None:
    """Names and ages that moved to other rows are asked about in each of these rows."""
    changes = (
        "@ 妇女需求台帐 姓名 4 = 陈玉兰\n@ 妇女需求台帐 年龄 4 = 70\n"
        "@ 妇女需求台帐 姓名 6 = 张秀英\n@ 妇女需求台帐 年龄 6 = 45"
    )
    assert told(judged(changes, before="")) == [
        ("person-changed", "妇女需求台帐", 4),
        ("age-differs", "妇女需求台帐", 4),
        ("person-changed", "妇女需求台帐", 6),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        "@ 妇女需求台帐 办结日期 5 = 2012.4.1\n@ 妇女需求台帐 登记日期 5 = 2012年3月8日",
        "@ 妇女需求台帐 登记日期 4 = 20120306\n@ 妇女需求台帐 姓名 4 = 张　秀英",
        "@ 妇女需求台帐 台帐编号 5 = 370102-X0002",
        "@ 妇女需求台帐 年龄 6 = 71\n@ 妇女需求台帐 办理措施 6 = 联系社区和医院",
        "@ 妇女需求台帐 身份证号 6 = '370102194201011241",
    ],
)
def test_what_is_typed_otherwise_or_goes_on_is_no_change(changes: str) -> None:
    """Another way of writing is no change, and an open case goes on."""
    assert told(judged(changes, before="")) == []


@pytest.mark.parametrize(
    "values",
    [
        {"name": "某　女士"},
        {"name": "某 女士"},
        {"measures": "送去救助金 "},
        {"closed_on": dt.date(2012, 4, 1)},
    ],
)
def test_values_of_an_older_reading_are_compared_as_read_today(values: dict[str, Value]) -> None:
    """What an earlier version read otherwise is no change of the clerk's."""
    assert told(after(values, 1)) == []
    assert told(after({"measures": "另一件事"}, 1)) == [("closed-changed", "妇女需求台帐", 5)]


@pytest.mark.parametrize(
    ("age", "asked"), [(44, False), (45, False), (46, False), (43, True), (47, True)]
)
def test_an_age_is_compared_by_years(age: int, asked: bool) -> None:  # noqa: FBT001
    """One year more or less passes, as people count."""
    expected = [("age-differs", "妇女需求台帐", 4)] if asked else []
    assert told(judged(f"@ 妇女需求台帐 年龄 4 = {age}")) == expected


def test_what_was_accepted_with_its_age_is_not_asked_again() -> None:
    """A row that was accepted as it stands is not judged anew."""
    assert told(judged("@ 妇女需求台帐 年龄 4 = 60", before="@ 妇女需求台帐 年龄 4 = 60")) == []


def test_each_row_of_a_stock_sheet_that_is_gone_is_one_question() -> None:
    """Rows that nothing refers to do not vanish in silence either."""
    gone = "@ 干部名册 blank 6\n@ 结对帮扶 blank 4 5"
    judgement = judged(gone, before="")
    assert [f.place.key for f in judgement.findings if f.rule == "row-gone"] == [
        "G003",
        "J001",
        "J002",
    ]


SAME_WOMAN_NEW_NEED = "@ 妇女需求台帐 登记日期 4 = 2012-04-02\n@ 妇女需求台帐 群体类别 4 = 其他\n@ 妇女需求台帐 需求类别 4 = 其他"


def stored_before(*, purged: bool) -> Earlier:
    """What the first period left, as the store gives it back."""
    kept = left_by(judge(drawn(period="2012B1"), CAMPAIGN, context("2012B1")))

    def stored(sheet: Sheet) -> str:
        text = dump_rows(sheet, kept.rows[sheet.key])
        return without_personal(sheet, text) if purged else text

    books = [sheet for sheet in FORM.sheets if sheet.is_book and sheet.key in kept.rows]
    return replace(kept, rows={sheet.key: load_rows(sheet, stored(sheet)) for sheet in books})


def judged_after(changes: str, *, purged: bool) -> Judgement:
    """Judge the second period after it."""
    return judge(drawn(changes), CAMPAIGN, context(earlier=stored_before(purged=purged)))


def test_a_purged_book_has_lost_persons_and_kept_everything_else() -> None:
    """Names, numbers, phones and addresses are gone from the document; keys and states are not."""
    whole, thin = stored_before(purged=False), stored_before(purged=True)
    personal = {column.key for column in FORM.by_key["needs"].columns if column.personal}
    assert {"name", "id_number", "phone", "address"} <= personal
    for old, new in zip(whole.rows["needs"], thin.rows["needs"], strict=True):
        assert {key: value for key, value in old.items() if key not in personal} == new
    assert whole.rows["papers"] == thin.rows["papers"]
    assert Period.parse("2012B1") == thin.period


def test_the_next_workbook_is_judged_alike() -> None:
    """The same workbook gets the same findings, whether the period before was purged or not."""
    whole, thin = (judged_after("", purged=purged) for purged in (False, True))
    assert thin.findings == whole.findings
    assert thin.outcome is whole.outcome


def test_a_name_that_is_gone_is_no_other_name() -> None:
    """Where the name alone says that it is the same matter, its loss raises no 编号重复使用."""
    for purged in (False, True):
        rules = {
            finding.rule for finding in judged_after(SAME_WOMAN_NEW_NEED, purged=purged).findings
        }
        assert "key-reused" not in rules


def test_rows_that_are_as_before_are_nothing_new_in_a_nil_return() -> None:
    """A nil return that carries its books on unchanged is not told that it holds new rows."""
    nil = "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 本期没有开展走访"
    for purged in (False, True):
        told = judged_after(nil, purged=purged).findings
        named = {finding.place.sheet for finding in told if finding.rule == "nil-with-rows"}
        assert "needs" not in named
        assert "visits" in named


def test_a_nil_return_is_asked_for_nothing_in_rows_that_stand() -> None:
    """A newer version asks more of old rows: who did nothing this period need not go through them."""
    blank = "@ 结对帮扶 领导干部带头 4 ="
    nil = f"@ 封面 零报告 = 是\n@ 封面 零报告说明 = 本期没有开展走访\n{blank}"
    asked = {("required", "pairings"), ("required-when", "pairings")}
    assert asked.isdisjoint(
        (e.rule, e.place.sheet) for e in judged_after(nil, purged=False).findings
    )
    assert asked & {(e.rule, e.place.sheet) for e in judged_after(blank, purged=False).findings}, (
        "else nothing was tried"
    )
