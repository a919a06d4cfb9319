"""Whom a report quotes by the office's own wish: read by the list of units, told where it means nothing."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from docx import Document

from sheetflow.context import Context
from sheetflow.service.gists import gist_by
from tests.tiny.desk import FIRST, PROVINCE, REEDS, SANDS, SOUTH, TOWNSHIPS_DAY, TREE
from tests.tiny.reported import REPORTED, ReportedDesk, telling

SAID = {
    SOUTH: "县里每月拉网排查一次，重点看桥下和闸口，问题清单当天交给乡镇。",
    SANDS: "沙洲一段雨后冲出两处旧涵管，已经封堵并立了警示牌，村里派人看守，半月复查一次。",
    REEDS: "芦荡水面请渔民帮忙巡查，发现漂浮物随手打捞，每船每天一袋。",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> ReportedDesk:
    """A county and two townships below it have said something."""
    desk = ReportedDesk.begun(tmp_path_factory.mktemp("quoting") / "work")
    for unit_id, words in SAID.items():
        desk.drop(unit_id, desk.fill(unit_id, telling(words, 40)))
    assert desk.run(TOWNSHIPS_DAY).outcomes == {"accepted": len(SAID)}
    return desk


def told(desk: ReportedDesk, unit_id: str) -> list[str]:
    """Name the units whose words stand in a report, in its order."""
    document = Document(str(desk.answer(unit_id, "情况报告_")))
    paragraphs = (paragraph.text for paragraph in document.paragraphs)
    return [
        text.partition("：")[0] for text in paragraphs if text.partition("：")[2] in SAID.values()
    ]


def wish(desk: ReportedDesk, lines: str) -> None:
    """Write lines below ``[report.quotes]``."""
    file: Path = desk.workspace.settings_file
    text = file.read_text(encoding="utf-8")
    heading = "[report.quotes]\n"
    changed = re.sub(r"(?s)\[report\.quotes\]\n.*?\n\n", lambda _: f"{heading}{lines}\n", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")


def test_whom_the_office_names_is_quoted_and_what_means_nobody_is_told(desk: ReportedDesk) -> None:
    """A wish is followed at the next start, by name or id; one that means no unit below is told, not followed."""
    south, sands, reeds = (TREE[unit_id].name for unit_id in (SOUTH, SANDS, REEDS))
    assert told(desk, SOUTH) == [south, reeds, sands]
    wish(desk, f'"{south}" = ["{SANDS}", "{reeds}"]\n')
    done = desk.run(TOWNSHIPS_DAY)
    assert any("发文设置有变化" in sentence for sentence in done.mended)
    assert told(desk, SOUTH) == [south, sands, reeds]
    province = TREE[PROVINCE].name
    wish(
        desk,
        f'"{south}.巡查小结" = ["{sands}", "没有的乡", "{province}"]\n"无名县" = ["{sands}"]\n'
        f'"{province}.下月打算" = ["{sands}"]\n',
    )
    place = "sheetflow.toml 的 [report.quotes] 里"
    troubles = [trouble for trouble in desk.run(TOWNSHIPS_DAY).troubles if place in trouble]
    assert troubles == [
        f"{place}“{south}.巡查小结”：没有“没有的乡”这个单位，不会引用。请对照 units.xlsx 写单位代码或名称。",
        f"{place}“{south}.巡查小结”：“{province}”不是{south}的下级单位，不会引用。请改正。",
        f"{place}“无名县”：没有“无名县”这个单位，不会引用。请对照 units.xlsx 写单位代码或名称。",
        f"{place}“{province}.下月打算”：没有“下月打算”这一项可以引用。可以写：巡查小结。",
    ]
    assert told(desk, SOUTH) == [south, sands]


def gists(desk: ReportedDesk) -> dict[str, object]:
    """Give what is kept in short of each accepted workbook, by receipt."""

    def kept(context: Context) -> dict[str, object]:
        form = context.form(REPORTED.main_form.key)
        standing = context.store.submissions.find_all_accepted(form.key, FIRST).values()
        numbers = {entry.judgement_id: entry.receipt for entry in standing}
        found = context.store.gists.find(numbers, gist_by(context, form))
        return {numbers[number]: document for number, document in found.items()}

    return desk.ask(kept)


def test_what_an_older_version_did_not_keep_is_made_at_the_next_start(desk: ReportedDesk) -> None:
    """Sketches are kept with the judgement; where a database has none yet, a pass makes just the same."""
    before = gists(desk)
    assert len(before) == len(SAID)
    with closing(sqlite3.connect(desk.workspace.database)) as database, database:
        database.execute("DELETE FROM gists")
    assert gists(desk) == {}
    desk.run(TOWNSHIPS_DAY)
    assert gists(desk) == before
