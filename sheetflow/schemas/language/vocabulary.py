"""What expressions may name: the sheets of one form with their columns, the indicators so far.

This module owns how a name is found, look-alikes and earlier names among them, and which word was likely
meant. It is made of plain sheets, before any of them has conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.likely import same
from sheetflow.schemas.sheets import Kind, Lookup, Sheet


@dataclass(frozen=True)
class SheetWords:
    """What the columns of one sheet are called, lookups shown beside them among them."""

    sheet: Sheet
    shown: Mapping[str, Lookup]
    """The lookups by the folded label that they are shown under."""

    @cached_property
    def _columns(self) -> Mapping[str, Column]:
        named = {same(old): each for each in self.sheet.columns for old in each.older}
        return {**named, **{same(column.label): column for column in self.sheet.columns}}

    def column(self, label: str) -> Column | None:
        """Give the column that is, or was, called so."""
        return self._columns.get(same(label))

    def lookup(self, label: str) -> Lookup | None:
        """Give the column by formula that is called so, unless the sheet has one of its own."""
        return None if self.column(label) else self.shown.get(same(label))

    @property
    def labels(self) -> tuple[str, ...]:
        """What its columns are called today."""
        return tuple(self.sheet.labels.values())


@dataclass(frozen=True)
class Vocabulary:
    """What may be named: `sheets` by key, `indicators` in rows above by code.

    `nil` says on the sheet `cover` that there is nothing to report.
    """

    sheets: Mapping[str, Sheet]
    indicators: Mapping[str, Indicator] = field(default_factory=lambda: MappingProxyType({}))
    cover: str = ""
    nil: Condition | None = None

    @classmethod
    def of(
        cls,
        sheets: Iterable[Sheet],
        indicators: Iterable[Indicator] = (),
        *,
        cover: str = "",
        nil: Condition | None = None,
    ) -> Vocabulary:
        """Make it of declarations."""
        by_code = {indicator.code: indicator for indicator in indicators}
        return cls({sheet.key: sheet for sheet in sheets}, by_code, cover, nil)

    def with_indicator(self, indicator: Indicator) -> Vocabulary:
        """Let what comes below name one more indicator."""
        grown = replace(self, indicators={**self.indicators, indicator.code: indicator})
        grown.__dict__["_titles"], grown.__dict__["_words"] = self._titles, self._words
        return grown

    def sheet(self, title: str) -> Sheet | None:
        """Give the sheet that is, or was, called so."""
        return self._titles.get(same(title))

    def words(self, key: str) -> SheetWords:
        """Give the words of the sheet of that key."""
        return self._words[key]

    def indicator(self, name: str) -> Indicator | None:
        """Give the indicator of that code, or the only one that is, or was, called so."""
        found = self.indicators.get(name) or self._codes.get(same(name))
        return found or self._labels.get(same(name))

    @property
    def titles(self) -> tuple[str, ...]:
        """What the sheets are called today."""
        return tuple(sheet.title for sheet in self.sheets.values())

    @property
    def cards(self) -> tuple[str, ...]:
        """What the sheets are called of which cells are named as 封面[零报告]."""
        return tuple(each.title for each in self.sheets.values() if each.kind is Kind.CARD)

    @cached_property
    def _titles(self) -> Mapping[str, Sheet]:
        sheets = self.sheets.values()
        older = {same(title): sheet for sheet in sheets for title in sheet.older_titles}
        return {**older, **{same(sheet.title): sheet for sheet in sheets}}

    @cached_property
    def _words(self) -> Mapping[str, SheetWords]:
        return {key: SheetWords(sheet, self._shown(sheet)) for key, sheet in self.sheets.items()}

    def _shown(self, sheet: Sheet) -> Mapping[str, Lookup]:
        return {
            same(self.sheets[lookup.of].labels[lookup.column]): lookup
            for lookup in sheet.lookups
            if lookup.shown
            and lookup.of in self.sheets
            and lookup.column in self.sheets[lookup.of].labels
        }

    @cached_property
    def _codes(self) -> Mapping[str, Indicator]:
        return {same(code): indicator for code, indicator in self.indicators.items()}

    @cached_property
    def _labels(self) -> Mapping[str, Indicator]:
        """The indicators by label, those left out that share theirs with another."""
        found: dict[str, list[Indicator]] = {}
        for indicator in self.indicators.values():
            for label in {same(name) for name in (indicator.label, *indicator.older)}:
                found.setdefault(label, []).append(indicator)
        return {label: sharing[0] for label, sharing in found.items() if len(sharing) == 1}
