"""The pictures of a report: drawn from declared charts, in our own font, the same every time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageOps

from sheetflow.config.workspace import picture_font
from sheetflow.consolidation.report_data import Picture, ReportData, Series
from sheetflow.reporting import render_report, report
from sheetflow.reporting.pictures import draw_picture
from sheetflow.schemas.forms import Across

CITIES = ("山东省本级", "济南市", "青岛市")
BARS = Picture(
    name="走访群众",
    title="走访妇女群众（本期，人次）",
    across=Across.UNITS,
    unit="人次",
    categories=CITIES,
    series=(Series("走访妇女群众", (177, 3976, None)),),
)
RATES = replace(
    BARS, name="办结率", title="办结率", series=(Series("办结率", (0.5, 0.53, 1)),), is_percent=True
)
PARTS = replace(BARS, name="群体类别", title="按群体", across=Across.INDICATORS)
LINES = replace(
    BARS,
    name="需求办理进度",
    title="进度",
    across=Across.PERIODS,
    categories=("1—2月", "3—4月"),
    series=(Series("登记", (3, 5)), Series("办结", (1, None))),
)
SEVERAL = replace(RATES, series=(Series("走访", (0.2, 1.4, None)), Series("办结", (1, 0, 0.3))))
MANY = replace(BARS, categories=CITIES * 6, series=(Series("走访妇女群众", tuple(range(18))),))


@pytest.mark.parametrize("picture", [BARS, RATES, PARTS, LINES, MANY, SEVERAL])
def test_a_picture_is_drawn_and_the_same_again(picture: Picture) -> None:
    """Each kind gives a picture as wide as the type area, with ink on it, byte for byte the same."""
    drawn = draw_picture(picture, picture_font())
    image = Image.open(io.BytesIO(drawn))
    assert image.width > 2 * image.height > 1000
    colours = image.convert("RGB").getcolors(1 << 20)
    assert colours
    assert len(colours) > 50
    assert draw_picture(picture, picture_font()) == drawn


@pytest.mark.parametrize("picture", [BARS, RATES, PARTS, LINES, MANY, SEVERAL])
def test_nothing_is_cut_off_at_the_edge(picture: Picture) -> None:
    """Whatever room words, names and key take, all stays on the sheet, white edges around it."""
    longest = tuple(name * 3 for name in picture.categories)
    for drawn in (picture, replace(picture, categories=longest)):
        image = Image.open(io.BytesIO(draw_picture(drawn, picture_font()))).convert("L")
        left, top, right, bottom = ImageOps.invert(image).getbbox() or (0, 0, 0, 0)
        assert min(left, top, image.width - right, image.height - bottom) >= 2


def test_a_picture_says_how_large_it_is_to_be() -> None:
    """A picture bears 200 dots to an inch, and is small enough for a report that is mailed."""
    drawn = draw_picture(MANY, picture_font())
    image = Image.open(io.BytesIO(drawn))
    image.verify()
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.01)
    assert len(drawn) < 100_000


def test_a_part_of_nothing_and_a_part_that_is_all_are_drawn() -> None:
    """A pie of one part is one colour all around; parts of 0 take none of it."""
    alone = replace(PARTS, series=(Series("按群体", (0, 7, None)),))
    image = Image.open(io.BytesIO(draw_picture(alone, picture_font()))).convert("RGB")
    painted = {colour: count for count, colour in image.getcolors(1 << 20) or ()}
    second, others = (
        painted[0xC5, 0x5A, 0x11],
        (painted[0x2F, 0x75, 0xB5], painted[0x54, 0x82, 0x35]),
    )
    assert second > 100_000
    assert max(others) < 1000  # the samples of the key


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
    font = picture_font()
    with_some = replace(province, pictures=(RATES, LINES, BARS))
    made = render_report(template, with_some, stamp=stamp, picture_font=font).docx
    assert pictures_in(made) == ["图1　走访妇女群众（本期，人次）", "图2　办结率", "图3　进度"]
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert len(media) == 3
    assert render_report(template, with_some, stamp=stamp, picture_font=font).docx == made
    bare = render_report(template, province, stamp=stamp, picture_font=font).docx
    assert pictures_in(bare) == []
    assert "图1" not in "".join(par.text for par in docx.Document(io.BytesIO(bare)).paragraphs)


def test_the_pictures_of_a_report_are_drawn_once(
    template: bytes, province: ReportData, stamp: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report, its annex and a template that serves instead ask for the same pictures."""
    asked: list[str] = []

    def counted(picture: Picture, font: Path) -> bytes:
        asked.append(picture.name)
        return draw_picture(picture, font)

    monkeypatch.setattr(report, "draw_picture", counted)
    shown = replace(province, pictures=(replace(RATES, remarks=("", "已报0个", "")), LINES))
    again = replace(shown, unit_name="别的单位")
    for each in (shown, replace(shown, remark="说明"), again):
        render_report(template, each, stamp=stamp, picture_font=picture_font())
    assert asked == ["办结率", "需求办理进度"]
    changed = replace(shown, pictures=(LINES,))
    render_report(template, changed, stamp=stamp, picture_font=picture_font())
    assert asked == ["办结率", "需求办理进度", "需求办理进度"]


def test_one_module_knows_matplotlib() -> None:
    """What is heavy is imported where a picture is drawn, and nowhere else."""
    package = Path("sheetflow")
    knowing = {
        file.relative_to(package).as_posix(): text
        for file in package.rglob("*.py")
        if "import matplotlib" in (text := file.read_text("utf-8")) or "from matplotlib" in text
    }
    assert set(knowing) == {"reporting/pictures.py", "children/roll_up_tasks.py"}
    for text in knowing.values():
        assert not re.search(r"^(import|from) matplotlib", text, re.MULTILINE)
