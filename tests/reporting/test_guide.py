"""模板说明.md beside the template: what the office looks names up in."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx

from sheetflow.consolidation.report_data import ReportData
from sheetflow.reporting.template import FILTERS
from sheetflow.reporting.template_context import template_names
from sheetflow.reporting.template_guide import campaign_guide
from sheetflow.reporting.written_figures import Record
from sheetflow.schemas.contradictions import TEMPLATE_NAMES
from sheetflow.schemas.forms import ChartSpec
from tests.county_book import FORM
from tests.tiny.pair import PAIR, PROBE_FORM

GUIDE = Path(__file__).parents[2] / "templates" / "report" / "模板说明.md"


def test_the_guide_lists_every_name(province: ReportData) -> None:
    """Whoever edits the template finds every name, filter and indicator in the guide."""
    guide = GUIDE.read_text(encoding="utf-8")
    wanted = [*template_names(province, Record()), *FILTERS, *FORM.indicator]
    missing = [name for name in wanted if not re.search(rf"(?<!\w){name}(?!\w)|\|{name}", guide)]
    assert not missing, f"{missing}: add a line for each to {GUIDE.name}"


def test_the_template_uses_every_part_of_the_notice(template: bytes) -> None:
    """The default template speaks of each of the 76 indicators but the redundant ones."""
    document = docx.Document(io.BytesIO(template))
    used = set(re.findall(r"S\d\d", document.element.xml))
    assert {f"S{number:02d}" for number in range(1, 77)} - used == set()


def test_reserved_names_are_those_of_the_template(province: ReportData) -> None:
    """A heading that is quoted is refused on loading where the template has a name of its own."""
    bare = replace(province, narratives=())
    assert {*template_names(bare, Record()), "图"} == TEMPLATE_NAMES


def test_the_guide_of_another_campaign_lists_that_ones_names() -> None:
    """Whoever edits a template of a campaign workbook finds its indicators, headings and pictures, not 2012's."""
    picture = ChartSpec(title="各单位取样", codes=("T1",), name="取样图")
    form = replace(PROBE_FORM, charts=(picture,))
    guide = campaign_guide(GUIDE.read_text(encoding="utf-8"), replace(PAIR, forms=(form,)))
    assert form.indicators
    lines = [f"| {one.code} | {one.label} | {one.unit}" for one in form.indicators]
    headings = [f"`{one.label}`" for one in form.by_key["words"].columns]
    missing = [each for each in (*lines, *headings, "`图.取样图`") if each not in guide]
    assert not missing
    assert not [each for each in ("| S01 |", "`走访群众`", "`取得成效`") if each in guide]
