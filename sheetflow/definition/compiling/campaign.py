"""A campaign workbook into a `Campaign`, or all that is wrong with it at once.

This module owns the order in which its sheets are looked at. Nothing is taken into use with a fault;
what a declaration would refuse is told at a cell, and never reaches anybody as an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.definition.compiling.activity import Items, read_items
from sheetflow.definition.compiling.columns import read_columns, read_options
from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.compiling.finished_forms import FormParts, finished_form, form_parts
from sheetflow.definition.compiling.forms import read_forms
from sheetflow.definition.compiling.hints import tell_hints
from sheetflow.definition.compiling.indicators import lines_by_form
from sheetflow.definition.compiling.levels import read_levels, tell_strange_headers
from sheetflow.definition.compiling.report import FoundTemplate
from sheetflow.definition.compiling.rules import read_rules
from sheetflow.definition.compiling.sheets import read_sheets
from sheetflow.definition.compiling.spans import tell_spans
from sheetflow.definition.compiling.versions import read_version_number, read_versions
from sheetflow.definition.faults import DefinitionFault, Faults, Spot, in_order
from sheetflow.definition.layout import PARTS
from sheetflow.definition.tables import read_tables
from sheetflow.errors import DeclarationError
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.units import THREE_LEVELS
from sheetflow.workbook import RawWorkbook

_ORDER = tuple(part.title for part in PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a campaign workbook declares."""

    forms: int = 0
    sheets: int = 0
    columns: int = 0
    indicators: int = 0
    rules: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What became of a campaign workbook: its campaign, or None and what is wrong.

    `hints` are worth a look and keep nothing back. `places` says where each form is named, by its key,
    `template_spots` where its report template is, where it has one of its own.
    """

    campaign: Campaign | None
    faults: tuple[DefinitionFault, ...] = ()
    hints: tuple[DefinitionFault, ...] = ()
    counts: Counts = field(default_factory=Counts)
    places: Mapping[str, Spot] = field(default_factory=lambda: MappingProxyType({}))
    template_spots: Mapping[str, Spot] = field(default_factory=lambda: MappingProxyType({}))

    def with_faults(self, faults: Iterable[DefinitionFault]) -> Compiled:
        """Give it with what was found wrong since: then there is no campaign."""
        found = (*self.faults, *faults)
        if not found:
            return self
        return replace(self, campaign=None, faults=in_order(found, _ORDER))


def compile_campaign(
    raw: RawWorkbook, templates: Mapping[str, FoundTemplate] | None = None
) -> Compiled:
    """Compile a campaign workbook.

    `templates` are the report templates found beside it, by the names that `template_names` gives;
    None where nobody looked, and then none is missed.
    """
    faults = Faults()
    desk = Desk(read_tables(raw, faults), faults, THREE_LEVELS)
    items = read_items(desk)
    parts = _parts(desk, items)
    rules = read_rules(desk, [part.stage for part in parts])
    tell_spans(desk, parts)
    campaign = _campaign(desk, items, parts, rules, templates)
    tell_hints(desk, items, parts)
    listed = faults.listed(_ORDER)
    return Compiled(
        campaign=None if listed else campaign,
        faults=listed,
        hints=faults.hints(_ORDER),
        counts=_counts(desk, parts),
        places=MappingProxyType({form.key: form.line.spot("title") for form in desk.forms}),
        template_spots=MappingProxyType(
            {
                form.key: form.line.spot("template")
                for form in desk.forms
                if form.line.filled("template")
            }
        ),
    )


def _parts(desk: Desk, items: Items) -> list[FormParts]:
    """Read all tables but 审核, in the order in which one needs what the other says."""
    read_levels(desk)
    tell_strange_headers(desk)
    desk.version = read_version_number(desk)
    read_forms(desk)
    read_options(desk)
    read_sheets(desk)
    read_columns(desk)
    indicators, charts = lines_by_form(desk, "指标"), lines_by_form(desk, "图表")
    return [
        form_parts(desk, form, items, indicators.get(form.key, ()), charts.get(form.key, ()))
        for form in desk.forms
    ]


def _campaign(
    desk: Desk,
    items: Items,
    parts: list[FormParts],
    rules: Mapping[str, tuple[DeclaredRule, ...]],
    templates: Mapping[str, FoundTemplate] | None,
) -> Campaign | None:
    """Make the campaign; what a declaration still refuses is a fault of the row that it comes from."""
    main = desk.forms[0] if desk.forms else None
    versions = read_versions(desk, main.cadence) if main and main.has_cadence else ()
    forms: list[Form] = []
    for part in parts:
        form = finished_form(desk, part, rules.get(part.draft.key, ()), templates)
        if form:
            forms.append(form)
    if desk.faults.count or not forms:
        if not desk.faults.count:
            desk.faults.add(Spot(), "一种报表也没有，请在《报表》里写上。")
        return None
    try:
        return Campaign(
            key=items.key,
            title=items.title,
            forms=tuple(forms),
            source=items.source,
            levels=desk.levels,
            organiser=items.organiser,
            contact=items.contact,
            head=items.head,
            money_scale=items.money_scale,
            versions=versions,
        )
    except DeclarationError as error:
        desk.faults.add(desk.forms[0].line.spot("title"), str(error))
        return None


def _counts(desk: Desk, parts: list[FormParts]) -> Counts:
    return Counts(
        forms=len(desk.forms),
        sheets=sum(1 for _ in desk.sheets()),
        columns=len(desk.tables.of("栏目")),
        indicators=sum(len(part.indicators) for part in parts),
        rules=len(desk.tables.of("审核")),
    )
