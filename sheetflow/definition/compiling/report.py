"""What a report is made with: 用途, 报告引用, the template that lies beside the workbook.

From 用途 follow the question about one person and the totals of those above as well. Whoever can read files
looks for templates: this module owns what must be known of one that was found, and what is said where it
cannot serve. A template is tried with the form that it reports on once that is compiled; what is wrong then is
told at `Compiled.template_spots`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sheetflow.definition.compiling.desk import Desk, FormDraft, SheetDraft
from sheetflow.definition.compiling.texts import condition
from sheetflow.definition.faults import Faults
from sheetflow.definition.layout import FORMS
from sheetflow.definition.meanings import (
    MATTER,
    PERSON,
    PLANNED,
    QUOTED,
    STORY_TEXT,
    STORY_TITLE,
    TABLED,
    TOLD,
    TOTAL,
    TOTAL_OF,
)
from sheetflow.definition.tables import read_tables
from sheetflow.schemas.cells import IdNumber
from sheetflow.schemas.contradictions import TEMPLATE_NAMES
from sheetflow.schemas.forms import OwnTotals, ReportSpec, SamePerson
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import find, is_it, likely
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import RawWorkbook

_QUOTES = {QUOTED: QUOTED, TOLD: TOLD, TABLED: TABLED}


@dataclass(frozen=True)
class Limits:
    """How much a report quotes, as 活动 says it."""

    quotes: int = 5
    stories: int = 6
    shortest: int = 30
    longest: int = 400


def read_report(
    desk: Desk, form: FormDraft, vocabulary: Vocabulary, limits: Limits
) -> ReportSpec | None:
    """Tell which card a report quotes and which sheet has the stories that it tells."""
    quoted, stories = _quoted(form, QUOTED), _quoted(form, TOLD)
    tables = _tabled(form)
    lines = (draft.line for draft in form.sheets if draft.line)
    if all(line.is_sound("quoted") for line in lines):
        _tell_unused(form, stories, quoted)
    if quoted is None or quoted.line is None:
        if stories and stories.line:
            told = "讲案例的报表也要有一张报告引用为“文字”的卡片。"
            stories.line.fault("quoted", told)
        return ReportSpec(tables=tables, **asdict(limits)) if tables else None
    if quoted.kind is not Kind.CARD:
        quoted.line.fault("quoted", f"逐项引用文字的应是卡片，《{quoted.title}》是{quoted.word}。")
        return None
    _tell_taken(quoted)
    where = None
    if stories and stories.line:
        where = condition(desk, stories.line, "quoted_where", vocabulary, stories.key)
    return ReportSpec(
        narrative=quoted.key,
        plans=_keys(quoted, PLANNED),
        story_sheet=stories.key if stories else "",
        story_where=where,
        story_title=next(iter(_keys(stories, STORY_TITLE)), "") if stories else "",
        story_text=next(iter(_keys(stories, STORY_TEXT)), "") if stories else "",
        tables=tables,
        **asdict(limits),
    )


def _tabled(form: FormDraft) -> tuple[str, ...]:
    """Give the sheets whose rows a template may list."""
    found = []
    for draft in form.sheets:
        if draft.line is None or draft.line.one_of("quoted", _QUOTES, "", "说法") != TABLED:
            continue
        found.append(draft.key)
        if draft.kind is Kind.INDICATORS:
            draft.line.fault("quoted", f"逐行列出的不能是统计表，《{draft.title}》是{draft.word}。")
    return tuple(found)


def _quoted(form: FormDraft, word: str) -> SheetDraft | None:
    """Find the sheet with that word under 报告引用; tell of a second one."""
    found: SheetDraft | None = None
    for draft in form.sheets:
        if draft.line is None or draft.line.one_of("quoted", _QUOTES, "", "说法") != word:
            continue
        if found:
            told = f"《{found.title}》的报告引用已是“{word}”，一种报表只能有一张。"
            draft.line.fault("quoted", told)
        else:
            found = draft
    if found and word == TOLD and found.kind in {Kind.CARD, Kind.INDICATORS} and found.line:
        found.line.fault(
            "quoted", f"讲案例的应是流水、台帐或现状，《{found.title}》是{found.word}。"
        )
    return found


def _tell_unused(form: FormDraft, stories: SheetDraft | None, quoted: SheetDraft | None) -> None:
    """Tell of words that only say something on another sheet."""
    for draft in form.sheets:
        for column in draft.columns:
            if column.line is None:
                continue
            for word in column.purposes:
                if word in {STORY_TITLE, STORY_TEXT} and draft is not stories:
                    told = f"用途{word}只用于报告引用为“{TOLD}”的工作表。"
                    column.line.fault("purpose", told)
                if word == PLANNED and draft is not quoted:
                    told = f"用途{word}只用于报告引用为“{QUOTED}”的卡片。"
                    column.line.fault("purpose", told)
        line = draft.line
        idle = line is not None and draft is not stories and line.filled("quoted_where")
        if line and idle and line.is_sound("quoted_where", "quoted"):
            told = f"报告引用是“{TOLD}”的才填条件，请清空这一格。"
            line.fault("quoted_where", told)


def _tell_taken(quoted: SheetDraft) -> None:
    for column in quoted.columns:
        if column.line and column.label in TEMPLATE_NAMES:
            told = f"“{column.label}”是报告模板自己的名称，被引用的栏目要换一个名称。"
            column.line.fault("label", told)


def _keys(draft: SheetDraft, word: str) -> tuple[str, ...]:
    found = [column for column in draft.columns if word in column.purposes]
    if word in {STORY_TITLE, STORY_TEXT}:
        _tell_second(found, word)
    return tuple(column.key for column in found)


def _tell_second(found: Sequence[object], word: str) -> None:
    for column in found[1:]:
        line = getattr(column, "line", None)
        if line:
            line.fault("purpose", f"已有一栏的用途是{word}，只能有一栏。")


def read_same_person(form: FormDraft, sheets: Mapping[str, Sheet]) -> SamePerson | None:
    """Tell in which sheet rows of two units are held against each other, by which column."""
    found: SamePerson | None = None
    for draft in form.sheets:
        persons = [column for column in draft.columns if PERSON in column.purposes]
        listed = [column for column in draft.columns if MATTER in column.purposes]
        sheet = sheets.get(draft.key)
        for column in listed if not persons else ():
            if column.line:
                told = f"《{draft.title}》没有用途是{PERSON}的身份证号栏，不用写{MATTER}。"
                column.line.fault("purpose", told)
        for column in persons:
            line = column.line
            made = sheet.by_key.get(column.key) if sheet else None
            if line is None or made is None:
                continue
            if not isinstance(made.type, IdNumber):
                line.fault("purpose", f"{PERSON}只能是身份证号栏，这一栏是{column.word}。")
            elif found:
                line.fault("purpose", f"已有一栏的用途是{PERSON}，一种报表只能有一栏。")
            elif sheet and sheet.naming_column is None:
                line.fault("purpose", f"《{draft.title}》没有编号，不能跨单位核对。")
            elif sheet:
                matter = tuple(each.key for each in listed)
                found = SamePerson(
                    sheet=draft.key, person=column.key, matter=matter, where=sheet.void_not
                )
    return found


def read_own_totals(form: FormDraft) -> OwnTotals | None:
    """Tell in which sheet those above state totals of their own."""
    found: OwnTotals | None = None
    for draft in form.sheets:
        named = [column for column in draft.columns if TOTAL_OF in column.purposes]
        stated = [column for column in draft.columns if TOTAL in column.purposes]
        for column in (*named[1:], *stated[1:]):
            if column.line:
                column.line.fault("purpose", "这样用途的已有一栏，一张表只能有一栏。")
        for one, other, word in ((named, stated, TOTAL), (stated, named, TOTAL_OF)):
            if one and not other and one[0].line:
                one[0].line.fault("purpose", f"《{draft.title}》还要有一栏的用途是{word}。")
        if named and stated:
            if found and named[0].line:
                named[0].line.fault("purpose", "自报合计只能用一张工作表。")
            found = found or OwnTotals(sheet=draft.key, code=named[0].key, figure=stated[0].key)
    return found


_ENDING = ".docx"
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTemplate:
    """A template that lies beside the workbook: what its bytes are called, what is wrong with them."""

    sha256: str
    faults: tuple[str, ...] = ()


def template_names(raw: RawWorkbook) -> tuple[str, ...]:
    """Give the names of files that 报告模板 asks for, each once."""
    lines = read_tables(raw, Faults()).of(FORMS.title)
    return tuple(dict.fromkeys(filter(None, (line.name("template") for line in lines))))


def template_of(form: FormDraft, templates: Mapping[str, FoundTemplate] | None) -> str:
    """Give the sha256 of a form's template, empty for the general one; tell of one that cannot serve."""
    line = form.line
    name = line.name("template")
    if not name:
        return ""
    if not name.lower().endswith(_ENDING) or _NOT_IN_NAMES & set(name):
        line.fault("template", f"要写一个 {_ENDING} 文件的名称，和活动工作簿放在一起。")
        return ""
    if templates is None:
        return ""
    match = find(name, templates)
    if match is None:
        meant = likely(name, templates)
        told = f"活动工作簿旁边没有“{name}”{is_it(meant)}请把它放在一起，或清空这一格用通用模板。"
        line.fault("template", told, meant)
        return ""
    for told in templates[match].faults:
        line.fault("template", told)
    return templates[match].sha256
