"""A workspace whose campaign's owner edits the declaration between two runs of the program.

The campaign is a module in a folder of its own; every command is a process of its own, as
an office starts it, so that each reads the declaration that lies there by then.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from tests.tiny.desk import FIRST, IN_TIME, ISSUED, PROVINCE, Desk, table

REPOSITORY = Path(__file__).resolve().parents[2]
_MODULE = "rivers_of_ours"
_DECLARED = """
from dataclasses import replace

from sheetflow.schemas.conditions import where
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Sum
from sheetflow.schemas.sheets import Kind
from tests.tiny.campaign import CAMPAIGN as TINY
from tests.tiny.forms import PATROL_FORM as FORM

INDICATORS = FORM.indicators
{change}
CAMPAIGN = replace(TINY, forms=(FORM, *TINY.forms[1:]))
"""


@dataclass(frozen=True)
class Changing:
    """A workspace of the second campaign, and the folder in which its declaration lies."""

    desk: Desk
    modules: Path
    package: Path = REPOSITORY
    said: list[str] = field(default_factory=list)
    """What each command printed."""

    @classmethod
    def make(cls, folder: Path, package: Path = REPOSITORY) -> Changing:
        """Make the workspace, with everything issued for the first period."""
        desk = Desk.make(folder / "work", campaign=f'"{_MODULE}:CAMPAIGN"')
        modules = folder / "modules"
        modules.mkdir()
        changing = cls(desk, modules, package)
        changing.declare("")
        changing.call(ISSUED, "templates", "--period", FIRST)
        return changing

    def copy(self, folder: Path) -> Changing:
        """Give another workspace in which the same has happened."""
        for path in (self.desk.root, self.modules):
            shutil.copytree(path, folder / path.name)
        return Changing(Desk(folder / self.desk.root.name), folder / self.modules.name)

    def declare(self, change: str) -> None:
        """Edit the declaration: `change` are statements that make another FORM."""
        text = _DECLARED.format(change=change)
        (self.modules / f"{_MODULE}.py").write_text(text, encoding="utf-8")

    def indicators(self, expression: str) -> None:
        """Declare other indicators: `expression` may use INDICATORS, the ones of the beginning."""
        self.declare(f"FORM = replace(FORM, indicators={expression})")

    def adjust(self, section: str, lines: str) -> None:
        """Edit the settings: put `lines` under the header of a section."""
        file = self.desk.workspace.settings_file
        text = file.read_text(encoding="utf-8")
        assert f"[{section}]\n" in text
        file.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{lines}\n", 1), "utf-8")

    def call(self, at: dt.datetime, *command: str, expected: int = 0) -> str:
        """Call the program as an office does; give what it printed."""
        paths = [self.modules, self.package, REPOSITORY]
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "sheetflow", "-C", str(self.desk.root)),
                *("--at", at.isoformat(timespec="minutes"), *command),
            ],
            check=False,
            capture_output=True,
            encoding="utf-8",
            cwd=self.modules,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONIOENCODING": "utf-8",
            },
        )
        assert done.returncode == expected, done.stdout + done.stderr
        self.said.append(done.stdout)
        return done.stdout

    def run(self, at: dt.datetime = IN_TIME) -> str:
        """One pass of the service."""
        return self.call(at, "run")

    def workbook(self, unit_id: str = PROVINCE, period: str = FIRST) -> Path:
        """The consolidated workbook of a unit."""
        return self.desk.answer(unit_id, "汇总表", period)

    def totals(self, unit_id: str, period: str = FIRST, what: str = "累计") -> dict[str, object]:
        """The totals by code that stand in a unit's consolidated workbook."""
        rows = table(self.workbook(unit_id, period), f"巡河汇总（{what}）", "代码")
        return {str(row["代码"]): row["合计"] for row in rows}

    def note(self, unit_id: str, period: str = FIRST) -> str:
        """The line under the title of the 累计 page."""
        book = openpyxl.load_workbook(self.workbook(unit_id, period), read_only=True)
        text = str(book["巡河汇总（累计）"]["A2"].value)
        book.close()
        return text

    def checks(self, unit_id: str, period: str = FIRST) -> dict[str, set[object]]:
        """The verdicts of 节点检查 by code."""
        found: dict[str, set[object]] = {}
        for row in table(self.workbook(unit_id, period), "节点检查", "结论"):
            found.setdefault(str(row["代码"]), set()).add(row["结论"])
        return found

    def changed(self, before: dict[str, tuple[int, bytes]]) -> set[str]:
        """The first words of the names of files that are others than `before`, by their units."""
        now = self.desk.publications()
        return {
            f"{name.partition('-')[0]} {name.rpartition('/')[2].partition('_')[0]}"
            for name, entry in now.items()
            if before.get(name, (0, b""))[1] != entry[1]
        }
