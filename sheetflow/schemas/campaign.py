"""A campaign: all that the engine is given of a reporting task.

This module owns the shape of the whole declaration and refuses to know any campaign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from sheetflow.errors import DeclarationError
from sheetflow.findings import Catalogue
from sheetflow.schemas.book import Rule
from sheetflow.schemas.contradictions import twice
from sheetflow.schemas.forms import Form
from sheetflow.schemas.samples import SampleWords
from sheetflow.units import THREE_LEVELS, Levels

_KEY = re.compile(r"[a-z0-9_]{1,30}")
_TITLE = re.compile(r"(?![ .])[^\r\n\t\\/:*?\"<>|]{1,40}(?<![ .])")


@dataclass(frozen=True)
class Campaign:
    """A reporting task: its forms, its own rules and their texts.

    `rules` are those of each form by its key, the engine's general ones not among them.
    `catalogue` holds the texts of both. `samples` are words for made-up data,
    by form, where the types of the columns do not tell enough.
    `levels` are those of the chain, named as its units name them.
    """

    key: str
    title: str
    forms: tuple[Form, ...]
    catalogue: Catalogue
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    samples: Mapping[str, SampleWords] = field(default_factory=lambda: MappingProxyType({}))
    levels: Levels = THREE_LEVELS

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself; each form has looked at its own."""
        faults = [*_indistinct(self.forms), *_astray(self)]
        if faults:
            raise DeclarationError(f"“{self.title}”的声明有错：{'；'.join(faults)}。")

    @cached_property
    def by_key(self) -> Mapping[str, Form]:
        """The forms by key."""
        return MappingProxyType({form.key: form for form in self.forms})

    @property
    def main_form(self) -> Form:
        """The form whose files, receipts and mails do not name it; all others do."""
        return self.forms[0]

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
            yield f"《{form.title}》的标识{form.key}要由小写字母、数字和下划线组成，不超过30个"
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
                for level, _ in column.disclosure.masks:
                    if level not in campaign.levels:
                        yield f"《{sheet.title}》的“{column.label}”说到{level}级，活动里没有这一级"
        for name in sorted({*form.levels, *form.working_days} - set(campaign.levels.names)):
            yield f"《{form.title}》写了{name}级，活动里没有这一级"
