"""A campaign: all that the engine is given of a reporting task.

This module owns the shape of the whole declaration and refuses to know any campaign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from sheetflow.findings import Catalogue
from sheetflow.schemas.forms import Form
from sheetflow.schemas.judging import Rule
from sheetflow.schemas.samples import SampleSource
from sheetflow.units import THREE_LEVELS, Levels


@dataclass(frozen=True)
class Campaign:
    """A reporting task: its forms, its own rules and their texts.

    `rules` are those of each form by its key, the engine's general ones not among them.
    `catalogue` holds the texts of both. `samples` makes up believable data for the demo.
    `levels` are those of the chain, named as its units name them.
    """

    key: str
    title: str
    forms: tuple[Form, ...]
    catalogue: Catalogue
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    contact_hint: str = ""
    samples: SampleSource | None = None
    levels: Levels = THREE_LEVELS

    @cached_property
    def by_key(self) -> Mapping[str, Form]:
        """The forms by key."""
        return MappingProxyType({form.key: form for form in self.forms})

    @property
    def main_form(self) -> Form:
        """The form that commands mean where none is named."""
        return self.forms[0]
