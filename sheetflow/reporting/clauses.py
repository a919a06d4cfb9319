"""Which clauses of a filled sentence stay: those whose figure is 0 or was never reported go.

Plain text with marks in, the stretches to keep out; it knows Chinese punctuation and nothing of Word.
A sentence is parted at 。；，、 outside brackets; what has no figure of its own goes with what it
belongs to: an opening with what follows, a comparison or a share with what it speaks of, 其中
with the whole before it. What is left begins without a comma and never doubles one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

FIGURE, TEXT, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
"""Around a figure of the prose: ``FIGURE number TEXT words CLOSE``; the number is that of its record."""
BEGIN, OTHERWISE, END = "\ufdd3", "\ufdd4", "\ufdd5"
"""Around what is left out where it is 0, and before what is said where all of it is."""
MARKS = FIGURE + TEXT + CLOSE + BEGIN + OTHERWISE + END

_FIGURE = re.compile(f"{FIGURE}([0-9]+){TEXT}([^{CLOSE}]*){CLOSE}")
_BLOCK = re.compile(f"{BEGIN}([^{OTHERWISE}{END}]*)(?:{OTHERWISE}([^{END}]*))?{END}")
_BREAKS = ("。", "；", "，", "、")
_WHOLE = 2
"""So many kinds of breaks part what stands for itself; the others part what hangs together."""
_OPENING, _CLOSING = "（(“‘《〔[", "）)”’》〕]"
_OF_WHICH = "其中"

Range = tuple[int, int]


class Worth(Enum):
    """What a figure is to the sentence that it stands in."""

    SAID = "said"
    ZERO = "zero"
    """0, or no figure where there cannot be one (no denominator)."""
    MISSING = "missing"
    """Nobody reported it: it stands in no sentence."""
    BESIDE = "beside"
    """A comparison or a share: it goes with the figure before it."""


WorthOf = Callable[[int], Worth]


def kept(text: str, worth_of: WorthOf) -> list[Range]:
    """Give the stretches of a filled paragraph that stay, its marks left out, in order.

    `worth_of` tells of each figure's number what it is worth.
    """
    sentence = _Sentence(text, worth_of)
    stays = [stretch for start, end in _sentences(text) for stretch in sentence.whole(start, end)]
    return [piece for stretch in stays for piece in _unmarked(text, stretch)]


def _unmarked(text: str, stretch: Range) -> Iterator[Range]:
    """Give a stretch without the marks in it, and without the numbers of figures."""
    start, end = stretch
    for found in re.finditer(f"{FIGURE}[0-9]+{TEXT}|[{MARKS}]", text[start:end]):
        if start < (at := stretch[0] + found.start()):
            yield start, at
        start = stretch[0] + found.end()
    if start < end:
        yield start, end


def _sentences(text: str) -> Iterator[Range]:
    """Part `text` after each 。 that stands in no block and no bracket."""
    start = depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPENING + BEGIN) - (character in _CLOSING + END)
        if character == "。" and depth <= 0:
            yield start, place + 1
            start, depth = place + 1, 0
    if start < len(text):
        yield start, len(text)


class _Sentence:
    """A paragraph's text, thinned stretch by stretch."""

    def __init__(self, text: str, worth_of: WorthOf) -> None:
        self.text = text
        self.figures = [
            (found.start(), found.end(), worth_of(int(found[1])))
            for found in _FIGURE.finditer(text)
        ]

    def whole(self, start: int, end: int) -> list[Range]:
        """Thin one sentence with the blocks in it; nothing is left where its blocks come to nothing."""
        blocks = list(_BLOCK.finditer(self.text, start, end))
        if not blocks:
            return self.thinned(start, end, {Worth.MISSING})
        stays: list[Range] = []
        after, said = start, False
        for block in blocks:
            inside = self._block(block)
            said |= bool(inside)
            before, ends = block.start(), block.end()
            if not inside and self.text[after:before].endswith(_BREAKS[1:]):
                before -= 1  # the mark before it goes with it
            elif not inside and self.text.startswith(_BREAKS[1:], ends):
                ends += 1
            stays += [(after, before), *inside]
            after = ends
        stays.append((after, end))
        outside = {
            worth
            for begins, _, worth in self.figures
            if start <= begins < end and not any(one.start() < begins < one.end() for one in blocks)
        }
        return stays if (said or outside) and Worth.MISSING not in outside else []

    def _block(self, block: re.Match[str]) -> list[Range]:
        """Give what is left of a block, or what is said instead; of what nobody reported nothing is said."""
        inside = self.thinned(*block.span(1), {Worth.MISSING, Worth.ZERO})
        is_zero = Worth.ZERO in self._worths(*block.span(1))
        return inside or ([block.span(2)] if block[2] and is_zero else [])

    def thinned(self, start: int, end: int, empty: set[Worth], level: int = 0) -> list[Range]:
        """Give what is left of a stretch when clauses of nothing but `empty` figures are gone."""
        if not any(worth in empty for worth in self._worths(start, end)):
            return [(start, end)] if start < end else []
        if level == len(_BREAKS):
            worths = self._worths(start, end)
            stands = Worth.SAID in worths and Worth.MISSING not in worths
            return [(start, end)] if stands else []
        parts = self._parts(start, end, _BREAKS[level])
        lead = self._lead(parts[0], level)
        groups = self._groups(parts, level)
        stays: list[Range] = []
        first, is_whole_gone = True, False
        for members in groups:
            group = (max(members[0][0], lead), members[-1][1])
            depends = (
                level >= _WHOLE and self._starts(members[0], _OF_WHICH) and members is not groups[0]
            )
            if depends and is_whole_gone:
                continue
            inside = self._inside(members, group, empty, level)
            is_whole_gone = is_whole_gone if depends else not inside
            if inside:
                separator = [] if first else [(group[0] - 1, group[0])]
                stays += [*separator, *inside]
                first = False
        closing = (parts[-1][1], end)
        return [(start, lead), *stays, closing] if stays else []

    def _inside(
        self, members: Sequence[Range], group: Range, empty: set[Worth], level: int
    ) -> list[Range]:
        """Thin a clause; what has no figure and follows it stays as long as it does."""
        counting = next((one for one in members if self._counts(one)), None)
        if counting is None:
            return [group]
        inside = self.thinned(max(counting[0], group[0]), counting[1], empty, level + 1)
        return (
            [(group[0], counting[0])] * (group[0] < counting[0])
            + [
                *inside,
                *([(counting[1], group[1])] if counting[1] < group[1] else []),
            ]
            if inside
            else []
        )

    def _groups(self, parts: Sequence[Range], level: int) -> list[list[Range]]:
        """Put together the parts that stand and fall together."""
        if level < _WHOLE:
            return [[part] for part in parts]
        groups: list[list[Range]] = []
        counted = True
        for part in parts:
            counts = self._counts(part)
            if groups and (not counts or not counted):
                groups[-1].append(part)
                counted = counted or counts
            else:
                groups.append([part])
                counted = counts
        return groups

    def _lead(self, first: Range, level: int) -> int:
        """Give where the opening ends that stays as long as anything does."""
        start, end = first
        if level == _BREAKS.index("，") and not self._counts(first):
            return min(end + 1, len(self.text))
        if level == _BREAKS.index("、") and self._starts(first, _OF_WHICH):
            return start + len(_OF_WHICH)
        return start

    def _starts(self, part: Range, words: str) -> bool:
        return self.text.startswith(words, part[0], part[1])

    def _counts(self, part: Range) -> bool:
        return any(worth is not Worth.BESIDE for worth in self._worths(*part))

    def _worths(self, start: int, end: int) -> list[Worth]:
        return [worth for begins, ends, worth in self.figures if start <= begins and ends <= end]

    def _parts(self, start: int, end: int, mark: str) -> list[Range]:
        """Part a stretch at `mark` outside brackets and figures; the marks belong to no part."""
        parts, begun, depth = [], start, 0
        for place in range(start, end):
            character = self.text[place]
            depth += (character in _OPENING) - (character in _CLOSING)
            if character == mark and depth <= 0:
                parts.append((begun, place))
                begun = place + 1
        if begun < end or not parts:
            parts.append((begun, end))
        return parts


def figures_in(text: str, stretches: Sequence[Range]) -> list[tuple[int, Range]]:
    """Give the number of each figure that stands in what stays of `text`, and its place there."""
    found = []
    for figure in _FIGURE.finditer(text):
        start, end = figure.span(2)
        if any(begins <= start < ends for begins, ends in stretches):
            before = sum(max(0, min(ends, start) - begins) for begins, ends in stretches)
            found.append((int(figure[1]), (before, before + end - start)))
    return found
