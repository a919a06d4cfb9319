"""Each figure of a draft looked for in the 定稿 that an office made of it: 定稿核对.

Sentences are paired with their figures masked (difflib), so that one that was edited or moved is
still found; in a pair the figures are matched by the words around them. What is left is looked for
by value and words alone. It refuses to be clever: what it cannot compare is listed as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from math import prod

from sheetflow.consolidation.signed_reports import ROW, Block

_MASK = "\ue000"
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.])(?P<digits>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>[十百千]?[万亿]|千(?![克米瓦]))?(?P<measure>个百分点|人次|户次|[毫公]升|公[里斤顷]|平方米|小时|[%％‰]|[^\W\d_A-Za-z])?"
)
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?[”’）]?")
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_ABOUT_BEFORE = re.compile(r"(?:近|约|超过|超|逾|达到?近|将近)$")
_ABOUT_WITHIN = 4
_ABOUT_BEHIND = re.compile(r"^[多余来]")
_ALIKE = 0.6
_MOST_PAIRS = 200_000
"""So many comparisons of two sentences are made of those that no equal one was found for."""
_LONGEST = 2_000
"""Longer than that is no sentence that anybody wrote: only an equal one is its pair."""
_AROUND = 2
_MOST_LOOKED_AT = 50
"""So many figures with the same words are looked at for one that is written otherwise."""


class Check(StrEnum):
    """What became of a draft's figure; the value is what people read."""

    SAME = "一致"
    ROUNDED = "一致（写法或取舍不同）"
    DIFFERENT = "不一致"
    ABOUT = "约数，请人工核对"
    GONE = "定稿没有这个数"
    UNCOMPARED = "没有核对"


@dataclass(frozen=True, slots=True)
class Checked:
    """One figure of the draft, and what stands for it in the 定稿: sentence and writing of both."""

    check: Check
    drafted: str
    draft_figure: str
    final: str = ""
    final_figure: str = ""


@dataclass(frozen=True, slots=True)
class FinalCheck:
    """All figures of the draft in its order, and those of the 定稿 that no draft has."""

    checked: tuple[Checked, ...]
    own: tuple[tuple[str, str], ...]
    """Sentence and figure."""

    @property
    def compared(self) -> int:
        """How many figures were found in both."""
        apart = {Check.GONE, Check.UNCOMPARED, Check.ABOUT}
        return sum(each.check not in apart for each in self.checked)

    @property
    def different(self) -> int:
        """How many of those differ."""
        return sum(each.check is Check.DIFFERENT for each in self.checked)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure where it stands: its value, and the words before and behind it."""

    text: str
    value: Decimal
    places: int
    scale: Decimal
    before: str
    behind: str
    is_about: bool

    def fits(self, other: _Figure) -> bool:
        """Whether the words behind, or those right before, are the same."""
        return bool(self.behind and self.behind == other.behind) or bool(
            self.before and self.before == other.before
        )

    def compare(self, final: _Figure) -> Check:
        """Say what a figure of the 定稿 says of this one of the draft."""
        if final.is_about and final.text != self.text:
            return Check.ABOUT
        if final.value == self.value and final.scale == self.scale:
            return Check.SAME
        one, two = sorted((self, final), key=lambda each: each.step, reverse=True)
        rounded = (two.value / one.scale).quantize(one.quantum, ROUND_HALF_UP) * one.scale
        return Check.ROUNDED if rounded == one.value else Check.DIFFERENT

    @property
    def quantum(self) -> Decimal:
        """The last place that is written."""
        return Decimal(1).scaleb(-self.places)

    @property
    def step(self) -> Decimal:
        """What the last place is worth."""
        return self.quantum * self.scale


@dataclass(slots=True, eq=False)
class _Sentence:
    """A sentence, or a row of a table, with its figures; `used` tells those that have their match."""

    text: str
    is_row: bool
    masked: str
    figures: list[_Figure]
    used: set[int] = field(default_factory=set)


def check_final(draft: Iterable[Block], final: Iterable[Block]) -> FinalCheck:
    """Compare every figure of a draft with the 定稿."""
    drafted, signed = list(_sentences(draft)), list(_sentences(final))
    partner = _pairs(drafted, signed)
    found: dict[tuple[int, int], Checked] = {}
    for number, place in partner.items():
        one, two = drafted[number], signed[place]
        for mine, its, check in _matches(one, two):
            found[number, mine] = _checked(check, one, mine, two, its)
            two.used.add(its)
    checked: list[Checked] = []
    elsewhere = _Elsewhere(signed)
    for number, one in enumerate(drafted):
        for mine, figure in enumerate(one.figures):
            known = found.get((number, mine))
            if known is None and not one.is_row:
                known = elsewhere.find(one, mine)
            if known is None:
                is_there = one.is_row and number in partner
                what = Check.UNCOMPARED if is_there else Check.GONE
                final_text = signed[partner[number]].text if number in partner else ""
                known = Checked(what, one.text, figure.text, final_text)
            checked.append(known)
    own = [
        (each.text, figure.text)
        for each in signed
        for number, figure in enumerate(each.figures)
        if number not in each.used
    ]
    return FinalCheck(tuple(checked), tuple(own))


def _checked(check: Check, one: _Sentence, mine: int, two: _Sentence, its: int) -> Checked:
    return Checked(check, one.text, one.figures[mine].text, two.text, two.figures[its].text)


def _sentences(blocks: Iterable[Block]) -> Iterator[_Sentence]:
    for kind, text in blocks:
        if kind == ROW:
            yield _sentence(text, is_row=True)
            continue
        for found in _SENTENCE.finditer(text):
            if words := found[0].strip():
                yield _sentence(words)


def _sentence(text: str, *, is_row: bool = False) -> _Sentence:
    figures: list[_Figure] = []
    masked: list[str] = []
    last = 0
    for found in _NUMBER.finditer(text):
        digits = found["digits"].replace(",", "").replace("，", "")
        behind = found["measure"] or ""
        scale = Decimal(prod(_SCALES[each] for each in found["scale"] or ""))
        before = text[max(0, found.start() - _ABOUT_WITHIN) : found.start()]
        about = _ABOUT_BEFORE.search(before) or _ABOUT_BEHIND.match(behind)
        figures.append(
            _Figure(
                text=found[0],
                value=Decimal(digits) * scale,
                places=len(digits.partition(".")[2]),
                scale=scale,
                before=before[-_AROUND:],
                behind=behind.replace("％", "%"),
                is_about=about is not None,
            )
        )
        end = found.end() - len(behind)
        masked += [text[last : found.start()], _MASK]
        last = end
    return _Sentence(text, is_row, "".join((*masked, text[last:])), figures)


def _pairs(drafted: Sequence[_Sentence], signed: Sequence[_Sentence]) -> dict[int, int]:
    """Pair each sentence of the draft that has figures with the one that was made of it."""
    matcher = SequenceMatcher(
        None, [each.masked for each in drafted], [each.masked for each in signed]
    )
    partner = {
        block.a + step: block.b + step
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }
    taken = set(partner.values())
    left = [n for n, each in enumerate(drafted) if n not in partner and each.figures]
    free = [n for n, each in enumerate(signed) if n not in taken and each.figures]
    by_words: dict[str, list[int]] = {}
    for place in free:
        by_words.setdefault(signed[place].masked, []).append(place)
    for number in left[:]:  # moved as it stood
        if places := by_words.get(drafted[number].masked):
            partner[number] = places.pop(0)
            left.remove(number)
            free.remove(partner[number])
    left, free = _comparable(drafted, left), _comparable(signed, free)
    for ratio, number, place in _likeness(drafted, signed, left, free):
        if ratio >= _ALIKE and number not in partner and place in free:
            partner[number] = place
            free.remove(place)
    return partner


def _comparable(sentences: Sequence[_Sentence], numbers: Iterable[int]) -> list[int]:
    return [number for number in numbers if len(sentences[number].masked) <= _LONGEST]


def _likeness(
    drafted: Sequence[_Sentence], signed: Sequence[_Sentence], left: list[int], free: list[int]
) -> list[tuple[float, int, int]]:
    """Tell how alike edited sentences are, the likest first."""
    if len(left) * len(free) > _MOST_PAIRS:
        return []
    found: list[tuple[float, int, int]] = []
    for place in free:
        matcher = SequenceMatcher(None, "", signed[place].masked, autojunk=False)
        for number in left:
            if drafted[number].is_row is not signed[place].is_row:
                continue
            matcher.set_seq1(drafted[number].masked)
            if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE:
                found.append((matcher.ratio(), number, place))
    return sorted(found, key=lambda each: (-each[0], each[1], each[2]))


def _matches(one: _Sentence, two: _Sentence) -> Iterator[tuple[int, int, Check]]:
    """Match the figures of a pair: those of a row by their order, others by the words around."""
    if one.masked == two.masked or (one.is_row and len(one.figures) == len(two.figures)):
        for number, (mine, its) in enumerate(zip(one.figures, two.figures, strict=True)):
            yield number, number, mine.compare(its)
        return
    if one.is_row:
        return
    places = [{at: n for n, at in enumerate(_masks(each.masked))} for each in (one, two)]
    matcher = SequenceMatcher(None, one.masked, two.masked, autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            at, there = places[0].get(block.a + step), places[1].get(block.b + step)
            if at is None or there is None:
                continue
            if one.figures[at].fits(two.figures[there]):
                yield at, there, one.figures[at].compare(two.figures[there])


def _masks(masked: str) -> list[int]:
    return [place for place, char in enumerate(masked) if char == _MASK]


class _Elsewhere:
    """Figures of the 定稿 that have no match yet, by the words behind and before them, and by value."""

    def __init__(self, signed: Sequence[_Sentence]) -> None:
        self._known: dict[tuple[str, Decimal | None], list[tuple[_Sentence, int]]] = {}
        for two in signed:
            for its, figure in enumerate(() if two.is_row else two.figures):
                if its not in two.used:
                    for words in _around(figure):
                        for value in (figure.value, None):
                            self._known.setdefault((words, value), []).append((two, its))

    def find(self, one: _Sentence, mine: int) -> Checked | None:
        """Look for a figure by its value and words, in a sentence that is not its own."""
        figure = one.figures[mine]
        for value in (figure.value, None):
            for words in _around(figure):
                for two, its in self._known.get((words, value), ())[:_MOST_LOOKED_AT]:
                    check = figure.compare(two.figures[its])
                    if its not in two.used and check in {Check.SAME, Check.ROUNDED}:
                        two.used.add(its)
                        return _checked(check, one, mine, two, its)
        return None


def _around(figure: _Figure) -> list[str]:
    """Give the words behind, and those right before, as far as there are any."""
    words = (f"{figure.behind}>", f"<{figure.before}")
    return [each for each in words if each not in {">", "<"}]
