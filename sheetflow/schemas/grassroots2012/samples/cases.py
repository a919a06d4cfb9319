"""Made-up 走访记录, 妇女需求台帐 and what stands on it: 个案帮扶, 难题化解.

The books agree with each other and move on as the notice wants it: a case of one's own
is helped at once and done within two periods, a hard one has its plan.
"""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.grassroots2012.samples.scene import Row, Scene, following_keys, keys_of
from sheetflow.schemas.grassroots2012.samples.words import (
    AGES,
    PLANS,
    STORIES,
    SUMMARIES,
    SUPPORTS,
    WANTED_BY,
    WITHDRAWN_WHY,
)
from sheetflow.schemas.grassroots2012.words import GROUPS, WITHDRAWN

_CASE, _HARD, _WIDE = "个案性", "暂时难以解决", "普遍性倾向性"
_WOMEN_MET = {"一对一访谈": (1, 6), "实地考察": (5, 25), "座谈交流": (10, 40), "问卷征询": (20, 80)}
_STEPS = {"制定方案": "推动落实", "推动落实": "阶段性解决", "阶段性解决": "阶段性解决"}
_ONE_SAID_IN_VAIN_FROM = 12


def make_visits(scene: Scene, cadres: list[Row], points: list[Row]) -> list[Row]:
    """Visit the contact points through the period."""
    leaders = {str(row["cadre_id"]) for row in cadres if row["is_leader"] == "是"}
    least, most = (15, 30) if scene.is_county else (6, 12)
    rows: list[Row] = []
    for day in scene.days(scene.between(least, most)):
        who = scene.some(keys_of(cadres, "cadre_id"), 3)
        mode = scene.pick(tuple(_WOMEN_MET))
        women = scene.between(*_WOMEN_MET[mode])
        row: Row = {
            "visited_on": day,
            "cadres": who,
            "led_by_leader": "否" if leaders.isdisjoint(who.split("、")) else "是",
            "mode": mode,
            "women_met": women,
            "groups": scene.some(GROUPS, 3),
            "opinions": scene.between(0, 9),
        }
        if scene.chance(0.9):
            row["contact_point"] = scene.pick(points)["contact_point_id"]
        if mode == "问卷征询":
            row["questionnaires"] = scene.between(women // 2, women)
        if scene.chance(0.6):
            row["summary"] = scene.pick(SUMMARIES)
        rows.append(row)
    return rows


def make_needs(scene: Scene, cadres: list[Row], points: list[Row]) -> list[Row]:
    """Move the open needs on, then register new ones."""
    rows = scene.kept("needs")
    for row in rows:
        if row["status"] in {"未办理", "办理中"}:
            _move_on(scene, row)
    size = scene.rows if scene.is_county else max(4, scene.rows // 4)
    count = max(1, scene.between(size * 4 // 5, size * 6 // 5))
    states = _states(count)
    scene.random.shuffle(states)
    keys = following_keys(rows, "need_id", count, "X{:04d}")
    for key, day, state in zip(keys, scene.days(count), states, strict=True):
        row = _need(scene, key, day, cadres, points)
        rows.append(row)
        if state == WITHDRAWN:
            row |= {"nature": _WIDE, "status": WITHDRAWN, "outcome": WITHDRAWN_WHY}
        elif state == "办理中":
            _take_up(row)
        elif state == "已办结":
            _close(scene, row)
    return rows


def _states(count: int) -> list[str]:
    """Share out the states by quota, so that no figure jumps from period to period."""
    waiting, going = round(count * 0.12), round(count * 0.33)
    vain = 1 if count >= _ONE_SAID_IN_VAIN_FROM else 0
    done = max(0, count - waiting - going - vain)
    states = ["未办理"] * waiting + ["办理中"] * going + [WITHDRAWN] * vain + ["已办结"] * done
    return states[:count]


def _need(scene: Scene, key: str, day: dt.date, cadres: list[Row], points: list[Row]) -> Row:
    group = scene.pick(GROUPS)
    category = scene.pick(WANTED_BY[group])
    age = scene.between(*AGES[group])
    name, point = scene.name(), scene.pick(points)
    row: Row = {
        "need_id": key,
        "registered_on": day,
        "name": f"{name[0]}女士" if scene.chance(0.2) else name,
        "age": age,
        "contact_point": point["contact_point_id"],
        "cadre": scene.pick(cadres)["cadre_id"],
        "group": group,
        "category": category,
        "content": scene.pick(STORIES[category]).content,
        "nature": scene.pick((_CASE, _CASE, _CASE, _WIDE, _HARD)),
        "status": "未办理",
    }
    if scene.chance(0.5):
        row["id_number"] = scene.id_number(age)
    if scene.chance(0.7):
        # The key's own digits: no two women of one book share a number.
        row["phone"] = f"1990000{int(key[1:]) % 10_000:04d}"
    if scene.chance(0.6):
        row["address"] = f"{point['name']}{scene.between(1, 300)}号"
    return row


def _story(row: Row) -> tuple[str, str]:
    told = STORIES[str(row["category"])]
    story = next(entry for entry in told if entry.content == row["content"])
    return story.measures, story.outcome


def _take_up(row: Row) -> None:
    row["status"], row["measures"] = "办理中", _story(row)[0]


def _close(scene: Scene, row: Row) -> None:
    registered = row["registered_on"]
    row["measures"], row["outcome"] = _story(row)
    row["status"] = "已办结"
    row["closed_on"] = scene.day(registered if isinstance(registered, dt.date) else None)


def _move_on(scene: Scene, row: Row) -> None:
    before = scene.period.previous
    registered = row["registered_on"]
    recent = before and isinstance(registered, dt.date) and before.holds(registered)
    if (row["nature"] == _CASE and not recent) or scene.chance(0.6):
        _close(scene, row)
    else:
        _take_up(row)


def make_case_help(scene: Scene, needs: list[Row]) -> list[Row]:
    """Give a row to every 个案性 need that is taken up or done."""
    kept = {str(row["need"]): row for row in scene.kept("case_help")}
    rows = list(kept.values())
    for need in needs:
        key = str(need["need_id"])
        if need["nature"] != _CASE or need["status"] not in {"办理中", "已办结"}:
            continue
        if key not in kept:
            funds = 0 if scene.chance(0.3) else scene.yuan(200, 3000)
            rows.append({"need": key, "responsible": need["cadre"], "funds": funds})
        elif need["status"] == "办理中" and scene.chance(0.5):
            row = kept[key]
            row["funds"] = int(str(row["funds"])) + scene.yuan(200, 1000)
    return rows


def make_hard_cases(scene: Scene, needs: list[Row]) -> list[Row]:
    """Give a plan to every need that cannot be solved at once."""
    kept = {str(row["need"]): row for row in scene.kept("hard_cases")}
    rows = list(kept.values())
    for need in needs:
        key = str(need["need_id"])
        if need["nature"] != _HARD or need["status"] == WITHDRAWN:
            continue
        row = kept.get(key)
        if row is None:
            row = {"need": key, "stage": scene.pick(("制定方案", "推动落实")), "talks": 0}
            rows.append(row)
        else:
            row["stage"] = _STEPS.get(str(row["stage"]), str(row["stage"]))
        if need["status"] == "已办结":
            row["stage"] = "已解决"
        if row["stage"] != "制定方案" and "plan" not in row:
            row["plan"], row["support"] = scene.pick(PLANS), scene.pick(SUPPORTS)
        if need["status"] != "已办结":
            row["due_on"] = scene.period.last_day + dt.timedelta(days=scene.between(60, 200))
            row["talks"] = int(str(row["talks"])) + scene.between(1, 4)
    return rows
