"""Made-up 封面, 干部名册, 联系点 and 基层组织."""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.grassroots2012.samples.scene import Row, Scene, following_keys, keys_of
from sheetflow.schemas.grassroots2012.samples.words import (
    ESTATES,
    FIRST_PLACE,
    LAST_PLACE,
    LATER_TITLES,
    SURNAMES,
    TITLES,
)

_LEADERS = 3
"""The first of 干部名册: 主席 and 副主席."""


def make_cover(scene: Scene, cadres: list[Row]) -> Row:
    """Fill the cover a day or two after the period."""
    return {
        "unit_name": scene.unit.name,
        "unit_id": scene.unit.unit_id,
        "period": scene.period.period_id,
        "kind": "首次报送",
        "leader": cadres[0]["name"],
        "reviewer": cadres[1]["name"],
        "preparer": cadres[-1]["name"],
        "phone": f"0530-5550{scene.between(0, 999):03d}",
        "filled_on": scene.period.last_day + dt.timedelta(days=scene.between(1, 2)),
        "in_appraisal": "是" if scene.chance(0.8) else "否",
        "nil_return": "否",
    }


def make_grassroots(scene: Scene) -> list[Row]:
    """Describe each township; what is counted since January grows."""
    if not scene.is_county:
        return []
    rows = scene.kept("grassroots")
    if rows:
        for row in rows:
            _go_on(scene, row)
        return rows
    places = [first + last for first in FIRST_PLACE for last in LAST_PLACE]
    names = scene.random.sample(places, scene.between(7, 11))
    streets = scene.between(2, 3)
    return [_township(scene, name, street=index < streets) for index, name in enumerate(names)]


def _township(scene: Scene, name: str, *, street: bool) -> Row:
    villages = 0 if street else scene.between(18, 60)
    communities = scene.between(6, 15) if street else scene.between(0, 3)
    women = scene.between(9_000, 32_000)
    return {
        "township": name + ("街道" if street else scene.pick(("镇", "镇", "镇", "乡"))),
        "villages": villages,
        "communities": communities,
        "hamlet_groups": villages,
        "estate_groups": scene.between(4, 12) if street else 0,
        "building_groups": scene.between(10, 60) if street else 0,
        "employer_groups": scene.between(2, 14),
        "public_posts": scene.between(0, 4),
        "graduate_officials": scene.between(0, 6),
        "backbones": villages + communities + scene.between(5, 20),
        "homes": scene.between((villages + communities) // 2, villages + communities),
        "home_events": scene.between(4, 20),
        "women": women,
        "funds": women + scene.yuan(0, 3000)
        if scene.chance(0.35)
        else scene.yuan(women // 10, women // 4),
    }


def _go_on(scene: Scene, row: Row) -> None:
    women, funds = int(str(row["women"])), int(str(row["funds"]))
    row["home_events"] = int(str(row["home_events"])) + scene.between(3, 15)
    # Who pays one yuan a head does so in January; the others never quite reach it.
    if funds < women:
        row["funds"] = min(women * 9 // 10, funds + scene.yuan(0, women // 8))


def make_contact_points(scene: Scene, townships: list[str]) -> list[Row]:
    """Set up contact points, and one more now and then."""
    rows = scene.kept("contact_points")
    least, most = (8, 13) if scene.is_county else (3, 5)
    fresh = scene.between(0, 1) if rows else scene.between(least, most)
    for key in following_keys(rows, "contact_point_id", fresh, "L{:03d}"):
        community = scene.chance(0.3)
        place = scene.pick(FIRST_PLACE) + scene.pick(SURNAMES)
        estate = scene.pick(ESTATES) + scene.pick(("东", "西", "南", "北", "中"))
        row: Row = {
            "contact_point_id": key,
            "name": f"{estate}社区"
            if community
            else f"{place}{scene.pick(('家庄村', '家村', '屯村', '家洼村'))}",
            "kind": "社区" if community else "村",
            "township": scene.pick(townships),
            "set_up_on": scene.day(),
            "status": "在用",
        }
        if scene.chance(0.2):
            row["remarks"] = scene.pick(
                ("有妇女之家", "外出务工妇女较多", "蔬菜种植村", "城郊失地村")
            )
        rows.append(row)
    return rows


def places_of(scene: Scene, grassroots: list[Row]) -> list[str]:
    """Where contact points lie: a county's townships, a city's or the province's counties."""
    if grassroots:
        return keys_of(grassroots, "township")
    below = [
        unit.name
        for unit in scene.tree.subtree(scene.unit.unit_id)
        if unit.level == "县" and unit is not scene.unit
    ]
    return below or [scene.unit.name]


def make_cadres(scene: Scene, points: list[Row]) -> list[Row]:
    """List the cadres who take part; they get to know more women over the year."""
    rows = scene.kept("cadres")
    keys = keys_of(points, "contact_point_id")
    if rows:
        for row in rows:
            row["women_linked"] = int(str(row["women_linked"])) + scene.between(0, 2)
        return rows
    titles = list(TITLES[: scene.between(5, 7)])
    titles += [scene.pick(LATER_TITLES) for _ in range(scene.between(1, 3))]
    for index, title in enumerate(titles):
        rows.append(
            {
                "cadre_id": f"G{index + 1:03d}",
                "name": scene.name(),
                "title": title,
                "is_leader": "是" if index < _LEADERS else "否",
                "contact_points": scene.some(keys, 2),
                "women_linked": scene.between(5, 20),
                "diaries": 1,
                "ledgers": 1,
                "status": "在岗",
            }
        )
    return rows
