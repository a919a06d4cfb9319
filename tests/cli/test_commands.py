"""The outside contract of the commands: what they print and how they end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheetflow.context.running import held_lock
from tests.tiny.desk import (
    ALL,
    AT,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    LAST,
    NEXT_DAY,
    NORTH,
    PROVINCE,
    SECOND,
    SOUTH,
    WEST,
    Desk,
    cell,
    head,
    patrols,
    sound,
)

Cli = Callable[..., Any]
MARCH = {**sound(), "patrols": patrols(40_000, means="步行")}
WALKED = cell("patrols", "metres")
UNITS = "code,name,level,parent\n990000,清河省,province,\n990100,上游市,prefecture,990000\n"


def _is_sentence(text: str) -> bool:
    """Whether it is plain Chinese for an operator."""
    chinese = sum("一" <= char <= "鿿" for char in text)
    return chinese > 5 and "Traceback" not in text and "Error" not in text


def test_init_makes_a_workspace_ready_to_run(cli: Cli, tmp_path: Path) -> None:
    """After init, run works as it is; init again completes what is missing and says the same."""
    units = tmp_path / "名单.csv"
    units.write_text(UNITS, encoding="utf-8")
    root = tmp_path / "work"
    made = cli("init", root, "--units", units)
    assert (made.code, made.err) == (0, "")
    assert f"工作文件夹已就绪：{root}（2个单位）" in made.out
    assert {entry.name for entry in root.iterdir()} >= {
        "sheetflow.toml",
        "units.xlsx",
        "templates",
        "inbox",
        "outbox",
        "state",
    }
    (root / "templates" / "board" / "上报情况.html").unlink()
    assert cli("init", root).code == 0
    assert (root / "templates" / "board" / "上报情况.html").is_file()
    assert cli("-C", root, "run").code == 0


def test_init_never_overwrites(cli: Cli, tmp_path: Path) -> None:
    """A folder with other files in it is left alone, with a sentence and exit 1."""
    (tmp_path / "别的.txt").write_text("x", encoding="utf-8")
    said = cli("init", tmp_path)
    assert said.code == 1
    assert _is_sentence(said.err)
    assert [entry.name for entry in tmp_path.iterdir()] == ["别的.txt"]


@pytest.mark.parametrize(
    "rows",
    ["code,name,level,parent\n1,甲县,county,2\n", "一,二\n", ""],
    ids=["tie", "header", "empty"],
)
def test_init_with_a_bad_list(cli: Cli, tmp_path: Path, rows: str) -> None:
    """A list of units that contradicts itself is refused before anything is made."""
    units = tmp_path / "名单.csv"
    units.write_text(rows, encoding="utf-8")
    said = cli("init", tmp_path / "work", "--units", units)
    assert said.code == 1
    assert _is_sentence(said.err)
    assert not (tmp_path / "work").exists()


def test_init_with_a_list_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    """A misspelt path is told in a sentence."""
    said = cli("init", tmp_path / "work", "--units", tmp_path / "没有.csv")
    assert said.code == 1
    assert _is_sentence(said.err)


def test_templates_says_how_many(cli: Cli, tmp_path: Path) -> None:
    """Issued the first time, nothing the second; one unit or one form where asked."""
    desk = Desk.make(tmp_path / "work")
    issue = ("-C", desk.root, "templates", "--period")
    assert f"{len(ALL)}份（{FIRST_NAMED}）" in cli(*issue, FIRST).out
    assert "0份" in cli(*issue, FIRST).out
    assert "1份" in cli(*issue, SECOND, "--unit", EAST).out
    assert f"{len(ALL)}份（2012年）" in cli(*issue, "2012", "--form", "register").out
    assert len(list((desk.root / "templates").glob("河道巡查_*.xlsx"))) == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("templates", "--period", "2012年"), FIRST),
        (("templates", "--period", "2012B7"), "2012B7"),
        (("templates", "--period", "2012"), "--form"),
        (("templates", "--period", FIRST, "--unit", "000000"), "000000"),
        (("templates", "--period", FIRST, "--form", "none"), "register"),
        (("status", "--period", "spring"), "spring"),
        (("status", "--period", "2012M03"), "没有哪张报表按2012年3月填报"),
        (("remind", "--period", "2012B1"), f"{FIRST}到{LAST}"),
        (("export", "--to", "rows", "--period", "上半年"), "《河道巡查表》"),
        (
            ("export", "--to", "rows", "--period", "2012年上半年"),
            "没有哪张报表按2012年上半年填报",
        ),
    ],
)
def test_what_is_not_here(cli: Cli, tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    """Who asks for a period, form or unit that is not here is told so in a sentence, exit 1."""
    desk = Desk.make(tmp_path / "work")
    said = cli("-C", desk.root, *words)
    assert said.code == 1
    assert _is_sentence(said.err)
    assert named in said.err
    assert list(desk.workspace.outbox.rglob("*.xlsx")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("templates",),
        ("run", "--loud"),
        ("fly",),
        ("check",),
        ("--at", "yesterday", "run"),
    ],
    ids=" ".join,
)
def test_wrong_words(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A call that we do not understand ends with 2 and says which part, and does nothing."""
    desk = Desk.make(tmp_path / "work")
    said = cli("-C", desk.root, *words)
    assert said.code == 2
    assert "Traceback" not in said.out + said.err
    assert said.err
    assert list(desk.workspace.outbox.rglob("*.xlsx")) == []


@pytest.mark.parametrize("command", ["run", "status", "watch", f"templates --period {FIRST}"])
def test_no_workspace(cli: Cli, tmp_path: Path, command: str) -> None:
    """Outside a workspace every command says so in one sentence and ends with 1."""
    said = cli("-C", tmp_path, *command.split())
    assert (said.code, said.out) == (1, "")
    assert "不是工作文件夹" in said.err
    assert _is_sentence(said.err)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("quiet_seconds = 0", "quite_seconds = 0", "quite_seconds"),
        ("quiet_seconds = 0", 'quiet_seconds = "soon"', "quiet_seconds"),
        ("quiet_seconds = 0", "quiet_seconds 0", "sheetflow.toml"),
        ("tests.tiny.campaign:CAMPAIGN", "no.such:THING", "no.such:THING"),
        ("tests.tiny.campaign:CAMPAIGN", "grassroots", "grassroots"),
    ],
)
def test_bad_settings(cli: Cli, desk: Desk, old: str, new: str, named: str) -> None:
    """A mistake in sheetflow.toml is named in a sentence, whatever the command."""
    file = desk.workspace.settings_file
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    said = cli("-C", desk.root, "run")
    assert said.code == 1
    assert named in said.err
    assert _is_sentence(said.err)


def test_run_says_what_it_did(cli: Cli, desk: Desk) -> None:
    """One pass prints how many were taken, how they were judged, and what was published."""
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, MARCH))
    said = cli("-C", desk.root, *AT, "run")
    assert (said.code, said.err) == (0, "")
    assert "收取来件2份；审核2份：已接收1份，退回1份" in said.out
    assert "发出邮件2封" in said.out
    again = cli("-C", desk.root, *AT, "run")
    assert (again.code, "收取来件0份；没有要审核的" in again.out) == (0, True)


def test_run_tells_what_stands_in_the_way(cli: Cli, desk: Desk) -> None:
    """A folder in a publication's place is its owner's: run names both and ends with 0."""
    (desk.out(PROVINCE) / "上报情况_清河省.html").mkdir(parents=True)
    desk.drop(EAST, desk.fill(EAST))
    said = cli("-C", desk.root, *AT, "run")
    assert said.code == 0
    assert "注意：" in said.out
    assert "上报情况_清河省_新.html" in said.out
    assert (desk.out(PROVINCE) / "上报情况_清河省_新.html").is_file()


def test_run_beside_another(cli: Cli, desk: Desk) -> None:
    """While one service is at work, a second is refused with a sentence that says what to do."""
    with held_lock(desk.workspace.lock):
        said = cli("-C", desk.root, "run")
    assert said.code == 1
    assert "另一个 sheetflow 正在这个工作文件夹里运行" in said.err


def test_the_clock_starts_where_told(cli: Cli, desk: Desk) -> None:
    """With --at the pass happens then: in time on the deadline's last day, late after it."""
    for unit_id, day in ((EAST, IN_TIME), (WEST, NEXT_DAY)):
        desk.drop(unit_id, desk.fill(unit_id))
        assert cli("-C", desk.root, "--at", f"{day:%Y-%m-%d}T23:00", "run").code == 0
    assert [entry.late for entry in desk.submissions()] == [False, True]
    assert {f"{entry.arrived_at:%Y-%m-%d %H}" for entry in desk.submissions()} == {
        f"{IN_TIME:%Y-%m-%d} 23",
        f"{NEXT_DAY:%Y-%m-%d} 23",
    }


def test_check_accepts(cli: Cli, desk: Desk) -> None:
    """A sound workbook would be accepted: exit 0, one line, and nothing is submitted."""
    said = cli("-C", desk.root, *AT, "check", desk.fill(EAST))
    assert (said.code, said.err) == (0, "")
    assert said.out == "审核结果：已接收（强制性0，核实性0，提示性0）\n"
    assert desk.submissions() == ()


def test_check_names_place_fault_and_remedy(cli: Cli, desk: Desk) -> None:
    """A bad one is told in a line for each finding: where, what, what to do; exit 1."""
    said = cli("-C", desk.root, *AT, "check", desk.fill(EAST, MARCH))
    assert said.code == 1
    assert said.out.splitlines() == [
        "审核结果：退回（强制性1，核实性0，提示性0）",
        (
            f"1. 强制性　《巡河日志》{WALKED}“巡河里程（米）”：步行巡河里程为40000米，一次步行不会超过30000米。"
            "请核对里程的单位是不是米，或改正巡河方式。"
        ),
    ]


def test_check_json(cli: Cli, desk: Desk) -> None:
    """--json prints one object of outcome and findings, and nothing else."""
    said = cli("-C", desk.root, *AT, "check", "--json", desk.fill(EAST, MARCH))
    assert said.code == 1
    document = json.loads(said.out)
    number = document["findings"][0]["number"]
    assert re.fullmatch("[0-9A-F]{8}", number)
    assert document == {
        "outcome": "returned",
        "findings": [
            {
                "number": number,
                "rule": "walk-too-long",
                "severity": "must",
                "sheet": "巡河日志",
                "cell": WALKED,
                "code": "",
                "message": f"《巡河日志》{WALKED}“巡河里程（米）”：步行巡河里程为40000米，一次步行不会超过30000米。"
                "请核对里程的单位是不是米，或改正巡河方式。",
            }
        ],
    }
    sound_one = cli("-C", desk.root, *AT, "check", "--json", desk.fill(EAST))
    assert (sound_one.code, json.loads(sound_one.out)) == (
        0,
        {"outcome": "accepted", "findings": []},
    )


def test_check_as_another_unit(cli: Cli, desk: Desk) -> None:
    """With --unit the file is judged as if that unit had dropped it: held."""
    said = cli("-C", desk.root, *AT, "check", "--json", "--unit", WEST, desk.fill(EAST))
    assert said.code == 1
    document = json.loads(said.out)
    assert document["outcome"] == "held"
    assert [finding["rule"] for finding in document["findings"]] == ["unit-other"]


def test_check_of_what_is_no_workbook(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Rubbish is refused with its reason; a missing file or unknown unit is told in a sentence."""
    rubbish = tmp_path / "乱.xlsx"
    rubbish.write_bytes(b"rubbish")
    said = cli("-C", desk.root, "check", "--json", rubbish)
    assert (said.code, json.loads(said.out)["outcome"]) == (1, "refused")
    for words in ((tmp_path / "没有.xlsx",), (tmp_path,), (desk.fill(EAST), "--unit", "7")):
        said = cli("-C", desk.root, "check", *words)
        assert (said.code, said.out) == (1, "")
        assert _is_sentence(said.err)


def test_status_json(cli: Cli, desk: Desk) -> None:
    """--json prints one object: the period, every unit in administrative order, and what waits."""
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, MARCH))
    desk.drop(SOUTH, desk.fill(SOUTH, {"head": head(frozen="是")}))
    desk.drop(NORTH, desk.fill(EAST, name="东岸.xlsx"))
    cli("-C", desk.root, "--at", f"{NEXT_DAY:%Y-%m-%d}T09:00", "run")
    said = cli("-C", desk.root, "status", "--json", "--period", FIRST)
    assert (said.code, said.err) == (0, "")
    document = json.loads(said.out)
    assert list(document) == ["period", "units", "waiting", "signed"]
    (held,) = document["waiting"]
    assert (held["kind"], held["unit_id"], held["receipt"]) == ("held", NORTH, f"{NORTH}-{FIRST}-1")
    assert held["reason"] == held["message"]
    assert "990202 北岸县 第1号" in held["message"]
    assert f"{NEXT_DAY:%Y-%m-%d}T09:00:0" in held["since"]
    assert document["period"] == FIRST
    assert [unit["unit_id"] for unit in document["units"]] == list(ALL)
    by_id = {unit["unit_id"]: unit for unit in document["units"]}
    assert by_id[WEST] == {
        "unit_id": WEST,
        "name": "西岸县",
        "level": "县",
        "parent": "9901",
        "state": "returned",
        "form": "patrol",
        "period": FIRST,
        "carried": False,
        "passing": "none",
        "returned_by": None,
        "questions": 0,
        "excused_until": None,
        "late": True,
        "receipt": f"990102-{FIRST}-1",
        "findings": {"must": 1, "verify": 0, "note": 0},
    }
    assert by_id[PROVINCE] == {
        "unit_id": PROVINCE,
        "name": "清河省",
        "level": "省",
        "parent": None,
        "state": "missing",
        "form": "patrol",
        "period": FIRST,
        "carried": False,
        "passing": "none",
        "returned_by": None,
        "questions": 0,
        "excused_until": None,
        "late": False,
        "receipt": None,
        "findings": {"must": 0, "verify": 0, "note": 0},
    }
    assert (by_id[EAST]["state"], by_id[EAST]["late"], by_id[SOUTH]["state"]) == (
        "accepted",
        True,
        "nil",
    )


def test_status_names_who_is_missing(cli: Cli, desk: Desk) -> None:
    """The table counts and names whoever is not in; an empty workspace shows all of them."""
    said = cli("-C", desk.root, *AT, "status")
    assert said.code == 0
    assert f"{FIRST_NAMED}：应报{len(ALL)}个单位，已报0个，未报{len(ALL)}个。" in said.out
    assert all(unit_id in said.out for unit_id in ALL)


def test_help_is_whole(cli: Cli) -> None:
    """--help lists the commands; --version prints one line; no argument shows the help."""
    said = cli("--help")
    assert said.code == 0
    for command in ("init", "templates", "run", "watch", "check", "status", "demo"):
        assert command in said.out
    assert cli("--version").out.startswith("sheetflow ")


def test_as_a_program(desk: Desk) -> None:
    """Called as a program in a bare environment, faults are sentences on standard error."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(
        [sys.executable, "-m", "sheetflow", "-C", str(desk.root / "no"), "run"],
        env=environment,
        capture_output=True,
        check=False,
        cwd=desk.root,
    )
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert "不是工作文件夹" in ended.stderr.decode("utf-8")
