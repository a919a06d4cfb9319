"""Promise 3: temporary trouble is retried for ever and shown; every file ends in a visible state."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from sheetflow.consolidation.contents import Waits
from sheetflow.context import Context, open_context
from sheetflow.intake.archive import blob_path
from sheetflow.service.one_pass import work_off
from sheetflow.service.status import standing
from sheetflow.service.take import open_intake, take_all
from tests.programs import needs_root, needs_strace
from tests.reliability.broken import (
    OVERTAKEN,
    TROUBLE_IS_FINAL,
    UNREAD_IS_OVERTAKEN,
    UNSEEN_IS_GONE,
    WATCH_ENDS,
    Broken,
)
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of, dropped_bytes, essence_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service, Trace
from tests.tiny.desk import EAST, TREE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(1200),
]

LATER = NOW + dt.timedelta(hours=3)
"""When every back-off has run out."""

_LANES = max(2, os.cpu_count() or 1)
_CALL = re.compile(r"^(\w+)\(")
_ERRORS = {
    "ENOSPC": "openat write pwrite64 fsync mkdir rename",
    "EIO": "openat read pread64 write pwrite64 fsync fdatasync rename unlink unlinkat getdents64",
    "EACCES": "openat rename unlink unlinkat mkdir newfstatat",
    "EBUSY": "openat rename unlink unlinkat",
    "ESTALE": "openat read fsync newfstatat getdents64 rename unlinkat",
}
_SPOTS = ((0.1, ""), (0.5, "+"))
"""After which share of its calls trouble comes, and whether (+) it lasts for the rest of the run."""

Essence = dict[str, list[str]]


@pytest.fixture(scope="module")
def undisturbed(scene: Path, quick_disk: Path) -> Essence:
    """What is to come of the scene, whatever trouble there is."""
    root = copy_of(scene, quick_disk / "undisturbed" / "workspace")
    with Service() as service:
        assert service.run(root, NOW).code == 0
    return essence_of(take_picture(root))


def _counted(service: Service, scene: Path, root: Path, calls: str) -> Counter[str]:
    """How often an undisturbed run makes each call."""
    file = root.parent / "trace.txt"
    for _ in range(2):  # nothing is compiled the second time
        copy_of(scene, root)
        options = ("-e", f"trace={calls.replace(' ', ',')}")
        assert service.run(root, NOW, trace=Trace(options, file)).code == 0
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return Counter(found[1] for found in map(_CALL.match, lines) if found)


def _lost(root: Path, dropped: set[str]) -> set[str]:
    """Name the dropped files that are neither in the inbox nor received and archived."""
    picture = take_picture(root)
    received = {str(row[3]) for row in picture.tables["arrivals"]}
    archived = {Path(path).name for path, digest in picture.archive.items() if digest in path}
    return dropped - dropped_bytes(root) - (received & archived)


@needs_strace
@pytest.mark.parametrize("error", _ERRORS)
def test_whatever_the_system_refuses_is_tried_again_and_nothing_is_lost(
    error: str, scene: Path, undisturbed: Essence, quick_disk: Path, measured: Measured
) -> None:
    """Each error, at each kind of call, once or for the rest of the run: afterwards all is there."""
    wrong, runs = _trouble_with(error, REPOSITORY, scene, undisturbed, quick_disk)
    measured("runs with trouble", runs)
    assert not wrong, wrong[:3]


def _trouble_with(
    error: str, package: Path, scene: Path, undisturbed: Essence, disk: Path
) -> tuple[list[str], int]:
    lanes: SimpleQueue[tuple[Service, Path]] = SimpleQueue()
    wrong: list[str] = []

    def meet(call: str, when: str) -> None:
        service, root = lanes.get()
        try:
            found = _after(
                service, copy_of(scene, root), Trace.fail(call, error, when), undisturbed
            )
            wrong.extend(f"{call} {error} {when}: {entry}" for entry in found)
        finally:
            lanes.put((service, root))

    with ExitStack() as stack:
        for number in range(_LANES):
            root = disk / f"{package.name}-{error}-{number}" / "workspace"
            root.parent.mkdir(exist_ok=True)
            lanes.put((stack.enter_context(Service(package)), root))
        service, root = lanes.get()
        counts = _counted(service, scene, root, _ERRORS[error])
        lanes.put((service, root))
        points = [
            (call, f"{max(1, round(count * where))}{lasting}")
            for call, count in counts.items()
            for where, lasting in _SPOTS
        ]
        threads = stack.enter_context(ThreadPoolExecutor(_LANES))
        for done in [threads.submit(meet, *point) for point in points]:
            done.result()
    return wrong, len(points)


def _after(service: Service, root: Path, trouble: Trace, undisturbed: Essence) -> list[str]:
    """Run with trouble, then without; say what was wrong after either."""
    dropped = dropped_bytes(root)
    first = service.run(root, NOW, trace=trouble)
    found = _lost_or_unseen(root, dropped)
    if first.code not in {0, 1}:
        found.append(f"ended with {first.code}: {first.log[-1500:]}")
    last = service.run(root, LATER, passes=2)
    if last.code:
        found.append(f"then ended with {last.code}: {last.log[-1500:]}")
    return found + _unlike(undisturbed, root)


def _lost_or_unseen(root: Path, dropped: set[str]) -> list[str]:
    """Say which files are lost, or are nowhere in what `status` shows."""
    wrong = [f"lost: {digest}" for digest in _lost(root, dropped)]
    with open_context(root, NOW) as context:
        shown = standing(context)
        if len(shown.untaken) != len(dropped_bytes_list(root)):
            wrong.append("status does not show what lies in the inbox")
        unanswered = {arrival.arrival_id for arrival in context.store.arrivals.find_unjudged()}
        said = "".join(entry.message for entry in shown.waiting)
        if any(f"第{arrival_id}号来件" not in said for arrival_id in unanswered):
            wrong.append("status does not show what waits for its answer")
    return wrong


def dropped_bytes_list(root: Path) -> list[Path]:
    """The files in the inbox."""
    return [path for path in (root / "inbox").rglob("*") if path.is_file()]


def _unlike(undisturbed: Essence, root: Path) -> list[str]:
    found = essence_of(take_picture(root))
    return [
        f"{name}: {set(undisturbed[name]) ^ set(found[name])}"[:400]
        for name in undisturbed
        if undisturbed[name] != found[name]
    ]


@needs_strace
def test_a_later_file_that_overtakes_an_earlier_one_is_noticed(
    scene: Path, undisturbed: Essence, quick_disk: Path, tmp_path: Path, measured: Measured
) -> None:
    """The errors above are able to fail: the latest of a unit's two files must stay the latest."""
    package = OVERTAKEN.package(tmp_path)
    root = copy_of(scene, quick_disk / "overtaken" / "workspace")
    with Service(package) as service:
        service.run(root, NOW, trace=Trace.fail("rename", "EIO", "3"))
        service.run(root, LATER)
    wrong = _unlike(undisturbed, root)
    measured(OVERTAKEN.wrong, wrong)
    assert wrong


@needs_strace
@pytest.mark.parametrize("broken", [None, UNREAD_IS_OVERTAKEN], ids=["real", "broken"])
def test_a_file_that_could_not_be_read_just_then_is_not_overtaken(
    broken: Broken | None,
    scene: Path,
    undisturbed: Essence,
    quick_disk: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """At whichever reading of a unit's earlier file the share fails, its later one still counts."""
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = quick_disk / f"unread-{bool(broken)}" / "workspace"
    root.parent.mkdir()
    earlier = root / "inbox" / TREE[EAST].folder / "上报.xlsx"
    wrong: dict[int, list[str]] = {}
    with Service(package) as service:
        for number in range(1, 9):
            copy_of(scene, root)
            service.run(root, NOW, trace=Trace.fail("read", "EIO", str(number), earlier))
            service.run(root, LATER)
            if found := _unlike(undisturbed, root):
                wrong[number] = found
    measured("wrong after readings", sorted(wrong))
    assert bool(wrong) is bool(broken)


@needs_strace
@pytest.mark.parametrize("broken", [None, UNSEEN_IS_GONE], ids=["real", "broken"])
def test_a_file_that_could_neither_be_removed_nor_seen_is_not_received_again(
    broken: Broken | None,
    scene: Path,
    undisturbed: Essence,
    quick_disk: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """Open in Excel first, the share away then: when all is well, every file counts once."""
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = copy_of(scene, quick_disk / f"unseen-{bool(broken)}" / "workspace")
    folder = root / "inbox" / TREE[EAST].folder
    with Service(package) as service:
        service.run(root, NOW, trace=Trace.fail("unlinkat", "EBUSY", "1+"))
        service.run(root, NOW, trace=Trace.fail("getdents64", "EIO", "1+", folder))
        service.run(root, LATER)
    wrong = _unlike(undisturbed, root)
    measured("after EBUSY and EIO", wrong)
    assert bool(wrong) is bool(broken)


@pytest.mark.parametrize("broken", [None, TROUBLE_IS_FINAL], ids=["real", "broken"])
def test_an_original_that_the_disk_does_not_give_just_now_is_judged_later(
    broken: Broken | None, scene: Path, undisturbed: Essence, tmp_path: Path, measured: Measured
) -> None:
    """A child that cannot read the archive puts the file off; `status` says why, and when next."""
    root = copy_of(scene, tmp_path / "workspace")
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    with open_context(root, NOW) as context:
        intake = open_intake(context)
        take_all(context, intake)
        (arrival,) = [
            entry
            for entry in context.store.arrivals.find_unjudged()
            if entry.name == "市本级 改.xlsx"
        ]
        blob = blob_path(context.workspace.archive, arrival.sha256)
        aside = blob.rename(tmp_path / "aside")
        blob.mkdir()
        if broken is None:
            _see_it_put_off(context)
    if broken:
        command(root, NOW, "run", package=package)
    blob.rmdir()
    aside.rename(blob)
    with Service() as service:
        service.run(root, LATER)
    wrong = _unlike(undisturbed, root)
    measured("after the archive was back", wrong)
    assert bool(wrong) is bool(broken)


def _see_it_put_off(context: Context) -> None:
    work_off(context, open_intake(context))
    (waiting,) = [each for each in standing(context).waiting if each.kind is Waits.PUT_OFF]
    assert "暂时不能审核：同名的东西是文件夹" in waiting.message
    assert "以后自动再试" in waiting.message
    assert waiting.is_ours


@contextmanager
def _small_disk(place: Path) -> Iterator[None]:
    """Lay a file system of 2 MB over the folder `place`, its content kept."""
    content = copy_of(place, place.with_name(f"{place.name}.content"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{content}/.", str(place)], check=True)
        yield
        subprocess.run(["cp", "-a", f"{place}/.", str(content)], check=True)
    finally:
        subprocess.run(["umount", str(place)], check=True)
        subprocess.run(["cp", "-a", f"{content}/.", str(place)], check=True)


def _fill(place: Path) -> Path:
    """Use up the space, but for a few pages."""
    ballast = place / "ballast.tmp"
    free = os.statvfs(place)
    ballast.write_bytes(b"\0" * (free.f_bavail - 3) * free.f_bsize)
    return ballast


@needs_root
@pytest.mark.parametrize("place", ["state", "outbox"])
def test_a_full_disk_is_waited_out_and_shown(
    place: str, scene: Path, undisturbed: Essence, tmp_path: Path, measured: Measured
) -> None:
    """With a disk of 2 MB full, `watch` lives and `status` says so; with space back all is done."""
    root = copy_of(scene, tmp_path / "workspace")
    dropped = dropped_bytes(root)
    with _small_disk(root / place):
        ballast = _fill(root / place)
        with watching(root, NOW) as service:
            wait_until(lambda: _says_full(root), "status says that the disk is full")
            assert service.poll() is None
            assert not _lost(root, dropped)
            ballast.unlink()
            took = wait_until(
                lambda: len([*(root / "outbox").rglob("回执_*.xlsx")]) == 6,
                "all accepted files have their receipt",
                seconds=120,
            )
        measured("seconds until all was answered", round(took, 1))
        last = command(root, LATER, "run")
        assert last.returncode == 0, last.stdout + last.stderr
        found = _unlike(undisturbed, root)
    assert not found


def _says_full(root: Path) -> bool:
    said = command(root, NOW, "status").stdout
    return "磁盘空间已满" in said or "磁盘已满" in said


@needs_root
def test_a_service_that_a_full_disk_ends_is_noticed(
    scene: Path, tmp_path: Path, measured: Measured
) -> None:
    """The full disk above is able to fail: a version that does not wait it out ends."""
    root = copy_of(scene, tmp_path / "workspace")
    with _small_disk(root / "state"):
        _fill(root / "state")
        with watching(root, NOW, package=WATCH_ENDS.package(tmp_path / "package")) as service:
            code = service.wait(60)
    measured(WATCH_ENDS.wrong, f"exit code {code}")
    assert code
