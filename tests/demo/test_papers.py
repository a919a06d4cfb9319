"""The demo's plans and the contest of papers: handed in, mended, judged, up to 推荐名单 and 论文集."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from sheetflow.demo import Size, play
from tests.tiny.desk import table

TOP, YEAR = "370000-山东省", "2012"


def _first_sentence(paper: bytes) -> str:
    """What a paper begins with, below title and authors."""
    return docx.Document(BytesIO(paper)).paragraphs[2].text


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_province_plays_its_plans_and_the_contest_of_its_papers(tmp_path: Path) -> None:
    """A forgotten paper is found and mended; the 论文集 has the first sentence of every listed paper."""
    said: list[str] = []
    code = play(tmp_path / "W", Size(counties=3, rows=6, periods=1), seed=3, say=said.append)
    numbers = [int(number) for number in re.findall(r"\d+", said[-1])]
    assert (code, numbers[0] - numbers[1], numbers[2]) == (0, 0, 0), said
    top = tmp_path / "W" / "outbox" / TOP / YEAR
    (listed,) = top.glob("推荐名单_*.xlsx")
    rows = table(listed, "推荐名单", "名次")
    assert len(rows) >= 3
    assert {row["最终获奖等次"] for row in rows} >= {"一等奖", "二等奖"}
    (originals,) = top.glob("论文集原件_*.zip")
    (volume,) = top.glob("论文集_*.docx")
    told = [paragraph.text for paragraph in docx.Document(str(volume)).paragraphs]
    with zipfile.ZipFile(originals) as archive:
        papers = [archive.read(name) for name in archive.namelist() if name.endswith(".docx")]
    awarded = [row for row in rows if row["最终获奖等次"] != "未获奖"]
    assert len(papers) == len(awarded)
    assert all(_first_sentence(paper) in told for paper in papers)
    assert list(top.glob("附件_*活动实施方案备案表.zip"))
    named = [Path(line.strip()).name for line in said if line.startswith("  /")]
    assert {volume.name, listed.name} <= set(named)
