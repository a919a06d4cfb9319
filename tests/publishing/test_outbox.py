"""Readers of the outbox see the old or the new file, never half of one."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from sheetflow.errors import ObstructedError, TemporaryError
from sheetflow.publishing.outbox import (
    Beside,
    Patience,
    Published,
    Writer,
    draft_file,
    lies_there,
    place_file,
    remove_publication,
    sweep_outbox,
)

ANNOUNCED: set[str] = set()
"""What the service said it would publish; a new set for each test."""


def publish_file(
    path: Path, content: bytes | Writer, patience: Patience | None = None
) -> Published:
    """Publish as the service does: draft, announce, place."""
    draft = draft_file(top_of(path), path, content, ANNOUNCED.__contains__)
    ANNOUNCED.add(draft.sha256)
    return place_file(draft, ANNOUNCED.__contains__, patience)


def top_of(path: Path) -> Path:
    """The outbox that `path` lies in."""
    return path.parents[2]


def twin_of(path: Path, number: str = "") -> Path:
    """Where a publication lies while its name is taken."""
    return path.with_name(f"{path.stem}_新{number}{path.suffix}")


@pytest.fixture(autouse=True)
def nothing_announced() -> None:
    """Begin with nothing published."""
    ANNOUNCED.clear()


class Excel:
    """Holds files open as Excel on Windows does: renaming over one is refused."""

    def __init__(self, *held: Path) -> None:
        self.held = set(held)
        self.tries = 0
        self.slept = 0.0

    def replace(self, source: Path, target: Path) -> None:
        """Rename, unless the target is held."""
        self.tries += 1
        if target in self.held:
            raise PermissionError(errno.EACCES, "held open")
        source.replace(target)

    def sleep(self, seconds: float) -> None:
        """Pass the time without waiting."""
        self.slept += seconds

    def patience(self) -> Patience:
        """Wait for it a second."""
        return Patience(1.0, 0.25, replace=self.replace, sleep=self.sleep)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place in an outbox whose folders are not there yet."""
    return tmp_path / "outbox" / "370102-历下区" / "2012B1" / "回执.xlsx"


def names(path: Path) -> list[str]:
    """List what lies in the folder."""
    return sorted(each.name for each in path.parent.iterdir())


def test_a_publication_is_whole_and_alone(path: Path) -> None:
    """A published file has all its bytes, its hash is known, and nothing else lies beside it."""
    published = publish_file(path, b"one")
    assert (published.path, published.changed, published.beside) == (path, True, Beside.NO)
    assert published.sha256 == hashlib.sha256(b"one").hexdigest()
    assert path.read_bytes() == b"one"
    assert publish_file(path, b"two").changed
    assert path.read_bytes() == b"two"
    assert names(path) == ["回执.xlsx"]


def write_one(file: BinaryIO) -> None:
    """Write a publication piece by piece."""
    file.write(b"o")
    file.write(b"ne")


@pytest.mark.parametrize("content", [b"one", write_one], ids=["bytes", "writer"])
def test_the_same_content_is_not_written_again(path: Path, content: bytes) -> None:
    """A rebuilt publication that did not change keeps its file and its date."""
    assert publish_file(path, content).changed
    before = path.stat()
    published = publish_file(path, content)
    assert (published.changed, published.path) == (False, path)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert names(path) == ["回执.xlsx"]


def test_known_bytes_that_lie_there_leave_the_folder_untouched(path: Path) -> None:
    """A share is not written to, nor its folders re-dated, for nothing."""
    publish_file(path, b"one")
    before = path.parent.stat().st_mtime_ns
    publish_file(path, b"one")
    assert path.parent.stat().st_mtime_ns == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_publication_is_readable_as_the_folder_allows(path: Path) -> None:
    """A county opens its receipt with its own account, not with the service's."""
    before = os.umask(0o022)
    try:
        publish_file(path, b"one")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_writer_that_fails_leaves_the_old_file(path: Path) -> None:
    """A workbook that could not be written to its end is never seen."""
    publish_file(path, b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        publish_file(path, fail)
    assert path.read_bytes() == b"old"
    assert names(path) == ["回执.xlsx"]


def test_readers_never_see_half_a_file(path: Path) -> None:
    """Whoever opens the file in the moment of replacing sees one whole version."""
    versions = [bytes([number]) * 300_000 for number in range(30)]
    publish_file(path, versions[0])
    done = threading.Event()
    seen: list[bytes] = []

    def read() -> None:
        while not done.is_set():
            seen.append(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for version in versions:
        publish_file(path, version)
    done.set()
    reader.join()
    assert seen
    assert set(seen) <= set(versions)


def test_a_file_held_open_for_a_moment_is_replaced_after_it(path: Path) -> None:
    """A short look into the old file delays the new one, no more."""
    publish_file(path, b"old")
    excel = Excel(path)

    def close_after_a_while(seconds: float) -> None:
        excel.slept += seconds
        if excel.slept >= 0.5:
            excel.held.clear()

    patience = Patience(1.0, 0.25, replace=excel.replace, sleep=close_after_a_while)
    published = publish_file(path, b"new", patience)
    assert (published.path, published.beside, excel.tries) == (path, Beside.NO, 3)
    assert path.read_bytes() == b"new"


def test_a_file_held_open_is_published_beside_and_later_by_its_name(path: Path) -> None:
    """A county whose receipt is open in Excel finds the new one as …_新, and later only one."""
    publish_file(path, b"old")
    excel = Excel(path)
    published = publish_file(path, b"new", excel.patience())
    twin = path.with_name("回执_新.xlsx")
    assert (published.path, published.beside, published.changed) == (twin, Beside.HELD, True)
    assert excel.slept == 1.0
    assert (path.read_bytes(), twin.read_bytes()) == (b"old", b"new")
    again = publish_file(path, b"new", excel.patience())
    assert (again.path, again.beside, again.changed) == (twin, Beside.HELD, False)
    excel.held.clear()
    last = publish_file(path, b"new", excel.patience())
    assert (last.path, last.beside, last.changed) == (path, Beside.NO, True)
    assert names(path) == ["回执.xlsx"]
    assert path.read_bytes() == b"new"


def test_a_twin_goes_when_the_real_file_is_right_again(path: Path) -> None:
    """When the content went back to what lies there, no stale …_新 is left beside it."""
    publish_file(path, b"old")
    publish_file(path, b"new", Excel(path).patience())
    assert not publish_file(path, b"old", Excel(path).patience()).changed
    assert names(path) == ["回执.xlsx"]


def test_when_both_are_held_open_it_is_temporary_trouble(path: Path) -> None:
    """With file and twin open the old ones stay, and it is tried again later."""
    publish_file(path, b"old")
    publish_file(path, b"new", Excel(path).patience())
    with pytest.raises(TemporaryError) as caught:
        publish_file(path, b"newer", Excel(path, twin_of(path)).patience())
    assert caught.value.code == "EACCES"
    assert (path.read_bytes(), twin_of(path).read_bytes()) == (b"old", b"new")
    assert names(path) == ["回执.xlsx", "回执_新.xlsx"]


@pytest.fixture
def immutable(path: Path) -> Iterator[Path]:
    """Give a published file that the system itself refuses to replace."""
    publish_file(path, b"old")
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", str(path)], check=False).returncode:
        pytest.skip("this system or disk cannot make a file immutable")
    yield path
    subprocess.run([chattr, "-i", str(path)], check=True)


def test_a_file_that_the_system_holds_is_published_beside(immutable: Path) -> None:
    """A target that really cannot be replaced gets its twin."""
    published = publish_file(immutable, b"new", Patience(0.1, 0.05))
    assert (published.beside, published.path.read_bytes()) == (Beside.HELD, b"new")


def edit(path: Path, content: bytes, way: str = "in place") -> None:
    """Change a file as a person does, by one program or another, its size and time kept or not."""
    times = path.stat()
    if way == "by renaming":
        draft = path.with_name("~draft")
        draft.write_bytes(content)
        draft.replace(path)
    else:
        path.write_bytes(content)
    if way == "with its old time":
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("way", ["in place", "by renaming", "with its old time"])
def test_what_a_person_changed_is_hers(path: Path, way: str) -> None:
    """An edited file is neither replaced nor removed, however it was saved: size and time may be the same."""
    publish_file(path, b"old")
    edit(path, b"Old", way)
    for content, changed in ((b"new", True), (b"new", False), (b"newer", True)):
        published = publish_file(path, content)
        assert (published.path, published.beside) == (twin_of(path), Beside.HERS)
        assert published.changed is changed
        assert (path.read_bytes(), twin_of(path).read_bytes()) == (b"Old", content)
    assert names(path) == ["回执.xlsx", "回执_新.xlsx"]


def test_a_file_that_she_put_there_first_is_hers(path: Path) -> None:
    """A file of her own under a name that we come to use is left as it is."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"my notes")
    assert publish_file(path, b"new").beside is Beside.HERS
    assert (path.read_bytes(), twin_of(path).read_bytes()) == (b"my notes", b"new")


def test_an_old_issue_put_back_is_ours(path: Path) -> None:
    """Whoever copies an earlier issue back from a mail has not made it theirs."""
    publish_file(path, b"first")
    publish_file(path, b"second")
    edit(path, b"first")
    assert publish_file(path, b"third").beside is Beside.NO
    assert path.read_bytes() == b"third"


def test_what_lies_there_already_is_settled_whoever_put_it_there(path: Path) -> None:
    """The very bytes that are due need no second file beside them."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"new")
    for content in (b"new", write_new):
        published = publish_file(path, content)
        assert (published.path, published.changed) == (path, False)
    assert names(path) == ["回执.xlsx"]


def write_new(file: BinaryIO) -> None:
    """Write the publication that is due."""
    file.write(b"new")


def test_a_twin_that_she_changed_is_hers_too(path: Path) -> None:
    """With both names taken by her the next one lies beside them; each is let go of as she frees it."""
    publish_file(path, b"old")
    edit(path, b"hers")
    publish_file(path, b"new")
    edit(twin_of(path), b"hers as well")
    assert publish_file(path, b"newer").path == twin_of(path, "2")
    path.unlink()
    assert publish_file(path, b"newest").beside is Beside.NO
    assert names(path) == ["回执.xlsx", "回执_新.xlsx"]
    assert twin_of(path).read_bytes() == b"hers as well"
    assert not any(entry.name.startswith(".") for entry in path.parent.iterdir())


def test_a_freed_twin_is_used_again(path: Path) -> None:
    """The current one lies at the first free name, and no older one of ours behind it."""
    publish_file(path, b"old")
    edit(path, b"hers")
    publish_file(path, b"new")
    edit(twin_of(path), b"hers as well")
    publish_file(path, b"newer")
    twin_of(path).unlink()
    assert publish_file(path, b"newest").path == twin_of(path)
    assert names(path) == ["回执.xlsx", "回执_新.xlsx"]


def test_an_edit_between_drafting_and_placing_is_not_lost(path: Path) -> None:
    """A file saved while its replacement waits for the commit is found to be hers in the last moment."""
    for start in (b"old", None):
        path.unlink(missing_ok=True)
        if start:
            publish_file(path, start)
        draft = draft_file(top_of(path), path, b"new", ANNOUNCED.__contains__)
        path.write_bytes(b"hers")
        with pytest.raises(TemporaryError, match="刚被人改过"):
            place_file(draft, ANNOUNCED.__contains__)
        assert (path.read_bytes(), names(path)) == (b"hers", ["回执.xlsx"])
        assert publish_file(path, b"new").beside is Beside.HERS
        twin_of(path).unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_in_the_outbox_is_not_followed(path: Path) -> None:
    """A link planted in the outbox makes us neither write nor remove elsewhere; it is somebody's."""
    publish_file(path, b"old")
    elsewhere = path.parents[3] / "elsewhere"
    elsewhere.write_bytes(b"new")
    path.unlink()
    path.symlink_to(elsewhere)
    assert publish_file(path, b"new").beside is Beside.HERS
    assert publish_file(path, b"newer").path == twin_of(path)
    assert (path.is_symlink(), elsewhere.read_bytes()) == (True, b"new")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such things")
@pytest.mark.parametrize("part", [0, 1], ids=["period", "unit"])
@pytest.mark.parametrize("thing", ["file", "link", "link to nowhere", "pipe"])
def test_what_stands_in_the_place_of_a_folder_is_named(path: Path, part: int, thing: str) -> None:
    """A unit's folder that is none is neither followed nor removed, and once it is gone is made again."""
    folder = path.parents[part]
    folder.parent.mkdir(parents=True)
    elsewhere = path.parents[3] / "elsewhere"
    elsewhere.mkdir()
    if thing == "file":
        folder.write_bytes(b"in the way")
    elif thing == "pipe":
        os.mkfifo(folder)
    else:
        folder.symlink_to(elsewhere if thing == "link" else elsewhere / "nowhere")
    with pytest.raises(ObstructedError, match="答复会自动补上") as caught:
        publish_file(path, b"new")
    assert caught.value.place == folder.relative_to(top_of(path)).as_posix()
    assert list(elsewhere.iterdir()) == []
    assert remove_publication(top_of(path), path, ANNOUNCED.__contains__) == (0, ())
    assert not lies_there(top_of(path), path)
    folder.unlink()
    assert publish_file(path, b"new").path == path


def test_a_folder_without_rights_is_the_units_trouble(path: Path) -> None:
    """A folder that is closed to us is named, and served again once it is open."""
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o000)
    try:
        if os.access(path.parent, os.W_OK):
            pytest.skip("this account has rights to everything")
        with pytest.raises(ObstructedError, match="没有权限"):
            publish_file(path, b"new")
    finally:
        path.parent.chmod(0o755)
    assert publish_file(path, b"new").path == path


def test_no_room_is_temporary_trouble(path: Path) -> None:
    """On a full disk the old publication stays, and it is tried again later."""
    publish_file(path, b"old")

    def full(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(TemporaryError) as caught:
        publish_file(path, full)
    assert caught.value.code == "ENOSPC"
    assert (path.read_bytes(), names(path)) == (b"old", ["回执.xlsx"])


def test_a_folder_that_bears_a_publications_name_is_hers(path: Path) -> None:
    """A folder at the place of a file is left alone, and the file lies beside it."""
    path.mkdir(parents=True)
    assert publish_file(path, b"new", Patience(0.0)).beside is Beside.HERS
    assert names(path) == ["回执.xlsx", "回执_新.xlsx"]


def test_removing_takes_the_twin_along_and_may_be_repeated(path: Path) -> None:
    """A publication that no longer stands disappears under both its names."""
    publish_file(path, b"old")
    publish_file(path, b"new", Excel(path).patience())
    assert remove_publication(top_of(path), path, ANNOUNCED.__contains__) == (2, ())
    assert names(path) == []
    assert remove_publication(top_of(path), path, ANNOUNCED.__contains__) == (0, ())


def test_removing_leaves_what_she_changed(path: Path) -> None:
    """What stays is named, under both names."""
    publish_file(path, b"old")
    publish_file(path, b"new", Excel(path).patience())
    edit(path, b"hers")
    assert remove_publication(top_of(path), path, ANNOUNCED.__contains__) == (1, (path,))
    assert (path.read_bytes(), names(path)) == (b"hers", ["回执.xlsx"])


def test_what_a_killed_run_left_is_swept(path: Path) -> None:
    """Half-written files do not gather in the outbox."""
    publish_file(path, b"old")
    (path.parent / ".sheetflow-0123.tmp").write_bytes(b"half")
    assert sweep_outbox(path.parents[2]) == 1
    assert names(path) == ["回执.xlsx"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_data_is_on_disk_before_its_name(tmp_path: Path) -> None:
    """After a power failure the outbox holds the old or the new file, not an empty one."""
    script = (
        "import pathlib, sys\n"
        "from sheetflow.publishing.outbox import draft_file, place_file\n"
        "path, ours = pathlib.Path(sys.argv[1]), set().__contains__\n"
        "place_file(draft_file(path.parents[1], path, b'one', ours), ours)\n"
    )
    trace = tmp_path / "trace"
    strace = ["strace", "-y", "-e", "trace=fsync,/^rename", "-o", str(trace)]
    done = subprocess.run(
        [*strace, sys.executable, "-c", script, str(tmp_path / "box" / "a.xlsx")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if "ptrace" in done.stderr.lower():
        pytest.skip("tracing is not allowed here")
    assert done.returncode == 0, done.stderr
    calls = re.findall(r"(fsync|rename)\w*\(.*?([\w.-]+)[>\"](?:,|\))", trace.read_text())
    shown = [(call, re.sub(r"-[0-9a-f]{16}", "", name)) for call, name in calls]
    assert shown == [
        ("fsync", tmp_path.name),
        ("fsync", ".sheetflow.tmp"),
        ("rename", ".sheetflow.tmp"),
        ("fsync", "box"),
    ]
