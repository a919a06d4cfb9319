"""Promise 12: what a person changed in the outbox is theirs, whatever we publish and however we end."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from sheetflow.periods import Period
from sheetflow.upkeep.remind import issue_workbooks
from tests.programs import needs_strace
from tests.reliability.broken import (
    ANNOUNCES_LATER,
    NO_LAST_LOOK,
    TAKES_ALL_FOR_OURS,
    TWIN_TAKES_OVER,
    Broken,
)
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of
from tests.reliability.service_process import REPOSITORY, Service, Trace
from tests.rounds.desk import HUAIYIN, LIXIA, SHIZHONG, TREE, CountyDesk
from tests.tiny.desk import EAST, Desk, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(900)]

_AFTERNOON = dt.datetime(2012, 5, 3, 15)  # noqa: DTZ001 - the office's own time
_EVERY = 2
"""Of all renames and removals, so many-th ones are points."""
_LINE = "您改过的一份未动"
_KINDS = (
    *("填报", "汇总表", "情况报告", "数字核对表", "内部附件", "上报情况", "报送进度"),
    *("回执", "退回", "拒收"),
)
_NEXT = {LIXIA: ("回执", 2), SHIZHONG: ("退回", 1), HUAIYIN: ("拒收", 1)}
"""What the next pass answers: the kind, and the number of the receipt."""


@pytest.fixture(scope="module")
def reported(quick_disk: Path) -> Path:
    """A city and its province with everything published, and three files of different fate in the inbox."""
    desk = CountyDesk.make(quick_disk / "hers" / "work", size="1")
    desk.drop(LIXIA, desk.write(LIXIA))
    desk.run()
    third = Period.parse("2012B3")
    desk.ask(lambda context: issue_workbooks(context, context.form(""), third))
    desk.drop(LIXIA, desk.write(LIXIA, "@ 走访记录 走访妇女人次 4 = 25", "改.xlsx"))
    desk.drop(SHIZHONG, desk.write(SHIZHONG, "@ 走访记录 走访妇女人次 4 = 约20"))
    (desk.workspace.inbox_of(TREE[HUAIYIN]) / "笔记.xlsx").write_bytes(b"not a workbook")
    return desk.root


def touch(root: Path) -> dict[Path, bytes]:
    """Change every file of the outbox as people do, and put some where answers will come to lie."""
    outbox = root / "outbox"
    for unit_id, (kind, number) in _NEXT.items():
        folder = outbox / TREE[unit_id].folder
        period = "" if kind == "拒收" else "2012B2"
        name = "_".join(filter(None, (kind, folder.name, period, f"第{number}号.xlsx")))
        (folder / period).mkdir(exist_ok=True)
        (folder / period / name).write_bytes(b"somebody's own")
    files = [path for path in outbox.rglob("*") if path.is_file()]
    for path in files:
        path.write_bytes(path.read_bytes() + b"changed by hand")
    return {path: path.read_bytes() for path in files}


def published(root: Path) -> dict[str, bytes]:
    """What lies in the outbox."""
    outbox = root / "outbox"
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted(outbox.rglob("*"))
        if path.is_file()
    }


def first_words(path: Path) -> str:
    """The first words that whoever opens the document reads."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8").partition("<body>")[2].strip()
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as package:
            xml = package.read("word/document.xml").decode()
        return xml.partition("<w:t>")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    shown = next(sheet for sheet in book if sheet.sheet_state == "visible")
    words = str(shown["A1"].value)
    book.close()
    return words


@pytest.mark.parametrize("broken", [None, TAKES_ALL_FOR_OURS, TWIN_TAKES_OVER])
def test_every_kind_of_file_that_people_changed_stays_theirs(
    broken: Broken | None, reported: Path, tmp_path: Path, measured: Measured
) -> None:
    """The new one lies beside it and says so first; with hers gone it has its name, and nothing else differs."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    control, root = copy_of(reported, tmp_path / "control"), copy_of(reported, tmp_path / "work")
    with Service(REPOSITORY) as service:
        assert service.run(control, _AFTERNOON).code == 0
    hers = touch(root)
    with Service(package) as service:
        for _ in range(2):
            service.run(root, _AFTERNOON)
        kept = [path for path, content in hers.items() if _bytes(path) == content]
        if broken:
            measured(broken.wrong, f"{len(hers) - len(kept)} of {len(hers)} lost")
            assert len(kept) < len(hers)
            return
        assert len(kept) == len(hers)
        _check_twins(root, measured)
        for path in hers:
            path.unlink()
        assert service.run(root, _AFTERNOON).code == 0
    now, undisturbed = published(root), published(control)
    again = {name: content for name, content in undisturbed.items() if name in now}
    assert now == again
    kinds = {name.rpartition("/")[2].partition("_")[0] for name in now}
    assert kinds - {"填报样例"} == set(_KINDS)  # a sample shows no data: no new one is due


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _check_twins(root: Path, measured: Measured) -> None:
    """Every kind has its twin, which says what it is; `status`, mail and board name the current one."""
    twins = sorted((root / "outbox").rglob("*_新.*"))
    assert {path.name.partition("_")[0] for path in twins} == set(_KINDS)
    assert {path.suffix for path in twins} == {".xlsx", ".docx", ".html"}
    for path in twins:
        words = first_words(path)
        assert words.startswith(("本件数据截至5月", "<p><strong>本件数据截至5月")), path.name
        assert _LINE in words.splitlines()[0]
    told = command(root, _AFTERNOON, "status").stdout
    for path in twins:
        assert f"已发布在旁边：{path.relative_to(root / 'outbox').as_posix()}" in told
    (board,) = (root / "outbox").rglob("上报情况_济南市_新.html")
    assert "2012B2/汇总表_济南市_2012年3—4月_新.xlsx" in unquote(board.read_text(encoding="utf-8"))
    (mail,) = CountyDesk(root).mails(SHIZHONG)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "退回_370103-市中区_2012B2_第1号_新.xlsx"
    text = mail.get_body(("plain",))
    assert text is not None
    assert str(attached.get_filename()) in text.get_content()
    measured("files that people changed, published beside", len(twins))


_ROLLED_UP = ("上报情况", "汇总表", "情况报告", "数字核对表")


def _unlucky(desk: Desk) -> Iterator[Path]:
    """The files that a correction of 东岸县 replaces."""
    outbox = desk.workspace.outbox
    yield from (path for path in outbox.rglob("*上游市*") if path.name.startswith(_ROLLED_UP))


@pytest.fixture(scope="module")
def corrected(quick_disk: Path) -> tuple[Path, Path]:
    """Everything of a first report published and its correction in the inbox; and one more correction."""
    desk = Desk.make(quick_disk / "corrected" / "work", size="1")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.drop(EAST, desk.fill(EAST, sound(900), name="改.xlsx"))
    return desk.root, desk.fill(EAST, sound(1200), name="再改.xlsx")


@needs_strace
@pytest.mark.parametrize("broken", [None, ANNOUNCES_LATER], ids=["real", "broken"])
def test_killed_anywhere_our_own_file_is_never_taken_for_hers(
    broken: Broken | None,
    corrected: tuple[Path, Path],
    tmp_path: Path,
    quick_disk: Path,
    measured: Measured,
) -> None:
    """Killed between announcement, rename and record, with newer data at the next start: no file beside."""
    scene, newer = corrected
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root = quick_disk / f"killed-{package.name}" / "work"
    root.parent.mkdir(exist_ok=True)
    trace = root.parent / "trace.txt"
    with Service(package) as service:
        copy_of(scene, root)
        calls = "rename,renameat,unlink"
        assert service.run(root, NOW, trace=Trace(("-e", f"trace={calls}"), trace)).code == 0
        lines = trace.read_text(encoding="utf-8").splitlines()
        points = [
            (call, sum(other.startswith(f"{call}(") for other in lines[: number + 1]))
            for number, line in enumerate(lines)
            if (call := line.partition("(")[0]) in {"rename", "unlink"}
            and (".sheetflow-" in line or "-journal" in line)
        ]
        wrong, killed = [], 0
        for call, number in points[::_EVERY]:
            copy_of(scene, root)
            # What is ready together is recorded together: not every pass makes as many calls.
            killed += service.run(root, NOW, trace=Trace.kill(call, number)).was_killed
            shutil.copy(newer, Desk(root).workspace.inbox / "990101-东岸县" / newer.name)
            assert service.run(root, NOW).code == 0
            wrong += [(call, number)] if list((root / "outbox").rglob("*_新*")) else []
            if wrong and broken:
                break
    measured("killed", f"{killed} of {len(points[::_EVERY])} points, wrong {len(wrong)}")
    assert bool(wrong) is bool(broken)
    assert broken or killed >= len(points[::_EVERY]) * 0.9


@needs_strace
@pytest.mark.parametrize("broken", [None, NO_LAST_LOOK], ids=["real", "broken"])
def test_an_edit_between_draft_and_rename_is_found(
    broken: Broken | None, corrected: tuple[Path, Path], tmp_path: Path
) -> None:
    """Somebody saves while the replacement is announced: her file stays, and the next pass goes beside."""
    scene, _ = corrected
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root = copy_of(scene, tmp_path / "work")
    (board,) = (root / "outbox").rglob("汇总表_上游市*")

    def edit(_pid: int) -> None:
        while not list(board.parent.glob(".sheetflow-*")):
            pass
        board.write_bytes(b"saved just now")

    slow = Trace(("-e", "trace=fsync", "-e", "inject=fsync:delay_exit=20000"))
    with Service(package) as service:
        service.run(root, NOW, trace=slow, meanwhile=edit)
        kept = board.read_bytes() == b"saved just now"
        assert kept is not bool(broken)
        if not broken:
            assert service.run(root, NOW).code == 0
            assert board.read_bytes() == b"saved just now"
            assert board.with_name(f"{board.stem}_新.xlsx").is_file()
