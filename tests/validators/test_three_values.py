"""True, false and unknown: Kleene's laws, and bounds that never say more than is known."""

from __future__ import annotations

import datetime as dt
import operator
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sheetflow.validators.three_values import (
    Known,
    Span,
    Truth,
    both,
    either,
    negated,
    ordered,
    reckoned,
    same,
)

TRUTHS = st.sampled_from([True, False, None])
NUMBERS = st.integers(-4, 4)
SIGNS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def and_(*truths: Truth) -> Truth:
    """Join truths by 且."""
    return both([[truth] for truth in truths])[0]


def or_(*truths: Truth) -> Truth:
    """Join truths by 或."""
    return either([[truth] for truth in truths])[0]


def not_(truth: Truth) -> Truth:
    """Say 非."""
    return negated([truth])[0]


@given(TRUTHS, TRUTHS, TRUTHS)
def test_kleenes_laws_hold(a: Truth, b: Truth, c: Truth) -> None:
    """且, 或 and 非 mean what an officer expects in whatever order they stand."""
    assert and_(a, b) == and_(b, a)
    assert or_(a, b) == or_(b, a)
    assert and_(a, b, c) == and_(a, and_(b, c))
    assert or_(a, b, c) == or_(or_(a, b), c)
    assert and_(a, or_(b, c)) == or_(and_(a, b), and_(a, c))
    assert not_(and_(a, b)) == or_(not_(a), not_(b))
    assert not_(not_(a)) is a


def test_false_and_true_beat_unknown() -> None:
    """What is decided by one part is decided, whatever the other could not be read as."""
    unknown, true, false = None, True, False
    assert and_(unknown, false) is False
    assert or_(unknown, true) is True
    assert and_(unknown, true) is None
    assert or_(unknown, false) is None
    assert not_(unknown) is None


@given(st.lists(TRUTHS, min_size=1, max_size=4), st.data())
def test_what_is_learnt_later_never_contradicts(parts: list[Truth], data: st.DataObject) -> None:
    """What was told of unknown cells stays so, however they read once they are mended."""
    known = [data.draw(st.booleans()) if part is None else part for part in parts]
    for join in (and_, or_):
        told = join(*parts)
        assert told is None or told is join(*known)


SPANS = st.tuples(NUMBERS, NUMBERS).map(lambda ends: Span(min(ends), max(ends)))


def _within(span: Span) -> range:
    return range(int(span.low), int(span.high) + 1)


@given(SPANS, SPANS, st.sampled_from([*SIGNS]))
def test_bounds_tell_what_all_figures_between_them_tell(a: Span, b: Span, sign: str) -> None:
    """A comparison of counts with unknown rows is told exactly where no row could change it."""
    every = {SIGNS[sign](x, y) for x in _within(a) for y in _within(b)}
    assert ordered(sign, a, b) is (every.pop() if len(every) == 1 else None)


@given(SPANS, SPANS, st.sampled_from([*OPERATIONS]))
def test_reckoning_keeps_every_figure_within_bounds(a: Span, b: Span, sign: str) -> None:
    """Sums and differences of such counts still hold whatever the count may be."""
    result = reckoned(sign, a, b)
    low, high = (result.low, result.high) if isinstance(result, Span) else (result, result)
    every = [OPERATIONS[sign](x, y) for x in _within(a) for y in _within(b)]
    assert (low, high) == (min(every), max(every))


def test_what_makes_no_sense_is_unknown() -> None:
    """Nothing is guessed: division by nothing, words in sums, days that are none."""
    day = dt.date(2012, 3, 5)
    nonsense: list[tuple[str, Known, Known]] = [
        ("/", 5, 0),
        ("/", 5, Span(-1, 1)),
        ("+", 5, "未开展"),
        ("*", day, 2),
        ("-", 2, day),
        ("+", day, 10**9),
        ("+", None, 1),
    ]
    for sign, left, right in nonsense:
        assert reckoned(sign, left, right) is None
    assert reckoned("/", 1, 4) == Decimal("0.25")
    assert reckoned("-", day, dt.date(2012, 3, 1)) == 4
    assert reckoned("+", day, 2) == dt.date(2012, 3, 7)
    assert same("未开展", 0) is None
    assert same("东 岭", "东岭") is True
    assert same(("甲", "乙"), ("乙", "甲")) is True
