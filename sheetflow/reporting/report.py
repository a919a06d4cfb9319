"""The Word report 情况报告, and the list of figures to check it by.

This module owns the way from `ReportData` to the bytes of a .docx. It refuses to read or
write files, but for the font of the pictures: the template is handed in and the report is
handed back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from sheetflow.consolidation.report_data import Number, ReportData
from sheetflow.reporting import finish as package
from sheetflow.reporting import pictures, template
from sheetflow.reporting.template_context import template_names
from sheetflow.reporting.template_values import Record, UsedFigure

CHECK_HEADINGS = (
    "序号",
    "模板中的名称",
    "指标代码",
    "指标名称",
    "单位",
    "时段",
    "数值",
    "计量单位",
    "文中写法",
    "分子或本期数",
    "分母或上期数",
    "算法",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What varies between offices, not between reports.

    `fonts` maps a font named in the template to the one to use (仿宋_GB2312 → 仿宋).
    `picture_font` is the font file that the pictures are drawn with; without one there are
    no pictures. `pictures` are further ones: PNG bytes by the name that the template calls
    图.名称.
    """

    fonts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    picture_font: Path | None = None
    pictures: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report's bytes, and the figures that were written into its prose, in order."""

    docx: bytes
    used_figures: tuple[UsedFigure, ...]


_DEFAULT_OPTIONS = ReportOptions()


def render_report(
    template_bytes: bytes,
    report: ReportData,
    *,
    stamp: dt.datetime,
    options: ReportOptions = _DEFAULT_OPTIONS,
) -> RenderedReport:
    """Fill the Word template for `report`; equal input gives equal bytes.

    `stamp` (aware) dates the file inside: when its newest source came. Raise
    ReportTemplateError, in Chinese and naming the tags, for a template edited wrongly.
    """
    record = Record()
    font = options.picture_font
    drawn = pictures.draw_pictures(report.pictures, font) if font else {}
    names = template_names(report, record)
    document = template.filled(template_bytes, names, {**drawn, **options.pictures})
    package.set_fonts(document, options.fonts)
    title = f"{report.unit_name}{report.period_label}活动开展情况报告"
    package.set_properties(document, title=title, author=report.issuer, stamp=stamp)
    return RenderedReport(package.packed(document, stamp), record.used)


def check_table(report: RenderedReport) -> list[tuple[str | Number | None, ...]]:
    """Give the rows of 数字核对表 under `CHECK_HEADINGS`: every figure of the prose once.

    A share or a comparison comes with its two figures and its `Way`.
    """
    return [
        (
            number,
            used.name,
            used.code,
            used.label,
            used.unit,
            used.period,
            used.value,
            used.measure,
            used.text,
            *((used.made.one, used.made.two, used.made.way) if used.made else (None, None, "")),
        )
        for number, used in enumerate(report.used_figures, start=1)
    ]
