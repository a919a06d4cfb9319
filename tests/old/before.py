"""The campaign as the old workspace knew it: today's, without the indicators declared since.

Columns, sheets and options bear the version since which they stand, and old workbooks are judged by
theirs; an indicator bears none, and would be counted anew for what was handed in.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.campaigns import load_campaign

_TODAY = load_campaign("grassroots2012")
_KNOWN = {f"S{number:02d}" for number in range(1, 71)}

FORM = replace(
    _TODAY.main_form,
    indicators=tuple(one for one in _TODAY.main_form.indicators if one.code in _KNOWN),
    charts=tuple(
        replace(chart, codes=tuple(code for code in chart.codes if code in _KNOWN))
        for chart in _TODAY.main_form.charts
    ),
)
CAMPAIGN = replace(_TODAY, forms=(FORM, *_TODAY.forms[1:]))
NAME = f"{__name__}:CAMPAIGN"
"""What the settings call it."""
