"""The scan finds everything, takes nothing strange, and never raises."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sheetflow.intake.scanning import is_ignored, scan
from sheetflow.intake.sighting import BY_DESCRIPTOR, Purpose, Reason, display_name, opened_folder

if TYPE_CHECKING:
    from tests.intake.conftest import Inbox

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def test_a_dropped_file_is_seen_as_its_folders_unit(inbox: Inbox) -> None:
    """A workbook belongs to the unit in whose folder it lies, whatever it is called."""
    (inbox.root / "370103-市中区" / "370102-历下区.xlsx").write_bytes(b"abc")
    (file,) = inbox.scan().files
    assert (file.unit_id, file.purpose, file.size) == ("370103", Purpose.SUBMISSION, 3)
    assert file.matches((file.folder / file.name).stat())


def test_a_file_in_precheck_is_judged_without_being_submitted(inbox: Inbox) -> None:
    """What lies in 预审 is never taken for a submission."""
    (inbox.lixia / "预审").mkdir()
    (inbox.lixia / "预审" / "试填.xlsx").write_bytes(b"abc")
    result = inbox.scan()
    assert [(file.unit_id, file.purpose) for file in result.files] == [("370102", "precheck")]
    assert result.strange == []


def test_of_two_files_the_older_comes_first(inbox: Inbox) -> None:
    """Of two workbooks dropped in one moment the later one counts."""
    for name, age in (("a.xlsx", 10), ("b.xlsx", 20)):
        inbox.drop(b"x", name)
        os.utime(inbox.lixia / name, (time.time() - age, time.time() - age))
    assert [file.name for file in inbox.scan().files] == ["b.xlsx", "a.xlsx"]


@posix
def test_links_fifos_sockets_and_folders_are_shown_and_never_taken(inbox: Inbox) -> None:
    """Nobody gets another's file read, or the service stuck, by a link or a FIFO."""
    secret = inbox.root.parent / "secret.xlsx"
    secret.write_bytes(b"another unit's")
    (inbox.lixia / "链接.xlsx").symlink_to(secret)
    (inbox.lixia / "硬链.xlsx").hardlink_to(secret)
    (inbox.lixia / "文件夹.xlsx").mkdir()
    os.mkfifo(inbox.lixia / "管道.xlsx")
    with socket.socket(socket.AF_UNIX) as peer, opened_folder(inbox.lixia) as folder:
        # The address is short whatever the length of the test's own path.
        peer.bind(f"/proc/self/fd/{folder.descriptor}/s.xlsx")
        result = inbox.scan()
    assert result.files == []
    assert {oddity.name: oddity.reason for oddity in result.strange} == {
        "链接.xlsx": Reason.SYMLINK,
        "硬链.xlsx": Reason.HARD_LINK,
        "文件夹.xlsx": Reason.FOLDER,
        "管道.xlsx": Reason.SPECIAL,
        "s.xlsx": Reason.SPECIAL,
    }


@posix
@pytest.mark.parametrize("inner", ["", "预审"])
def test_a_unit_folder_that_is_a_link_is_not_entered(inbox: Inbox, inner: str) -> None:
    """A folder swapped for a link does not make another's workbooks this unit's own."""
    elsewhere = inbox.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "报表.xlsx").write_bytes(b"abc")
    target = inbox.lixia / inner if inner else inbox.lixia
    if not inner:
        target.rmdir()
    target.symlink_to(elsewhere)
    result = inbox.scan()
    assert result.files == []
    assert [(oddity.reason, oddity.unit_id) for oddity in result.strange] == [
        (Reason.SYMLINK, "370102")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "~$报表.xlsx",
        ".~lock.报表.xlsx#",
        "A1B2.TMP",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "@eaDir",
        ".隐藏",
    ],
)
def test_locks_and_system_files_are_passed_over_but_shown_after_a_day(
    inbox: Inbox, name: str
) -> None:
    """A forgotten lock file never becomes a submission, and does not stay unseen."""
    (inbox.lixia / name).write_bytes(b"x")
    fresh = inbox.scan()
    assert (fresh.files, fresh.strange, fresh.lingering) == ([], [], [])
    old = time.time() - 86_400 - 60
    os.utime(inbox.lixia / name, (old, old))
    (lingering,) = inbox.scan().lingering
    assert (lingering.name, lingering.reason) == (name, Reason.LINGERING)


def test_names_that_only_look_like_ignored_ones_are_taken() -> None:
    """No workbook is passed over for a dot, a tilde or a tmp within its name."""
    for name in ("报表.tmp.xlsx", "a~$b.xlsx", "报表@eaDir.xlsx", "tmp", "1.2月.xlsx"):
        assert not is_ignored(name.encode())


def test_what_lies_in_no_units_folder_is_shown(inbox: Inbox) -> None:
    """A workbook in the wrong place is shown to the operator, not left lying unseen."""
    (inbox.root / "报表.xlsx").write_bytes(b"x")
    (inbox.root / "张三").mkdir()
    (inbox.root / "张三" / "报表2.xlsx").write_bytes(b"x")
    (inbox.root / ".gitkeep").touch()
    result = inbox.scan()
    assert result.files == []
    assert [(oddity.name, oddity.reason, oddity.unit_id) for oddity in result.strange] == [
        ("报表2.xlsx", Reason.UNKNOWN_FOLDER, None),
        ("报表.xlsx", Reason.UNKNOWN_FOLDER, None),
    ]


def test_a_missing_or_broken_unit_folder_does_not_hide_the_others(inbox: Inbox) -> None:
    """One folder that is away leaves every other unit served."""
    inbox.lixia.rmdir()
    (inbox.root / "370103-市中区" / "报表.xlsx").write_bytes(b"x")
    result = inbox.scan()
    assert result.missing == ["370102-历下区"]
    assert [file.unit_id for file in result.files] == ["370103"]
    inbox.lixia.write_bytes(b"a file where the folder belongs")
    assert inbox.scan().strange[0].reason is Reason.UNKNOWN_FOLDER
    (trouble,) = inbox.scan().hindered
    assert (trouble.unit_id, trouble.is_ours) == ("370102", False)


def test_an_inbox_that_is_away_is_trouble_not_an_empty_inbox(tmp_path: Path) -> None:
    """An unplugged share is reported, and no unit is said to have withdrawn anything."""
    result = scan(tmp_path / "away", {"370102-历下区": "370102"}, now=0.0)
    assert [trouble.code for trouble in result.troubles] == ["ENOENT"]
    assert (result.missing, result.files) == ([], [])


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to give rights away"
)
def test_an_unreadable_folder_is_reported_never_raised(inbox: Inbox) -> None:
    """A folder without rights for the service is named with its reason."""
    inbox.drop(b"x")
    (inbox.root / "370103-市中区" / "报表.xlsx").write_bytes(b"x")
    for folder in (inbox.root, *inbox.root.parents):
        if folder.stat().st_mode & 0o5 != 0o5 and folder.is_relative_to("/tmp"):  # noqa: S108
            folder.chmod(0o755)
    inbox.lixia.chmod(0o700)
    os.seteuid(65_534)
    try:
        result = inbox.scan()
    finally:
        os.seteuid(0)
    assert [(trouble.unit_id, trouble.is_ours) for trouble in result.hindered] == [
        ("370102", False)
    ]
    assert "没有权限" in result.hindered[0].sentence
    assert ("370102", Purpose.SUBMISSION) in result.unseen
    assert result.troubles == []
    assert [file.unit_id for file in result.files] == ["370103"]


def test_a_file_too_large_for_any_workbook_is_shown_not_hashed(inbox: Inbox) -> None:
    """A film dropped by mistake does not keep the service busy."""
    inbox.drop(b"12345")
    result = scan(inbox.root, {"370102-历下区": "370102"}, now=time.time(), max_bytes=4)
    assert [oddity.reason for oddity in result.strange if oddity.unit_id] == [Reason.TOO_LARGE]
    assert result.files == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_hostile_names_are_kept_as_bytes_and_shown_harmlessly(inbox: Inbox) -> None:
    """A name with line breaks, bidi marks or broken bytes neither hides nor breaks anything."""
    names = [b"a\nb.xlsx", "a\u202excslx.exe".encode(), b"\xff\xfe.xlsx", b"=cmd.xlsx"]
    for name in names:
        (inbox.lixia / os.fsdecode(name)).write_bytes(b"x")
    files = inbox.scan().files
    assert {file.name_bytes for file in files} == set(names)
    assert {file.name for file in files} == {
        "a�b.xlsx",
        "a�xcslx.exe",
        "��.xlsx",
        "=cmd.xlsx",
    }
    assert display_name("e\u0301.xlsx".encode()) == "\u00e9.xlsx"


@pytest.mark.parametrize("by_descriptor", [True, False])
def test_folders_work_the_same_by_descriptor_and_by_path(
    tmp_path: Path, *, by_descriptor: bool
) -> None:
    """Where the system lacks openat, links and FIFOs are refused all the same."""
    if by_descriptor and not BY_DESCRIPTOR:
        pytest.skip("this system has no openat")
    home = tmp_path / "home"
    home.mkdir()
    (home / "a").write_bytes(b"abc")
    (home / "link").symlink_to(home / "a")
    (home / "sub").mkdir()
    (tmp_path / "home-link").symlink_to(home)
    with opened_folder(home, by_descriptor=by_descriptor) as folder:
        assert folder.names() == [b"a", b"link", b"sub"]
        descriptor = folder.open(b"a")
        assert os.read(descriptor, 9) == b"abc"
        os.close(descriptor)
        for name in (b"link", b"sub"):
            with pytest.raises(OSError, match=r"."):
                folder.open(name)
        folder.unlink(b"a")
        folder.sync()
    assert not (home / "a").exists()
    with (
        pytest.raises(OSError, match=r"."),
        opened_folder(tmp_path / "home-link", by_descriptor=by_descriptor),
    ):
        pass
    with opened_folder(tmp_path / "home-link", follow=True, by_descriptor=by_descriptor) as folder:
        assert folder.names() == [b"link", b"sub"]
