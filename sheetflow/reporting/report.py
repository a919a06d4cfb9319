"""The Word report 情况报告, the sentences of it that hold figures, and a plain template.

From `ReportData` to the bytes of a .docx; equal reports have equal bytes. It reads no file but the
font of the pictures. The plain template serves a form for which no office has written one yet.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import _Cell

from sheetflow.consolidation.report_data import Picture, ReportData
from sheetflow.consolidation.report_figures import Sentence, UsedFigure, once_each
from sheetflow.periods import OFFICE_ZONE
from sheetflow.reporting.draft_property import set_mark
from sheetflow.reporting.pictures import draw_picture
from sheetflow.reporting.sentences import sentences_of
from sheetflow.reporting.template import filled
from sheetflow.reporting.template_context import template_names
from sheetflow.reporting.written_figures import Record, settle
from sheetflow.schemas.forms import Form


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report's bytes, the sentences and rows of tables that hold figures, in order, and its body's XML."""

    docx: bytes
    sentences: tuple[Sentence, ...]
    body: Iterable[Any] = field(default=(), compare=False, repr=False)

    @property
    def used_figures(self) -> tuple[UsedFigure, ...]:
        """The figures that stand in it, each way of writing one once."""
        return once_each(self.sentences)


_NO_FONTS: Mapping[str, str] = MappingProxyType({})


def render_report(
    template: bytes,
    report: ReportData,
    *,
    stamp: dt.datetime,
    fonts: Mapping[str, str] = _NO_FONTS,
    picture_font: Path | None = None,
    mark: str = "",
) -> RenderedReport:
    """Fill the Word template for `report`; equal input gives equal bytes.

    `stamp` (aware) dates the file inside: when its newest source came. `fonts` maps a font
    named in the template to the one to use (仿宋_GB2312 → 仿宋); `picture_font` is the font file
    that the pictures are drawn with, and without one there are none. `mark` tells the draft. Raise
    ReportTemplateError, in Chinese and naming the tags, for a template edited wrongly.
    """
    record = Record()
    drawn = _drawn(tuple(report.pictures), picture_font) if picture_font else {}
    document = filled(template, template_names(report, record), drawn)
    sentences = sentences_of(document, settle(document, record))
    if report.remark:
        _comment(document, report.remark, stamp)
    set_fonts(document, fonts)
    title = f"{report.unit_name}{report.period_label}活动开展情况报告"
    set_properties(document, title=title, author=report.letter.issuer, stamp=stamp)
    if mark:
        set_mark(document, mark)
    return RenderedReport(packed(document, stamp), sentences, document.element.body)


@lru_cache(maxsize=1)
def _drawn(pictures: tuple[Picture, ...], font: Path) -> Mapping[str, bytes]:
    """Draw the pictures of one report: its annex, or another template, asks for the same ones."""
    return {picture.name: draw_picture(picture, font) for picture in pictures}


def _comment(document: Document, remark: str, stamp: dt.datetime) -> None:
    """Say something beside the first words of the text, dated like the report."""
    run = next((run for each in document.paragraphs for run in each.runs if run.text.strip()), None)
    if run is None:
        run = (
            document.paragraphs[0].add_run()
            if document.paragraphs
            else document.add_paragraph().add_run()
        )
    comment = document.add_comment(run, remark, author=_OURS, initials=_OURS)
    comment._comment_elm.date = stamp.astimezone(dt.UTC).replace(microsecond=0)  # noqa: SLF001 - else it is now


_OURS = "报表系统"
_OPENING = (
    "{{ 报告期 }}，应报单位{{ 应报单位数 }}个，已报{{ 已报单位数 }}个"
    "{% if 迟报单位 %}，其中迟报的{{ 迟报单位|个数 }}个{% endif %}。"
    "{% if 验收情况 %}已报单位中，{{ 验收情况 }}。{% endif %}"
    "{% if 待验收情况 %}{{ 待验收情况 }}，其情况尚未计入。{% endif %}"
    "{% if 未报单位 %}其余{{ 未报单位|个数 }}个单位正在催报。{% endif %}"
    "{% if 列出单位名称 %}{% if 迟报单位 %}迟报的是{{ 迟报单位 }}。{% endif %}"
    "{% if 未报单位 %}尚未上报的是{{ 未报单位 }}。{% endif %}{% endif %}"
)
_HEADINGS = {"指标": 190, "计量单位": 68, "本期": 76, "累计（期末）": 96}
"""The columns of the figures, with their widths in points."""
_PLAIN_FONTS = {"Normal": ("仿宋", 14), "Title": ("黑体", 20), "Heading 1": ("黑体", 14)}


def plain_template(form: Form) -> bytes:
    """Give the template as .docx."""
    document = docx.Document()
    _dress(document)
    title = document.add_heading(f"{{{{ 单位名称 }}}}{form.title}情况报告", level=0)
    title.alignment = ALIGNED.CENTER
    document.add_paragraph("{{ 主送机关 }}：")
    document.add_paragraph(_OPENING)
    _add_figures(document, form)
    for line in ("{%p if 口径说明 %}", "{{ 口径说明 }}", "{%p endif %}"):
        document.add_paragraph(line)
    _add_texts(document, form)
    for line in ("{{ 发文单位 }}", "{{ 成文日期 }}"):
        document.add_paragraph(line).alignment = ALIGNED.RIGHT
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _dress(document: Document) -> None:
    """Give the styles an office's fonts, in black; a title without a line under it."""
    for name, (font, size) in _PLAIN_FONTS.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), RGBColor(0, 0, 0)
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            style.element.rPr.rFonts.set(qn(script), font)
            style.element.rPr.rFonts.attrib.pop(qn(f"{script}Theme"), None)
    properties = document.styles["Title"].element.pPr
    properties.remove(properties.find(qn("w:pBdr")))


def _add_figures(document: Document, form: Form) -> None:
    shown = [entry for entry in form.current.indicators if entry.code.isidentifier()]
    if not shown:
        return
    table = document.add_table(rows=1, cols=len(_HEADINGS), style="Table Grid")
    for column, width in zip(table.columns, _HEADINGS.values(), strict=True):
        column.width = Pt(width)
    _fill(table.rows[0].cells, tuple(_HEADINGS))
    for entry in shown:
        figures = (f"{{{{ {name}.{entry.code} }}}}" for name in ("本期", "累计"))
        _fill(table.add_row().cells, ("　" * entry.indent + entry.label, entry.unit, *figures))


def _fill(cells: Sequence[_Cell], words: Sequence[str]) -> None:
    for cell, text, width in zip(cells, words, _HEADINGS.values(), strict=True):
        cell.text, cell.width = text, Pt(width)  # one program asks the cells, another the columns
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _add_texts(document: Document, form: Form) -> None:
    """Quote what units wrote, under the label of each column."""
    narrative = form.by_key.get(form.report.narrative) if form.report else None
    for column in narrative.columns if narrative else ():
        if not column.label.isidentifier():
            continue  # no tag can name it
        document.add_paragraph(f"{{%p if {column.label} %}}")
        document.add_heading(column.label, level=1)
        document.add_paragraph(f"{{%p for 材料 in {column.label} %}}")
        document.add_paragraph(
            "{% if not 材料.本级 %}{{ 材料.引语 }}{{ 材料.单位 }}：{% endif %}{{ 材料.正文 }}"
        )
        document.add_paragraph("{%p endfor %}")
        document.add_paragraph("{%p endif %}")


_RUN, _FONTS = qn("w:r"), qn("w:rFonts")
_FONTS_OF_A_RUN = f"{qn('w:rPr')}/{_FONTS}"
_HINT = qn("w:hint")
_FONT_SLOTS = tuple(qn(f"w:{slot}") for slot in ("ascii", "hAnsi", "eastAsia", "cs"))


def set_fonts(document: Document, fonts: Mapping[str, str]) -> None:
    """Replace font names by `fonts` (named in the template → to use), and hint each run.

    Without ``w:hint`` the marks “ ” — … would be drawn in the Latin font.
    """
    for part in document.part.package.iter_parts():
        if not isinstance(part, XmlPart):
            continue
        for run in part.element.iter(_RUN):
            named = run.find(_FONTS_OF_A_RUN)
            if named is None:
                named = run.get_or_add_rPr().get_or_add_rFonts()
            named.set(_HINT, "eastAsia")
        for named in part.element.iter(_FONTS):
            for slot in _FONT_SLOTS:
                if (name := named.get(slot)) in fonts:
                    named.set(slot, fonts[name])


def set_properties(document: Document, *, title: str, author: str, stamp: dt.datetime) -> None:
    """Set the core properties; `stamp` (aware) is when the report's newest source came."""
    properties = document.core_properties
    moment = stamp.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.created = properties.modified = moment
    properties.revision = 1


def packed(document: Document, stamp: dt.datetime) -> bytes:
    """Save `document` with every member dated `stamp`."""
    raw, packed_again = io.BytesIO(), io.BytesIO()
    document.save(raw)
    moment = stamp.astimezone(OFFICE_ZONE).timetuple()[:6]
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed_again, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, moment)
            member.create_system = 0  # the same on every system
            # A picture is packed already; another round takes longer than the rest together.
            is_picture = name.endswith(".png")
            member.compress_type = zipfile.ZIP_STORED if is_picture else zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return packed_again.getvalue()
