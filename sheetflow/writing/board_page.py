"""上报情况.html, the board as one page that needs no server.

This module gives the template its values. It refuses to decide who stands where.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from sheetflow.consolidation.contents import BoardData, BoardFile, Waiting, Waits
from sheetflow.consolidation.states import (
    LATE,
    LATE_COLOUR,
    OUT,
    OVERDUE,
    BoardRow,
    HandedIn,
    State,
    Tally,
)
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.units import THREE_LEVELS, Unit
from sheetflow.writing.board import grouped, standing
from sheetflow.writing.html_page import Named, address, fill_page, page_fault

_LATE = "late"
_UNIT = Unit(unit_id="1", name="单位", level=THREE_LEVELS.lowest.name)
_SAMPLE = BoardData(
    campaign_title="活动",
    form_title="报表",
    unit=_UNIT,
    units=(_UNIT,),
    periods=(Period.parse("2012B1"), Period.parse("2012B2")),
    current=Period.parse("2012B1"),
    cells={("1", "2012B1"): BoardRow(unit=_UNIT, state=State.MISSING)},
    stamp=dt.datetime(2012, 3, 5, 9, tzinfo=OFFICE_ZONE),
    files={"2012B1": (BoardFile("汇总表", "2012B1/汇总表.xlsx"),)},
    waiting=(Waiting(kind=Waits.HELD, reason="1 单位 第1号等待核实。"),),
)
_SAMPLES = (_SAMPLE, replace(_SAMPLE, units=(), waiting=()))


def render_board_page(board: BoardData, template: str) -> str:
    """Render the page; every text is escaped, and the page asks for nothing from outside."""
    return fill_page(template, _page(board))


def board_fault(template: str) -> tuple[str, ...]:
    """Try a template on sample pages; say, where it fails, what is wrong with it."""
    return page_fault(lambda: [render_board_page(board, template) for board in _SAMPLES])


def _page(board: BoardData) -> Named:
    """Give all that the page shows.

    `groups` are (key, name) to filter by: the units straight below the board's own, to which
    the others belong. `states` are (key, word, colour); 迟报 and 逾期 are told beside a state, and
    counted among those of it. With groups (`has_groups`) counts are of units, so that the page does not count its rows.
    """
    names = {unit.unit_id: unit.name for unit in board.units}
    groups = _groups(board)
    order = [*OUT, State.ACCEPTED, State.NIL]
    states = [(state.value, state.label, state.colour) for state in order]
    return {
        "title": f"{board.campaign_title}　{board.form_title}上报情况",
        "unit_name": board.unit.name,
        "stamp": board.stamp.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"),
        "current": board.current.period_id,
        "units": [
            {
                "unit_id": unit.unit_id,
                "name": board.name_of(unit),
                "group": groups[unit.unit_id],
                "depth": board.depth(unit),
                "cells": [_cell(board.cell(unit, period)) for period in board.periods],
                "within": _superior(board, unit, names),
                **_contact(board.cell(unit, board.current)),
            }
            for unit in board.units
        ],
        "periods": [_period(board, period, groups, names) for period in board.periods],
        "groups": [(key, names[key]) for key in dict.fromkeys(groups.values())],
        "states": states,
        "waiting": [entry.reason for entry in board.waiting],
        "held": [
            {
                "unit_id": entry.unit_id,
                "reason": entry.reason,
                "since": _day(entry.since) if entry.since else "",
            }
            for entry in board.waiting
        ],
        "overdue": OVERDUE,
        "has_groups": bool(grouped(board.cells.values())),
        "late": LATE,
        "late_colour": LATE_COLOUR,
        "has_contacts": any(row.preparer or row.phone for row in board.column(board.current)),
    }


def _contact(row: BoardRow | None) -> Named:
    return {"preparer": row.preparer if row else "", "phone": row.phone if row else ""}


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(OFFICE_ZONE).date().isoformat()


def _came(what: str, one: HandedIn) -> str:
    """Say when a workbook came: 首次第1号 03-02 10:00."""
    return f"{what}{one.name} {one.at.astimezone(OFFICE_ZONE):%m-%d %H:%M}"


def _superior(board: BoardData, unit: Unit, names: Mapping[str, str]) -> str:
    """Name whom a unit reports to, where that is not the board's own."""
    return "" if unit.parent == board.unit.unit_id else names.get(unit.parent or "", "")


def _groups(board: BoardData) -> dict[str, str]:
    """By unit id: the unit straight below the board's own, or the board's own."""
    groups: dict[str, str] = {}
    for unit in board.units:  # each after the one it reports to
        is_top = unit.parent == board.unit.unit_id or unit.parent not in groups
        groups[unit.unit_id] = unit.unit_id if is_top else groups[unit.parent or ""]
    return groups


def _look(row: BoardRow) -> str:
    """Name the ground on which the word stands, as `BoardRow.colour` chooses it."""
    return _LATE if row.colour == LATE_COLOUR else row.state.value


def _cell(row: BoardRow | None) -> Named | None:
    """Give one unit in one period: its state, how that is drawn and told, receipt, counts of findings."""
    if row is None:
        return None
    return {
        "state": row.state.value,
        "look": _look(row),
        "late": row.late and row.state.is_in,
        "word": row.word,
        "receipt": row.receipt,
        "must": row.must,
        "verify": row.verify,
        "note": row.note,
        "overdue": row.overdue,
        "first": _came("首次" if row.latest != row.first else "", row.first) if row.first else "",
        "latest": _came("最近", row.latest) if row.latest and row.latest != row.first else "",
    }


def _period(
    board: BoardData, period: Period, groups: Mapping[str, str], names: Mapping[str, str]
) -> Named:
    """Give one column: its label, its standing in one sentence, whom to remind, its files."""
    rows = board.column(period)
    tally = Tally.of(rows)
    links = board.files.get(period.period_id, ())
    absent = _absent(board, rows, groups, names)
    return {
        "period_id": period.period_id,
        "label": period.label,
        "standing": (standing(rows) if rows else "尚未到报送时间。")
        + board.signed.get(period.period_id, "")
        + grouped(rows),
        "counts": {state.value: number for state, number in tally.states.items()},
        "late": tally.late,
        "overdue": tally.overdue,
        "absent": absent,
        "missing": [(name, [unit["words"] for unit in units]) for name, units in absent],
        "links": [{"label": entry.label, "href": address(entry.path)} for entry in links],
    }


def _absent(
    board: BoardData,
    rows: tuple[BoardRow, ...],
    groups: Mapping[str, str],
    names: Mapping[str, str],
) -> list[tuple[str, list[dict[str, str]]]]:
    """List who is not in under the name of their group, those without a heading last."""
    missing: dict[str, list[dict[str, str]]] = {}
    deep = any(board.depth(unit) > 1 for unit in board.units)
    superiors = {unit.parent for unit in board.units}
    for row in rows:
        if row.state.is_in:
            continue
        group, unit = groups[row.unit.unit_id], row.unit
        # A city's groups are its counties themselves: said once, in one plain list.
        grouped = deep and (group != unit.unit_id or group in superiors)
        words = board.name_of(unit)
        if unit.parent not in {None, group, board.unit.unit_id}:
            words = _superior(board, unit, names) + words
        told = row.word.replace("（", "，").rstrip("）")
        if row.state is State.MISSING and not row.group:
            told = told.partition("，")[2]
        words += f"（{told}）" if told else ""
        missing.setdefault(names[group] if grouped else "", []).append(
            {"unit_id": unit.unit_id, "words": words}
        )
    if "" in missing:
        missing[""] = missing.pop("")
    return list(missing.items())
