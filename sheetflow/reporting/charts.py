"""A chart over named places: a scale from 0, names below, words at the figures, a key.

This module owns where all that stands and how it is drawn. It refuses to draw the figures
themselves: bars and lines are for `pictures`, in the scale that a chart gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sheetflow.reporting.canvas import Box, Canvas, Spot, Up, Words
from sheetflow.reporting.legends import Row, Sample
from sheetflow.reporting.scales import ANY_STEPS, ROUND_STEPS, scale_lines

_GRID, _BLACK = "#D0D0D0", "#000000"
_GRID_WIDTH, _AXIS_WIDTH = 0.6, 0.8
_FROM_AXIS = 3.5
_HEADROOM = 1.15
_SIZE_OF_VALUES = 7.0
_STEPS, _MOST_STEPS, _POINTS_OF_A_STEP = 5, 9, 20
_EDGE = 0.04167
"""Inches that stay white at the sheet's edge."""

_FIRST_AREA = Box(0.125, 0.11, 0.9, 0.88)
"""Where on the sheet the area lies before what stands around it is measured."""


@dataclass(frozen=True, slots=True)
class Note:
    """The words at a figure: at which spot of the chart, and how many pixels above."""

    words: Words
    spot: Spot
    lift: float
    up: Up
    colour: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a chart's spots lie on the canvas: from `low` to `high` across, from 0 to `top` up."""

    area: Box
    low: float
    high: float
    top: float

    def at(self, spot: Spot) -> Spot:
        """Give a spot of the chart in pixels."""
        across, up = self.area.width / (self.high - self.low), self.area.height / self.top
        start = self.area.left - self.low * across
        return spot[0] * across + start, spot[1] * up + self.area.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart before its area is known: places 0, 1, … and all that stands in and around it.

    `reach` is how far a place goes to each side, `beyond` which share of all places stays free
    at either end. `write` says how a value of the scale reads.
    """

    canvas: Canvas
    names: Sequence[Words]
    notes: Sequence[Note]
    key: Row | None
    reach: float
    beyond: float
    is_percent: bool
    write: Callable[[float], str]

    def draw_scale(self) -> Scale:
        """Find the area and draw what lies behind the figures; give the scale to draw them in."""
        scale = self._scale(laid_out(self.canvas, self._extent))
        area = scale.area
        for words, spot in self._names(scale):
            self.canvas.write(words, spot, _BLACK, "center", "top")
        for words, spot in self._values(scale):
            ends = [(area.left, spot[1]), (area.right, spot[1])]
            self.canvas.line(ends, _GRID, _GRID_WIDTH, within=area)
            self.canvas.write(words, spot, _BLACK, "right", "middle")
        return scale

    def draw_words(self, scale: Scale, sample: Sample) -> None:
        """Draw what lies before the figures: the axis, their words, the key."""
        area = scale.area
        ends = [(area.left, area.bottom), (area.right, area.bottom)]
        self.canvas.line(ends, _BLACK, _AXIS_WIDTH, join="miter")
        for note, spot in self._notes(scale):
            self.canvas.write(note.words, spot, note.colour, "center", note.up)
        if self.key:
            self.key.draw(self.canvas, area, sample)

    def _scale(self, area: Box) -> Scale:
        low, high = -self.reach, len(self.names) - 1 + self.reach
        free = self.beyond * ((high - low) or 1)
        top = max(0.0, *(note.spot[1] for note in self.notes)) * _HEADROOM
        return Scale(area, low - free, high + free, top or 1)

    def _extent(self, area: Box) -> Box:
        """Give the room that the chart takes with all around it, where `area` is its area."""
        scale = self._scale(area)
        return area.around(
            [
                *(words.box(*spot, "center", "top") for words, spot in self._names(scale)),
                *(words.box(*spot, "right", "middle") for words, spot in self._values(scale)),
                *(note.words.box(*spot, "center", note.up) for note, spot in self._notes(scale)),
                *([self.key.box(area)] if self.key else []),
            ]
        )

    def _names(self, scale: Scale) -> Iterator[tuple[Words, Spot]]:
        for place, words in enumerate(self.names):
            x, y = scale.at((place, 0))
            yield words, (x, y - self.canvas.pixels(_FROM_AXIS))

    def _values(self, scale: Scale) -> Iterator[tuple[Words, Spot]]:
        """Give the values that have a line, and where they stand."""
        x = scale.area.left - self.canvas.pixels(_FROM_AXIS)
        for value in self._lines(scale):
            words = self.canvas.words(self.write(value), _SIZE_OF_VALUES)
            yield words, (x, scale.at((0, value))[1])

    def _lines(self, scale: Scale) -> list[float]:
        if not self.is_percent:
            return scale_lines(scale.top, _STEPS, ANY_STEPS, whole=True)
        fit = int(scale.area.height / self.canvas.pixels(_POINTS_OF_A_STEP))
        return scale_lines(scale.top, max(1, min(fit, _MOST_STEPS)), ROUND_STEPS, whole=False)

    def _notes(self, scale: Scale) -> Iterator[tuple[Note, Spot]]:
        for note in self.notes:
            x, y = scale.at(note.spot)
            yield note, (x, y + note.lift)


def laid_out(canvas: Canvas, extent: Callable[[Box], Box]) -> Box:
    """Find the area of a chart that leaves just the room for what stands around it.

    `extent` gives all the room taken for an area, the area included. Words and keys move as the
    area does, so it is asked twice.
    """
    width, height, room = canvas.width, canvas.height, within(canvas)
    first = _FIRST_AREA
    area = Box(first.left * width, first.bottom * height, first.right * width, first.top * height)
    for _ in range(2):
        taken = extent(area)
        area = Box(
            area.left - taken.left + room.left,
            area.bottom - taken.bottom + room.bottom,
            area.right - taken.right + room.right,
            area.top - taken.top + room.top,
        )
    return area


def within(canvas: Canvas) -> Box:
    """Give the sheet without its white edge."""
    edge = _EDGE * canvas.dots
    return Box(edge, edge, canvas.width - edge, canvas.height - edge)
