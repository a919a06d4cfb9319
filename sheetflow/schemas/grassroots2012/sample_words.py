"""Made-up workbooks of this campaign: words for needs and deeds, and what its own rules tie.

All else follows from the declarations (`demo`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sheetflow.schemas.campaign import Maker, SampleRow, SampleWords, Typed
from sheetflow.schemas.conditions import Not, where
from sheetflow.schemas.grassroots2012.words import (
    OUTLETS,
    PRACTICES,
    SENTENCES,
    SERVICES,
    STORIES,
    TOPICS,
    WANTED_BY,
    WITHDRAWN,
)

_CASE, _HARD, _WIDE = "个案性", "暂时难以解决", "普遍性倾向性"
_NOTE, _REPORT = "调查手记", "调研报告"


_WOMEN_MET = {"一对一访谈": (1, 6), "实地考察": (5, 25), "座谈交流": (10, 40), "问卷征询": (20, 80)}
_STATES = ("未办理", "办理中", "办理中", "已办结", "已办结", "已办结", "已办结", "办理中")
_WITHDRAWN_WHY = "登记后核实为重复登记，本件撤销，以先登记的一件为准。"
_ONE_SAID_IN_VAIN = 12
"""The need that turns out to be registered twice, where there are as many."""
_FIRST_PLACE = "东西南北上下大小新古龙凤青白金石"
_LAST_PLACE = "河山桥泉岭沟店庄湖埠集口营寨"
_FAMILIES = "王李张刘陈杨赵孙周吴徐马朱胡郭林高梁"
_STREETS = 2
_TITLES = ("主席", "副主席", "副主席", "办公室主任", "权益部部长", "发展部部长", "宣传部部长")
_LEADERS = 3


def _by(column: str, words: Mapping[str, Sequence[str]]) -> Maker:
    """Choose from the words that another cell of the row calls for."""
    return lambda row: row.scene.pick(words[str(row[column])])


def _either(share: float, yes: Typed, no: Typed | None = None) -> Maker:
    return lambda row: yes if row.scene.chance(share) else no


def _between(least: int, most: int) -> Maker:
    return lambda row: row.scene.between(least, most)


def _of_needs(row: SampleRow, column: str) -> Typed:
    """Give a cell of the need that the row is about."""
    needs = row.rows_of("needs")
    return next(need[column] for need in needs if need["need_id"] == row["need"])


def _story(row: SampleRow) -> list[str]:
    stories = STORIES[str(row["category"])]
    return next((story for story in stories if story[0] == row["content"]), stories[0])


def _status(row: SampleRow) -> str:
    return WITHDRAWN if row.number == _ONE_SAID_IN_VAIN else row.scene.pick(_STATES)


def _nature(row: SampleRow) -> str:
    vain = row["status"] == WITHDRAWN
    return _WIDE if vain else row.scene.pick((_CASE, _CASE, _CASE, _WIDE, _HARD))


def _led(cadres: str) -> Maker:
    """Say whether there is a leader among the cadres that a column names."""

    def tell(row: SampleRow) -> str:
        leaders = {each["cadre_id"] for each in row.rows_of("cadres") if each["is_leader"] == "是"}
        return "否" if leaders.isdisjoint(str(row[cadres]).split("、")) else "是"

    return tell


def _township(row: SampleRow) -> str:
    """Name a township: no two of a unit begin alike."""
    turn = (row.number * 7 + sum(map(ord, row.scene.unit.unit_id))) % len(_FIRST_PLACE)
    kind = "街道" if row.number <= _STREETS else row.scene.pick("镇镇镇乡")
    return _FIRST_PLACE[turn] + row.scene.pick(_LAST_PLACE) + kind


def _place(row: SampleRow) -> str:
    """Where a contact point lies: in a township; above the counties in one of these."""
    scene = row.scene
    below = scene.tree.subtree(scene.unit.unit_id)
    counties = [unit.name for unit in below if unit.level == "县" and unit is not scene.unit]
    return scene.pick(row.named("grassroots", "township") or counties or [scene.unit.name])


def _number(row: SampleRow, column: str) -> int:
    return int(str(row[column]))


def _homes(row: SampleRow) -> int:
    places = _number(row, "villages") + _number(row, "communities")
    return row.scene.between(places // 2, places)


def _fund_for_women(row: SampleRow) -> int:
    """Give one yuan a head to a third of the townships, less to the others."""
    women = _number(row, "women")
    full = row.scene.chance(0.35)
    return women + row.scene.yuan(0, 3000) if full else row.scene.yuan(women // 10, women // 4)


def _authors(row: SampleRow) -> str:
    """Have one write; in the last period all of them, so that nobody owes a paper."""
    cadres = row.named("cadres", "cadre_id")
    return "、".join(cadres) if row.scene.period.closes_year else row.scene.pick(cadres)


def _services(row: SampleRow) -> str:
    given = [entry for entry in SERVICES[:2] if row.scene.chance(0.6)] or ["其他"]
    return "、".join([*given, "资金"] if row["funds"] else given)


def _stage(row: SampleRow) -> str:
    done = _of_needs(row, "status") == "已办结"
    return "已解决" if done else row.scene.pick(("制定方案", "推动落实"))


def _due_on(row: SampleRow) -> dt.date | None:
    days = dt.timedelta(row.scene.between(60, 200))
    return None if row["stage"] == "已解决" else row.scene.period.last_day + days


def _practice(row: SampleRow, part: int) -> str:
    told = PRACTICES[str(row["kind"])]
    return told[(row.number + sum(map(ord, row.scene.unit.unit_id))) % len(told)][part]


def _document(row: SampleRow) -> str | None:
    rule = row["kind"] == "制度机制" and row.scene.chance(0.7)
    return (
        f"妇字〔{row.scene.period.first_day.year}〕{row.scene.between(3, 40)}号" if rule else None
    )


def _told(*parts: str) -> Maker:
    """Choose of each part of `SENTENCES` one, and put the unit's own figures in."""

    def tell(row: SampleRow) -> str:
        scene = row.scene
        needs = [need for need in row.rows_of("needs") if need["status"] != WITHDRAWN]
        figures = {
            "name": scene.unit.name,
            "period": scene.period.label,
            "topic": scene.pick(TOPICS),
            "women": sum(int(str(visit["women_met"])) for visit in row.rows_of("visits")),
            "closed": sum(need["status"] == "已办结" for need in needs),
            "open": sum(need["status"] == "办理中" for need in needs),
            "registered": len(needs),
        }
        sheets = ("cadres", "contact_points", "visits", "case_help", "pairings", "proposals")
        figures |= {sheet: len(row.rows_of(sheet)) for sheet in sheets}
        return "".join(scene.pick(SENTENCES[part])[0] for part in parts).format_map(figures)

    return tell


def _once_done(column: str, before: str, after: str, share: float) -> Maker:
    """Let a share of the rows that stand in one state reach the next."""
    return lambda row: (
        after
        if row.before.get(column) == before and row.scene.chance(share)
        else row.before.get(column)
    )


def _solved_with_need(row: SampleRow) -> Typed | None:
    done = _of_needs(row, "status") == "已办结"
    return "已解决" if done else row.before.get("stage")


def _grown(column: str) -> Maker:
    """Add to what has been counted since January about as much as in the months before."""

    def grow(row: SampleRow) -> Typed | None:
        was = row.before.get(column)
        return was + row.scene.between((was + 1) // 2, was) if isinstance(was, int) else was

    return grow


SAMPLES = SampleWords(
    rows={
        "cadres": (6, 10),
        "contact_points": (8, 13),
        "grassroots": (9, 14),
        "visits": (15, 30),
        "papers": (4, 6),
        "proposals": (1, 3),
        "pairings": (3, 7),
        "projects": (1, 2),
        "publicity": (2, 5),
        "supervision": (1, 3),
        "practices": (1, 2),
    },
    about={
        "case_help": where("nature", _CASE) & where("status", "办理中", "已办结"),
        "hard_cases": where("nature", _HARD) & Not(where("status", WITHDRAWN)),
    },
    cells={
        "cover": {
            "leader": lambda row: row.named("cadres", "name")[0],
            "reviewer": lambda row: row.named("cadres", "name")[1],
            "preparer": lambda row: row.named("cadres", "name")[-1],
            "in_appraisal": _either(0.8, "是", "否"),
            "takes_over": lambda _row: None,
        },
        "cadres": {
            "title": lambda row: _TITLES[min(row.number, len(_TITLES)) - 1],
            "is_leader": lambda row: "是" if row.number <= _LEADERS else "否",
            "diaries": _between(1, 1),
            "ledgers": _between(1, 1),
            "status": ("在岗",),
        },
        "contact_points": {
            "name": lambda row: (
                f"{row.scene.pick(_FIRST_PLACE)}{row.scene.pick(_FAMILIES)}"
                + (
                    "社区"
                    if row["kind"] == "社区"
                    else row.scene.pick(("家庄村", "屯村", "家洼村"))
                )
            ),
            "kind": ("村", "村", "社区"),
            "township": _place,
            "status": ("在用",),
            "remarks": _either(0.2, "外出务工妇女较多"),
        },
        "visits": {
            "led_by_leader": _led("cadres"),
            "mode": tuple(_WOMEN_MET),
            "women_met": lambda row: row.scene.between(*_WOMEN_MET[str(row["mode"])]),
            "questionnaires": lambda row: row.scene.between(
                _number(row, "women_met") // 2, _number(row, "women_met")
            ),
            "summary": (
                "了解春耕备耕和务工打算，宣讲小额担保贷款贴息政策，当场答复了提出的疑问。",
                "重点听取留守妇女在照料老人、子女上学方面的困难，逐户记入妇情日记。",
                "座谈中大家谈得最多的是就近就业和技能培训，希望把培训班办到村里。",
                "察看了妇女之家的场地和活动记录，与妇女骨干商量下一步怎么把活动办经常。",
                "发放维权宣传材料，就婚姻家庭纠纷的求助渠道作了说明。",
                "看望了生活困难的老人，送去慰问品，帮助核对了低保申请材料。",
                "围绕手工编织加工项目征求意见，有多名妇女愿意参加首批培训。",
            ),
        },
        "needs": {
            "age": lambda row: row.scene.between(*WANTED_BY[str(row["group"])][0]),
            "address": lambda row: (
                f"{row.scene.pick(row.named('contact_points', 'name'))}{row.scene.between(1, 300)}号"
            ),
            "category": lambda row: row.scene.pick(WANTED_BY[str(row["group"])][1]),
            "content": lambda row: row.scene.pick(STORIES[str(row["category"])])[0],
            "nature": _nature,
            "status": _status,
            "measures": lambda row: _story(row)[1],
            "outcome": lambda row: _WITHDRAWN_WHY if row["status"] == WITHDRAWN else _story(row)[2],
        },
        "papers": {
            "kind": lambda row: (_REPORT, _NOTE)[row.number % 2],
            "title": lambda row: {
                _NOTE: f"走访手记：{row.scene.pick(TOPICS)}",
                _REPORT: f"关于{row.scene.pick(TOPICS)}的调研报告",
            }[str(row["kind"])],
            "authors": _authors,
            "words": _between(1800, 6000),
            "has_situation": ("是",),
            "has_analysis": ("是",),
            "has_advice": ("是",),
            "file_name": ("调研成果.docx",),
            "files": lambda _: None,
            "measures": ("根据调研情况，列入了下一步重点工作，明确专人跟进。",),
        },
        "proposals": {
            "title": lambda row: f"关于进一步做好{row.scene.pick(TOPICS)}工作的建议",
            "progress": (
                *("已报送", "已受理", "领导批示", "已采纳"),
                *("已出台法规政策", "已纳入民生项目"),
            ),
            "result": ("妇女小额担保贷款贴息办法", "农村妇女免费检查项目", "妇女之家建设意见"),
            "document_no": lambda row: (
                f"政发〔{row.scene.period.first_day.year}〕{row.scene.between(3, 40)}号"
            ),
            "rank": ("县级", "县级", "市级", "省级"),
        },
        "case_help": {
            "responsible": lambda row: _of_needs(row, "cadre"),
            "funds": lambda row: row.scene.pick((0, 1, 1)) * row.scene.yuan(200, 3000),
        },
        "hard_cases": {
            "support": (
                "向分管领导作了专题汇报，已批转有关部门研究",
                "协调民政、卫生等部门开了碰头会",
                "已列入联席会议下次议题",
            ),
            "plan": (
                "先落实临时救助解决眼前困难，再争取列入下半年专项计划，由责任干部每月回访一次，直至问题解决。",
                "分三步推进：摸清情况，协调有关部门形成意见，争取资金到位后实施，期间做好解释工作。",
                "近期由邻里互助小组照应日常生活，中期申请项目资金，长期纳入政策保障范围，每两个月通报一次进展。",
            ),
            "stage": _stage,
            "due_on": _due_on,
        },
        "pairings": {
            "led_by_leader": _led("helper_cadres"),
            "helper_org": ("县直机关妇委会", "女企业家协会", "巾帼志愿服务队", "中心卫生院妇委会"),
            "helpers": lambda row: 1 if row["mode"] == "一帮一" else row.scene.between(2, 4),
            "services": _services,
            "funds": lambda row: row.scene.pick((0, 1)) * row.scene.yuan(300, 5000),
            "status": ("结对中",),
        },
        "grassroots": {
            "township": _township,
            "villages": lambda row: 0 if row.number <= _STREETS else row.scene.between(18, 60),
            "communities": lambda row: row.scene.between(
                *((6, 15) if row.number <= _STREETS else (0, 3))
            ),
            "homes": _homes,
            "women": _between(9_000, 32_000),
            "funds": _fund_for_women,
        },
        "projects": {
            "name": (
                "巾帼居家就业手工编织项目",
                "农村妇女“两癌”免费检查项目",
                "春蕾助学项目",
                "妇女之家标准化建设项目",
                "贫困母亲安居项目",
                "巾帼家政培训项目",
                "留守儿童活动室项目",
            ),
            "funds": lambda row: row.scene.yuan(20_000, 300_000),
            "beneficiaries": _between(30, 2000),
            "status": ("实施中",),
        },
        "publicity": {
            "outlet": _by("level", OUTLETS),
            "own_media": lambda row: "是" if "妇" in str(row["outlet"]) else "否",
            "level": ("县级", "县级", "市级", "省级", "国家级"),
            "title": (
                "干部进村访妇情 真心实意解难题",
                "一本妇情日记记下百家事",
                "妇女之家里的欢声笑语",
                "送培训进村 姐妹学手艺",
                "结对帮扶暖人心",
            ),
        },
        "supervision": {
            "inspected": lambda row: f"{_place(row)}妇联",
            "problems": _by(
                "rectification",
                {
                    "无需整改": ("未发现突出问题",),
                    "整改中": ("个别干部妇情日记记得不够经常", "妇女之家活动记录不全"),
                    "已整改": ("需求台帐的办理措施写得过于简单",),
                },
            ),
            "rectified": ("已召开会议逐条整改，指定专人负责，经复查符合要求。",),
        },
        "practices": {
            "title": lambda row: _practice(row, 0),
            "summary": lambda row: _practice(row, 1),
            "document_no": _document,
        },
        "narrative": {
            "approach": _told("opening", "ways", "more_ways"),
            "results": _told("so_far", "fruits"),
            "problems": _told("from_here", "troubles", "causes"),
            "next_steps": _told("we_shall", "next", "and_then"),
            "advice": [advice for (advice,) in SENTENCES["advice"]],
        },
    },
    later={
        "needs": {"status": _once_done("status", "办理中", "已办结", 0.3)},
        "hard_cases": {"stage": _solved_with_need, "talks": _grown("talks")},
        "proposals": {
            "progress": _once_done("progress", "已报送", "已受理", 0.6),
            "follow_ups": _grown("follow_ups"),
        },
        "pairings": {"funds": _grown("funds"), "deeds": _grown("deeds")},
        "grassroots": {"home_events": _grown("home_events"), "funds": _grown("funds")},
        "supervision": {"rectification": _once_done("rectification", "整改中", "已整改", 0.7)},
    },
)
