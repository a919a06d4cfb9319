"""The ten sheets of a campaign workbook: every column with its header, its default and what may stand there.

One declaration, `layout.txt` beside this module, for all that read a campaign workbook, write one or describe
it. It refuses to know how a cell is read, and what a campaign says in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from importlib.resources import files

from sheetflow.definition import meanings

Typed = str | int | float | dt.date
Row = Mapping[str, Typed]
"""One row by the keys of its fields; what is blank is left out."""
Rows = Mapping[str, Sequence[Row]]
"""All rows of a campaign workbook by the titles of its sheets."""

HEADER_ROW = 2
FIRST_ROW = 3
"""A note stands in row 1, the headers in row 2, one thing in each row from the third on."""
UNREAD = "说明"
"""The sheet that says how the workbook is used; it is not read, nor is any that begins with ``_``."""


class Content(StrEnum):
    """What a cell holds: words, one or several of a list, a number and so on.

    REQUIRED is 是, 否 or a condition; DEADLINE a number of working days, or a date for what is filled
    once; START a period's id, or a date likewise; EXTRA is what the column's type asks for.
    """

    TEXT = "text"
    PARAGRAPHS = "paragraphs"
    NAME = "name"
    YES_NO = "yes_no"
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    PERIOD = "period"
    DEADLINE = "deadline"
    START = "start"
    WORD = "word"
    WORDS = "words"
    REQUIRED = "required"
    CONDITION = "condition"
    FORMULA = "formula"
    EXTRA = "extra"
    CODE = "code"


class Listed(StrEnum):
    """Which names of this workbook may stand in a cell."""

    FORMS = "forms"
    SHEETS = "sheets"
    COLUMNS = "columns"
    LISTS = "lists"
    LEVELS = "levels"
    INDICATORS = "indicators"
    VERSIONS = "versions"


class Levelled(StrEnum):
    """For which levels a column is repeated, named by the level: ``县级截止``, ``市级看``."""

    ALL = "all"
    ABOVE = "above"


class Rare(StrEnum):
    """The groups into which rare columns are folded, in their order."""

    CONDITIONS = "条件和日期"
    SEEN = "谁看什么"
    VERSIONS = "版本、编号和外观"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a sheet (of 活动: one item).

    `name` is the field in a row of tables. `default` says in words what a blank cell means, empty for
    nothing. `rare` is the group into which it is folded. `words` are all that may stand there, `drawn_from`
    names of this workbook that may; `several` are joined by 、. `most` is the largest number, or the most
    characters of words. `required` cells may not be blank. `levelled` fields are repeated; one made for
    a level by `for_levels` has the level's name in `level`.
    """

    header: str
    name: str
    content: Content = Content.TEXT
    required: bool = False
    default: str = ""
    rare: Rare | None = None
    width: float = 12
    remark: str = ""
    words: tuple[str, ...] = ()
    drawn_from: Listed | None = None
    several: bool = False
    least: int = 0
    most: int | None = None
    levelled: Levelled | None = None
    level: str = ""

    @property
    def key(self) -> str:
        """What a row of tables calls its cell: ``title``, and ``due@县`` of what is repeated."""
        return f"{self.name}@{self.level}" if self.level else self.name

    @property
    def help(self) -> str:
        """Say what stands in the column: whether it must, what, and what a blank cell means."""
        lead = "必填。" if self.required and not self.remark.startswith("必填") else ""
        blank = f"空：{self.default}" if self.default and "空：" not in self.remark else ""
        mark = "。" if self.remark and blank and self.remark[-1] not in "。；" else ""
        return f"{lead}{self.remark}{mark}{blank}"

    @property
    def is_narrow(self) -> bool:
        """Whether a short word or a number stands there, which looks best in the middle."""
        worded = self.content in {Content.WORD, Content.TEXT} and self.width <= _NARROW
        return self.content in _SHORT or worded


_SHORT = {
    *(Content.YES_NO, Content.WHOLE, Content.NUMBER, Content.DATE, Content.PERIOD),
    *(Content.DEADLINE, Content.START),
}
_NARROW = 11


@dataclass(frozen=True)
class Part:
    """One sheet of a campaign workbook.

    `tab` is its colour, `note` what stands in row 1, `fixed` how many columns stay in sight. A campaign cannot
    do without a sheet that is `needed`. `items` are the fields of 活动, which stand below each other; of all
    other sheets there are none.
    """

    title: str
    tab: str
    note: str
    fields: tuple[Field, ...]
    fixed: int = 1
    items: tuple[Field, ...] = ()
    needed: bool = False

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name, as they are before levels are known."""
        return {field.name: field for field in self.fields}

    def for_levels(self, levels: Sequence[str]) -> tuple[Field, ...]:
        """Give the fields with those that name a level once for each of `levels` (from the top).

        The lowest comes first: it reports first, and above it each sees no more than the one below.
        """
        return tuple(each for field in self.fields for each in _repeated(field, levels))


def _repeated(field: Field, levels: Sequence[str]) -> Iterator[Field]:
    """Give a field once for each level that it is meant for, itself where it names none."""
    if field.levelled is None:
        yield field
        return
    upwards = levels[::-1] if field.levelled is Levelled.ALL else levels[-2::-1]
    for level in upwards:
        yield replace(field, header=f"{level}级{field.header}", level=level)


_ITEMS = "活动里的项目"
_SIGN = "｜"


def _parts(text: str) -> Iterator[Part]:
    """Read parts as `layout.txt` has them, a blank line between two.

    The first line is the title, the colour of the tab, how many columns stay in sight and perhaps `needed`,
    the second the note; then a line for each field: header, what it is, default and remark. Items follow their sheet.
    """
    part: Part | None = None
    for block in text.strip().split("\n\n"):
        head, *lines = block.split("\n")
        if head == _ITEMS and part:
            part = replace(part, items=tuple(map(_field, lines)))
            continue
        if part:
            yield part
        title, tab, fixed, *needed = head.split()
        note, *lines = lines
        fields = tuple(map(_field, lines))
        part = Part(title, tab, note, fields, int(fixed), needed=bool(needed))
    if part:
        yield part


def _field(line: str) -> Field:
    """Read one field: ``必填｜required required rare=seen width=28｜是｜空：是``."""
    header, said, default, remark = (line + _SIGN * 3).split(_SIGN)[:4]
    name, content, *flags = said.split()
    facts = dict(flag.partition("=")[::2] for flag in flags)
    words = tuple(getattr(meanings, facts["words"])) if "words" in facts else ()
    return Field(
        header=header,
        name=name,
        content=Content(content),
        required="required" in facts,
        default=default,
        rare=Rare[facts["rare"].upper()] if "rare" in facts else None,
        width=float(facts["width"]),
        remark=remark.format(words="、".join(words)) if "{words}" in remark else remark,
        words=words,
        drawn_from=Listed(facts["from"]) if "from" in facts else None,
        several="several" in facts,
        least=int(facts.get("least", 0)),
        most=int(facts["most"]) if "most" in facts else None,
        levelled=Levelled(facts["levelled"]) if "levelled" in facts else None,
    )


PARTS = tuple(_parts(files(__package__).joinpath("layout.txt").read_text(encoding="utf-8")))
"""All of them, in the order in which they stand."""

(
    ACTIVITY,
    LEVELS,
    FORMS,
    SHEETS,
    COLUMNS,
    OPTIONS,
    INDICATORS,
    CHARTS,
    RULES,
    VERSIONS,
) = PARTS
