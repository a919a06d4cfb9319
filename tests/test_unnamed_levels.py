"""A level of which a column's disclosure says nothing sees least: in every room that looks."""

from __future__ import annotations

from itertools import product

import pytest

from sheetflow.consolidation.detail_rows import detail_sheet
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import OPEN, Column, Mask, RowModel, disclosed, text
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import THREE_LEVELS, Levels
from sheetflow.units.levels import CITY, COUNTY, NATION, PROVINCE, TOWNSHIP, VILLAGE
from sheetflow.writing.consolidated.detail_sheets import countable
from tests.county_book import FORM as REAL_FORM
from tests.masked import see
from tests.tiny.forms import PATROL_FORM

CHAINS = tuple(
    Levels(rungs)
    for rungs in (
        (PROVINCE, CITY),
        (PROVINCE, CITY, COUNTY),
        (NATION, PROVINCE, CITY, COUNTY),
        (PROVINCE, CITY, COUNTY, TOWNSHIP),
        (NATION, PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE),
    )
)
COLUMNS = [
    (form, sheet, column)
    for form in (REAL_FORM, PATROL_FORM)
    for sheet in form.sheets
    for column in sheet.columns
]


def named(column: Column) -> set[str]:
    """The levels of which the declaration says something."""
    return {level for level, _ in column.disclosure.masks}


@pytest.mark.parametrize("levels", CHAINS, ids=lambda levels: "".join(levels.names))
def test_an_unnamed_level_sees_least(levels: Levels) -> None:
    """Over all columns and levels: whole where nothing is kept from anybody, else as named or not at all."""
    for level, (_, sheet, column) in product(levels.names, COLUMNS):
        policy = MaskPolicy(levels, level)
        if level == levels.lowest.name or (column.disclosure == OPEN and not column.personal):
            wanted = Mask.WHOLE
        else:
            wanted = dict(column.disclosure.masks).get(level, Mask.LEFT_OUT)
        assert policy.mask_of(sheet, column) is wanted
        if level not in named(column) and wanted is not Mask.WHOLE:
            assert column.key not in see(policy, sheet, {column.key: "王安澜"})
            assert column not in policy.columns(sheet)


def test_what_is_kept_from_a_level_is_quoted_in_no_sentence() -> None:
    """A finding's sentence goes up to everybody with its 情况说明: it repeats what all may read."""
    plain = text("处置方式", 20)
    kept = text("处置方式", 20, disclosure=disclosed(市=Mask.WHOLE))

    class Row(RowModel):
        open_to_all = plain
        not_above_the_city = kept

    assert [column.quotable for column in Row.columns()] == [True, False]


@pytest.mark.parametrize("levels", CHAINS, ids=lambda levels: "".join(levels.names))
def test_no_figure_is_counted_again_from_what_is_not_seen(levels: Levels) -> None:
    """The formula over detail rows names only columns that stand there whole for the level."""
    sheets = {(form.key, sheet.key): (form, sheet) for form, sheet, _ in COLUMNS}
    for level, (form, sheet) in product(levels.names[:-1], sheets.values()):
        policy = MaskPolicy(levels, level)
        shown = detail_sheet(policy, sheet, lambda: ())
        for indicator in countable(shown, form, level):
            for key in _looked_at(form, sheet, indicator.code):
                column = sheet.by_key[key]
                assert policy.mask_of(sheet, column) is Mask.WHOLE
                assert column.disclosure.withheld_when is None


def _looked_at(form: Form, sheet: Sheet, code: str) -> set[str]:
    source = form.indicator[code].source
    where = getattr(source, "where", None)
    return {*(where.columns() if where else ()), *getattr(source, "columns", ())} & {*sheet.by_key}


def test_a_level_that_no_campaign_has_sees_least() -> None:
    """A policy for a level that is misspelt opens nothing."""
    for _, sheet, column in COLUMNS:
        mask = MaskPolicy(THREE_LEVELS, "市级").mask_of(sheet, column)
        ordinary = column.disclosure == OPEN and not column.personal
        assert mask is (Mask.WHOLE if ordinary else Mask.LEFT_OUT)


def test_naming_one_level_closes_the_others() -> None:
    """Whoever says what one level sees has closed the column to all others above."""
    column = Column(label="甲", type=PATROL_FORM.by_key["outlets"].columns[1].type)
    narrowed = Column(label="甲", type=column.type, disclosure=disclosed(市=Mask.WHOLE))
    assert [column.mask_at(level) for level in ("国家", "省", "市")] == [Mask.WHOLE] * 3
    seen = [narrowed.mask_at(level) for level in ("国家", "省", "市")]
    assert seen == [Mask.LEFT_OUT, Mask.LEFT_OUT, Mask.WHOLE]
