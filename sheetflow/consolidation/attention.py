"""What deserves a look of what units below have handed in: the rows of 重点核对, heaviest first.

A figure that moved by more than three times, one far from its peers, one that became another after it
was passed, a finding that was answered in words, texts that are near-identical: each is a reason, and
one figure has one row with all of them. A figure far from its peers is told by median and MAD (the
modified z-score of Iglewicz and Hoaglin, 1993) among the units of its level. This module refuses to say
that anything is wrong: whoever looks decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from statistics import mean, median
from types import MappingProxyType

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.matters import asked_by, next_number
from sheetflow.consolidation.review_sheet import LookRow
from sheetflow.findings import WAIVED, Severity
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import (
    Count,
    Figures,
    Indicator,
    Number,
    Sum,
    Values,
    has_jumped,
    plain,
)
from sheetflow.schemas.review import Matter, NewDecision
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit

MOST_LOOKS = 30
"""So many rows stand in one 重点核对."""
FEWEST_PEERS = 8
"""From so many units of a level on, one is compared with the others."""

_FAR = Decimal("3.5")
"""A modified z-score from which on a figure is far from its peers."""
_OF_MEDIAN, _OF_MEAN = Decimal("0.6745"), Decimal("0.7979")
"""What makes the median and the mean distance comparable with a standard deviation."""
_LEAST_APART = 10
"""Small figures are never far from anything."""
_HEAVIEST = 10
"""No single reason weighs more: one figure of a million hides no other."""
_DIGEST = 16
_MOST_TOLD = 3
"""So many of a unit's explanations are quoted in one row."""

CHANGED_PASSED, CHANGED_LATE = "验收后有变动", "截止后更正"
"""Why it is worth saying that a unit changed what stood."""

WHOLE = "整个报表"
"""What a row is about that is about no single figure."""


@dataclass(frozen=True, slots=True)
class Stood:
    """What stood of a unit before it changed it, and why that is worth saying: 验收后有变动."""

    figures: Figures
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the books below a unit do not tell.

    `peers` are the figures of all units of a level, by level; `stood` what units changed, by unit;
    `alike` whose texts are near-identical to a unit's, by receipt and column. `decided` is what was
    ever decided of a submission, by receipt; `seen` is the submission and the figure that were
    looked at, by unit and code, `grounds` why a unit's words or whole workbook were: neither is asked twice. `reader` is whoever looks, `beyond` are the units
    about which somebody between decides: a number of theirs is told apart by the reader.
    """

    peers: Mapping[str, Sequence[Figures]] = field(default_factory=lambda: MappingProxyType({}))
    stood: Mapping[str, Stood] = field(default_factory=lambda: MappingProxyType({}))
    alike: Mapping[tuple[str, str], Sequence[str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    decided: Mapping[str, Sequence[NewDecision]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    seen: Mapping[tuple[str, str], tuple[str, Number]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    grounds: Mapping[str, Collection[str]] = field(default_factory=lambda: MappingProxyType({}))
    reader: str = ""
    beyond: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a figure deserves a look; the code is empty where it is about no single one.

    By its `grounds` it is known whether one about no single figure was looked at.
    """

    code: str
    why: str
    weight: Decimal
    grounds: tuple[str, ...] = ()


def find_looks(books: Books, below: Sequence[Unit], around: Around) -> tuple[LookRow, ...]:
    """Give what deserves a look of what these units handed in for the books' period: figures, then all else."""
    middles = {level: _middles(books.form, figures) for level, figures in around.peers.items()}
    earlier = books.earlier_period()
    rows = [
        row
        for unit in below
        if (entry := books.for_period(unit.unit_id))
        for row in _rows(_Desk(books, earlier, unit, entry), around, middles.get(unit.level, {}))
    ]
    heaviest = sorted(rows, key=lambda row: -row.weight)[:MOST_LOOKS]
    return tuple(sorted(heaviest, key=lambda row: not row.code))


@dataclass(frozen=True)
class _Desk:
    """One unit's workbook, and the books of this period and the one before, None in the first of a year."""

    books: Books
    earlier: Books | None
    unit: Unit
    entry: Accepted

    @cached_property
    def last(self) -> Mapping[str, Values]:
        """The unit's figures in the period before; none in the first of a year."""
        return self.earlier.own_figures(self.unit) if self.earlier else {}

    def before(self, code: str) -> Number:
        """Give the figure of the period before: what a flow counted in it, of all else what stood."""
        values = self.last.get(code)
        if values is None:
            return None
        return values.current if self.books.form.kinds[code] is Kind.FLOW else values.total


def _rows(desk: _Desk, around: Around, middles: Mapping[str, _Middle]) -> Iterator[LookRow]:
    """Give a unit's rows in the order of the form's indicators, the one about all of it last."""
    reasons: dict[str, list[_Reason]] = {}
    for reason in _reasons(desk, around, middles):
        reasons.setdefault(reason.code, []).append(reason)
    form, unit, entry = desk.books.form, desk.unit, desk.entry
    for code in (*form.indicator, ""):
        figure, middle = entry.figures.get(code), middles.get(code)
        receipt, seen = around.seen.get((unit.unit_id, code), ("", None))
        is_known = receipt == entry.receipt or bool(receipt and code and seen == figure)
        if code not in reasons or is_known:
            continue
        grounds = () if code else _digests(reasons[code])
        if grounds and set(grounds) <= {*around.grounds.get(unit.unit_id, ())}:
            continue
        decided, is_beyond = around.decided.get(entry.receipt, ()), unit.unit_id in around.beyond
        about = asked_by(code, around.reader) if is_beyond else code
        yield LookRow(
            number=next_number(decided, entry.receipt, Matter.LOOK, about),
            unit_id=unit.unit_id,
            unit=unit.name,
            receipt=entry.receipt,
            code=code,
            label=label_of(form, code),
            current=_shown(figure),
            before=_shown(desk.before(code)),
            median=_shown(middle.median) if middle else None,
            why=tuple(reason.why for reason in reasons[code]),
            weight=float(sum(reason.weight for reason in reasons[code])),
            is_beyond=is_beyond,
            grounds=grounds,
        )


def _digests(reasons: Iterable[_Reason]) -> tuple[str, ...]:
    """Give what is kept of reasons: no word of a text or an explanation."""
    grounds = {ground for reason in reasons for ground in reason.grounds}
    return tuple(sorted(sha256(ground.encode()).hexdigest()[:_DIGEST] for ground in grounds))


def label_of(form: Form, code: str) -> str:
    """Name what a row is about: S08 走访妇女群众, as lists of findings have it, or all of the workbook."""
    if code not in form.indicator:
        return WHOLE
    label = form.indicator[code].label.removeprefix("其中：").strip("　")
    return f"{code} {label}"


def _reasons(desk: _Desk, around: Around, middles: Mapping[str, _Middle]) -> Iterator[_Reason]:
    form, entry, unit_id = desk.books.form, desk.entry, desk.unit.unit_id
    if not entry.nil:  # of whom nothing is counted, nothing is compared
        yield from _moved(desk)
        yield from _apart(form, entry.figures, middles)
    if unit_id in around.stood:
        yield from _corrected(form, entry, around.stood[unit_id])
    yield from _explained(form, entry)
    yield from _likened(form, entry, around.alike)


def _watched(form: Form) -> Iterator[Indicator]:
    """Give the indicators that are counted from rows, and that a campaign wants watched."""
    for indicator in form.indicators:
        if isinstance(indicator.source, Count | Sum) and indicator.swing is not None:
            yield indicator


def _moved(desk: _Desk) -> Iterator[_Reason]:
    """Name the figures that moved by more than three times, as `validators.figure_rules` has it."""
    if not desk.last:
        return
    books, last = desk.books, desk.last
    own = books.own_figures(desk.unit)
    for indicator in _watched(books.form):
        code = indicator.code
        if books.form.kinds[code] is Kind.STOCK:
            words, now, then = ("期末", "上期末"), own[code].total, last[code].total
            is_comparable = True
        else:
            new = "新增" * (books.form.kinds[code] is Kind.LEDGER)
            words = (f"本期{new}", f"上期{new}")
            now, then = own[code].current, last[code].current
            is_comparable = (now or 0) > 0 and (then or 0) > 0
        if not is_comparable or now is None or then is None or not has_jumped(then, now):
            continue
        low, high = sorted((Decimal(then), Decimal(now)))
        heavier = 1 if indicator.swing is Severity.NOTE else 2
        yield _Reason(
            code,
            f"{words[0]}{now}，{words[1]}{then}，变动超过三倍",
            heavier * min(high / max(low, Decimal(1)) / 3, Decimal(_HEAVIEST)),
        )


@dataclass(frozen=True, slots=True)
class _Middle:
    """Where the units of a level stand in one figure, and how far they are apart."""

    count: int
    median: Number
    spread: Decimal
    """One standard deviation, as far as median and MAD tell; 0 where all are the same."""


def _middles(form: Form, peers: Sequence[Figures]) -> dict[str, _Middle]:
    """Say where units stand in each figure that enough of them have."""
    found: dict[str, _Middle] = {}
    for indicator in _watched(form) if len(peers) >= FEWEST_PEERS else ():
        given = [
            Decimal(figure)
            for figures in peers
            if (figure := figures.get(indicator.code)) is not None
        ]
        if len(given) < FEWEST_PEERS:
            continue
        middle = median(given)
        distances = [abs(figure - middle) for figure in given]
        spread = median(distances) / _OF_MEDIAN
        if not spread:  # more than half are the same: how far are they apart on average?
            spread = mean(distances) / _OF_MEAN
        found[indicator.code] = _Middle(len(given), plain(middle), spread)
    return found


def _apart(form: Form, figures: Figures, middles: Mapping[str, _Middle]) -> Iterator[_Reason]:
    """Name the figures that are far from those of the unit's peers."""
    for indicator in _watched(form):
        figure, middle = figures.get(indicator.code), middles.get(indicator.code)
        if figure is None or middle is None or middle.median is None or not middle.spread:
            continue
        distance = abs(Decimal(figure) - middle.median)
        score = distance / middle.spread
        if score <= _FAR or distance < _LEAST_APART:
            continue
        side = "高" if figure > middle.median else "低"
        yield _Reason(
            indicator.code,
            f"明显{side}于同级{middle.count}个单位的中位数{middle.median}",
            min(score / _FAR, Decimal(_HEAVIEST)),
        )


def _corrected(form: Form, entry: Accepted, stood: Stood) -> Iterator[_Reason]:
    """Name the figures that are others than those that stood."""
    is_moved = False
    for indicator in form.indicators:
        code = indicator.code
        was, now = stood.figures.get(code), entry.figures.get(code)
        if not isinstance(indicator.source, Count | Sum) or was == now:
            continue
        is_moved = True
        low, high = sorted((Decimal(was or 0), Decimal(now or 0)))
        share = high / max(low, Decimal(1))
        told = "没有这个数" if was is None else f"是{was}"
        yield _Reason(code, f"{stood.word}，原来{told}", 1 + min(share, Decimal(_HEAVIEST)) / 2)
    if not is_moved:
        why = f"{stood.word}，统计数字没有变"
        yield _Reason("", why, Decimal(1), (f"{why} {entry.receipt}",))


def _explained(form: Form, entry: Accepted) -> Iterator[_Reason]:
    """Name what the unit said of findings: of a figure in its own row, of all else together."""
    shown = form.statistics.key if form.statistics else ""
    others = []
    for each in entry.explanations:
        if each.explanation.startswith(WAIVED):
            continue  # a superior has looked at it already
        sheet, code = each.about
        if sheet == shown and code in form.indicator:
            yield _Reason(code, f"已作情况说明：{each.explanation}", Decimal(1))
        else:
            others.append(each)
    told = [f"{each.place}{each.wrong}，说明：{each.explanation}" for each in others]
    if others:
        rest = f"等{len(others)}处" if len(others) > _MOST_TOLD else ""
        why = f"已作情况说明：{'；'.join(told[:_MOST_TOLD])}{rest}"
        yield _Reason("", why, Decimal(min(len(others), _MOST_TOLD)), tuple(told))


def _likened(
    form: Form, entry: Accepted, alike: Mapping[tuple[str, str], Sequence[str]]
) -> Iterator[_Reason]:
    """Name the texts that are near-identical to others'."""
    for column in form.narrative.columns if form.narrative else ():
        names = alike.get((entry.receipt, column.key), ())
        if names:
            text = entry.gist.texts.get(column.key, b"").hex()
            grounds = tuple(f"{column.key} {name} {text}" for name in names)
            why = f"“{column.label}”与{'、'.join(names)}的几乎相同"
            yield _Reason("", why, Decimal(3), grounds)


def _shown(number: Number) -> float | int | None:
    return float(number) if isinstance(number, Decimal) else number
