"""The cover says what the workbook's own stamp says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sheetflow.findings import Finding
from sheetflow.periods import Period
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.parsing import read_code
from sheetflow.units import units_called
from sheetflow.validators.catalogue import GENERAL


def check_cover(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a unit's code or name, or a period, that was overtyped on the cover."""
    card, roles, unit = book.cover.card, book.form.cover, context.unit
    unit_id, name = card[roles.unit_id], card[roles.unit_name]
    if context.released:
        pass  # somebody decided whose it is
    elif unit_id is not None and read_code(str(unit_id)) != unit.unit_id.upper():
        place = book.cover_place(roles.unit_id)
        yield GENERAL["cover-unit"].at(place, expected=unit.unit_id)
    elif isinstance(name, str) and name != unit.name:
        called = {other.unit_id for other in units_called(name, context.tree)}
        if called and unit.unit_id not in called:  # in no way the unit's own name
            place = book.cover_place(roles.unit_name)
            yield GENERAL["cover-unit-name"].at(place, typed=name[:30], expected=unit.name)
    yield from _check_period(book)


def _check_period(book: Book) -> Iterator[Finding]:
    """Say which period is meant here, or that the form is not filled for the one that is named."""
    if not names_other_period(book):
        return
    form, typed = book.form, book.cover.card[book.form.cover.period]
    place = book.cover_place(form.cover.period)
    other = _of_another_cadence(book, typed if isinstance(typed, str) else "")
    if other is None:
        yield GENERAL["cover-period"].at(
            place, typed=str(typed)[:20], expected=book.period.period_id
        )
        return
    said, remedy = other
    yield GENERAL["cover-cadence"].at(
        place, said=said, form=form.title, cadence=form.cadence.words, remedy=remedy
    )


def _of_another_cadence(book: Book, typed: str) -> tuple[str, str] | None:
    """Say for which period, that is not the form's, cover or stamp are, and what to do about it.

    Of a name that says no year nobody knows which one is meant: it is quoted.
    """
    form, stamped = book.form, book.other_period
    for near in (0, book.said_period.first_day.year):
        with suppress(ValueError):
            named = form.period_named(typed, near)
            if not form.takes(named):
                words = f"“{typed[:20]}”" if near else named.label
                return f"报告期写的是{words}", f"改写成{_expected(book, named)}"
    if stamped is None:
        return None
    remedy = f"在报告期里写{_expected(book, stamped)}"
    if book.period.is_called(typed):
        remedy = f"核对报告期，确是{book.period.label}的，把退回的工作簿重新报送"
    return f"这个工作簿是为{stamped.label}发放的", remedy


def _expected(book: Book, named: Period) -> str:
    if not book.other_period:
        return book.period.period_id
    ids = book.form.period_ids(named.first_day.year)
    return f"{ids}中的一个" if book.form.cadence.is_repeated else ids


def names_other_period(book: Book) -> bool:
    """Whether the cover names another period than the stamp: which one is meant is not known.

    Nor is it where both name one for which the form is not filled.
    """
    typed = book.cover.card[book.form.cover.period]
    overtyped = isinstance(typed, str) and not book.period.is_called(typed)
    return overtyped or book.other_period is not None


def check_correction(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a workbook that changes, after the deadline, what was accepted, and does not say so."""
    cover, roles = book.cover, book.form.cover
    declared = roles.correction
    if (
        declared is None
        or declared.holds(cover.card.values)
        or not context.is_late(book.form, book.period)
    ):
        return
    if standing := context.standing(book.form.key, book.period):
        yield GENERAL["correction-undeclared"].at(
            book.cover_place(declared.column),
            receipt=standing,
            label=cover.sheet.labels[declared.column],
            declared=declared.options[0],
            reason=cover.sheet.labels.get(roles.reason, "更正原因"),
        )


def check_expected(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a workbook for a period or of a form that this unit does not report."""
    unit, last_day = context.unit, book.period.last_day
    if not book.form.is_for(unit.level):
        levels = context.tree.levels.names
        fill = "、".join(f"{name}级" for name in levels if book.form.is_for(name))
        why = f"是{unit.level}级单位，《{book.form.title}》由{fill}单位填报"
        remedy = f"改报本单位应报的报表；{fill}单位的工作簿，请放进它自己的报送文件夹"
    elif not unit.exists_on(last_day):
        heir = context.tree.successor_on(unit.unit_id, last_day)
        ended = unit.valid_to is not None and unit.valid_to < last_day
        why = f"在{book.period.label}的最后一天{'已经撤并' if ended else '还没有设立'}"
        remedy = "与上级联系，核对单位名单"
        if ended and heir and heir.unit_id != unit.unit_id:
            remedy = f"把本期内容并入{heir.name}（{heir.unit_id}）的工作簿报送"
    else:
        return
    place, period = book.cover_place(book.form.cover.unit_id), book.period.label
    yield GENERAL["unit-not-expected"].at(
        place, unit=unit.name, period=period, why=why, remedy=remedy
    )
