"""The demo as a whole: a workspace, issued workbooks, drops, two passes, the count.

This module owns the order of events and the clock they happen by. What it prints is for
somebody who sees sheetflow for the first time.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from sheetflow.config.first_units import default_units
from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.units_file import read_units
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import Context, open_context
from sheetflow.context.paths import (
    answer_path,
    rollup_paths,
    workbook_path,
)
from sheetflow.demo.accepted_before import accepted_samples
from sheetflow.demo.draft import find_soffice
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
from sheetflow.errors import WorkspaceError
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.service.one_pass import run_pass
from sheetflow.store.records import PublicationKind
from sheetflow.units import Unit, UnitTree
from sheetflow.upkeep.remind import issue_workbooks

Tell = Callable[[str], None]
"""Takes one line for whoever watches."""

Word = Callable[[str], str]
"""Says an English text in the language of whoever watches."""

_PERIODS = (Period.parse("2012B1"), Period.parse("2012B2"))
_DAYS_AHEAD = dt.timedelta(days=9)
"""So long before a period ends its workbooks are issued."""
_ISSUED_AT, _DROPPED_AT, _LATE_AT = dt.time(9), dt.time(10), dt.time(9)
_LATE_BY, _CORRECTED_BY = dt.timedelta(days=4), dt.timedelta(days=6)
_PLAY_ON = 4
"""So many cities play the later periods; the others are still to report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a province plays: its first counties or cities (None: all), rows and periods.

    `rows` is about how many needs a county registers.
    """

    counties: int | None = None
    cities: int | None = None
    rows: int = 30
    periods: int = len(_PERIODS)


QUICK = Size(cities=1, rows=12, periods=1)
"""What is played in some seconds."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all acts share."""

    root: Path
    tree: UnitTree
    size: Size
    seed: int
    soffice: str
    folder: Path
    say: Tell
    word: Word

    def tell(self, text: str, **values: object) -> None:
        """Say a line, with what is put in."""
        self.say(self.word(text).format(**values))


def play(root: Path, size: Size, *, seed: int, say: Tell, word: Word = str) -> int:
    """Play the report periods of a province of that size in a new `root`.

    The last line told counts planted mistakes, those found, and false alarms; return 0
    where they agree. Raise WorkspaceError where `root` holds a workspace already.
    """
    tree = _some_units(size)
    if Workspace(root).settings_file.exists():
        raise WorkspaceError(f"{root} 里已有一个工作文件夹。演示请换一个空文件夹。")
    # Nobody here takes ten seconds to save a file.
    text = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 1", default_settings_text())
    workspace = create_workspace(root, tree, text)
    periods = _PERIODS[: size.periods]
    planted: list[Planted] = []
    with tempfile.TemporaryDirectory(prefix="sheetflow-demo-") as folder:
        scene = _Stage(root, tree, size, seed, find_soffice(), Path(folder), say, word)
        scene.tell(
            "{units} units, report periods: {labels}; workspace in {folder}",
            units=len(tree),
            labels=", ".join(period.label for period in periods),
            folder=workspace.root,
        )
        for period in periods:
            planted += _play_period(scene, period)
    with open_context(root, _moments_of(root, periods[-1])[Turn.CORRECTED]) as context:
        result = count(planted, answers(context))
        _tell_results(scene, context, periods, result)
    scene.tell(result.line, **result.numbers)
    return int(not result.is_perfect)


def _some_units(size: Size) -> UnitTree:
    """Give the packaged units with made-up addresses: the first counties and all above them."""
    tree = read_units(default_units())
    below = [unit for city in _cities(tree, size.cities) for unit in tree.subtree(city.unit_id)]
    wanted = [unit for unit in below if unit.level == tree.levels.lowest.name][: size.counties]
    kept = {above.unit_id for unit in wanted for above in tree.chain(unit.unit_id)}
    return UnitTree.of(
        replace(unit, mails=(f"fulian-{unit.unit_id}@mail.example",))
        for unit in tree
        if unit.unit_id in kept
    )


def _cities(tree: UnitTree, count: int | None) -> list[Unit]:
    return [unit for unit in tree if unit.level == tree.levels.nearest.name][:count]


def _cast(scene: _Stage, context: Context, period: Period) -> dict[str, Part]:
    """Give every unit its part: in a later period some cities play, and nobody who did nothing before."""
    tree, units = scene.tree, scene.tree.living_on(period.last_day)
    if period == _PERIODS[0]:
        return cast_parts(units, tree.levels, Random(scene.seed))  # noqa: S311 - made-up data
    members = {
        unit.unit_id
        for city in _cities(tree, _PLAY_ON)
        for unit in (*tree.chain(city.unit_id), *tree.subtree(city.unit_id))
    }
    random = Random(f"{scene.seed}/{period.period_id}")  # noqa: S311 - made-up data
    playing = [unit for unit in units if unit.unit_id in members]
    parts = cast_parts(playing, tree.levels, random, LATER_ACCIDENTS)
    # After nothing at all, every figure would be asked about.
    last = period.previous.period_id if period.previous else ""
    standing = context.store.submissions.find_all_accepted(context.campaign.main_form.key, last)
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
                unit.unit_id: workbook_path(context, form, unit, period) for unit in scene.tree
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
    if script.period != _PERIODS[0] and len(_cities(scene.tree, None)) > _PLAY_ON:
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
    deadlines = [
        context.deadline(unit, context.campaign.main_form, period) for unit in context.tree
    ]
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
        units=len(scene.tree),
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
