"""The key to a picture's colours: a sample and its words for each, in a row or in a list.

This module owns the room that a key takes and where its samples and words stand. It refuses to
know what the colours mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sheetflow.reporting.canvas import Box, Canvas, Words

_WORDS_COLOUR = "#000000"
_SAMPLE_WIDTH, _SAMPLE_HEIGHT = 2.0, 0.7  # all in the size of the words
_BEFORE_WORDS = 0.8
_BETWEEN_LINES, _BETWEEN_COLUMNS = 0.5, 2.0
_PADDING, _AWAY = 0.4, 0.5
_BELOW, _BESIDE = 0.12, 1.05
"""How far from the area the key stands, in the area's height and width."""

Sample = Callable[[Canvas, Box, str], None]
"""Draws what a colour looks like in the picture."""


@dataclass(frozen=True, slots=True)
class _Key:
    colours: Sequence[str]
    words: Sequence[Words]
    em: float
    """The size of the words in pixels."""

    def _item_width(self, words: Words) -> float:
        return (_SAMPLE_WIDTH + _BEFORE_WORDS) * self.em + words.width

    def _item(self, canvas: Canvas, number: int, x: float, baseline: float, sample: Sample) -> None:
        right, top = x + _SAMPLE_WIDTH * self.em, baseline + _SAMPLE_HEIGHT * self.em
        sample(canvas, Box(x, baseline, right, top), self.colours[number])
        start = right + _BEFORE_WORDS * self.em
        canvas.write(self.words[number], (start, baseline), _WORDS_COLOUR, "left", "baseline")


class Row(_Key):
    """A key in one line, below the middle of the area."""

    __slots__ = ()

    def box(self, area: Box) -> Box:
        """Give the room it takes."""
        gaps = (len(self.words) - 1) * _BETWEEN_COLUMNS + 2 * _PADDING
        width = sum(map(self._item_width, self.words)) + gaps * self.em
        above, below = max(word.above for word in self.words), self._below
        left = (area.left + area.right - width) / 2
        top = area.bottom - _BELOW * area.height - _AWAY * self.em
        return Box(left, top - above - below - 2 * _PADDING * self.em, left + width, top)

    @property
    def _below(self) -> float:
        return max(word.below for word in self.words)

    def draw(self, canvas: Canvas, area: Box, sample: Sample) -> None:
        """Draw it."""
        box = self.box(area)
        x, baseline = box.left + _PADDING * self.em, box.bottom + _PADDING * self.em + self._below
        for number, words in enumerate(self.words):
            self._item(canvas, number, x, baseline, sample)
            x += self._item_width(words) + _BETWEEN_COLUMNS * self.em


class Column(_Key):
    """A key one below the other, to the right of the area's middle."""

    __slots__ = ()

    START: ClassVar[float] = _BESIDE
    """How far to the right it begins, in the area's width."""

    def box(self, area: Box) -> Box:
        """Give the room it takes."""
        gaps = (len(self.words) - 1) * _BETWEEN_LINES + 2 * _PADDING
        height = sum(word.above + word.below for word in self.words) + gaps * self.em
        width = max(map(self._item_width, self.words)) + 2 * _PADDING * self.em
        left = area.left + _BESIDE * area.width + _AWAY * self.em
        bottom = (area.bottom + area.top - height) / 2
        return Box(left, bottom, left + width, bottom + height)

    def draw(self, canvas: Canvas, area: Box, sample: Sample) -> None:
        """Draw it."""
        box = self.box(area)
        x, top = box.left + _PADDING * self.em, box.top - _PADDING * self.em
        for number, words in enumerate(self.words):
            self._item(canvas, number, x, top - words.above, sample)
            top -= words.above + words.below + _BETWEEN_LINES * self.em
