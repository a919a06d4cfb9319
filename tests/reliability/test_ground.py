"""Promise 17: a damaged or foreign database says so, and is never begun from zero over an archive."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.cli import main
from sheetflow.config.workspace import Workspace
from sheetflow.context import open_context
from sheetflow.context.running import held_lock
from tests.reliability.broken import BEGINS_FROM_ZERO, BELIEVES_THE_DISK, Broken
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import (
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    SECOND,
    WEST,
    Desk,
    patrols,
    sound,
)

pytestmark = pytest.mark.reliability

RECEIPT = f"{WEST}-{FIRST}-1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two accepted, one returned, one more file in the inbox; copy it."""
    desk = Desk.make(tmp_path_factory.mktemp("ground") / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(CITY, desk.fill(CITY))
    desk.drop(WEST, desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")}))
    desk.run(IN_TIME)
    shutil.copy(desk.workspace.database, desk.root.parent / "first.db")
    desk.drop(EAST, desk.fill(EAST, sound(700)))
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, sound(800)))
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, sound(900)), "新的.xlsx")
    shutil.copy(desk.fill(EAST, sound(950), name="查.xlsx"), desk.root / "查.xlsx")
    return desk


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another workspace's database that knows as many files."""
    desk = Desk.make(tmp_path_factory.mktemp("other") / "work")
    desk.issue()
    for unit_id in (EAST, WEST, CITY):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run()
    return desk.workspace.database


def _flip(database: Path, seed: int) -> None:
    content = bytearray(database.read_bytes())
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(40):
        place = chance.randrange(100 * 8, len(content) * 8)
        content[place // 8] ^= 1 << place % 8
    database.write_bytes(content)


def _flip_in_a_document(database: Path) -> None:
    """One bit of a packed document: SQLite's own check sees nothing of it."""
    with closing(sqlite3.connect(database)) as connection:
        (packed,) = connection.execute("SELECT document FROM sheet_rows LIMIT 1").fetchone()
    content = bytearray(database.read_bytes())
    content[content.index(packed[10:30]) + 12] ^= 4
    database.write_bytes(content)


def _flip_in_a_name(database: Path) -> None:
    """One letter of a receipt's unit, in the table alone."""
    content = database.read_bytes()
    database.write_bytes(content.replace("上报.xlsx".encode(), "上报.xmsx".encode(), 1))


def _foreign(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE letters (name TEXT)")


def _newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
        connection.commit()


def _without_a_table(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE sheet_rows")


def _folder(database: Path) -> None:
    database.unlink()
    database.mkdir()


Spoil = Callable[[Path], object]
SPOILT: dict[str, Spoil] = {
    **{
        f"bits flipped, seed {seed}": lambda file, seed=seed: _flip(file, seed)  # type: ignore[misc] # bound early
        for seed in range(1, 7)
    },
    "a bit of a document": _flip_in_a_document,
    "a letter of a name": _flip_in_a_name,
    "truncated": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "cut by a byte": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "head overwritten": lambda file: file.write_bytes(b"x" * 100 + file.read_bytes()[100:]),
    "empty": lambda file: file.write_bytes(b""),
    "gone": lambda file: file.unlink(),
    "a folder": _folder,
    "a foreign database": _foreign,
    "a newer version's": _newer,
    "without a table": _without_a_table,
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run",),
    "watch": ("watch",),
    "status": ("status",),
    "status --json": ("status", "--json"),
    "doctor": ("doctor",),
    "export": ("export", "--period", FIRST, "--to", "out"),
    "remind": ("remind",),
    "check": ("check", "查.xlsx"),
    "purge": ("purge", "--before", "2012-01-01", "--yes"),
    "backup": ("backup", "b.zip"),
    "waive": ("waive", RECEIPT, "patrol-too-far", "--why", "属实"),
    "release": ("release", RECEIPT),
    "reject": ("reject", RECEIPT, "--why", "不是"),
    "templates": ("templates", "--period", SECOND),
}


def _copy(served: Desk, root: Path) -> Desk:
    shutil.copytree(served.root, root)
    return Desk(root)


def _call(
    desk: Desk,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[int, str]:
    """Run a command in this process; give its exit code and all that it printed."""
    monkeypatch.chdir(desk.root)
    monkeypatch.setattr(sys, "argv", ["sheetflow", "--at", f"{CITIES_DAY:%Y-%m-%dT%H:%M}", *words])
    capsys.readouterr()
    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def _untouched(desk: Desk) -> dict[str, bytes]:
    inbox, archive = desk.workspace.inbox, desk.workspace.archive
    return {
        str(path.relative_to(desk.root)): path.read_bytes()
        for folder in (inbox, archive)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("damage", SPOILT)
def test_every_command_says_what_is_wrong_with_the_database(
    damage: str,
    served: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command ends with 1 and a sentence with what to do, and takes nothing from the inbox."""
    desk = _copy(served, tmp_path / "work")
    SPOILT[damage](desk.workspace.database)
    before = _untouched(desk)
    for name, words in COMMANDS.items():
        code, said = _call(desk, words, monkeypatch, capsys)
        assert code == 1, (name, said)
        assert "Traceback" not in said, name
        assert "Error" not in said, (name, said)
        hint = "新版本" if damage.startswith("a newer") else "restore"
        assert hint in said, (name, said)
    assert _untouched(desk) == before


@pytest.mark.parametrize("damage", ["gone", "empty"])
def test_an_archive_that_nobody_knows_is_counted(
    damage: str,
    served: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The sentence says how many originals there are, and names both ways out; so does the JSON."""
    desk = _copy(served, tmp_path / "work")
    SPOILT[damage](desk.workspace.database)
    _, said = _call(desk, ("run",), monkeypatch, capsys)
    assert "存档里有5份原件，数据库不认识" in said
    assert "restore --from-archive" in said
    _, told = _call(desk, ("status", "--json"), monkeypatch, capsys)
    waiting = json.loads(told)["waiting"]
    assert "存档里有5份原件" in str(waiting[0])
    assert (waiting[1]["unit_id"], len(waiting)) == (EAST, 2)


def test_another_workspaces_database_is_refused(
    served: Desk,
    other: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is sound, it is ours, but it does not know these originals."""
    desk = _copy(served, tmp_path / "work")
    shutil.copy(other, desk.workspace.database)
    for words in COMMANDS.values():
        code, said = _call(desk, words, monkeypatch, capsys)
        assert (code, "restore" in said) == (1, True), said
    desk.workspace.journal.unlink()  # as an older version left it
    code, said = _call(desk, ("run",), monkeypatch, capsys)
    assert (code, "数据库不认识" in said) == (1, True), said


def test_an_older_copy_of_the_database_is_refused(
    served: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A copy from before some files would give their numbers twice."""
    desk = _copy(served, tmp_path / "work")
    shutil.copy(served.root.parent / "first.db", desk.workspace.database)
    desk.workspace.database.with_name("sheetflow.db.seal").unlink(missing_ok=True)
    for words in COMMANDS.values():
        code, said = _call(desk, words, monkeypatch, capsys)
        assert (code, "比存档旧" in said) == (1, True), said


def test_a_database_taken_away_under_a_pass_ends_it(served: Desk, tmp_path: Path) -> None:
    """A file that is gone while the service has it open takes no commit that nobody would see."""
    desk = _copy(served, tmp_path / "work")
    with open_context(desk.root, NEXT_DAY) as context:
        desk.workspace.database.rename(tmp_path / "elsewhere.db")
        with pytest.raises(Exception, match="被移走或换掉了"):
            context.store.publications.record_stale([], context.clock.now())


def test_a_status_needs_no_lock(
    served: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """While a service holds the workspace, status answers, also about a damaged database."""
    desk = _copy(served, tmp_path / "work")
    with held_lock(desk.workspace.lock):
        assert _call(desk, ("status",), monkeypatch, capsys)[0] == 0
        _flip(desk.workspace.database, 2)
        assert _call(desk, ("status",), monkeypatch, capsys)[0] == 1


def test_a_sound_database_is_never_suspected(
    served: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All commands one after another, by many processes' worth of openings, find nothing wrong."""
    desk = _copy(served, tmp_path / "work")
    for _ in range(2):
        for words in (("status",), ("run",), ("remind",), ("backup", "b.zip"), ("doctor",)):
            code, said = _call(desk, words, monkeypatch, capsys)
            assert code == 0, said
    assert Workspace(desk.root).database.with_name("sheetflow.db.seal").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "damage"),
    [
        (BEGINS_FROM_ZERO, "gone"),
        (BEGINS_FROM_ZERO, "empty"),
        (BELIEVES_THE_DISK, "a letter of a name"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_version_that_goes_on_is_noticed(
    broken: Broken, damage: str, served: Desk, tmp_path: Path, measured: Measured
) -> None:
    """The real command line refuses; a version without the refusal takes the file, and is red."""
    codes = []
    for number, package in enumerate((REPOSITORY, broken.package(tmp_path / "package"))):
        desk = _copy(served, tmp_path / f"work{number}")
        SPOILT[damage](desk.workspace.database)
        codes.append(command(desk.root, NEXT_DAY, "run", package=package).returncode)
    measured(broken.wrong, codes)
    assert codes == [1, 0]
