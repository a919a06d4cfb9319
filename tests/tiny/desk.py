"""A small workspace of the second campaign, and the clerk who works at it.

Nine units on four levels, townships below one county of four; workbooks are filled in with openpyxl, dropped, and answered
by the real service. What came out is read back from the outbox and the Maildir.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import openpyxl
from openpyxl.workbook import Workbook

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Context
from sheetflow.demo.draft import typing_into
from sheetflow.periods import Period
from sheetflow.schemas.filings import filing_address, filings_by_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import CARD_VALUE_COLUMN, FIRST_ROW, STAMP_KEYS, cell_in
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.service.status import standing
from sheetflow.store.records import Submission
from sheetflow.units import Unit, UnitTree
from sheetflow.upkeep.remind import issue_workbooks
from sheetflow.workbook import cell_name
from tests.quick import copied
from tests.tiny.campaign import CAMPAIGN, CAMPAIGN_NAME, LEVELS
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM
from tests.warm import keep_list, open_warm

PROVINCE, CITY, OTHER_CITY = "99", "9901", "9902"
EAST, WEST, SOUTH, NORTH = "990101", "990102", "990201", "990202"
REEDS, SANDS = "990201101", "990201102"
_UNITS = (
    (PROVINCE, "清河省", "省", None),
    (CITY, "上游市", "市", PROVINCE),
    (EAST, "东岸县", "县", CITY),
    (WEST, "西岸县", "县", CITY),
    (OTHER_CITY, "下游市", "市", PROVINCE),
    (SOUTH, "南岸县", "县", OTHER_CITY),
    (REEDS, "芦苇乡", "乡", SOUTH),
    (SANDS, "沙洲镇", "乡", SOUTH),
    (NORTH, "北岸县", "县", OTHER_CITY),
)


def tree_of(units: Iterable[Unit]) -> UnitTree:
    """Tie units of the second campaign together."""
    return UnitTree.of(units, levels=LEVELS)


TREE = tree_of(
    Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=parent,
        mails=(f"river-{unit_id}@mail.example",),
    )
    for unit_id, name, level, parent in _UNITS
)
ALL = tuple(unit.unit_id for unit in TREE)

_FIRST, _SECOND, *_, _LAST = PATROL_FORM.periods_of(2012)
FIRST, SECOND, LAST = _FIRST.period_id, _SECOND.period_id, _LAST.period_id
YEAR = REGISTER_FORM.periods_of(2012)[0].period_id
FIRST_NAMED, SECOND_NAMED = _FIRST.label, _SECOND.label
"""What people call the two periods."""

TOWNSHIPS_DAY = dt.datetime(2012, 4, 1, 10)  # noqa: DTZ001 - the last day of the townships
ISSUED = dt.datetime(2012, 3, 20, 9)  # noqa: DTZ001 - the office's own time, as --at gives it
IN_TIME = dt.datetime(2012, 4, 5, 10)  # noqa: DTZ001 - the last day of the counties
NEXT_DAY = dt.datetime(2012, 4, 6, 10)  # noqa: DTZ001 - late for counties, not for those above
CITIES_DAY = dt.datetime(2012, 4, 9, 10)  # noqa: DTZ001 - the last day of the cities
TOO_LATE = dt.datetime(2012, 4, 23, 10)  # noqa: DTZ001 - for everybody
IN_TIME_AGAIN = dt.datetime(2012, 7, 3, 10)  # noqa: DTZ001 - the counties' last day for the second period
SIGNED, SIGNED_AGAIN = (
    IN_TIME.date() - dt.timedelta(days=4),
    IN_TIME_AGAIN.date() - dt.timedelta(days=2),
)
"""The days on the covers of the two periods' workbooks."""
SECOND_MONTH = _SECOND.first_day.month
"""A month of the second period."""
AT = ("--at", f"{IN_TIME:%Y-%m-%dT%H:%M}")
"""What commands are told of `IN_TIME`."""

_KEY = "5eed" * 16
"""The key of every desk: what was handed out by one is a copy of what another did (`tests.quick`)."""

T = TypeVar("T")
Typed = str | int | float | dt.date | None
Rows = Mapping[str, Sequence[Mapping[str, Typed]]]
Spoil = Callable[[Workbook], None]


def settings_text(text: str = "", **values: str) -> str:
    """Give a ``sheetflow.toml`` for the tests; `values` are TOML, by the name of the key."""
    text = text or default_settings_text()
    own = {"campaign": f'"{CAMPAIGN_NAME}"', "quiet_seconds": "0", "size": "1"}
    for name, value in {**own, **values}.items():
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text, count=1)
        assert count, name
    return text


def outlets(*states: str) -> list[dict[str, Typed]]:
    """Rows of the book, one for each state."""
    return [
        {
            "river": "清水河",
            "keeper": "王安澜",
            "found_on": dt.date(2012, 1, 10),
            "state": state,
            "closed_on": dt.date(2012, 2, 10) if state == "已封堵" else None,
        }
        for state in states
    ]


def patrols(*metres: int, means: str = "乘船", month: int = 2) -> list[dict[str, Typed]]:
    """Rows of the journal, one walk for each distance."""
    return [
        {"walked_on": dt.date(2012, month, 15), "means": means, "outlet": "P0001", "metres": walked}
        for walked in metres
    ]


def head(*, day: dt.date = SIGNED, frozen: str = "否") -> list[dict[str, Typed]]:
    """The card's own cells."""
    return [{"written_on": day, "frozen": frozen}]


def sound(*metres: int) -> Rows:
    """A workbook without any finding: two outlets, one of them closed, and these walks."""
    walks = patrols(*metres or (500,))
    return {"head": head(), "outlets": outlets("已封堵", "整治中"), "patrols": walks}


def cell(sheet: str, column: str, line: int = 1) -> str:
    """Name the cell of a column (both by key) in a line of a table: its header (0), its first or a later one."""
    form = next(form for form in CAMPAIGN.forms if sheet in form.by_key)
    return cell_in(form.by_key[sheet], column, FIRST_ROW + line - 1, form.version)


def stamp_cell(key: str) -> str:
    """Name the cell of the hidden sheet that holds a part of the stamp."""
    return cell_name(STAMP_KEYS.index(key) + 1, CARD_VALUE_COLUMN)


def write(
    issued: Path,
    target: Path,
    rows: Rows,
    spoil: Spoil | None = None,
    forms: Sequence[Form] = CAMPAIGN.forms,
) -> Path:
    """Fill in an issued workbook of one of `forms` as a clerk does; `spoil` may do more to it."""
    with typing_into(issued, target) as book:
        for key, listed in rows.items():
            form = next(form for form in forms if key in form.by_key)
            sheet = form.by_key[key]
            for number, row in enumerate(listed, start=FIRST_ROW):
                for column, value in row.items():
                    book[sheet.title][cell_in(sheet, column, number, form.version)] = value
        for form in forms:
            said = filings_by_rows(form, "", rows)
            for key in said.keys() if form.cover.sheet in rows else ():
                title, address = (
                    form.by_key[key].title,
                    filing_address(form.by_key[key], form.version),
                )
                if title in book.sheetnames:
                    book[title].cell(*address).value = said[key]
        if spoil:
            spoil(book)
    return target


@dataclass(frozen=True)
class Desk:
    """The workspace at `root` with everything that a test does there."""

    root: Path

    @classmethod
    def make(cls, root: Path, **settings: str) -> Desk:
        """Make a workspace of the second campaign."""
        create_workspace(root, TREE, settings_text(**settings))
        keep_list(Workspace(root), TREE)
        Workspace(root).stamp_key.write_text(_KEY, encoding="ascii")
        return cls(root)

    @property
    def workspace(self) -> Workspace:
        """Its places."""
        return Workspace(self.root)

    def issue(self, period: str = FIRST, at: dt.datetime = ISSUED, form: str = "") -> int:
        """Hand out the workbooks."""

        def make() -> int:
            with open_warm(self.root, at) as context:
                return issue_workbooks(context, context.form(form), Period.parse(period))

        is_first = (period, at, form) == (
            FIRST,
            ISSUED,
            "",
        ) and not self.workspace.database.exists()
        return copied(self.root, make) if is_first else make()

    def issued(self, unit_id: str, period: str = FIRST) -> Path:
        """The unit's own workbook."""
        (found,) = self.out(unit_id, period).glob("填报_*.xlsx")
        return found

    def fill(
        self, unit_id: str, rows: Rows | None = None, spoil: Spoil | None = None, **more: str
    ) -> Path:
        """Fill in a unit's workbook; `more` are ``period`` and ``name``."""
        period, name = more.get("period", FIRST), more.get("name", "上报.xlsx")
        target = self.root.parent / "clerks" / self.root.name / unit_id / name
        return write(self.issued(unit_id, period), target, sound() if rows is None else rows, spoil)

    def drop(self, unit_id: str, file: Path | bytes, name: str = "", folder: str = "") -> Path:
        """Put a workbook (or bytes) into the unit's inbox folder."""
        content = file if isinstance(file, bytes) else file.read_bytes()
        called = name or (file.name if isinstance(file, Path) else "上报.xlsx")
        target = self.workspace.inbox_of(TREE[unit_id]) / folder / called
        target.write_bytes(content)
        return target

    def run(self, at: dt.datetime = IN_TIME) -> PassReport:
        """One pass of the service."""
        with open_warm(self.root, at) as context:
            return run_pass(context)

    def ask(self, question: Callable[[Context], T], at: dt.datetime = IN_TIME) -> T:
        """Ask the open office something."""
        with open_warm(self.root, at) as context:
            return question(context)

    def submissions(self, unit_id: str | None = None) -> tuple[Submission, ...]:
        """What the store has, in order of arrival."""
        return self.ask(lambda context: context.store.submissions.find_submissions(unit_id))

    def states(self, period: str = FIRST) -> dict[str, str]:
        """Who stands where, by unit."""
        found = self.ask(lambda context: standing(context, Period.parse(period)))
        return {row.unit.unit_id: row.state.value for row in found.rows}

    def out(self, unit_id: str, period: str = "") -> Path:
        """The unit's outbox folder."""
        return self.workspace.outbox_of(TREE[unit_id], period)

    def names(self, unit_id: str, period: str = FIRST) -> list[str]:
        """The names of the files that the unit finds there."""
        folder = self.out(unit_id, period)
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())

    def answer(self, unit_id: str, start: str, period: str = FIRST) -> Path:
        """The one file that starts so."""
        (found,) = self.out(unit_id, period).glob(f"{start}*")
        return found

    def inbox_files(self) -> list[Path]:
        """Whatever still lies in the inbox."""
        return [path for path in self.workspace.inbox.rglob("*") if path.is_file()]

    def mails(self, unit_id: str | None = None) -> list[EmailMessage]:
        """The mail in the Maildir, oldest first, of one unit or of all."""
        found = []
        for path in sorted((self.workspace.maildir / "new").glob("*")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            if unit_id is None or message["To"] == f"river-{unit_id}@mail.example":
                found.append(message)
        return found

    def publications(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the outbox with its time of change and its bytes."""
        outbox = self.workspace.outbox
        return {
            path.relative_to(outbox).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(outbox.rglob("*"))
            if path.is_file()
        }


def words(path: Path) -> str:
    """Every word in a workbook, line by line."""
    return "\n".join(_cells(path))


def _cells(path: Path) -> Iterator[str]:
    book = openpyxl.load_workbook(path, read_only=True)
    for page in book:
        for row in page.iter_rows(values_only=True):
            yield from (str(value) for value in row if value is not None)
    book.close()


def table(path: Path, title: str, first: str) -> list[dict[str, object]]:
    """The rows of one sheet under the header line that holds `first`, cached values."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    rows = list(book[title].iter_rows(values_only=True))
    book.close()
    start = next(number for number, row in enumerate(rows) if first in row)
    header = [str(cell or "") for cell in rows[start]]
    return [
        dict(zip(header, row, strict=True))
        for row in rows[start + 1 :]
        if any(cell is not None for cell in row)
    ]


def body(message: EmailMessage) -> str:
    """The plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
