"""The board in words and colours, the same on paper and on screen.

This module owns how the states are coloured and how a period's standing is said in one
sentence. It refuses to lay anything out.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.consolidation.tables import BoardRow, State
from sheetflow.units import names_told_apart

FILLS = {
    State.ACCEPTED: "#C6E5C3",
    State.NIL: "#D9EAF7",
    State.RETURNED: "#F8CBAD",
    State.HELD: "#FFE08A",
    State.REFUSED: "#E6B8D7",
    State.MISSING: "#F8B4B0",
}
LATE_FILL = "#E3E8A4"

WORDS = tuple(
    dict.fromkeys(
        (
            State.ACCEPTED.label,
            "迟报",
            State.NIL.label,
            f"{State.NIL.label}（迟）",
            *(state.label for state in State if not state.is_in),
        )
    )
)
"""Every word that `BoardRow.word` may give, those who are in first."""


def fill_of(row: BoardRow) -> str:
    """The colour of a unit's standing."""
    return LATE_FILL if row.late and row.state is State.ACCEPTED else FILLS[row.state]


def standing(rows: Sequence[BoardRow]) -> str:
    """Say how many must report, how many have, and who has not."""
    reported = [row for row in rows if row.state.is_in]
    late = sum(row.late for row in reported)
    nil = sum(row.state is State.NIL for row in reported)
    text = f"应报{len(rows)}个单位，已报{len(reported)}个（其中迟报{late}个、零报告{nil}个）"
    others = [
        (state, [row for row in rows if row.state is state])
        for state in (State.MISSING, State.RETURNED, State.HELD, State.REFUSED)
    ]
    text += "".join(f"，{state.label}{len(found)}个" for state, found in others if found)
    return text + "。"


def absent(rows: Sequence[BoardRow]) -> str:
    """Name those who have not reported, empty where all have.

    A name that stands more than once gets its city before it: 济南市市中区.
    """
    named = names_told_apart(row.unit for row in rows)
    names = [named[row.unit.unit_id] for row in rows if not row.state.is_in]
    return f"尚未完成报送：{'、'.join(names)}。" if names else ""
