"""级次 into the levels of a chain, and what stands under headers that name one of them.

The usual levels are taken as they are known everywhere; one of another name gets a key of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.faults import Faults, Spot
from sheetflow.definition.lines import Cell, Line
from sheetflow.definition.meanings import FILLING, REVIEWS
from sheetflow.definition.tables import Tables
from sheetflow.errors import DeclarationError
from sheetflow.lookalikes import without_spaces
from sheetflow.schemas.likely import is_it, likely
from sheetflow.units import THREE_LEVELS, Levels, LevelSpec
from sheetflow.units.levels import CITY, COUNTY, FEWEST, MOST, NATION, PROVINCE, TOWNSHIP, VILLAGE

_TABLE = "级次"
_USUAL = {spec.name: spec for spec in (NATION, PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE)}


def read_levels(desk: Desk) -> None:
    """Read the levels from the top to the bottom; others stand in where they are faulty."""
    before = desk.faults.count
    desk.levels = _read(desk.tables, desk.faults)
    desk.has_levels = desk.tables.has(_TABLE) and desk.faults.count == before


def _read(tables: Tables, faults: Faults) -> Levels:
    before = faults.count
    lines = tables.of(_TABLE)
    rungs = list(_rungs(lines))
    if tables.has(_TABLE):
        _tell_number(tables.spots[_TABLE], lines, faults)
        _tell_doubled(lines, rungs)
        _tell_deadlines(lines, rungs)
    if faults.count > before or not rungs:
        return _standing_in(rungs)
    try:
        return Levels(tuple(rungs))
    except DeclarationError as error:
        faults.add(tables.spots[_TABLE], str(error))
        return _standing_in(rungs)


def _standing_in(rungs: Sequence[LevelSpec]) -> Levels:
    """Give levels of these names, so that what names them elsewhere is no second fault."""
    names = list(dict.fromkeys(spec.name for spec in rungs if spec.name))
    if not FEWEST <= len(names) <= MOST:
        return THREE_LEVELS
    return Levels(
        tuple(LevelSpec(name=name, key=f"level_{rank}") for rank, name in enumerate(names, start=1))
    )


def _rungs(lines: Sequence[Line]) -> Iterator[LevelSpec]:
    for rank, line in enumerate(lines, start=1):
        number = line.whole("rank")
        if number is None and line.is_sound("rank"):
            line.fault("rank", f"不能空着，这一行应填{rank}。")
        elif number is not None and number != rank:
            line.fault("rank", f"填的是{number}，这一行应填{rank}：从最上级起1、2、3，不空号。")
        yield _rung(line, rank, is_lowest=rank == len(lines))


def _rung(line: Line, rank: int, *, is_lowest: bool) -> LevelSpec:
    name = without_spaces(line.required("name"))
    if name.endswith("级") and len(name) > 1:
        name = name.removesuffix("级")
    usual = _USUAL.get(name, LevelSpec(name=name, key=f"level_{rank}"))
    fills = line.one_of("fills", FILLING, default=True)
    if is_lowest and not fills:
        line.fault("fills", "最下级总是要填报的，请改为自己也填。")
    due = line.whole("due")
    if due is None and fills and line.is_sound("due"):
        line.fault("due", "自己也填的级次要写截止：报告期结束后第几个工作日以前报。")
    key = line.text("code")
    if key and not _is_key(key):
        line.fault("code", "应由小写字母、数字和下划线组成，以字母开头。一般不用填。")
    return replace(
        usual,
        key=key or usual.key,
        working_days=due or 0,
        fills=fills,
        review=line.one_of("review", REVIEWS, default=usual.review, what="验收办法"),
        note=line.text("note") or usual.note,
        also=line.several("also") or usual.also,
        heading=line.text("heading") or usual.heading,
        below=line.text("below") or usual.below,
        area=line.text("area") or usual.area,
    )


def _is_key(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text[0].isalpha() and text == text.lower()


def _tell_number(spot: Spot, lines: Sequence[Line], faults: Faults) -> None:
    if not FEWEST <= len(lines) <= MOST:
        faults.add(spot, f"有{len(lines)}级，应为{FEWEST}到{MOST}级。")


def _tell_doubled(lines: Sequence[Line], rungs: Sequence[LevelSpec]) -> None:
    first: dict[str, str] = {}
    for line, spec in zip(lines, rungs, strict=True):
        for word in spec.words if spec.name else ():
            if word in first and first[word] != line.spot("name").cell:
                line.fault("name", f"“{word}”已用于{first[word]}那一级，两级不能混用一个叫法。")
                break
            first.setdefault(word, line.spot("name").cell)


def _tell_deadlines(lines: Sequence[Line], rungs: list[LevelSpec]) -> None:
    """Tell where a level reports before the one below it; one that only adds up waits for that."""
    for rank in range(len(rungs) - 2, -1, -1):
        cell = lines[rank].cells["due"]
        if not lines[rank].filled("due") or cell.spoiled or not lines[rank].is_sound("due"):
            rungs[rank] = replace(rungs[rank], working_days=rungs[rank + 1].working_days)
    for line, (above, below) in zip(lines, pairwise(rungs), strict=False):
        if above.working_days < below.working_days and line.is_sound("due"):
            told = f"{above.name}级第{above.working_days}个工作日截止，早于{below.name}级的第{below.working_days}个。"
            line.fault("due", f"{told}越往上应越晚。")


def level_named(desk: Desk, line: Line, name: str, word: str) -> str:
    """Give the name of the level that a word in a cell means; tell where it means none."""
    levels = desk.levels
    found = levels.find(word)
    if found is None and desk.has_levels:
        meant = likely(word, levels.names)
        names = "、".join(levels.names)
        line.fault(name, f"《级次》里没有“{word}”{is_it(meant)}可填：{names}。", meant)
    return found.name if found else ""


def levels_named(desk: Desk, line: Line, name: str) -> frozenset[str]:
    """Give the names of the levels that a cell lists."""
    words = (level_named(desk, line, name, word) for word in line.several(name))
    return frozenset(filter(None, words))


def tell_strange_headers(desk: Desk) -> None:
    """Tell of headers for a level that is none, and of what the lowest level would see."""
    levels, faults = desk.levels, desk.faults
    for headers in desk.tables.levels.values() if desk.has_levels else ():
        for (field, word), spot in headers.items():
            found = levels.find(word)
            if found is None:
                meant = likely(word, levels.names)
                rest = "不用的栏目请删掉整列。"
                faults.add(spot, f"《级次》里没有“{word}”这一级{is_it(meant)}{rest}", meant)
            elif field == "mask" and found is levels.lowest:
                told = f"{found.name}是最下级，看的是自己填的，没有这一栏。请删掉整列。"
                faults.add(spot, told)


def of_levels(line: Line, levels: Levels, field: str) -> Iterator[tuple[str, Cell]]:
    """Give the cells under the headers that name a level, the lowest level first."""
    by_name = {
        found.name: cell
        for (name, word), cell in line.more.items()
        if name == field and (found := levels.find(word))
    }
    yield from (
        (spec.name, by_name[spec.name]) for spec in levels.rungs[::-1] if spec.name in by_name
    )
