"""更正: what a published workbook stood on against what counts now, figure by figure.

A unit that only came in since is no correction; neither is a figure that stayed the same, nor one that is out
because a superior returned it: what comes in its place is held against it. Old and
new are the correcting unit's own; further up they stand in the column of the unit between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sheetflow.consolidation.accepted import Accepted, UnitAndPeriod, made_then, with_making
from sheetflow.consolidation.books import Books
from sheetflow.schemas.documents import load_number
from sheetflow.schemas.indicators import Number
from sheetflow.units import Unit

IN_TIME = "截止前重报"
"""Why a figure changed that its unit may still have changed freely."""

ADJUSTED = "口径调整：指标的口径有变化，由程序按原报表重新计算，不是单位更正"
"""Why a figure changed of a workbook that nobody changed."""

BOTH = "两份报表的指标口径也不同"
"""What else moved a figure that a unit corrected when its period was closed."""

Document = Mapping[str, Any]
"""One JSON object."""

_NOTHING: Mapping[int, Accepted] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One figure of a published workbook that became another; None is no figure, which is not 0.

    `current` tells 本期 from 累计/期末. `unit_id` is the unit that corrected itself,
    `period` the period that it corrected, `replaced` and `receipt` its submissions before
    and after (empty where an older version noted one that was taken back: it is not listed),
    `at` when the latter was accepted. What is `adjusted`
    nobody corrected: the same workbook was measured again by another declaration.
    """

    code: str
    current: bool
    unit_id: str
    period: str
    old: Number
    new: Number
    replaced: str
    receipt: str
    reason: str
    at: dt.datetime
    adjusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow(Correction):
    """A correction as a workbook lists it.

    `unit` corrected itself; its figure stands in `column`, whose cell and the total moved by the
    same difference.
    """

    unit: Unit
    column: Unit
    period_label: str


def is_out(receipt: str, now: Accepted | None) -> bool:
    """Whether what was published counts no longer, with nothing newer in its place: a superior returned it."""
    return now is None or _number(now.receipt) < _number(receipt)


def _number(receipt: str) -> int:
    """Give the last part of a receipt's name: how many the unit had had with it."""
    return int(receipt.rpartition("-")[2])


def find_corrections(
    published: Mapping[UnitAndPeriod, Accepted],
    books: Books,
    unit: Unit,
    again: Mapping[int, Accepted] = _NOTHING,
) -> tuple[Correction, ...]:
    """Compare what `unit`'s workbook of the books' period stood on with what counts now.

    `published` holds the submissions of its last publication; `again` what those of them that
    were measured again since give now, by their judgements. Order: units in administrative
    order, then periods, then indicators; of one workbook, what was adjusted first.
    """
    found: list[Correction] = []
    form = with_making(books.form, made_then(books.period, published))
    adjusted: set[str] = set()
    old = replace(books, accepted=dict(published))
    keys = [
        (member.unit_id, period.period_id)
        for member in books.members(unit)
        for period in books.period.year_so_far
    ]
    for key in keys:
        before, after = published.get(key), books.accepted.get(key)
        if before is None or after is None or is_out(before.receipt, after):
            continue
        if measured := again.get(before.judgement):
            new = replace(books, accepted={**old.accepted, key: measured})
            # What is made otherwise moved once, however many periods were measured again.
            declared = old.form if key[0] in adjusted else form
            found += _adjustments(replace(old, form=declared), new, key)
            adjusted.add(key[0])
            old = new
        if after.judgement == before.judgement:
            continue
        new = replace(books, accepted={**old.accepted, key: after})
        found += _differences(old, new, key)
        old = new
    return tuple(found)


def _adjustments(old: Books, new: Books, key: UnitAndPeriod) -> Iterator[Correction]:
    """Give what moved though nobody corrected it; a new indicator was not published before."""
    measured, before = new.accepted[key], old.accepted[key]
    for entry in _differences(old, new, key):
        if entry.code in before.figures:
            yield replace(
                entry, reason=ADJUSTED, at=measured.measured_at or entry.at, adjusted=True
            )


def _differences(old: Books, new: Books, key: UnitAndPeriod) -> Iterator[Correction]:
    unit_id, period = key
    answers = new.tree.successor_on(unit_id, new.period.last_day)
    if answers is None:
        return
    before, after = old.own_figures(answers), new.own_figures(answers)
    standing, reason = new.accepted[key], _reason(new, key)
    otherwise = set(old.accepted[key].former) ^ set(standing.former)
    for indicator in new.form.indicators:
        was, now = before[indicator.code], after[indicator.code]
        pairs = ((True, was.current, now.current), (False, was.total, now.total))
        for current, figure, other in pairs:
            if figure != other:
                yield Correction(
                    code=indicator.code,
                    current=current,
                    unit_id=unit_id,
                    period=period,
                    old=figure,
                    new=other,
                    replaced=old.accepted[key].receipt,
                    receipt=standing.receipt,
                    reason="；".join(filter(None, (reason, BOTH * (indicator.code in otherwise)))),
                    at=standing.accepted_at,
                )


def _reason(books: Books, key: UnitAndPeriod) -> str:
    """Say why: it mends a return, or was handed in again before the deadline, and what its cover states, if asked."""
    standing, due, cover = books.accepted[key], books.deadlines.get(key), books.form.cover
    in_time = due is not None and standing.handed_in is not None and standing.handed_in <= due
    covers = books.rows_of(cover.sheet, [standing]) if cover.reason or cover.mending else ()
    card = next((row for _, rows in covers for row in rows), {})
    mends = cover.mending.options[0] if cover.mending and cover.mending.holds(card) else ""
    stated = card.get(cover.reason)
    return "：".join(filter(None, (mends or IN_TIME * in_time, str(stated or ""))))


_FIELDS = frozenset(entry.name for entry in fields(Correction))


def dump_correction(correction: Correction) -> Document:
    """Give a correction as the store keeps it."""
    return {
        **asdict(correction),
        "old": _json(correction.old),
        "new": _json(correction.new),
        "at": correction.at.isoformat(),
    }


def load_correction(document: Document) -> Correction:
    """Give back a correction; decimals come back exactly as they were."""
    values = {name: value for name, value in document.items() if name in _FIELDS}
    values |= {name: load_number(document[name]) for name in ("old", "new")}
    return Correction(**{**values, "at": dt.datetime.fromisoformat(document["at"])})


def _json(figure: Number) -> int | float | None:
    return float(figure) if isinstance(figure, Decimal) else figure


def correction_rows(
    books: Books, unit: Unit, corrections: Sequence[Correction]
) -> tuple[CorrectionRow, ...]:
    """Give the corrections as `unit`'s workbook lists them, each with the column it changed.

    Those of a submission that is out are not in its figures: they are left out until it counts again.
    What was listed while nobody stood for others is listed on.
    """
    return tuple(
        CorrectionRow(
            **{name: getattr(entry, name) for name in _FIELDS},
            unit=known.tree[entry.unit_id],
            column=_column_of(known, unit, entry.unit_id),
            period_label=books.form.period(entry.period).label,
        )
        for entry in corrections
        if entry.receipt
        and (known := _knowing(books, entry.unit_id))
        and not is_out(entry.receipt, known.accepted.get((entry.unit_id, entry.period)))
    )


def _knowing(books: Books, unit_id: str) -> Books | None:
    """Give the books in which a unit's own submissions stand: these, or those of all rows; None where neither has it."""
    if unit_id in books.tree and not books.group(books.tree[unit_id]):
        return books
    return books.listing if unit_id in books.listing.tree else None


def _column_of(books: Books, unit: Unit, unit_id: str) -> Unit:
    """The unit straight below `unit` (or itself) in whose column a unit's figures stand."""
    answers = books.tree.successor_on(unit_id, books.period.last_day)
    chain = books.tree.chain(answers.unit_id if answers else unit_id)
    place = next((n for n, entry in enumerate(chain) if entry.unit_id == unit.unit_id), 0)
    return chain[max(place - 1, 0)]
