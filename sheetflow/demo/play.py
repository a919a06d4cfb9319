"""The demo as a whole: a workspace, issued workbooks, drops, two passes, the count.

This module owns the order of events and the clock they happen by. What it prints is for
somebody who sees sheetflow for the first time.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from sheetflow.context import Context, open_context
from sheetflow.context.paths import (
    answer_path,
    rollup_paths,
    workbook_path,
)
from sheetflow.demo.accepted_before import accepted_samples
from sheetflow.demo.draft import find_soffice
from sheetflow.demo.ground import Ground, Size, lay_ground, nearest_above
from sheetflow.demo.staging import (
    LATER_ACCIDENTS,
    Drop,
    Part,
    Planted,
    Script,
    Turn,
    cast_parts,
    stage,
)
from sheetflow.demo.tally import Count, answers, count
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.service.one_pass import run_pass
from sheetflow.store.records import PublicationKind
from sheetflow.units import UnitTree
from sheetflow.upkeep.remind import issue_workbooks

Tell = Callable[[str], None]
"""Takes one line for whoever watches."""

Word = Callable[[str], str]
"""Says an English text in the language of whoever watches."""

_DAYS_AHEAD = dt.timedelta(days=9)
"""So long before a period ends its workbooks are issued."""
_ISSUED_AT, _DROPPED_AT, _LATE_AT = dt.time(9), dt.time(10), dt.time(9)
_LATE_BY, _CORRECTED_BY = dt.timedelta(days=4), dt.timedelta(days=6)
_PLAY_ON = 4
"""So many cities play the later periods; the others are still to report."""


QUICK = Size(cities=1, rows=12, periods=1)
"""What is played in some seconds."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all acts share."""

    root: Path
    ground: Ground
    size: Size
    seed: int
    soffice: str
    folder: Path
    say: Tell
    word: Word

    @property
    def tree(self) -> UnitTree:
        """The units that are there."""
        return self.ground.tree

    def tell(self, text: str, **values: object) -> None:
        """Say a line, with what is put in."""
        self.say(self.word(text).format(**values))


def play(
    root: Path,
    size: Size,
    *,
    seed: int,
    say: Tell,
    word: Word = str,
    campaign: Path | None = None,
) -> int:
    """Play the report periods of a province of that size in a new `root`.

    `campaign` is a campaign workbook, with its list of units beside it; None for the built-in campaign.
    The last line told counts planted mistakes, those found, and false alarms; return 0
    where they agree. Raise WorkspaceError where `root` holds a workspace already, RequestError for a
    campaign workbook with faults.
    """
    ground = lay_ground(root, size, campaign)
    periods = ground.periods
    planted: list[Planted] = []
    with tempfile.TemporaryDirectory(prefix="sheetflow-demo-") as folder:
        scene = _Stage(root, ground, size, seed, find_soffice(), Path(folder), say, word)
        scene.tell(
            "{units} units, report periods: {labels}; workspace in {folder}",
            units=len(ground.tree),
            labels=", ".join(period.label for period in periods),
            folder=root.absolute(),
        )
        for period in periods:
            planted += _play_period(scene, period)
    with open_context(root, _moments_of(root, periods[-1])[Turn.CORRECTED]) as context:
        result = count(planted, answers(context))
        _tell_results(scene, context, periods, result)
    scene.tell(result.line, **result.numbers)
    return int(not result.is_perfect)


def _cast(scene: _Stage, context: Context, period: Period) -> dict[str, Part]:
    """Give every unit its part: in a later period some cities play, and nobody who did nothing before."""
    tree, form = scene.tree, context.campaign.main_form
    units = [unit for unit in tree.living_on(period.last_day) if form.is_for(unit.level)]
    if period == scene.ground.periods[0]:
        return cast_parts(units, tree.levels, Random(scene.seed))  # noqa: S311 - made-up data
    members = {
        unit.unit_id
        for city in nearest_above(tree, _PLAY_ON)
        for unit in (*tree.chain(city.unit_id), *tree.subtree(city.unit_id))
    }
    random = Random(f"{scene.seed}/{period.period_id}")  # noqa: S311 - made-up data
    playing = [unit for unit in units if unit.unit_id in members]
    parts = cast_parts(playing, tree.levels, random, LATER_ACCIDENTS)
    # After nothing at all, every figure would be asked about.
    last = period.previous.period_id if period.previous else ""
    standing = context.store.submissions.find_all_accepted(form.key, last)
    idle = {unit_id for unit_id, submission in standing.items() if submission.nil}
    return {
        unit.unit_id: parts.get(unit.unit_id, Part.MISSING)
        if unit.unit_id not in idle
        else Part.MISSING
        for unit in units
    }


def _play_period(scene: _Stage, period: Period) -> list[Planted]:
    """Issue, fill, drop in time, late, and again with corrections; give what was planted."""
    drops = _prepare(scene, period)
    for turn, moment in _moments_of(scene.root, period).items():
        _act(scene, moment, [drop for drop in drops if drop.turn is turn])
    return [planted for drop in drops for planted in drop.planted]


def _prepare(scene: _Stage, period: Period) -> list[Drop]:
    """Issue the workbooks and fill them."""
    issued_on = period.last_day - _DAYS_AHEAD
    issued_at = dt.datetime.combine(issued_on, _ISSUED_AT, OFFICE_ZONE)
    with open_context(scene.root, issued_at) as context:
        form, parts = context.campaign.main_form, _cast(scene, context, period)
        issued = issue_workbooks(context, form, period)
        scene.tell(
            "{period}: issued {count} workbooks (填报_…) into the outbox",
            period=period.label,
            count=issued,
        )
        moments = _moments(context, period)
        script = Script(
            campaign=context.campaign,
            tree=scene.tree,
            period=period,
            parts=parts,
            rows=scene.size.rows,
            seed=scene.seed,
            issued={
                unit_id: workbook_path(context, form, scene.tree[unit_id], period)
                for unit_id in parts
            },
            before=accepted_samples(context, form, period.previous) if period.previous else {},
            filled_on={turn: moment.date() for turn, moment in moments.items()},
            folder=scene.folder / period.period_id,
            soffice=scene.soffice,
        )
    drops = stage(script)
    _tell_filled(scene, script, drops)
    return drops


def _tell_filled(scene: _Stage, script: Script, drops: Sequence[Drop]) -> None:
    """Say how many workbooks lie ready, and who plays which part."""
    if script.period != scene.ground.periods[0] and len(nearest_above(scene.tree)) > _PLAY_ON:
        scene.tell("the first {cities} cities report, the others have not yet", cities=_PLAY_ON)
    planted = sum(len(drop.planted) for drop in drops)
    scene.tell(
        "filled {count} workbooks, with {planted} planted mistakes and odd habits",
        count=len(drops),
        planted=planted,
    )
    for part, number in Counter(script.parts.values()).most_common():
        left = {Part.XLS, Part.ODS} & {part} and not scene.soffice
        scene.tell(
            "  {count:4d} {part} (no LibreOffice here: left as .xlsx)"
            if left
            else "  {count:4d} {part}",
            count=number,
            part=scene.word(part.value),
        )


def _moments_of(root: Path, period: Period) -> dict[Turn, dt.datetime]:
    with open_context(root, dt.datetime.combine(period.last_day, _ISSUED_AT, OFFICE_ZONE)) as found:
        return _moments(found, period)


def _moments(context: Context, period: Period) -> dict[Turn, dt.datetime]:
    """When the units drop: before the first deadline, after the last one, and once more."""
    form = context.campaign.main_form
    filling = [unit for unit in context.tree if form.is_for(unit.level)]
    deadlines = [context.deadline(unit, form, period) for unit in filling]
    first, last = min(deadlines).date(), max(deadlines).date()
    return {
        Turn.IN_TIME: dt.datetime.combine(first, _DROPPED_AT, OFFICE_ZONE),
        Turn.LATE: dt.datetime.combine(last + _LATE_BY, _LATE_AT, OFFICE_ZONE),
        Turn.CORRECTED: dt.datetime.combine(last + _CORRECTED_BY, _LATE_AT, OFFICE_ZONE),
    }


def _act(scene: _Stage, moment: dt.datetime, drops: Sequence[Drop]) -> None:
    """Drop the files and let the service do one pass."""
    if not drops:
        return
    with open_context(scene.root, moment) as context:
        for drop in drops:
            shutil.copyfile(drop.path, context.workspace.inbox_of(drop.unit) / drop.path.name)
        report = run_pass(context)
    scene.tell(
        "{moment}: {taken} files taken: {outcomes}; {published} files published",
        moment=f"{moment:%Y-%m-%d %H:%M}",
        taken=report.taken,
        outcomes=", ".join(
            f"{number} {scene.word(outcome)}" for outcome, number in report.outcomes.most_common()
        ),
        published=report.published,
    )
    for trouble in report.troubles:
        scene.say(f"  {trouble}")


def _tell_results(
    scene: _Stage, context: Context, periods: Sequence[Period], result: Count
) -> None:
    period = periods[-1]
    store, form = context.store.submissions, context.campaign.main_form
    standing = store.find_all_accepted(form.key, period.period_id).values()
    scene.tell(
        "accepted in {period}: {accepted} of {units} units ({nil} nil, {late} late); "
        "mail of all units in {maildir}",
        period=period.label,
        accepted=len(standing),
        units=sum(form.is_for(unit.level) for unit in scene.tree),
        nil=sum(entry.nil for entry in standing),
        late=sum(entry.late for entry in standing),
        maildir=context.workspace.maildir,
    )
    scene.tell("Open first:")
    for path in _worth_opening(context, periods):
        if path.is_file():
            scene.say(f"  {path}")
    for entry in result.missed:
        scene.tell("missed: {what}", what=entry)
    for entry in result.false_alarms:
        scene.tell("false alarm: {what}", what=entry)


def _worth_opening(context: Context, periods: Sequence[Period]) -> Iterable[Path]:
    """Give the papers of the last period, and those of the others in which corrections stand."""
    *others, period = periods
    top = context.tree.roots[0]
    for other in others:
        yield rollup_paths(context, PublicationKind.CONSOLIDATED, top, other)[0]
    yield rollup_paths(context, PublicationKind.CONSOLIDATED, top, period)[0]
    yield rollup_paths(context, PublicationKind.REPORT, top, period)[0]
    yield rollup_paths(context, PublicationKind.BOARD, top, None)[-1]
    store, form = context.store.submissions, context.campaign.main_form
    listed = store.find_submissions(form=form.key, period=period.period_id)
    lowest = context.campaign.levels.lowest.name
    for outcome in ("returned", "accepted"):
        answers = [entry for entry in listed if entry.outcome == outcome]
        of_counties = (entry for entry in answers if context.tree[entry.unit_id].level == lowest)
        yield from (answer_path(context, entry) for entry in islice(of_counties, 1))
