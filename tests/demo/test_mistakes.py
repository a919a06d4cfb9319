"""Each kind of mistake leads to exactly the finding that it announces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from sheetflow.demo.draft import WHOLE_SHEET, Draft, plan_typing, type_workbook
from sheetflow.demo.mistakes import BY_CELL, BY_WORKBOOK, HABITS, TOLD_BY_XLSX_ALONE
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.layout import FIRST_ROW, cell_in
from sheetflow.workbook import RawWorkbook

Place = tuple[str, str, str]
IN_MEMORY = {**BY_CELL, **HABITS, "change_period": BY_WORKBOOK["change_period"]}
KINDS = sorted(set(IN_MEMORY) - TOLD_BY_XLSX_ALONE)


def places(draft: Draft) -> set[Place]:
    """Say where the draft's mistakes stand when its rows are typed one below the other."""
    found = set()
    for mistake in draft.mistakes:
        sheet = draft.form.by_key[mistake.sheet]
        cell = ""
        if mistake.row != WHOLE_SHEET:
            row = FIRST_ROW + mistake.row
            cell = cell_in(sheet, mistake.column, row, draft.form.version)
        found.add((mistake.rule, mistake.sheet, cell))
    return found


def findings(judgement: Judgement) -> set[Place]:
    """Say where the findings point."""
    return {
        (finding.rule, finding.place.sheet, cell)
        for finding in judgement.findings
        for cell in (finding.place.cell, *finding.others)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_is_found_and_causes_no_other_finding(
    kind: str,
    draft_of: Callable[[int], Draft],
    raw_of: Callable[[Draft], RawWorkbook],
    judged_raw: Callable[[RawWorkbook], Judgement],
) -> None:
    """Of one mistake in a workbook, the answer names that one cell and nothing else."""
    for seed in range(8):
        draft = draft_of(seed)
        assert IN_MEMORY[kind](draft, Random(seed))  # noqa: S311 - made-up data
        judgement = judged_raw(raw_of(draft))
        assert len(draft.mistakes) == 1
        assert findings(judgement) == places(draft), (kind, seed)


def test_many_mistakes_do_not_hide_each_other(
    draft_of: Callable[[int], Draft],
    raw_of: Callable[[Draft], RawWorkbook],
    judged_raw: Callable[[RawWorkbook], Judgement],
) -> None:
    """A workbook with a mistake of every kind at once gets every one of them named."""
    for seed in range(6):
        draft, random = draft_of(seed), Random(seed)  # noqa: S311 - made-up data
        planted = [IN_MEMORY[kind](draft, random) for kind in KINDS]
        assert sum(planted) == len(draft.mistakes) > 25
        judgement = judged_raw(raw_of(draft))
        assert findings(judgement) == places(draft), seed


@pytest.mark.parametrize("kind", [*sorted(TOLD_BY_XLSX_ALONE), "delete_header", "delete_sheet"])
def test_mistakes_of_the_file_itself_are_found(
    kind: str,
    draft_of: Callable[[int], Draft],
    issued: Path,
    judged_raw: Callable[[RawWorkbook], Judgement],
    tmp_path: Path,
) -> None:
    """An error value, a formula without result, a lost header or sheet is named, and it alone."""
    draft = draft_of(1)
    assert {**BY_CELL, **BY_WORKBOOK}[kind](draft, Random(1))  # noqa: S311 - made-up data
    target = tmp_path / "填报.xlsx"
    type_workbook(plan_typing(draft, issued, target))
    assert findings(judged_raw(read_workbook(target.read_bytes()))) == places(draft)
