"""上报情况.html: the board as one page that needs no server.

This module owns what the page shows and its rendering from a template handed in. It refuses
to link anywhere but into the folder in which the page lies: a path with a scheme, a leading
slash or ``..`` is an error of ours, and never reaches the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sheetflow.consolidation.contents import BoardData, BoardRow, State
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.units import Unit
from sheetflow.writing.board import FILLS, LATE_FILL, standing

CANNOT_BE_FILLED = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""What a template that somebody edited may raise when it is filled."""

_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z][A-Za-z0-9+.-]*:|(^|[/\\])\.\.([/\\]|$)")
_LATE = ("late", "迟报", LATE_FILL)
_ORDER = (State.MISSING, State.RETURNED, State.HELD, State.REFUSED, State.ACCEPTED, State.NIL)
_BEFORE_LATE = 4

Named = dict[str, object]
"""Values by the names that a template gives them."""


def render_board_page(board: BoardData, template: str) -> str:
    """Render the page; every text is escaped, and the page asks for nothing from outside."""
    return _render(_page(board), template)


def board_fault(template: str) -> tuple[str, ...]:
    """Try a template on sample pages; say, where it fails, what is wrong with it."""
    try:
        for page in _SAMPLES:
            _render(page, template)
    except TemplateSyntaxError as error:
        return (f"第{error.lineno}行附近的符号不成对或写法不对。请对照默认模板改正。",)
    except UndefinedError:
        return ("里有不认识的名称：两个大括号里的名称可能被改动了。请对照默认模板改正。",)
    except CANNOT_BE_FILLED:
        return ("里有算不出来的内容。请对照默认模板改正。",)
    return ()


def _render(page: Named, template: str) -> str:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template).render(page=page)


def address(path: str) -> str:
    """Give a path as an address; raise ValueError for one that leads out of the page's folder.

    ``./`` keeps the first part from reading as a scheme.
    """
    if _OUTSIDE.search(path) or not path:
        raise ValueError(f"not inside the page's folder: {path!r}")
    return "./" + quote(path)


def _page(board: BoardData) -> Named:
    """Give all that the page shows.

    `groups` are (key, name) to filter by: the units straight below the board's own, to which
    the others belong. `states` are (key, word, colour).
    """
    names = {unit.unit_id: unit.name for unit in board.units}
    groups = _groups(board)
    states = [(state.value, state.label, FILLS[state]) for state in _ORDER]
    return {
        "title": f"{board.campaign_title}　{board.form_title}上报情况",
        "unit_name": board.unit.name,
        "stamp": board.stamp.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"),
        "current": board.current.period_id,
        "units": [
            {
                "unit_id": unit.unit_id,
                "name": unit.name,
                "group": groups[unit.unit_id],
                "depth": board.depth(unit),
                "cells": [_cell(board.cell(unit, period)) for period in board.periods],
                "within": _superior(board, unit, names),
            }
            for unit in board.units
        ],
        "periods": [_period(board, period, groups, names) for period in board.periods],
        "groups": [(key, names[key]) for key in dict.fromkeys(groups.values())],
        "states": [*states[:_BEFORE_LATE], _LATE, *states[_BEFORE_LATE:]],
        "waiting": [entry.reason for entry in board.waiting],
    }


def _superior(board: BoardData, unit: Unit, names: Mapping[str, str]) -> str:
    """Name whom a unit reports to, where that is not the board's own."""
    return "" if unit.parent == board.unit.unit_id else names.get(unit.parent or "", "")


def _groups(board: BoardData) -> dict[str, str]:
    """By unit id: the unit straight below the board's own, or the board's own."""
    parents = {unit.unit_id: unit.parent for unit in board.units}

    def group(unit: Unit) -> str:
        top = unit.unit_id
        while (parent := parents[top]) in parents and parent != board.unit.unit_id:
            top = parent or ""
        return top

    return {unit.unit_id: group(unit) for unit in board.units}


def _key(row: BoardRow) -> str:
    return _LATE[0] if row.late and row.state is State.ACCEPTED else row.state.value


def _cell(row: BoardRow | None) -> Named | None:
    """Give one unit in one period: the state's key and word, receipt, counts of findings."""
    if row is None:
        return None
    return {
        "state": _key(row),
        "word": row.word,
        "receipt": row.receipt,
        "must": row.must,
        "verify": row.verify,
        "note": row.note,
    }


def _period(
    board: BoardData, period: Period, groups: Mapping[str, str], names: Mapping[str, str]
) -> Named:
    """Give one column: its label, its standing in one sentence, whom to remind, its files."""
    rows = board.column(period)
    counts: dict[str, int] = {}
    for row in rows:
        counts[_key(row)] = counts.get(_key(row), 0) + 1
    links = board.files.get(period.period_id, ())
    return {
        "period_id": period.period_id,
        "label": period.label,
        "standing": standing(rows) if rows else "尚未到报送时间。",
        "counts": counts,
        "missing": _missing(board, rows, groups, names),
        "links": [{"label": entry.label, "href": address(entry.path)} for entry in links],
    }


def _missing(
    board: BoardData,
    rows: tuple[BoardRow, ...],
    groups: Mapping[str, str],
    names: Mapping[str, str],
) -> list[tuple[str, list[str]]]:
    """List who is not in under the name of their group, those without a heading last."""
    missing: dict[str, list[str]] = {}
    deep = any(board.depth(unit) > 1 for unit in board.units)
    superiors = {unit.parent for unit in board.units}
    for row in rows:
        if row.state.is_in:
            continue
        group, unit = groups[row.unit.unit_id], row.unit
        # A city's groups are its counties themselves: said once, in one plain list.
        grouped = deep and (group != unit.unit_id or group in superiors)
        words = "本级" if grouped and group == unit.unit_id else unit.name
        if unit.parent not in {None, group, board.unit.unit_id}:
            words = _superior(board, unit, names) + words
        if row.state is not State.MISSING:
            words += f"（{row.word}）"
        missing.setdefault(names[group] if grouped else "", []).append(words)
    if "" in missing:
        missing[""] = missing.pop("")
    return list(missing.items())


_PERIOD: Named = {
    "period_id": "2012B1",
    "label": "2012年1—2月",
    "standing": "应报1个单位。",
    "counts": {"missing": 1},
    "missing": [("", ["单位"])],
    "links": [{"label": "汇总表", "href": "./2012B1/汇总表.xlsx"}],
}
_CELL: Named = {
    "state": "missing",
    "word": "未报",
    "receipt": "",
    "must": 0,
    "verify": 0,
    "note": 0,
}
_UNIT: Named = {
    "unit_id": "1",
    "name": "单位",
    "group": "1",
    "depth": 0,
    "cells": [_CELL, None],
    "within": "",
}
_SAMPLE: Named = {
    "title": "活动",
    "unit_name": "单位",
    "stamp": "2012-03-05 09:00",
    "current": "2012B1",
    "units": [_UNIT],
    "periods": [
        _PERIOD,
        _PERIOD | {"period_id": "2012B2", "counts": {}, "missing": [], "links": []},
    ],
    "groups": [("1", "单位")],
    "states": [("missing", "未报", "#F8B4B0")],
    "waiting": ["1 单位 第1号等待核实。"],
}
_SAMPLES = (_SAMPLE, _SAMPLE | {"units": [], "groups": [], "waiting": []})
