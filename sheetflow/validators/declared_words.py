"""What a declared rule's sentence quotes: cells in their own words, at most 20 characters, nobody's.

What may be a person's is left out here again, though a campaign whose sentences ask for it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.schemas.book import BookSheet
from sheetflow.schemas.expressions import Cell, Expression, Name
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.rules import BEFORE, LABEL, LABELS, OTHER, OWN
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.declared_rows import Records, Scene
from sheetflow.validators.general_rules import quote
from sheetflow.validators.three_values import Known, Span

_MOST_QUOTED = 20
_BLANK, _UNREAD = "（空）", "（没有读出）"


def quoted(
    scene: Scene,
    asked: str,
    records: Records | None,
    place: int,
    points: Sequence[Expression],
    other: int | None,
) -> str:
    """Give what stands for the placeholder `asked`; `points` are the cells that the finding is about."""
    if asked in {LABEL, LABELS}:
        return "、".join(_label(scene, records, point) for point in points)
    if asked == OWN:
        return _shown(scene, records, place, points[0])
    if asked == OTHER:
        return _row_named(records, other, points[0]) if records and other is not None else ""
    if records is None:
        sheet, _, column = asked.partition(".")
        point = Cell(column, card=sheet) if column else Name(asked)
        return _shown(scene, None, place, point)
    if asked.startswith(BEFORE):
        column = asked.removeprefix(BEFORE)
        row = records.past[place]
        return _said(scene, records.sheet, column, row.get(column) if row else None)
    return _shown(scene, records, place, Cell(asked))


def _label(scene: Scene, records: Records | None, point: Expression) -> str:
    match point:
        case Name(code):
            return scene.book.form.indicator[code].label.removeprefix("其中：").strip("　")
        case Cell(column, card=card):
            sheet = scene.book.form.by_key[card] if card else records.sheet if records else None
            return sheet.labels.get(column, "") if sheet else ""
    return ""


def _shown(scene: Scene, records: Records | None, place: int, point: Expression) -> str:
    match point:
        case Name(code):
            return _figure(scene.figure(code))
        case Cell(column, card=card):
            if card:
                records, place = scene.records(card), 0
            if records is None or records.found is None or place >= len(records.rows):
                return _UNREAD
            row = records.rows[place]
            if column in row.faulty or column not in records.found.addresses:
                return _UNREAD
            return _said(scene, records.sheet, column, row[column])
    return ""


def _figure(value: Known) -> str:
    return _UNREAD if value is None or isinstance(value, Span) else str(value)


def _said(scene: Scene, sheet: Sheet, column: str, value: Value) -> str:
    """Give a value as a sentence may repeat it."""
    declared = sheet.by_key.get(column)
    if declared is None or value is None:
        return _BLANK
    about = scene.book.form.by_key.get(declared.refers_to)
    return quote(sheet, declared, declared.type.show(value), about)[:_MOST_QUOTED]


def _row_named(records: Records, place: int, point: Expression) -> str:
    """Name another row by its key, else by the cell that a finding about it would point to."""
    found: BookSheet | None = records.found
    naming, row = records.sheet.naming_column, records.rows[place]
    key = row[naming.key] if naming else None
    if naming and naming.quotable and isinstance(key, str):
        return quote(records.sheet, naming, key)[:_MOST_QUOTED]
    column = point.column if isinstance(point, Cell) else ""
    return found.cell(row.number, column) if found else ""
