"""Pairs for the campaign's own rules, and for its history rules."""

from __future__ import annotations

from tests.validators.pairs import Pair, dated

_PAPERS = (
    "# 调研成果\n"
    "| 编号 | 类型 | 题目 | 作者 | 完成日期 | 字数 | 有情况 | 有分析 | 有建议 |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| B001 | 调查手记 | 走进姚家 | G001、G002 | 2012-04-15 | 1800 | 是 | 否 | 否 |\n"
    "| B002 | 调研报告 | 妇女就业 | G002 | 2012-04-25 | 4200 | 是 | 是 | 是 |\n"
)
_NEED = (
    "@ 妇女需求台帐 + | X0006 | 2012-04-05 | {name} | 45 | {id} | {phone} | | L002 | G002 |"
    " 其他 | {category} | 想学技术 | 普遍性倾向性 | {status} | | | {outcome} |"
)
_SAME = {
    "name": "张秀英",
    "id": "'370102196701011220",
    "phone": "",
    "category": "就业创业",
    "status": "未办理",
    "outcome": "",
}

_VISIT = "@ 走访记录 + | 2012-04-11 | G001 | 否 | L001 | 座谈交流 | 2 | | 其他 | 0 | |\n"
_FEW_PROJECTS = "@ 惠民项目 资金（元） 4 = {}\n@ 惠民项目 受益妇女人数 4 = 2"

PAIRINGS = (
    Pair(
        rule="pairing-one",
        at="结对帮扶 帮扶主体数（单位或人） 4",
        broken="@ 结对帮扶 帮扶主体数（单位或人） 4 = 2",
        nearly="@ 结对帮扶 帮扶主体数（单位或人） 4 = 2\n@ 结对帮扶 结对方式 4 = 多帮一",
    ),
    Pair(
        rule="pairing-many",
        at="结对帮扶 帮扶主体数（单位或人） 5",
        broken="@ 结对帮扶 帮扶主体数（单位或人） 5 = 1",
        nearly="@ 结对帮扶 帮扶主体数（单位或人） 5 = 2",
    ),
    Pair(
        rule="pairing-funds-service",
        at="结对帮扶 服务内容 5",
        broken="@ 结对帮扶 累计帮扶资金（元） 5 = 0.01",
        nearly="@ 结对帮扶 累计帮扶资金（元） 5 = 0.01\n@ 结对帮扶 服务内容 5 = 政策、资金",
    ),
    Pair(
        rule="pairing-service-no-funds",
        at="结对帮扶 累计帮扶资金（元） 4",
        broken="@ 结对帮扶 累计帮扶资金（元） 4 = 0",
        nearly="@ 结对帮扶 累计帮扶资金（元） 4 = 0\n@ 结对帮扶 服务内容 4 = 信息",
    ),
    Pair(
        rule="pairing-leader",
        at="结对帮扶 领导干部带头 4",
        broken="@ 结对帮扶 帮扶干部 4 = G002",
        nearly="@ 结对帮扶 帮扶干部 4 = G001、G002",
    ),
    Pair(
        rule="pairing-leader-denied",
        at="结对帮扶 领导干部带头 4",
        broken="@ 结对帮扶 领导干部带头 4 = 否",
        nearly="@ 结对帮扶 领导干部带头 4 = 否\n@ 结对帮扶 状态 4 = 已结束",
    ),
    Pair(
        rule="money-scale",
        at="基层组织 1月至本期末已落实专项工作经费（元） 3",
        broken=(
            "@ 基层组织 1月至本期末已落实专项工作经费（元） 4 = 1.5\n@ 基层组织 1月至本期末已落实专项工作经费（元） 5 = 2\n@ 基层组织 +"
            " | 龙洞街道 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 9000 | 99.99 |"
        ),
        nearly=(
            "@ 基层组织 1月至本期末已落实专项工作经费（元） 4 = 1.5\n@ 基层组织 1月至本期末已落实专项工作经费（元） 5 = 2\n@ 基层组织 +"
            " | 龙洞街道 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 9000 | 100 |"
        ),
    ),
    Pair(
        rule="homes-many",
        at="基层组织 妇女之家数 5",
        broken="@ 基层组织 妇女之家数 5 = 15",
        nearly="@ 基层组织 妇女之家数 5 = 14",
    ),
    Pair(
        rule="township-unknown",
        at="联系点 所在乡镇（街道） 4",
        broken="@ 联系点 所在乡镇（街道） 4 = 泉城路",
        nearly="@ 联系点 所在乡镇（街道） 4 = 泉城路\n@ 联系点 状态 4 = 已撤并",
    ),
)

CASES = (
    Pair(
        rule="case-nature",
        at="个案帮扶 台帐编号 4",
        broken="@ 个案帮扶 台帐编号 4 = X0001",
        nearly="@ 妇女需求台帐 问题性质 5 = 普遍性倾向性",
        before="",
    ),
    Pair(
        rule="hard-nature",
        at="难题化解 台帐编号 4",
        broken="@ 难题化解 台帐编号 4 = X0001",
        nearly="@ 妇女需求台帐 问题性质 6 = 个案性",
        before="",
    ),
    Pair(
        rule="hard-solved",
        at="难题化解 当前阶段 4",
        broken="@ 难题化解 当前阶段 4 = 已解决",
        nearly=(
            "@ 难题化解 当前阶段 4 = 已解决\n@ 妇女需求台帐 办理状态 6 = 已办结\n"
            "@ 妇女需求台帐 办结日期 6 = 2012-04-28\n@ 妇女需求台帐 办理结果 6 = 有人照料"
        ),
    ),
    Pair(
        rule="hard-solved",
        at="难题化解 当前阶段 4",
        broken=(
            "@ 妇女需求台帐 办理状态 6 = 已办结\n"
            "@ 妇女需求台帐 办结日期 6 = 2012-04-28\n@ 妇女需求台帐 办理结果 6 = 有人照料"
        ),
        nearly="@ 难题化解 当前阶段 4 = 阶段性解决",
    ),
    Pair(
        rule="case-without-help",
        at="妇女需求台帐 问题性质 7",
        broken="@ 个案帮扶 台帐编号 5 = \n@ 个案帮扶 责任人 5 = \n@ 个案帮扶 投入资金（元） 5 = ",
        nearly=(
            "@ 个案帮扶 台帐编号 5 = \n@ 个案帮扶 责任人 5 = \n@ 个案帮扶 投入资金（元） 5 = \n"
            "@ 妇女需求台帐 办理状态 7 = 未办理\n@ 妇女需求台帐 办理措施 7 = "
        ),
    ),
    Pair(
        rule="hard-without-plan",
        at="妇女需求台帐 问题性质 6",
        broken="@ 难题化解 blank 4",
        nearly="@ 难题化解 blank 4\n@ 妇女需求台帐 办理状态 6 = 已撤销\n@ 妇女需求台帐 办理结果 6 = 登记有误",
    ),
    Pair(
        rule="case-open-long",
        at="妇女需求台帐 登记日期 7",
        period="2012B4",
        broken=dated("", "2012B4"),
        nearly=dated("@ 妇女需求台帐 登记日期 7 = 2012-05-01", "2012B4"),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 需求类别 9",
        broken=_NEED.format(**{**_SAME, "id": "", "name": "张 秀英", "phone": "138-0000-0001"}),
        nearly=_NEED.format(**{**_SAME, "id": "", "phone": "'13800000002"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 需求类别 9",
        broken="@ 妇女需求台帐 身份证号 4 = \n"
        + _NEED.format(**{**_SAME, "phone": "'13800000001"}),
        nearly=_NEED.format(**{**_SAME, "id": "'370102196701010113", "phone": "'13800000001"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 需求类别 9",
        broken=_NEED.format(**_SAME),
        nearly=_NEED.format(**{**_SAME, "category": "其他"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 需求类别 9",
        broken="@ 妇女需求台帐 身份证号 4 = \n"
        + _NEED.format(**{**_SAME, "id": "", "phone": "138 0000 0001"}),
        nearly="@ 妇女需求台帐 身份证号 4 = \n"
        + _NEED.format(
            **{
                **_SAME,
                "id": "",
                "phone": "138 0000 0001",
                "status": "已撤销",
                "outcome": "重复登记",
            }
        ),
    ),
)

DUTIES = (
    Pair(
        rule="report-parts",
        at="调研成果 有分析 5",
        broken="@ 调研成果 有分析 5 = 否",
        nearly="@ 调研成果 有分析 5 = 否\n@ 调研成果 类型 5 = 调查手记",
    ),
    Pair(
        rule="cadre-duties",
        at="干部名册 妇情日记（本） 5",
        broken="@ 干部名册 妇情日记（本） 5 = 0\n@ 干部名册 需求台帐（册） 5 = 0",
        nearly="@ 干部名册 妇情日记（本） 5 = 0\n@ 干部名册 状态 5 = 已调离",
    ),
    Pair(
        rule="cadre-duties",
        at="干部名册 固定联系妇女人数 4",
        broken="@ 干部名册 固定联系妇女人数 4 = 0",
        nearly="@ 干部名册 固定联系妇女人数 4 = 1",
    ),
    Pair(
        rule="cadre-papers",
        at="干部名册 干部编号 4",
        period="2012B6",
        broken=dated(_PAPERS, "2012B6"),
        nearly=dated("", "2012B6"),
    ),
)

HISTORY = (
    Pair(
        rule="row-vanished",
        at="妇女需求台帐 台帐编号 3",
        broken="@ 妇女需求台帐 blank 8",
        nearly="@ 妇女需求台帐 台帐编号 8 = ３７０１０２－x0005",
        before="",
    ),
    Pair(
        rule="row-vanished",
        at="调研成果",
        broken="@ 调研成果 gone",
        nearly="@ 案例机制 gone",
        before="",
    ),
    Pair(
        rule="row-vanished",
        at="联系点 联系点编号 3",
        broken="@ 联系点 blank 4",
        nearly="@ 干部名册 blank 6",
        before="",
    ),
    Pair(
        rule="key-reused",
        at="惠民项目 编号 4",
        broken="@ 惠民项目 项目名称 4 = 巾帼家政\n@ 惠民项目 启动日期 4 = 2012-04-01",
        nearly="@ 惠民项目 项目名称 4 = 妇女健康普查",
        before="",
    ),
    Pair(
        rule="key-reused",
        at="干部名册 干部编号 5",
        broken="@ 干部名册 姓名 5 = 周红\n@ 干部名册 职务 5 = 副主席",
        nearly="@ 干部名册 职务 5 = 副主席",
        before="",
    ),
    Pair(
        rule="key-reused",
        at="结对帮扶 编号 5",
        broken="\n".join(
            f"@ 结对帮扶 {label} 5 = {cell}"
            for label, cell in {
                "帮扶主体": "妇联干部",
                "帮扶干部": "G002",
                "帮扶组织": "",
                "帮扶对象类型": "妇女群众",
                "联系点": "",
                "帮扶对象姓名": "陈玉兰",
                "结对日期": "2012-04-12",
            }.items()
        ),
        nearly="@ 结对帮扶 结对日期 5 = 2012-03-13",
        before="",
    ),
    Pair(
        rule="closed-changed",
        at="妇女需求台帐 办理状态 5",
        broken="@ 妇女需求台帐 办理状态 5 = 办理中\n@ 妇女需求台帐 办结日期 5 = ",
        nearly="@ 妇女需求台帐 办结日期 5 = 2012.4.1\n@ 妇女需求台帐 姓名 5 = 某 女士",
        before="",
    ),
    Pair(
        rule="closed-changed",
        at="妇女需求台帐 办理措施 5",
        broken="@ 妇女需求台帐 办理措施 5 = 另一件事\n@ 妇女需求台帐 办理结果 5 = 另一个结果",
        nearly="@ 妇女需求台帐 办理措施 6 = 另一件事\n@ 妇女需求台帐 办理状态 6 = 已办结\n"
        "@ 妇女需求台帐 办结日期 6 = 2012-04-28\n@ 妇女需求台帐 办理结果 6 = 有人照料\n@ 难题化解 当前阶段 4 = 已解决",
        before="",
    ),
    Pair(
        rule="person-changed",
        at="妇女需求台帐 姓名 4",
        broken="@ 妇女需求台帐 姓名 4 = 陈玉兰\n@ 妇女需求台帐 年龄 4 = 46",
        nearly="@ 妇女需求台帐 姓名 4 = 张□秀英\n@ 妇女需求台帐 身份证号 6 = '370102194201011241",
        before="",
    ),
    Pair(
        rule="person-changed",
        at="干部名册 姓名 5",
        broken="@ 干部名册 姓名 5 = 周红",
        nearly="@ 干部名册 职务 5 = 副主席\n@ 干部名册 固定联系妇女人数 5 = 9",
        before="",
    ),
    Pair(
        rule="row-gone",
        at="干部名册 干部编号 3",
        broken="@ 干部名册 blank 6",
        nearly="@ 干部名册 干部编号 6 = g003",
        before="",
    ),
    Pair(
        rule="age-differs",
        at="妇女需求台帐 年龄 4",
        broken="@ 妇女需求台帐 年龄 4 = 47",
        nearly="@ 妇女需求台帐 年龄 4 = 46",
    ),
    Pair(
        rule="age-differs",
        at="妇女需求台帐 年龄 4",
        broken="@ 妇女需求台帐 身份证号 4 = '370102670101122\n@ 妇女需求台帐 年龄 4 = 43",
        nearly="@ 妇女需求台帐 身份证号 4 = '370102670101122\n@ 妇女需求台帐 年龄 4 = 44",
    ),
    Pair(
        rule="swing",
        at="活动统计",
        broken="@ 基层组织 妇女人数（户籍，上年末） 4 = 150000",
        nearly="@ 基层组织 妇女人数（户籍，上年末） 4 = 89000",
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计",
        broken="@ 基层组织 女大学生村官人数 4 = 100\n@ 基层组织 公益性岗位人数 4 = 100",
        nearly="@ 基层组织 女大学生村官人数 4 = 100",
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计 本期 5",
        broken=_VISIT * 7,
        nearly=_VISIT * 6,
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计",
        broken=_FEW_PROJECTS.format(80002),
        nearly=_FEW_PROJECTS.format(80001),
        before="@ 惠民项目 资金（元） 4 = 20000.25\n@ 惠民项目 受益妇女人数 4 = 1",
    ),
)

CAMPAIGNS_OWN = (*PAIRINGS, *CASES, *DUTIES, *HISTORY)
