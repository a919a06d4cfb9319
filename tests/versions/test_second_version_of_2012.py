"""The 2012 campaign in the first period of its version 2: a county goes on with the workbook that it has.

The office decides in April that version 2 begins with 2012B2; by then workbooks of version 1 are handed out
for it. All is done by the command line, and totals are held against plain sums over the originals.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from types import MappingProxyType

import openpyxl
import pytest

from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.periods import Period
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.store import Store
from sheetflow.units import Unit, UnitTree
from tests.county_book import CAMPAIGN, FORM
from tests.demo.by_hand import OF_A_PERIOD, figures
from tests.reliability.command_line import command
from tests.tiny.desk import settings_text, table, write

pytestmark = pytest.mark.slow

PROVINCE, CITY, EAST, WEST, NORTH = "370000", "370100", "370102", "370103", "370104"
TREE = UnitTree.of(
    [
        Unit(unit_id=PROVINCE, name="山东省", level="省"),
        Unit(unit_id=CITY, name="济南市", level="市", parent=PROVINCE),
        Unit(unit_id=EAST, name="历下区", level="县", parent=CITY),
        Unit(unit_id=WEST, name="市中区", level="县", parent=CITY),
        Unit(unit_id=NORTH, name="槐荫区", level="县", parent=CITY),
    ]
)
B1, B2 = "2012B1", "2012B2"
_MODULE = """
from dataclasses import replace

from sheetflow.schemas.grassroots2012.declaration import GRASSROOTS_2012

FIRST, SECOND = GRASSROOTS_2012.versions
SECOND = replace(SECOND, first_period="{begins}", older_until="{until}")
CAMPAIGN = replace(GRASSROOTS_2012, versions=(FIRST, SECOND))
"""
_HERE = str(Path(__file__).parents[2])
_NEW = ("S71", "S72", "S73", "S74", "S75", "S76")


def _at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2012, month, day, 9)  # noqa: DTZ001 - the office's own time


@dataclass
class Office:
    """The workspace, the module in which its campaign is declared, and what clerks sent."""

    root: Path
    originals: dict[tuple[str, str], Path] = field(default_factory=dict)
    typed: dict[tuple[str, str], Samples] = field(default_factory=dict)

    def declare(self, begins: str, until: str = "") -> None:
        """Say from which period on version 2 is in force."""
        module = self.root.parent / "declared" / "campaign_of_2012.py"
        module.parent.mkdir(exist_ok=True)
        module.write_text(_MODULE.format(begins=begins, until=until), encoding="utf-8")
        shutil.rmtree(module.parent / "__pycache__", ignore_errors=True)

    def do(self, at: dt.datetime, *words: str) -> None:
        """Run one command."""
        path = os.pathsep.join((str(self.root.parent / "declared"), _HERE))
        made = command(self.root, at, *words, PYTHONPATH=path)
        assert made.returncode == 0, made.stdout + made.stderr

    def issued(self, unit_id: str, period: str) -> Path:
        """The unit's workbook as it lies in its outbox now."""
        return self.answer(unit_id, period, "填报_")

    def answer(self, unit_id: str, period: str, start: str) -> Path:
        """The newest file of that name's start in a unit's outbox."""
        found = Workspace(self.root).outbox_of(TREE[unit_id], period).glob(f"{start}*.xlsx")
        return max(found, key=lambda path: path.stat().st_mtime_ns)

    def send(
        self,
        unit_id: str,
        period: str,
        version: int,
        issued: Path,
        spoilt: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Fill in a workbook that goes on from the period before, and drop it."""
        before = self.typed.get((unit_id, B1), {})
        scene = Scene(TREE[unit_id], TREE, Period.parse(period), Random(unit_id), 12, before)  # noqa: S311
        form = FORM.in_version(version)
        rows = make_samples(_as_of(version), form, scene)
        self.typed[unit_id, period] = rows
        (visit, *visits) = rows["visits"]
        filled = self.root.parent / "clerks" / f"{unit_id}_{period}.xlsx"
        write(issued, filled, {**rows, "visits": [{**visit, **spoilt}, *visits]}, forms=(form,))
        self.originals[unit_id, period] = filled
        shutil.copy(filled, Workspace(self.root).inbox_of(TREE[unit_id]) / filled.name)

    def totals(self, unit_id: str, column: str = "") -> dict[str, Decimal | None]:
        """Read 累计 of B2 in a consolidated workbook by code, of a column or the whole; None where nothing stands."""
        path = self.answer(unit_id, B2, "汇总表_")
        book = openpyxl.load_workbook(path, read_only=True)
        (title,) = [name for name in book.sheetnames if "（累计" in name]
        book.close()
        rows = table(path, title, "代码")
        lead = {"代码", "指标", "计量单位"}
        label = next(name for name in rows[0] if name not in lead and name.startswith(column))
        cells = {str(row["代码"]): row[label] for row in rows}
        return {
            code: Decimal(str(cell)) if isinstance(cell, int | float) else None
            for code, cell in cells.items()
        }

    def counted(self, *unit_ids: str) -> dict[str, Decimal]:
        """Count the originals of units in plain Python: what happened in both periods, books as they are."""
        total: dict[str, Decimal] = {}
        for unit_id in unit_ids:
            then, now = (
                figures(self.originals[unit_id, period].read_bytes()) for period in (B1, B2)
            )
            for code, figure in now.items():
                before = then[code] if code in OF_A_PERIOD else 0
                total[code] = total.get(code, Decimal(0)) + figure + before
        return total


def _as_of(version: int) -> Campaign:
    """Give the campaign as if that version alone had ever been in force."""
    return replace(CAMPAIGN, versions=CAMPAIGN.versions[version - 1 : version])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Play both periods: version 2 is put in force when the second one's workbooks are handed out."""
    root = tmp_path_factory.mktemp("office") / "workspace"
    create_workspace(root, TREE, settings_text(campaign='"campaign_of_2012:CAMPAIGN"'))
    office = Office(root)
    office.declare("2012B3")
    office.do(_at(2, 20), "templates", "--period", B1)
    for unit_id in (EAST, WEST):
        office.send(unit_id, B1, 1, office.issued(unit_id, B1))
    office.do(_at(3, 2), "run")
    office.do(_at(4, 16), "templates", "--period", B2)
    older = {
        unit_id: Path(shutil.copy(office.issued(unit_id, B2), root.parent / f"{unit_id}.xlsx"))
        for unit_id in (EAST, NORTH)
    }
    office.declare(B2, until=B2)
    office.do(_at(4, 17), "run")
    office.send(EAST, B2, 1, older[EAST])
    office.send(WEST, B2, 2, office.issued(WEST, B2))
    office.send(NORTH, B2, 1, older[NORTH], {"women_met": "约20"})
    office.do(_at(5, 2), "run")
    return office


def test_each_is_judged_by_the_version_that_it_filled(office: Office) -> None:
    """In 2012B2 a workbook of version 1 is accepted beside one of version 2."""
    with Store(Workspace(office.root).database, sealed=True) as store:
        found = {
            entry.unit_id: (entry.outcome, entry.form_version)
            for entry in store.submissions.find_submissions()
            if entry.period == B2
        }
    assert found == {EAST: ("accepted", "1"), WEST: ("accepted", "2"), NORTH: ("returned", "1")}


@pytest.mark.parametrize("unit_id", [CITY, PROVINCE])
def test_totals_are_the_plain_sums_of_the_originals(office: Office, unit_id: str) -> None:
    """Figures that both versions have add up over the versions, rows carried over included."""
    counted = office.counted(EAST, WEST)
    found = office.totals(unit_id)
    assert {code: found[code] for code in counted} == counted
    assert counted["S19"] > len(office.typed[EAST, B1]["needs"]) > 0, "rows are carried over"
    assert sum(counted[code] for code in _NEW) > 0, "what is new is tried"


def test_what_version_1_never_asked_is_no_figure_there(office: Office) -> None:
    """The county of version 1 has nothing where its version lacks the column, which is not 0."""
    east, west = office.totals(CITY, "历下区"), office.totals(CITY, "市中区")
    counted = office.counted(WEST)
    assert [east[code] for code in _NEW] == [None] * len(_NEW)
    assert {code: west[code] for code in _NEW} == {code: counted[code] for code in _NEW}


@pytest.mark.parametrize(("unit_id", "start"), [(WEST, "填报_"), (NORTH, "退回_")])
def test_what_is_handed_out_is_of_version_2_with_all_that_was_typed(
    office: Office, unit_id: str, start: str
) -> None:
    """The next workbook has the accepted rows, the returned copy those that were typed, in the new form."""
    path = office.answer(unit_id, B2, start)
    book = openpyxl.load_workbook(path)
    stamp = {row[0]: row[1] for row in book[STAMP_SHEET].iter_rows(values_only=True)}
    book.close()
    assert stamp["version"] == "2"
    typed = office.typed[unit_id, B1 if start == "填报_" else B2]
    for key in ("needs", "pairings", "proposals"):
        sheet = FORM.in_version(1).by_key[key]
        rows = table(path, sheet.title, f"{sheet.columns[0].label}＊")
        shown = [
            {re.sub("[\n＊*]", "", name): _plain(cell) for name, cell in row.items()}
            for row in rows
        ]
        for row, there in zip(typed[key], shown, strict=False):
            wanted = {sheet.labels[name]: _plain(cell) for name, cell in row.items()}
            assert {label: there[label] for label in wanted} == wanted


def _plain(cell: object) -> object:
    return cell.date() if isinstance(cell, dt.datetime) else cell
