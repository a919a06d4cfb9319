"""版本 into the versions of a campaign, and the ids of report periods that stand in cells."""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.lines import Line, shown
from sheetflow.periods import Cadence, Period
from sheetflow.schemas.campaign import CampaignVersion

_TABLE = "版本"
_YEAR = 2012
"""The year of the periods that a sentence gives as examples."""


def read_version_number(desk: Desk) -> int:
    """Tell which version is in hand: that of the last row, 1 where there is none."""
    lines = desk.tables.of(_TABLE)
    for number, line in enumerate(lines, start=1):
        typed = line.whole("number")
        if typed is None and line.is_sound("number"):
            line.fault("number", f"不能空着，这一行应填{number}。")
        elif typed is not None and typed != number:
            line.fault("number", f"填的是{typed}，这一行应填{number}：从1起，一行一版，不空号。")
    return max(1, len(lines))


def read_versions(desk: Desk, cadence: Cadence) -> tuple[CampaignVersion, ...]:
    """Read all versions so far; their periods are those of the main form."""
    found: list[CampaignVersion] = []
    lines = desk.tables.of(_TABLE)
    for number, line in enumerate(lines, start=1):
        if not line.filled("first"):
            line.fault("first", f"不能空着，请填起用的报告期，如{example(cadence)}。")
        found.append(
            CampaignVersion(
                number=number,
                first_period=period_id(line, "first", cadence),
                older_until=period_id(line, "older_until", cadence),
                changes=line.text("changes"),
                by=line.text("by"),
                on=line.text("on"),
            )
        )
    _tell_order(lines, found)
    return tuple(found)


def _tell_order(lines: Sequence[Line], versions: Sequence[CampaignVersion]) -> None:
    before: Period | None = None
    for line, version in zip(lines, versions, strict=True):
        if not version.first_period:
            continue
        first = Period.parse(version.first_period)
        if before and first <= before:
            told = f"第{version.number}版从{first}起用，不晚于上一版的{before}，请核对。"
            line.fault("first", told)
        before = first


def example(cadence: Cadence) -> str:
    """Give the id of a period of that cadence."""
    return cadence.nth(_YEAR, 1).period_id


def period_id(line: Line, name: str, cadence: Cadence) -> str:
    """Read a report period as people write it, and give its id; empty for a blank or faulty cell."""
    cell = line.cells[name]
    typed = "" if cell.spoiled else shown(cell.value)
    if not typed:
        return ""
    try:
        period = Period.named(typed, 0, cadence)
    except ValueError:
        line.fault(name, f"“{typed[:20]}”看不出是哪一个报告期，请按{example(cadence)}的样子填写。")
        return ""
    if period.cadence.letter != cadence.letter:
        told = f"“{typed[:20]}”不是这种频次的报告期，请按{example(cadence)}的样子填写。"
        line.fault(name, told)
        return ""
    return period.period_id
