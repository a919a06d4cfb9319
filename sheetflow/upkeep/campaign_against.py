"""A campaign weighed against a workspace: what would change, and whom its new rules would hit.

This module answers what the comparison asks of accepted books, from the store, and judges the accepted
originals of the last period by the rules that come in on trial. It writes nothing; the originals are
read in the limited children.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from sheetflow.children.judge_task import judge_under, read_file
from sheetflow.context import Context
from sheetflow.definition.comparing.campaigns import compare, is_refused, with_changes
from sheetflow.definition.comparing.following import following
from sheetflow.definition.comparing.trials import Trial, trials, with_trials
from sheetflow.definition.comparing.verdicts import Change, Tally
from sheetflow.errors import SheetflowError
from sheetflow.findings import Finding
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.service.unit_history import request_for
from sheetflow.store.records import Submission
from sheetflow.units import Unit
from sheetflow.workbook import RawWorkbook

_PLACES = 5
"""So many places are named of a rule's hits."""


@dataclass(frozen=True)
class StoredBooks:
    """The accepted books of a workspace, asked by the campaign in force."""

    context: Context

    def count(self, form: str, sheet: str, holds: Callable[[Row], bool]) -> Tally:
        """Count the rows of a sheet that meet a test.

        Of a book that goes on from period to period each unit's last one is asked, of others all.
        """
        declared = self.context.campaign.by_key[form].by_key[sheet]
        standing = self._standing.get(form, {})
        if declared.is_book:
            last: dict[str, Submission] = {}
            for (unit_id, _), submission in sorted(
                standing.items(), key=lambda entry: Period.parse(entry[0][1])
            ):
                last[unit_id] = submission
            asked = list(last.values())
        else:
            asked = list(standing.values())
        units: set[str] = set()
        rows = 0
        for submission, text in self.context.store.contents.iterate_rows(asked, sheet):
            met = sum(map(holds, load_rows(declared, text)))
            rows += met
            units |= {submission.unit_id} if met else set()
        return Tally(len(units), rows)

    def without_level(self, names: Sequence[str]) -> Sequence[str]:
        """Name the units of units.xlsx whose level is none of `names`."""
        return [unit.name for unit in self.context.tree if unit.level not in names]

    @cached_property
    def _standing(self) -> dict[str, dict[tuple[str, str], Submission]]:
        """What counts, by form, then by unit and period."""
        found: dict[str, dict[tuple[str, str], Submission]] = {}
        for submission in self.context.store.submissions.find_submissions():
            if submission.outcome == "accepted":
                which = (submission.unit_id, submission.period)
                found.setdefault(submission.form, {})[which] = submission
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialHits:
    """What a rule on trial finds in the books accepted for `period`.

    `hits` counts cells, `places` names some; `tried` books were judged, `untried` originals are no
    longer there or could not be read.
    """

    form: str
    rule: str
    period: str
    units: int
    hits: int
    places: tuple[str, ...]
    tried: int
    untried: int

    @property
    def words(self) -> str:
        """Say how many units and cells it would hit, and name some."""
        over = f"按{self.period}已接收的{self.tried:,}份报表试过，"
        left = f"（另有{self.untried:,}份的原件已清理或读不出，没有试）" if self.untried else ""
        if not self.hits:
            return f"{over}没有命中{left}"
        named = "、".join(self.places)
        which = f"其中{named}" if self.hits > len(self.places) else f"即{named}"
        return f"{over}会命中{self.units:,}个单位{self.hits:,}处{left}，{which}"


@dataclass(frozen=True, slots=True)
class Against:
    """All that is to be told before a campaign comes into force."""

    changes: tuple[Change, ...]
    hits: tuple[TrialHits, ...]

    @property
    def is_refused(self) -> bool:
        """Whether it cannot come into force as it is."""
        return is_refused(self.changes)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The table of versions, line by line: where, and what is said of it."""
        told = {(each.form, each.rule): f"{each.words}。" for each in self.hits}
        return tuple(
            (change.place, change.words + told.get((change.form, change.rule), ""))
            for change in self.changes
        )


def weigh(context: Context, new: Campaign, *, no_trial: bool = False) -> Against:
    """Compare `new` with the campaign in force here, and try its new rules on accepted books."""
    old, today = context.campaign, context.clock.now().date()
    changes = compare(old, new, StoredBooks(context), today, no_trial=no_trial)
    on_trial = {(change.form, change.rule) for change in changes if change.rule}
    asked = [one for one in trials(new, old) if (one.form, one.rule.code) in on_trial]
    return Against(changes, tuple(try_rules(context, new, asked)))


def coming_into_force(context: Context, new: Campaign, *, no_trial: bool = False) -> Campaign:
    """Give `new` as it is kept when it follows the campaign in force.

    Its new rules are on trial, and what its version changes is written where nobody wrote it.
    """
    old, today = context.campaign, context.clock.now().date()
    new = following(new, old)
    changes = compare(old, new, StoredBooks(context), today, no_trial=no_trial)
    return with_changes(with_trials(new, old, today, no_trial=no_trial), old, changes)


def try_rules(
    context: Context, new: Campaign, asked: Sequence[Trial], period: str = ""
) -> Iterator[TrialHits]:
    """Judge the books accepted for a period, the last that has any, by rules that come in on trial."""
    for key in dict.fromkeys(trial.form for trial in asked):
        rules = tuple(replace(one.rule, since=1, until=None) for one in asked if one.form == key)
        standing = _accepted(context, key, period)
        if not standing:
            continue
        label = context.form(key).period(standing[0].period).label
        found: list[tuple[Unit, Finding]] = []
        untried = 0
        for submission, findings in _judged(context, _asking(new, key, rules), standing):
            unit = context.tree[submission.unit_id]
            untried += findings is None
            found += [(unit, finding) for finding in findings or ()]
        for rule in rules:
            own = [(unit, one) for unit, one in found if one.rule == rule.code]
            yield TrialHits(
                form=key,
                rule=rule.code,
                period=label,
                units=len({unit.unit_id for unit, _ in own}),
                hits=sum(1 + len(one.others) for _, one in own),
                places=tuple(_places(own)),
                tried=len(standing) - untried,
                untried=untried,
            )


def _asking(new: Campaign, form: str, rules: Sequence[DeclaredRule]) -> Campaign:
    """Give the campaign that asks these rules alone, at once, in every version of the form."""
    forms = tuple(
        replace(one, rules=tuple(replace(rule, trial_until="") for rule in rules))
        if one.key == form
        else one
        for one in new.forms
    )
    return replace(new, forms=forms, rules=MappingProxyType({}))


def _accepted(context: Context, form: str, period: str = "") -> list[Submission]:
    """Give what is accepted for a period, else the last that has anything, in the order of the tree."""
    periods = {
        entry.period
        for entry in context.store.submissions.find_submissions(form=form)
        if entry.outcome == "accepted"
    }
    if not periods:
        return []
    last = period or max(periods, key=Period.parse)
    standing = context.store.submissions.find_all_accepted(form, last)
    return [standing[unit.unit_id] for unit in context.tree if unit.unit_id in standing]


def _judged(
    context: Context, campaign: Campaign, standing: Sequence[Submission]
) -> Iterator[tuple[Submission, tuple[Finding, ...] | None]]:
    """Judge the originals; None where one cannot be read. Few are in hand at a time."""
    waiting: deque[tuple[Submission, Future[RawWorkbook]]] = deque()
    left = deque(standing)
    while left or waiting:
        while left and len(waiting) < 2 * context.pool_size:
            submission = left.popleft()
            path = blob_path(context.workspace.archive, submission.sha256)
            waiting.append((submission, context.pool.submit(read_file, str(path))))
        submission, future = waiting.popleft()
        arrival = context.store.arrivals.find_arrival(submission.arrival_id)
        try:
            raw = future.result()
        except (SheetflowError, OSError):
            yield submission, None
            continue
        judgement, _ = judge_under(campaign, request_for(context, arrival), raw)
        yield submission, judgement.findings


def _places(found: Sequence[tuple[Unit, Finding]]) -> Iterator[str]:
    """Name some cells: of as many units as there are, then of the same ones."""
    cells = [
        (unit, finding.place.title, cell)
        for unit, finding in found
        for cell in (finding.place.cell, *finding.others)
    ]
    first = {unit.unit_id: entry for entry in reversed(cells) for unit in (entry[0],)}
    spread = [*reversed(first.values()), *(entry for entry in cells if entry not in first.values())]
    for unit, title, cell in spread[:_PLACES]:
        yield f"{unit.name}《{title}》{cell}"
