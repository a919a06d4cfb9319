"""What a Word report is made of: figures, rows by unit, quotes, names, as plain values.

It refuses to choose, add up or word anything, and names no indicator: codes, labels and
headings come from the campaign's declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sheetflow.consolidation.answers import Answers
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.states import Tally
from sheetflow.schemas.forms import Across
from sheetflow.schemas.parsing import Value

Number = int | float | Decimal


class FigureKind(StrEnum):
    """How a figure behaves over periods."""

    SUM = "sum"
    """Adds up over periods: 本期 and 累计 are both told."""

    STOCK = "stock"
    """The state at period end: only `total` (期末数) is told, 本期 is always —."""

    RATIO = "ratio"
    """A quotient of totals; None means that the denominator is 0. In the unit % it is
    held as a fraction: 0.453 is 45.3%."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator of the reporting unit with all below it.

    `current` is 本期, `total` 累计 or 期末数, `previous_…` the same one period ago. None is
    no figure (nobody reported, or a ratio without a denominator), which is not 0.
    """

    code: str
    label: str
    unit: str
    kind: FigureKind = FigureKind.SUM
    current: Number | None = None
    total: Number | None = None
    previous_current: Number | None = None
    previous_total: Number | None = None
    pair: tuple[Number | None, Number | None] | None = None
    """What 比上期 compares, over the units that reported in both periods; None: those above."""
    parts: tuple[Number | None, Number | None] | None = None
    """What a ratio's `total` is made from: numerator and denominator."""
    source: str = ""
    """Where `total` comes from, in words."""
    current_source: str = ""
    """Where `current` comes from."""
    decimals: int = 2
    """How many decimals are told at most; a ratio has its own."""


class Way(StrEnum):
    """How a share or a comparison is reckoned from two figures, in the words of the check table."""

    SHARE = "分子÷分母"
    DIFFERENCE = "本期－上期"
    GROWTH = "（本期－上期）÷上期"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit's values by indicator code (本期 and 累计); None is a blank, not 0."""

    unit: str
    state: GroupState
    current: Mapping[str, Number | None]
    total: Mapping[str, Number | None]
    own: bool = False
    """Whether it is the reporting unit itself, 本级, and no unit below it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A unit's own words; line breaks in `text` part paragraphs. A 典型案例 has a `title`."""

    unit: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """What stands under one heading, by which the template names it.

    `own` are the reporting unit's words, empty where it has none; `quotes` those of units below.
    `elsewhere`: units below wrote words that are not quoted here. `aside` are sentences that were kept
    out of the unit's own text.
    """

    label: str
    own: str = ""
    quotes: tuple[Quote, ...] = ()
    elsewhere: bool = False
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a picture: a value for each category, None where there is no figure."""

    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What one picture shows; `name` is what the template calls it.

    Parts of a whole have one series.
    """

    name: str
    title: str
    across: Across
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    is_percent: bool = False
    remarks: tuple[str, ...] = ()
    """How the unit of each category stands, where not all of it is in; none where there are no units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One line of 上报情况一览表: `state` is the office's word, `received_at` aware."""

    unit: str
    state: str
    received_at: dt.datetime | None = None
    receipt: str = ""
    late: bool = False
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """红头: 发文机关标志 (``山东省妇女联合会文件``) and 发文字号 (``鲁妇发〔2012〕10号``)."""

    mark: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the office itself says of its report: who issues it, to whom, under which number.

    It has a 版记 where a `printer` (印发机关) is named; `copies` (抄送) may be empty.
    """

    issuer: str
    addressee: str
    letterhead: Letterhead | None = None
    copies: str = ""
    printer: str = ""
    signer: str = ""
    signed_on: dt.date | None = None
    """None until it is signed: room is left for the date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an office chose to have in its reports.

    `names_units`: units that are missing, late or have nothing to report are named in it.
    """

    has_charts: bool = True
    names_units: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """One sentence of a unit that asks its superior for something: no part of a 报告."""

    unit: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """Where the units of a branch stand: one directly below with all below it, or 本级 alone."""

    unit: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """Where the units of a level stand: 各市; of the reporting unit itself 本级."""

    level: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row that a report may list: whose, and its cells by label, as the reader sees them."""

    unit: str
    cells: Mapping[str, Value]
    own: bool = False
    """Whether it is the reporting unit's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """A sheet's rows, unit by unit; `labels` are those of the columns that the reader sees."""

    title: str
    labels: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Everything that one 情况报告 says, in administrative order.

    `previous_label` is None in the first period of a year: nothing to compare with.
    `reported_before` is how many units had reported the period before. `compared` is how many units
    the comparisons stand on, None where these are all.
    `board` holds every unit that had to report; `missing`, `nil` and `late` name some of
    them, qualified where a name stands twice; of one that stands for all below it they say how many: 河北省12个. `area` and `below` are the level's words: 省 as in
    全省, 各市. A nil return is not missing.
    """

    unit_name: str
    level: str
    area: str
    below: str
    campaign_title: str
    period_label: str
    year_so_far_label: str
    previous_label: str | None
    letter: Letter
    figures: Mapping[str, Figure]
    by_unit: tuple[UnitRow, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    words_title: str = ""
    """The sheet of 汇总表 in which all narratives stand whole."""
    stories: tuple[Quote, ...] = ()
    answers: tuple[Answers, ...] = ()
    former: tuple[str, ...] = ()
    """Codes of figures of which a part is 按原口径."""
    tally: Tally = field(default_factory=lambda: Tally.of(()))
    """How many of `board` stand where."""
    missing: tuple[str, ...] = ()
    nil: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    reported_before: int = 0
    compared: int | None = None
    board: tuple[BoardRow, ...] = ()
    branches: tuple[BranchRow, ...] = ()
    """By unit directly below, where there are units below those."""
    levels: tuple[LevelRow, ...] = ()
    """By level, the reporting unit itself before those below it."""
    tables: tuple[TableRows, ...] = ()
    """The sheets whose rows the template may list."""
    asked: tuple[Asking, ...] = ()
    """What was left out of the narratives since it asks for something."""
    choices: Choices = Choices()
    remark: str = ""
    """Said of the report itself: a comment of Word's beside its first words, no part of the text."""
    has_any: bool = True
    """Whether anything at all was accepted for the period."""
    pictures: tuple[Picture, ...] = ()
