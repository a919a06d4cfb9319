"""The types of cells: what may stand in a column, how it is read, kept as JSON and shown.

It refuses to look at other cells: whatever needs a second cell is a rule.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sheetflow.schemas.parsing import (
    EXACT_DIGITS,
    CellFault,
    Value,
    read_code,
    read_day,
    read_id_number,
    read_list,
    read_name,
    read_number,
    read_phone,
    read_text,
)
from sheetflow.workbook import CellValue

Json = str | int | float | list[str] | None

MOST_PLACES = 6
"""No column has more decimals: who measures more finely takes a smaller unit."""
_MOST_QUOTED = 20
_SENTENCES = 100
"""From so many characters on people write sentences; names and titles stay below."""


@dataclass(frozen=True, slots=True)
class CellType:
    """What a column's cells hold: one of the kinds below or an `options` list, each reading of all in one place.

    `wanted` says in Chinese what may be filled in.
    """

    numeric: ClassVar[bool] = False
    wanted: ClassVar[str] = ""

    def parse(self, raw: CellValue) -> Value:  # noqa: C901, PLR0911 - one for each kind
        """Read a cell that is not blank; raise CellFault where it is not of this type."""
        match self:
            case Text(limit):
                return _limited(read_text(raw), limit)
            case NameKey(limit):
                return _limited(read_name(raw), limit)
            case Whole(unit=unit):
                return self.within(read_number(raw, (unit,) if unit else ()))
            case Money(unit):
                return _amount(read_number(raw, (unit,)))
            case Fraction(unit=unit):
                return self.within(read_number(raw, (unit,) if unit else ()))
            case Attachment():
                return tuple(dict.fromkeys(read_list(raw))) or None
            case Day():
                return read_day(raw)
            case Key():
                return self.shaped(read_code(raw))
            case Reference() | PeriodName():
                return read_code(raw)
            case References():
                return tuple(dict.fromkeys(map(read_code, read_list(raw)))) or None
            case IdNumber():
                return read_id_number(raw)
            case Phone(services):
                return read_phone(raw, services)
        raise NotImplementedError

    @property
    def words(self) -> str:
        """Say in Chinese what may be filled in, with the type's own limits and options."""
        return self.wanted.format(self)

    def to_json(self, value: Value) -> Json:
        """Give `value` as JSON keeps it."""
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, Decimal):
            return float(value)
        return list(value) if isinstance(value, tuple) else value.isoformat()

    @property
    def places(self) -> int:
        """How many decimals a number of the type may have."""
        match self:
            case Money():
                return 2
            case Fraction(decimals):
                return decimals
        return 0

    @property
    def limits(self) -> tuple[int | Decimal, int | Decimal | None]:
        """The least and the most that a number of the type may be, None for no end."""
        return (self.minimum, self.maximum) if isinstance(self, Whole | Fraction) else (0, None)

    @property
    def changes_words(self) -> bool:
        """Whether `from_json` makes something else of words."""
        return isinstance(self, Day | NameKey)

    def from_json(self, value: Json) -> Value:
        """Give the value that `to_json` kept.

        A name comes back as it is read today: an older version may have kept its spaces.
        """
        if isinstance(self, Day | NameKey):
            if not isinstance(value, str):
                return None
            return dt.date.fromisoformat(value) if isinstance(self, Day) else read_name(value)
        if isinstance(value, list):
            return tuple(value)
        return Decimal(repr(value)) if isinstance(value, float) else value

    def show(self, value: Value) -> str:
        """Give `value` as a person writes it in one cell."""
        if value is None:
            return ""
        return "、".join(value) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True)
class Text(CellType):
    """Words of at most `limit` characters, trimmed at both ends."""

    limit: int = 50
    wanted: ClassVar[str] = "文字，不超过{0.limit}字"

    @property
    def free(self) -> bool:
        """Whether people write sentences here, so that private numbers may slip in."""
        return self.limit >= _SENTENCES


def _limited(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CellFault("text-too-long", count=len(text), limit=limit)
    return text


@dataclass(frozen=True, slots=True)
class NameKey(CellType):
    """The row's own key where a name serves as one (a township in its county)."""

    limit: int = 30
    wanted: ClassVar[str] = "名称，不超过{0.limit}字，不重复"


@dataclass(frozen=True, slots=True)
class Whole(CellType):
    """A whole number from `minimum` up to `maximum`, counted in `unit`; nothing is rounded."""

    minimum: int = 0
    maximum: int | None = None
    unit: str = ""
    numeric: ClassVar[bool] = True
    wanted: ClassVar[str] = "整数，{0.range_words}"

    def within(self, number: int | Decimal) -> int:
        """Give a number of the range; raise CellFault for any other."""
        if not isinstance(number, int):
            raise CellFault("number-not-whole", typed=str(number))
        if number < self.minimum or (self.maximum is not None and number > self.maximum):
            raise CellFault("number-range", typed=str(number), allowed=_asked_for(self))
        return number

    @property
    def range_words(self) -> str:
        """Say the range: 不小于1, 0至120."""
        return _range_words(self)


def _asked_for(kind: CellType) -> str:
    """Say the range in a sentence: 应不小于1, 应在0到120之间."""
    least, most = kind.limits
    return f"不小于{least}" if most is None else f"在{least}到{most}之间"


def _range_words(kind: CellType) -> str:
    least, most = kind.limits
    return f"不小于{least}" if most is None else f"{least}至{most}"


@dataclass(frozen=True, slots=True)
class Money(CellType):
    """An amount in yuan (not 万元), not negative, with at most two decimals; nothing is rounded."""

    unit: str = "元"
    numeric: ClassVar[bool] = True
    wanted: ClassVar[str] = "金额，单位为{0.unit}，可有两位小数"


def _amount(number: int | Decimal) -> int | Decimal:
    if number < 0:
        raise CellFault("number-range", typed=str(number), allowed="不小于0")
    if isinstance(number, Decimal) and number != round(number, 2):
        raise CellFault("money-decimals", typed=str(number))
    return number


@dataclass(frozen=True, slots=True)
class Fraction(CellType):
    """A number from `minimum` up to `maximum` with at most `decimals` places; nothing is rounded."""

    decimals: int = 2
    minimum: int | Decimal = 0
    maximum: int | Decimal | None = None
    unit: str = ""
    numeric: ClassVar[bool] = True
    wanted: ClassVar[str] = "数字，{0.range_words}，最多{0.decimals}位小数"

    @property
    def range_words(self) -> str:
        """Say the range: 不小于0.5, -40至50."""
        return _range_words(self)

    def within(self, number: int | Decimal) -> int | Decimal:
        """Give a number of the range; raise CellFault for any other."""
        if number < self.minimum or (self.maximum is not None and number > self.maximum):
            raise CellFault("number-range", typed=str(number), allowed=_asked_for(self))
        if isinstance(number, Decimal) and number != round(number, self.decimals):
            raise CellFault("number-decimals", typed=str(number), places=self.decimals)
        if isinstance(number, Decimal) and len(number.normalize().as_tuple().digits) > EXACT_DIGITS:
            raise CellFault("number-too-long", typed="")  # no program keeps so many
        return number


@dataclass(frozen=True, slots=True)
class Attachment(CellType):
    """Names of files that come beside the workbook, joined by 、; which file is meant is told by `schemas.evidence`."""

    endings: tuple[str, ...] = (".docx", ".pdf", ".jpg", ".png", ".xlsx")
    megabytes: int = 10
    wanted: ClassVar[str] = (
        "附件的文件名，可填多个，用“、”分开；文件与本表一起报送，可用{0.listed}，每个不超过{0.megabytes}兆"
    )

    @property
    def listed(self) -> str:
        """The endings that are taken, as a sentence lists them."""
        return "、".join(self.endings)


@dataclass(frozen=True, slots=True)
class Day(CellType):
    """A whole date; an incomplete one is never completed."""

    wanted: ClassVar[str] = "日期，如2012-3-5"


@dataclass(frozen=True, slots=True)
class Key(CellType):
    """The row's own number: a capital letter (or none) and at least `digits` digits.

    ``370102-X0001`` is read too: merged books show keys with their unit before them.
    """

    letter: str
    digits: int = 3
    wanted: ClassVar[str] = "编号，如{0.first}，不重复，不改用"

    def shaped(self, code: str) -> str:
        """Give a code of this shape; raise CellFault for any other."""
        if not re.fullmatch(rf"([0-9A-Z]+-)?{self.letter}\d{{{self.digits},}}", code):
            raise CellFault("key-shape", typed=code[:_MOST_QUOTED], example=self.first)
        return code

    @property
    def first(self) -> str:
        """The first key of a book."""
        return self.example(1)

    def example(self, number: int) -> str:
        """Give the key of that number: G001."""
        return f"{self.letter}{number:0{self.digits}d}"

    def number(self, key: object) -> int:
        """Give the number of a key: 1 of G001; 0 for a blank one and for another unit's."""
        text = str(key or "")
        digits = text.removeprefix(self.letter)
        return int(digits) if text.startswith(self.letter) and digits.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Reference(CellType):
    """The key of a row in another sheet (`to`) of the same workbook; whether it exists is a rule.

    ``form/sheet``: of a sheet of another form, held against the unit's newest accepted book of it.
    """

    to: str
    wanted: ClassVar[str] = "编号，须在所指的表中"


@dataclass(frozen=True, slots=True)
class References(CellType):
    """The keys of several rows in another sheet (`to`), joined by 、."""

    to: str
    wanted: ClassVar[str] = "编号，可填多个，用“、”分开，须在所指的表中"


@dataclass(frozen=True, slots=True)
class IdNumber(CellType):
    """A citizen's identity number: 18 digits with a right check digit, or the old 15."""

    wanted: ClassVar[str] = "18位身份证号（也可填旧15位号），按文本填写"


@dataclass(frozen=True, slots=True)
class Phone(CellType):
    """A mobile or landline number; `services` are the short ones that the campaign knows."""

    services: tuple[str, ...] = ()
    wanted: ClassVar[str] = "手机号，或带区号的固定电话"

    @property
    def words(self) -> str:
        """Say the shapes."""
        return self.wanted + (f"，也可填{'、'.join(self.services)}" if self.services else "")


@dataclass(frozen=True, slots=True)
class PeriodName(CellType):
    """A report period's id or name: only the workbook's own period tells whether it is of that."""

    wanted: ClassVar[str] = "已预填，请勿改动"
