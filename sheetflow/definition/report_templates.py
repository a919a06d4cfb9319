"""Report templates as a campaign workbook names them: whoever can read files looks for them.

This module owns what must be known of one that was found, and what is said where it cannot serve. A
template is tried with the form that it reports on once that is compiled; what is wrong then is told at
`Compiled.template_spots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetflow.definition.desk import FormDraft
from sheetflow.definition.faults import Faults
from sheetflow.definition.layout import FORMS
from sheetflow.definition.tables import read_tables
from sheetflow.schemas.likely import find, is_it, likely
from sheetflow.workbook import RawWorkbook

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
