#!/usr/bin/env python3
"""Cut the font for the report's pictures out of Noto Sans CJK SC, once.

    python tools/build_font.py NotoSansCJK-Regular.ttc

The source is Debian's package fonts-noto-cjk (OFL 1.1); fonttools does the cutting. What
is kept: ASCII, the characters of GB 2312, and the marks that our labels use. The name is
another one, so that nobody takes the subset for the whole font.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Sheetflow Sans SC"
SOURCE_FAMILY = "Noto Sans CJK SC"
TARGET = Path(__file__).parents[1] / "sheetflow" / "defaults" / "fonts" / "SheetflowSansSC.otf"
MORE = "—–…·〔〕“”‘’％＋－±×÷°℃①②③④⑤⑥⑦⑧⑨⑩"
_FAMILY_NAMES, _FULL_NAME, _POSTSCRIPT_NAME, _UNIQUE_NAME = (1, 16), 4, 6, 3
_KEPT_NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16]


def gb2312() -> set[int]:
    """Give the code points of GB 2312, its rows 1 to 9 (marks) and 16 to 87 (characters)."""
    found: set[int] = set()
    for row in (*range(0xA1, 0xAA), *range(0xB0, 0xF8)):
        for cell in range(0xA1, 0xFF):
            found |= {ord(mark) for mark in bytes((row, cell)).decode("gb2312", "ignore")}
    return found


def open_source(path: Path) -> TTFont:
    """Find the face for simplified Chinese in the collection."""
    for font in TTCollection(str(path)).fonts:
        if font["name"].getDebugName(1) == SOURCE_FAMILY:
            return font
    raise SystemExit(f"{path} holds no {SOURCE_FAMILY}")


def rename(font: TTFont) -> None:
    """Call the subset by its own name."""
    names = font["name"]
    for entry in list(names.names):
        if entry.nameID in _FAMILY_NAMES or entry.nameID == _FULL_NAME:
            entry.string = FAMILY
        elif entry.nameID == _POSTSCRIPT_NAME:
            entry.string = FAMILY.replace(" ", "")
        elif entry.nameID == _UNIQUE_NAME:
            entry.string = f"{FAMILY}; subset of {SOURCE_FAMILY}"


def build(source: Path) -> None:
    """Cut the font and put it beside its licence."""
    font = open_source(source)
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = _KEPT_NAMES
    options.name_languages = [0x409]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={*range(0x20, 0x7F), *gb2312(), *map(ord, MORE)})
    subsetter.subset(font)
    rename(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(str(TARGET))


if __name__ == "__main__":
    build(Path(sys.argv[1]))
