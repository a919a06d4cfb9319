"""What a consolidated workbook, a board and whoever waits are told, as plain values.

The writing room turns a `Consolidated` into a workbook; detail rows are iterables, so that a
province needs no more memory than a county. What waits is gathered by `service.waiting`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sheetflow.consolidation.accepted import Accepted, ExplanationRow
from sheetflow.consolidation.answers import Answers
from sheetflow.consolidation.corrections import CorrectionRow
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.states import BoardRow
from sheetflow.periods import Period
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator, Number, Values
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import OWN_LEVEL, THREE_LEVELS, Levels, Unit


@dataclass(frozen=True, slots=True)
class StatisticsColumn:
    """One column of the matrix: 济南市本级, or one unit below with all below it.

    `values` are by indicator code; `state` says how those stand whose figures they are.
    """

    heading: str
    unit: Unit
    values: Mapping[str, Values]
    state: GroupState = field(default_factory=GroupState)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The matrix indicators × units; `total` is the whole, a sum of the columns or made from parts.

    `former` names, by code, the columns in which a figure (累计 or 期末) is 按原口径, wholly or in
    a part; `former_current` those in which that of 本期 is.
    """

    indicators: tuple[Indicator, ...]
    kinds: Mapping[str, Kind]
    columns: tuple[StatisticsColumn, ...]
    total: Mapping[str, Values]
    former: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    former_current: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row passed up: whose, by which submission, and its cells as this level sees them.

    `places` are the names of its unit and those above it, as `DetailSheet.origin` heads them; a
    row of the province's or a city's own says 山东省本级, 济南市本级 there.
    `key` columns hold the merged form ``370102-X0001``.
    """

    places: tuple[str, ...]
    receipt: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class DetailSheet:
    """One sheet's rows of all units: the columns this level sees, and a fresh iterator each call.

    `columns` carry the disclosure in force. Flows hold this period's rows; ledgers and stocks
    hold each unit's last accepted book, that of a unit that is carried (沿用) among them.
    Where the rows are `summed`, each unit has one, but for those that nobody below lists: `listed_at`
    names the levels whose workbooks have them one by one. `origin` are the headings of where a row is from.
    """

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[DetailRow]]
    origin: tuple[str, ...]
    summed: bool = False
    listed_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetailFile:
    """The workbook with the rows of one directly below and all below it; without a `name` there are none."""

    unit: Unit
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamePersonRow:
    """One of several rows, of different units, that are about the same person and matter.

    Rows with the same `group` belong together; whoever the person is is not told. `above` are the
    names of the units over it, one for each level of `Levels.origin` but the lowest.
    """

    group: int
    unit: Unit
    above: tuple[str, ...]
    receipt: str
    key: str
    matter: str


@dataclass(frozen=True, slots=True)
class DeclaredTotal:
    """What a unit itself says that an indicator adds up to in its whole area (累计 or 期末数)."""

    unit: Unit
    code: str
    figure: Number


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """The whole's figures at one period's end, by indicator code."""

    period: Period
    total: Mapping[str, Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidated:
    """Everything a city's or the province's consolidated workbook shows for one period.

    `stamp` is the time of the newest source: it stands in the file instead of the clock,
    so that the same submissions give the same bytes.
    """

    campaign_title: str
    form: Form
    unit: Unit
    period: Period
    stamp: dt.datetime
    board: tuple[BoardRow, ...]
    statistics: Statistics
    details: tuple[DetailSheet, ...]
    sources: tuple[tuple[Unit, Accepted], ...]
    """The submissions that the workbook stands on, each with its unit."""
    explanations: tuple[ExplanationRow, ...] = ()
    corrections: tuple[CorrectionRow, ...] = ()
    same_person: tuple[SamePersonRow, ...] | None = None
    """None where the form does not ask, or this level is not told."""
    declared: tuple[DeclaredTotal, ...] = ()
    history: tuple[PeriodTotals, ...] = ()
    """The periods of the year up to this one, for the charts over periods."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the lists call each unit, by its id: 济南市市中区 where a name stands twice."""
    levels: Levels = THREE_LEVELS
    words: DetailSheet | None = None
    """The texts of all units, a row a unit; None where the form asks for none."""
    cards: tuple[DetailSheet, ...] = ()
    """Other cards that are listed, a row a unit."""
    alike: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Whose texts are near-identical to a text, by its receipt and column."""
    answers: tuple[Answers, ...] = ()
    """What was answered where answers are counted, by the groups of units in `answered_by`."""
    answered_by: tuple[str, ...] = ()
    elsewhere: tuple[DetailFile, ...] = ()
    """The workbooks beside this one that list rows which are too many for it; then its own are those of the unit itself."""
    is_folded: bool = False
    """Those directly below stand for all below them: what is no sum is listed in their own workbooks."""
    part: Unit | None = None
    """Whose rows alone stand here, with all below it, where this is such a workbook."""

    @property
    def whose(self) -> str:
        """Whose papers these are, as headings say it."""
        return f"{self.unit.name}：{self.part.name}" if self.part else self.unit.name

    def name_of(self, unit: Unit) -> str:
        """Give what the lists call `unit`."""
        return self.names.get(unit.unit_id, unit.name)


@dataclass(frozen=True, slots=True)
class BoardFile:
    """A file in the board's own folder: what it is called, and its path from the board's page."""

    label: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardData:
    """Units × periods: who stands where, as 上报情况 shows it to `unit`.

    `units` stand in administrative order, each after the one it reports to. `cells` is by
    unit id and period id; a unit that need not report for a period has no entry there.
    `files` are by period id. `stamp` is the time of the newest answer. `beside` names the form
    (《河道名录》) where it is not the campaign's main one.
    """

    campaign_title: str
    form_title: str
    unit: Unit
    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    current: Period
    cells: Mapping[tuple[str, str], BoardRow]
    stamp: dt.datetime
    files: Mapping[str, tuple[BoardFile, ...]] = field(default_factory=lambda: MappingProxyType({}))
    waiting: tuple[Waiting, ...] = ()
    """The workbooks of these units that wait for a decision, also beside an accepted one."""
    beside: str = ""
    levels: Levels = THREE_LEVELS
    signed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """When the unit's own 定稿 and 正本 were filed, in a sentence by period id."""

    @property
    def signed_words(self) -> str:
        """What is filed, period by period, as in 2012年1—2月定稿2012年3月12日归档."""
        said = ((each.label, self.signed.get(each.period_id)) for each in self.periods)
        return "".join(f"{label}{words}" for label, words in said if words)

    def depth(self, unit: Unit) -> int:
        """How many levels `unit` is below the board's own."""
        return self.levels.rank(unit.level) - self.levels.rank(self.unit.level)

    def cell(self, unit: Unit, period: Period) -> BoardRow | None:
        """Where `unit` stands in `period`, None where nothing is expected of it."""
        return self.cells.get((unit.unit_id, period.period_id))

    def name_of(self, unit: Unit) -> str:
        """Give what the board calls `unit`: 济南市本级 where others below it report too."""
        rows = (self.cell(unit, period) for period in self.periods)
        return unit.name + OWN_LEVEL * any(row.own for row in rows if row)

    def column(self, period: Period) -> tuple[BoardRow, ...]:
        """The units that must report for `period`, in order."""
        found = (self.cell(unit, period) for unit in self.units)
        return tuple(row for row in found if row)


_MOST_TOLD = 20
"""Of one kind; the others are counted."""


class Waits(StrEnum):
    """What it is that waits."""

    HELD = "held"
    """A workbook, for a decision."""
    PUT_OFF = "put_off"
    """A file that was received and has no answer yet."""
    MAIL = "mail"
    """A mail that could not be sent, or not to everybody."""
    PUBLICATION = "publication"
    """A file of the outbox that could not be put in its place."""
    INBOX = "inbox"
    """Something in the inbox that is not taken, or a folder that cannot be used."""
    UNNAMED = "unnamed"
    """A file that was received and that no workbook names."""
    DECISION = "decision"
    """Something else that somebody must decide."""

    @property
    def label(self) -> str:
        """The office's word."""
        return {
            "held": "等待核实的报送",
            "put_off": "没有处理完的来件",
            "mail": "没有送到的邮件",
            "publication": "没有放到位的文件",
            "inbox": "报送文件夹",
            "unnamed": "没有表提到的附件",
            "decision": "等待决定的事",
        }[self.value]


Identity = tuple[Waits, str, str, dt.datetime | None]
"""What tells one thing that waits from the next, whatever is said of it from time to time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: what and why in a sentence, and in another what to do about it.

    `unit_id` is empty where no unit is concerned, `receipt` where there is none yet. `is_ours`:
    something was left undone by a fault of ours (database, archive, disk, program), so that
    `run` must not end as if all were well.
    """

    kind: Waits
    reason: str
    remedy: str = ""
    unit_id: str = ""
    receipt: str = ""
    since: dt.datetime | None = None
    is_ours: bool = False

    @property
    def message(self) -> str:
        """Both sentences."""
        return self.reason + self.remedy

    @property
    def identity(self) -> Identity:
        """Kind, unit, receipt, since when."""
        return self.kind, self.unit_id, self.receipt, self.since

    def as_json(self) -> dict[str, object]:
        """Give the object that ``status --json`` lists; `reason` and `message` are the same."""
        return {
            "kind": self.kind.value,
            "unit_id": self.unit_id or None,
            "receipt": self.receipt or None,
            "since": self.since.isoformat(timespec="seconds") if self.since else None,
            "reason": self.message,
            "message": self.message,
        }


def tell(waiting: Iterable[Waiting]) -> Iterator[str]:
    """Say what waits, the first ones of each kind, and of the others how many there are."""
    by_kind: dict[Waits, list[Waiting]] = {}
    for entry in waiting:
        by_kind.setdefault(entry.kind, []).append(entry)
    for kind, entries in by_kind.items():
        messages = list(dict.fromkeys(entry.message for entry in entries))
        yield from messages[:_MOST_TOLD]
        if len(messages) > _MOST_TOLD:
            yield f"……{kind.label}共{len(entries)}件，全部见 status --json。"


def told_besides(troubles: Iterable[str], waiting: Sequence[Waiting]) -> Iterator[str]:
    """Give the troubles that nothing of what waits tells of already."""
    for trouble in dict.fromkeys(troubles):
        if not any(trouble in entry.message for entry in waiting):
            yield trouble
