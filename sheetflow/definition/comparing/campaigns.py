"""Two versions of a campaign compared by key: what is taken, told, tried and refused, line by line.

What would lose data is refused with the remedy. Whatever needs numbers is asked of the accepted books;
this module refuses to know where those lie.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from sheetflow.definition.comparing.columns import Compared
from sheetflow.definition.comparing.following import following, version_of
from sheetflow.definition.comparing.forms import compare_forms
from sheetflow.definition.comparing.trials import compare_rules
from sheetflow.definition.comparing.verdicts import (
    AcceptedBooks,
    Change,
    Verdict,
    allowed,
    hint,
    refused,
    reworded,
)
from sheetflow.schemas.campaign import Campaign, CampaignVersion

_WORDS = {
    "title": "活动名称",
    "source": "依据",
    "organiser": "主办单位",
    "contact": "联系办法",
    "head": "表号、制表机关、文号或有效期",
    "money_scale": "金额疑似万元",
}
_VERSIONS = "《版本》"
_TOLD = 30
"""So many changes are listed in 改了什么."""
_NAMED = 6
"""So many units are named, of more the first."""


def compare(
    old: Campaign,
    new: Campaign,
    books: AcceptedBooks,
    today: dt.date,
    *,
    no_trial: bool = False,
) -> tuple[Change, ...]:
    """Compare the campaign in force with what is to come after it; a nothing is no line.

    The order is that of the campaign's sheets: the whole, levels, versions, forms, rules.
    """
    new = following(new, old)
    return tuple(
        dict.fromkeys(
            (
                *_of_whole(old, new),
                *_of_levels(old, new, books),
                *_of_versions(old, new),
                *_of_forms(old, new, books),
                *compare_rules(new, old, today, no_trial=no_trial),
            )
        )
    )


def with_changes(new: Campaign, old: Campaign, changes: tuple[Change, ...]) -> Campaign:
    """Give the campaign with 改了什么 of its newest version written, where that is blank.

    What was written for the same version before goes on being said.
    """
    if not new.versions or new.versions[-1].changes:
        return new
    *before, last = new.versions
    said = {version.number: version.changes for version in old.versions}.get(last.number, "")
    if not said and last.number > version_of(old):
        told = list(dict.fromkeys(one.gist for one in changes if one.place != _VERSIONS))
        more = f"等{len(told)}处" if len(told) > _TOLD else ""
        said = "；".join(told[:_TOLD]) + more
    return replace(new, versions=(*before, replace(last, changes=said))) if said else new


def is_refused(changes: tuple[Change, ...]) -> bool:
    """Whether one of the changes is refused."""
    return any(change.verdict is Verdict.REFUSED for change in changes)


def _of_whole(old: Campaign, new: Campaign) -> Iterator[Change]:
    if old.key != new.key:
        what = f"活动代码从{old.key}改成{new.key}，已发出的工作簿和接收的数据都认不得了"
        yield refused("《活动》", what, f"请改回{old.key}；另一项活动请另建工作区")
    yield from reworded("《活动》", old, new, _WORDS)


def _of_levels(old: Campaign, new: Campaign, books: AcceptedBooks) -> Iterator[Change]:
    if old.levels.rungs == new.levels.rungs:
        return
    astray = list(books.without_level(new.levels.names))
    if not astray:
        yield hint("《级次》", "改了级次，units.xlsx里各单位的级别都在其中")
        return
    more = f"等{len(astray)}个单位" if len(astray) > _NAMED else f"{len(astray)}个单位"
    what = f"改了级次，{'、'.join(astray[:_NAMED])}{more}的级别不在其中"
    yield hint("《级次》", what, "请随后改units.xlsx里这些单位的级别，改好以前它们的报表无法处理")


def _of_versions(old: Campaign, new: Campaign) -> Iterator[Change]:
    then, now = version_of(old), version_of(new)
    if now < then:
        what = f"现行的是第{then}版，这里只到第{now}版"
        yield refused(_VERSIONS, what, "版本只增不减，请把删掉的各行补回来")
    kept = {version.number: version for version in new.versions}
    for version in old.versions:
        yield from _of_version(version, kept.get(version.number))
    if now > then:
        yield allowed(_VERSIONS, f"第{now}版从{_first(new)}起用")
    elif now == then and _asks_version(old, new):
        what = f"还是第{now}版：发出去的工作簿分不出新旧"
        yield hint(_VERSIONS, what, f"改了栏目或指标的，请加一行第{now + 1}版")


def _first(campaign: Campaign) -> str:
    first = campaign.versions[-1].first_period if campaign.versions else ""
    return first or "现在"


def _of_version(then: CampaignVersion, now: CampaignVersion | None) -> Iterator[Change]:
    if now is None:
        return
    now = now if now.changes else replace(now, changes=then.changes)
    place = f"《版本》第{then.number}版"
    if (then.first_period, then.older_until) != (now.first_period, now.older_until):
        yield hint(place, "改了起用的报告期或旧版收到的报告期，以前接收的照旧")
    words = {"changes": "改了什么", "by": "谁", "on": "日期"}
    yield from reworded(place, then, now, words)


def _asks_version(old: Campaign, new: Campaign) -> bool:
    """Whether sheets or indicators differ in more than words, so that workbooks do."""
    return any(
        [(sheet.key, [column.key for column in sheet.declared]) for sheet in form.sheets]
        != [(sheet.key, [column.key for column in sheet.declared]) for sheet in then.sheets]
        or list(form.indicator) != list(then.indicator)
        for form in new.forms
        if (then := old.by_key.get(form.key))
    )


def _of_forms(old: Campaign, new: Campaign, books: AcceptedBooks) -> Iterator[Change]:
    version, following = version_of(old), version_of(old) + 1
    levels = tuple(dict.fromkeys((*new.levels.names, *old.levels.names)))
    for form in old.forms:
        if form.key not in new.by_key:
            tally = sum(
                books.count(form.key, sheet.key, lambda _row: True).rows for sheet in form.sheets
            )
            what = f"没有了，会丢掉已接收的{tally:,}行" if tally else "没有了"
            remedy = f"不用了请填“结束”；改名请在“代码”里填{form.key}"
            yield refused(f"《{form.title}》", what, remedy)
            continue
        asked = Compared(form.key, version, following, levels, books)
        yield from compare_forms(asked, form, new.by_key[form.key])
    for form in new.forms:
        if form.key not in old.by_key:
            yield allowed(f"《{form.title}》", "新增报表")
    if old.main_form.key in new.by_key and new.main_form.key != old.main_form.key:
        what = "不再是第一张报表：文件名、回执号和邮件都会改"
        yield refused(f"《{old.main_form.title}》", what, "请把它排回《报表》第一行")
