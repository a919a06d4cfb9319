"""A plain Word template, made from a form's declaration: all its figures and texts, in order.

It serves a form for which no office has written a template yet, and is where an office begins
its own. This module owns its wording. It refuses to fill it.
"""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from sheetflow.schemas.forms import Form

_OPENING = (
    "{{ 报告期 }}，应报单位{{ 应报单位数 }}个，已报{{ 已报单位数 }}个。"
    "{% if 迟报单位 %}迟报的{{ 迟报单位|个数 }}个：{{ 迟报单位 }}。{% endif %}"
    "{% if 未报单位 %}尚未上报的{{ 未报单位|个数 }}个：{{ 未报单位 }}。{% endif %}"
)
_HEADINGS = ("指标", "计量单位", "本期", "累计")


def plain_template(form: Form) -> bytes:
    """Give the template as .docx."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "仿宋", Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    document.add_heading(f"{{{{ 单位名称 }}}}{form.title}情况报告", level=0)
    document.add_paragraph("{{ 主送机关 }}：")
    document.add_paragraph(_OPENING)
    _add_figures(document, form)
    _add_texts(document, form)
    document.add_paragraph("{{ 发文单位 }}")
    document.add_paragraph("{{ 成文日期 }}")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _add_figures(document: Document, form: Form) -> None:
    shown = [entry for entry in form.indicators if entry.code.isidentifier()]
    if not shown:
        return
    table = document.add_table(rows=1, cols=len(_HEADINGS), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, _HEADINGS, strict=True):
        cell.text = heading
    for entry in shown:
        figures = (f"{{{{ {name}.{entry.code} }}}}" for name in ("本期", "累计"))
        cells = table.add_row().cells
        for cell, words in zip(
            cells, ("　" * entry.indent + entry.label, entry.unit, *figures), strict=True
        ):
            cell.text = words


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
