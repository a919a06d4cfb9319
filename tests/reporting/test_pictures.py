"""The pictures of a report: drawn from declared charts, in our own font, the same every time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from sheetflow.config.defaults import picture_font
from sheetflow.consolidation.report_data import Picture, PictureKind, ReportData, Series
from sheetflow.reporting import ReportOptions, render_report
from sheetflow.reporting.pictures import draw_picture

CITIES = ("山东省本级", "济南市", "青岛市")
BARS = Picture(
    name="走访群众",
    title="走访妇女群众（本期，人次）",
    kind=PictureKind.BARS,
    unit="人次",
    categories=CITIES,
    series=(Series("走访妇女群众", (177, 3976, None)),),
)
RATES = replace(
    BARS, name="办结率", title="办结率", series=(Series("办结率", (0.5, 0.53, 1)),), is_percent=True
)
PARTS = replace(BARS, name="群体类别", title="按群体", kind=PictureKind.PARTS)
LINES = replace(
    BARS,
    name="需求办理进度",
    title="进度",
    kind=PictureKind.LINES,
    categories=("1—2月", "3—4月"),
    series=(Series("登记", (3, 5)), Series("办结", (1, None))),
)
MANY = replace(BARS, categories=CITIES * 6, series=(Series("走访妇女群众", tuple(range(18))),))


@pytest.mark.parametrize("picture", [BARS, RATES, PARTS, LINES, MANY])
def test_a_picture_is_drawn_and_the_same_again(picture: Picture) -> None:
    """Each kind gives a picture as wide as the type area, with ink on it, byte for byte the same."""
    drawn = draw_picture(picture, picture_font())
    image = Image.open(io.BytesIO(drawn))
    assert image.width > 2 * image.height > 1000
    colours = image.convert("RGB").getcolors(1 << 20)
    assert colours
    assert len(colours) > 50
    assert draw_picture(picture, picture_font()) == drawn


def test_the_font_is_ours_and_has_chinese() -> None:
    """The subset has every character of GB 2312, its own name, its licence beside it, and is small."""
    font = TTFont(picture_font())
    known = font.getBestCmap()
    rows = range(0xB0, 0xF8)
    wanted = {
        mark
        for row in rows
        for cell in range(0xA1, 0xFF)
        for mark in bytes((row, cell)).decode("gb2312", "ignore")
    }
    assert len(wanted) == 6763
    assert {mark for mark in wanted if ord(mark) not in known} == set()
    assert {mark for mark in "0123456789.%—（）、：" if ord(mark) not in known} == set()
    assert font["name"].getDebugName(1) == "Sheetflow Sans SC"
    assert "SIL OPEN FONT LICENSE" in picture_font().with_name("OFL.txt").read_text("utf-8")
    assert picture_font().stat().st_size < 2_000_000


def pictures_in(report: bytes) -> list[str]:
    """The captions in order, each after its picture."""
    paragraphs = docx.Document(io.BytesIO(report)).paragraphs
    captions = []
    for above, below in pairwise(paragraphs):
        if above._p.findall(".//{*}drawing"):  # noqa: SLF001 - python-docx has no public way
            captions.append(below.text)
    return captions


def test_pictures_stand_in_the_text_with_numbered_captions(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """The template shows those that there are, numbered as they come; without any, none is missed."""
    options = ReportOptions(picture_font=picture_font())
    with_some = replace(province, pictures=(RATES, LINES, BARS))
    report = render_report(template, with_some, stamp=stamp, options=options).docx
    assert pictures_in(report) == ["图1　走访妇女群众（本期，人次）", "图2　办结率", "图3　进度"]
    with zipfile.ZipFile(io.BytesIO(report)) as parts:
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert len(media) == 3
    assert render_report(template, with_some, stamp=stamp, options=options).docx == report
    bare = render_report(template, province, stamp=stamp, options=options).docx
    assert pictures_in(bare) == []
    assert "图1" not in "".join(par.text for par in docx.Document(io.BytesIO(bare)).paragraphs)


def test_only_one_module_knows_matplotlib() -> None:
    """What is heavy is imported where a picture is drawn, and nowhere else."""
    package = Path("sheetflow")
    knowing = [
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if "import matplotlib" in (text := file.read_text("utf-8")) or "from matplotlib" in text
    ]
    assert knowing == ["reporting/pictures.py"]
