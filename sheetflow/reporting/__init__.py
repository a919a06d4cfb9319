"""The room that writes Word reports: it fills an office's own .docx template with a `ReportData`.

It refuses to choose or add up figures, to place files, and to know any campaign: wording and
indicator codes stand in the template.
"""

from sheetflow.reporting.report import (
    RenderedReport,
    render_report,
)

__all__ = [
    "RenderedReport",
    "render_report",
]
