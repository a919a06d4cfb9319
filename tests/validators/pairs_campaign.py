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
_FEW_PROJECTS = "@ 惠民项目 C4 = {}\n@ 惠民项目 D4 = 2"

PAIRINGS = (
    Pair(
        rule="pairing-one",
        at="结对帮扶 F4",
        broken="@ 结对帮扶 F4 = 2",
        nearly="@ 结对帮扶 F4 = 2\n@ 结对帮扶 E4 = 多帮一",
    ),
    Pair(
        rule="pairing-many",
        at="结对帮扶 F5",
        broken="@ 结对帮扶 F5 = 1",
        nearly="@ 结对帮扶 F5 = 2",
    ),
    Pair(
        rule="pairing-funds-service",
        at="结对帮扶 K5",
        broken="@ 结对帮扶 L5 = 0.01",
        nearly="@ 结对帮扶 L5 = 0.01\n@ 结对帮扶 K5 = 政策、资金",
    ),
    Pair(
        rule="pairing-service-no-funds",
        at="结对帮扶 L4",
        broken="@ 结对帮扶 L4 = 0",
        nearly="@ 结对帮扶 L4 = 0\n@ 结对帮扶 K4 = 信息",
    ),
    Pair(
        rule="money-scale",
        at="基层组织 N3",
        broken=(
            "@ 基层组织 N4 = 1.5\n@ 基层组织 N5 = 2\n@ 基层组织 +"
            " | 龙洞街道 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 9000 | 99.99 |"
        ),
        nearly=(
            "@ 基层组织 N4 = 1.5\n@ 基层组织 N5 = 2\n@ 基层组织 +"
            " | 龙洞街道 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 9000 | 100 |"
        ),
    ),
    Pair(
        rule="homes-many",
        at="基层组织 K5",
        broken="@ 基层组织 K5 = 15",
        nearly="@ 基层组织 K5 = 14",
    ),
    Pair(
        rule="township-unknown",
        at="联系点 D4",
        broken="@ 联系点 D4 = 泉城路",
        nearly="@ 联系点 D4 = 泉城路\n@ 联系点 F4 = 已撤并",
    ),
)

CASES = (
    Pair(
        rule="case-nature",
        at="个案帮扶 A4",
        broken="@ 个案帮扶 A4 = X0001",
        nearly="@ 妇女需求台帐 M5 = 普遍性倾向性",
        before="",
    ),
    Pair(
        rule="hard-nature",
        at="难题化解 A4",
        broken="@ 难题化解 A4 = X0001",
        nearly="@ 妇女需求台帐 M6 = 个案性",
        before="",
    ),
    Pair(
        rule="hard-solved",
        at="难题化解 D4",
        broken="@ 难题化解 D4 = 已解决",
        nearly=(
            "@ 难题化解 D4 = 已解决\n@ 妇女需求台帐 N6 = 已办结\n"
            "@ 妇女需求台帐 P6 = 2012-04-28\n@ 妇女需求台帐 Q6 = 有人照料"
        ),
    ),
    Pair(
        rule="hard-solved",
        at="难题化解 D4",
        broken=(
            "@ 妇女需求台帐 N6 = 已办结\n"
            "@ 妇女需求台帐 P6 = 2012-04-28\n@ 妇女需求台帐 Q6 = 有人照料"
        ),
        nearly="@ 难题化解 D4 = 阶段性解决",
    ),
    Pair(
        rule="case-without-help",
        at="妇女需求台帐 M7",
        broken="@ 个案帮扶 A5 = \n@ 个案帮扶 B5 = \n@ 个案帮扶 C5 = ",
        nearly=(
            "@ 个案帮扶 A5 = \n@ 个案帮扶 B5 = \n@ 个案帮扶 C5 = \n"
            "@ 妇女需求台帐 N7 = 未办理\n@ 妇女需求台帐 O7 = "
        ),
    ),
    Pair(
        rule="hard-without-plan",
        at="妇女需求台帐 M6",
        broken="\n".join(f"@ 难题化解 {column}4 = " for column in "ABCDEF"),
        nearly="\n".join(
            [
                *(f"@ 难题化解 {column}4 = " for column in "ABCDEF"),
                "@ 妇女需求台帐 N6 = 已撤销",
                "@ 妇女需求台帐 Q6 = 登记有误",
            ]
        ),
    ),
    Pair(
        rule="case-open-long",
        at="妇女需求台帐 B7",
        period="2012B4",
        broken=dated("", "2012B4"),
        nearly=dated("@ 妇女需求台帐 B7 = 2012-05-01", "2012B4"),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 K9",
        broken=_NEED.format(**{**_SAME, "id": "", "name": "张 秀英", "phone": "138-0000-0001"}),
        nearly=_NEED.format(**{**_SAME, "id": "", "phone": "'13800000002"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 K9",
        broken="@ 妇女需求台帐 E4 = \n" + _NEED.format(**{**_SAME, "phone": "'13800000001"}),
        nearly=_NEED.format(**{**_SAME, "id": "'370102196701010113", "phone": "'13800000001"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 K9",
        broken=_NEED.format(**_SAME),
        nearly=_NEED.format(**{**_SAME, "category": "其他"}),
    ),
    Pair(
        rule="need-twice",
        at="妇女需求台帐 K9",
        broken="@ 妇女需求台帐 E4 = \n"
        + _NEED.format(**{**_SAME, "id": "", "phone": "138 0000 0001"}),
        nearly="@ 妇女需求台帐 E4 = \n"
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
        at="调研成果 H5",
        broken="@ 调研成果 H5 = 否",
        nearly="@ 调研成果 H5 = 否\n@ 调研成果 B5 = 调查手记",
    ),
    Pair(
        rule="cadre-duties",
        at="干部名册 G5",
        broken="@ 干部名册 G5 = 0\n@ 干部名册 H5 = 0",
        nearly="@ 干部名册 G5 = 0\n@ 干部名册 I5 = 已调离",
    ),
    Pair(
        rule="cadre-duties",
        at="干部名册 F4",
        broken="@ 干部名册 F4 = 0",
        nearly="@ 干部名册 F4 = 1",
    ),
    Pair(
        rule="cadre-papers",
        at="干部名册 A4",
        period="2012B6",
        broken=dated(_PAPERS, "2012B6"),
        nearly=dated("", "2012B6"),
    ),
)

HISTORY = (
    Pair(
        rule="row-vanished",
        at="妇女需求台帐 A3",
        broken="\n".join(f"@ 妇女需求台帐 {column}8 = " for column in "BCDEFGHIJKLMNOPQ"),
        nearly="@ 妇女需求台帐 A8 = ３７０１０２－x0005",
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
        at="联系点 A3",
        broken="\n".join(f"@ 联系点 {column}4 = " for column in "ABCDEFG"),
        nearly="\n".join(f"@ 干部名册 {column}6 = " for column in "ABCDEFGHI"),
        before="",
    ),
    Pair(
        rule="key-reused",
        at="惠民项目 A4",
        broken="@ 惠民项目 B4 = 巾帼家政\n@ 惠民项目 E4 = 2012-04-01",
        nearly="@ 惠民项目 B4 = 妇女健康普查",
        before="",
    ),
    Pair(
        rule="key-reused",
        at="干部名册 A5",
        broken="@ 干部名册 B5 = 周红\n@ 干部名册 C5 = 副主席",
        nearly="@ 干部名册 C5 = 副主席",
        before="",
    ),
    Pair(
        rule="key-reused",
        at="结对帮扶 A5",
        broken="\n".join(
            f"@ 结对帮扶 {column}5 = {cell}"
            for column, cell in {
                "B": "妇联干部",
                "C": "G002",
                "D": "",
                "G": "妇女群众",
                "H": "",
                "I": "陈玉兰",
                "J": "2012-04-12",
            }.items()
        ),
        nearly="@ 结对帮扶 J5 = 2012-03-13",
        before="",
    ),
    Pair(
        rule="closed-changed",
        at="妇女需求台帐 N5",
        broken="@ 妇女需求台帐 N5 = 办理中\n@ 妇女需求台帐 P5 = ",
        nearly="@ 妇女需求台帐 P5 = 2012.4.1\n@ 妇女需求台帐 C5 = 某 女士",
        before="",
    ),
    Pair(
        rule="closed-changed",
        at="妇女需求台帐 O5",
        broken="@ 妇女需求台帐 O5 = 另一件事\n@ 妇女需求台帐 Q5 = 另一个结果",
        nearly="@ 妇女需求台帐 O6 = 另一件事\n@ 妇女需求台帐 N6 = 已办结\n"
        "@ 妇女需求台帐 P6 = 2012-04-28\n@ 妇女需求台帐 Q6 = 有人照料\n@ 难题化解 D4 = 已解决",
        before="",
    ),
    Pair(
        rule="person-changed",
        at="妇女需求台帐 C4",
        broken="@ 妇女需求台帐 C4 = 陈玉兰\n@ 妇女需求台帐 D4 = 46",
        nearly="@ 妇女需求台帐 C4 = 张□秀英\n@ 妇女需求台帐 E6 = '370102194201011241",
        before="",
    ),
    Pair(
        rule="person-changed",
        at="干部名册 B5",
        broken="@ 干部名册 B5 = 周红",
        nearly="@ 干部名册 C5 = 副主席\n@ 干部名册 F5 = 9",
        before="",
    ),
    Pair(
        rule="row-gone",
        at="干部名册 A3",
        broken="\n".join(f"@ 干部名册 {column}6 = " for column in "ABCDEFGHI"),
        nearly="@ 干部名册 A6 = g003",
        before="",
    ),
    Pair(
        rule="age-differs",
        at="妇女需求台帐 D4",
        broken="@ 妇女需求台帐 D4 = 47",
        nearly="@ 妇女需求台帐 D4 = 46",
    ),
    Pair(
        rule="age-differs",
        at="妇女需求台帐 D4",
        broken="@ 妇女需求台帐 E4 = '370102670101122\n@ 妇女需求台帐 D4 = 43",
        nearly="@ 妇女需求台帐 E4 = '370102670101122\n@ 妇女需求台帐 D4 = 44",
    ),
    Pair(
        rule="swing",
        at="活动统计",
        broken="@ 基层组织 M4 = 150000",
        nearly="@ 基层组织 M4 = 89000",
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计",
        broken="@ 基层组织 I4 = 100\n@ 基层组织 H4 = 100",
        nearly="@ 基层组织 I4 = 100",
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计 E5",
        broken=_VISIT * 7,
        nearly=_VISIT * 6,
        before="",
    ),
    Pair(
        rule="swing-minor",
        at="活动统计",
        broken=_FEW_PROJECTS.format(80002),
        nearly=_FEW_PROJECTS.format(80001),
        before="@ 惠民项目 C4 = 20000.25\n@ 惠民项目 D4 = 1",
    ),
)

CAMPAIGNS_OWN = (*PAIRINGS, *CASES, *DUTIES, *HISTORY)
