"""A campaign: all that the engine is given of a reporting task, words for made-up data among it.

This module owns the shape of the whole declaration and refuses to know any campaign.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from types import MappingProxyType
from typing import TypeVar

from sheetflow.errors import DeclarationError
from sheetflow.findings import Catalogue, Check, Severity
from sheetflow.periods import Period
from sheetflow.schemas.book import Rule
from sheetflow.schemas.catalogue import general_checks
from sheetflow.schemas.cells import Reference, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.contradictions import twice
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import THREE_LEVELS, Levels, Unit, UnitTree

_KEY = re.compile(r"[a-z0-9_\u3400-\u4dbf\u4e00-\u9fff]{1,60}")
_TITLE = re.compile(r"(?![ .])[^\r\n\t\\/:*?\"<>|]{1,40}(?<![ .])")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormHead:
    """What is printed at the head of every form, as it was approved; never invented."""

    number: str = ""
    issuer: str = ""
    document_number: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignVersion:
    """One version of a campaign: from which period it is in force, and what changed.

    Workbooks of older versions are taken for periods up to `older_until` (an id; empty: the one before
    `first_period`).
    """

    number: int
    first_period: str
    older_until: str = ""
    changes: str = ""
    by: str = ""
    on: str = ""

    def is_in_force(self, period: Period) -> bool:
        """Whether it is what is handed out for `period`: it has begun when that ends."""
        first = self.first_period
        return not first or Period.parse(first).first_day <= period.last_day

    def takes_older(self, period: Period) -> bool:
        """Whether workbooks of versions before it are taken for `period`."""
        if self.older_until and period.last_day <= Period.parse(self.older_until).last_day:
            return True
        return not self.is_in_force(period)


@dataclass(frozen=True)
class Campaign:
    """A reporting task: its forms, its own rules and their texts.

    `rules` are those of each form by its key that are written in Python, with their texts in `checks`;
    declared ones stand in the form itself. `samples` are words for made-up data, by form, where the types of the
    columns do not tell enough. `levels` are those of the chain, named as its units name them.
    `organiser` signs, `contact` is whom to ask. `money_scale` is how heavy it weighs that amounts look like
    万元, None where nobody asks. `versions` are all so far, in order; none: one, for ever.
    """

    key: str
    title: str
    forms: tuple[Form, ...]
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    checks: tuple[Check, ...] = ()
    source: str = ""
    samples: Mapping[str, SampleWords] = field(
        default_factory=lambda: MappingProxyType({}), compare=False
    )
    levels: Levels = THREE_LEVELS
    organiser: str = ""
    contact: str = ""
    head: FormHead = field(default_factory=FormHead)
    money_scale: Severity | None = Severity.NOTE
    versions: tuple[CampaignVersion, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself; each form has looked at its own."""
        faults = [*_indistinct(self.forms), *_astray(self)]
        if faults:
            raise DeclarationError(f"“{self.title}”的声明有错：{'；'.join(faults)}。")

    @cached_property
    def catalogue(self) -> Catalogue:
        """All sentences of findings by code: the engine's own, the campaign's, those of declared rules."""
        declared = {rule.code: rule.check for form in self.forms for rule in form.rules}
        checks = (*general_checks(self.money_scale), *self.checks, *declared.values())
        return Catalogue.of(checks, declared)

    @cached_property
    def by_key(self) -> Mapping[str, Form]:
        """The forms by key."""
        return MappingProxyType({form.key: form for form in self.forms})

    @cached_property
    def takes_files(self) -> bool:
        """Whether files may come beside the workbooks of any of its forms."""
        return any(map(takes_files, self.forms))

    @property
    def main_form(self) -> Form:
        """The form whose files, receipts and mails do not name it; all others do."""
        return self.forms[0]

    def in_force(self, form: Form, period: Period) -> Form:
        """Give one of the forms as it is handed out for `period`, today's where no versions are told."""
        begun = [one.number for one in self.versions if one.is_in_force(period)]
        first = self.versions[0].number if self.versions else form.version
        return form.in_version(min(max(begun, default=first), form.version))

    def takes_version(self, number: int, period: Period) -> bool:
        """Whether a workbook of that version is still taken for `period`."""
        return all(one.takes_older(period) for one in self.versions if one.number > number)

    def other_form(self, key: str) -> Form | None:
        """Give the form called `key` where it must be named, None for the main one or no key."""
        return None if key == self.main_form.key else self.by_key.get(key)

    def named_beside(self, key: str) -> str:
        """Name the form called `key` where it must be named: 《河道名录》, empty for the main one."""
        other = self.other_form(key)
        return f"《{other.title}》" if other else ""


def _indistinct(forms: Sequence[Form]) -> Iterator[str]:
    """Find forms that files, stamps and receipts could not tell apart."""
    if not forms:
        yield "没有表式"
    keys = twice(form.key.casefold() for form in forms)
    yield from (f"有两份表式的标识都是{key}" for key in keys)
    titles = twice(form.title.casefold() for form in forms)
    yield from (f"有两份表式都叫《{title}》" for title in titles)
    for form in forms:
        if not _KEY.fullmatch(form.key):  # it stands in stamps and, for people to type, in receipts
            yield f"《{form.title}》的标识{form.key}要由小写字母、数字、下划线和汉字组成，不超过60个"
    for form in forms[1:]:
        if not _TITLE.fullmatch(form.title):  # it stands in names of files
            yield f"《{form.title}》的名称不能作文件名，或者超过40个字"


def _astray(campaign: Campaign) -> Iterator[str]:
    """Find forms and levels that are named and are not there."""
    keys = {form.key for form in campaign.forms}
    yield from (f"检查规则用到{key}，没有这份表式" for key in campaign.rules if key not in keys)
    for form in campaign.forms:
        for sheet in form.sheets:
            for level in sorted(sheet.levels - set(campaign.levels.names)):
                yield f"《{sheet.title}》由{level}级填报，活动里没有这一级"
            for column in sheet.columns:
                yield from _of_other_form(campaign, sheet, column)
                for level, _ in column.disclosure.masks:
                    if level not in campaign.levels:
                        yield f"《{sheet.title}》的“{column.label}”说到{level}级，活动里没有这一级"
        for name in sorted(
            {*form.levels, *form.working_days, *form.due_on} - set(campaign.levels.names)
        ):
            yield f"《{form.title}》写了{name}级，活动里没有这一级"


def _of_other_form(campaign: Campaign, sheet: Sheet, column: Column) -> Iterator[str]:
    """Find a reference into another form that leads nowhere."""
    named = column.type.to if isinstance(column.type, Reference | References) else ""
    form_key, parted, sheet_key = named.partition("/")
    form = campaign.by_key.get(form_key) if parted else None
    target = form.by_key.get(sheet_key) if form else None
    if parted and (target is None or not target.key_column):
        yield f"《{sheet.title}》的“{column.label}”指向{named}，没有这张有编号的表"


Typed = str | int | float | dt.date
"""What is typed into one cell; several choices or keys are one text, joined by 、."""

Samples = Mapping[str, Sequence[Mapping[str, Typed]]]
"""The rows of a workbook by sheet key; a card has one, and blank cells are left out."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose workbook is made up, for when, and about how many rows its longest book has.

    `before` is what was accepted of the unit in the period before: its next workbook goes on from it.
    """

    unit: Unit
    tree: UnitTree
    period: Period
    random: Random
    rows: int = 32
    before: Samples = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_lowest(self) -> bool:
        """Whether the unit has none below it, and so does most of the work."""
        return not self.tree.children(self.unit.unit_id)

    def pick(self, options: Sequence[T]) -> T:
        """Choose one."""
        return self.random.choice(options)

    def some(self, options: Sequence[str], most: int) -> str:
        """Choose up to `most` of them, in their order, joined as people join them."""
        chosen = self.random.sample(range(len(options)), self.between(1, min(most, len(options))))
        return "、".join(options[index] for index in sorted(chosen))

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        return self.random.randint(least, most)

    def chance(self, share: float) -> bool:
        """Let something happen in that share of cases."""
        return self.random.random() < share

    def yuan(self, least: int, most: int) -> int:
        """Choose an amount in whole tens of yuan."""
        return self.between(least // 10, most // 10) * 10

    def day(self, first: object = None) -> dt.date:
        """Choose a day of the period, from `first` on where that is a later day."""
        start = self.period.first_day
        if isinstance(first, dt.date):
            start = max(first, start)
        return start + dt.timedelta(self.between(0, max((self.period.last_day - start).days, 0)))


@dataclass
class SampleRow(Mapping[str, Typed | None]):
    """A row while it is made up: a cell is made when somebody first asks for it.

    `number` counts the rows of the sheet from 1; `rows_of` gives the finished rows of other sheets.
    `before` are the cells of the row as it was accepted last, or those in which a new one is like
    one of the period before.
    """

    scene: Scene
    number: int
    makers: Mapping[str, Maker]
    rows_of: Callable[[str], Sequence[Mapping[str, Typed]]]
    before: Mapping[str, Typed] = field(default_factory=lambda: MappingProxyType({}))
    _made: dict[str, Typed | None] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Typed | None:
        """Give a cell; whoever asks for it while it is being made finds it blank."""
        if key not in self._made:
            maker = self.makers[key]
            self._made[key] = None
            self._made[key] = maker(self)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def named(self, sheet: str, key: str) -> list[str]:
        """List what stands in a column of another sheet."""
        return [str(row[key]) for row in self.rows_of(sheet) if key in row]


Maker = Callable[[SampleRow], Typed | None]
"""Makes one cell of a row; None leaves it blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWords:
    """What a campaign says of the samples of one form, all by sheet.

    `rows` are the least and the most rows of a lowest unit; `about` says which rows of another sheet
    those of this one are about. `cells` are words to choose from, or what makes the cell, by column.
    """

    rows: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    about: Mapping[str, Condition] = field(default_factory=lambda: MappingProxyType({}))
    cells: Mapping[str, Mapping[str, Sequence[str] | Maker]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    later: Mapping[str, Mapping[str, Maker]] = field(default_factory=lambda: MappingProxyType({}))
