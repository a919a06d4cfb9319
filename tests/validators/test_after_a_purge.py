"""History rules after a purge: what was taken out is not held against anybody."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Earlier, Judgement
from sheetflow.schemas.documents import dump_rows, load_rows, without_personal
from sheetflow.schemas.sheets import Sheet
from tests.county_book import CAMPAIGN, FORM, context, drawn, left_by

SAME_WOMAN_NEW_NEED = "@ 妇女需求台帐 登记日期 4 = 2012-04-02\n@ 妇女需求台帐 群体类别 4 = 其他\n@ 妇女需求台帐 需求类别 4 = 其他"


def before(*, purged: bool) -> Earlier:
    """What the first period left, as the store gives it back."""
    kept = left_by(judge(drawn(period="2012B1"), CAMPAIGN, context("2012B1")))

    def stored(sheet: Sheet) -> str:
        text = dump_rows(sheet, kept.rows[sheet.key])
        return without_personal(sheet, text) if purged else text

    books = [sheet for sheet in FORM.sheets if sheet.is_book and sheet.key in kept.rows]
    return replace(kept, rows={sheet.key: load_rows(sheet, stored(sheet)) for sheet in books})


def judged(changes: str, *, purged: bool) -> Judgement:
    """Judge the second period after it."""
    return judge(drawn(changes), CAMPAIGN, context(earlier=before(purged=purged)))


def test_a_purged_book_has_lost_persons_and_kept_everything_else() -> None:
    """Names, numbers, phones and addresses are gone from the document; keys and states are not."""
    whole, thin = before(purged=False), before(purged=True)
    personal = {column.key for column in FORM.by_key["needs"].columns if column.personal}
    assert {"name", "id_number", "phone", "address"} <= personal
    for old, new in zip(whole.rows["needs"], thin.rows["needs"], strict=True):
        assert {key: value for key, value in old.items() if key not in personal} == new
    assert whole.rows["papers"] == thin.rows["papers"]
    assert Period.parse("2012B1") == thin.period


def test_the_next_workbook_is_judged_alike() -> None:
    """The same workbook gets the same findings, whether the period before was purged or not."""
    whole, thin = (judged("", purged=purged) for purged in (False, True))
    assert thin.findings == whole.findings
    assert thin.outcome is whole.outcome


def test_a_name_that_is_gone_is_no_other_name() -> None:
    """Where the name alone says that it is the same matter, its loss raises no 编号重复使用."""
    for purged in (False, True):
        rules = {finding.rule for finding in judged(SAME_WOMAN_NEW_NEED, purged=purged).findings}
        assert "key-reused" not in rules


def test_rows_that_are_as_before_are_nothing_new_in_a_nil_return() -> None:
    """A nil return that carries its books on unchanged is not told that it holds new rows."""
    nil = "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 本期没有开展走访"
    for purged in (False, True):
        told = judged(nil, purged=purged).findings
        named = {finding.place.sheet for finding in told if finding.rule == "nil-with-rows"}
        assert "needs" not in named
        assert "visits" in named
