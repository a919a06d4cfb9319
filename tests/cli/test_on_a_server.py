"""An office whose database is on a server answers, merges and reports as one with a file does, byte for byte."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.dispatching import leading
from sheetflow.errors import StoreBusyError
from sheetflow.service.one_pass import run_pass
from sheetflow.upkeep import copy_store
from tests.cli.conftest import Cli
from tests.postgres import Cluster, cluster, next_schema, programs
from tests.programs import COMPLETE
from tests.reliability.driver import StoppedClock
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
    head,
    sound,
)


def whole(said: str) -> str:
    """Take out the breaks and blanks with which a screen tells something."""
    return re.sub(r"\s", "", said)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    if programs() is None and not COMPLETE:
        pytest.skip("PostgreSQL (initdb) is not installed")
    with cluster() as made:
        yield made


@pytest.fixture
def moved(tmp_path: Path, postgres: Cluster, cli: Cli) -> tuple[Desk, Desk]:
    """Two offices that are alike, with one county's report in; the second one's database was moved to the server."""
    here = Desk.make(tmp_path / "here")
    here.issue()
    here.drop(EAST, here.fill(EAST))
    here.run()
    there = Desk(tmp_path / "there")
    shutil.copytree(here.root, there.root)
    url = postgres.url(next_schema())
    said = cli("-C", there.root, "store", "copy", "--to", url)
    assert said.code == 0, said.err
    assert "来件1件、报送1份），逐表核对一致" in whole(said.out)
    write_url(there, url)
    there.workspace.database.unlink()
    return here, there


def run_at(desk: Desk, at: dt.datetime) -> None:
    """Run a pass in which no time goes by: a receipt tells the minute."""
    moment = at.timestamp()
    for path in desk.inbox_files():
        os.utime(path, (moment, moment))

    def one_pass(context: Context) -> None:
        context.clock = StoppedClock(at)
        run_pass(context)

    desk.ask(one_pass, at)


def play(*desks: Desk) -> None:
    """Have everybody report, one wrongly, one twice, one late: the very same files in each office."""
    first = desks[0]
    drops = [
        (WEST, first.fill(WEST, sound(500, 700))),
        (SOUTH, first.fill(SOUTH, {**sound(), "head": head(frozen="也许")})),
        (EAST, first.fill(EAST, sound(900), name="改.xlsx")),
    ]
    _hand_in(desks, drops, IN_TIME)
    drops = [(unit_id, first.fill(unit_id)) for unit_id in (SOUTH, NORTH)]
    drops += [(each, first.fill(each, sound(100))) for each in (CITY, OTHER_CITY, PROVINCE)]
    _hand_in(desks, drops, NEXT_DAY)


def _hand_in(desks: Sequence[Desk], drops: Sequence[tuple[str, Path]], at: dt.datetime) -> None:
    for desk in desks:
        for unit_id, file in drops:
            desk.drop(unit_id, file)
        run_at(desk, at)


def test_every_publication_is_the_same_byte_for_byte(moved: tuple[Desk, Desk]) -> None:
    """Receipts, returned copies, roll-ups, boards and reports do not show which database an office has."""
    here, there = moved
    play(here, there)
    made = {path: content for path, (_, content) in here.publications().items()}
    assert len(made) > 40
    found = {path: content for path, (_, content) in there.publications().items()}
    assert found.keys() == made.keys()
    assert [path for path in made if found[path] != made[path]] == []
    assert [each.receipt for each in there.submissions()] == [
        each.receipt for each in here.submissions()
    ]
    assert there.states() == here.states()
    assert not there.workspace.database.exists()


def test_what_a_server_holds_goes_into_a_backup_and_back_into_a_file(
    moved: tuple[Desk, Desk], tmp_path: Path, cli: Cli
) -> None:
    """A backup of such an office is the same kind of file; brought back it is an office with a file."""
    _, there = moved
    play(there)
    before = there.submissions()
    back = tmp_path / "back.zip"
    assert cli("-C", there.root, "backup", back).code == 0
    refused = cli("-C", there.root, "restore", back, "--force")
    assert refused.code == 1
    assert "请先清空url" in whole(refused.err)
    again = Desk(tmp_path / "again")
    brought = cli("-C", again.root, "restore", back)
    assert brought.code == 0
    assert "url已经清空" in whole(brought.out)
    assert again.submissions() == before


def test_what_a_server_lost_comes_back_into_an_empty_database(
    moved: tuple[Desk, Desk], tmp_path: Path, postgres: Cluster, cli: Cli
) -> None:
    """As the page says: url cleared, the backup restored, copied: what goes over is the backup, not the old server."""
    _, there = moved
    back, settings = tmp_path / "back.zip", there.workspace.settings_file
    before = there.submissions()
    assert cli("-C", there.root, "backup", back).code == 0
    play(there)  # the server has more by now, and is what is to be given up
    write_url(there, "")
    assert cli("-C", there.root, "restore", back, "--force").code == 0
    fresh = postgres.url(next_schema())
    said = cli("-C", there.root, "store", "copy", "--to", fresh)
    assert said.code == 0, said.err
    assert "来件1件、报送1份），逐表核对一致" in whole(said.out)
    write_url(there, fresh)
    assert settings.read_text("utf-8").count(fresh) == 1
    assert there.submissions() == before


def test_a_database_is_not_copied_into_itself(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """Where the environment names the very server that is to be copied to, nothing is called a copy."""
    url = postgres.url(next_schema())
    desk = Desk.make(tmp_path / "work")
    monkeypatch.setenv("SHEETFLOW_STORE__URL", url)
    found = cli("-C", desk.root, "store", "copy", "--to", url)
    assert found.code == 1
    assert "就是这个工作文件夹现在用的数据库" in whole(found.err)


def test_a_copy_into_a_file_is_whole_or_not_there(
    moved: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """One that fails half way leaves no file that looks like a database of ours with nothing in it."""
    _, there = moved
    with monkeypatch.context() as patched:
        patched.setattr(copy_store, "copy_database", failing)
        assert cli("-C", there.root, "store", "copy", "--to", tmp_path / "back.db").code == 1
    assert list(tmp_path.glob("*back.db*")) == []
    assert cli("-C", there.root, "store", "copy", "--to", tmp_path / "back.db").code == 0
    before = there.submissions()
    shutil.copy(tmp_path / "back.db", there.workspace.database)
    write_url(there, "")
    assert there.submissions() == before


def failing(*_: object) -> None:
    """Copy nothing."""
    raise StoreBusyError("忙")


def write_url(desk: Desk, url: str) -> None:
    """Have the settings name that database."""
    settings = desk.workspace.settings_file
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^url = .*$", f'url = "{url}"', text), encoding="utf-8")


def test_nobody_works_beside_who_leads(moved: tuple[Desk, Desk], tmp_path: Path, cli: Cli) -> None:
    """A share that tells no lock from machine to machine lets no command work while another machine serves."""
    _, there = moved
    url = re.search(r'(?m)^url = "(.*)"$', there.workspace.settings_file.read_text("utf-8"))
    assert url
    with leading(url[1], lambda: False, lambda _: None):
        for words in (
            ["run"],
            ["purge", "--before", "2012-04-01", "--yes"],
            ["store", "copy", "--to", tmp_path / "copy.db"],
        ):
            found = cli("-C", there.root, *words)
            assert (found.code, "值守或处理" in whole(found.err)) == (1, True), words
    assert cli("-C", there.root, "run").code == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x@y/z", "只能用 PostgreSQL"),
        ("postgresql+psycopg://x@127.0.0.1:1/nothing", "连不上"),
        ("10.0.0.5/sheetflow", "写得不对"),
    ],
)
def test_a_wrong_or_unreachable_url_is_a_sentence(
    url: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """Who wrote it reads what is wrong with it, and no work is taken."""
    desk = Desk.make(tmp_path / "work")
    desk.drop(EAST, b"x")
    monkeypatch.setenv("SHEETFLOW_STORE__URL", url)
    found = cli("-C", desk.root, "run")
    assert found.code == 1
    assert whole(said) in whole(found.err)
    assert len(desk.inbox_files()) == 1


def test_another_workspace_s_database_is_refused(
    moved: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """A database on the server that belongs to another workspace is not worked with."""
    _, there = moved
    url = re.search(r'(?m)^url = "(.*)"$', there.workspace.settings_file.read_text("utf-8"))
    assert url
    other = Desk.make(tmp_path / "other", size="2")  # no copy of the first (`tests.quick`)
    other.issue()
    other.drop(WEST, other.fill(WEST))
    other.run()
    monkeypatch.setenv("SHEETFLOW_STORE__URL", url[1])
    found = cli("-C", other.root, "run")
    assert found.code == 1
    assert "另一个工作文件夹的" in whole(found.err)
