"""Made-up 文字材料: what the Word report quotes, with the unit's own figures in it."""

from __future__ import annotations

from sheetflow.schemas.grassroots2012.samples.scene import Row, Scene
from sheetflow.schemas.grassroots2012.samples.words import TOPICS
from sheetflow.schemas.grassroots2012.words import WITHDRAWN
from sheetflow.schemas.samples import Samples

_WAYS = (
    "把{places}个联系点分到每名干部，实行包点到人、走访到户，做到逢访必记、有求必应。",
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
_ADVICE = (
    "建议上级统一协调有关部门，对妇女小额担保贷款和贫困患病妇女救助给予政策和资金倾斜；组织跨县交流，把各地好的做法汇编成册下发，并对基层妇女干部开展一次台帐管理的集中培训。",
    "建议把妇女之家的运行经费列入财政预算，按规定落实人均一元的专项工作经费；对流动妇女较多的地方，建立流入地与流出地妇联之间的信息通报制度，为基层妇女干部安排定期轮训。",
)
_AND_THEN = (
    "同时把走访和帮扶情况纳入干部年度考核，做到件件有着落、事事有回音。",
    "同时抓好典型案例的总结宣传，让更多的妇女群众了解和参与这项活动。",
)


def make_narrative(scene: Scene, rows: Samples) -> Row:
    """Tell the period in the unit's own figures."""
    visits = rows["visits"]
    needs = [row for row in rows["needs"] if row["status"] != WITHDRAWN]
    women = sum(int(str(row["women_met"])) for row in visits)
    closed = sum(row["status"] == "已办结" for row in needs)
    going = sum(row["status"] == "办理中" for row in needs)
    topic = scene.pick(TOPICS)
    name, period = scene.unit.name, scene.period.label
    card: Row = {
        "approach": f"{period}，{name}妇联组织{len(rows['cadres'])}名干部下基层开展走访{len(visits)}次，"
        f"走访妇女群众{women}人次。"
        + scene.pick(_WAYS).format(places=len(rows["contact_points"]))
        + scene.pick(_MORE_WAYS),
        "results": f"今年以来，台帐登记妇女需求{len(needs)}件，其中已办结{closed}件；"
        f"落实个案帮扶{len(rows['case_help'])}件，结对帮扶{len(rows['pairings'])}对，"
        f"提出对策建议{len(rows['proposals'])}件，群众对办理情况总体满意。"
        + scene.pick(_FRUITS).format(topic=topic),
        "problems": f"从{name}的情况看，" + scene.pick(_TROUBLES) + scene.pick(_CAUSES),
        "next_steps": f"{name}将"
        + scene.pick(_NEXT).format(open=going, topic=topic)
        + scene.pick(_AND_THEN),
    }
    if scene.chance(0.5):
        card["advice"] = scene.pick(_ADVICE)
    return card
