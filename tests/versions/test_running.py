"""A form changes its version in a running workspace, in the middle of a period.

Counties go on with the workbooks they have while others fill the new ones. Everything is
done by the command line in processes of their own; what the city and the province read is
compared with plain sums over the archived originals.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from sheetflow.store import Store
from sheetflow.store.records import Submission
from tests.reliability.command_line import command
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    ISSUED,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    SOUTH,
    TREE,
    WEST,
    Desk,
    Rows,
    Typed,
    head,
    table,
    write,
)
from tests.versions.declared import patrol_form

pytestmark = pytest.mark.slow

_MODULE = "from tests.versions.declared import campaign\n\nCAMPAIGN = campaign({version})\n"
_HERE = str(Path(__file__).parents[2])


@dataclass
class Town:
    """A workspace whose campaign is declared in a module that its owner edits."""

    desk: Desk
    module: Path
    version: int = 1
    kept: dict[tuple[str, str, int], Path] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> Town:
        """Make it, with version 1 in force."""
        module = folder / "declared" / "changing_campaign.py"
        module.parent.mkdir(parents=True)
        desk = Desk.make(folder / "workspace", campaign='"changing_campaign:CAMPAIGN"')
        town = cls(desk, module)
        town.declare(1)
        return town

    def declare(self, version: int) -> None:
        """Edit the declaration, as its owner does."""
        self.version = version
        self.module.write_text(_MODULE.format(version=version), encoding="utf-8")
        shutil.rmtree(self.module.parent / "__pycache__", ignore_errors=True)

    def do(self, at: dt.datetime, *words: str, ends: int = 0) -> str:
        """Run one command; give what it said."""
        path = os.pathsep.join((str(self.module.parent), _HERE))
        made = command(self.desk.root, at, *words, PYTHONPATH=path)
        assert made.returncode == ends, made.stdout + made.stderr
        return made.stdout

    def issue(self, period: str, at: dt.datetime = ISSUED) -> None:
        """Hand out workbooks, and let every clerk keep a copy of hers."""
        self.do(at, "templates", "--period", period)
        for unit in TREE:
            target = self.desk.root.parent / "kept" / f"{unit.unit_id}_{period}_{self.version}.xlsx"
            target.parent.mkdir(exist_ok=True)
            shutil.copy(self.desk.issued(unit.unit_id, period), target)
            self.kept[unit.unit_id, period, self.version] = target

    def submissions(self) -> tuple[Submission, ...]:
        """What the store has, in order of arrival."""
        with Store(self.desk.workspace.database, sealed=True) as store:
            return store.submissions.find_submissions()

    def send(self, unit_id: str, rows: Rows, version: int, period: str = FIRST) -> Path:
        """Fill in the workbook of a version that the unit has, and drop it."""
        filled = self.desk.root.parent / "clerks" / f"{unit_id}_{period}_{version}.xlsx"
        form = patrol_form(version).in_version(version)
        write(self.kept[unit_id, period, version], filled, rows, forms=(form,))
        return self.desk.drop(unit_id, filled)


def walks(*metres: int, month: int = 2, **more: Typed) -> list[dict[str, Typed]]:
    """Rows of the journal."""
    day = dt.date(2012, month, 15)
    return [{"walked_on": day, "means": "步行", "metres": each, **more} for each in metres]


def outlet(number: int, **more: Typed) -> dict[str, Typed]:
    """A row of the book."""
    found = dt.date(2012, 1, number)
    return {"river": "清水河", "keeper": "王安澜", "found_on": found, "state": "整治中", **more}


OLD_EAST: Rows = {
    "head": head(),
    "outlets": [outlet(1), outlet(2)],
    "patrols": walks(100, 200, litter=12.5),
    "boats": [{"boat": "一号", "seats": 7}],
}
OLD_SOUTH: Rows = {
    "head": head(),
    "outlets": [outlet(3)],
    "patrols": walks(30, litter=4),
}
NEW_NORTH: Rows = {
    "head": head(),
    "outlets": [outlet(4, bank="左岸", blocked_by="水务局"), outlet(5, bank="右岸")],
    "patrols": walks(1000, weather="雨") + walks(2000, weather="晴"),
    "signs": [{"place": "闸口", "signs": 9}],
}
NEW_CITY: Rows = {
    "head": head(),
    "outlets": [outlet(6, bank="左岸", blocked_by="水务局")],
    "patrols": walks(5, weather="晴"),
}
AT_FIRST = dt.datetime(2012, 4, 1, 9)  # noqa: DTZ001
LATER = dt.datetime(2012, 4, 1, 15)  # noqa: DTZ001
NEXT = dt.datetime(2012, 4, 2, 9)  # noqa: DTZ001
IN_JULY = dt.datetime(2012, 7, 2, 9)  # noqa: DTZ001
IN_APRIL = dt.datetime(2012, 4, 20, 9)  # noqa: DTZ001


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Play both periods: version 2 comes in the middle of the first."""
    town = Town.make(tmp_path_factory.mktemp("town"))
    town.issue(FIRST)
    town.issue(SECOND)
    town.send(EAST, OLD_EAST, 1)
    town.send(SOUTH, OLD_SOUTH, 1)
    spoiled = {**OLD_SOUTH, "patrols": walks(40, litter="很多")}
    town.send(WEST, spoiled, 1)
    town.do(AT_FIRST, "run")
    town.declare(2)
    town.do(LATER, "run")
    town.issue(FIRST, LATER)
    town.send(NORTH, NEW_NORTH, 2)
    town.send(CITY, NEW_CITY, 2)
    mend_returned(town)
    town.do(NEXT, "run")
    town.issue(SECOND, IN_APRIL)
    late: Rows = {
        "head": head(day=SIGNED_AGAIN),
        "patrols": walks(70, month=SECOND_MONTH, litter=3),
    }
    town.send(
        SOUTH, {**late, "boats": [{"boat": "二号", "seats": 2}], "outlets": [outlet(3)]}, 1, SECOND
    )
    new: Rows = {
        "head": head(day=SIGNED_AGAIN),
        "outlets": [{"bank": "左岸", "blocked_by": "水务局"}, {"bank": "右岸"}],
        "patrols": walks(11, month=SECOND_MONTH, weather="雨"),
    }
    town.send(EAST, new, 2, SECOND)
    town.do(IN_JULY, "run")
    return town


def mend_returned(town: Town) -> None:
    """Mend the cell that was marked in the copy that came back, and drop it again."""
    copy = town.desk.answer(WEST, "退回")
    book = openpyxl.load_workbook(copy)
    page = book["巡河日志"]
    spot = next(number for number, cell in enumerate(page[3], 1) if "清理费用" in str(cell.value))
    assert page.cell(4, spot).value == "很多"
    page.cell(4, spot).value = 6
    filled = town.desk.root.parent / "clerks" / "mended.xlsx"
    book.save(filled)
    book.close()
    town.desk.drop(WEST, filled)


def originals(town: Town, below: str, period: str) -> Iterator[tuple[str, openpyxl.Workbook]]:
    """Open the archived originals of what is accepted below a unit."""
    ids = {unit.unit_id for unit in TREE.subtree(below)}
    latest = {
        entry.unit_id: entry
        for entry in town.submissions()
        if entry.outcome == "accepted" and entry.period == period and entry.unit_id in ids
    }
    for entry in latest.values():
        (file,) = [
            path
            for path in town.desk.workspace.archive.rglob("*")
            if path.is_file() and entry.sha256 in path.name
        ]
        book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
        yield entry.unit_id, book
        book.close()


def lines(book: openpyxl.Workbook, title: str) -> list[dict[str, object]]:
    """Read a sheet with nothing but openpyxl: rows in which more than a number stands."""
    if title not in book.sheetnames:
        return []
    header = [str(cell.value or "").replace("\n", "").strip("＊* ") for cell in book[title][3]]
    rows: Iterator[dict[str, object]] = (
        dict(zip(header, [cell.value for cell in row], strict=True))
        for row in book[title].iter_rows(min_row=4)
    )
    return [
        row
        for row in rows
        if any(value not in {None, ""} for label, value in row.items() if label != "排口编号")
    ]


def add(rows: Sequence[Mapping[str, object]], label: str) -> Decimal:
    """Add up a column."""
    found = next((key for key in (rows[0] if rows else {}) if key.startswith(label)), "")
    return sum((Decimal(str(row[found] or 0)) for row in rows if found), Decimal(0))


def counted(rows: Sequence[Mapping[str, object]], label: str, *options: str) -> int:
    """Count the rows with one of these options."""
    return sum(
        value in options for row in rows for key, value in row.items() if key.startswith(label)
    )


def plain_sums(town: Town, below: str, period: str) -> dict[str, Decimal]:
    """Add up the originals, row by row."""
    total: dict[str, Decimal] = {}
    for _, book in originals(town, below, period):
        outlets, patrols = lines(book, "排口台账"), lines(book, "巡河日志")
        found: dict[str, Decimal | int] = {
            "H1": len(outlets),
            "H4": len(patrols),
            "H6": add(patrols, "巡河里程"),
            "H7": add(patrols, "清理费用"),
            "H8": add(lines(book, "巡河船只"), "座位"),
            "H9": counted(outlets, "岸别", "左岸"),
            "H10": counted(patrols, "天气", "雨"),
            "H11": counted(patrols, "天气", "晴"),
            "H12": add(lines(book, "警示牌登记"), "警示牌"),
        }
        for code, figure in found.items():
            total[code] = total.get(code, Decimal(0)) + figure
    return total


def published(town: Town, unit_id: str, period: str, heading: str) -> dict[str, Decimal]:
    """Read the whole's figures in the consolidated workbook, by code."""
    found = town.desk.out(unit_id, period).glob("汇总*")
    newest = max(found, key=lambda path: path.stat().st_mtime_ns)  # another may lie beside
    rows = table(newest, f"巡河汇总（{heading}）", "代码")
    whole = next(label for label in rows[0] if label not in {"代码", "指标", "计量单位"})
    return {
        str(row["代码"]): Decimal(str(row[whole]))
        for row in rows
        if isinstance(row[whole], int | float)
    }


CODES = ("H1", "H4", "H6", "H7", "H8", "H9", "H10", "H11", "H12")
FLOWS = ("H4", "H6", "H7", "H8", "H10", "H11", "H12")


@pytest.mark.parametrize("unit_id", [CITY, OTHER_CITY, PROVINCE])
def test_totals_are_plain_sums_over_the_originals(town: Town, unit_id: str) -> None:
    """In the period in which the version changed, every total is what the originals add up to."""
    wanted = plain_sums(town, unit_id, FIRST)
    found = published(town, unit_id, FIRST, "累计")
    assert {code: found.get(code, 0) for code in CODES} == {code: wanted[code] for code in CODES}
    assert unit_id != PROVINCE or min(wanted.values()) > 0, "every figure is tried"


@pytest.mark.parametrize("unit_id", [CITY, OTHER_CITY, PROVINCE])
def test_flows_go_on_over_the_change(town: Town, unit_id: str) -> None:
    """In the next period 本期 is of its own originals, 累计 of both periods'."""
    now, before = plain_sums(town, unit_id, SECOND), plain_sums(town, unit_id, FIRST)
    current = published(town, unit_id, SECOND, "本期")
    total = published(town, unit_id, SECOND, "累计")
    assert {code: current.get(code, 0) for code in FLOWS} == {code: now[code] for code in FLOWS}
    assert {code: total.get(code, 0) for code in FLOWS} == {
        code: now[code] + before[code] for code in FLOWS
    }


def test_each_unit_is_judged_by_its_own_version(town: Town) -> None:
    """Old and new workbooks are accepted side by side; the mended copy stayed in its version."""
    found = [
        (entry.unit_id, entry.period, entry.outcome, entry.form_version)
        for entry in town.submissions()
    ]
    assert sorted(found) == sorted(
        [
            (EAST, FIRST, "accepted", "1"),
            (SOUTH, FIRST, "accepted", "1"),
            (WEST, FIRST, "returned", "1"),
            (WEST, FIRST, "accepted", "1"),
            (NORTH, FIRST, "accepted", "2"),
            (CITY, FIRST, "accepted", "2"),
            (EAST, SECOND, "accepted", "2"),
            (SOUTH, SECOND, "accepted", "1"),
        ]
    )


def test_details_show_what_each_version_has(town: Town) -> None:
    """Old rows are blank in the new column, new rows in the retired one; both stand there."""
    path = town.desk.answer(PROVINCE, "汇总", FIRST)
    rows = table(path, "巡河日志", "来源")
    assert [label for label in rows[0] if label] == [
        *("市", "县（区）", "乡（镇）", "来源"),
        *("巡河方式", "巡河日期", "天气", "所查排口", "巡河里程（米）", "清理费用（元）"),
    ]
    seen = {(row["巡河里程（米）"], row["天气"], row["清理费用（元）"]) for row in rows}
    assert seen == {
        (100, None, 12.5),
        (200, None, 12.5),
        (30, None, 4),
        (40, None, 6),
        (1000, "雨", None),
        (2000, "晴", None),
        (5, "晴", None),
    }
    assert [row["座位（个）"] for row in table(path, "巡河船只", "来源")] == [7]
    assert [row["警示牌（块）"] for row in table(path, "警示牌登记", "来源")] == [9]


@pytest.mark.slow
def test_what_was_retired_goes_when_its_rows_are_gone(town: Town) -> None:
    """A city in which nobody's rows of the old version stand no more sees today's columns."""
    town.send(
        WEST,
        {**NEW_CITY, "head": head(day=SIGNED_AGAIN)}
        | {
            "patrols": walks(8, month=SECOND_MONTH, weather="晴"),
            "outlets": [outlet(3, bank="右岸")],
        },
        2,
        SECOND,
    )
    town.do(IN_JULY, "run")
    rows = table(town.desk.answer(CITY, "汇总", SECOND), "巡河日志", "来源")
    assert "清理费用（元）" not in rows[0]
    assert (
        "清理费用（元）"
        in table(town.desk.answer(OTHER_CITY, "汇总", SECOND), "巡河日志", "来源")[0]
    )


def test_exports_hold_both(town: Town, tmp_path: Path) -> None:
    """The CSV files of the mixed period have the columns of both versions."""
    town.do(IN_JULY, "export", "--period", FIRST, "--to", str(tmp_path))
    with (tmp_path / "巡河日志.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(Decimal(row["清理费用（元）"] or 0) for row in rows) == Decimal(35)
    assert [row["天气"] for row in rows].count("雨") == 1


def test_the_next_workbook_is_new_and_loses_nothing(town: Town) -> None:
    """The old book's rows stand in the new form; the store keeps what the form has no room for."""
    book = openpyxl.load_workbook(town.kept[EAST, SECOND, 2])
    header = [str(cell.value) for cell in book["排口台账"][3]]
    rows = [
        [cell.value for cell in row] for row in book["排口台账"].iter_rows(min_row=4, max_row=5)
    ]
    bank = next(number for number, label in enumerate(header) if "岸别" in label)
    assert [row[0] for row in rows] == ["P0001", "P0002"]
    assert [row[bank] for row in rows] == [None, None]
    assert "巡河船只" not in book.sheetnames
    book.close()
    assert published(town, CITY, FIRST, "累计")["H7"] == Decimal(31)


@pytest.mark.slow
def test_purging_knows_old_columns(town: Town, tmp_path: Path) -> None:
    """Personal data of both versions goes, figures stay."""
    later = dt.datetime(2013, 2, 1, 9)  # noqa: DTZ001
    root = tmp_path / "workspace"
    shutil.copytree(town.desk.root, root)
    copied = replace(town, desk=Desk(root))
    before = published(copied, PROVINCE, FIRST, "累计")
    copied.do(later, "purge", "--before", "2012-04-15", "--yes")
    copied.do(later, "run")
    assert published(copied, PROVINCE, FIRST, "累计") == before
    rows = table(copied.desk.answer(CITY, "汇总", FIRST), "排口台账", "来源")
    assert {row["河长姓名"] for row in rows} == {None}
    assert {row["岸别"] for row in rows} == {"左岸", None}


@pytest.mark.slow
def test_a_database_made_again_says_the_same(town: Town) -> None:
    """What is judged again from the archive comes out in the same versions, with the same sums."""
    before = published(town, PROVINCE, SECOND, "累计")
    versions = {entry.receipt: entry.form_version for entry in town.submissions()}
    (town.desk.workspace.state / "sheetflow.db").unlink()
    town.do(IN_JULY, "restore", "--from-archive")
    town.do(IN_JULY, "run")
    assert {entry.receipt: entry.form_version for entry in town.submissions()} == versions
    assert published(town, PROVINCE, SECOND, "累计") == before
