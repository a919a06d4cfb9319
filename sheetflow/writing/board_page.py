"""From the board's data to what its page shows.

This module owns how units are grouped and what a period's column says. It refuses to
render and to write.
"""

from __future__ import annotations

from sheetflow.consolidation.tables import BoardData, BoardRow, State
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.units import Unit
from sheetflow.wording.board_html import BoardPage, PageCell, PageLink, PagePeriod, PageUnit
from sheetflow.writing.board_words import FILLS, LATE_FILL, standing

_LATE = "late"


def board_page(board: BoardData) -> BoardPage:
    """Give the page of `board`, for `render_board_html`.

    Units are grouped by the unit straight below the board's own that they are or belong to.
    """
    groups = _groups(board)
    names = {unit.unit_id: unit.name for unit in board.units}
    return BoardPage(
        title=f"{board.campaign_title}　{board.form_title}上报情况",
        unit_name=board.unit.name,
        stamp=board.stamp.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"),
        current=board.current.period_id,
        units=tuple(
            PageUnit(
                unit_id=unit.unit_id,
                name=unit.name,
                group=groups[unit.unit_id],
                depth=board.depth(unit),
                cells=tuple(_cell(board.cell(unit, period)) for period in board.periods),
                within=_superior(board, unit, names),
            )
            for unit in board.units
        ),
        periods=tuple(_period(board, period, groups, names) for period in board.periods),
        groups=tuple((key, names[key]) for key in dict.fromkeys(groups.values())),
        states=_states(),
        waiting=tuple(entry.reason for entry in board.waiting),
    )


def _superior(board: BoardData, unit: Unit, names: dict[str, str]) -> str:
    """Name whom a unit reports to, where that is not the board's own."""
    return "" if unit.parent == board.unit.unit_id else names.get(unit.parent or "", "")


def _states() -> tuple[tuple[str, str, str], ...]:
    plain = [(state.value, state.label, FILLS[state]) for state in State]
    order = [State.MISSING, State.RETURNED, State.HELD, State.REFUSED, State.ACCEPTED, State.NIL]
    plain.sort(key=lambda entry: order.index(State(entry[0])))
    return (*plain[:4], (_LATE, "迟报", LATE_FILL), *plain[4:])


def _groups(board: BoardData) -> dict[str, str]:
    """By unit id: the unit straight below the board's own, or the board's own."""
    parents = {unit.unit_id: unit.parent for unit in board.units}

    def group(unit: Unit) -> str:
        found = unit.unit_id
        while (parent := parents[found]) in parents and parent != board.unit.unit_id:
            found = parent or ""
        return found

    return {unit.unit_id: group(unit) for unit in board.units}


def _key(row: BoardRow) -> str:
    return _LATE if row.late and row.state is State.ACCEPTED else row.state.value


def _cell(row: BoardRow | None) -> PageCell | None:
    if row is None:
        return None
    return PageCell(_key(row), row.word, row.receipt, row.must, row.verify, row.note)


def _period(
    board: BoardData, period: Period, groups: dict[str, str], names: dict[str, str]
) -> PagePeriod:
    rows = board.column(period)
    counts: dict[str, int] = {}
    missing: dict[str, list[str]] = {}
    deep = any(board.depth(unit) > 1 for unit in board.units)
    superiors = {unit.parent for unit in board.units}
    for row in rows:
        counts[_key(row)] = counts.get(_key(row), 0) + 1
        if not row.state.is_in:
            group = groups[row.unit.unit_id]
            alone = group == row.unit.unit_id and group not in superiors
            grouped = deep and not alone
            said = "本级" if grouped and group == row.unit.unit_id else row.unit.name
            if row.unit.parent not in {None, group, board.unit.unit_id}:
                said = _superior(board, row.unit, names) + said
            if row.state is not State.MISSING:
                said += f"（{row.word}）"
            # A city's groups are its counties themselves: said once, in one plain list.
            missing.setdefault(names[group] if grouped else "", []).append(said)
    if "" in missing:  # in one list, behind those with a heading
        missing[""] = missing.pop("")
    return PagePeriod(
        period_id=period.period_id,
        label=period.label,
        standing=standing(rows) if rows else "尚未到报送时间。",
        counts=counts,
        missing=tuple((name, tuple(units)) for name, units in missing.items()),
        links=tuple(
            PageLink(entry.label, entry.path) for entry in board.files.get(period.period_id, ())
        ),
    )
