"""Drafts of what is filled once: papers that stand in accepted books, ranks, scores, decisions.

A clerk sees what is printed in the issued workbook, and types on. All follows from the declarations.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random
from typing import cast

from sheetflow.demo.draft import Draft
from sheetflow.periods import Period
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Campaign, Samples, Scene, Typed
from sheetflow.schemas.cells import Reference, Whole
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import GatheredRow
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.layout import FIRST_ROW, columns_in
from sheetflow.schemas.merged_keys import merged
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit, UnitTree

_LEAST, _MOST = 0.5, 0.96
"""What a judge gives for each criterion, of the most there is to give."""
_DECIDED = "评委会研究决定。"

Rows = dict[str, list[dict[str, Typed]]]


class Step(Enum):
    """The three times that a form with judging is handed in."""

    JUDGES = "first"
    SCORES = "second"
    AWARDS = "third"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who fills which form, when, and from which issued workbook."""

    campaign: Campaign
    tree: UnitTree
    form: Form
    period: Period
    unit: Unit
    issued: Path
    day: dt.date
    seed: int

    def make_rows(self, random: Random) -> Rows:
        """Make up the rows of the whole workbook, as of today."""
        scene = Scene(self.unit, self.tree, self.period, random)
        made = make_samples(self.campaign, self.form, scene)
        rows = {key: [dict(row) for row in listed] for key, listed in made.items()}
        rows[self.form.cover.sheet][0][self.form.cover.filled_on] = self.day
        return rows

    def randomly(self, what: str) -> Random:
        """Give the chance of one thing: the same seed, the same."""
        told = f"{self.seed}/{self.unit.unit_id}/{self.form.key}/{what}"
        return Random(told)  # noqa: S311 - made-up data

    def printed(self, sheet: Sheet, key: str) -> list[dict[str, Typed]]:
        """Read the rows of the issued workbook in which the column `key` is filled."""
        import openpyxl

        columns = columns_in(sheet, self.form.version)
        workbook = openpyxl.load_workbook(self.issued, read_only=True)
        rows = [
            {
                column.key: cast("Typed", value)
                for column, value in zip(columns, row, strict=False)
                if value is not None
            }
            for row in workbook[sheet.title].iter_rows(min_row=FIRST_ROW, values_only=True)
        ]
        workbook.close()
        return [row for row in rows if key in row]

    def draft(self, rows: Samples) -> Draft:
        """Make a draft of rows."""
        return Draft.of(self.form, self.unit, self.period, rows)


def draft_once(desk: Desk, standing: Mapping[str, Samples]) -> Draft | None:
    """Draft a workbook that points to what stands accepted (by form), and ranks what others handed in; None without either."""
    rows = desk.make_rows(desk.randomly("rows"))
    has_own = _name_what_stands(desk, rows, standing)
    has_ranked = _rank(desk, rows)
    return desk.draft(rows) if has_own or has_ranked else None


def _name_what_stands(desk: Desk, rows: Rows, standing: Mapping[str, Samples]) -> bool:
    """Keep the rows that point to accepted ones, and call those as they are called there; say whether all sheets have some."""
    has_own = True
    for sheet in desk.form.sheets:
        for column in sheet.columns:
            to = column.type.to if isinstance(column.type, Reference) else ""
            form_key, parted, sheet_key = to.partition("/")
            if not parted or sheet.key not in rows:
                continue
            other = desk.campaign.by_key[form_key].by_key[sheet_key]
            named = other.naming_column
            accepted = standing.get(form_key, {}).get(sheet_key, ()) if named else ()
            known = {str(row[named.key]): row for row in accepted if named and named.key in row}
            kept = [row for row in rows[sheet.key] if str(row.get(column.key)) in known]
            for row in kept:
                row.update(_shared(sheet, other, known[str(row[column.key])]))
            rows[sheet.key] = kept
            has_own = has_own and bool(kept)
    return has_own


def _shared(sheet: Sheet, other: Sheet, row: Mapping[str, Typed]) -> dict[str, Typed]:
    """Give the cells that both sheets have, of one type."""
    return {
        column.key: row[column.key]
        for column in sheet.columns
        if column.key in row
        and column.key in other.by_key
        and type(column.type) is type(other.by_key[column.key].type)
    }


def _rank(desk: Desk, rows: Rows) -> bool:
    """Give every entry that is printed, and each of the unit's own, another place; say whether there is any."""
    has_any = False
    for sheet in desk.form.sheets_for(desk.unit.level):
        spec = sheet.gathered
        if spec is None or spec.form != desk.form.key or spec.order not in sheet.by_key:
            continue
        entries = desk.printed(sheet, spec.entry)
        known = {str(row[spec.entry]) for row in entries}
        for row in rows.get(spec.listed, ()):
            unit_id = desk.unit.unit_id
            code = str(merged(unit_id, str(row[spec.named])))
            cells = cast("Row", row)
            own = GatheredRow(entry=code, unit_id=unit_id, above=unit_id, order=0, cells=cells)
            if code not in known:
                shown = own.printed(spec, desk.tree).items()
                entries.append(
                    {key: cast("Typed", cell) for key, cell in shown if cell is not None}
                )
        places = list(range(1, len(entries) + 1))
        desk.randomly("places").shuffle(places)
        rows[sheet.key] = [
            {**row, spec.order: place} for row, place in zip(entries, places, strict=True)
        ]
        has_any = has_any or bool(entries)
    return has_any


def judged_draft(desk: Desk, spec: Judging, step: Step) -> Draft | None:
    """Draft what is handed in at one step of judging; None where there is nothing to judge."""
    made = desk.make_rows(desk.randomly("rows"))
    cover, by_key = desk.form.cover.sheet, desk.form.by_key
    typed: Rows
    if step is Step.JUDGES:
        quotas, judges = spec.quotas, spec.judges
        has_any = desk.printed(by_key[spec.entries], spec.title)
        typed = {quotas: made[quotas], judges: made[judges]} if has_any else {}
    elif step is Step.SCORES:
        typed = {spec.scores: _scored(desk, spec)}
    else:
        typed = {spec.entries: _decided(desk, spec, made[spec.quotas][0])}
    return desk.draft({cover: made[cover], **typed}) if any(typed.values()) else None


def _scored(desk: Desk, spec: Judging) -> list[dict[str, Typed]]:
    sheet, random = desk.form.by_key[spec.scores], desk.randomly("marks")
    kinds = {key: sheet.by_key[key].type for key in spec.criteria}
    most = {key: kind.maximum or 0 for key, kind in kinds.items() if isinstance(kind, Whole)}
    return [
        {**row, **{key: random.randint(int(m * _LEAST), int(m * _MOST)) for key, m in most.items()}}
        for row in desk.printed(sheet, spec.entry)
    ]


def _decided(desk: Desk, spec: Judging, quotas: Mapping[str, Typed]) -> list[dict[str, Typed]]:
    """Decide as was proposed; where a tie is in the way, by what is left of each grade, best first."""
    sheet = desk.form.by_key[spec.entries]
    kind = sheet.by_key[spec.award].type
    options: Sequence[str] = kind.options if isinstance(kind, Choice) else ()
    rows = desk.printed(sheet, spec.title)
    left = Counter({grade: cast("int", quotas.get(key) or 0) for grade, key in spec.grades})
    left.subtract(str(row.get(spec.proposed, "")) for row in rows)
    for row in sorted(rows, key=lambda row: cast("int", row.get(spec.rank, len(rows)))):
        award = str(row.get(spec.proposed, ""))
        if award not in options:
            # Without a score nothing is proposed, and nothing is given.
            graded = (grade for grade, _ in spec.grades if award and left[grade] > 0)
            award = next(graded, options[-1])
            left[award] -= 1
            row[spec.reason] = _DECIDED
        row[spec.award] = award
    return rows
