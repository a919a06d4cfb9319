"""One period of the real campaign in the whole province, 158 units, by the clock alone: every mail counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

import pytest
from openpyxl.worksheet.merge import MergedCellRange

from sheetflow.config.workspace import Workspace
from sheetflow.context import Context
from sheetflow.context.paths import workbook_path
from sheetflow.demo.draft import Draft, plan_typing, type_workbook
from sheetflow.demo.ground import Size, lay_ground
from sheetflow.periods import OFFICE_ZONE, Period, is_working_day
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Scene
from sheetflow.units import Unit, UnitTree
from tests.by_the_clock import Deed, Serving, counted
from tests.warm import keep_list, open_warm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PERIOD = Period.parse("2012B3")
_DIGEST = "有新的情况"


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(2012, month, day, hour, minute, tzinfo=OFFICE_ZONE)


_MORNING, _AFTERNOON = dt.time(8, 30), dt.time(15)
BEGUN, END = _at(5, 31, 18), _at(7, 18, 18)
REMINDED = {
    "县": (_at(6, 28), _at(7, 3)),
    "市": (_at(7, 2), _at(7, 5)),
    "省": (_at(7, 4), _at(7, 9)),
}
"""Three working days before the deadline, and on its day."""
URGED = {"县": _at(7, 4), "市": _at(7, 6), "省": _at(7, 10)}
LAST_DAYS = {level: moments[-1].date() for level, moments in REMINDED.items()}

COUNTIES = (
    ("371202", _at(6, 12, 10)),
    ("371203", _at(6, 12, 10)),
    ("370102", _at(6, 12, 10)),
    ("370202", _at(7, 2, 10)),
    ("370303", _at(7, 3, 10)),
    ("370403", _at(7, 4, 10)),
    ("370502", _at(7, 12, 14)),
)
"""Who hands in when: both counties of one city before anybody is reminded, others later, two late."""
CITIES = (("371200", _at(7, 3, 11)), ("370600", _at(7, 6, 14)))
MENDER = "370602"
FAULTY, MENDED = _at(7, 2, 11), _at(7, 9, 10)
"""When one county hands in a workbook that is returned, and when what it mended, too late."""
ENDED = _at(7, 1)
ACCEPTED = {**dict(COUNTIES), **dict(CITIES), MENDER: MENDED}


def deeds(context: Context) -> Iterator[Deed]:
    """Give what clerks do with the workbooks that were handed out to them, and when."""
    for at, unit_id in [*((at, unit) for unit, at in ACCEPTED.items()), (FAULTY, MENDER)]:
        yield at, partial(hand_in, context, at, unit_id)


def hand_in(context: Context, at: dt.datetime, unit_id: str) -> None:
    """Type made-up rows into the own workbook, and drop it."""
    unit = context.tree[unit_id]
    form = context.campaign.in_force(context.campaign.main_form, PERIOD)
    scene = Scene(unit, context.tree, PERIOD, Random(unit_id), 6, {})  # noqa: S311 - made-up rows
    draft = Draft.of(form, unit, PERIOD, make_samples(context.campaign, form, scene))
    draft.cover[form.cover.filled_on] = at.date()
    if at < ENDED:
        draft.cover.update(nil_return="是", nil_reason="本期集中学习，走访从下期开始。")
        draft.rows = {form.cover.sheet: [draft.cover]}
    if at == FAULTY:
        del draft.cover["leader"]
    target = context.workspace.inbox_of(unit) / "上报.xlsx"
    typed = target.with_name(f".{target.name}")
    type_workbook(plan_typing(draft, workbook_path(context, form, unit, PERIOD), typed))
    typed.rename(target)


@dataclass(frozen=True)
class Province:
    """What there is after the period: the units, the kinds of mail that each got, and what is on record."""

    tree: UnitTree
    mails: Mapping[str, Counter[str]]
    done: tuple[str, ...]
    days_of_mail: frozenset[dt.date]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """Give the whole province after a period in which nobody gave a command."""
    root = tmp_path_factory.mktemp("province") / "work"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SHEETFLOW_CALENDAR__ON")
        patch.delenv("SHEETFLOW_REVIEW__POLICY")
        patch.setenv("SHEETFLOW_INTAKE__QUIET_SECONDS", "0")
        patch.setenv("SHEETFLOW_INTAKE__SCAN_SECONDS", "0.1")
        # Most of what typing costs; nobody looks at the borders of what was typed.
        patch.setattr(MergedCellRange, "format", lambda _range: None)
        tree = lay_ground(root, Size()).tree
        keep_list(Workspace(root), tree)
        with open_warm(root, BEGUN) as context:
            Serving(context, BEGUN, END, deeds(context)).serve()
            entries = context.store.calendar.find_all()
    days = {
        each.done_at.astimezone(OFFICE_ZONE).date()
        for each in entries
        if each.document.get("mailed") or each.document.get("to")
    }
    names = tuple(each.name for each in entries)
    return Province(tree, counted(Workspace(root)), names, frozenset(days))


def expected(tree: UnitTree, unit: Unit) -> Counter[str]:
    """Count what a unit must get, by the table of the calendar and who hands in when."""
    level, since = unit.level, ACCEPTED.get(unit.unit_id, END)
    below = tree.children(unit.unit_id)
    is_urged = since > URGED[level]
    return Counter(
        {
            "填报表已发放": 1,
            "报送提醒": sum(since > at for at in REMINDED[level]),
            "催报": int(is_urged),
            "退回": int(unit.unit_id == MENDER),
            "已接收": int(since < END),
            _DIGEST: sum(1 for _ in digests(below)),
        }
    )


def digests(below: Collection[Unit]) -> Iterator[dt.datetime]:
    """Give when a superior must hear something: what waits for it or is late anew, all in, the last afternoon, and Mondays."""
    told: set[str] = set()
    before = BEGUN
    for day in (BEGUN.date() + dt.timedelta(days=number) for number in range(1, 49)):
        hours = (_MORNING, *([_AFTERNOON] if day in LAST_DAYS.values() else []))
        for hour in hours if is_working_day(day) else ():
            at = dt.datetime.combine(day, hour, OFFICE_ZONE)
            given = {each.unit_id: ACCEPTED.get(each.unit_id, END) for each in below}
            waiting = {unit_id for unit_id, moment in given.items() if moment <= at}
            out = [each for each in below if each.unit_id not in waiting]
            late = {each.unit_id for each in out if day > LAST_DAYS[each.level]}
            is_pressing = hour == _AFTERNOON and any(day == LAST_DAYS[each.level] for each in out)
            is_all_in = not out and any(before < moment <= at for moment in given.values())
            is_weekly = day.weekday() == 0 and hour == _MORNING and waiting
            keys = {f"{unit_id} waits" for unit_id in waiting} | late
            if keys - told or is_pressing or is_all_in or is_weekly:
                yield at
            told, before = keys, at


def test_each_of_158_units_gets_just_what_the_table_says(province: Province) -> None:
    """Opening, reminders, 催报, digests and answers: no unit gets one more or one less."""
    assert len(province.tree) == 158
    wanted = {unit.unit_id: +expected(province.tree, unit) for unit in province.tree}
    assert province.mails == wanted


def test_all_of_them_come_to_what_was_added_up_by_hand(province: Province) -> None:
    """Of 140 counties five are in before 催报, of 17 cities one; who is late stands in digests."""
    total = sum(province.mails.values(), Counter[str]())
    del total[_DIGEST]
    assert total == {
        "填报表已发放": 158,
        "报送提醒": 273 + 33 + 2,
        "催报": 135 + 16 + 1,
        "已接收": 10,
        "退回": 1,
    }


def test_it_is_on_record_once_and_on_working_days(province: Province) -> None:
    """What sent mail stands in the calendar, each once, and none of it was done on a day of rest."""
    assert len(province.done) == len(set(province.done))
    assert province.days_of_mail
    assert all(map(is_working_day, province.days_of_mail))
