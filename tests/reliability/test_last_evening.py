"""Six hundred workbooks dropped in one moment: all answered, none twice, memory flat."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.units import Unit, UnitTree
from tests.reading.packages import zipped
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.hostile import unpacked
from tests.tiny.desk import FIRST, IN_TIME, Desk, patrols, settings_text, sound, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.alone,
    pytest.mark.timeout(1800),
]

_CITIES, _COUNTIES, _EACH = 10, 190, 3
_MOST_MB, _MOST_GROWTH_MB = 300, 80


def _tree() -> UnitTree:
    rows: list[tuple[str, str, str, str | None]] = [("99", "清河省", "省", None)]
    rows += [(f"99{city:02}", f"第{city}市", "市", "99") for city in range(1, _CITIES + 1)]
    for county in range(_COUNTIES):
        city = county % _CITIES + 1
        code = f"99{city:02}{county // _CITIES + 1:02}"
        rows.append((code, f"第{city}市{county // _CITIES + 1}县", "县", f"99{city:02}"))
    return UnitTree.of(
        Unit(unit_id=code, name=name, level=level, parent=parent, mails=(f"r{code}@mail.example",))
        for code, name, level, parent in rows
    )


def _variants(first: bytes) -> list[bytes]:
    """Different workbooks of one unit, the last one with too long a walk."""
    parts = unpacked(first)
    (name,) = [name for name, part in parts.items() if b"<v>12345</v>" in part]
    numbers = [*range(101, 100 + _EACH), 40_000]
    return [
        zipped(parts | {name: parts[name].replace(b"12345", str(number).encode())})
        for number in numbers
    ]


def test_six_hundred_workbooks_at_once(quick_disk: Path, measured: Measured) -> None:
    """The last evening: six hundred drops, each answered once, in order, while memory stays flat."""
    tree = _tree()
    root = quick_disk / "evening" / "workspace"
    create_workspace(root, tree, settings_text())
    desk = Desk(root)
    desk.issue()
    wanted = [unit for unit in tree if unit.level != "省"]
    staged: list[tuple[Path, Path]] = []
    for unit in wanted:
        (issued,) = desk.workspace.outbox_of(unit, FIRST).glob("填报_*.xlsx")
        rows = {**sound(), "patrols": patrols(12345, means="步行")}
        first = write(issued, root.parent / "clerk.xlsx", rows).read_bytes()
        for number, content in enumerate(_variants(first), start=1):
            away = root.parent / f"{unit.unit_id}-{number}.xlsx"
            away.write_bytes(content)
            staged.append((away, desk.workspace.inbox_of(unit) / f"第{number}稿.xlsx"))
    memory: list[tuple[int, int]] = []
    with watching(root, IN_TIME) as service:
        wait_until(desk.workspace.health.exists, "the service runs")
        time.sleep(2)
        started = time.monotonic()
        for away, place in staged:
            away.replace(place)
        dropping = time.monotonic() - started

        def is_done() -> bool:
            memory.append((_answered(root), _resident_mb(service.pid)))
            return memory[-1][0] == len(staged) and not _open_work(root)

        took = wait_until(is_done, "all are answered, published and sent", 1200, pause=1)
        peak = _resident_mb(service.pid, "VmHWM")
        assert service.poll() is None
    early = max(mb for done, mb in memory if done <= len(staged) // 4)
    measured("dropped", f"{len(staged)} workbooks within {dropping:.1f} s")
    measured("seconds until all were answered", round(took))
    measured("most memory", f"{peak} MB; after a quarter {early} MB")
    _check(desk, root, wanted)
    assert peak < _MOST_MB
    assert peak - early < _MOST_GROWTH_MB


def _check(desk: Desk, root: Path, wanted: list[Unit]) -> None:
    found = desk.submissions()
    assert len(found) == len(wanted) * _EACH
    assert len({(entry.unit_id, entry.sha256) for entry in found}) == len(found)
    by_unit = Counter(entry.unit_id for entry in found)
    assert set(by_unit.values()) == {_EACH}
    for unit in wanted:
        own = [entry for entry in found if entry.unit_id == unit.unit_id]
        assert [entry.number for entry in own] == list(range(1, _EACH + 1))
        assert [entry.file_name for entry in own] == [f"第{n}稿.xlsx" for n in range(1, _EACH + 1)]
        outcomes = [entry.outcome for entry in own]
        assert outcomes == ["accepted"] * (_EACH - 1) + ["returned"]
        answers = [path.name for path in desk.workspace.outbox_of(unit, FIRST).iterdir()]
        assert sum(name.startswith("回执_") for name in answers) == _EACH - 1
        assert sum(name.startswith("退回_") for name in answers) == 1
    assert desk.inbox_files() == []
    told = json.loads(command(root, IN_TIME, "status", "--json").stdout)
    states = Counter(unit["state"] for unit in told["units"])
    # What was accepted counts until a correction of it is accepted, too.
    assert states == {"accepted": len(wanted), "missing": 1}
    sent = [*(desk.workspace.maildir / "new").iterdir()]
    assert len(sent) == len(found)


def _ask(root: Path, query: str) -> int:
    uri = f"file:{root / 'state' / 'sheetflow.db'}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=60)) as connection:
        return int(connection.execute(query).fetchone()[0])


def _answered(root: Path) -> int:
    return _ask(root, "select count(*) from arrivals where judged_at is not null")


def _open_work(root: Path) -> int:
    return _ask(root, "select count(*) from stale") + _ask(
        root, "select count(*) from mails where state = 'queued'"
    )


def _resident_mb(pid: int, what: str = "VmRSS") -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"{what}:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
