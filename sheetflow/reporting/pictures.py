"""The pictures of a Word report: the declared charts, drawn from its figures.

The only module that knows matplotlib, and imports it when a picture is drawn. The font is
our own subset with Chinese, handed in as a file: nothing depends on what the machine has.
Equal data give equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.consolidation.report_data import Number, Picture, PictureKind, Series
from sheetflow.reporting import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

_WIDTH, _HEIGHT, _DOTS = 6.14, 2.9, 200  # inches: as wide as the type area of GB/T 9704
_COLOURS = ("#2F75B5", "#C55A11", "#548235", "#BF9000", "#7030A0", "#00807A", "#7F7F7F")
_GRID, _INK = "#D0D0D0", "#262626"
_LABEL_SIZE, _NUMBER_SIZE, _SMALL = 9.0, 8.0, 7.0
_FEW, _MANY = 6, 8
_FEW_WIDTH, _MANY_WIDTH = 0.45, 0.72
_CROWDED = 12
_STARTS_AT = 90
_HEADROOM = 1.15


@dataclass(frozen=True, slots=True)
class _Pen:
    """Where to draw and in which font."""

    axes: Axes
    font: Callable[[float], FontProperties]


def draw_pictures(pictures: Sequence[Picture], font: Path) -> dict[str, bytes]:
    """Draw each picture as PNG, by name; `font` is an OpenType file that has Chinese."""
    return {picture.name: draw_picture(picture, font) for picture in pictures}


def draw_picture(picture: Picture, font: Path) -> bytes:
    """Draw one picture as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DOTS, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    pen = _Pen(figure.add_subplot(), lambda size: FontProperties(fname=str(font), size=size))
    {PictureKind.BARS: _bars, PictureKind.PARTS: _parts, PictureKind.LINES: _lines}[picture.kind](
        pen, picture
    )
    target = io.BytesIO()
    # Not `savefig`, which draws everything once more beforehand, to the same effect here.
    canvas.print_png(target, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return target.getvalue()


def _bars(pen: _Pen, picture: Picture) -> None:
    places = range(len(picture.categories))
    width = (_FEW_WIDTH if len(picture.categories) < _FEW else _MANY_WIDTH) / len(picture.series)
    size = _NUMBER_SIZE if len(picture.categories) <= _MANY else _SMALL
    for number, series in enumerate(picture.series):
        shift = (number - (len(picture.series) - 1) / 2) * width
        bars = pen.axes.bar(
            [place + shift for place in places],
            _numbers(series),
            width,
            color=_COLOURS[number % len(_COLOURS)],
            label=series.label,
        )
        labels = [_written(picture, value) for value in series.values]
        pen.axes.bar_label(bars, labels, padding=1.5, fontproperties=pen.font(size), color=_INK)
    _frame(pen, picture)
    pen.axes.set_xticks(list(places), [_upright(name, picture) for name in picture.categories])
    _dress_ticks(pen, size if len(picture.categories) > _CROWDED else _LABEL_SIZE)


def _lines(pen: _Pen, picture: Picture) -> None:
    places = list(range(len(picture.categories)))
    for number, series in enumerate(picture.series):
        colour = _COLOURS[number % len(_COLOURS)]
        numbers = _numbers(series)
        pen.axes.plot(places, numbers, marker="o", color=colour, linewidth=1.8, label=series.label)
        for place, value, height in zip(places, series.values, numbers, strict=True):
            pen.axes.annotate(
                _written(picture, value),
                (place, height),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontproperties=pen.font(_NUMBER_SIZE),
                color=colour,
            )
    _frame(pen, picture)
    pen.axes.set_xticks(places, list(picture.categories))
    pen.axes.margins(x=0.12)
    _dress_ticks(pen, _LABEL_SIZE)


def _parts(pen: _Pen, picture: Picture) -> None:
    """Draw parts of a whole as a pie, the words and shares beside it."""
    series = picture.series[0]
    numbers = _numbers(series)
    whole = sum(numbers)
    wedges, *_ = pen.axes.pie(
        numbers,
        colors=_COLOURS[: len(numbers)],
        startangle=_STARTS_AT,
        counterclock=False,
        wedgeprops={"edgecolor": "white", "linewidth": 1},
    )
    words = [
        f"{name}　{_written(picture, value)}{picture.unit}（{figures.share(number, whole)}）"
        for name, value, number in zip(picture.categories, series.values, numbers, strict=True)
    ]
    pen.axes.legend(
        wedges,
        words,
        loc="center left",
        bbox_to_anchor=(1.05, 0.5),
        frameon=False,
        prop=pen.font(_LABEL_SIZE),
    )


def _frame(pen: _Pen, picture: Picture) -> None:
    from matplotlib.ticker import MaxNLocator

    for side in ("top", "right", "left"):
        pen.axes.spines[side].set_visible(False)
    pen.axes.tick_params(axis="both", length=0)
    pen.axes.set_axisbelow(True)
    pen.axes.grid(axis="y", color=_GRID, linewidth=0.6)
    top = max((number for series in picture.series for number in _numbers(series)), default=0)
    pen.axes.set_ylim(0, top * _HEADROOM or 1)
    if picture.is_percent:
        pen.axes.yaxis.set_major_formatter(lambda value, _place: f"{value:.0%}")
    else:
        pen.axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        pen.axes.yaxis.set_major_formatter(lambda value, _place: figures.plain(value))
    if len(picture.series) > 1:
        pen.axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.12),
            ncols=len(picture.series),
            frameon=False,
            prop=pen.font(_LABEL_SIZE),
        )


def _dress_ticks(pen: _Pen, size: float) -> None:
    for label in pen.axes.get_xticklabels():
        label.set_fontproperties(pen.font(size))
    for label in pen.axes.get_yticklabels():
        label.set_fontproperties(pen.font(_SMALL))


def _upright(name: str, picture: Picture) -> str:
    """Stand the characters of a name on each other where many stand side by side."""
    return "\n".join(name) if len(picture.categories) > _MANY else name


def _numbers(series: Series) -> list[float]:
    """The heights; what is no figure has none."""
    return [float(value) if value is not None else 0.0 for value in series.values]


def _written(picture: Picture, value: Number | None) -> str:
    if value is None:
        return picture.nothing
    return figures.percent(value) if picture.is_percent else figures.plain(value)
