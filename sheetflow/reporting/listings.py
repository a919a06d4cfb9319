"""What a report template may list or count of units and of their rows: 上报情况, 分级情况, 表.

Numbers that stand in the prose are recorded as every figure of it. Names of the figures themselves are
`template_context`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sheetflow.consolidation.report_data import BoardRow, ReportData, TableRow, TableRows
from sheetflow.consolidation.report_figures import UsedFigure
from sheetflow.consolidation.states import LATE, State, Tally
from sheetflow.periods import OFFICE_ZONE, date_in_words
from sheetflow.reporting.template_values import CountedStates, ListedNames, ListedRows, Named, Shown
from sheetflow.reporting.written_figures import Record, without_marks
from sheetflow.schemas.parsing import Value

_COUNTED = {
    "应报单位数": "所列的单位",
    "已报单位数": "已接收（含零报告）的单位",
    "迟报单位数": "注明迟报的单位",
    "尚未完成报送单位数": "还没有接收的单位",
    "两期都已报单位数": "两期都已接收的单位",
}
"""What is counted on the board; other counts are of a state."""


@dataclass(frozen=True, slots=True)
class _Counter:
    """Makes figures of what was counted; they go to `record`."""

    report: ReportData
    record: Record

    def units(self, name: str, label: str, number: int, period: str = "", unit: str = "") -> Shown:
        """Give a number of units, counted on the board (those of `unit`)."""
        source = f"《上报情况》中{_COUNTED.get(label, f'为{label[:-3]}的单位')}数"
        period, unit = period or self.report.period_label, unit or self.report.unit_name
        return self._shown(
            UsedFigure(name, "", label, unit, period, number, "个", "", source=source)
        )

    def rows(self, table: TableRows) -> Shown:
        """Give how many rows of a sheet there are."""
        name, label = f"表.{table.title}|个数", f"《{table.title}》行数"
        unit, period, number = self.report.unit_name, self.report.period_label, len(table.rows)
        source = f"汇总表的工作表《{table.title}》"
        return self._shown(
            UsedFigure(name, "", label, unit, period, number, "行", "", source=source)
        )

    def _shown(self, use: UsedFigure) -> Shown:
        return Shown(use.value, str(use.value), use, self.record)


def count_names(report: ReportData, record: Record) -> dict[str, object]:
    """Who reported and how many: figures of the prose as well, to be checked like others."""
    count = _Counter(report, record).units

    def listed(label: str, units: tuple[str, ...], number: int, told: str = "") -> ListedNames:
        return ListedNames(units, count(f"{label}|个数", f"{told or label}数", number))

    before, tally = report.previous_label or "", report.tally

    def counted(name: str, numbers: Iterable[tuple[str, int]]) -> CountedStates:
        told = ((word, count(f"{name}.{word}", f"{word}单位数", n)) for word, n in numbers)
        return CountedStates(tuple(told))

    return {
        "验收情况": counted("验收情况", tally.let_pass),
        "待验收情况": counted("待验收情况", tally.withheld.items()),
        "未报单位": listed("未报单位", report.missing, tally.outstanding, "尚未完成报送单位"),
        "未报单位情况": counted("未报单位情况", ((each.label, n) for each, n in tally.out)),
        "零报告单位": listed("零报告单位", report.nil, tally.nil),
        "迟报单位": listed("迟报单位", report.late, tally.late),
        "应报单位数": count("应报单位数", "应报单位数", tally.expected),
        "已报单位数": count("已报单位数", "已报单位数", tally.reported),
        "同口径单位数": count("同口径单位数", "两期都已报单位数", report.compared or 0),
        "上期已报单位数": count("上期已报单位数", "已报单位数", report.reported_before, before),
    }


def board_row(row: BoardRow) -> Named:
    """Give a unit's line of 上报情况."""
    at = row.received_at
    moment = at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M") if at else ""
    return Named(
        "上报情况",
        {
            "单位": row.unit,
            "状态": row.state,
            "时间": moment,
            "回执": row.receipt,
            "迟报": row.late,
            "备注": "；".join(filter(None, (LATE if row.late else "", row.remarks))),
        },
    )


_OUT = {State.RETURNED: "退回", State.HELD: "待确认", State.REFUSED: "拒收", State.MISSING: "未报"}
"""What a template calls the numbers of units that are not in."""


def branch_row(unit: str, tally: Tally) -> Named:
    """Give a line of 上报汇总."""
    return Named(
        "上报汇总",
        {
            "单位": unit,
            "应报": tally.expected,
            "已报": tally.reported,
            "零报告": tally.nil,
            "迟报": tally.late,
            **{name: tally.states.get(state, 0) for state, name in _OUT.items()},
        },
    )


def level_rows(report: ReportData, record: Record) -> list[Named]:
    """Say how many units of each level had to report, did and did not: figures of the prose as well."""
    count = _Counter(report, record).units
    return [
        Named(
            "分级情况",
            {
                "级别": row.level,
                **{
                    word: count(f"分级情况.{word}", label, number, unit=row.level)
                    for word, label, number in (
                        ("应报", "应报单位数", row.tally.expected),
                        ("已报", "已报单位数", row.tally.reported),
                        ("未报", "尚未完成报送单位数", row.tally.outstanding),
                    )
                },
            },
        )
        for row in report.levels
    ]


def tables(report: ReportData, record: Record) -> Named:
    """Give the rows of each sheet that may be listed, and how many they are."""
    count = _Counter(report, record).rows
    return Named(
        "表",
        {
            each.title: ListedRows(tuple(_table_row(each, row) for row in each.rows), count(each))
            for each in report.tables
        },
    )


def _table_row(table: TableRows, row: TableRow) -> Named:
    cells = {label: _table_cell(row.cells.get(label)) for label in table.labels}
    return Named(f"表.{table.title}", {**cells, "单位": row.unit, "本级": row.own})


def _table_cell(value: Value) -> object:
    """Write a cell as a person does; a whole number stays one, to be compared."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return date_in_words(value)
    if isinstance(value, tuple):
        return without_marks("、".join(value))
    return without_marks(value) if isinstance(value, str) else value
