"""报表 into forms without their sheets: how often, who fills them, until when, what is said in 填报说明."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from sheetflow.definition.compiling.desk import Desk, FormDraft
from sheetflow.definition.compiling.levels import levels_named, of_levels
from sheetflow.definition.compiling.versions import period_id
from sheetflow.definition.faults import Spot
from sheetflow.definition.keys import derived_key
from sheetflow.definition.lines import Line, shown
from sheetflow.definition.meanings import ATTACHMENTS, CADENCES
from sheetflow.periods import Cadence, Period
from sheetflow.schemas.forms import Attachments
from sheetflow.schemas.likely import same

_TABLE = "报表"
MOST_FORMS = 12
_NOT_IN_FILES = frozenset('\\/:*?"<>|')
_MOST_DAYS = 250


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a form is filled: the fields of `Form` that say so."""

    opens: dt.date | None = None
    closes: dt.date | None = None
    working_days: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    due_on: Mapping[str, dt.date] = field(default_factory=lambda: MappingProxyType({}))
    first_period: str = ""
    last_period: str = ""


def read_forms(desk: Desk) -> None:
    """Read the forms, the main one first; their sheets come later."""
    lines = desk.tables.of(_TABLE)
    if not lines and desk.tables.has(_TABLE):
        desk.faults.add(desk.tables.spots[_TABLE], "一种报表也没有，请从第3行起一行填一种。")
    if len(lines) > MOST_FORMS:
        told = f"有{len(lines)}种报表，最多{MOST_FORMS}种。请分成几个活动。"
        desk.faults.add(lines[MOST_FORMS].spot("title"), told)
        desk.breaks(*(line.name("title") for line in lines[MOST_FORMS:]))
        lines = lines[:MOST_FORMS]
    for line in lines:
        draft = _form(desk, line)
        _tell_same(desk, draft)
        desk.forms.append(draft)


def _form(desk: Desk, line: Line) -> FormDraft:
    title = line.required("title")
    if wrong := "".join(sorted(_NOT_IN_FILES & set(title))):
        line.fault("title", f"名称里有“{wrong}”，文件名不能用，请去掉。")
    elif title.startswith(".") or title.endswith("."):
        line.fault("title", "名称不能以点开头或结尾，文件名不能用，请去掉。")
    key = line.name("code") or derived_key(title)
    if line.filled("code") and not (key.replace("_", "").isalnum() and key == key.lower()):
        line.fault("code", f"代码“{key[:20]}”只能用小写字母、汉字、数字和下划线。一般不用填。")
    if not line.filled("cadence"):
        line.fault("cadence", f"不能空着。可填：{'、'.join(CADENCES)}。")
    cadence = line.one_of("cadence", CADENCES, Cadence.MONTH)
    if not line.is_sound("cadence"):
        desk.breaks(title)
    return FormDraft(line=line, title=title, key=key.lower(), cadence=cadence)


def _tell_same(desk: Desk, draft: FormDraft) -> None:
    for other in desk.forms:
        if draft.title and same(other.title) == same(draft.title):
            cell = other.line.spot("title").cell
            draft.line.fault("title", f"已有“{other.title}”（{cell}），报表不能同名。")
        elif draft.key and other.key == draft.key:
            name = "code" if draft.line.filled("code") else "title"
            draft.line.fault(name, f"代码与“{other.title}”的相同，请换一个名称或代码。")


def form_levels(desk: Desk, draft: FormDraft) -> frozenset[str]:
    """Give the levels whose units fill a form; none where all do."""
    named = levels_named(desk, draft.line, "levels")
    idle = {spec.name for spec in desk.levels if not spec.fills}
    filling = frozenset(desk.levels.names) - idle
    if not named:
        return filling if idle else frozenset()
    if wrong := sorted(named & idle):
        told = f"{'、'.join(wrong)}级在《级次》里是只汇总，不填报表。"
        draft.line.fault("levels", told)
    return frozenset() if named == set(desk.levels.names) else named


def schedule(desk: Desk, draft: FormDraft) -> Schedule:
    """Read when a form is filled and until when each level has time."""
    if not draft.has_cadence:
        return Schedule()
    if draft.cadence is Cadence.ONCE:
        return _once(desk, draft)
    line = draft.line
    first, last = (period_id(line, name, draft.cadence) for name in ("first", "last"))
    if first and last and Period.parse(last) < Period.parse(first):
        line.fault("last", f"{last}早于开始的{first}，请核对。")
    return Schedule(working_days=_working_days(desk, draft), first_period=first, last_period=last)


def _working_days(desk: Desk, draft: FormDraft) -> Mapping[str, int]:
    line, found = draft.line, {}
    for level, cell in of_levels(line, desk.levels, "due"):
        days = line.whole_in(cell, 0, _MOST_DAYS)
        if days is not None:
            found[level] = days
    usual = {spec.name: spec.working_days for spec in desk.levels}
    filling = form_levels(desk, draft) or usual.keys()
    names = (name for name in desk.levels.names[::-1] if name in filling)
    upwards = [(name, found.get(name, usual[name])) for name in names]
    cells = dict(of_levels(line, desk.levels, "due"))
    for (below, sooner), (above, later) in pairwise(upwards):
        if later < sooner and (found.keys() & {above, below}):
            cell = cells[above if above in found else below]
            told = f"{above}级第{later}个工作日截止，早于{below}级的第{sooner}个。越往上应越晚。"
            desk.faults.add(cell.spot, told)
    return MappingProxyType(found)


def _once(desk: Desk, draft: FormDraft) -> Schedule:
    """Read the days of what is filled once; where only deadlines are told, its year begins it."""
    line = draft.line
    opens, closes = line.day("first"), line.day("last")
    due, working_days = _due_on(desk, draft)
    if closes is None and due:
        closes = min(due.values())
    if opens is None and closes:
        opens = dt.date(closes.year, 1, 1)
    if opens is None or closes is None:
        if line.is_sound("first", "last") and not _faulty_due(desk, line):
            told = "一次性的报表要写明截止日期：请在各级截止里填日期，如2012-2-20。"
            desk.faults.add(_due_spot(desk, line), told)
    elif closes < opens:
        line.fault("last", f"{closes}早于开始的{opens}，请核对。")
    return Schedule(
        opens=opens,
        closes=closes,
        working_days=MappingProxyType(working_days),
        due_on=MappingProxyType(due),
    )


def _due_on(desk: Desk, draft: FormDraft) -> tuple[dict[str, dt.date], dict[str, int]]:
    """Read the day of each level, or how many working days it has after the last day."""
    line = draft.line
    due: dict[str, dt.date] = {}
    working_days: dict[str, int] = {}
    has_end = line.filled("last")
    below: tuple[str, dt.date] | None = None
    for level, cell in of_levels(line, desk.levels, "due"):
        typed = "" if cell.spoiled else shown(cell.value)
        if typed.isdecimal() and len(typed) <= 3 and has_end:  # noqa: PLR2004 - no date is so short
            days = line.whole_in(cell, 0, _MOST_DAYS)
            working_days |= {level: days} if days is not None else {}
            continue
        day = line.day_in(cell)
        if day is None:
            continue
        due[level] = day
        if below and day < below[1]:
            desk.faults.add(
                cell.spot, f"{level}级{day}截止，早于{below[0]}级的{below[1]}。越往上应越晚。"
            )
        below = (level, day)
    return due, working_days


def _due_spot(desk: Desk, line: Line) -> Spot:
    cells = [cell.spot for _, cell in of_levels(line, desk.levels, "due")]
    return cells[0] if cells else line.spot("cadence")


def _faulty_due(desk: Desk, line: Line) -> bool:
    return any(desk.faults.at(cell.spot) for _, cell in of_levels(line, desk.levels, "due"))


def attachments(draft: FormDraft, *, asks_files: bool) -> Attachments:
    """Read whether files may come beside a form; where nothing is said, its columns tell."""
    usual = Attachments.OPTIONAL if asks_files else Attachments.NONE
    return draft.line.one_of("attachments", ATTACHMENTS, usual, what="说法")
