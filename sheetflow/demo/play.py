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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.units_file import read_units
from sheetflow.config.workspace import Workspace, create_workspace, default_units
from sheetflow.context import Context, open_context
from sheetflow.context.paths import (
    answer_path,
    rollup_paths,
    workbook_path,
)
from sheetflow.demo.draft import find_soffice
from sheetflow.demo.staging import Drop, Part, Planted, Script, cast_parts, stage
from sheetflow.errors import WorkspaceError
from sheetflow.findings import Finding
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.reading import read_workbook
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.service.one_pass import run_pass
from sheetflow.store.records import PublicationKind
from sheetflow.units import UnitTree
from sheetflow.upkeep.remind import issue_workbooks

Tell = Callable[[str], None]
"""Takes one line for whoever watches."""

_PERIOD = Period.parse("2012B1")
_ISSUED_AT = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
_DROPPED_AT, _LATE_AT = dt.time(10), dt.time(9)
_LATE_BY = dt.timedelta(days=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a province plays: its first counties or cities (None: all), and how many rows.

    `rows` is about how many needs a county registers.
    """

    counties: int | None = None
    cities: int | None = None
    rows: int = 30


QUICK = Size(cities=1, rows=12)
"""What is played in some seconds."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What both acts share."""

    root: Path
    tree: UnitTree
    parts: Mapping[str, Part]
    soffice: str
    say: Tell


def play(root: Path, size: Size, *, seed: int, say: Tell) -> int:
    """Play a report period of a province of that size in a new `root`.

    The last line told counts planted mistakes, those found, and false alarms; return 0
    where they agree. Raise WorkspaceError where `root` holds a workspace already.
    """
    tree = _some_units(size)
    if Workspace(root).settings_file.exists():
        raise WorkspaceError(f"{root} 里已有一个工作文件夹。演示请换一个空文件夹。")
    # Nobody here takes ten seconds to save a file.
    text = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 1", default_settings_text())
    workspace = create_workspace(root, tree, text)
    random = Random(seed)  # noqa: S311 - made-up data
    parts = cast_parts(tree.living_on(_PERIOD.last_day), tree.levels, random)
    scene = _Stage(root, tree, parts, find_soffice(), say)
    say(f"{len(tree)} units, report period {_PERIOD.label}; workspace in {workspace.root}")
    with tempfile.TemporaryDirectory(prefix="sheetflow-demo-") as folder:
        drops = _prepare(scene, Path(folder), size.rows, seed)
        with open_context(root, _ISSUED_AT) as context:
            in_time, too_late = _moments(context)
        for moment, late in ((in_time, False), (too_late, True)):
            _act(scene, moment, [drop for drop in drops if drop.late is late])
    with open_context(root, too_late) as context:
        result = count((planted for drop in drops for planted in drop.planted), _answers(context))
        _tell_results(scene, context, result)
    say(result.line)
    return int(not result.is_perfect)


def _some_units(size: Size) -> UnitTree:
    """Give the packaged units with made-up addresses: the first counties and all above them."""
    tree = read_units(default_units())
    cities = [unit for unit in tree if unit.level == tree.levels.nearest.name][: size.cities]
    below = [unit for city in cities for unit in tree.subtree(city.unit_id)]
    wanted = [unit for unit in below if unit.level == tree.levels.lowest.name][: size.counties]
    kept = {above.unit_id for unit in wanted for above in tree.chain(unit.unit_id)}
    return UnitTree.of(
        replace(unit, mails=(f"fulian-{unit.unit_id}@mail.example",))
        for unit in tree
        if unit.unit_id in kept
    )


def _prepare(scene: _Stage, folder: Path, rows: int, seed: int) -> list[Drop]:
    """Issue the workbooks and fill them."""
    with open_context(scene.root, _ISSUED_AT) as context:
        form = context.campaign.main_form
        issued = issue_workbooks(context, form, _PERIOD)
        scene.say(f"issued {issued} workbooks (填报_…) into the outbox")
        script = Script(
            campaign=context.campaign,
            tree=scene.tree,
            period=_PERIOD,
            parts=scene.parts,
            rows=rows,
            seed=seed,
            issued={
                unit.unit_id: workbook_path(context, form, unit, _PERIOD) for unit in scene.tree
            },
            late_on=_moments(context)[1].date(),
            folder=folder,
            soffice=scene.soffice,
        )
    drops = stage(script)
    planted = sum(len(drop.planted) for drop in drops)
    scene.say(f"filled {len(drops)} workbooks, with {planted} planted mistakes and odd habits")
    for part, number in Counter(scene.parts.values()).most_common():
        old = {Part.XLS, Part.ODS} & {part} and not scene.soffice
        scene.say(
            f"  {number:4d} {part}" + (" (no LibreOffice here: left as .xlsx)" if old else "")
        )
    return drops


def _moments(context: Context) -> tuple[dt.datetime, dt.datetime]:
    """When the units drop: before the first deadline, and after the last one."""
    deadlines = [
        context.deadline(unit, context.campaign.main_form, _PERIOD) for unit in context.tree
    ]
    first, last = min(deadlines).date(), max(deadlines).date() + _LATE_BY
    return (
        dt.datetime.combine(first, _DROPPED_AT, OFFICE_ZONE),
        dt.datetime.combine(last, _LATE_AT, OFFICE_ZONE),
    )


def _act(scene: _Stage, moment: dt.datetime, drops: Sequence[Drop]) -> None:
    """Drop the files and let the service do one pass."""
    if not drops:
        return
    with open_context(scene.root, moment) as context:
        for drop in drops:
            shutil.copyfile(drop.path, context.workspace.inbox_of(drop.unit) / drop.path.name)
        report = run_pass(context)
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in report.outcomes.most_common())
    scene.say(
        f"{moment:%Y-%m-%d %H:%M}: {report.taken} files taken: {outcomes}; "
        f"{report.published} files published"
    )
    for trouble in report.troubles:
        scene.say(f"  {trouble}")


def _answers(context: Context) -> Iterable[Answered]:
    store = context.store
    for submission in store.submissions.find_submissions():
        folder = context.tree[submission.unit_id].folder
        returned = submission.outcome == "returned"
        yield Answered(
            (folder, submission.file_name),
            tuple(map(load_finding, store.contents.find_findings(submission))),
            answer_path(context, submission) if returned else None,
        )


def _tell_results(scene: _Stage, context: Context, result: Count) -> None:
    store, form = context.store.submissions, context.campaign.main_form
    standing = store.find_all_accepted(form.key, _PERIOD.period_id).values()
    late, nil = sum(entry.late for entry in standing), sum(entry.nil for entry in standing)
    scene.say(
        f"accepted: {len(standing)} of {len(scene.tree)} units ({nil} nil, {late} late); "
        f"mail of all units in {context.workspace.maildir}"
    )
    scene.say("Open first:")
    for path in _worth_opening(context):
        if path.is_file():
            scene.say(f"  {path}")
    for words, listed in (("missed", result.missed), ("false alarm", result.false_alarms)):
        for entry in listed:
            scene.say(f"{words}: {entry}")


def _worth_opening(context: Context) -> Iterable[Path]:
    top = context.tree.roots[0]
    yield rollup_paths(context, PublicationKind.CONSOLIDATED, top, _PERIOD)[0]
    yield rollup_paths(context, PublicationKind.REPORT, top, _PERIOD)[0]
    yield rollup_paths(context, PublicationKind.BOARD, top, None)[-1]
    store, form = context.store.submissions, context.campaign.main_form
    listed = store.find_submissions(form=form.key, period=_PERIOD.period_id)
    lowest = context.campaign.levels.lowest.name
    for outcome in ("returned", "accepted"):
        answers = [entry for entry in listed if entry.outcome == outcome]
        of_counties = (entry for entry in answers if context.tree[entry.unit_id].level == lowest)
        yield from (answer_path(context, entry) for entry in islice(of_counties, 1))


Where = tuple[str, str, str]
"""Sheet title, cell, rule."""

File = tuple[str, str]
"""The inbox folder and the file name under which a workbook was dropped."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered file: its findings, and the returned copy where there is one."""

    file: File
    findings: tuple[Finding, ...]
    returned_copy: Path | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """The result: how many were planted and found, and every difference in words."""

    planted: int
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many were found."""
        return self.planted - len(self.missed)

    @property
    def is_perfect(self) -> bool:
        """Whether all was found and nothing else."""
        return not self.missed and not self.false_alarms

    @property
    def line(self) -> str:
        """The demo's last line."""
        return (
            f"planted {self.planted} · found {self.found} · false alarms {len(self.false_alarms)}"
        )


def count(planted: Iterable[Planted], answered: Iterable[Answered]) -> Count:
    """Compare what was planted with what was answered."""
    missed: dict[File, dict[Where, Planted]] = {}
    for entry in planted:
        where = (entry.title, entry.cell, entry.rule)
        missed.setdefault((entry.folder, entry.file), {})[where] = entry
    total = sum(map(len, missed.values()))
    false_alarms = []
    for answer in answered:
        wanted = missed.get(answer.file, {})
        said = {
            (finding.place.title, cell, finding.rule): finding
            for finding in answer.findings
            for cell in (finding.place.cell, *finding.others)
        }
        named = _named(answer.returned_copy) if answer.returned_copy else None
        for where, finding in said.items():
            line = _line(wanted[where], finding) if where in wanted else None
            if line is None:
                false_alarms.append(_words(answer.file, where))
            elif named is None or line in named:
                del wanted[where]
                named = named and named - {line}
        false_alarms += [_words(answer.file, line) for line in named or ()]
    left = [_words(file, where) for file, wanted in missed.items() for where in wanted]
    return Count(total, tuple(left), tuple(false_alarms))


def _line(planted: Planted, finding: Finding) -> Where:
    """What 问题清单 must say of it: sheet, cell, the finding's number."""
    if not planted.title:
        return ("整个工作簿", "—", finding.number)
    return (planted.title, planted.returned_cell or "全表", finding.number)


def _named(path: Path) -> set[Where]:
    """Read the lines of 问题清单: sheet, cell, number."""
    raw = read_workbook(path.read_bytes())
    sheet = next(entry for entry in raw.sheets if entry.title == ISSUES_SHEET)
    return {
        (str(cells[3]), str(cells[4]), str(cells[1]))
        for _, cells in sheet.numbered_rows(FIRST_ROW)
        if len(cells) > 4  # noqa: PLR2004 - down to the cell's name
    }


def _words(file: File, where: Where) -> str:
    title, cell, rule = where
    return f"{'/'.join(file)} 《{title}》{cell} {rule}"
