"""The pictures of a Word report: the declared charts, drawn from its figures.

The only module that knows matplotlib. The font is our own subset with Chinese, handed in as a file;
equal data give equal bytes, and each picture has its own figure: no state is shared.
"""

from __future__ import annotations

import gc
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from sheetflow.consolidation.report_data import Number, Picture
from sheetflow.reporting.template_values import NO_DENOMINATOR, percent, plain, share
from sheetflow.schemas.forms import Across

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

_WIDTH, _HEIGHT, _DOTS = 6.14, 2.9, 200  # inches: as wide as the type area of GB/T 9704
_COLOURS = ("#2F75B5", "#C55A11", "#548235", "#BF9000", "#7030A0", "#00807A", "#7F7F7F")
_INK, _GRID = "#262626", "#D0D0D0"
_LABEL_SIZE, _NUMBER_SIZE, _SMALL = 9.0, 8.0, 7.0
_FEW, _MANY, _CROWDED = 6, 8, 12
_FEW_WIDTH, _MANY_WIDTH = 0.45, 0.72
_ABOVE_BAR, _ABOVE_DOT = 1.5, 5.0
_HEADROOM = 1.15
_POINTS = 72
"""In an inch; what follows is in points."""
_GAP, _KEY, _LEADING = 8.0, 20.0, 1.35
_STEPS = 5
_MOST_BESIDE = 0.7 * _WIDTH * _POINTS
_PAIR = re.compile(r"[\u4e00-\u9fff]{2}(?!.$)")
"""Two characters of a remark, which stand above the others where there is little room."""


def draw_picture(picture: Picture, font: Path) -> bytes:
    """Draw one picture as PNG; `font` is an OpenType file that has Chinese."""
    from matplotlib.figure import Figure

    # The library's own layout draws all twice: what takes room is told in points instead.
    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DOTS)
    draw = {Across.UNITS: _bars, Across.INDICATORS: _parts, Across.PERIODS: _lines}
    draw[picture.across](_Sheet(figure.add_subplot(), font), picture)
    content = io.BytesIO()
    # Pressed harder, it takes twice the time for a tenth less room.
    figure.savefig(
        content, dpi=_DOTS, metadata={"Software": None}, pil_kwargs={"compress_level": 1}
    )
    del figure
    gc.collect(0)  # a figure holds itself and its pixels: a province's would be 150 MB
    return content.getvalue()


class _Sheet:
    """The axes of one picture, written on in one font."""

    def __init__(self, axes: Axes, font: Path) -> None:
        self.axes, self._font = axes, font

    def font(self, size: float) -> FontProperties:
        """Give the font in a size in points."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=str(self._font), size=size)

    def write(self, words: str, place: float, height: float, above: float, **look: Any) -> None:  # noqa: ANN401 - matplotlib's
        """Write words above a figure: `above` is in points."""
        size = look.pop("size")
        self.axes.annotate(
            words,
            (place, height),
            (0, above),
            textcoords="offset points",
            ha="center",
            fontproperties=self.font(size),
            **look,
        )

    def key(self, columns: int) -> None:
        """Name the colours in one line below."""
        self.axes.figure.legend(
            loc="lower center", ncols=columns, frameon=False, prop=self.font(_LABEL_SIZE)
        )

    def place(self, left: float, below: float) -> None:
        """Leave so many points free for what stands outside the axes."""
        self.axes.figure.subplots_adjust(
            left=left / (_WIDTH * _POINTS), bottom=below / (_HEIGHT * _POINTS), right=0.99, top=0.98
        )

    def scale(self, picture: Picture, names: Sequence[str], size: float) -> None:
        """Set names below and a scale from 0 with round numbers at the left."""
        from matplotlib.ticker import MaxNLocator

        axes = self.axes
        axes.set_xticks(range(len(names)), names, fontproperties=self.font(size))
        highest = max(_height(value) for series in picture.series for value in series.values)
        axes.set_ylim(0, highest * _HEADROOM or 1)
        axes.yaxis.set_major_locator(MaxNLocator(_STEPS, integer=not picture.is_percent))
        axes.yaxis.set_major_formatter(
            lambda value, _: f"{value:.0%}" if picture.is_percent else plain(value)
        )
        for label in axes.get_yticklabels():
            label.set_fontproperties(self.font(_SMALL))
        axes.tick_params(length=0)
        axes.grid(axis="y", color=_GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["left", "right", "top"]].set_visible(False)
        with_key = len(picture.series) > 1
        if with_key:
            self.key(len(picture.series))
        most = f"{highest:.0%}" if picture.is_percent else plain(math.ceil(highest * _HEADROOM))
        lines = max(name.count("\n") for name in names) + 1
        self.place(_GAP + _SMALL * len(most), _GAP + lines * size * _LEADING + with_key * _KEY)


def _bars(sheet: _Sheet, picture: Picture) -> None:
    count = len(picture.categories)
    width = (_FEW_WIDTH if count < _FEW else _MANY_WIDTH) / len(picture.series)
    size = _NUMBER_SIZE if count <= _MANY else _SMALL
    for number, series in enumerate(picture.series):
        middle = (number - (len(picture.series) - 1) / 2) * width
        places = [place + middle for place in range(count)]
        heights = list(map(_height, series.values))
        sheet.axes.bar(places, heights, width, color=_colour(number), label=series.label)
        for place, height, value in zip(places, heights, series.values, strict=True):
            words = _written(picture, value)
            sheet.write(words, place, height, _ABOVE_BAR, size=size, color=_INK, va="bottom")
    # Where many bars stand side by side, the characters of a name stand on each other.
    names = ["\n".join(name) if count > _MANY else name for name in picture.categories]
    if picture.remarks:
        remarks = [_below(one, crowded=count > _MANY) for one in picture.remarks]
        names = [f"{name}\n{remark}".strip() for name, remark in zip(names, remarks, strict=True)]
    sheet.scale(picture, names, _SMALL if count > _CROWDED else _LABEL_SIZE)


def _below(remark: str, *, crowded: bool) -> str:
    """Put a remark below a name."""
    if not remark:
        return ""
    return _PAIR.sub(r"\g<0>\n", remark).strip() if crowded else f"（{remark}）"


def _lines(sheet: _Sheet, picture: Picture) -> None:
    for number, series in enumerate(picture.series):
        colour = _colour(number)
        # What is no figure has no dot, and no line goes there.
        points = [math.nan if value is None else float(value) for value in series.values]
        (line,) = sheet.axes.plot(points, color=colour, linewidth=1.8, label=series.label)
        line.set(marker="o", clip_on=False)
        for place, value in enumerate(series.values):
            words, height = _written(picture, value), _height(value)
            sheet.write(words, place, height, _ABOVE_DOT, size=_NUMBER_SIZE, color=colour)
    sheet.axes.margins(x=0.12)
    sheet.scale(picture, picture.categories, _LABEL_SIZE)


def _parts(sheet: _Sheet, picture: Picture) -> None:
    """Draw parts of a whole as a pie, the words and shares beside it."""
    values = picture.series[0].values
    heights = list(map(_height, values))
    whole = sum(heights)
    words = [
        f"{name}　{_written(picture, value)}{picture.unit}（{share(height, whole)}）"
        for name, value, height in zip(picture.categories, values, heights, strict=True)
    ]
    colours = [_colour(number) for number in range(len(values))]
    slices, _ = sheet.axes.pie(
        heights if whole else [1.0, *heights[1:]],
        colors=colours,
        startangle=90,
        counterclock=False,
        wedgeprops={"edgecolor": "#FFFFFF"},
    )
    beside = min(_KEY + 2 * _GAP + _LABEL_SIZE * max(map(_wide, words)), _MOST_BESIDE)
    right = 1 - beside / (_WIDTH * _POINTS)
    sheet.axes.figure.subplots_adjust(left=0.01, bottom=0.02, right=right, top=0.98)
    sheet.axes.figure.legend(
        slices,
        words,
        loc="center left",
        bbox_to_anchor=(right, 0.5),
        frameon=False,
        prop=sheet.font(_LABEL_SIZE),
    )


def _wide(words: str) -> float:
    """Tell how many full-width characters take as much room as these."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.6 for letter in words)


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _height(value: Number | None) -> float:
    """What is no figure has no height."""
    return float(value) if value is not None else 0.0


def _written(picture: Picture, value: Number | None) -> str:
    if value is None:
        return NO_DENOMINATOR
    return percent(value) if picture.is_percent else plain(value)
