"""The guide that is shipped is the one in 使用手册.md, and speaks of what there is."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

import sheetflow.cli.campaign_commands
import sheetflow.cli.decision_commands
import sheetflow.cli.upkeep  # noqa: F401 - they add their commands to the app
from sheetflow.cli.commands import app

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "sheetflow" / "defaults" / "guide"
TEXT = (ROOT / "使用手册.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    """Both files, made from today's text."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from build_guide import built as build  # type: ignore[import-not-found]

        made: dict[str, bytes] = build()
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return made


def members(content: bytes) -> dict[str, bytes]:
    """What a document holds: how it is packed differs by system."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_shipped_guide_is_todays(built: dict[str, bytes]) -> None:
    """Whoever changes the text builds both files again: python tools/build_guide.py."""
    told = "使用手册.md has changed: run `python tools/build_guide.py`"
    html = (SHIPPED / "使用手册.html").read_bytes()
    assert html == built["使用手册.html"], told
    document = (SHIPPED / "使用手册.docx").read_bytes()
    assert members(document) == members(built["使用手册.docx"]), told


def test_every_link_leads_somewhere(built: dict[str, bytes]) -> None:
    """A link in the guide leads to a heading, in the browser and in Word."""
    page = built["使用手册.html"].decode()
    wanted = set(re.findall('href="#([^"]+)"', page))
    assert wanted
    assert {unquote(name) for name in wanted} <= set(re.findall('id="([^"]+)"', page))
    document = members(built["使用手册.docx"])["word/document.xml"].decode()
    anchors = set(re.findall('w:anchor="([^"]+)"', document))
    assert len(anchors) == len(wanted)
    assert anchors <= set(re.findall('w:bookmarkStart [^>]*w:name="([^"]+)"', document))


def test_the_guide_knows_every_command() -> None:
    """Each command is named in the guide, and none that does not exist."""
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    called = set(re.findall(r"sheetflow (?:-C \S+ )?([a-z]+)\b", TEXT))
    assert called <= commands
    assert {name for name in commands if not re.search(rf"\b{name}\b", TEXT)} == set()
