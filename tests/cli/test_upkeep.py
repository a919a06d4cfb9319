"""The commands that keep the office going: what they print, how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheetflow.context.running import held_lock
from tests.tiny.desk import ALL, CITIES_DAY, EAST, NORTH, SECOND, WEST, Desk, patrols, sound

Cli = Callable[..., Any]
OVERDUE = ("--at", f"{CITIES_DAY:%Y-%m-%dT%H:%M}")
YEAR_AFTER = ("--at", "2013-03-01T10:00")
MARCH = {**sound(), "patrols": patrols(40_000, means="步行")}


@pytest.fixture
def served(desk: Desk) -> Desk:
    """One unit accepted, one returned."""
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, MARCH))
    desk.run()
    return desk


def test_remind_prints_whom_and_sends(cli: Cli, served: Desk) -> None:
    """Every missing unit has its line; the mail is out; a second call says it was done today."""
    told = cli("-C", served.root, *OVERDUE, "remind")
    assert told.code == 0
    missing = len(ALL) - 1
    assert f"尚未完成报送的{missing}个，这次催报{missing}个" in told.out
    assert "990102 西岸县（退回待改）：已催报" in told.out
    assert "名单已告知上级：清河省、上游市、下游市、南岸县" in told.out
    superiors = 4
    assert f"已发信{missing + superiors}封" in told.out
    assert any("催报：" in str(mail["Subject"]) for mail in served.mails(NORTH))
    assert "990202 北岸县（未报）：今天已经催过" in cli("-C", served.root, *OVERDUE, "remind").out


def test_remind_leaves_sending_to_a_running_service(cli: Cli, served: Desk) -> None:
    """Beside `watch` the mail is only queued: nobody gets it twice."""
    with held_lock(served.workspace.lock):
        told = cli("-C", served.root, *OVERDUE, "remind")
    assert "正在值守的服务会马上把信发出" in told.out
    assert not any("催报" in str(mail["Subject"]) for mail in served.mails(NORTH))


def test_remind_says_when_there_is_no_need(cli: Cli, served: Desk) -> None:
    """A period far from its end, or a misspelt one, is answered in words."""
    early = cli("-C", served.root, *OVERDUE, "remind", "--period", SECOND)
    assert (early.code, "还没有结束" in early.err) == (1, True)
    wrong = cli("-C", served.root, *OVERDUE, "remind", "--period", "2012B9")
    assert (wrong.code, "没有报告期 2012B9" in wrong.err) == (1, True)


def test_doctor_ends_well_and_badly(cli: Cli, served: Desk) -> None:
    """Without a fault doctor ends with 0, with one with 1; every line says how bad and what to do."""
    served.workspace.state.chmod(0o700)
    good = cli("-C", served.root, "doctor")
    assert (good.code, "故障0" in good.out) == (0, True)
    next(served.workspace.archive.glob("??/*")).unlink()
    bad = cli("-C", served.root, "doctor")
    assert bad.code == 1
    assert "故障 原件存档：" in bad.out
    assert "→ " in bad.out


def test_doctor_tells_a_program_as_well(cli: Cli, served: Desk) -> None:
    """``--json`` gives one object with all lines and the counts."""
    told = json.loads(cli("-C", served.root, "doctor", "--json").out)
    assert told["faults"] == 0
    assert {line["grade"] for line in told["lines"]} <= {"ok", "warning", "fault"}
    assert {"grade", "topic", "found", "remedy"} == set(told["lines"][0])


def test_doctor_in_a_folder_that_is_no_workspace(cli: Cli, tmp_path: Path) -> None:
    """Even there doctor answers with a line instead of breaking off."""
    told = cli("-C", tmp_path, "doctor")
    assert (told.code, "不是工作文件夹" in told.out) == (1, True)


def test_health_is_an_exit_code(cli: Cli, served: Desk) -> None:
    """Without a service `doctor --health` ends with 1, in words or as an object."""
    told = cli("-C", served.root, "doctor", "--health")
    assert (told.code, "没有正在值守的服务" in told.out) == (1, True)
    told = cli("-C", served.root, "doctor", "--health", "--json")
    assert (told.code, json.loads(told.out)["healthy"]) == (1, False)


def test_backup_and_restore_by_hand(cli: Cli, served: Desk, tmp_path: Path) -> None:
    """Backed up, restored elsewhere and run, the other machine says and publishes the same."""
    saved, root = tmp_path / "备份.zip", tmp_path / "new"
    assert "请妥善保管" in cli("-C", served.root, "backup", saved).out
    assert "要重新发布的文件" in cli("-C", root, "restore", saved).out
    assert cli("-C", root, "run").code == 0
    again = Desk(root)
    assert again.states() == served.states()
    assert again.answer(EAST, "回执").read_bytes() == served.answer(EAST, "回执").read_bytes()
    refused = cli("-C", root, "restore", saved)
    assert (refused.code, "--force" in refused.err) == (1, True)
    assert "恢复前_" in cli("-C", root, "restore", saved, "--force").out


def test_purge_asks_before_it_does(cli: Cli, served: Desk) -> None:
    """Without --yes purge only tells what would go; with it, it goes, and a second call finds none."""
    order = ("-C", served.root, *YEAR_AFTER, "purge", "--before", "2013-01-01")
    asked = cli(*order)
    assert (asked.code, "将清理原件2份" in asked.out, "--yes" in asked.err) == (1, True, True)
    assert [path for path in served.workspace.archive.rglob("*") if path.is_file()]
    done = cli(*order, "--yes")
    assert (done.code, "已清理原件2份" in done.out) == (0, True)
    assert not [path for path in served.workspace.archive.rglob("*") if path.is_file()]
    assert "已清理原件0份" in cli(*order, "--yes").out


def test_check_writes_the_marked_copy(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """``--annotate`` adds the marked copy; what cannot be read has none, and that is said."""
    marked = tmp_path / "批注.xlsx"
    told = cli("-C", desk.root, "check", desk.fill(WEST, MARCH), "--annotate", marked)
    assert (told.code, marked.is_file()) == (1, True)
    (tmp_path / "坏.xlsx").write_bytes(b"nothing")
    told = cli("-C", desk.root, "check", tmp_path / "坏.xlsx", "--annotate", tmp_path / "b.xlsx")
    assert (told.code, "没有写批注件" in told.err) == (1, True)


def test_the_help_names_every_command(cli: Cli) -> None:
    """Whoever asks for help finds them."""
    out = cli("--help").out
    assert all(name in out for name in ("remind", "doctor", "backup", "restore", "purge"))
