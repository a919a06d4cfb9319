"""The books that a roll-up stands on: everything accepted and tried in a form, as one reader sees it.

What each unit comes to, who is expected, and where each stands is asked here; a unit may stand for all below it
(`Folded`). This module refuses to add up, and to list rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.consolidation.accepted import (
    Accepted,
    Attempt,
    Making,
    Matters,
    RowsOf,
    UnitAndPeriod,
    made_by,
    parts_of,
)
from sheetflow.consolidation.figures import Merged, unit_figures
from sheetflow.consolidation.handed_up import Folded
from sheetflow.consolidation.states import BoardRow, Said, State
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Values
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.review import Passing
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit, UnitTree


def _still_open(attempt: Attempt, state: State) -> State | None:
    """What became of the last attempt, where that is still to be mended or decided."""
    last = State(attempt.last or attempt.outcome)
    return None if last.is_in or last is state else last


def _group_row(unit: Unit, group: Folded, *, is_timed: bool) -> BoardRow:
    """Say where a unit with all below it stands: in, once all of them are; where nobody else must report, as it does itself.

    Without a deadline that `is_timed` nobody is 逾期. That of a group is none: each of it has its own.
    """
    if group.row:
        return replace(group.row, unit=unit, overdue=group.row.overdue and is_timed)
    tally = group.tally if is_timed else replace(group.tally, overdue=0)
    must, verify, note, explained = group.findings
    return BoardRow(
        unit=unit,
        state=State.MISSING if tally.outstanding else State.ACCEPTED,
        carried=group.carried,
        answered_at=group.newest,
        overdue=bool(tally.overdue),
        must=must,
        verify=verify,
        note=note,
        explained=explained,
        group=tally,
    )


CoversOf = Callable[[Sequence[Attempt]], Mapping[str, Mapping[str, Value]]]
"""Gives by receipt what is kept of these workbooks' covers: of one that was returned, whom to ring."""


MattersOf = Callable[["Books", Sequence[Accepted]], Iterable[tuple[Accepted, Matters]]]
"""Gives what each of these submissions says of whom, in order."""


_NOBODY = ""


@dataclass(frozen=True)
class Books:
    """Everything accepted (and tried) in a campaign's form, up to one period of the year."""

    form: Form
    tree: UnitTree
    period: Period
    accepted: Mapping[UnitAndPeriod, Accepted]
    attempts: Mapping[UnitAndPeriod, Attempt]
    rows_of: RowsOf
    deadlines: Mapping[UnitAndPeriod, dt.datetime] = field(
        default_factory=lambda: MappingProxyType({})
    )
    matters_of: MattersOf | None = None
    """Where it is known already what the rows say of whom; else the rows are asked."""
    covers_of: CoversOf = field(default=lambda _: {}, repr=False, compare=False)
    passed: dt.datetime | None = None
    """The last deadline that is known to have passed: whoever was not in by then is 逾期."""
    in_force: int = 0
    """The version of the form that is in force for the period, 0 for the form's own."""
    said: Mapping[UnitAndPeriod, Said] = field(default_factory=lambda: MappingProxyType({}))
    """What superiors said, of whom they said anything."""
    beyond: Mapping[UnitAndPeriod, Accepted | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """What counts for who stands above whoever lets it pass, where that is not what was accepted last."""
    withheld: Mapping[UnitAndPeriod, Accepted] = field(default_factory=lambda: MappingProxyType({}))
    """What was accepted last of units of which something else, or nothing, counts for the `reader`."""
    reader: str = ""
    """Whose books they are, by id; empty for who sees all that is accepted."""
    folded: Mapping[UnitAndPeriod, Folded] = field(default_factory=lambda: MappingProxyType({}))
    """Units that stand for all below them (`consolidation.nodes`)."""
    listed: Books | None = None
    """Where some do: the books of all of them, without figures, for the sheets that list rows."""
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where some do: the names of those further down who are quoted."""
    _own: dict[str, dict[str, Values]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def listing(self) -> Books:
        """The books in which everybody stands whose rows are listed."""
        return self.listed or self

    def read_by(self, reader: Unit) -> Books:
        """The same books as `reader` sees them: what is two levels up waits for the one between."""
        held = [key for key in self.beyond if self._is_beyond(key[0], reader.unit_id)]
        withheld = {key: self.accepted[key] for key in held}
        counting = {key: found for key in held if (found := self.beyond[key])}
        others = {key: found for key, found in self.accepted.items() if key not in withheld}
        seen = {**others, **counting} if held else self.accepted
        return replace(self, accepted=seen, withheld=withheld, reader=reader.unit_id)

    def handed_up(self, key: UnitAndPeriod) -> Accepted | None:
        """What was accepted last of a unit and period, whether or not it counts for the reader."""
        return self.withheld.get(key) or self.accepted.get(key)

    def superior(self, unit_id: str) -> Unit | None:
        """Who lets pass what the unit hands up: the one directly above whoever answers for it."""
        answering = self.tree.successor_on(unit_id, self.period.last_day) or self.tree[unit_id]
        return self.tree[answering.parent] if answering.parent else None

    def _is_beyond(self, unit_id: str, reader: str) -> bool:
        """Whether the reader stands above the superior of what the unit hands up."""
        superior = self.superior(unit_id)
        chain = self.tree.chain(superior.unit_id) if superior else ()
        return any(above.unit_id == reader for above in chain[1:])

    def earlier_period(self) -> Books | None:
        """The same books as of the period before; None in the first of a year."""
        before = self.period.previous
        return replace(self, period=before) if before else None

    def for_period(self, unit_id: str) -> Accepted | None:
        """What the unit had accepted for the very period."""
        return self.accepted.get((unit_id, self.period.period_id))

    def group(self, unit: Unit) -> Folded | None:
        """What is handed up of the unit for the very period, where it stands for all below it."""
        return self.folded.get((unit.unit_id, self.period.period_id))

    def has_any(self, unit: Unit) -> bool:
        """Whether anything of `unit` and all below it was accepted for the very period."""
        groups = [group for each in self.counted(unit) if (group := self.group(each))]
        return any(group.has_any for group in groups) or any(
            self.for_period(member.unit_id) for member in self.members(unit)
        )

    def is_filled(self, unit: Unit, *, alone: bool) -> bool:
        """Whether anything but nil returns was accepted this year, of units merged into it too."""
        below = [unit] if alone else self.counted(unit)
        if any(group.is_filled for each in below if (group := self.group(each))):
            return True
        members = (unit, *self.merged_into(unit)) if alone else self.members(unit)
        return any(
            (found := self.accepted.get((member.unit_id, period.period_id))) and not found.nil
            for member in members
            for period in self.period.year_so_far
        )

    def latest(self, unit_id: str) -> Accepted | None:
        """What the unit had accepted last, up to this period, while it existed."""
        unit = self.tree[unit_id]
        for period in reversed(self.period.year_so_far):
            found = self.accepted.get((unit_id, period.period_id))
            if found and unit.exists_on(period.last_day):
                return found
        return None

    def measured(self, unit_id: str) -> dict[str, Figures]:
        """The unit's measured figures by period, of those for which it had to report itself."""
        unit = self.tree[unit_id]
        return {
            period.period_id: found.figures
            for period in self.period.year_so_far
            if unit.exists_on(period.last_day)
            and (found := self.accepted.get((unit_id, period.period_id)))
        }

    def own_figures(self, unit: Unit) -> dict[str, Values]:
        """One unit's own figures, those of units merged into it counted."""
        if group := self.group(unit):
            return dict(group.values)
        if unit.unit_id not in self._own:
            merged = [
                Merged(self.measured(old.unit_id), self.merged_since(old, unit))
                for old in self.merged_into(unit)
            ]
            measured = self.measured(unit.unit_id)
            if (
                not (measured or merged) and _NOBODY in self._own
            ):  # all who report nothing are alike
                return self._own[_NOBODY]
            figures = unit_figures(self.form, self.period, measured, merged)
            self._own[unit.unit_id if measured or merged else _NOBODY] = figures
            return figures
        return self._own[unit.unit_id]

    def former(self, unit: Unit, *, current: bool = False) -> frozenset[str]:
        """The codes of the unit's own figures that are 按原口径, wholly or in a part.

        A flow is one as soon as one period's part is; `current` asks of 本期 alone.
        """
        if group := self.group(unit):
            return group.former_current if current else group.former
        return self._former(unit, current=current)

    def _former(self, unit: Unit, *, current: bool) -> frozenset[str]:
        found: set[str] = set()
        then: dict[str, Making] = {}
        for member in (unit, *self.merged_into(unit)):
            latest = self.latest(member.unit_id)
            then |= latest.made if latest else {}
            for period in [self.period] if current else self.period.year_so_far:
                entry = self.accepted.get((member.unit_id, period.period_id))
                for code in entry.former if entry else ():
                    if code not in self.form.indicator:
                        continue  # no version shown here has it
                    flows = self.form.indicator[code].source.when_absent is None
                    if entry is latest or (flows and self.form.kinds[code] is Kind.FLOW):
                        found.add(code)
        before = self.earlier_period() if current and self.for_period(unit.unit_id) else None
        for code in before.former(unit) if before else ():
            if self.form.kinds[code] is Kind.LEDGER:  # what came in is the rest of two books
                found.add(code)
        for indicator in self.form.indicators:
            if indicator.is_ratio:
                is_part = not found.isdisjoint(parts_of(indicator))
                (found.add if is_part else found.discard)(indicator.code)
        now = made_by(self.form) if then else {}
        found |= {code for code, making in then.items() if now.get(code) == making}
        return frozenset(found)

    def expected(self, unit: Unit, period: Period | None = None) -> tuple[Unit, ...]:
        """The units of `unit`'s subtree that must report, in administrative order."""
        asked = period or self.period
        if not self.form.takes(asked):
            return ()
        living = self._living(unit, asked)
        return tuple(entry for entry in living if self.is_expected(entry, asked))

    def is_expected(self, unit: Unit, period: Period | None = None) -> bool:
        """Whether the unit must report, or stands for anybody who must."""
        group = self.folded.get((unit.unit_id, (period or self.period).period_id))
        return bool(group.tally.expected) if group else self.form.is_for(unit.level)

    def counted(self, unit: Unit) -> tuple[Unit, ...]:
        """Those that must report, and those who once had to: what was accepted of them counts."""
        living = self._living(unit, self.period)
        return tuple(entry for entry in living if self._is_counted(entry))

    def _is_counted(self, unit: Unit) -> bool:
        if group := self.group(unit):
            return group.counted > 0
        return self.form.is_for(unit.level) or self.latest(unit.unit_id) is not None

    def is_in(self, unit: Unit) -> bool:
        """Whether something of the very period counts of the unit itself, or of anybody it stands for."""
        group = self.group(unit)
        return group.is_in if group else self.for_period(unit.unit_id) is not None

    def newest(self, unit: Unit) -> dt.datetime | None:
        """The time of the newest answer below `unit` in the year so far; None where there is none."""
        members = {member.unit_id for member in self.members(unit)}
        times = [each.answered_at for (one, _), each in self.attempts.items() if one in members]
        when = self.period.period_id
        groups = [
            each for (one, period), each in self.folded.items() if period == when and one in members
        ]
        return max((*times, *(each.as_of for each in groups if each.as_of)), default=None)

    def _living(self, unit: Unit, period: Period) -> tuple[Unit, ...]:
        living = (
            entry for entry in self.tree.subtree(unit.unit_id) if entry.exists_on(period.last_day)
        )
        if not self.folded:
            return tuple(living)
        whole = {unit_id for unit_id, _ in self.folded}
        return tuple(
            entry
            for entry in living
            if whole.isdisjoint(above.unit_id for above in self.tree.chain(entry.unit_id)[1:])
        )

    def merged_into(self, unit: Unit) -> tuple[Unit, ...]:
        """The ended units whose books `unit` has taken over by this period."""
        return self.tree.predecessors_on(unit.unit_id, self.period.last_day)

    def adds_up(self, unit: Unit, period: Period | None = None) -> bool:
        """Whether others below `unit` report the form: its own report is that of its 本级 alone."""
        when = period or self.period
        groups = [
            self.tree[one]
            for (one, name), group in self.folded.items()
            if name == when.period_id and group.tally.expected
        ]
        return any(unit in self.tree.chain(one.unit_id)[1:] for one in groups) or (
            self.tree.adds_up(unit, when.last_day, self.form.is_for)
        )

    def members(self, unit: Unit) -> tuple[Unit, ...]:
        """Everyone whose submissions may count in `unit`'s figures: below it, or merged into one."""
        below = self.tree.subtree(unit.unit_id)
        merged = (old for member in below for old in self.merged_into(member))
        return tuple(dict.fromkeys((*below, *merged)))

    def merged_since(self, ended: Unit, heir: Unit) -> Period:
        """The first period for which `heir` answers for the unit `ended`."""
        return next(
            period
            for period in self.period.year_so_far
            if ended in self.tree.predecessors_on(heir.unit_id, period.last_day)
        )

    def board_row(self, unit: Unit, period: Period | None = None) -> BoardRow:
        """Say where a unit stands: what is accepted counts, however many attempts followed."""
        when = period or self.period
        key = (unit.unit_id, when.period_id)
        if group := self.folded.get(key):
            return _group_row(unit, group, is_timed=self.passed is not None)
        counts, attempt = self.accepted.get(key), self.attempts.get(key)
        standing, said = self.handed_up(key), self.said.get(key, Said())
        row = BoardRow(
            unit=unit,
            state=State.MISSING,
            deadline=self.deadlines.get(key),
            carried=counts is None and self._has_earlier(unit, when),
            own=self.adds_up(unit, when),
            overdue=not (standing or said.mending) and self._has_passed(key),
            mending=said.mending,
            returned_by=said.returned_by,
            questions=said.questions,
            excused_until=said.excused_until,
        )
        counting = standing or attempt
        if attempt is None or counting is None:
            return row
        state = State(attempt.outcome)
        if standing:
            state = State.NIL if standing.nil else State.ACCEPTED
        if standing and standing.passing is not Passing.NONE:
            superior = self.superior(unit.unit_id)
            row = replace(
                row,
                passing=standing.passing,
                passed_by=superior.level if superior else "",
                is_beyond=self._is_beyond(unit.unit_id, self.reader),
                is_withheld=key in self.withheld,
                is_counted=counts is not None,
            )
        return replace(
            row,
            state=state,
            besides=_still_open(attempt, state),
            first=attempt.first_in,
            latest=attempt.latest_in,
            late=counting.late,
            receipt=counting.receipt,
            answered_at=standing.accepted_at if standing else attempt.answered_at,
            must=counting.must,
            verify=counting.verify,
            note=counting.note,
            explained=len(standing.explanations) if standing else 0,
            files=standing.files if standing else "",
        )

    def _has_passed(self, key: UnitAndPeriod) -> bool:
        deadline = self.deadlines.get(key)
        return bool(self.passed and deadline and deadline <= self.passed)

    def _has_earlier(self, unit: Unit, period: Period) -> bool:
        """Whether a book of this year stands: the unit's own, or of one merged into it by then."""
        members = (unit, *self.tree.predecessors_on(unit.unit_id, period.last_day))
        return any(
            (member.unit_id, entry.period_id) in self.accepted
            for member in members
            for entry in period.year_so_far
        )
