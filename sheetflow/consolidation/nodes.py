"""A unit with very many below it sees each one directly below as one: its figures and counts are those of all there.

`summary_of` makes what such a unit is handed up of one below and one period; `folded` gives `Books` in which that one
stands as a unit without anybody below. Every sum comes out as if each member had been read. This module refuses to
store anything, and to say when a unit has too many below.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sheetflow.consolidation.accepted import UnitAndPeriod
from sheetflow.consolidation.books import Books, Folded
from sheetflow.consolidation.figures import add_up
from sheetflow.consolidation.states import State, Tally
from sheetflow.schemas.indicators import Number, Values
from sheetflow.units import Unit


def summary_of(books: Books, unit: Unit) -> Folded:
    """Sum up `unit` and all below it as the reader of the books sees them, for the books' own period."""
    members = books.counted(unit)
    rows = [books.board_row(member) for member in books.expected(unit)]
    answered = [row.answered_at for row in rows if row.answered_at]
    is_any = any(entry.former or entry.made for entry in books.accepted.values()) or books.folded

    def former(*, current: bool) -> frozenset[str]:
        some = members if is_any else ()
        return frozenset[str]().union(*(books.former(one, current=current) for one in some))

    return Folded(
        values=add_up(books.form, [books.own_figures(member) for member in members]),
        tally=Tally.of(rows),
        newest=max(answered, default=None),
        carried=any(row.carried for row in rows),
        former=former(current=False),
        former_current=former(current=True),
    )


def folded(books: Books, unit: Unit, handed_up: Mapping[UnitAndPeriod, Folded]) -> Books:
    """Give the books of `unit` in which each one directly below stands for all below it.

    `books` hold what `unit` itself handed in, and nothing of others.
    """
    children = {child.unit_id for child in books.tree.children(unit.unit_id)}
    return replace(
        books,
        tree=books.tree.only([unit.unit_id, *children]),
        folded={key: each for key, each in handed_up.items() if key[0] in children},
    )


def alone(books: Books, unit: Unit) -> Books:
    """Give the books of `unit` in which its own rows alone are listed."""
    own = replace(books, tree=books.tree.only([unit.unit_id]), folded={}, listed=None)
    return replace(books, listed=own)


def dump_folded(summary: Folded) -> dict[str, Any]:
    """Give what is handed up as JSON keeps it; amounts as texts, for a sum may have more places than a float."""
    tally = summary.tally
    return {
        "values": {
            code: [_dumped(values.previous), _dumped(values.current), _dumped(values.total)]
            for code, values in summary.values.items()
        },
        "states": {state.value: number for state, number in tally.states.items()},
        "late": tally.late,
        "passed": dict(tally.passed),
        "unpassed": dict(tally.unpassed),
        "withheld": dict(tally.withheld),
        "newest": summary.newest.isoformat() if summary.newest else "",
        "carried": summary.carried,
        "former": sorted(summary.former),
        "former_current": sorted(summary.former_current),
    }


def load_folded(document: Mapping[str, Any]) -> Folded:
    """Give back what `dump_folded` wrote."""
    return Folded(
        values={
            code: Values(*map(_loaded, numbers)) for code, numbers in document["values"].items()
        },
        tally=Tally(
            states={State(word): number for word, number in document["states"].items()},
            late=document["late"],
            passed=document["passed"],
            unpassed=document["unpassed"],
            withheld=document["withheld"],
        ),
        newest=dt.datetime.fromisoformat(document["newest"]) if document["newest"] else None,
        carried=document["carried"],
        former=frozenset(document["former"]),
        former_current=frozenset(document["former_current"]),
        digest=digest_of(document),
    )


def is_readable(document: Mapping[str, Any]) -> bool:
    """Whether `dump_folded` of this version wrote it."""
    return document.keys() == dump_folded(Folded(values={}, tally=Tally.of(()))).keys()


def digest_of(document: Mapping[str, Any]) -> str:
    """Give what stands for all that is handed up."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _dumped(number: Number) -> int | str | None:
    return str(number) if isinstance(number, Decimal) else number


def _loaded(number: int | str | None) -> Number:
    return Decimal(number) if isinstance(number, str) else number
