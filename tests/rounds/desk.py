"""A small province of the real campaign with its real service, and what comes out of it."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Context
from sheetflow.findings import Finding
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.store.records import Submission
from sheetflow.units import Unit, UnitTree
from sheetflow.workbook import RawWorkbook
from tests.county_book import drawn
from tests.drawing import write_xlsx
from tests.warm import keep_list, open_warm

CITY, LIXIA, SHIZHONG, HUAIYIN, TIANQIAO = "370100", "370102", "370103", "370104", "370105"
_UNITS = (
    ("370000", "山东省", "省", None),
    (CITY, "济南市", "市", "370000"),
    (LIXIA, "历下区", "县", CITY),
    (SHIZHONG, "市中区", "县", CITY),
    (HUAIYIN, "槐荫区", "县", CITY),
    (TIANQIAO, "天桥区", "县", CITY),
)
TREE = UnitTree.of(
    Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=parent,
        mails=(f"{unit_id}@mail.example", f"second-{unit_id}@mail.example"),
    )
    for unit_id, name, level, parent in _UNITS
)
PERIOD = "2012B2"
IN_TIME = dt.datetime(2012, 5, 3, 10)  # noqa: DTZ001 - the office's own time, as --at gives it

T = TypeVar("T")


def book_of(unit_id: str, changes: str = "") -> RawWorkbook:
    """Draw the valid workbook as that unit's own, with `changes` upon it."""
    own = f"@ 封面 填报单位 = {TREE[unit_id].name}\n@ 封面 单位代码 = '{unit_id}\n"
    lost = "@ _表标识 gone"
    raw = drawn(own + changes.replace(lost, ""), stamp={"unit": unit_id})
    if lost not in changes:
        return raw
    return replace(raw, sheets=tuple(one for one in raw.sheets if one.title != STAMP_SHEET))


@dataclass(frozen=True)
class CountyDesk:
    """The workspace at `root`."""

    root: Path

    @classmethod
    def make(cls, root: Path, **settings: str) -> CountyDesk:
        """Make a workspace; `settings` are TOML, by the name of the key."""
        text = default_settings_text()
        for name, value in {"quiet_seconds": "0", **settings}.items():
            text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text, count=1)
            assert count, name
        create_workspace(root, TREE, text)
        keep_list(Workspace(root), TREE)
        return cls(root)

    @property
    def workspace(self) -> Workspace:
        """Its places."""
        return Workspace(self.root)

    def write(self, unit_id: str, changes: str = "", name: str = "报表.xlsx") -> Path:
        """Write a drawn workbook beside the workspace."""
        folder = self.root.parent / f"{self.root.name}-clerks" / unit_id
        folder.mkdir(parents=True, exist_ok=True)
        return write_xlsx(book_of(unit_id, changes), folder / name)

    def drop(self, unit_id: str, file: Path, folder: str = "") -> None:
        """Drop a workbook into the unit's inbox."""
        target = self.workspace.inbox_of(TREE[unit_id]) / folder
        target.mkdir(parents=True, exist_ok=True)
        (target / file.name).write_bytes(file.read_bytes())

    def run(self, at: dt.datetime = IN_TIME) -> PassReport:
        """One pass of the service."""
        with open_warm(self.root, at) as context:
            return run_pass(context)

    def ask(self, question: Callable[[Context], T], at: dt.datetime = IN_TIME) -> T:
        """Ask the open office something."""
        with open_warm(self.root, at) as context:
            return question(context)

    def submissions(self, unit_id: str) -> tuple[Submission, ...]:
        """What the store has of a unit, in order of arrival."""
        return self.ask(lambda context: context.store.submissions.find_submissions(unit_id))

    def findings(self, submission: Submission) -> tuple[Finding, ...]:
        """What was found in a submission, at its own cells."""
        documents = self.ask(lambda context: context.store.contents.find_findings(submission))
        return tuple(map(load_finding, documents))

    def answer(self, unit_id: str, start: str, period: str = PERIOD) -> Path:
        """The one file in the unit's outbox that starts so."""
        (found,) = self.workspace.outbox_of(TREE[unit_id], period).glob(f"{start}*")
        return found

    def mails(self, unit_id: str) -> list[EmailMessage]:
        """The unit's mail in the Maildir, oldest first."""
        found = []
        for path in sorted((self.workspace.maildir / "new").glob("*")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            if f"{unit_id}@mail.example" in str(message["To"]):
                found.append(message)
        return found
