"""The task of reading a campaign workbook: a foreign file, compiled where it is read.

What goes back is canonical JSON and sentences, never a declaration as such: the parent reads it by its own
closed list of kinds. Word templates that the workbook names lie beside it, and are filled once on trial.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetflow.children.limits import prepared_by
from sheetflow.children.sample_task import nobody
from sheetflow.definition.faults import DefinitionFault
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.declared_json import dump_campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.likely import same

if TYPE_CHECKING:
    from sheetflow.definition.compiling.campaign import Compiled

_MOST_BYTES = 16 * 1024 * 1024
"""More than any Word template has."""
_MOST_FILES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionReply:
    """What became of a campaign workbook: canonical JSON, empty where something is wrong.

    `templates` are the Word templates that it names and that can be filled, by sha256.
    """

    campaign: bytes = b""
    faults: tuple[DefinitionFault, ...] = ()
    hints: tuple[DefinitionFault, ...] = ()
    templates: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


def load_compiler(_path: str) -> None:
    """Load what compiling needs, before it is timed."""
    import sheetflow.definition.compiling.campaign
    import sheetflow.reading
    import sheetflow.reporting  # noqa: F401 - a template is tried by it


@prepared_by(load_compiler)
def read_definition(path: str) -> DefinitionReply:
    """Read and compile the campaign workbook at `path`; raise UnreadableError where it is none."""
    from sheetflow.definition.compiling.campaign import compile_campaign
    from sheetflow.definition.compiling.report import FoundTemplate, template_names
    from sheetflow.reading import read_workbook

    raw = read_workbook(Path(path).read_bytes())
    found = _beside(Path(path), template_names(raw))
    told = {name: FoundTemplate(sha256=_digest(content)) for name, content in found.items()}
    compiled = compile_campaign(raw, told)
    kept = {_digest(content): content for content in found.values()}
    compiled = compiled.with_faults(_template_faults(compiled, kept))
    campaign = compiled.campaign
    if campaign is None:
        return DefinitionReply(faults=compiled.faults, hints=compiled.hints)
    wanted = {form.template for form in campaign.forms}
    return DefinitionReply(
        campaign=dump_campaign(campaign),
        hints=compiled.hints,
        templates={sha256: content for sha256, content in kept.items() if sha256 in wanted},
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _beside(path: Path, named: Sequence[str]) -> dict[str, bytes]:
    """Give the Word files beside the workbook; of those that it does not name, names alone."""
    meant = {same(name) for name in named}
    places = (place for place in islice(path.parent.glob("*.[dD][oO][cC][xX]"), _MOST_FILES))
    return (
        {
            place.name: place.read_bytes() if same(place.name) in meant else b""
            for place in places
            if place.is_file() and place.stat().st_size <= _MOST_BYTES
        }
        if meant
        else {}
    )


def _template_faults(compiled: Compiled, kept: Mapping[str, bytes]) -> Iterator[DefinitionFault]:
    """Fill each template that a form names, and say at its cell what is wrong with it."""
    campaign = compiled.campaign
    for form in campaign.forms if campaign else ():
        content = kept.get(form.template)
        said = fault_of_template(campaign, form, content) if campaign and content else ""
        if said:
            yield DefinitionFault.at(compiled.template_spots[form.key], said)


def fault_of_template(campaign: Campaign, form: Form, content: bytes) -> str:
    """Fill a Word template with a report of a form for which nobody has reported; say what is wrong."""
    from sheetflow.consolidation.books import Books
    from sheetflow.consolidation.report_builder import report_data
    from sheetflow.consolidation.report_data import Letter
    from sheetflow.errors import ReportTemplateError
    from sheetflow.reporting import render_report

    if form.report is None:
        return ""
    _, tree = nobody(campaign, form.current)
    first = form.opens or dt.date(2012, 1, 1)
    books = Books(
        form=form,
        tree=tree,
        period=form.period_of(first),
        accepted={},
        attempts={},
        rows_of=lambda _sheet, _wanted: iter(()),
    )
    top = tree.roots[0]
    data = report_data(campaign, books, top, Letter(issuer=top.name, addressee=top.name))
    stamp = dt.datetime.combine(first, dt.time(), OFFICE_ZONE)
    try:
        render_report(content, replace(data, pictures=()), stamp=stamp)
    except ReportTemplateError as error:
        return str(error)
    return ""
