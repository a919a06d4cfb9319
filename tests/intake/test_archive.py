"""The archive holds whole originals, durably, or nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sheetflow.errors import TemporaryError
from sheetflow.intake.archive import archive_file, blob_path, sweep_archive
from sheetflow.intake.scanning import StillFile
from sheetflow.intake.sighting import ChangedError

if TYPE_CHECKING:
    from tests.intake.conftest import Inbox

CONTENT = b"PK\x03\x04 a workbook" * 10_000


def files_in(folder: Path) -> list[Path]:
    """List all files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_blob_is_the_original_byte_for_byte_and_read_only(inbox: Inbox) -> None:
    """Every original can be fetched from the archive by its hash, and is not altered there."""
    archived = archive_file(inbox.drop_still(CONTENT), inbox.archive)
    assert archived.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert archived.path == inbox.archive / archived.sha256[:2] / archived.sha256
    assert (archived.path.read_bytes(), archived.size) == (CONTENT, len(CONTENT))
    assert archived.path.stat().st_mode & 0o377 == 0
    assert (inbox.lixia / "报表.xlsx").exists()


def test_archiving_again_changes_nothing(inbox: Inbox) -> None:
    """A pass repeated after a crash leaves the same one blob."""
    file = inbox.drop_still(CONTENT)
    first = archive_file(file, inbox.archive)
    before = first.path.stat()
    assert archive_file(file, inbox.archive) == first
    assert archive_file(inbox.drop_still(CONTENT, "再来.xlsx"), inbox.archive) == first
    after = first.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files_in(inbox.archive) == [first.path]


def test_a_damaged_blob_is_written_anew(inbox: Inbox) -> None:
    """A blob that lost bytes is not believed for its name."""
    file = inbox.drop_still(CONTENT)
    path = blob_path(inbox.archive, file.sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:100])
    assert archive_file(file, inbox.archive).path.read_bytes() == CONTENT


@pytest.mark.parametrize("there_already", [False, True])
def test_bytes_that_changed_behind_an_unchanged_time_are_not_archived(
    inbox: Inbox, *, there_already: bool
) -> None:
    """What stood still is what is archived, never what was saved over it meanwhile."""
    file = inbox.drop_still(CONTENT)
    if there_already:
        archive_file(file, inbox.archive)
    before = files_in(inbox.archive)
    path = inbox.lixia / "报表.xlsx"
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(file.sighting.mtime_ns, file.sighting.mtime_ns))
    with pytest.raises(ChangedError):
        archive_file(file, inbox.archive)
    assert files_in(inbox.archive) == before


def test_a_file_that_grew_is_not_archived(inbox: Inbox) -> None:
    """A file to which somebody added since is left to the next scan."""
    file = inbox.drop_still(CONTENT)
    with (inbox.lixia / "报表.xlsx").open("ab") as growing:
        growing.write(b"more")
    with pytest.raises(ChangedError):
        archive_file(file, inbox.archive)
    assert files_in(inbox.archive) == []


def test_a_file_taken_back_meanwhile_is_left_to_the_next_scan(inbox: Inbox) -> None:
    """A clerk who takes her file back in the last moment meets no error."""
    file = inbox.drop_still(CONTENT)
    (inbox.lixia / "报表.xlsx").unlink()
    with pytest.raises(ChangedError):
        archive_file(file, inbox.archive)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("swap", ["symlink", "fifo", "hardlink"])
def test_a_file_swapped_after_the_scan_is_not_archived(inbox: Inbox, swap: str) -> None:
    """A link or FIFO put in place of a file that was seen neither gets in nor blocks."""
    file = inbox.drop_still(CONTENT)
    path = inbox.lixia / "报表.xlsx"
    if swap == "hardlink":
        (inbox.root / "twin").hardlink_to(path)
    else:
        path.rename(inbox.root / "twin")
        path.symlink_to(inbox.root / "twin") if swap == "symlink" else os.mkfifo(path)
    with pytest.raises((ChangedError, TemporaryError)):
        archive_file(file, inbox.archive)
    assert files_in(inbox.archive) == []


def test_what_a_killed_run_left_is_swept(inbox: Inbox) -> None:
    """Half-copied originals do not gather in the archive, nor those of older versions."""
    archived = archive_file(inbox.drop_still(CONTENT), inbox.archive)
    for name in (f".{archived.sha256}.4711.tmp", "0123456789abcdef.part"):
        archived.path.with_name(name).write_bytes(b"half")
    assert sweep_archive(inbox.archive) == 2
    assert files_in(inbox.archive) == [archived.path]


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """Give a folder on a disk of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("a small tmpfs is a thing of Linux")
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small tmpfs is not allowed here")
    return folder


def test_a_full_disk_is_temporary_trouble_and_leaves_no_half_blob(
    inbox: Inbox, small_disk: Path
) -> None:
    """When the disk is full a workbook waits in the inbox, and is archived once there is room."""
    try:
        file = inbox.drop_still(CONTENT)
        filler = small_disk / "filler"
        filler.write_bytes(bytes(2 * 1024 * 1024 - 64 * 1024))
        archive = small_disk / "archive"
        with pytest.raises(TemporaryError) as caught:
            archive_file(file, archive)
        assert (caught.value.code, caught.value.place) == ("ENOSPC", str(archive))
        assert "磁盘空间已满" in str(caught.value)
        assert files_in(archive) == []
        assert (inbox.lixia / "报表.xlsx").exists()
        filler.unlink()
        assert archive_file(file, archive).path.read_bytes() == CONTENT
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)


def test_trouble_names_the_folder_and_never_the_clerks_file(inbox: Inbox) -> None:
    """A file name with a person in it does not reach the log through an error."""
    file = inbox.drop_still(CONTENT, "张三的个案.xlsx")
    inbox.archive.parent.mkdir(parents=True)
    inbox.archive.write_bytes(b"a file where the folder belongs")
    with pytest.raises(TemporaryError) as caught:
        archive_file(StillFile(file.sighting, file.sha256), inbox.archive)
    assert "张三" not in str(caught.value)
