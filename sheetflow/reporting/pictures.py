"""The pictures of a Word report: the declared charts, drawn from its figures.

This module owns how each kind looks; `charts` and `canvas` place and draw. The font is our own
subset with Chinese, handed in as a file: nothing depends on what the machine has. Equal data
give equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypedDict

from sheetflow.consolidation.report_data import Number, Picture, PictureKind
from sheetflow.reporting import figures
from sheetflow.reporting.canvas import Box, Canvas
from sheetflow.reporting.charts import Chart, Note, laid_out, within
from sheetflow.reporting.legends import Column, Row

_WIDTH, _HEIGHT, _DOTS = 6.14, 2.9, 200  # inches: as wide as the type area of GB/T 9704
_COLOURS = ("#2F75B5", "#C55A11", "#548235", "#BF9000", "#7030A0", "#00807A", "#7F7F7F")
_INK, _WHITE = "#262626", "#FFFFFF"
_LABEL_SIZE, _NUMBER_SIZE, _SMALL = 9.0, 8.0, 7.0
_FEW, _MANY = 6, 8
_FEW_WIDTH, _MANY_WIDTH = 0.45, 0.72
_CROWDED = 12
_LINE_WIDTH, _DOT = 1.8, 6.0
_ABOVE_BAR, _ABOVE_DOT = 1.5, 5.0
_BEYOND_BARS, _BEYOND_LINES = 0.05, 0.12
_STARTS_AT, _PIE_ROOM = 90, 2.5


def draw_pictures(pictures: Sequence[Picture], font: Path) -> dict[str, bytes]:
    """Draw each picture as PNG, by name; `font` is an OpenType file that has Chinese."""
    return {picture.name: draw_picture(picture, font) for picture in pictures}


def draw_picture(picture: Picture, font: Path) -> bytes:
    """Draw one picture as PNG."""
    canvas = Canvas(_WIDTH, _HEIGHT, _DOTS, font)
    {PictureKind.BARS: _bars, PictureKind.PARTS: _parts, PictureKind.LINES: _lines}[picture.kind](
        canvas, picture
    )
    return canvas.png()


def _bars(canvas: Canvas, picture: Picture) -> None:
    count = len(picture.categories)
    together = _FEW_WIDTH if count < _FEW else _MANY_WIDTH
    width = together / len(picture.series)
    size = _NUMBER_SIZE if count <= _MANY else _SMALL
    bars = [
        (place + (number - len(picture.series) / 2) * width, value, _colour(number))
        for number, series in enumerate(picture.series)
        for place, value in enumerate(series.values)
    ]
    lift = canvas.pixels(_ABOVE_BAR)
    notes = []
    for left, value, _ in bars:
        words = canvas.words(_written(picture, value), size)
        notes.append(Note(words, (left + width / 2, _height(value)), lift, "bottom", _INK))
    # Where many bars stand side by side, the characters of a name stand on each other.
    names = ["\n".join(name) if count > _MANY else name for name in picture.categories]
    size_of_names = _SMALL if count > _CROWDED else _LABEL_SIZE
    chart = Chart(
        names=[canvas.words(name, size_of_names) for name in names],
        notes=notes,
        reach=together / 2,
        beyond=_BEYOND_BARS,
        **_common(canvas, picture),
    )
    scale = chart.draw_scale()
    for left, value, colour in bars:
        corners = (*scale.at((left, 0)), *scale.at((left + width, _height(value))))
        canvas.rectangle(Box(*corners), colour, within=scale.area)
    chart.draw_words(scale, Canvas.rectangle)


def _lines(canvas: Canvas, picture: Picture) -> None:
    lift = canvas.pixels(_ABOVE_DOT)
    notes = []
    for number, series in enumerate(picture.series):
        for place, value in enumerate(series.values):
            words = canvas.words(_written(picture, value), _NUMBER_SIZE)
            spot = place, _height(value)
            notes.append(Note(words, spot, lift, "baseline", _colour(number)))
    chart = Chart(
        names=[canvas.words(name, _LABEL_SIZE) for name in picture.categories],
        notes=notes,
        reach=0,
        beyond=_BEYOND_LINES,
        **_common(canvas, picture),
    )
    scale = chart.draw_scale()
    for number, series in enumerate(picture.series):
        spots = [scale.at((place, _height(value))) for place, value in enumerate(series.values)]
        canvas.line(spots, _colour(number), _LINE_WIDTH, within=scale.area)
        canvas.dots_at(spots, _colour(number), _DOT, within=scale.area)
    chart.draw_words(scale, _sample_of_line)


def _sample_of_line(canvas: Canvas, box: Box, colour: str) -> None:
    middle = (box.bottom + box.top) / 2
    canvas.line([(box.left, middle), (box.right, middle)], colour, _LINE_WIDTH)
    canvas.dots_at([((box.left + box.right) / 2, middle)], colour, _DOT)


def _parts(canvas: Canvas, picture: Picture) -> None:
    """Draw parts of a whole as a pie, the words and shares beside it."""
    values = picture.series[0].values
    heights = [_height(value) for value in values]
    whole = sum(heights)
    words = [
        f"{name}　{_written(picture, value)}{picture.unit}（{figures.share(height, whole)}）"
        for name, value, height in zip(picture.categories, values, heights, strict=True)
    ]
    colours = [_colour(number) for number in range(len(values))]
    measured = [canvas.words(text, _LABEL_SIZE) for text in words]
    key = Column(colours, measured, canvas.pixels(_LABEL_SIZE))
    area = _square(laid_out(canvas, lambda area: area.around([key.box(_square(area))])))
    area = _beside(key, area, within(canvas))
    shares = (height / (whole or 1) for height in heights)
    turns = accumulate(shares, lambda at, share: at - share, initial=_STARTS_AT / 360)
    for (start, end), colour in zip(pairwise(turns), colours, strict=True):
        canvas.sector(area.middle, area.width / _PIE_ROOM, (360 * end, 360 * start), colour)
    key.draw(canvas, area, lambda sheet, box, colour: sheet.rectangle(box, colour, edge=_WHITE))


def _beside(key: Column, area: Box, room: Box) -> Box:
    """Make room for a wide key: the pie moves to the left, and shrinks where that is not enough."""
    beyond = max(0.0, key.box(area).right - room.right)
    moved = min(beyond, area.left - room.left)
    side = area.width - (beyond - moved) / Column.START
    x, y = area.left - moved, area.middle[1]
    return Box(x, y - side / 2, x + side, y + side / 2) if beyond else area


def _square(area: Box) -> Box:
    """Give the largest square in the middle of `area`."""
    half = min(area.width, area.height) / 2
    x, y = area.middle
    return Box(x - half, y - half, x + half, y + half)


class _Common(TypedDict):
    canvas: Canvas
    key: Row | None
    is_percent: bool
    write: Callable[[float], str]


def _common(canvas: Canvas, picture: Picture) -> _Common:
    """Give what charts of bars and of lines have in common."""
    labels = [canvas.words(series.label, _LABEL_SIZE) for series in picture.series]
    colours = [_colour(number) for number in range(len(labels))]
    return {
        "canvas": canvas,
        "key": Row(colours, labels, canvas.pixels(_LABEL_SIZE)) if len(labels) > 1 else None,
        "is_percent": picture.is_percent,
        "write": "{:.0%}".format if picture.is_percent else figures.plain,
    }


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _height(value: Number | None) -> float:
    """What is no figure has no height."""
    return float(value) if value is not None else 0.0


def _written(picture: Picture, value: Number | None) -> str:
    if value is None:
        return picture.nothing
    return figures.percent(value) if picture.is_percent else figures.plain(value)
