#!/usr/bin/env python3
"""Draw the guide's pictures of a campaign workbook: ``python tools/build_guide_pictures.py``.

The sheets of the example are printed by LibreOffice and cut to their first rows, in few colours: run this
after the layout of campaign workbooks, or the example, has changed, then ``build_guide.py``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "妇女之家建设季报" / "活动定义_妇女之家.xlsx"
TARGET = HERE.parent / "docs" / "手册插图"
SHEETS = {
    "级次": 205,
    "报表": 175,
    "工作表": 350,
    "栏目": 545,
    "选项": 288,
    "指标": 400,
    "审核": 500,
}
"""Which sheets, and how much of the first page of each, in pixels from its head."""
_RESOLUTION, _COLOURS, _MARGIN, _FOOT = 110, 32, 8, 90


def main() -> None:
    """Print the example once and cut a picture of each sheet."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        profile = f"-env:UserInstallation={(room / 'profile').as_uri()}"
        to_pdf = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        _run([*to_pdf, str(EXAMPLE)])
        printed = room / f"{EXAMPLE.stem}.pdf"
        _run(["pdftoppm", "-r", str(_RESOLUTION), "-png", str(printed), str(room / "page")])
        pages = sorted(room.glob("page-*.png"))
        told = [_text(printed, number) for number in range(1, len(pages) + 1)]
        for sheet, height in SHEETS.items():
            first = next(at for at, text in enumerate(told) if f"{sheet} 第" in text)
            target = TARGET / f"{sheet}.png"
            _cut(Image.open(pages[first]), height).save(target, optimize=True)
            sys.stdout.write(f"{target} {target.stat().st_size}\n")


def _cut(page: Image.Image, height: int) -> Image.Image:
    """Give what is printed at the head of a page, without its margins and its foot."""
    whole = page.convert("RGB").crop((0, 0, page.width, page.height - _FOOT))
    white = Image.new("RGB", whole.size, "white")
    left, top, right, bottom = ImageChops.difference(whole, white).getbbox() or (0, 0, *whole.size)
    box = (left - _MARGIN, top - _MARGIN, right + _MARGIN, min(bottom + _MARGIN, top + height))
    return whole.crop(box).quantize(_COLOURS)


def _text(printed: Path, page: int) -> str:
    number = str(page)
    return _run(["pdftotext", "-f", number, "-l", number, "-layout", str(printed), "-"])


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - programs found by name, our own files


if __name__ == "__main__":
    main()
