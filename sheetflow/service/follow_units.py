"""What is published follows the list of units: once for each change, in one commit.

What shows a changed unit is marked; its own workbooks only while their period is open, and
whatever bears its name. A file under an old name stays until the new one lies there, and for good
where a person changed it. What a unit that left the list was still to get is dropped.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sheetflow.context import LOG, Context
from sheetflow.context.paths import (
    ANSWERS,
    answer_path,
    files_path,
    precheck_path,
    progress_path,
    question_path,
    rollup_paths,
    workbook_path,
)
from sheetflow.errors import TemporaryError, UnitsError
from sheetflow.publishing.outbox import Beside, remove_publication
from sheetflow.service.consequences import answers_by_path, mark_of
from sheetflow.service.publish import ROLL_UPS, ours_at
from sheetflow.store.publications import moved_path
from sheetflow.store.records import Publication, PublicationKind, Stale
from sheetflow.units import Levels, Unit, UnitTree

_LEVEL = 2
"""Where the level stands in what is kept of a unit."""
UNITS = "units"
"""The name of their fingerprint: the list itself, so that a change tells what changed."""

_NUMBER = re.compile(r"第(\d+)号(_新\d?)?\.xlsx$")


@dataclass(frozen=True, slots=True)
class _Change:
    """The list as the outbox shows it and as it is; `units` are those that changed in what shows."""

    old: UnitTree
    new: UnitTree
    units: frozenset[str]

    @property
    def renamed(self) -> frozenset[str]:
        """The units whose files bear another name now."""
        return frozenset(
            unit_id
            for unit_id in self.units
            if unit_id in self.old
            and unit_id in self.new
            and self.old[unit_id].name != self.new[unit_id].name
        )

    @property
    def back(self) -> frozenset[str]:
        """The units that are on the list again, or for the first time."""
        return frozenset(unit_id for unit_id in self.units if unit_id not in self.old)


def follow_units(context: Context) -> None:
    """Mark what shows units otherwise than the list, and say which files get new names."""
    store = context.store.publications
    shown = [_shown(unit) for unit in context.tree]
    recorded = context.store.fingerprints.find(UNITS)
    known = None if recorded is None else _known(recorded, context.tree.levels)
    if known == shown:
        return
    published = store.find_publications()
    folders = _moved_folders(context, published)
    change = _change(known, context.tree)
    moved = [replace(entry, path=moved_path(entry.path, folders)) for entry in published]
    answers = answers_by_path(context) if change.renamed or change.back else {}
    successors = dict(_successors(context, change, moved, answers))
    stale = {
        *_above(context, change, published),
        *_own(context, change, moved, successors, answers),
    }
    with context.store.together():
        context.store.fingerprints.record({UNITS: json.dumps({"units": shown}, ensure_ascii=False)})
        store.record_followed(
            folders=folders,
            successors=successors,
            stale=stale,
            dropped=[mark for mark in store.find_stale() if mark.unit_id not in context.tree],
            at=context.clock.now(),
        )
        context.store.mails.record_moved(folders, successors)
        context.store.nodes.forget()
    LOG.info("the list of units has changed: %d units, %d marks", len(change.units), len(stale))


def withdraw_old_names(context: Context) -> None:
    """Remove what lies under an old name, now that the new one lies there; a person's stays."""
    store = context.store.publications
    for entry in store.find_succeeded():
        new = store.find_publication(entry.successor)
        if new is None:
            continue
        ours = ours_at(context, entry.path, entry.unit_id)
        outbox = context.workspace.outbox
        try:
            _, left = remove_publication(outbox, outbox / entry.path, ours)
        except TemporaryError as trouble:
            LOG.warning("unit %s: old name stays: %s", entry.unit_id, trouble.code)
            continue
        if not left:
            store.record_forgotten([entry.path])
        elif entry.beside != new.current:
            kept = replace(entry, beside=new.current, beside_for=Beside.HERS.value)
            store.record_rebuilt([], [kept])


def _shown(unit: Unit) -> list[str]:
    """Give all of a unit that anything published shows: not where its mail goes."""
    days = (unit.valid_from, unit.valid_to)
    return [
        unit.unit_id,
        unit.name,
        unit.level,
        unit.parent or "",
        unit.division_code or "",
        unit.kind,
        *(day.isoformat() if day else "" for day in days),
        unit.successor or "",
    ]


def _known(recorded: str, levels: Levels) -> list[list[str]]:
    """Give the list that the outbox shows, its levels as they are called now.

    An older version wrote the level's key (county); nothing is shown otherwise for that.
    """
    listed: list[list[str]] = json.loads(recorded)["units"]
    for shown in listed:
        found = levels.find(shown[_LEVEL])
        shown[_LEVEL] = found.name if found else shown[_LEVEL]
    return listed


def _unit(shown: list[str]) -> Unit:
    unit_id, name, level, parent, division_code, kind, *days, successor = shown
    valid_from, valid_to = (dt.date.fromisoformat(day) if day else None for day in days)
    return Unit(
        unit_id=unit_id,
        name=name,
        level=level,
        parent=parent or None,
        division_code=division_code or None,
        kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        successor=successor or None,
    )


def _change(known: list[list[str]] | None, new: UnitTree) -> _Change:
    """Compare; where no list was ever followed, nothing of it is known to have changed."""
    if known is None:
        return _Change(new, new, frozenset())
    try:
        old = UnitTree.of(map(_unit, known), levels=new.levels)
    except UnitsError:  # the campaign's levels are others now: every unit is shown otherwise
        return _Change(new, new, frozenset(new.units))
    before, after = ({unit.unit_id: _shown(unit) for unit in tree} for tree in (old, new))
    common = before.keys() & after.keys()
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if [key for key in before if key in common] != [key for key in after if key in common]:
        changed |= after.keys()  # in another order: every list of them shows it
    return _Change(old, new, frozenset(changed))


def _moved_folders(context: Context, published: Iterable[Publication]) -> dict[str, str]:
    current = {unit.unit_id: unit.folder for unit in context.tree}
    moved: dict[str, str] = {}
    for entry in published:
        folder = entry.path.partition("/")[0]
        new = current.get(entry.unit_id, folder)
        if new != folder and (context.workspace.outbox / new).is_dir():
            moved[folder] = new
    return moved


def _above(
    context: Context, change: _Change, published: Collection[Publication]
) -> Iterator[Stale]:
    """Name what everyone publishes who is or was above a changed unit, or right below it."""
    shown = [entry for entry in published if entry.kind in ROLL_UPS]
    asked = {(entry.form, entry.period, kind) for entry in shown for kind in ROLL_UPS}
    asked |= {
        (entry.form, entry.period, entry.kind)
        for entry in published
        if entry.kind in {PublicationKind.FILES, PublicationKind.REVIEW}
    }
    have = {entry.unit_id for entry in shown}
    units: set[str] = set()
    for tree in (change.old, change.new):
        for unit_id in change.units & tree.units.keys():
            named = [unit_id, tree[unit_id].successor]
            units.update(above.unit_id for one in named if one for above in tree.chain(one))
            units.update(below.unit_id for below in tree.children(unit_id))
    for unit_id in units & context.tree.units.keys():
        if unit_id in have or context.tree.children(unit_id):
            for form, period, kind in asked:
                yield Stale(unit_id=unit_id, form=form, period=period, kind=kind)
    for entry in published:
        if entry.unit_id in units & context.tree.units.keys() and _names_others(context, entry):
            yield from filter(None, [mark_of(entry)])


def _names_others(context: Context, entry: Publication) -> bool:
    """Whether it shows whose the entries or files are that were handed up to its unit, or who is to be rung."""
    if entry.kind in {PublicationKind.JUDGED, PublicationKind.FILES, PublicationKind.CALLS}:
        return True
    form, unit = context.campaign.by_key.get(entry.form), context.tree[entry.unit_id]
    is_workbook = entry.kind is PublicationKind.WORKBOOK
    return bool(is_workbook and form and form.goes_on(unit.level) and is_open(context, entry))


def _own(
    context: Context,
    change: _Change,
    published: Iterable[Publication],
    successors: Mapping[str, str],
    answers: Mapping[str, Stale],
) -> Iterator[Stale]:
    """Name what changed units get themselves: under a new name, or of a period that is open."""
    known = {entry.path for entry in published}
    # A workbook to fill names the unit above, to which it is reported.
    below = {unit.unit_id for name in change.renamed for unit in context.tree.children(name)}
    for entry in published:
        named = below if entry.kind == PublicationKind.WORKBOOK else frozenset[str]()
        if entry.unit_id not in change.units | named or entry.unit_id not in context.tree:
            continue
        new = successors.get(entry.path, "")
        if entry.kind == PublicationKind.ANSWER and new:
            yield answers[new]
        elif entry.kind == PublicationKind.PROGRESS or (
            entry.kind == PublicationKind.WORKBOOK and (new or is_open(context, entry))
        ):
            yield from filter(None, [mark_of(entry)])
    for path, mark in answers.items():
        if mark.unit_id in change.back and path not in known:
            yield mark


def is_open(context: Context, entry: Publication) -> bool:
    """Whether the unit whose file it is still reports that period in time."""
    unit, period = context.tree[entry.unit_id], context.period(entry.form, entry.period)
    until = context.deadline(unit, context.form(entry.form), period)
    return context.clock.now() <= until


def _successors(
    context: Context,
    change: _Change,
    published: Iterable[Publication],
    answers: Mapping[str, Stale],
) -> Iterator[tuple[str, str]]:
    """Give, for each file that bears an old name, the path under which it is made from now on."""
    for entry in published:
        if entry.kind is PublicationKind.FILES:
            yield from _files_named(context, change, entry)
        if entry.unit_id not in change.renamed or entry.kind is PublicationKind.FILES:
            continue
        called = Path(entry.successor or entry.path).name
        pair = (change.old[entry.unit_id], change.new[entry.unit_id])
        for old, new in _named(context, entry, *pair):
            path = context.relative(new)
            if old.name == called and (entry.kind != PublicationKind.ANSWER or path in answers):
                yield entry.path, path


def _named(
    context: Context, entry: Publication, old: Unit, new: Unit
) -> Iterator[tuple[Path, Path]]:
    """Give what files like this one may have been called for `old`, and are called for `new`."""
    if entry.kind is PublicationKind.ANSWER:
        yield from _answers_named(context, entry, old, new)
        return
    if entry.kind is PublicationKind.SIGNED:
        return  # it tells of what was filed under the old name
    form = context.form(entry.form)
    is_board = entry.kind is PublicationKind.BOARD
    period = None if is_board else context.period(entry.form, entry.period)
    own = {PublicationKind.WORKBOOK: workbook_path, PublicationKind.PROGRESS: progress_path}
    if period and entry.kind in own:
        first, second = (own[entry.kind](context, form, unit, period) for unit in (old, new))
        yield first, second
        return
    were, are = (rollup_paths(context, entry.kind, unit, period, form) for unit in (old, new))
    yield from zip(were, are, strict=True)


def _files_named(
    context: Context, change: _Change, entry: Publication
) -> Iterator[tuple[str, str]]:
    """Give the new path of a zip whose sender bears another name now."""
    if entry.unit_id not in context.tree:
        return
    reader, form = context.tree[entry.unit_id], context.form(entry.form)
    period, called = form.period(entry.period), Path(entry.successor or entry.path).name
    for sender in change.renamed:
        old, new = (
            files_path(context, reader, tree[sender], period, form)
            for tree in (change.old, change.new)
        )
        if old.name == called:
            yield entry.path, context.relative(new)


def _answers_named(
    context: Context, entry: Publication, old: Unit, new: Unit
) -> Iterator[tuple[Path, Path]]:
    number = _NUMBER.search(entry.path)
    if number is None:
        return
    counted = int(number[1])
    yield (
        precheck_path(context, old, entry.form, entry.period, counted),
        precheck_path(context, new, entry.form, entry.period, counted),
    )
    for submission in context.store.submissions.find_submissions(entry.unit_id):
        which = (submission.form, submission.period, submission.number)
        if which == (entry.form, entry.period, counted):
            path = answer_path(context, submission, new)
            for outcome in ANSWERS:  # it may have been held first, and is answered otherwise now
                then = replace(submission, outcome=outcome)
                yield answer_path(context, then, old), path
            asked = question_path(context, submission, old)
            yield asked, question_path(context, submission, new)
