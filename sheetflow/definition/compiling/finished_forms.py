"""Forms made of all that was read of them: sheets, cover, indicators, charts, rules, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.definition.compiling.activity import Items
from sheetflow.definition.compiling.cover import add_standard_cover, read_cover, tell_roles
from sheetflow.definition.compiling.desk import Desk, FormDraft
from sheetflow.definition.compiling.finished_sheets import finished_sheet, lookups_beside
from sheetflow.definition.compiling.forms import attachments, form_levels, schedule
from sheetflow.definition.compiling.indicators import read_charts, read_indicators
from sheetflow.definition.compiling.judging import read_judging
from sheetflow.definition.compiling.plain_sheets import plain_sheets
from sheetflow.definition.compiling.report import (
    FoundTemplate,
    read_own_totals,
    read_report,
    read_same_person,
    template_of,
)
from sheetflow.definition.compiling.rules import Stage
from sheetflow.definition.compiling.sheets import add_statistics
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import COVER_KIND
from sheetflow.errors import DeclarationError
from sheetflow.schemas.cells import Attachment
from sheetflow.schemas.forms import ChartSpec, Cover, Form, OwnTotals, ReportSpec, SamePerson
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, Sheet


@dataclass(frozen=True, kw_only=True)
class FormParts:
    """What a form is made of, but for its rules."""

    draft: FormDraft
    sheets: tuple[Sheet, ...]
    cover: Cover | None
    vocabulary: Vocabulary
    indicators: tuple[Indicator, ...]
    charts: tuple[ChartSpec, ...]
    report: ReportSpec | None
    same_person: SamePerson | None
    own_totals: OwnTotals | None
    judging: Judging | None

    @property
    def stage(self) -> Stage:
        """What its rules may speak of."""
        return Stage(self.draft, self.vocabulary)


def form_parts(
    desk: Desk, form: FormDraft, items: Items, lines: Sequence[Line], charts: Sequence[Line]
) -> FormParts:
    """Read all that a form is made of."""
    for draft in form.sheets:
        if draft.word == COVER_KIND:
            add_standard_cover(form, draft)
    if lines:
        add_statistics(form)
    plains = plain_sheets(desk, form)
    vocabulary = Vocabulary.of(plain.sheet for plain in plains)
    sheets = tuple(finished_sheet(desk, plain, vocabulary) for plain in plains)
    by_key = {sheet.key: sheet for sheet in sheets}
    cover = _cover(desk, form, by_key)
    vocabulary = Vocabulary.of(
        sheets, cover=cover.sheet if cover else "", nil=cover.nil if cover else None
    )
    indicators, named = read_indicators(desk, form.key, lines, vocabulary)
    return FormParts(
        draft=form,
        sheets=tuple(_asked_beside(sheet, indicators, vocabulary) for sheet in sheets),
        cover=cover,
        vocabulary=named,
        indicators=indicators,
        charts=read_charts(desk, charts, named),
        report=read_report(desk, form, vocabulary, items.limits),
        same_person=read_same_person(form, by_key),
        own_totals=read_own_totals(form),
        judging=read_judging(desk, form, by_key, form.line.name("called")),
    )


def _asked_beside(sheet: Sheet, indicators: Sequence[Indicator], vocabulary: Vocabulary) -> Sheet:
    """Give a sheet with what its indicators ask of the rows that it points to."""
    asked = [each.source.condition for each in indicators if each.source.draws_on == sheet.key]
    beside = lookups_beside(sheet, asked, vocabulary)
    return sheet if beside == sheet.lookups else replace(sheet, lookups=beside)


def _cover(desk: Desk, form: FormDraft, sheets: Mapping[str, Sheet]) -> Cover | None:
    """Read the cover of a form, and tell of its roles elsewhere."""
    found: Cover | None = None
    exempt = frozenset(
        draft.key
        for draft in form.sheets
        if draft.line
        and draft.kind is Kind.CARD
        and draft.line.yes("exempt_when_nil", default=False)
    )
    for draft in form.sheets:
        columns = sheets[draft.key].declared
        tell_roles(desk, draft, columns, is_cover=draft.word == COVER_KIND)
        if draft.word == COVER_KIND and found is None and draft.columns:
            found = read_cover(desk, draft, columns, exempt - {draft.key})
    return found


def finished_form(
    desk: Desk,
    parts: FormParts,
    rules: tuple[DeclaredRule, ...],
    templates: Mapping[str, FoundTemplate] | None,
) -> Form | None:
    """Make a form; what a declaration refuses and nobody told yet is a fault of its row."""
    draft, line = parts.draft, parts.draft.line
    when = schedule(desk, draft)
    asks = any(
        isinstance(each.type, Attachment) for sheet in parts.sheets for each in sheet.declared
    )
    explained = (EXPLANATIONS,) if line.yes("explained", default=True) else ()
    levels = form_levels(desk, draft)
    files = attachments(draft, asks_files=asks)
    template = template_of(draft, templates)
    guidance, own_work = line.paragraphs("guidance"), line.text("own_work")
    if desk.faults.count or parts.cover is None:
        return None
    try:
        return Form(
            key=draft.key,
            title=draft.title,
            version=desk.version,
            sheets=(*parts.sheets, *explained),
            cover=parts.cover,
            indicators=parts.indicators,
            cadence=draft.cadence,
            opens=when.opens,
            closes=when.closes,
            guidance=guidance,
            own_work=own_work,
            report=parts.report,
            charts=parts.charts,
            same_person=parts.same_person,
            own_totals=parts.own_totals,
            levels=levels,
            working_days=when.working_days,
            rules=rules,
            due_on=when.due_on,
            first_period=when.first_period,
            last_period=when.last_period,
            attachments=files,
            template=template,
            judging=parts.judging,
        )
    except DeclarationError as error:
        told = str(error).partition("的声明有错：")[2] or str(error)
        desk.faults.add(line.spot("title"), told)
        return None
