"""The rows of all units, as one level sees them.

Flows bring this period's rows; ledgers and stocks each unit's last accepted book. Keys bear their
unit (``370102-X0001``), personal columns are masked. Some rows are listed once and summed above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import DetailRow, DetailSheet
from sheetflow.masks import Look, MaskPolicy, mask_value, name_columns
from sheetflow.schemas.cells import Text
from sheetflow.schemas.column_reading import each
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.conditions import column_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import plain
from sheetflow.schemas.merged_keys import key_columns, merged
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, RollUp, Sheet
from sheetflow.units import OWN_LEVEL, Unit, UnitTree

_LABEL_LIMIT = 50

KnownColumns = dict[Look, Sequence[Value]]
"""Columns of certain rows by the look that a level has at them."""


def detail_sheets(books: Books, unit: Unit, policy: MaskPolicy) -> tuple[DetailSheet, ...]:
    """Give every sheet whose rows go up to `unit`."""
    return tuple(_detail_sheet(books, unit, policy, sheet) for sheet in sheets_going_up(books.form))


def words_sheet(books: Books, unit: Unit, policy: MaskPolicy) -> DetailSheet | None:
    """Give the card of words of all units below `unit`, a row a unit; None where there is none."""
    card = books.form.narrative
    return _detail_sheet(books, unit, policy, card) if card else None


def card_sheets(books: Books, unit: Unit, policy: MaskPolicy) -> tuple[DetailSheet, ...]:
    """Give every card that is listed above, a row a unit."""
    return tuple(_detail_sheet(books, unit, policy, card) for card in cards_going_up(books.form))


def cards_going_up(form: Form) -> tuple[Sheet, ...]:
    """The cards, the one of words aside, that reports list."""
    listed = form.report.tables if form.report else ()
    cards = (sheet for sheet in form.sheets if sheet.key in listed and not sheet.is_table)
    return tuple(card for card in cards if card is not form.narrative)


def sheets_going_up(form: Form) -> tuple[Sheet, ...]:
    """The tables whose rows go up at all, whole or summed."""
    return tuple(
        sheet
        for sheet in form.sheets
        if sheet.is_table and sheet.kind is not Kind.ANSWER and sheet.roll_up is not RollUp.NONE
    )


def sources(books: Books, unit: Unit, sheet: Sheet | None = None) -> list[Accepted]:
    """The submissions whose rows stand in `unit`'s workbook for that sheet, in order.

    The books of a unit that has ended stand until its successor's own workbook has taken
    them over; from then on they are counted there, and only there.
    """
    books = books.listing
    found: list[Accepted] = []
    for member in books.counted(unit):
        own = books.for_period(member.unit_id)
        if sheet is not None and not sheet.is_book:
            found += [own] if own else []
            continue
        standing = books.latest(member.unit_id)
        heirs = (
            books.latest(old.unit_id)
            for old in books.merged_into(member)
            if standing is None
            or books.form.period(standing.period) < books.merged_since(old, member)
        )
        found += [book for book in heirs if book]
        found += [standing] if standing else []
    return found


def as_shown(books: Books, unit: Unit) -> Books:
    """Give the books with the columns that `unit`'s workbook shows: the period's, and those of its rows.

    A column that was retired stays while rows stand there that were filled in with it.
    """
    versions = {accepted.version for accepted in sources(books, unit)} - {0}
    form = books.form.spanning({books.in_force or books.form.version, *versions})
    if form is books.form:
        return books
    return replace(
        books, form=form, listed=replace(books.listed, form=form) if books.listed else None
    )


def _detail_sheet(books: Books, unit: Unit, policy: MaskPolicy, sheet: Sheet) -> DetailSheet:
    books = books.listing
    # Who reads with the eyes of a lower level, as an export does, is told all the same where a row is from.
    origin = policy.levels.origin(unit.level)

    def rows() -> Iterator[DetailRow]:
        for accepted, values in books.rows_of(sheet.key, sources(books, unit, sheet)):
            source = whose(books.tree, accepted.unit_id, accepted.receipt)
            for row in rows_seen(books.form, policy, sheet, source, values):
                yield replace(row, places=source.places[-len(origin) :]) if aside else row

    shape = detail_sheet(policy, sheet, rows)
    aside = len(origin) != len(shape.origin)
    if aside:
        shape = replace(shape, origin=tuple(level.column for level in origin))
    if not shape.summed or sheet.roll_up is RollUp.SUMMED:
        return shape
    listing = {
        listed_at(books.tree, member.unit_id)
        for member in books.counted(unit)
        if not sheet.levels or member.level in sheet.levels
    }
    levels = (level.name for level in books.tree.levels if level.name in listing)
    return replace(shape, listed_at=tuple(levels))


def detail_sheet(
    policy: MaskPolicy, sheet: Sheet, rows: Callable[[], Iterable[DetailRow]]
) -> DetailSheet:
    """Give the sheet as the policy's level sees it, with `rows` in it."""
    # Of an uneven tree some rows may be listed all the same: those that nobody below lists.
    summed = sheet.roll_up is RollUp.SUMMED or (
        sheet.roll_up is RollUp.LISTED and policy.is_above(policy.levels.nearest.name)
    )
    columns = _columns_in_force(policy, sheet, summed=summed)
    origin = tuple(level.column for level in policy.levels.origin(policy.level))
    return DetailSheet(sheet, columns, rows, origin, summed=summed)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows they are: what stands before each of them.

    `places` are the names on the chain, one for each level of the campaign but the top.
    `listed_at` is the level of the first workbook in which they stand.
    """

    unit_id: str
    places: tuple[str, ...]
    receipt: str
    listed_at: str

    def told_to(self, policy: MaskPolicy) -> tuple[str, ...]:
        """The names that the policy's level reads before each row."""
        return self.places[-len(policy.levels.origin(policy.level)) :]


def whose(tree: UnitTree, unit_id: str, receipt: str) -> Whose:
    """Tell whose rows a unit's are that go by `receipt`; a city's own stand as its 本级.

    Of a level that its chain leaves out above it, nothing stands there.
    """
    unit, chain = tree[unit_id], {entry.level: entry.name for entry in tree.chain(unit_id)}
    own, rank = unit.name + OWN_LEVEL * bool(tree.children(unit_id)), tree.rank(unit)
    places = (
        chain.get(level.name, own if number > rank else "")
        for number, level in enumerate(tree.levels)
        if number
    )
    return Whose(unit_id, tuple(places), receipt, listed_at(tree, unit_id))


def listed_at(tree: UnitTree, unit_id: str) -> str:
    """Name the level of the first workbook in which a unit's rows stand.

    Those of a unit that ended stand in that of its heir, whose chain may be another: the higher counts.
    """
    units = [tree[unit_id]]
    while units[-1].successor:
        units.append(tree[units[-1].successor])
    levels = {tree.first_adding(unit.unit_id).level for unit in units}
    return min(levels, key=tree.levels.rank)


def rows_seen(
    form: Form,
    policy: MaskPolicy,
    sheet: Sheet,
    source: Whose,
    rows: Sequence[Mapping[str, Value]],
) -> Iterator[DetailRow]:
    """Give one submission's rows of a sheet as the policy's level sees them."""
    standing, places = rows_standing(sheet, policy, source, rows), source.told_to(policy)
    keys = [key for key, *_ in policy.plan(sheet)]
    columns = columns_seen(form, policy, sheet, source, standing)
    for cells in zip(*columns, strict=True) if keys else [()] * len(standing):
        yield DetailRow(places, source.receipt, dict(zip(keys, cells, strict=True)))


def columns_seen(
    form: Form,
    policy: MaskPolicy,
    sheet: Sheet,
    source: Whose,
    rows: Sequence[Mapping[str, Value]],
    known: KnownColumns | None = None,
) -> Iterator[Sequence[Value]]:
    """Give the cells of one submission's rows as the policy's level sees them, column by column.

    `rows` are those that stand there, summed where the level sees them so. `known` keeps the
    columns of these rows for the next level, which is given the same ones where it sees the same.
    """
    keys = () if is_summed(sheet, policy, source) else key_columns(form, sheet)
    known = {} if known is None else known
    for look in policy.plan(sheet):
        if look not in known:
            values = column_seen(sheet, rows, look)
            if look[0] in keys:
                values = each(partial(merged, source.unit_id), values)
            known[look] = values
        yield known[look]


def column_seen(sheet: Sheet, rows: Sequence[Mapping[str, Value]], look: Look) -> Sequence[Value]:
    """Give one column of the rows as a level sees it that looks at it so."""
    key, mask, withholding = look
    values: Sequence[Value] = column_of(rows, key)
    if withholding:
        held = withholding.each(rows)
        values = [None if withheld else value for value, withheld in zip(values, held, strict=True)]
    if mask is Mask.WHOLE:
        return values
    if mask is not Mask.ADDRESS:
        return each(partial(mask_value, mask), values)
    named = name_columns(sheet)
    return [
        mask_value(mask, value, [row.get(name) for name in named]) if value else value
        for row, value in zip(rows, values, strict=True)
    ]


def rows_standing(
    sheet: Sheet, policy: MaskPolicy, source: Whose, rows: Sequence[Mapping[str, Value]]
) -> Sequence[Mapping[str, Value]]:
    """Give a unit's rows as they stand in the level's workbook: added up to one, or all."""
    return _summed(sheet, rows) if is_summed(sheet, policy, source) else rows


def is_summed(sheet: Sheet, policy: MaskPolicy, source: Whose) -> bool:
    """Whether the policy's level sees these rows of the sheet added up to one.

    Who is the first to add up their unit lists what is LISTED; only those above it sum.
    """
    return sheet.roll_up is RollUp.SUMMED or (
        sheet.roll_up is RollUp.LISTED and policy.is_above(source.listed_at)
    )


def _columns_in_force(policy: MaskPolicy, sheet: Sheet, *, summed: bool) -> tuple[Column, ...]:
    """The columns that the level sees, with what is disclosed to it; a masked value is words."""
    columns = []
    told_in = _told_in(sheet) if summed else None
    for column in policy.columns(sheet):
        disclosure = policy.disclosure_of(sheet, column)
        # Most columns are open to all: they stay as they are.
        shown = (
            column if column.disclosure == disclosure else replace(column, disclosure=disclosure)
        )
        if column is told_in or policy.mask_of(sheet, column) is not Mask.WHOLE:
            limit = column.type.limit if isinstance(column.type, Text) else _LABEL_LIMIT
            shown = replace(shown, type=Text(limit))
        columns.append(shown)
    return tuple(columns)


def _told_in(sheet: Sheet) -> Column | None:
    """The column in which a summed row says how many rows it stands for."""
    words = (column for column in sheet.columns if not column.type.numeric)
    return sheet.key_column or next(words, None)


def _summed(sheet: Sheet, rows: Sequence[Mapping[str, Value]]) -> list[dict[str, Value]]:
    """Add a unit's rows to one, those set aside not among them; none where nothing is left."""
    counted = [row for row in rows if sheet.counts(row)]
    if not counted:
        return []
    totals: dict[str, Value] = {}
    for column in sheet.columns:
        numbers = [
            value for row in counted if isinstance(value := row.get(column.key), int | Decimal)
        ]
        totals[column.key] = plain(sum(numbers)) if column.type.numeric and numbers else None
    told_in = _told_in(sheet)
    if told_in:
        totals[told_in.key] = f"（{len(counted)}行合计）"
    return [totals]
