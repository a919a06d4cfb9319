"""Who plays which part, and every workbook drafted, spoilt, typed and saved, ready to drop.

The shares of the parts fall by chance, from the seed. It refuses to drop anything and to look
at any answer.
"""

from __future__ import annotations

import datetime as dt
import itertools
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

from sheetflow.demo.draft import WHOLE_SHEET, Draft, Typing, plan_typing, resave, type_workbook
from sheetflow.demo.mistakes import BY_CELL, BY_WORKBOOK, HABITS, TOLD_BY_XLSX_ALONE
from sheetflow.periods import Period
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Campaign, Samples, Scene
from sheetflow.schemas.cells import Text, Whole
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, cell_in
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Levels, Unit, UnitTree


class Part(StrEnum):
    """What becomes of one unit's workbook."""

    CLEAN = "clean"
    MISTAKES = "with mistakes"
    HABITS = "with odd ways of writing"
    NIL = "nil return"
    LATE = "late"
    MISSING = "missing"
    TWICE = "two workbooks in one pass"
    ASTRAY = "dropped in another unit's folder"
    BROKEN = "cut off while copying"
    EMPTY = "an empty workbook"
    XLS = "saved as .xls"
    ODS = "saved as .ods"
    CORRECTED = "corrected after publication"


_ACCIDENTS = (
    Part.MISTAKES,
    Part.NIL,
    Part.TWICE,
    Part.ASTRAY,
    Part.MISSING,
    Part.CORRECTED,
    Part.LATE,
    Part.BROKEN,
    Part.XLS,
    Part.EMPTY,
    Part.ODS,
    Part.MISSING,
    Part.HABITS,
    Part.LATE,
    Part.XLS,
    Part.LATE,
)
LATER_ACCIDENTS = (Part.MISTAKES, Part.MISSING, Part.LATE, Part.HABITS, Part.TWICE, Part.NIL)
"""What goes wrong once people know the business."""
_NOTHING_DONE = "本期集中学习、制定方案，走访活动从下期开始。"
_CORRECTION = "《{sheet}》漏填，现据实补正。"
_FORGOTTEN = 5
_MISTAKEN, _HABITUAL = 0.3, 0.1
_FEW = 6
"""Fewer workbooks are typed sooner than other processes begin."""
_OLD_FORMATS = {Part.XLS: "xls", Part.ODS: "ods"}


class Turn(StrEnum):
    """When a file is dropped."""

    IN_TIME = "in time"
    LATE = "after the deadline"
    CORRECTED = "after publication"


def cast_parts(
    units: Sequence[Unit],
    levels: Levels,
    random: Random,
    accidents: Sequence[Part] = _ACCIDENTS,
) -> dict[str, Part]:
    """Give every unit its part; the accidents fall on the lowest level."""
    counties = [unit for unit in units if unit.level == levels.lowest.name]
    others = [unit for unit in units if unit.level != levels.lowest.name]
    random.shuffle(counties)
    accidents = accidents[: (len(counties) + 1) // 2]
    parts = dict(zip((unit.unit_id for unit in counties), accidents, strict=False))
    for unit in (*counties[len(accidents) :], *others):
        drawn = random.random() if unit.parent else 1
        parts[unit.unit_id] = Part.MISTAKES if drawn < _MISTAKEN else Part.CLEAN
        if _MISTAKEN <= drawn < _MISTAKEN + _HABITUAL:
            parts[unit.unit_id] = Part.HABITS
    cities = [unit for unit in others if unit.level == levels.nearest.name]
    if len(cities) > 1:
        parts[random.choice(cities).unit_id] = Part.LATE
    return parts


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted mistake: in which dropped file, where, and the rule that must name it.

    `title` and `cell` are empty where the finding is about a sheet or a workbook as a
    whole. `returned_cell` is the cell of the returned copy.
    """

    folder: str
    file: str
    title: str
    cell: str
    rule: str
    returned_cell: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """A file ready to be dropped into the inbox folder of `unit`."""

    unit: Unit
    path: Path
    turn: Turn
    planted: tuple[Planted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All that staging needs: who reports what, to whom, and how much of it.

    `parts` and `issued`, the 填报 workbooks, are by unit id, of those that fill the form; `before` what was accepted of each in the period
    before, `filled_on` the day on which those that drop late, or once more, fill theirs in;
    `folder` holds the files until they are dropped.
    """

    campaign: Campaign
    tree: UnitTree
    period: Period
    parts: Mapping[str, Part]
    rows: int
    seed: int
    issued: Mapping[str, Path]
    before: Mapping[str, Samples]
    filled_on: Mapping[Turn, dt.date]
    folder: Path
    soffice: str


@dataclass(frozen=True, slots=True)
class _Task:
    """A workbook to make: whose it is, into whose folder, as which file."""

    unit: Unit
    into: Unit
    target: Path
    draft: Draft
    part: Part
    turn: Turn = Turn.IN_TIME


def stage(script: Script) -> list[Drop]:
    """Make every file; the work of typing is shared among processes."""
    tasks = list(_tasks(script))
    typings = [
        plan_typing(task.draft, script.issued[task.unit.unit_id], task.target) for task in tasks
    ]
    numbers = type_workbooks(typings)
    files: dict[Path, Path] = {}
    for part, extension in _OLD_FORMATS.items():
        chosen = [task.target for task in tasks if task.part is part]
        if script.soffice and chosen:
            saved = resave(chosen, extension, script.soffice, script.folder)
            files |= dict(zip(chosen, saved, strict=True))
    return [
        _drop(task, files.get(task.target, task.target), rows)
        for task, rows in zip(tasks, numbers, strict=True)
    ]


def type_workbooks(typings: Sequence[Typing]) -> list[dict[str, list[int]]]:
    """Type several workbooks side by side; give each one's row numbers by title."""
    if len(typings) < _FEW:
        return [type_workbook(typing) for typing in typings]
    # A fresh interpreter each: nothing of the parent's threads and locks comes along.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(type_workbook, typings, chunksize=4))


def _tasks(script: Script) -> Iterator[_Task]:
    by_cell, by_workbook = itertools.cycle(BY_CELL), itertools.cycle(BY_WORKBOOK)
    habits = itertools.cycle(HABITS)
    living = script.tree.living_on(script.period.last_day)
    filling = [unit for unit in living if unit.unit_id in script.parts]
    for place, unit in enumerate(filling):
        part = script.parts[unit.unit_id]
        if part is Part.MISSING:
            continue
        random = Random(f"{script.seed}/{unit.unit_id}/{script.period.period_id}")  # noqa: S311 - made-up data
        name = f"填报_{unit.folder}_{script.period.period_id}"
        draft = _draft(script, unit)
        into = filling[place - 1] if part is Part.ASTRAY else unit
        if part in {Part.MISTAKES, Part.TWICE, Part.XLS}:
            old = part is Part.XLS and bool(script.soffice)
            _plant(draft, random, by_cell, random.randint(2, 5), old=old)
            if random.random() < 0.3:  # noqa: PLR2004 - a third of them
                _plant(draft, random, by_workbook, 1)
        if part in {Part.MISTAKES, Part.HABITS, Part.ODS}:
            _plant(draft, random, habits, random.randint(1, 3))
        if part is Part.NIL:
            _make_nil(draft)
        turn = Turn.LATE if part is Part.LATE else Turn.IN_TIME
        if turn is Turn.LATE:
            draft.cover[draft.form.cover.filled_on] = script.filled_on[turn]
        folder, first = script.folder / into.folder, "（初稿）" if part is Part.TWICE else ""
        yield _Task(unit, into, folder / f"{name}{first}.xlsx", draft, part, turn)
        if part is Part.TWICE:
            yield _Task(unit, unit, folder / f"{name}.xlsx", _draft(script, unit), Part.CLEAN)
        if part is Part.CORRECTED:
            again = _corrected(_draft(script, unit), script.filled_on[Turn.CORRECTED])
            target = folder / f"{name}（更正）.xlsx"
            yield _Task(unit, unit, target, again, part, Turn.CORRECTED)


def _draft(script: Script, unit: Unit) -> Draft:
    form = script.campaign.in_force(script.campaign.main_form, script.period)
    random = Random(f"{script.seed}/{unit.unit_id}/{script.period.period_id}/rows")  # noqa: S311 - made-up data
    before = script.before.get(unit.unit_id, {})
    scene = Scene(unit, script.tree, script.period, random, script.rows, before)
    draft = Draft.of(form, unit, script.period, make_samples(script.campaign, form, scene))
    for sheet in draft.sheets:
        # What was accepted is not touched: that would be told as well.
        for row in range(len(before.get(sheet.key, ())) if sheet.is_book else 0):
            draft.protect(sheet.key, row)
    return draft


def _corrected(draft: Draft, day: dt.date) -> Draft:
    """Add what was forgotten to the first figure of what happened, and say so on the cover."""
    cover, roles = draft.cover, draft.form.cover
    if roles.correction is None:
        return draft
    cover[roles.correction.column] = roles.correction.options[0]
    cover[roles.filled_on] = day
    figures = (
        (sheet, draft.rows[sheet.key][0], column.key)
        for sheet in draft.sheets
        if sheet.kind is Kind.FLOW
        for column in sheet.columns
        if isinstance(column.type, Whole)
    )
    for sheet, row, key in figures:
        value = row.get(key)
        if isinstance(value, int):
            row[key] = value + _FORGOTTEN
            if roles.reason:
                cover[roles.reason] = _CORRECTION.format(sheet=sheet.title)
            break
    return draft


def _plant(
    draft: Draft, random: Random, kinds: Iterator[str], count: int, *, old: bool = False
) -> None:
    """Plant `count` mistakes, each of the next kind that finds a place."""
    plants = {**BY_CELL, **BY_WORKBOOK, **HABITS}
    for _ in range(count):
        for kind in itertools.islice(kinds, len(plants)):
            if old and kind in TOLD_BY_XLSX_ALONE:
                continue
            if plants[kind](draft, random):
                break


def _make_nil(draft: Draft) -> None:
    """Turn the draft into a nil return: the cover alone, with the reason."""
    nil = draft.form.cover.nil
    if not isinstance(nil, Is):
        return
    cover = draft.cover
    cover[nil.column] = nil.options[0]
    for column in draft.form.cover_sheet.columns:
        if column.required == nil and isinstance(column.type, Text):
            cover[column.key] = _NOTHING_DONE
    sheet = draft.form.cover.sheet
    draft.rows, draft.names = {sheet: [cover]}, {sheet: draft.names[sheet]}


def _drop(task: _Task, path: Path, numbers: Mapping[str, list[int]]) -> Drop:
    def whole(rule: str) -> Planted:
        return Planted(task.into.folder, path.name, "", "", rule)

    if task.part is Part.ASTRAY:
        return Drop(task.into, path, task.turn, (whole("unit-other"),))
    if task.part is Part.BROKEN:
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        return Drop(task.into, path, task.turn, (whole("file-damaged"),))
    if task.part is Part.EMPTY:
        import openpyxl

        workbook = openpyxl.Workbook()
        workbook.save(path)
        workbook.close()
        return Drop(task.into, path, task.turn, (whole("file-blank"),))
    planted = [*find_planted(task.draft, task.into, path.name, numbers)]
    if path.suffix != ".xlsx":
        planted.append(whole("remark-format-tells-less"))
    return Drop(task.into, path, task.turn, tuple(planted))


def find_planted(
    draft: Draft, into: Unit, name: str, numbers: Mapping[str, list[int]]
) -> Iterator[Planted]:
    """Give the draft's mistakes the cells in which they stand now."""
    form = draft.form
    for mistake in draft.mistakes:
        sheet = form.by_key[mistake.sheet]
        cell = returned = ""
        if mistake.row != WHOLE_SHEET:
            lines = numbers[sheet.title] if sheet.is_table else [0]
            line = lines[mistake.row]
            cell = cell_in(sheet, mistake.column, line, form.version)
            place = sorted(lines).index(line)
            returned = cell_in(sheet, mistake.column, FIRST_ROW + place, form.version)
        elif mistake.column:
            returned = cell_in(sheet, mistake.column, HEADER_ROW, form.version)
        yield Planted(into.folder, name, sheet.title, cell, mistake.rule, returned)
