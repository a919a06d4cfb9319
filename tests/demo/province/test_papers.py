"""The demo's plans and the contest of papers: handed in, mended, judged, up to 推荐名单 and 论文集."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from tests.demo.province.conftest import Played
from tests.tiny.desk import table

YEAR = "2012"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _first_sentence(paper: bytes) -> str:
    """What a paper begins with, below title and authors."""
    return docx.Document(BytesIO(paper)).paragraphs[2].text


def test_the_contest_of_papers_is_played_to_its_end(played: Played) -> None:
    """The 论文集 has the first sentence of every listed paper, each of which lies in its zip."""
    top = played.top / YEAR
    (listed,) = top.glob("推荐名单_*.xlsx")
    rows = table(listed, "推荐名单", "名次")
    assert len(rows) >= 3
    grades = [str(row["最终获奖等次"]) for row in rows]
    assert set(grades) >= {"一等奖", "二等奖", "三等奖", "未获奖"}
    assert grades == sorted(grades, key=("一等奖", "二等奖", "三等奖", "未获奖").index)
    (originals,) = top.glob("论文集原件_*.zip")
    (volume,) = top.glob("论文集_*.docx")
    told = [paragraph.text for paragraph in docx.Document(str(volume)).paragraphs]
    with zipfile.ZipFile(originals) as archive:
        papers = [archive.read(name) for name in archive.namelist() if name.endswith(".docx")]
    assert len(papers) == len(rows)
    assert all(_first_sentence(paper) in told for paper in papers)
    assert list(top.glob("附件_*活动实施方案备案表.zip"))
    named = [Path(line.strip()).name for line in played.said if line.startswith("  /")]
    assert {volume.name, listed.name} <= set(named)
