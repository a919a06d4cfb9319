"""Once a day at most, the administrator's own mail: what failed, what waits too long, and the remedy.

It goes on working days, from half past eight on, at the first pass at which there is something to say: of that very
pass, also where it failed.
It counts what may bear a person's name (files, addresses) and quotes none of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sheetflow.consolidation.contents import Waiting, Waits, tell, told_besides
from sheetflow.context import Context
from sheetflow.intake.sighting import Scan
from sheetflow.mail.facts import compose_mail, mail_heading
from sheetflow.mail.letter_data import Event
from sheetflow.periods import OFFICE_ZONE, is_working_day
from sheetflow.service.calendar import Task
from sheetflow.service.changes import template_troubles
from sheetflow.service.waiting import what_waits
from sheetflow.store.records import Document

TOLD = "told"
"""In a document of the calendar: of how many things."""
FROM, UNTIL = dt.time(8, 30, tzinfo=OFFICE_ZONE), dt.time(18, tzinfo=OFFICE_ZONE)
_SOON, _LONG = dt.timedelta(hours=1), dt.timedelta(days=3)
"""So long a fault of ours, and what others have to see to, may wait without a word."""

_COUNTED: Mapping[Waits, tuple[str, str]] = {
    Waits.PUT_OFF: (
        "收取以后没有处理完的来件{count}件",
        "请运行 sheetflow status 看原因；故障排除以后会自动再处理。",
    ),
    Waits.MAIL: (
        "没有送到的邮件{count}封",
        "请运行 sheetflow mail 查看；改好 units.xlsx 里的邮箱或者发信设置以后重新发送。",
    ),
    Waits.PUBLICATION: (
        "没有放到位的文件{count}个",
        "请运行 sheetflow status 看是哪些；多半是有人开着或者改过，或者磁盘满了、没有权限。",
    ),
    Waits.INBOX: (
        "报送文件夹里没有收、收不了的东西{count}处",
        "请运行 sheetflow status 看是哪些，照写明的办法处理。",
    ),
    Waits.UNNAMED: (
        "收到的附件没有归到哪份表的{count}处",
        "请运行 sheetflow status 看是哪些；名称与表里写的不一致的，请单位改好后重放。",
    ),
    Waits.HELD: (
        "待确认的报送{count}件没有人决定",
        "请催上级单位在审核单里办理，或者核实后用 sheetflow release、sheetflow reject 决定。",
    ),
}


def administrators_mail(
    context: Context,
    until: dt.datetime,
    troubles: Collection[str] = (),
    look: Callable[[], Iterable[Waiting]] | None = None,
) -> Iterator[Task]:
    """Give today's mail to the administrator, where there is something to say by now.

    `troubles` are those of the pass, `look` gives what waits after it; without one the inbox is not looked at.
    """
    now = context.clock.now()
    begins, ends = (dt.datetime.combine(now.date(), time) for time in (FROM, UNTIL))
    name = f"administrator.{now:%Y%m%d}"
    is_time = begins <= min(now, until) <= ends
    if not (is_time and context.settings.contact.administrator):
        return
    if not is_working_day(now.date(), context.day_overrides):
        return
    if context.store.calendar.find_done([name]):
        return
    waiting = look() if look else what_waits(context, Scan())
    if said := what_to_tell(context, troubles, waiting):
        yield Task(
            name=name,
            what="告知管理员",
            form="",
            period="",
            due_at=begins,
            do=lambda: _tell(context, name, said),
            words="告知管理员",
        )


def what_to_tell(
    context: Context, troubles: Iterable[str], waiting: Iterable[Waiting]
) -> tuple[str, ...]:
    """Say what failed or waits too long now, each with its remedy."""
    now = context.clock.now()
    long = [each for each in waiting if _is_too_long(each, now)]
    others = [each for each in long if each.kind not in _COUNTED]
    met = (*troubles, *template_troubles(context))
    return (*told_besides(met, long), *tell(others), *_counted(long))


def _is_too_long(waiting: Waiting, now: dt.datetime) -> bool:
    limit = _SOON if waiting.is_ours else _LONG
    return waiting.since is None or now - waiting.since >= limit


def _counted(waiting: Iterable[Waiting]) -> Iterator[str]:
    """Say of each kind how many there are and since when, with the remedy."""
    listed = list(waiting)
    for kind, (said, remedy) in _COUNTED.items():
        found = [each for each in listed if each.kind is kind]
        since = min((each.since for each in found if each.since), default=None)
        began = f"，最早的从{since.astimezone(OFFICE_ZONE):%m-%d %H:%M}等起" if since else ""
        if found:
            yield f"{said.format(count=len(found))}{began}。{remedy}"


def _tell(context: Context, name: str, said: tuple[str, ...]) -> Document:
    data = replace(mail_heading(context, "管理员"), remarks=said)
    address = context.settings.contact.administrator
    mail = compose_mail(context, (address,), Event.ADMINISTRATOR, data, name)
    context.store.mails.record_mails([mail], context.clock.now())
    return {TOLD: len(said)}
