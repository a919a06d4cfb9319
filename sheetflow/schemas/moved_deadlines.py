"""Deadlines that are not what the schedule says: set in sheetflow.toml, or postponed by a superior.

The settings say them for all units of a level (or of all), a superior for those directly below it. This module
refuses to know when a deadline would be otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.periods import Period, deadline, end_of
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter, Verdict, standing
from sheetflow.units import Unit


@dataclass(frozen=True)
class MovedDeadlines:
    """All such deadlines: `fixed` by form, period and level, `postponed` by superior as well."""

    fixed: Mapping[tuple[str, str, str], dt.datetime] = field(
        default_factory=lambda: MappingProxyType({})
    )
    postponed: Mapping[tuple[str, str, str, str], dt.datetime] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def until(self, unit: Unit, form: Form, period: Period, usual: dt.datetime) -> dt.datetime:
        """Give the last moment of a unit whose deadline is the `usual` one unless it was moved."""
        if not (self.fixed or self.postponed):
            return usual
        named = form.key, period.period_id, unit.level
        until = self.fixed.get(named, usual)
        return max(until, self.postponed.get((*named, unit.parent or ""), until))

    def latest(self, period: Period) -> Iterator[dt.datetime]:
        """Give those of a period."""
        for moved in (self.fixed, self.postponed):
            yield from (until for named, until in moved.items() if named[1] == period.period_id)

    @property
    def grounds(self) -> tuple[object, ...]:
        """What publications that show deadlines stand on; nothing where none is moved."""
        moved = sorted(self.fixed.items()), sorted(self.postponed.items())
        return moved if any(moved) else ()


_DAY = "%Y%m%d"
_POSTPONED = re.compile(r"(.+?)(\d{8})")


def postponed_to(level: str, until: dt.datetime) -> str:
    """Name what a superior is asked: to give those of a level right below it until that day (县20120504)."""
    return f"{level}{until:{_DAY}}"


def postponement(about: str) -> tuple[str, dt.datetime] | None:
    """Give level and last moment of what `postponed_to` named; None where it names none."""
    match = _POSTPONED.fullmatch(about)
    if match is None:
        return None
    return match[1], end_of(dt.datetime.strptime(match[2], _DAY).date())  # noqa: DTZ007 - a day alone


NOTHING_MOVED = MovedDeadlines()


def moved_deadlines(
    campaign: Campaign, table: Mapping[str, dt.datetime], decisions: Iterable[Decision]
) -> MovedDeadlines:
    """Gather them from the settings' `table` and from what was decided of postponements."""
    fixed: dict[tuple[str, str, str], dt.datetime] = {}
    for name in _ranked(campaign, table):
        for form in campaign.forms:
            fixed |= dict.fromkeys(_named(campaign, form, name.split()), table[name])
    postponed: dict[tuple[str, str, str, str], dt.datetime] = {}
    for each in standing(decisions):
        approved = each.matter is Matter.POSTPONEMENT and each.verdict is Verdict.AGREE
        if approved and (found := postponement(each.about)):
            level, until = found
            postponed[each.form, each.period, level, each.unit_id] = until
    return MovedDeadlines(fixed, postponed)


def moment_of(
    campaign: Campaign, table: Mapping[str, dt.datetime], form: Form, period: Period
) -> dt.datetime | None:
    """Give what the settings' `table` says of a form's period, whatever the level."""
    meant = (
        table[name]
        for name in reversed(_ranked(campaign, table))
        for _, which, _ in _named(campaign, form, name.split())
        if which == period.period_id
    )
    return next(meant, None)


def naming_nothing(campaign: Campaign, names: Iterable[str]) -> list[str]:
    """Give the left sides of the settings that name no period of any form, or no level that reports it."""
    return [
        name
        for name in names
        if not any(any(_named(campaign, form, name.split())) for form in campaign.forms)
    ]


def _ranked(campaign: Campaign, names: Iterable[str]) -> list[str]:
    """Put what counts most last: who names more is meant before who names less, then a form before a level.

    Of two that name the same the later one counts.
    """
    forms = {word for form in campaign.forms for word in (form.key, form.title)}
    return sorted(names, key=lambda name: (len(name.split()), not forms.isdisjoint(name.split())))


def _named(campaign: Campaign, form: Form, words: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Give the form's periods and levels that these words name: ``2012B1``, ``2012B1 县``, ``plan 2012``."""
    levels = [name for name in campaign.levels.names if form.is_for(name)]
    left: list[str] = []
    for word in words:
        if level := campaign.levels.find(word):
            levels = [name for name in levels if name == level.name]
        elif word not in {form.key, form.title}:
            left.append(word)
    try:
        (meant,) = map(form.period, left)  # what names another form is no period
    except ValueError:
        return
    if form.takes(meant):
        yield from ((form.key, meant.period_id, level) for level in levels)


def last_deadline(
    campaign: Campaign,
    period: Period,
    working_days: Mapping[str, int],
    day_overrides: Mapping[dt.date, bool],
    moved: MovedDeadlines,
) -> dt.datetime:
    """Give the last moment at which anybody reports anything for `period` in time."""
    forms = campaign.forms
    own = (days for form in forms for days in form.working_days.values())
    usual = deadline(period, max((*working_days.values(), *own)), day_overrides)
    due = (day for form in forms if form.takes(period) for day in form.due_on.values())
    return max((usual, *map(end_of, due), *moved.latest(period)))
