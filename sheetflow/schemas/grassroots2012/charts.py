"""The charts of the consolidated workbook: what the province looks at first."""

from __future__ import annotations

from sheetflow.schemas.grassroots2012.words import GROUPS, NATURES
from sheetflow.schemas.reports import Across, ChartSpec

_FIRST_GROUP, _FIRST_NATURE = 20, 26

CHARTS = (
    ChartSpec(title="走访妇女群众（本期，人次）", codes=("S08",), current=True, name="走访群众"),
    ChartSpec(title="台帐登记需求与已办结（累计，件）", codes=("S19", "S29")),
    ChartSpec(title="办结率（累计）", codes=("S32",), name="办结率"),
    ChartSpec(
        title="台帐登记需求按群体（累计，件）",
        name="群体类别",
        codes=tuple(f"S{_FIRST_GROUP + number}" for number in range(len(GROUPS))),
        across=Across.INDICATORS,
    ),
    ChartSpec(
        title="台帐登记需求按问题性质（累计，件）",
        codes=tuple(f"S{_FIRST_NATURE + number}" for number in range(len(NATURES))),
        across=Across.INDICATORS,
    ),
    ChartSpec(
        title="各期走访妇女群众（人次）", codes=("S08",), across=Across.PERIODS, current=True
    ),
    ChartSpec(
        title="各期末台帐登记需求与已办结（累计，件）",
        codes=("S19", "S29"),
        across=Across.PERIODS,
        name="需求办理进度",
    ),
)
