"""Columns, and the rows of a sheet as a class that lists them.

A sheet's rows are declared as a subclass of `RowModel`: each attribute is a `Column`, made
by one of the functions below. From that one declaration follow the header, the drop-down,
the check of the cell and its line in 填报说明.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from sheetflow.errors import DeclarationError
from sheetflow.findings import Argument
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.versioned import LATER, Versioned

Fault = tuple[str, Mapping[str, Argument]]
"""The rule that a cell breaks, and the arguments of its sentence."""


class Mask(StrEnum):
    """How much of a value a level sees."""

    WHOLE = "whole"
    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """Who sees what of a column above the unit itself.

    `masks` are by the level's name; a level that is not among them sees nothing. Where
    `withheld_when` holds for the row, nobody above sees the value.
    """

    masks: tuple[tuple[str, Mask], ...] = ()
    withheld_when: Condition | None = None


OPEN = Disclosure()
"""Of a column that nobody keeps from anybody: all see it, unless it is personal."""


def disclosed(withheld_when: Condition | None = None, **masks: Mask) -> Disclosure:
    """Declare what each level named sees: ``disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT)``."""
    return Disclosure(masks=tuple(masks.items()), withheld_when=withheld_when)


NotAfter = Literal["filled_on", "period_end", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Versioned):
    """One column of a sheet (or one label of a card).

    `required` is True, False or the condition that makes it so; with `only` the cell must be
    blank where the condition does not hold. `not_before` names another date column of the row;
    `event` marks the date on which a flow row happened. `lasting` marks a name that does not
    change once a row was accepted, though it is not personal. `since` and `until` are form
    versions; `older` are earlier labels. `zero_asked`: a rule asks about a 0, no advice ends there.
    `counted`: those above count who chose what, on the card that says who reports. `accepts` are the
    words that may stand in place of a number (未开展, 不适用).
    """

    key: str = ""
    label: str
    type: CellType
    required: bool | Condition = True
    only: bool = False
    personal: bool = False
    disclosure: Disclosure = OPEN
    not_before: str = ""
    not_after: NotAfter = ""
    event: bool = False
    zero_asked: bool = False
    lasting: bool = False
    counted: bool = False
    prefilled: bool = False
    hint: str = ""
    width: float = 12
    older: tuple[str, ...] = ()
    since: int = 1
    until: int | None = None
    accepts: tuple[str, ...] = field(default=(), metadata=LATER)

    @property
    def is_lasting(self) -> bool:
        """Whether it stands in every version, with the same options."""
        same = not (isinstance(self.type, Choice | Choices) and self.type.spans)
        return same and self.since == 1 and self.until is None

    def spanning(self, versions: Collection[int]) -> Column:
        """Give the column as any of `versions` has it: with the options that they offer."""
        if not (isinstance(self.type, Choice | Choices) and self.type.spans):
            return self
        kind = self.type.spanning(versions)
        return self if kind is self.type else replace(self, type=kind)

    def mask_at(self, level: str) -> Mask:
        """How the readers of `level` above the unit see the column: an unnamed one sees least."""
        is_ordinary = not self.personal and self.disclosure == OPEN
        unnamed = Mask.WHOLE if is_ordinary else Mask.LEFT_OUT
        return dict(self.disclosure.masks).get(level, unnamed)

    @property
    def is_key(self) -> bool:
        """Whether this column names the row."""
        return isinstance(self.type, Key | NameKey)

    @property
    def quotable(self) -> bool:
        """Whether a finding may quote what stands in the cell: sentences go up to all levels."""
        free = isinstance(self.type, Text) and self.type.free
        kept = self.personal or self.disclosure != OPEN
        return not (kept or free or isinstance(self.type, IdNumber | Phone))

    @property
    def names_person(self) -> bool:
        """Whether the cells say who a person is: a name or an identity number."""
        words = isinstance(self.type, Text) and not self.type.free
        return self.lasting or isinstance(self.type, IdNumber) or (self.personal and words)

    @property
    def refers_to(self) -> str:
        """The key of the sheet of this form that the cells point to, empty for none."""
        if not isinstance(self.type, Reference | References) or "/" in self.type.to:
            return ""
        return self.type.to


class RowModel:
    """A row of a sheet: every attribute that is a `Column` is one, in their order."""

    @classmethod
    @cache
    def columns(cls) -> tuple[Column, ...]:
        """The columns in the order of the sheet, those of a model that this one extends first.

        Raise DeclarationError for a name that is annotated and is no column.
        """
        bases = [vars(base) for base in reversed(cls.__mro__)]
        named = {key: column for base in bases for key, column in base.items()}
        for name in (name for base in bases for name in base.get("__annotations__", ())):
            if not isinstance(named.get(name), Column):
                raise DeclarationError(f"{cls.__name__}的{name}没有写明是什么栏目。")
        return tuple(
            replace(column, key=key) for key, column in named.items() if isinstance(column, Column)
        )


More = Any
"""Any further field of `Column` by its name."""


_USUAL_WIDTH = 12
_WIDTHS: Mapping[type[CellType], float] = MappingProxyType(
    {
        Money: 14,
        Day: 13,
        Choices: 22,
        NameKey: 20,
        References: 18,
        IdNumber: 22,
        Phone: 16,
        Attachment: 22,
    }
)


def usual_width(kind: CellType) -> float:
    """Give how wide a column of that type is where nobody says otherwise."""
    if isinstance(kind, Text):
        return min(40.0, max(float(_USUAL_WIDTH), kind.limit * 0.6))
    if isinstance(kind, Choice):
        return max(float(_USUAL_WIDTH), 2.2 * max(map(len, kind.options), default=0) + 2)
    return _WIDTHS.get(type(kind), _USUAL_WIDTH)


def _column(label: str, kind: CellType, more: Mapping[str, More]) -> Column:
    return Column(label=label, type=kind, **{"width": usual_width(kind), **more})


def text(label: str, limit: int = 50, **more: More) -> Column:
    """Declare a column of words of at most `limit` characters."""
    return _column(label, Text(limit), more)


def whole(
    label: str, unit: str = "", *, least: int = 0, most: int | None = None, **more: More
) -> Column:
    """Declare a column of whole numbers from `least` to `most`, counted in `unit`."""
    return Column(label=label, type=Whole(least, most, unit), **more)


def money(label: str, **more: More) -> Column:
    """Declare a column of amounts in yuan."""
    return _column(label, Money(), more)


def fraction(
    label: str,
    unit: str = "",
    *,
    decimals: int = 2,
    least: int | Decimal = 0,
    most: int | Decimal | None = None,
    **more: More,
) -> Column:
    """Declare a column of numbers from `least` to `most` with at most `decimals` places."""
    return Column(label=label, type=Fraction(decimals, least, most, unit), **more)


def attachment(label: str, *endings: str, **more: More) -> Column:
    """Declare a column that names files which come beside the workbook; `endings` are those taken."""
    return _column(label, Attachment(endings) if endings else Attachment(), more)


def day(label: str, *, not_after: NotAfter = "filled_on", **more: More) -> Column:
    """Declare a column of dates, none after 填报日期 unless said otherwise."""
    return _column(label, Day(), {"not_after": not_after, **more})


Spans = tuple[tuple[str, int, int | None], ...]
"""Options that came or went, from which version and up to which."""


def choice(
    label: str, *options: str, retired: tuple[str, ...] = (), spans: Spans = (), **more: More
) -> Column:
    """Declare a column that holds one of `options`; `retired` ones only where they stand already."""
    return _column(label, Choice(options, retired, spans=spans), more)


def choices(
    label: str, *options: str, retired: tuple[str, ...] = (), spans: Spans = (), **more: More
) -> Column:
    """Declare a column that holds several of `options`, joined by 、; the others as in `choice`."""
    return _column(label, Choices(options, retired, spans=spans), more)


def key(label: str, letter: str, digits: int = 3, **more: More) -> Column:
    """Declare the row's key, like G001."""
    return Column(label=label, type=Key(letter, digits), **more)


def name_key(label: str, limit: int = 30, **more: More) -> Column:
    """Declare a name that serves as the row's key."""
    return _column(label, NameKey(limit), more)


def refers(label: str, to: str, **more: More) -> Column:
    """Declare a column that points to one row of the sheet `to`."""
    return Column(label=label, type=Reference(to), **more)


def refers_many(label: str, to: str, **more: More) -> Column:
    """Declare a column that points to several rows of the sheet `to`."""
    return _column(label, References(to), more)


def id_number(label: str, **more: More) -> Column:
    """Declare a column of citizens' identity numbers: personal data."""
    return _column(label, IdNumber(), {"personal": True, **more})


def phone(label: str, *services: str, **more: More) -> Column:
    """Declare a column of phone numbers, short ones of `services` among them."""
    return _column(label, Phone(services), more)


def period_name(label: str, **more: More) -> Column:
    """Declare the label under which a card names its report period."""
    return Column(label=label, type=PeriodName(), prefilled=True, **more)
