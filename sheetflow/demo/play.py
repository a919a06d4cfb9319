"""The demo as a whole: a workspace, issued workbooks, drops, two passes, the count.

This module owns the order of events and the clock they happen by. What it prints is for
somebody who sees sheetflow for the first time.
"""

from __future__ import annotations

import datetime as dt
import heapq
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from sheetflow.demo.filed_once import PLAY_ON, stories, worth_opening
from sheetflow.demo.ground import Size, lay_ground, nearest_above
from sheetflow.demo.reviewing import review
from sheetflow.demo.scene import Stage, Tell, Word
from sheetflow.demo.staging import (
    LATER_ACCIDENTS,
    Drop,
    Part,
    Script,
    Turn,
    cast_parts,
    stage,
)
from sheetflow.demo.tally import Count, answers, count
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.store.records import PublicationKind
from sheetflow.upkeep.remind import issue_workbooks

_DAYS_AHEAD = dt.timedelta(days=9)
"""So long before a period ends its workbooks are issued."""
_ISSUED_AT, _DROPPED_AT, _LATE_AT = dt.time(9), dt.time(10), dt.time(9)
_LATE_BY, _CORRECTED_BY = dt.timedelta(days=4), dt.timedelta(days=6)

QUICK = Size(cities=1, rows=12, periods=1, papers=False)
"""What is played in some seconds."""


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
    with tempfile.TemporaryDirectory(prefix="sheetflow-demo-") as folder:
        scene = Stage(root, ground, size, seed, find_soffice(), Path(folder), say, word)
        scene.tell(
            "{units} units, report periods: {labels}; workspace in {folder}",
            units=len(ground.tree),
            labels=", ".join(period.label for period in periods),
            folder=root.absolute(),
        )
        told = [_play_period(scene, period) for period in periods]
        _play_in_turn([*told, *(stories(scene) if size.papers else ())])
        last = max([_moments_of(root, periods[-1])[Turn.CORRECTED], *scene.moments])
        with open_context(root, last) as context:
            result = count(scene.planted, (*scene.answered, *answers(context)))
            _tell_results(scene, context, periods, result)
    scene.tell(result.line, **result.numbers)
    return int(not result.is_perfect)


def _play_in_turn(told: Sequence[Iterator[dt.datetime]]) -> None:
    """Let each story act when its time has come: a story yields when it acts next."""
    waiting = [(next(story), place) for place, story in enumerate(told)]
    while waiting:
        heapq.heapify(waiting)
        _, place = heapq.heappop(waiting)
        if (following := next(told[place], None)) is not None:
            waiting.append((following, place))


def _cast(scene: Stage, context: Context, period: Period) -> dict[str, Part]:
    """Give every unit its part: in a later period some cities play, and nobody who did nothing before."""
    tree, form = scene.tree, context.campaign.main_form
    units = [unit for unit in tree.living_on(period.last_day) if form.is_for(unit.level)]
    if period == scene.ground.periods[0]:
        return cast_parts(units, tree.levels, Random(scene.seed))  # noqa: S311 - made-up data
    members = {
        unit.unit_id
        for city in nearest_above(tree, PLAY_ON)
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


def _play_period(scene: Stage, period: Period) -> Iterator[dt.datetime]:
    """Issue, fill, drop in time, late, and again with corrections; in the first one cities review."""
    yield _issued_at(period)
    drops = _prepare(scene, period)
    scene.planted.extend(planted for drop in drops for planted in drop.planted)
    for turn, moment in _moments_of(scene.root, period).items():
        dropped = [drop for drop in drops if drop.turn is turn]
        if dropped:
            yield moment
            scene.act(moment, dropped)
        if turn is Turn.IN_TIME and period == scene.ground.periods[0]:
            yield from review(scene, period, drops, moment)


def _issued_at(period: Period) -> dt.datetime:
    return dt.datetime.combine(period.last_day - _DAYS_AHEAD, _ISSUED_AT, OFFICE_ZONE)


def _prepare(scene: Stage, period: Period) -> list[Drop]:
    """Issue the workbooks and fill them."""
    with open_context(scene.root, _issued_at(period)) as context:
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


def _tell_filled(scene: Stage, script: Script, drops: Sequence[Drop]) -> None:
    """Say how many workbooks lie ready, and who plays which part."""
    if script.period != scene.ground.periods[0] and len(nearest_above(scene.tree)) > PLAY_ON:
        scene.tell("the first {cities} cities report, the others have not yet", cities=PLAY_ON)
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


def _tell_results(scene: Stage, context: Context, periods: Sequence[Period], result: Count) -> None:
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
    papers = worth_opening(context, scene) if scene.size.papers else ()
    for path in (*_worth_opening(context, periods), *papers):
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
