"""Made-up 调研成果, 对策建议, 结对帮扶, 惠民项目, 宣传报道, 督查考核, 案例机制."""

from __future__ import annotations

from sheetflow.schemas.grassroots2012.samples.scene import Row, Scene, following_keys, keys_of
from sheetflow.schemas.grassroots2012.samples.words import (
    FAULTS_SEEN,
    HEADLINES,
    HELPERS,
    LAWS,
    MENDED,
    OUTLETS,
    PRACTICES,
    PROJECTS,
    TOPICS,
)
from sheetflow.schemas.grassroots2012.words import SERVICES

_NOTE, _REPORT = "调查手记", "调研报告"
_PROGRESS = ("已报送", "已受理", "领导批示", "已采纳", "已纳入民生项目")


def make_papers(scene: Scene, cadres: list[Row]) -> list[Row]:
    """Write some papers; by the end of the year nobody owes one."""
    rows = scene.kept("papers")
    written = {(author, row["kind"]) for row in rows for author in str(row["authors"]).split("、")}
    owed = [
        (key, kind)
        for key in keys_of(cadres, "cadre_id")
        for kind in (_NOTE, _REPORT)
        if (key, kind) not in written
    ]
    scene.random.shuffle(owed)
    if not scene.period.closes_year:
        owed = owed[: scene.between(2, 4)]
    keys = following_keys(rows, "paper_id", len(owed), "B{:03d}")
    for key, (author, kind) in zip(keys, owed, strict=True):
        topic = scene.pick(TOPICS)
        row: Row = {
            "paper_id": key,
            "kind": kind,
            "title": f"关于{topic}的调研报告" if kind == _REPORT else f"走访手记：{topic}",
            "authors": author,
            "finished_on": scene.day(),
            "words": scene.between(1800, 6000) if kind == _REPORT else scene.between(600, 1500),
            "has_situation": "是",
            "has_analysis": "是",
            "has_advice": "是" if kind == _REPORT or scene.chance(0.6) else "否",
        }
        if scene.chance(0.5):
            row["measures"] = f"根据调研情况，把{topic}列入了下一步重点工作，明确专人跟进。"
        rows.append(row)
    return rows


def make_proposals(scene: Scene, needs: list[Row]) -> list[Row]:
    """Speak up for what many need, and follow it up."""
    rows = scene.kept("proposals")
    for row in rows:
        step = _PROGRESS.index(str(row["progress"]))
        row["progress"] = _PROGRESS[min(step + scene.between(0, 2), len(_PROGRESS) - 1)]
        row["follow_ups"] = int(str(row["follow_ups"])) + scene.between(0, 2)
    wide = keys_of([row for row in needs if row["status"] != "已撤销"], "need_id")
    for key in following_keys(rows, "proposal_id", scene.between(1, 3), "D{:03d}"):
        rows.append(
            {
                "proposal_id": key,
                "title": f"关于进一步做好{scene.pick(TOPICS)}工作的建议",
                "needs": scene.some(wide, 3),
                "channel": scene.some(
                    ("报送信息", "人大议案建议", "政协提案", "联席会议", "其他"), 2
                ),
                "addressee": scene.some(("党委", "人大", "政府", "政协", "有关部门"), 2),
                "sent_on": scene.day(),
                "progress": scene.pick(_PROGRESS[:4]),
                "follow_ups": scene.between(0, 3),
            }
        )
    for row in rows:
        if row["progress"] == "已纳入民生项目" and "result" not in row:
            row["result"] = scene.pick(LAWS)
    return rows


def make_pairings(scene: Scene, cadres: list[Row], points: list[Row]) -> list[Row]:
    """Pair helpers with women and with contact points; what was given adds up."""
    rows = scene.kept("pairings")
    for old in rows:
        old["deeds"] = int(str(old["deeds"])) + scene.between(0, 2)
        if old["funds"]:
            old["funds"] = int(str(old["funds"])) + scene.yuan(0, 800)
    fresh = scene.between(0, 1) if rows else scene.between(3, 7)
    for key in following_keys(rows, "pairing_id", fresh, "J{:03d}"):
        funds = scene.yuan(300, 5000) if scene.chance(0.5) else 0
        services = [entry for entry in SERVICES[:2] if scene.chance(0.6)] or ["其他"]
        several = scene.chance(0.3)
        row: Row = {
            "pairing_id": key,
            "mode": "多帮一" if several else "一帮一",
            "helpers": scene.between(2, 4) if several else 1,
            "paired_on": scene.day(),
            "services": "、".join([*services, "资金"] if funds else services),
            "funds": funds,
            "deeds": scene.between(0, 3),
            "status": "结对中",
        }
        if scene.chance(0.7):
            who = keys_of(cadres, "cadre_id")
            row |= {
                "helper_kind": "妇联干部",
                "helper_cadres": scene.some(who, 3) if several else scene.pick(who),
            }
        else:
            row |= {"helper_kind": "妇联组织", "helper_org": scene.pick(HELPERS)}
        if scene.chance(0.4):
            point = scene.pick(points)["contact_point_id"]
            row |= {"target_kind": "联系点", "target_point": point}
        else:
            row |= {"target_kind": "妇女群众", "target_name": scene.name()}
        rows.append(row)
    return rows


def make_projects(scene: Scene) -> list[Row]:
    """Start a project or two; the older ones get done."""
    rows = scene.kept("projects")
    for row in rows:
        if row["status"] == "实施中" and scene.chance(0.4):
            row["status"] = "已完成"
    for key in following_keys(rows, "project_id", scene.between(1, 2), "P{:03d}"):
        rows.append(
            {
                "project_id": key,
                "name": scene.pick(PROJECTS),
                "funds": scene.yuan(20_000, 300_000),
                "beneficiaries": scene.between(30, 2000),
                "started_on": scene.day(),
                "status": "实施中",
            }
        )
    return rows


def make_publicity(scene: Scene) -> list[Row]:
    """Appear in the media."""
    rows: list[Row] = []
    for day in scene.days(scene.between(2, 5)):
        level = scene.pick(("县级", "县级", "市级", "省级", "国家级"))
        rows.append(
            {
                "published_on": day,
                "outlet": scene.pick(OUTLETS[level]),
                "level": level,
                "form": scene.pick(("新闻报道", "专版专栏专题", "广播电视节目", "简报信息")),
                "title": scene.pick(HEADLINES),
            }
        )
    return rows


def make_supervision(scene: Scene, places: list[str]) -> list[Row]:
    """Inspect, and see that what was found is mended."""
    rows = scene.kept("supervision")
    for row in rows:
        if row["rectification"] == "整改中":
            row |= {"rectification": "已整改", "rectified": MENDED}
    for key in following_keys(rows, "inspection_id", scene.between(1, 3), "C{:03d}"):
        row = {
            "inspection_id": key,
            "inspected_on": scene.day(),
            "method": scene.pick(("实地督查", "听取汇报", "查阅资料")),
            "inspected": f"{scene.pick(places)}妇联",
            "led_by_leader": scene.pick(("是", "否")),
            "rectification": scene.pick(("无需整改", "整改中", "已整改")),
        }
        if row["rectification"] != "无需整改":
            row["problems"] = scene.pick(FAULTS_SEEN)
        if row["rectification"] == "已整改":
            row["rectified"] = MENDED
        rows.append(row)
    return rows


def make_practices(scene: Scene) -> list[Row]:
    """Tell a case, or what has become a rule."""
    rows: list[Row] = []
    for day in scene.days(scene.between(1, 2)):
        kind = scene.pick(tuple(PRACTICES))
        title, summary = scene.pick(PRACTICES[kind])
        row: Row = {"kind": kind, "title": title, "happened_on": day, "summary": summary}
        if kind == "制度机制" and scene.chance(0.7):
            row["document_no"] = f"妇字〔{day.year}〕{scene.between(3, 40)}号"
        rows.append(row)
    return rows
