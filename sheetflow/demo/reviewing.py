"""Cities review in the demo, as officers do: the 审核单 from the own outbox, typed into, and dropped.

The first city returns one county's workbook and asks another about its own, the second one lets all pass
at once. Both counties answer in the copies that they got; then the first city settles what was answered
and lets the rest pass. Only workbooks without a mistake are spoken of, so that what is asked is told from
what was planted. It knows no campaign.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.consolidation.review_sheet import (
    DECIDER,
    GROUND,
    HANDLER,
    NUMBER,
    OPINION,
    PASS_THE_REST,
    UNIT,
    VERDICT,
    WAITING_SHEET,
    YES,
)
from sheetflow.context import open_context
from sheetflow.context.paths import answer_path, question_path, rollup_paths
from sheetflow.demo.draft import typing_into
from sheetflow.demo.ground import nearest_above
from sheetflow.demo.scene import Stage
from sheetflow.demo.staging import Drop, Planted, Turn
from sheetflow.findings import ASKED_RULE, RETURNED_RULE
from sheetflow.periods import Period
from sheetflow.schemas.layout import ISSUE_COLUMNS, ISSUES_SHEET
from sheetflow.schemas.review import GROUNDS, Matter, Verdict
from sheetflow.service.review_marks import has_reviews
from sheetflow.store.records import PublicationKind
from sheetflow.units import Unit

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_OFFICERS = "王建国", "李秀兰"
"""Who decides, and who types it in."""
_RETURNED, _ASKED = "本期数字偏高，请与台帐核对后再报。", "请说明本期数字是怎样统计的。"
_KEPT, _ANSWERED = "已与原始记录逐条核对，数据无误。", "按原始记录逐条统计，没有估算。"
_SETTLED = "情况清楚。"
_SPOKEN_OF = 2
_LATER = dt.timedelta(hours=28)
"""So long after something came whoever got it has seen to it."""

_Said = Mapping[tuple[str, Matter], tuple[Verdict, str]]
"""What an officer chooses and writes, by the name of the unit and what it is about."""


def review(
    scene: Stage, period: Period, drops: Sequence[Drop], begun: dt.datetime
) -> Iterator[dt.datetime]:
    """Let the first two cities review what was dropped at `begun`, and the counties answer."""
    first, *others = nearest_above(scene.tree, 2)
    below = [drop for drop in _sound(drops) if drop.unit.parent == first.unit_id]
    with open_context(scene.root, begun) as context:
        if len(below) < _SPOKEN_OF or not has_reviews(context):
            return
    returned, asked = below[:_SPOKEN_OF]
    seen_to = begun + _LATER
    yield seen_to
    said = {
        (returned.unit.name, Matter.PASSING): (Verdict.RETURN, _RETURNED),
        (asked.unit.name, Matter.PASSING): (Verdict.QUERY, _ASKED),
    }
    _officers(scene, period, seen_to, {first: said, **{city: {} for city in others}})
    answered = seen_to + _LATER
    yield answered
    answers = {returned: (RETURNED_RULE, _KEPT), asked: (ASKED_RULE, _ANSWERED)}
    _counties(scene, period, answered, answers)
    settled = answered + _LATER
    yield settled
    agreed = {
        (asked.unit.name, Matter.ANSWERED): (Verdict.SETTLE, _SETTLED),
        (asked.unit.name, Matter.PASSING): (Verdict.AGREE, ""),
        (returned.unit.name, Matter.PASSING): (Verdict.AGREE, ""),
    }
    _officers(scene, period, settled, {first: agreed})


def _sound(drops: Sequence[Drop]) -> list[Drop]:
    """Give the workbooks in which nothing was planted, of units that dropped no other."""
    often = Counter(drop.unit.unit_id for drop in drops)
    return [
        drop
        for drop in drops
        if drop.turn is Turn.IN_TIME and not drop.planted and often[drop.unit.unit_id] == 1
    ]


def _officers(
    scene: Stage, period: Period, moment: dt.datetime, said: Mapping[Unit, _Said]
) -> None:
    """Have each city drop its 审核单: what is said of units, and the rest let pass at once."""
    filled: list[Drop] = []
    with open_context(scene.root, moment) as context:
        form = context.campaign.main_form
        for city, rows in said.items():
            (path,) = rollup_paths(context, PublicationKind.REVIEW, city, period, form)
            target = scene.folder / f"{moment:%m%d}" / city.folder / path.name
            _edit(path, target, WAITING_SHEET, partial(_type_review, rows))
            filled.append(Drop(city, target, Turn.IN_TIME, ()))
    scene.tell("{cities}: officers drop their 审核单", cities="、".join(c.name for c in said))
    scene.act(moment, filled)


def _type_review(said: _Said, page: Worksheet) -> None:
    """Choose what is done about units, sign, and let the rest pass in one word."""
    header, columns = _header(page, NUMBER)
    for row in range(header + 1, page.max_row + 1):
        unit, number = (str(page.cell(row, columns[label]).value) for label in (UNIT, NUMBER))
        # The letter behind the receipt: what follows may be another decision's number.
        letter = next((char for char in number if not char.isascii()), "")
        for (name, matter), (verdict, opinion) in said.items():
            if (unit, letter) == (name, matter.letter):
                page.cell(row, columns[VERDICT]).value = verdict.label
                page.cell(row, columns[OPINION]).value = opinion or None
    for label, typed in zip((DECIDER, HANDLER, GROUND), (*_OFFICERS, GROUNDS[1]), strict=True):
        page.cell(header - 1, columns[label]).value = typed
    (asked,) = (cell for cell in page[header - 1] if cell.value == PASS_THE_REST)
    page.cell(header - 1, asked.column + 1).value = YES


def _counties(
    scene: Stage, period: Period, moment: dt.datetime, rules: Mapping[Drop, tuple[str, str]]
) -> None:
    """Have each county answer in the copy that it got, by rule and words; what it was told counts as planted."""
    filled: list[Drop] = []
    with open_context(scene.root, moment) as context:
        form = context.campaign.main_form
        for drop, (rule, words) in rules.items():
            submission = context.store.submissions.find_latest(
                drop.unit.unit_id, form.key, period.period_id
            )
            if submission is None:
                continue
            find = answer_path if rule == RETURNED_RULE else question_path
            path = find(context, submission)
            target = scene.folder / f"{moment:%m%d}" / drop.unit.folder / path.name
            _edit(path, target, ISSUES_SHEET, partial(_type_answer, words))
            planted = [
                Planted(drop.unit.folder, name, "", "", rule)
                for name in (drop.path.name, target.name)
            ]
            scene.planted.extend(planted)
            filled.append(Drop(drop.unit, target, Turn.IN_TIME, tuple(planted)))
    scene.act(moment, filled)


def _type_answer(words: str, page: Worksheet) -> None:
    """Write 情况说明 in each line."""
    *_, answer = ISSUE_COLUMNS
    header, columns = _header(page, answer)
    for row in range(header + 1, page.max_row + 1):
        if page.cell(row, 1).value is not None:
            page.cell(row, columns[answer]).value = words


def _header(page: Worksheet, label: str) -> tuple[int, dict[str, int]]:
    """Find the line of headers that has `label`, and the column of each."""
    for line in page.iter_rows():
        columns = {str(cell.value): cell.column for cell in line if cell.value is not None}
        if label in columns:
            return int(line[0].row or 0), columns
    raise ValueError(f"{page.title} has no column {label}")


def _edit(path: Path, target: Path, title: str, type_in: Callable[[Worksheet], None]) -> None:
    """Save a workbook as another file with something typed into one sheet."""
    with typing_into(path, target) as workbook:
        type_in(workbook[title])
