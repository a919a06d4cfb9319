"""Made-up workbooks of this campaign: words for needs and deeds, and what its own rules tie.

All else follows from the declarations (`demo.samples`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sheetflow.schemas.campaign import Maker, SampleRow, SampleWords, Typed
from sheetflow.schemas.conditions import Not, where
from sheetflow.schemas.grassroots2012.words import SERVICES, WITHDRAWN

_CASE, _HARD, _WIDE = "个案性", "暂时难以解决", "普遍性倾向性"
_NOTE, _REPORT = "调查手记", "调研报告"


def _rows(text: str) -> dict[str, list[list[str]]]:
    """Read a table of words: the first cell of a line is the heading of the others."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for line in text.strip().splitlines():
        heading, *cells = line.split("｜")
        found[heading].append(cells)
    return found


_STORIES = _rows("""
就业创业｜原有土地被征用后在家闲居，想在附近找一份能照顾家庭的工作。｜推荐到附近服装加工点面试，并登记到女性就业信息库。｜已在服装加工点上岗，月工资约定为1400元。
就业创业｜想开一家小吃店，没有经营经验，不清楚要办哪些手续。｜请当地女能人结对指导，陪同到工商部门咨询手续。｜营业执照已办好，小店开始营业。
小额担保贷款｜计划建两个蔬菜大棚，缺少启动资金，希望申请妇女小额担保贷款。｜帮助准备申请材料，联系担保中心和经办银行上门调查。｜贷款50000元已经发放，大棚开工建设。
小额担保贷款｜养殖场想扩大规模，找不到符合条件的担保人。｜协调担保中心采用联保办法，重新提交了申请。｜联保手续办妥，贷款申请已获批准。
技能培训｜想学家政服务，希望培训能在本村或邻近社区举办。｜列入本季度家政服务培训计划，已通知开班时间。｜参加了10天培训，考核合格，取得结业证书。
技能培训｜希望学习草柳编手艺，农闲时在家增加收入。｜联系编织企业派师傅进村授课，并提供原料。｜已学会基本手法，开始按件领活。
医疗健康｜查出妇科疾病，治疗费用较高，不了解救助政策。｜帮助申报贫困患病妇女救助，联系医院办理转诊。｜救助金已经到账，手术顺利，正在恢复。
医疗健康｜多年没有做过妇科检查，希望安排到乡镇卫生院体检。｜纳入本年度妇女病普查名单，并电话通知本人。｜已完成检查，结果正常。
子女教育｜丈夫外出务工，孩子放学后无人辅导，成绩下降明显。｜联系学校和志愿者，安排到留守儿童活动室参加课后辅导。｜孩子每周参加三次辅导，老师反映有进步。
子女教育｜孩子今年考上高中，学费和住宿费难以筹齐。｜申报春蕾助学，并向学校说明家庭情况。｜助学金已经落实，孩子正常上学。
婚姻家庭｜夫妻长期为家务和赡养老人争吵，希望有人帮助调解。｜会同村人民调解员两次上门，分别做双方的工作。｜双方达成和解，家庭关系好转。
婚姻家庭｜离异后对方不按时给付子女抚养费。｜说明法律规定，联系法律援助中心代写材料。｜对方已补付抚养费，并约定了以后的给付日期。
权益维护｜外嫁后在本村的土地承包份额没有得到确认。｜会同农经站查阅台册，向村委会说明政策规定。｜村民代表会议同意确认其承包份额。
权益维护｜在企业工作半年没有签订劳动合同，工资被拖欠。｜联系劳动监察部门介入，陪同当面协商。｜拖欠工资全部付清，补签了劳动合同。
生活救助｜独自抚养两个孩子，收入很低，还没有享受低保。｜帮助整理材料，向民政部门提出低保申请。｜低保申请已批准，从下月起发放。
生活救助｜家中失火受损，过冬的衣被不足。｜组织机关干部捐赠衣物，并申请临时救助。｜衣被和救助款已经送到。
住房｜住房年久失修，下雨漏水，自己没有能力翻修。｜向乡镇政府反映，申报农村危房改造。｜危房改造完工，已搬回居住。
住房｜租住的房屋到期，符合廉租房条件但不会申请。｜陪同到社区领取表格，逐项帮助填写。｜廉租房申请通过审核，已进入轮候。
养老服务｜子女都在外地，腿脚不便，买菜做饭有困难。｜安排邻里互助小组每天上门，联系社区食堂送餐。｜送餐和探望已经固定下来，老人比较满意。
养老服务｜希望村里办起老人日间照料的地方。｜与村两委商议利用旧校舍改建，列入村里计划。｜日间照料室已经开放，本人每天前往。
其他｜村里文化活动少，希望组织广场舞队，缺少音响设备。｜联系文化站提供音响，推荐了一名领队。｜舞队成立，每周活动三次。
其他｜通往菜地的小路雨天难走，运菜不方便。｜反映到村委会，建议列入一事一议项目。｜小路已铺上石子，雨天可以通行。
""")
"""By category: what is wanted, what is done, how it ends."""

_PRACTICES = _rows("""
典型案例｜一户一策帮助失地妇女再就业｜由责任干部牵头，逐户摸清失地妇女的年龄、技能和意愿，一户定一个办法，联系企业定向招工，上岗后按月回访。
典型案例｜邻里互助小组照料空巢老人｜由妇女骨干牵头，相邻几户结成一组，轮流给空巢老人送饭、代买药品、陪同就诊，有急事一个电话就到。
典型案例｜妇女之家里办起编织班｜把培训、用料、订单三件事连在一起做，编织企业派师傅进村授课，先培训后接活，参加的妇女农闲时在家就有收入。
典型案例｜联保贷款帮姐妹建起大棚｜几户姐妹自愿结成联保小组，妇联帮助备齐材料、陪同办理小额担保贷款，又请农技员到棚里指导，当年就有了收成。
制度机制｜干部联系妇女群众制度｜每名干部固定联系几户妇女群众，每月至少上门一次，情况记入妇情日记，换岗时当面交接。
制度机制｜妇女需求台帐销号办法｜对每件需求分类登记，定人定时办理，办结后回访，群众满意才销号；逾期没有办结的，在例会上说明原因。
制度机制｜妇女之家活动日制度｜每周固定一天开放活动，由妇女骨干轮流主持，既办讲座也收集意见，有事当天登记。
制度机制｜难题会商制度｜每季度把一时解决不了的难题汇总起来，邀请有关部门一起会商，逐件明确牵头科室和时限，结果向本人反馈。
""")
"""By kind: a title, and what it is about."""

_WANTED_BY: Mapping[str, tuple[tuple[int, int], Sequence[str]]] = {
    "失地失业妇女": ((30, 52), ("就业创业", "小额担保贷款", "技能培训", "生活救助")),
    "留守流动妇女": ((24, 45), ("子女教育", "技能培训", "婚姻家庭", "权益维护")),
    "特殊困难妇女": ((28, 60), ("医疗健康", "生活救助", "住房", "权益维护")),
    "单亲贫困母亲": ((27, 46), ("子女教育", "生活救助", "就业创业", "住房")),
    "高龄空巢老人": ((70, 88), ("养老服务", "医疗健康", "生活救助")),
    "其他": ((25, 65), ("其他", "技能培训", "婚姻家庭")),
}
"""By group: how old its women are, and what they want."""
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
_TOPICS = (
    "农村留守妇女就近就业",
    "失地妇女技能培训",
    "妇女小额担保贷款使用",
    "基层妇女之家建设",
    "单亲贫困母亲救助",
    "空巢老人邻里互助",
    "农村妇女土地权益",
    "妇女病普查与救助",
    "家庭教育服务",
)
_OUTLETS = {
    "国家级": ("中国妇女报",),
    "省级": ("大众日报", "农村大众", "山东广播电视台"),
    "市级": ("市日报", "市广播电视台", "市晚报"),
    "县级": ("县广播电视台", "今日新闻", "政务信息"),
}


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
    stories = _STORIES[str(row["category"])]
    return next(story for story in stories if story[0] == row["content"])


def _status(row: SampleRow) -> str:
    return WITHDRAWN if row.number == _ONE_SAID_IN_VAIN else row.scene.pick(_STATES)


def _nature(row: SampleRow) -> str:
    vain = row["status"] == WITHDRAWN
    return _WIDE if vain else row.scene.pick((_CASE, _CASE, _CASE, _WIDE, _HARD))


def _women_met(row: SampleRow) -> int:
    return row.scene.between(*_WOMEN_MET[str(row["mode"])])


def _led(row: SampleRow) -> str:
    leaders = {each["cadre_id"] for each in row.rows_of("cadres") if each["is_leader"] == "是"}
    return "否" if leaders.isdisjoint(str(row["cadres"]).split("、")) else "是"


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
    told = _PRACTICES[str(row["kind"])]
    return told[(row.number + sum(map(ord, row.scene.unit.unit_id))) % len(told)][part]


def _document(row: SampleRow) -> str | None:
    rule = row["kind"] == "制度机制" and row.scene.chance(0.7)
    return (
        f"妇字〔{row.scene.period.first_day.year}〕{row.scene.between(3, 40)}号" if rule else None
    )


def _told(*sentences: Sequence[str]) -> Maker:
    """Choose of each group one sentence, and put the unit's own figures in."""

    def tell(row: SampleRow) -> str:
        scene = row.scene
        needs = [need for need in row.rows_of("needs") if need["status"] != WITHDRAWN]
        figures = {
            "name": scene.unit.name,
            "period": scene.period.label,
            "topic": scene.pick(_TOPICS),
            "women": sum(int(str(visit["women_met"])) for visit in row.rows_of("visits")),
            "closed": sum(need["status"] == "已办结" for need in needs),
            "open": sum(need["status"] == "办理中" for need in needs),
            "registered": len(needs),
        }
        sheets = ("cadres", "contact_points", "visits", "case_help", "pairings", "proposals")
        figures |= {sheet: len(row.rows_of(sheet)) for sheet in sheets}
        return "".join(scene.pick(group) for group in sentences).format_map(figures)

    return tell


_WAYS = (
    "把{contact_points}个联系点分到每名干部，实行包点到人、走访到户，做到逢访必记、有求必应。",
    "坚持面对面听、心贴心帮，先摸清底数再分类办理，能当场解决的不过夜，一时解决不了的列出方案。",
    "每周一例会碰情况，每月一次集中交办，重点人群由领导干部包联，带着问题下去、带着办法回来。",
    "依托妇女之家设立接待日，请妇女骨干当联络员，把走访从机关延伸到田间地头和楼栋院落。",
)
_MORE_WAYS = (
    "走访中采用一对一访谈、座谈和问卷相结合的办法，尤其注意听取留守妇女和单亲母亲的意见。",
    "对普遍性问题写成建议报送有关部门，对个案明确责任干部，办完一件、回访一件、销号一件。",
    "建立妇情日记传阅制度，负责人逐本批阅，发现好的线索及时转为帮扶项目。",
)
_FRUITS = (
    "群众反映最集中的{topic}有了实际进展，不少妇女说妇联的人常来了，话也愿意说了。",
    "围绕{topic}推动有关部门开会研究，明确了牵头科室和时间表，得到群众认可。",
    "以{topic}为突破口，整合培训、信贷和志愿服务资源，受到基层妇女的普遍欢迎。",
)
_TROUBLES = (
    "基层妇女干部多为兼职，精力不够集中，台帐记录有先后不一、详略不均的现象；部分难题涉及多个部门，协调周期较长，妇联自身手段有限。",
    "专项工作经费落实不平衡，偏远村的妇女之家活动偏少；外出务工妇女流动性大，联系不上、走访不到的情况仍然存在。",
    "走访对象以在家妇女和老年妇女为主，企业女工和个体户覆盖不足；有的干部满足于记录，对问题背后的原因分析不深。",
)
_CAUSES = (
    "究其原因，既有力量不足的客观因素，也有联系群众不够经常、督促检查不够严格的主观因素，需要认真改进。",
    "这些问题有的已经着手整改，有的还需要上级有关部门支持，我们将逐项列出清单、明确时限抓紧解决。",
    "主要是方法还比较单一，对新情况研究不够，与有关部门的沟通协调机制还没有完全建立起来。",
)
_NEXT = (
    "继续走访尚未覆盖的村和社区，重点跟踪{open}件正在办理的需求，逐件明确时限和责任人；围绕{topic}形成调研报告，争取纳入政府民生项目。",
    "把{open}件在办需求列成清单挂图推进，每两周通报一次；办好{topic}专题培训，同时加强对乡镇妇联的指导，提高台帐质量。",
    "做好{open}件在办事项的回访，组织一次妇情日记交流；会同有关部门就{topic}开展专题协商，把成熟的做法定成制度。",
)
_AND_THEN = (
    "同时把走访和帮扶情况纳入干部年度考核，做到件件有着落、事事有回音。",
    "同时抓好典型案例的总结宣传，让更多的妇女群众了解和参与这项活动。",
)
_ADVICE = (
    "建议上级统一协调有关部门，对妇女小额担保贷款和贫困患病妇女救助给予政策和资金倾斜；组织跨县交流，把各地好的做法汇编成册下发，并对基层妇女干部开展一次台帐管理的集中培训。",
    "建议把妇女之家的运行经费列入财政预算，按规定落实人均一元的专项工作经费；对流动妇女较多的地方，建立流入地与流出地妇联之间的信息通报制度，为基层妇女干部安排定期轮训。",
)

_SO_FAR = (
    "今年以来，台帐登记妇女需求{registered}件，其中已办结{closed}件；落实个案帮扶{case_help}件，结对帮扶{pairings}对，提出对策建议{proposals}件，群众对办理情况总体满意。",
)

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
            "led_by_leader": _led,
            "mode": tuple(_WOMEN_MET),
            "women_met": _women_met,
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
            "age": lambda row: row.scene.between(*_WANTED_BY[str(row["group"])][0]),
            "address": lambda row: (
                f"{row.scene.pick(row.named('contact_points', 'name'))}{row.scene.between(1, 300)}号"
            ),
            "category": lambda row: row.scene.pick(_WANTED_BY[str(row["group"])][1]),
            "content": lambda row: row.scene.pick(_STORIES[str(row["category"])])[0],
            "nature": _nature,
            "status": _status,
            "measures": lambda row: _story(row)[1],
            "outcome": lambda row: _WITHDRAWN_WHY if row["status"] == WITHDRAWN else _story(row)[2],
        },
        "papers": {
            "kind": lambda row: (_REPORT, _NOTE)[row.number % 2],
            "title": lambda row: {
                _NOTE: f"走访手记：{row.scene.pick(_TOPICS)}",
                _REPORT: f"关于{row.scene.pick(_TOPICS)}的调研报告",
            }[str(row["kind"])],
            "authors": _authors,
            "words": _between(1800, 6000),
            "has_situation": ("是",),
            "has_analysis": ("是",),
            "has_advice": ("是",),
            "file_name": ("调研成果.doc",),
            "measures": ("根据调研情况，列入了下一步重点工作，明确专人跟进。",),
        },
        "proposals": {
            "title": lambda row: f"关于进一步做好{row.scene.pick(_TOPICS)}工作的建议",
            "progress": ("已报送", "已受理", "领导批示", "已采纳"),
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
            "outlet": _by("level", _OUTLETS),
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
            "approach": _told(
                (
                    "{period}，{name}妇联组织{cadres}名干部下基层开展走访{visits}次，走访妇女群众{women}人次。",
                ),
                _WAYS,
                _MORE_WAYS,
            ),
            "results": _told(
                _SO_FAR,
                _FRUITS,
            ),
            "problems": _told(("从{name}的情况看，",), _TROUBLES, _CAUSES),
            "next_steps": _told(("{name}将",), _NEXT, _AND_THEN),
            "advice": _ADVICE,
        },
    },
)
