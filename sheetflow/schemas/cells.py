"""The types of cells: what may stand in a column and how it is read.

Each type owns its reading (`parse`), its words for 填报说明 and the way its value
is kept as JSON. It refuses to look at other cells: whatever needs a second cell
is a rule. A type's `parse` gets a cell that is not blank and raises `CellFault`.
"""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sheetflow.schemas.options import find_option, unknown_option
from sheetflow.schemas.parsing import (
    CellFault,
    Value,
    read_code,
    read_day,
    read_list,
    read_name,
    read_number,
    read_text,
)
from sheetflow.schemas.personal import read_id_number, read_phone
from sheetflow.workbook import CellValue

Json = str | int | float | list[str] | None


@dataclass(frozen=True, slots=True)
class CellType(ABC):
    """What a column's cells hold."""

    numeric: ClassVar[bool] = False

    @abstractmethod
    def parse(self, raw: CellValue) -> Value:
        """Read a cell that is not blank; raise CellFault where it is not of this type."""

    @property
    @abstractmethod
    def words(self) -> str:
        """Say in Chinese what may be filled in."""

    def to_json(self, value: Value) -> Json:
        """Give `value` as JSON keeps it."""
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, Decimal):
            return float(value)
        return list(value) if isinstance(value, tuple) else value.isoformat()

    def from_json(self, value: Json) -> Value:
        """Give the value that `to_json` kept."""
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
    """Words of at most `limit` characters."""

    limit: int = 50

    def parse(self, raw: CellValue) -> Value:
        """Read words, trimmed at both ends."""
        text = read_text(raw)
        if len(text) > self.limit:
            raise CellFault("text-too-long", count=len(text), limit=self.limit)
        return text

    @property
    def words(self) -> str:
        """Say the limit."""
        return f"文字，不超过{self.limit}字"

    @property
    def free(self) -> bool:
        """Whether people write sentences here, so that private numbers may slip in."""
        return self.limit >= 100  # noqa: PLR2004 - names and titles stay below


@dataclass(frozen=True, slots=True)
class Whole(CellType):
    """A whole number from `minimum` up to `maximum`, counted in `unit`."""

    minimum: int = 0
    maximum: int | None = None
    unit: str = ""
    numeric: ClassVar[bool] = True

    def parse(self, raw: CellValue) -> Value:
        """Read a whole number; nothing is rounded."""
        number = read_number(raw, (self.unit,) if self.unit else ())
        if not isinstance(number, int):
            raise CellFault("number-not-whole", typed=str(number))
        if number < self.minimum or (self.maximum is not None and number > self.maximum):
            raise CellFault("number-range", typed=str(number), allowed=self.range_words)
        return number

    @property
    def range_words(self) -> str:
        """Say the range: 不小于1, 0至120."""
        if self.maximum is None:
            return f"不小于{self.minimum}"
        return f"{self.minimum}至{self.maximum}"

    @property
    def words(self) -> str:
        """Say the range."""
        return f"整数，{self.range_words}"


@dataclass(frozen=True, slots=True)
class Money(CellType):
    """An amount in yuan, not negative, with at most two decimals."""

    unit: str = "元"
    numeric: ClassVar[bool] = True

    def parse(self, raw: CellValue) -> Value:
        """Read an amount; nothing is rounded."""
        number = read_number(raw, (self.unit,))
        if number < 0:
            raise CellFault("number-range", typed=str(number), allowed="不小于0")
        if isinstance(number, Decimal) and number != round(number, 2):
            raise CellFault("money-decimals", typed=str(number))
        return number

    @property
    def words(self) -> str:
        """Say the unit: 元, not 万元."""
        return f"金额，单位为{self.unit}，可有两位小数"


@dataclass(frozen=True, slots=True)
class Day(CellType):
    """A date."""

    def parse(self, raw: CellValue) -> Value:
        """Read a whole date; an incomplete one is never completed."""
        return read_day(raw)

    def from_json(self, value: Json) -> Value:
        """Give the date that was kept as text."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else None

    def show(self, value: Value) -> str:
        """Give 2012-03-05."""
        return value.isoformat() if isinstance(value, dt.date) else ""

    @property
    def words(self) -> str:
        """Say how to type a date."""
        return "日期，如2012-3-5"


@dataclass(frozen=True, slots=True)
class Choice(CellType):
    """One of a few words; `retired` ones are offered to nobody and read where they stand."""

    options: tuple[str, ...]
    retired: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All options that are read."""
        return self.options + self.retired

    def parse(self, raw: CellValue) -> Value:
        """Read one option; only spaces and what looks alike may differ."""
        text = read_text(raw)
        option = find_option(text, self.known)
        if option is None:
            raise unknown_option(text, self.options)
        return option

    @property
    def words(self) -> str:
        """List the options."""
        return f"从下拉列表选一项：{'、'.join(self.options)}"


@dataclass(frozen=True, slots=True)
class Choices(CellType):
    """Several of a few words, joined by 、; `retired` ones are read where they stand."""

    options: tuple[str, ...]
    retired: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All options that are read."""
        return self.options + self.retired

    def parse(self, raw: CellValue) -> Value:
        """Read the options named, each once."""
        named: list[str] = []
        unknown: list[str] = []
        for part in read_list(raw):
            option = find_option(part, self.known)
            named += [option] if option else []
            unknown += [] if option else [part]
        if unknown:
            raise unknown_option("”“".join(unknown), self.options)
        return tuple(dict.fromkeys(named)) or None

    @property
    def words(self) -> str:
        """List the options."""
        return f"可填多项，用“、”分开：{'、'.join(self.options)}"


@dataclass(frozen=True, slots=True)
class Key(CellType):
    """The row's own number: a capital letter and at least `digits` digits.

    ``370102-X0001`` is read too: merged books show keys with their unit before them.
    """

    letter: str
    digits: int = 3

    def parse(self, raw: CellValue) -> Value:
        """Read a key; raise CellFault where its shape is another."""
        text = read_code(raw)
        if not re.fullmatch(rf"([0-9A-Z]+-)?{self.letter}\d{{{self.digits},}}", text):
            raise CellFault("key-shape", typed=text[:20], example=self.example(1))
        return text

    def example(self, number: int) -> str:
        """Give the key of that number: G001."""
        return f"{self.letter}{number:0{self.digits}d}"

    def number(self, key: object) -> int:
        """Give the number of a key: 1 of G001; 0 for a blank one and for another unit's."""
        text = str(key or "")
        return int(text[1:]) if re.fullmatch(rf"{self.letter}\d+", text) else 0

    @property
    def words(self) -> str:
        """Say the shape by example."""
        return f"编号，如{self.example(1)}，不重复，不改用"


@dataclass(frozen=True, slots=True)
class NameKey(CellType):
    """The row's own key where a name serves as one (a township in its county)."""

    limit: int = 30

    def parse(self, raw: CellValue) -> Value:
        """Read the name: spaces inside it make no other."""
        text = read_name(raw)
        if len(text) > self.limit:
            raise CellFault("text-too-long", count=len(text), limit=self.limit)
        return text

    @property
    def words(self) -> str:
        """Say that it must not be repeated."""
        return f"名称，不超过{self.limit}字，不重复"

    def from_json(self, value: Json) -> Value:
        """Give the name as it is read today: an older version may have kept its spaces."""
        return read_name(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Reference(CellType):
    """The key of a row in another sheet (`to`) of the same workbook."""

    to: str

    def parse(self, raw: CellValue) -> Value:
        """Read one key; whether it exists is a rule."""
        return read_code(raw)

    @property
    def words(self) -> str:
        """Say that a key is wanted."""
        return "编号，须在所指的表中"


@dataclass(frozen=True, slots=True)
class References(CellType):
    """The keys of several rows in another sheet (`to`), joined by 、."""

    to: str

    def parse(self, raw: CellValue) -> Value:
        """Read the keys named, each once; whether they exist is a rule."""
        return tuple(dict.fromkeys(read_code(part) for part in read_list(raw))) or None

    @property
    def words(self) -> str:
        """Say how several are joined."""
        return "编号，可填多个，用“、”分开，须在所指的表中"


@dataclass(frozen=True, slots=True)
class IdNumber(CellType):
    """A citizen's identity number."""

    def parse(self, raw: CellValue) -> Value:
        """Read 18 digits with a right check digit, or the old 15."""
        return read_id_number(raw)

    @property
    def words(self) -> str:
        """Say the shapes."""
        return "18位身份证号（也可填旧15位号），按文本填写"


@dataclass(frozen=True, slots=True)
class Phone(CellType):
    """A phone number; `services` are the short ones that the campaign knows."""

    services: tuple[str, ...] = ()

    def parse(self, raw: CellValue) -> Value:
        """Read a mobile or landline number, or a service's."""
        return read_phone(raw, self.services)

    @property
    def words(self) -> str:
        """Say the shapes."""
        short = f"，也可填{'、'.join(self.services)}" if self.services else ""
        return f"手机号，或带区号的固定电话{short}"


@dataclass(frozen=True, slots=True)
class PeriodName(CellType):
    """A report period, by its id or by what people call it."""

    def parse(self, raw: CellValue) -> Value:
        """Read what is typed: only the workbook's own period tells whether it is a name of that."""
        return read_code(raw)

    @property
    def words(self) -> str:
        """Say that it is filled in beforehand."""
        return "已预填，请勿改动"
