"""A unit with very many below it sees each one directly below as one: its figures and counts are those of all there.

`summary_of` makes what such a unit is handed up of one below and one period; `folded` gives `Books` in which that one
stands as a unit without anybody below. Every sum comes out as if each member had been read. This module refuses to
store anything, and to say when a unit has too many below.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from sheetflow import __version__
from sheetflow.consolidation.accepted import Making, UnitAndPeriod, with_making
from sheetflow.consolidation.answers import answers_handed_up
from sheetflow.consolidation.best_words import best_words
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.comparison import in_both
from sheetflow.consolidation.consolidate import declared_totals
from sheetflow.consolidation.figures import add_up
from sheetflow.consolidation.handed_up import Folded, InBoth, Told, Words
from sheetflow.consolidation.states import BoardRow, HandedIn, State, Tally
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.indicators import Number, Values
from sheetflow.schemas.review import Passing
from sheetflow.units import Unit


def summary_of(books: Books, unit: Unit, policies: Sequence[MaskPolicy] = ()) -> Folded:
    """Sum up `unit` and all below it as the reader of the books sees them, for the books' own period.

    Of words those go with it that all `policies`, of whoever may read them, show whole.
    """
    members = books.counted(unit)
    rows = [books.board_row(member) for member in books.expected(unit)]
    answered = [row.answered_at for row in rows if row.answered_at]
    is_any = any(entry.former or entry.made for entry in books.accepted.values()) or books.folded

    def former(*, current: bool) -> frozenset[str]:
        some = members if is_any else ()
        return frozenset[str]().union(*(books.former(one, current=current) for one in some))

    before = books.earlier_period()
    measurement, made = _made(books)
    return Folded(
        values=add_up(books.form, [books.own_figures(member) for member in members]),
        tally=Tally.of(rows),
        newest=max(answered, default=None),
        carried=any(row.carried for row in rows),
        former=former(current=False),
        former_current=former(current=True),
        levels=by_level(books, unit),
        has_any=books.has_any(unit),
        is_filled=books.is_filled(unit, alone=False),
        in_both=in_both(books, before, unit) if before else None,
        words=best_words(books, unit, policies),
        as_of=books.newest(unit),
        counted=len(members),
        is_in=any(books.is_in(member) for member in members),
        findings=(
            sum(row.must for row in rows),
            sum(row.verify for row in rows),
            sum(row.note for row in rows),
            sum(row.explained for row in rows),
        ),
        answers=answers_handed_up(books, unit),
        declared=tuple(
            (each.code, each.figure) for each in declared_totals(books, unit) if each.unit == unit
        ),
        measurement=measurement,
        made=made,
        row=rows[0] if [row.unit for row in rows] == [unit] else None,
    )


def by_level(books: Books, unit: Unit) -> dict[str, Tally]:
    """Count by level who of `unit` and all below it stands where, from the top."""
    expected = books.expected(unit)
    groups = [group for one in expected if (group := books.group(one))]
    rows = [books.board_row(one) for one in expected if not books.group(one)]
    found = {}
    for level in books.tree.levels:
        alone = [row for row in rows if row.unit.level == level.name]
        parts = [tally for group in groups if (tally := group.levels.get(level.name))]
        if alone or parts:
            tally = Tally.of(alone)
            found[level.name] = Tally.sum([tally, *parts]) if parts else tally
    return found


def _made(books: Books) -> tuple[int, Mapping[str, Making]]:
    """Give how what was measured last of the very period was made, where that is otherwise; of all, folded ones too."""
    own = [
        (entry.measurement, entry.made)
        for (_, period), entry in books.accepted.items()
        if period == books.period.period_id and entry.made
    ]
    others = [
        (each.measurement, each.made)
        for (_, period), each in books.folded.items()
        if period == books.period.period_id and each.made
    ]
    return max((*own, *others), key=lambda each: each[0], default=(0, {}))


def folded(books: Books, unit: Unit, handed_up: Mapping[UnitAndPeriod, Folded]) -> Books:
    """Give the books of `unit` in which each one directly below stands for all below it.

    `books` hold what `unit` itself handed in, and nothing of others.
    """
    children = {child.unit_id for child in books.tree.children(unit.unit_id)}
    books = replace(
        books,
        tree=books.tree.only([unit.unit_id, *children]),
        folded={key: each for key, each in handed_up.items() if key[0] in children},
    )
    return replace(books, form=with_making(books.form, _made(books)[1]))


def alone(books: Books, unit: Unit) -> Books:
    """Give the books of `unit` in which its own rows alone are listed."""
    own = replace(books, tree=books.tree.only([unit.unit_id]), folded={}, listed=None)
    return replace(books, listed=own)


def dump_folded(summary: Folded) -> dict[str, Any]:
    """Give what is handed up as JSON keeps it; amounts as texts, for a sum may have more places than a float."""
    return {
        "program": __version__,
        "values": _dumped_values(summary.values),
        **_dumped_tally(summary.tally),
        "newest": _moment(summary.newest),
        "as_of": _moment(summary.as_of),
        "carried": summary.carried,
        "former": sorted(summary.former),
        "former_current": sorted(summary.former_current),
        "counted": summary.counted,
        "is_in": summary.is_in,
        "findings": list(summary.findings),
        "answers": {asked: dict(given) for asked, given in summary.answers.items()},
        "declared": [[code, _dumped(figure)] for code, figure in summary.declared],
        "measurement": summary.measurement,
        "made": {code: list(making) for code, making in summary.made.items()},
        "row": _dump_row(summary.row) if summary.row else None,
        "levels": {level: _dumped_tally(tally) for level, tally in summary.levels.items()},
        "has_any": summary.has_any,
        "is_filled": summary.is_filled,
        "in_both": _dumped_in_both(summary.in_both) if summary.in_both else None,
        "words": _dumped_words(summary.words),
    }


def load_folded(document: Mapping[str, Any]) -> Folded:
    """Give back what `dump_folded` wrote."""
    return Folded(
        values=_loaded_values(document["values"]),
        tally=_loaded_tally(document),
        newest=_time(document["newest"]),
        as_of=_time(document["as_of"]),
        carried=document["carried"],
        former=frozenset(document["former"]),
        former_current=frozenset(document["former_current"]),
        counted=document["counted"],
        is_in=document["is_in"],
        findings=(*document["findings"],),
        answers=document["answers"],
        declared=tuple((code, _loaded(figure)) for code, figure in document["declared"]),
        measurement=document["measurement"],
        made={code: (*making,) for code, making in document["made"].items()},
        row=_load_row(document["row"]) if document["row"] else None,
        digest=lasting(digest_of(document)),
        levels={level: _loaded_tally(tally) for level, tally in document["levels"].items()},
        has_any=document["has_any"],
        is_filled=document["is_filled"],
        in_both=_loaded_in_both(document["in_both"]) if document["in_both"] else None,
        words=_loaded_words(document["words"]),
    )


def is_readable(document: Mapping[str, Any]) -> bool:
    """Whether this very program wrote it: another may say it otherwise."""
    return document.get("program") == __version__


def digest_of(document: Mapping[str, Any]) -> str:
    """Give what stands for all that is handed up: first for what is no matter of the clock (`lasting`)."""
    return "/".join(
        hashlib.sha256(json.dumps(each, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        for each in (_without_overdue(document), document)
    )


def lasting(digest: str) -> str:
    """Give the part of a digest that a deadline's passing alone leaves as it is."""
    return digest.partition("/")[0]


def _without_overdue(document: object) -> object:
    if isinstance(document, Mapping):
        return {key: _without_overdue(each) for key, each in document.items() if key != "overdue"}
    return document


_NOBODY = Unit(unit_id="", name="", level="")
"""In a row that is handed up: whoever reads it knows whose it is."""
_PLAIN = (
    *("late", "receipt", "must", "verify", "note", "explained", "carried", "own", "overdue"),
    *("mending", "returned_by", "questions", "passed_by", "is_beyond", "is_withheld"),
    *("is_counted", "files"),
)
"""The fields of a row that JSON keeps as they are; whom to ring is not handed up."""


def _dump_row(row: BoardRow) -> dict[str, Any]:
    came = {"first": row.first, "latest": row.latest}
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "state": row.state.value,
        "besides": row.besides.value if row.besides else "",
        "passing": row.passing.value,
        "answered_at": _moment(row.answered_at),
        "deadline": _moment(row.deadline),
        "excused_until": row.excused_until.isoformat() if row.excused_until else "",
        **{name: [one.number, _moment(one.at)] if one else None for name, one in came.items()},
    }


def _load_row(document: Mapping[str, Any]) -> BoardRow:
    def came(name: str) -> HandedIn | None:
        known = document[name]
        return HandedIn(known[0], dt.datetime.fromisoformat(known[1])) if known else None

    day = document["excused_until"]
    return BoardRow(
        unit=_NOBODY,
        **{name: document[name] for name in _PLAIN},
        state=State(document["state"]),
        besides=State(document["besides"]) if document["besides"] else None,
        passing=Passing(document["passing"]),
        answered_at=_time(document["answered_at"]),
        deadline=_time(document["deadline"]),
        excused_until=dt.date.fromisoformat(day) if day else None,
        first=came("first"),
        latest=came("latest"),
    )


def _moment(moment: dt.datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _time(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _dumped_tally(tally: Tally) -> dict[str, Any]:
    return {
        "states": {state.value: number for state, number in tally.states.items()},
        "late": tally.late,
        "overdue": tally.overdue,
        "passed": dict(tally.passed),
        "unpassed": dict(tally.unpassed),
        "withheld": dict(tally.withheld),
    }


def _loaded_tally(document: Mapping[str, Any]) -> Tally:
    return Tally(
        states={State(word): number for word, number in document["states"].items()},
        late=document["late"],
        passed=document["passed"],
        unpassed=document["unpassed"],
        withheld=document["withheld"],
        overdue=document["overdue"],
    )


def _dumped_in_both(sums: InBoth) -> dict[str, Any]:
    return {
        "number": sums.number,
        "now": _dumped_values(sums.now),
        "then": _dumped_values(sums.then),
        "is_all": sums.is_all,
        "gone": sorted(sums.gone),
        "come": sorted(sums.come),
    }


def _loaded_in_both(document: Mapping[str, Any]) -> InBoth:
    return InBoth(
        number=document["number"],
        now=_loaded_values(document["now"]),
        then=_loaded_values(document["then"]),
        is_all=document["is_all"],
        gone=frozenset(document["gone"]),
        come=frozenset(document["come"]),
    )


def _dumped_words(words: Words) -> dict[str, Any]:
    return {
        "quotes": {column: list(map(_dumped_told, told)) for column, told in words.quotes.items()},
        "stories": list(map(_dumped_told, words.stories)),
        "asked": list(map(_dumped_told, words.asked)),
        "all_asked": words.all_asked,
    }


def _loaded_words(document: Mapping[str, Any]) -> Words:
    return Words(
        quotes={
            column: tuple(map(_loaded_told, told)) for column, told in document["quotes"].items()
        },
        stories=tuple(map(_loaded_told, document["stories"])),
        asked=tuple(map(_loaded_told, document["asked"])),
        all_asked=document["all_asked"],
    )


def _dumped_told(told: Told) -> dict[str, Any]:
    return {**asdict(told), "sketch": b64encode(told.sketch).decode()}


def _loaded_told(document: Mapping[str, Any]) -> Told:
    return Told(**{**document, "sketch": b64decode(document["sketch"])})


def _dumped_values(sums: Mapping[str, Values]) -> dict[str, Any]:
    return {
        code: [_dumped(values.previous), _dumped(values.current), _dumped(values.total)]
        for code, values in sums.items()
    }


def _loaded_values(document: Mapping[str, Any]) -> dict[str, Values]:
    return {code: Values(*map(_loaded, numbers)) for code, numbers in document.items()}


def _dumped(number: Number) -> int | str | None:
    return str(number) if isinstance(number, Decimal) else number


def _loaded(number: int | str | None) -> Number:
    return Decimal(number) if isinstance(number, str) else number
