"""Made-up plans and recommended papers: the words of the forms that are filled once.

All else follows from the declarations (`demo`).
"""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.campaign import Maker, SampleRow, SampleWords

_MEMBERS = (7, 15)
_JUDGES = 12
"""As for a lowest unit: the province has five."""
_OWN_PAPER = 2
_ABOUT = (
    "失地妇女再就业情况",
    "农村留守妇女生产生活状况",
    "村（社区）“妇女之家”使用情况",
    "妇女小额担保贷款政策落实情况",
    "高龄空巢老人邻里互助做法",
    "单亲贫困母亲救助需求",
)


def _between(first: dt.date, last: dt.date) -> Maker:
    return lambda row: first + dt.timedelta(row.scene.between(0, (last - first).days))


def _title(row: SampleRow) -> str:
    """Give another thing in each row of a unit."""
    start = sum(map(ord, row.scene.unit.unit_id))
    about = _ABOUT[(start + row.number) % len(_ABOUT)]
    return f"关于{row.scene.unit.name}{about}的调研报告"


def _summary(row: SampleRow) -> str:
    return (
        f"走访{row.scene.between(4, 12)}个村（社区），访谈妇女群众"
        f"{row.scene.between(60, 200)}人，收回问卷{row.scene.between(80, 300)}份。报告说明了基本情况，"
        "分析了主要原因，提出了培训、资金和部门协作三个方面的建议。"
    )


PLAN_SAMPLES = SampleWords(
    cells={
        "cover": {"filled_on": _between(dt.date(2012, 2, 13), dt.date(2012, 2, 17))},
        "plan": {
            "name": lambda row: f"{row.scene.unit.name}妇联“下基层、访妇情、办实事”活动实施方案",
            "document_no": lambda row: (
                f"{row.scene.unit.name[0]}妇发〔2012〕{row.scene.between(2, 9)}号"
            ),
            "issued_on": _between(dt.date(2012, 2, 1), dt.date(2012, 2, 10)),
            "head_title": ("党组书记、主席",),
            "members": lambda row: row.scene.between(*_MEMBERS),
            "tasks": (
                (
                    "以村（社区）为单位建立联系点，每名干部固定联系妇女群众不少于10户，年内走访妇女群众不少于"
                    "2000人次，建好妇情日记和需求台帐，撰写调查手记和调研报告各1篇，为妇女群众办成一批实事。"
                ),
            ),
            "duties": (
                (
                    "主席负总责，副主席分片包联乡镇（街道）。办公室负责统计和信息报送，权益部负责个案帮扶和信访接待，"
                    "发展部负责培训和小额担保贷款，宣传部负责宣传报道。"
                ),
            ),
            "supervision": (
                "每两个月汇总通报一次，每半年督查一次，把开展活动情况列入干部年度考核和评先树优的依据。",
            ),
            "publicity": (
                "在本地报纸、电视台和妇联网站开设专栏，每月编发简报1期，及时推广典型做法。",
            ),
            "file_name": lambda row: f"{row.scene.unit.name}妇联活动实施方案.docx",
        },
    }
)

CONTEST_SAMPLES = SampleWords(
    rows={"recommended": (1, 2)},
    cells={
        "cover": {"filled_on": _between(dt.date(2012, 10, 9), dt.date(2012, 10, 12))},
        "recommended": {
            "paper": lambda row: f"B{row.number * 2:03}",  # each second one is a report
            "title": _title,
            "author_title": ("主席", "副主席", "权益部部长", "发展部部长"),
            "words": lambda row: row.scene.between(30, 60) * 100,
            "summary": _summary,
            "reason": (
                "调查扎实，数据由走访和问卷得来；建议已转化为帮扶措施，对同类地方有参考价值。",
            ),
            "file_name": lambda row: f"{row.scene.unit.name}推荐论文{row.number}.docx",
        },
    },
)


def _judge_unit(row: SampleRow) -> str:
    """Name where a judge works: the second one in a county that may have papers of its own."""
    tree = row.scene.tree
    lowest = next((unit for unit in tree if unit.level == tree.levels.lowest.name), tree.roots[0])
    return f"{(lowest if row.number == _OWN_PAPER else tree.roots[0]).name}妇联"


SCORES_SAMPLES = SampleWords(
    rows={"judges": (_JUDGES, _JUDGES)},
    cells={
        "quotas": {"first": lambda _: 1, "second": lambda _: 1, "third": lambda _: 2},
        "judges": {
            "unit": _judge_unit,
            "position": ("副主席", "权益部部长", "发展部部长", "宣传部部长"),
        },
    },
)
