"""A sheet to draw on: bars, lines, dots, sectors and words in one font, given as PNG.

Matplotlib is imported when a canvas is made. Of it the renderer alone is used: figures and axes
take four times as long for the same picture, and as long again to import. Places are in pixels from the lower left corner, sizes of words and widths
of lines in points. Equal calls give equal bytes. It refuses to know what a picture shows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.font_manager import FontProperties

_POINTS_OF_AN_INCH = 72
_ABOVE, _BELOW = 0.88, 0.12
"""How far a line of our font reaches above and below its baseline, in its size."""

_ROUND_FOUR_CORNERS = (1, 2, 2, 2, 79)
"""How matplotlib goes along a closed outline: there, three lines, and back to the start."""

Spot = tuple[float, float]
Across = Literal["left", "center", "right"]
Up = Literal["top", "bottom", "baseline", "middle"]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    @property
    def middle(self) -> Spot:
        """Its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def around(self, others: Iterable[Box]) -> Box:
        """Give the smallest box that holds this one and all `others`."""
        boxes = (self, *others)
        return Box(
            min(box.left for box in boxes),
            min(box.bottom for box in boxes),
            max(box.right for box in boxes),
            max(box.top for box in boxes),
        )


@dataclass(frozen=True, slots=True)
class Words:
    """A measured text: its lines, each with its width and with its baseline below the top."""

    lines: tuple[tuple[str, float, float], ...]
    size: float
    below: float
    """How far it reaches below its last baseline."""

    @property
    def width(self) -> float:
        """The width of the widest line."""
        return max(width for _, width, _ in self.lines)

    @property
    def above(self) -> float:
        """How far it reaches above its last baseline."""
        return self.lines[-1][2]

    def box(self, x: float, y: float, across: Across, up: Up) -> Box:
        """Give the room that it takes when written at `x` and `y`."""
        left = x - {"left": 0.0, "center": self.width / 2, "right": self.width}[across]
        baseline = y - self._lift(up)
        return Box(left, baseline - self.below, left + self.width, baseline + self.above)

    def _lift(self, up: Up) -> float:
        """How far the anchor lies above the last baseline."""
        if up == "middle":  # of the capitals and digits, not of the whole line
            return self.above / 2
        return {"top": self.above, "bottom": -self.below, "baseline": 0.0}[up]


class Canvas:
    """A white sheet, `width` × `height` inches of `dots` pixels; `font` is an OpenType file."""

    def __init__(self, width: float, height: float, dots: int, font: Path) -> None:
        self.width, self.height, self.dots = width * dots, height * dots, dots
        self._font = str(font)
        self._renderer = _renderer(self.width, self.height, dots)
        self.rectangle(Box(0, 0, self.width, self.height), "#FFFFFF")

    def pixels(self, points: float) -> float:
        """Give points in pixels."""
        return points * self.dots / _POINTS_OF_AN_INCH

    def words(self, text: str, size: float) -> Words:
        """Measure `text`; its lines stand on each other."""
        em, top, below = self.pixels(size), 0.0, 0.0
        lines = []
        for line in text.split("\n"):
            width, above, drop = _measured(self._font, self.dots, line, size)
            top += max(above, em * _ABOVE)
            lines.append((line, width, top))
            below = max(drop, em * _BELOW)
            top += below
        return Words(tuple(lines), size, below)

    def write(self, words: Words, spot: Spot, colour: str, across: Across, up: Up) -> None:
        """Write `words` with the named point of theirs at `spot`, their lines one below the other."""
        box = words.box(*spot, across, up)
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[across]
        pen = self._pen(colour)
        font = _font(self._font, words.size)
        for line, width, down in words.lines:
            x = box.left + (words.width - width) * share
            self._renderer.draw_text(pen, x, self.height - (box.top - down), line, font, 0)

    def rectangle(
        self, box: Box, colour: str, *, within: Box | None = None, edge: str = ""
    ) -> None:
        """Fill `box`, as far as it lies `within`; an `edge` is a point wide."""
        corners = [
            (box.left, box.bottom),
            (box.right, box.bottom),
            (box.right, box.top),
            (box.left, box.top),
        ]
        self._fill([*corners, corners[0]], _ROUND_FOUR_CORNERS, colour, edge, within)

    def sector(
        self, middle: Spot, radius: float, degrees: tuple[float, float], colour: str
    ) -> None:
        """Fill a sector of a circle, counterclockwise from the right, with a white edge."""
        from matplotlib.path import Path as Outline

        whole = abs(degrees[1] - degrees[0] - 360) <= 1e-12  # noqa: PLR2004 - a full turn
        arc: Any = Outline.arc(*((0, 360) if whole else degrees))
        rim = [(x * radius + middle[0], y * radius + middle[1]) for x, y in arc.vertices]
        codes = [*arc.codes, Outline.MOVETO if whole else Outline.LINETO, Outline.CLOSEPOLY]
        self._fill([*rim, middle, middle], codes, colour, "#FFFFFF", None)

    def line(
        self,
        spots: Sequence[Spot],
        colour: str,
        width: float,
        *,
        within: Box | None = None,
        join: Literal["round", "miter"] = "round",
    ) -> None:
        """Draw a line through `spots`, as far as it lies `within`."""
        from matplotlib.path import Path as Outline
        from matplotlib.transforms import IdentityTransform

        pen = self._pen(colour, width, within)
        pen.set_capstyle("projecting")
        pen.set_joinstyle(join)
        self._renderer.draw_path(pen, Outline(spots), IdentityTransform())

    def dots_at(
        self, spots: Sequence[Spot], colour: str, size: float, *, within: Box | None = None
    ) -> None:
        """Put round dots, `size` points across, as far as they lie `within`."""
        from matplotlib.path import Path as Outline
        from matplotlib.transforms import Affine2D, IdentityTransform

        pen = self._pen(colour, 1, within)
        pen.set_snap(False)
        radius = Affine2D().scale(self.pixels(size / 2))
        self._renderer.draw_markers(
            pen, Outline.unit_circle(), radius, Outline(spots), IdentityTransform(), _rgba(colour)
        )

    def png(self) -> bytes:
        """Give what was drawn."""
        from PIL import Image

        size, pixels = (int(self.width), int(self.height)), self._renderer.buffer_rgba()
        picture = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)
        target = io.BytesIO()
        # Nothing shines through; pressed harder, it takes twice the time for a tenth less room.
        picture.convert("RGB").save(target, "png", compress_level=1, dpi=(self.dots, self.dots))
        return target.getvalue()

    def _fill(
        self,
        outline: Sequence[Spot],
        codes: Sequence[int],
        colour: str,
        edge: str,
        within: Box | None,
    ) -> None:
        from matplotlib.path import Path as Outline
        from matplotlib.transforms import IdentityTransform

        pen = self._pen(edge or colour, 1 if edge else 0, within)
        pen.set_joinstyle("miter")
        self._renderer.draw_path(pen, Outline(outline, codes), IdentityTransform(), _rgba(colour))

    def _pen(self, colour: str, width: float = 1, within: Box | None = None) -> GraphicsContextBase:
        from matplotlib.transforms import Bbox

        pen: GraphicsContextBase = self._renderer.new_gc()
        pen.set_foreground(_rgba(colour), isRGBA=True)
        pen.set_linewidth(width)
        if within is not None:
            pen.set_clip_rectangle(
                Bbox.from_extents(within.left, within.bottom, within.right, within.top)
            )
        return pen


def load_renderer() -> None:
    """Import what the first canvas would have to wait for."""
    from matplotlib.backends import backend_agg  # noqa: F401 - to be there
    from PIL import PngImagePlugin  # noqa: F401 - likewise


@lru_cache(maxsize=4096)
def _measured(file: str, dots: int, line: str, size: float) -> tuple[float, float, float]:
    """Measure one line: how wide it is, how far above and how far below its baseline it reaches."""
    if not line:
        return 0.0, 0.0, 0.0
    measure = _measuring(dots).get_text_width_height_descent
    width, height, below = measure(line, _font(file, size), ismath=False)
    return width, height - below, below


@lru_cache(maxsize=4)
def _measuring(dots: int) -> Any:  # noqa: ANN401 - as below
    return _renderer(1, 1, dots)


def _renderer(width: float, height: float, dots: int) -> Any:  # noqa: ANN401 - has no types
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(width, height, dots)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=64)
def _font(file: str, size: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=file, size=size)


@lru_cache(maxsize=64)
def _rgba(colour: str) -> tuple[float, float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255, 1.0
