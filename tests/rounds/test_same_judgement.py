"""Checked, dropped into 预审, or submitted: a workbook is judged the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from sheetflow.findings import Finding
from sheetflow.schemas.documents import load_finding
from sheetflow.upkeep.check import check_file
from sheetflow.workbook import parse_cell_name
from tests.rounds.desk import LIXIA, SHIZHONG, CountyDesk
from tests.rounds.forty import FORTY

_REPOSITORY = Path(__file__).parents[2]
Told = list[tuple[str, str, str, str]]

WORKBOOKS: dict[str, str] = {
    "sound": "",
    "only habits": "@ 走访记录 日期 4 = 2012.3.5\n@ 走访记录 走访妇女人次 4 = ２０",
    "to be explained": "@ 走访记录 日期 4 = 2012-02-28",
    "one mistake": "@ 走访记录 走访妇女人次 4 = 约20",
    "forty mistakes": FORTY,
    "another unit's": "@ 封面 单位代码 = '370103",
    "no header": "@ 走访记录 blank 3",
}


def told(findings: tuple[Finding, ...]) -> Told:
    """The findings as they are compared."""
    return [
        (entry.rule, entry.severity.value, entry.place.title, entry.place.cell)
        for entry in findings
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> CountyDesk:
    """All workbooks lie checked, prechecked and submitted; the sound one comes last.

    Each goes to a workspace of its own counties in turn, so that none is the other's past.
    """
    desk = CountyDesk.make(tmp_path_factory.mktemp("same") / "work")
    for number, changes in enumerate(WORKBOOKS.values()):
        desk.drop(LIXIA, desk.write(LIXIA, changes, f"预审{number}.xlsx"), "预审")
    desk.run()
    return desk


@pytest.fixture(scope="module")
def prechecked(desk: CountyDesk) -> list[tuple[str, Told]]:
    """What each precheck was told, in the order of the workbooks."""

    def documents(number: int) -> tuple[str, Told]:
        head, *rest = desk.ask(lambda context: context.store.arrivals.find_answer_document(number))
        return str(head["outcome"]), told(tuple(map(load_finding, rest)))

    return [documents(number) for number in range(1, len(WORKBOOKS) + 1)]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_check_says_what_a_precheck_says(
    desk: CountyDesk, prechecked: list[tuple[str, Told]], name: str
) -> None:
    """The command and the folder 预审 give the same outcome and findings, cell by cell."""
    number = list(WORKBOOKS).index(name)
    file = desk.write(LIXIA, WORKBOOKS[name], f"预审{number}.xlsx")
    checked = desk.ask(lambda context: check_file(context, file)).judgement
    assert (checked.outcome.value, told(checked.findings)) == prechecked[number]


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKBOOKS)
def test_submitting_says_the_same(
    tmp_path: Path, prechecked: list[tuple[str, Told]], name: str
) -> None:
    """Submitted for real, the workbook has the same outcome and findings."""
    desk = CountyDesk.make(tmp_path / "work")
    desk.drop(LIXIA, desk.write(LIXIA, WORKBOOKS[name]))
    desk.run()
    (submission,) = desk.submissions(LIXIA)
    expected = prechecked[list(WORKBOOKS).index(name)]
    assert (submission.outcome, told(desk.findings(submission))) == expected


def test_prechecks_count_nowhere(desk: CountyDesk) -> None:
    """Nothing that was prechecked is submitted."""
    assert desk.submissions(LIXIA) == ()


def test_a_precheck_keeps_what_was_answered(tmp_path: Path) -> None:
    """Answers in a returned copy that goes through 预审 first come back in its marked copy."""
    desk = CountyDesk.make(tmp_path / "work")
    desk.drop(
        SHIZHONG,
        desk.write(SHIZHONG, "@ 走访记录 日期 4 = 2012-02-28\n@ 走访记录 走访妇女人次 5 = 约30"),
    )
    desk.run()
    book = openpyxl.load_workbook(desk.answer(SHIZHONG, "退回"))
    page = book["问题清单"]
    row = next(row for row in range(4, 7) if page.cell(row, 3).value == "核实性")
    page.cell(row, 9).value = "上期漏报"
    answered = tmp_path / "预审稿.xlsx"
    book.save(answered)
    desk.drop(SHIZHONG, answered, "预审")
    desk.run()
    copy = openpyxl.load_workbook(desk.answer(SHIZHONG, "预审"))["问题清单"]
    assert "上期漏报" in {copy.cell(row, 9).value for row in range(4, 7)}


def test_check_knows_a_copied_workbook_by_its_cover(desk: CountyDesk) -> None:
    """Where the hidden sheet was left behind, the unit is the one that the cover names."""
    file = desk.write(LIXIA, "@ _表标识 gone", "复制件.xlsx")
    assert desk.ask(lambda context: check_file(context, file)).judgement.outcome.value == "accepted"


def test_on_the_command_line(desk: CountyDesk) -> None:
    """``check --json`` prints the same findings, ``check`` a line for each; both end with 1."""
    file = desk.write(LIXIA, FORTY, "命令行.xlsx")
    command = [sys.executable, "-m", "sheetflow", "-C", str(desk.root), "--at", "2012-05-03T10:00"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(_REPOSITORY),
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }
    printed = [
        subprocess.run(
            [*command, "check", str(file), *options],
            check=False,
            capture_output=True,
            env=environment,
            cwd=desk.root,
            encoding="utf-8",
        )
        for options in (["--json"], [])
    ]
    assert [done.returncode for done in printed] == [1, 1]
    document = json.loads(printed[0].stdout)
    checked = desk.ask(lambda context: check_file(context, file)).judgement
    assert document["outcome"] == checked.outcome.value
    assert [
        (entry["rule"], entry["severity"], entry["sheet"], entry["cell"])
        for entry in document["findings"]
    ] == told(checked.findings)
    for entry in document["findings"]:
        if entry["cell"]:
            parse_cell_name(entry["cell"])
    assert "审核结果：退回" in printed[1].stdout
    lines = printed[1].stdout.splitlines()
    assert len(lines) == 1 + len(checked.findings)
