"""A plain Word template, made from a form's declaration: all its figures and texts, in order.

It serves a form for which no office has written a template yet, and is where an office begins
its own. This module owns its wording. It refuses to fill it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGNED
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import _Cell

from sheetflow.schemas.forms import Form

_OPENING = (
    "{{ 报告期 }}，应报单位{{ 应报单位数 }}个，已报{{ 已报单位数 }}个。"
    "{% if 迟报单位 %}迟报的{{ 迟报单位|个数 }}个：{{ 迟报单位 }}。{% endif %}"
    "{% if 未报单位 %}尚未上报的{{ 未报单位|个数 }}个：{{ 未报单位 }}。{% endif %}"
)
_HEADINGS = {"指标": 190, "计量单位": 68, "本期": 76, "累计（期末）": 96}
"""The columns of the figures, with their widths in points."""
_FONTS = {"Normal": ("仿宋", 14), "Title": ("黑体", 20), "Heading 1": ("黑体", 14)}


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
    for name, (font, size) in _FONTS.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), RGBColor(0, 0, 0)
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            style.element.rPr.rFonts.set(qn(script), font)
            style.element.rPr.rFonts.attrib.pop(qn(f"{script}Theme"), None)
    properties = document.styles["Title"].element.pPr
    properties.remove(properties.find(qn("w:pBdr")))


def _add_figures(document: Document, form: Form) -> None:
    shown = [entry for entry in form.indicators if entry.code.isidentifier()]
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
        document.add_paragraph("{{ 材料.单位 }}：{{ 材料.正文 }}")
        document.add_paragraph("{%p endfor %}")
        document.add_paragraph("{%p endif %}")
