"""The cover says what the workbook's own stamp says."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.habits import read_code
from sheetflow.schemas.judging import Book, Context
from sheetflow.units import units_called
from sheetflow.validators.catalogue import GENERAL


def check_cover(book: Book, context: Context) -> Iterator[Finding]:
    """Find a unit's code or name, or a period, that was overtyped on the cover."""
    cover, roles = book.cover, book.form.cover
    card = cover.card
    unit_id = card[roles.unit_id]
    other = unit_id is not None and read_code(str(unit_id)) != context.unit.unit_id.upper()
    if other and not context.released:
        place = cover.place(card, roles.unit_id)
        yield GENERAL["cover-unit"].at(place, expected=context.unit.unit_id)
    name = card[roles.unit_name]
    if not other and not context.released and isinstance(name, str) and _is_anothers(name, context):
        yield GENERAL["cover-unit-name"].at(
            cover.place(card, roles.unit_name), typed=name[:30], expected=context.unit.name
        )
    if names_other_period(book):
        yield GENERAL["cover-period"].at(
            cover.place(card, roles.period),
            typed=str(card[roles.period])[:20],
            expected=book.period.period_id,
        )


def _is_anothers(name: str, context: Context) -> bool:
    """Whether the name on the cover is that of other units, and in no way the unit's own."""
    if name == context.unit.name:
        return False
    called = units_called(name, context.tree)
    return bool(called) and context.unit.unit_id not in {unit.unit_id for unit in called}


def names_other_period(book: Book) -> bool:
    """Whether the cover names another period than the stamp: which one is meant is not known."""
    typed = book.cover.card[book.form.cover.period]
    return isinstance(typed, str) and not book.period.is_called(typed)


def check_correction(book: Book, context: Context) -> Iterator[Finding]:
    """Find a workbook that changes, after the deadline, what was accepted, and does not say so."""
    cover, roles = book.cover, book.form.cover
    declared = roles.correction
    if declared is None or declared.holds(cover.card.values) or not context.is_late(book.period):
        return
    if standing := context.standing(book.form.key, book.period):
        yield GENERAL["correction-undeclared"].at(
            cover.place(cover.card, declared.column),
            receipt=standing,
            label=cover.sheet.labels[declared.column],
            declared=declared.options[0],
            reason=cover.sheet.labels.get(roles.reason, "更正原因"),
        )


def check_expected(book: Book, context: Context) -> Iterator[Finding]:
    """Find a workbook for a period that this unit does not report: it would count nowhere."""
    unit, last_day = context.unit, book.period.last_day
    if unit.exists_on(last_day):
        return
    heir = context.tree.successor_on(unit.unit_id, last_day)
    ended = unit.valid_to is not None and unit.valid_to < last_day
    remedy = "与上级联系，核对单位名单"
    if ended and heir and heir.unit_id != unit.unit_id:
        remedy = f"把本期内容并入{heir.name}（{heir.unit_id}）的工作簿报送"
    yield GENERAL["unit-not-expected"].at(
        book.cover.place(book.cover.card, book.form.cover.unit_id),
        unit=unit.name,
        period=book.period.label,
        why="已经撤并" if ended else "还没有设立",
        remedy=remedy,
    )
