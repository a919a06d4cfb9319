"""A backup brings the office back: the same state, the same published bytes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.context.running import held_lock
from sheetflow.errors import WorkspaceError
from sheetflow.service.back_up import Backup, back_up
from sheetflow.service.one_pass import run_pass
from sheetflow.upkeep.restore import restore
from tests.tiny.desk import (
    ALL,
    CITY,
    EAST,
    NEXT_DAY,
    SECOND,
    TREE,
    WEST,
    Desk,
    patrols,
    settings_text,
    sound,
)


def save(desk: Desk, target: Path) -> Backup:
    """Back up."""
    return desk.ask(lambda context: back_up(context, target), NEXT_DAY)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office after its first period: accepted, returned, prechecked, the next one issued."""
    desk = Desk.make(tmp_path_factory.mktemp("rivers") / "work")
    desk.issue()
    bad = desk.fill(WEST, {**sound(), "patrols": patrols(40_000, means="步行")}, name="坏.xlsx")
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(CITY, desk.fill(CITY))
    desk.drop(WEST, bad)
    desk.drop(WEST, bad, folder="预审")
    desk.run()
    desk.issue(SECOND, NEXT_DAY)
    template = desk.workspace.templates / "mail" / "letter.txt"
    template.write_text(template.read_text("utf-8") + "我们自己改过\n", encoding="utf-8")
    return desk


@pytest.fixture(scope="module")
def saved(desk: Desk) -> Path:
    """Its backup."""
    target = desk.root.parent / "备份.zip"
    assert save(desk, target).missing == []
    return target


def test_an_office_guide_comes_back(desk: Desk, tmp_path: Path) -> None:
    """A guide that an office made its own is in the backup; one that lies there is set aside for it."""
    ours = desk.workspace.guide.read_bytes()
    try:
        desk.workspace.guide.write_bytes(b"our office's own")
        save(desk, tmp_path / "b.zip")
    finally:
        desk.workspace.guide.write_bytes(ours)
    there = Desk.make(tmp_path / "there")
    there.workspace.guide.write_bytes(b"another office's")
    aside = restore(there.root, tmp_path / "b.zip", force=True).aside
    assert there.workspace.guide.read_bytes() == b"our office's own"
    assert aside
    assert (aside / "使用手册.docx").read_bytes() == b"another office's"


def test_a_restored_workspace_publishes_the_same_bytes(
    desk: Desk, saved: Path, tmp_path: Path
) -> None:
    """On a new machine the next pass makes every file of the outbox again, byte for byte."""
    before = {path: content for path, (_, content) in desk.publications().items()}
    found = restore(tmp_path / "new", saved)
    again = Desk(tmp_path / "new")
    assert found.to_publish == len(before)
    again.run()  # before another deadline passes, which pages would say
    after = {path: content for path, (_, content) in again.publications().items()}
    assert after.keys() == before.keys()
    assert [path for path in before if after[path] != before[path]] == []
    assert again.ask(lambda context: context.store.publications.find_stale()) == ()


def test_everything_that_cannot_be_made_again_is_back(
    desk: Desk, saved: Path, tmp_path: Path
) -> None:
    """Submissions, originals, settings, units and edited templates are those of the old machine."""
    restore(tmp_path / "new", saved)
    again = Desk(tmp_path / "new")
    assert again.submissions() == desk.submissions()
    for name in ("sheetflow.toml", "units.xlsx", "templates/mail/letter.txt"):
        assert (again.root / name).read_bytes() == (desk.root / name).read_bytes()
    originals = sorted(path.name for path in desk.workspace.archive.rglob("*") if path.is_file())
    assert originals == sorted(
        path.name for path in again.workspace.archive.rglob("*") if path.is_file()
    )


@pytest.mark.skipif(os.name != "posix", reason="rights are told by mode bits on POSIX only")
def test_a_backup_is_private(saved: Path, tmp_path: Path) -> None:
    """It holds personal data: nobody else reads it, nor what comes out of it."""
    assert saved.stat().st_mode & 0o077 == 0
    restore(tmp_path / "new", saved)
    assert (tmp_path / "new" / "state").stat().st_mode & 0o077 == 0


def test_a_backup_stays_out_of_units_reach(desk: Desk) -> None:
    """A backup into the outbox, where units read, is refused."""
    with pytest.raises(WorkspaceError, match="不能放在"):
        save(desk, desk.out(EAST) / "备份.zip")


def test_a_backup_beside_the_running_service_is_whole(tmp_path: Path) -> None:
    """Backed up again and again while files are taken, each backup restores to a sound office."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    for unit_id in ALL:
        desk.drop(unit_id, desk.fill(unit_id))

    def serve() -> None:
        desk.ask(run_pass)

    service = threading.Thread(target=serve)
    service.start()
    backups: list[Path] = []
    while service.is_alive():
        backups.append(tmp_path / f"{len(backups)}.zip")
        assert save(desk, backups[-1]).missing == []
    service.join()
    assert len(backups) > 2
    for number in {0, len(backups) // 2, len(backups) - 1}:
        root = tmp_path / f"again{number}"
        restore(root, backups[number])
        assert Desk(root).ask(lambda context: context.store.find_faults()) == ()


def test_a_missing_original_is_told(tmp_path: Path) -> None:
    """Where the archive has lost an original, the backup is made all the same and says so."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    (lost,) = [path for path in desk.workspace.archive.rglob("*") if path.is_file()]
    lost.unlink()
    assert save(desk, tmp_path / "b.zip").missing == [lost.name]
    restore(tmp_path / "new", tmp_path / "b.zip")


def test_a_workspace_with_a_state_is_not_overwritten(saved: Path, tmp_path: Path) -> None:
    """Restoring over received reports is refused; forced, the old ones lie beside, whole."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(WEST, desk.fill(WEST))
    desk.run()
    mine = desk.submissions()
    with pytest.raises(WorkspaceError, match="--force"):
        restore(desk.root, saved)
    assert desk.submissions() == mine
    done = restore(desk.root, saved, force=True)
    assert {entry.unit_id for entry in desk.submissions()} == {EAST, CITY, WEST}
    assert done.aside is not None
    shutil.copytree(done.aside, tmp_path / "old")
    assert Desk(tmp_path / "old").submissions() == mine


def test_a_fresh_workspace_takes_a_backup(desk: Desk, saved: Path, tmp_path: Path) -> None:
    """After `init` nothing has been received: a backup comes in without being forced."""
    create_workspace(tmp_path / "new", TREE, settings_text())
    restore(tmp_path / "new", saved)
    assert Desk(tmp_path / "new").submissions() == desk.submissions()


def test_a_folder_of_other_things_is_left_alone(saved: Path, tmp_path: Path) -> None:
    """A folder that is no workspace is not turned into one."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="不是工作文件夹"):
        restore(tmp_path / "letters", saved, force=True)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["a.txt"]


def test_nothing_is_restored_under_a_running_service(saved: Path, tmp_path: Path) -> None:
    """While a service runs there, its state stays in place."""
    desk = Desk.make(tmp_path / "work")
    with held_lock(desk.workspace.lock), pytest.raises(WorkspaceError, match="正在这个工作文件夹"):
        restore(desk.root, saved)


Spoil = Callable[[dict[str, bytes]], None]


def _cut(files: dict[str, bytes]) -> None:
    del files["units.xlsx"]


def _change(files: dict[str, bytes]) -> None:
    files["units.xlsx"] += b" "


def _climb(files: dict[str, bytes]) -> None:
    _list(files, "templates/../../evil.txt", b"evil")


def _smuggle(files: dict[str, bytes]) -> None:
    _list(files, "inbox/990101-东岸县/x.xlsx", b"x")


def _list(files: dict[str, bytes], name: str, content: bytes) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    files[name] = content
    files["manifest.json"] = json.dumps(manifest).encode()


def _newer(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "version": 99}).encode()


@pytest.mark.parametrize("spoil", [_cut, _change, _climb, _smuggle, _newer])
def test_a_damaged_backup_changes_nothing(spoil: Spoil, saved: Path, tmp_path: Path) -> None:
    """A backup that is short, changed, newer, or names strange places, is refused untouched."""
    with zipfile.ZipFile(saved) as package:
        files = {name: package.read(name) for name in package.namelist()}
    spoil(files)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    desk = Desk.make(tmp_path / "work")
    before = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    with pytest.raises(WorkspaceError):
        restore(desk.root, tmp_path / "bad.zip")
    now = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    assert {path for path in now.keys() - before.keys() if path.name != "lock"} == set()
    assert all(now[path] == content for path, content in before.items())
    assert not (tmp_path / "evil.txt").exists()


def _with_database(saved: Path, target: Path, script: str) -> Path:
    """The backup with a database that somebody has worked on, its manifest true."""
    with zipfile.ZipFile(saved) as package:
        files = {name: package.read(name) for name in package.namelist()}
    work = target.with_suffix(".db")
    work.write_bytes(files["state/sheetflow.db"])
    with closing(sqlite3.connect(work)) as connection:
        connection.executescript(script)
    _list(files, "state/sheetflow.db", work.read_bytes())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return target


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER t AFTER INSERT ON arrivals BEGIN DELETE FROM submissions; END",
        "CREATE VIEW v AS SELECT * FROM arrivals",
        "CREATE VIRTUAL TABLE f USING fts5(words)",
        "ALTER TABLE mails ADD COLUMN twice TEXT AS (subject || subject) VIRTUAL",
        "create/**/temp table t(a); CREATE TRIGGER u BEFORE UPDATE ON stale BEGIN SELECT 1; END",
    ],
)
def test_a_database_that_acts_by_itself_is_refused(
    script: str, saved: Path, tmp_path: Path
) -> None:
    """A backup whose database holds a trigger, a view or anything else that acts is refused whole."""
    bad = _with_database(saved, tmp_path / "bad.zip", script)
    with pytest.raises(WorkspaceError, match="触发器"):
        restore(tmp_path / "new", bad)
    assert not (tmp_path / "new" / "sheetflow.toml").exists()


def test_a_database_with_nothing_strange_is_not_suspected(saved: Path, tmp_path: Path) -> None:
    """The same way of repacking, with nothing strange in it, is restored."""
    restore(tmp_path / "new", _with_database(saved, tmp_path / "good.zip", "ANALYZE"))
    assert len(Desk(tmp_path / "new").submissions()) == 3


@pytest.mark.parametrize(
    "name",
    [
        "units.xlsx",
        "templates/mail/letter.txt",
        "state/sheetflow.db",
        "state/journal",
        f"state/archive/ab/ab{'0' * 62}",
        "manifest.json",
    ],
)
def test_an_entry_that_bombs_is_refused_before_it_is_unpacked(
    name: str, saved: Path, tmp_path: Path
) -> None:
    """A few bytes that would fill the disk are refused by their size alone, nothing written."""
    with zipfile.ZipFile(saved) as package:
        files = {each: package.read(each) for each in package.namelist()}
    if name != "manifest.json":
        _list(files, name, b"")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for each, content in files.items():
            if each != name:
                package.writestr(each, content)
        with package.open(name, "w", force_zip64=True) as entry:
            for _ in range(600):
                entry.write(bytes(1 << 20))
    with pytest.raises(WorkspaceError, match="解开有600兆"):
        restore(tmp_path / "new", bomb)
    assert [path.name for path in (tmp_path / "new").rglob("*")] in ([], ["state"])


def test_a_backup_larger_than_the_disk_is_refused_before_it_is_unpacked(
    saved: Path, tmp_path: Path
) -> None:
    """What the disk has no room for is not begun."""
    with zipfile.ZipFile(saved) as package:
        files = {each: package.read(each) for each in package.namelist()}
    full = tmp_path / "full.zip"
    with zipfile.ZipFile(full, "w", zipfile.ZIP_DEFLATED) as package:
        for each, content in files.items():
            package.writestr(each, content)
        for info in package.infolist():
            if info.filename == "state/sheetflow.db":  # as a list of files may claim
                info.compress_size, info.file_size = 1 << 50, 1 << 51
    with pytest.raises(WorkspaceError, match="请腾出空间"):
        restore(tmp_path / "new", full)


def test_a_truncated_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    """Half a file is no backup."""
    half = tmp_path / "half.zip"
    half.write_bytes(saved.read_bytes()[:5000])
    with pytest.raises(WorkspaceError, match="已经损坏"):
        restore(tmp_path / "new", half)
