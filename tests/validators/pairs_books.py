"""Pairs for the general rules across rows and sheets, and on the workbook as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from sheetflow.findings import Finding, Place, Severity
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.book import Earlier
from tests.county_book import FORM, TREE, judged, left_by
from tests.tiny.spanned import judged_outside
from tests.validators.pairs import Pair

_VISIT = "2012-04-11 | G001 | 是 | L001 | 座谈交流 | 5 | | 其他 | 0 | "
_FIGURES = "1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 9000 | 800"
_NIL = "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 本期没有开展活动\n"
_ONLY_VISITS = "@ 宣传报道 blank 4\n@ 案例机制 blank 4"
_NO_FLOWS = f"@ 走访记录 blank 4 5 6\n{_ONLY_VISITS}"


def _visit_in(row: int) -> str:
    """Draw a visit far below the others."""
    labels = "日期 参加干部 领导干部带队 联系点 走访方式 走访妇女人次 收回问卷（份） 涉及群体 征求意见建议（条）"
    cells = zip(labels.split(), _VISIT.split("|"), strict=False)
    return "\n".join(f"@ 走访记录 {label} {row} = {cell.strip()}" for label, cell in cells)


_RIGHT_AFTER_THE_FIRST = dt.datetime(2012, 3, 1, 8, tzinfo=OFFICE_ZONE)
_THE_DAY_BEFORE = dt.datetime(2012, 2, 29, 23, tzinfo=OFFICE_ZONE)
_IN_TIME = dt.datetime(2012, 5, 3, 23, tzinfo=OFFICE_ZONE)
_DAYS_AFTER = dt.datetime(2012, 5, 7, 10, tzinfo=OFFICE_ZONE)


def _accepted(_form: str, _period: Period) -> str:
    return "370102-2012B2-1"


_FILLED_ON_THE_FIRST = "@ 封面 填报日期 = 2012-03-01"
_FEW = "@ 走访记录 走访妇女人次 4 = 约20\n"
_EARLY = "@ 走访记录 日期 4 = 2012-02-28\n"


def _answer(number: str, text: str = "情况属实") -> str:
    """Draw the sheet 情况说明 with one answer."""
    return (
        f"# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n| '{number} | | {text} |"
    )


def _listed(line: str) -> str:
    """Draw 问题清单 with one line about the early visit."""
    head = "# 问题清单\n| 编号 | 单元格 | 怎么改 | 情况说明 |\n| --- | --- | --- | --- |\n"
    return head + line.format(number=judged(_EARLY).findings[0].number)


def _later(changes: str) -> Callable[[str, Period], tuple[Earlier, ...]]:
    """Give what the next period left, with `changes`."""
    left = replace(left_by(judged(changes)), period=Period.parse("2012B3"))
    return lambda _form, _period: (left,)


ROWS = (
    Pair(
        rule="period-not-filled",
        at="巡查表头 B6",
        by=judged_outside,
        nearly="@ 巡查表头 巡查季度 = 2011Q4",
    ),
    Pair(
        rule="key-twice",
        at="干部名册 干部编号 5",
        broken="@ 干部名册 干部编号 5 = G001",
        nearly="@ 干部名册 干部编号 5 = G0001\n@ 走访记录 参加干部 5 = G0001\n@ 走访记录 参加干部 6 = G0001",
    ),
    Pair(
        rule="key-twice",
        at="个案帮扶 台帐编号 5",
        broken="@ 个案帮扶 台帐编号 5 = X0002",
        nearly="@ 个案帮扶 台帐编号 5 = X0004",
    ),
    Pair(
        rule="reference-named",
        at="妇女需求台帐 责任干部 4",
        broken="@ 妇女需求台帐 责任干部 4 = G002 李静",
        nearly="@ 妇女需求台帐 责任干部 4 = G 002",
    ),
    Pair(
        rule="reference-name-other",
        at="妇女需求台帐 责任干部 4",
        broken="@ 妇女需求台帐 责任干部 4 = G002 王芳",
        nearly="@ 妇女需求台帐 责任干部 4 = G002（李静）",
    ),
    Pair(
        rule="reference-by-name",
        at="走访记录 参加干部 4",
        broken="@ 走访记录 参加干部 4 = G001、李静",
        nearly="@ 走访记录 参加干部 4 = G001、王芳、G002李静",
    ),
    Pair(
        rule="reference-unknown",
        at="走访记录 参加干部 4",
        broken="@ 走访记录 参加干部 4 = G001、G009",
        nearly="@ 走访记录 参加干部 4 = g001、G 002",
    ),
    Pair(
        rule="reference-unknown",
        at="妇女需求台帐 联系点 4",
        broken="@ 妇女需求台帐 联系点 4 = 370103-L001",
        nearly="@ 妇女需求台帐 联系点 4 = 370102-L001",
    ),
    Pair(
        rule="date-after-filled",
        at="联系点 建立日期 4",
        broken="@ 联系点 建立日期 4 = 2012-05-03",
        nearly="@ 联系点 建立日期 4 = 2012-05-02\n@ 难题化解 预计解决日期 4 = 2015-01-01",
    ),
    Pair(
        rule="date-after-period",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012-05-01",
        nearly="@ 走访记录 日期 4 = 2012-04-30",
    ),
    Pair(
        rule="date-after-period",
        at="调研成果 完成日期 4",
        broken="@ 调研成果 完成日期 4 = 2012-05-01",
        nearly="@ 调研成果 完成日期 4 = 2012-02-01",
    ),
    Pair(
        rule="date-before-period",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012-02-29",
        nearly="@ 走访记录 日期 4 = 2012-03-01",
    ),
    Pair(
        rule="date-order",
        at="妇女需求台帐 办结日期 5",
        broken="@ 妇女需求台帐 办结日期 5 = 2012-03-07",
        nearly="@ 妇女需求台帐 办结日期 5 = 2012-03-08",
    ),
    Pair(
        rule="filled-before-period",
        at="封面 填报日期",
        broken="@ 封面 填报日期 = 2012-02-29",
        nearly=_FILLED_ON_THE_FIRST,
    ),
    Pair(
        rule="filled-after-today",
        at="封面 填报日期",
        broken="@ 封面 填报日期 = 2012-05-03",
        nearly="@ 封面 填报日期 = 2012-05-02",
    ),
    Pair(
        rule="date-after-filled",
        at="联系点 建立日期 4",
        broken="@ 封面 填报日期 = 2021-05-02\n@ 联系点 建立日期 4 = 2012-05-03",
        nearly="@ 封面 填报日期 = 2021-05-02\n@ 联系点 建立日期 4 = 2012-05-02",
    ),
    Pair(
        rule="nil-with-rows",
        at="走访记录 日期 4",
        broken=_NIL + _ONLY_VISITS,
        nearly=_NIL + _NO_FLOWS,
        before="",
    ),
    Pair(
        rule="nil-with-rows",
        at="妇女需求台帐 登记日期 4",
        broken=_NIL + _NO_FLOWS + "\n@ 妇女需求台帐 年龄 4 = 46",
        nearly=_NIL + _NO_FLOWS,
        before="",
    ),
    Pair(
        rule="nothing-reported",
        at="封面 零报告",
        broken=_NO_FLOWS,
        nearly=_NO_FLOWS + "\n@ 联系点 备注 4 = 改建",
        before="",
    ),
    Pair(
        rule="later-books-lack",
        at="妇女需求台帐 台帐编号 3",
        context={"later": _later("@ 妇女需求台帐 blank 8")},
        nearly_context={
            "later": _later("@ 干部名册 blank 6"),
        },
    ),
    Pair(
        rule="statistic-constant",
        at="活动统计 累计/期末 6",
        broken="@ 活动统计 累计/期末 6 = 5",
        nearly="@ 活动统计 累计/期末 6 = 4",
    ),
    Pair(
        rule="previous-stale",
        at="活动统计 上期累计 6",
        broken="@ 活动统计 上期累计 6 = 3",
        nearly="@ 活动统计 上期累计 6 = 4",
        before="",
    ),
    Pair(
        rule="explanation-no-mending",
        at="情况说明 审核意见编号 4",
        broken=_FEW + _answer(judged(_FEW).findings[0].number),
        nearly=_EARLY + _answer(judged(_EARLY).findings[0].number),
    ),
    Pair(
        rule="explanation-unused",
        at="情况说明 审核意见编号 4",
        broken=_answer("ABC123"),
        nearly=_EARLY + _answer(judged(_EARLY).findings[0].number),
    ),
)

_ABOUT = Finding(
    "number-about", Severity.MUST, Place(sheet="cadres", column="women_linked", key="G001")
)
"""What is found in 干部名册 F4."""

ANSWERS = (
    Pair(
        rule="explanation-says-nothing",
        at="情况说明 审核意见编号 4",
        broken=_EARLY + _answer(judged(_EARLY).findings[0].number, "√"),
        nearly=_EARLY + _answer(judged(_EARLY).findings[0].number, "无变化，确为补报"),
    ),
    Pair(
        rule="explanation-not-read",
        at="问题清单 D4",
        broken=_EARLY + _listed("| '{number} | A4 | | =A1→ |"),
        nearly=_EARLY + _listed("| '{number} | A4 | | =A1→补报上年走访 |"),
    ),
    Pair(
        rule="explanation-beside",
        at="问题清单 C4",
        broken=_EARLY + _listed("| '{number} | A4 | 补报上年走访 | |"),
        nearly=_EARLY + _listed("| '{number} | A4 | | 补报上年走访 |"),
    ),
    Pair(
        rule="explanation-no-mending",
        at="问题清单 C4",
        broken="@ 干部名册 固定联系妇女人数 4 = 3000多\n# 问题清单\n| 编号 | 单元格 | 情况说明 |\n| --- | --- | --- |\n"
        f"| '{_ABOUT.number} | F4 | 记不清了 |",
        nearly="@ 干部名册 固定联系妇女人数 4 = 3000多\n# 问题清单\n| 编号 | 单元格 | 情况说明 |\n| --- | --- | --- |\n"
        f"| '{_ABOUT.number} | F4 | |",
    ),
    Pair(
        rule="key-wanted",
        at="联系点 联系点编号 4",
        broken="@ 联系点 联系点编号 4 = 一号",
        nearly="@ 联系点 联系点编号 4 = 'l001",
    ),
)

WHICH = (
    Pair(rule="workbook-empty", at="", alone=True, broken="", nearly="# 封面"),
    Pair(
        rule="workbook-sample",
        at="",
        stamp={"edition": "sample"},
        nearly_stamp={"edition": "full"},
    ),
    Pair(
        rule="workbook-unknown",
        at="",
        alone=True,
        broken="# 工资表\n| 姓名 | 实发 |\n| --- | --- |\n| 王芳 | 1800 |",
        nearly="# 封面\n| 单位代码 | '370102 |\n| 报告期 | 2012B2 |\n# 走访记录",
    ),
    Pair(
        rule="period-unknown",
        at="",
        broken="@ 封面 报告期 = 上一期",
        stamp={"period": ""},
        nearly_stamp={"period": ""},
    ),
    Pair(
        rule="period-not-begun",
        at="封面 报告期",
        context={"now": _THE_DAY_BEFORE},
        nearly_context={"now": _RIGHT_AFTER_THE_FIRST},
    ),
    Pair(rule="unit-other", at="", stamp={"unit": "370103"}, nearly_stamp={"unit": "370102"}),
    Pair(rule="unit-unknown", at="", stamp={"unit": "379999"}, nearly_stamp={"unit": ""}),
    Pair(
        rule="campaign-other",
        at="",
        stamp={"campaign": "rivers2013"},
        nearly_stamp={"campaign": "Grassroots2012"},
    ),
    Pair(
        rule="version-unknown",
        at="",
        stamp={"version": str(FORM.version + 1)},
        nearly_stamp={"version": str(FORM.version)},
    ),
    Pair(
        rule="unit-not-expected",
        at="封面 单位代码",
        context={"unit": replace(TREE["370102"], valid_to=dt.date(2012, 2, 29))},
        nearly_context={"unit": replace(TREE["370102"], valid_to=dt.date(2012, 3, 1))},
    ),
    Pair(
        rule="cover-unit",
        at="封面 单位代码",
        broken="@ 封面 单位代码 = '370103",
        nearly="@ 封面 单位代码 = ３７０１０２",
    ),
    Pair(
        rule="cover-period",
        at="封面 报告期",
        broken="@ 封面 报告期 = 2012B3",
        nearly="@ 封面 报告期 = 2012年3—4月",
    ),
    Pair(
        rule="cover-cadence",
        at="封面 报告期",
        broken="@ 封面 报告期 = 2012年4月",
        nearly="@ 封面 报告期 = 3、4月",
    ),
    Pair(
        rule="cover-cadence",
        at="封面 报告期",
        broken="@ 封面 报告期 = 二季度",
        stamp={"period": ""},
        nearly="@ 封面 报告期 = 2012年3月1日至4月30日",
        nearly_stamp={"period": ""},
    ),
    Pair(
        rule="cover-cadence",
        at="封面 报告期",
        broken="@ 封面 报告期 = 2012H1",
        stamp={"period": "2012H1"},
        nearly_stamp={"period": ""},
    ),
    Pair(rule="cover-cadence", at="封面 报告期", stamp={"period": "2012"}),
    Pair(
        rule="cover-cadence",
        at="封面 报告期",
        broken="@ 封面 报告期 = ",
        stamp={"period": "2012M04"},
        nearly="@ 封面 报告期 = ",
    ),
    Pair(
        rule="correction-undeclared",
        at="封面 报送性质",
        context={"standing": _accepted, "now": _DAYS_AFTER},
        nearly="@ 封面 报送性质 = 更正\n@ 封面 更正原因 = 漏登一次座谈",
        nearly_context={"standing": _accepted, "now": _DAYS_AFTER},
    ),
    Pair(
        rule="correction-undeclared",
        at="封面 报送性质",
        broken="@ 封面 报送性质 = 退回修改",
        context={"standing": _accepted, "now": _DAYS_AFTER},
        nearly_context={"standing": _accepted, "now": _DAYS_AFTER, "handed_in": _IN_TIME},
    ),
    Pair(
        rule="cover-unit-name",
        at="封面 填报单位",
        broken="@ 封面 填报单位 = 市中区",
        nearly="@ 封面 填报单位 = 山东省 济南市历下区妇联",
    ),
)

SHEETS = (
    Pair(
        rule="sheet-missing",
        at="联系点",
        broken="@ 联系点 gone",
        nearly="@ 联系点 named 4、联系点（2）",
    ),
    Pair(
        rule="sheet-absent",
        at="案例机制",
        broken="@ 案例机制 gone",
        nearly="@ 案例机制 named 案例机制表",
        stamp={"version": "1"},  # later ones ask the sheet for its 填报声明
        nearly_stamp={"version": "1"},
    ),
    Pair(
        rule="sheet-twice",
        at="走访记录（2）",
        broken="# 走访记录（2）\n| 日期 | 走访方式 |\n| --- | --- |",
        nearly="# 走访记录（附件）\n| 日期 | 走访方式 |\n| --- | --- |",
    ),
    Pair(
        rule="sheet-extra",
        at="草稿",
        broken="# 草稿\n| 备忘 |",
        nearly="@ 走访记录 named 走访记录1",
    ),
    Pair(
        rule="header-missing",
        at="宣传报道",
        broken="@ 宣传报道 日期 3 = 一\n@ 宣传报道 媒体名称 3 = 二\n@ 宣传报道 媒体级别 3 = 三\n@ 宣传报道 形式 3 = 四",
        nearly="@ 宣传报道 日期 3 = 一\n@ 宣传报道 媒体名称 3 = 二\n@ 宣传报道 媒体级别 3 = 三",
    ),
    Pair(
        rule="header-missing",
        at="走访记录",
        broken="# 走访记录\n@ 走访记录 A1 = ",
        nearly="@ 走访记录 日期 3 = 日□期",
    ),
    Pair(
        rule="column-missing",
        at="走访记录",
        broken="@ 走访记录 走访方式 3 = 怎么走访",
        nearly="@ 走访记录 走访方式 3 = 走访 方式＊",
    ),
    Pair(
        rule="column-missing",
        at="封面",
        broken="@ 封面 A9 = 领导",
        nearly="@ 封面 A9 = 单位负责人：",
    ),
    Pair(
        rule="column-absent",
        at="走访记录",
        broken="@ 走访记录 主要情况 3 = ",
        nearly="@ 走访记录 主要情况 3 = 主要↵情况",
    ),
    Pair(
        rule="column-twice",
        at="走访记录 日期 3",
        broken="@ 走访记录 K3 = 日期",
        nearly="@ 走访记录 K3 = 日期二",
    ),
    Pair(
        rule="column-extra",
        at="走访记录 天气 3",
        broken="@ 走访记录 K3 = 天气",
        nearly="@ 个案帮扶 D3 = 办理状态",
    ),
    Pair(
        rule="column-order",
        at="宣传报道",
        broken=(
            "# 宣传报道\n| 题目 | 日期 | 媒体名称 | 媒体级别 | 形式 |\n| --- | --- | --- | --- | --- |\n"
            "| 下基层 | 2012-03-09 | 大众日报 | 省级 | 新闻报道 |"
        ),
        nearly=(
            "# 宣传报道\n| 日期 | 版面 | 媒体名称 | 媒体级别 | 形式 | 题目 |\n"
            "| --- | --- | --- | --- | --- | --- |\n"
            "| 2012-03-09 | A1 | 大众日报 | 省级 | 新闻报道 | 下基层 |"
        ),
    ),
    Pair(
        rule="column-renamed",
        at="走访记录 走访妇女人次 3",
        broken="@ 走访记录 走访妇女人次 3 = 走访人次",
        nearly="@ 走访记录 走访妇女人次 3 = 人数",
    ),
    Pair(
        rule="column-renamed",
        at="封面 填报日期",
        broken="@ 封面 A13 = 填表日期",
        nearly="@ 封面 A13 = 填报日期：",
    ),
    Pair(
        rule="row-skipped",
        at="走访记录",
        broken="@ 走访记录 + | 合□计 | | | | | 51 | | | 5 | |",
        nearly="@ 走访记录 + | 2012-04-21 | G001 | 是 | | 座谈交流 | 5 | | 其他 | 0 | 合计 |",
    ),
    Pair(
        rule="row-skipped",
        at="走访记录",
        broken="@ 走访记录 日期 8 = 以上数据截至4月30日",
        nearly="@ 走访记录 日期 8 = 2012-04-30",
    ),
    Pair(
        rule="row-total",
        at="走访记录 走访妇女人次 7",
        broken="@ 走访记录 + | | | | | | 51 | | | 5 | |",
        nearly="@ 走访记录 + | | | | | | 51 | | | 6 | |",
    ),
    Pair(
        rule="row-total",
        at="基层组织 乡镇（街道） 6",
        broken=f"@ 基层组织 + | 历下区 | {_FIGURES} |",
        nearly=f"@ 基层组织 + | 历下街道 | {_FIGURES} |",
    ),
    Pair(
        rule="rows-hidden",
        at="走访记录",
        broken="@ 走访记录 hide 5",
        nearly="@ 走访记录 hide 7\n@ 妇女需求台帐 hide 5\n@ 妇女需求台帐 hide 8",
    ),
    Pair(
        rule="rows-beyond",
        at="走访记录",
        broken=_visit_in(20004),
        nearly=_visit_in(20003),
    ),
    Pair(
        rule="cells-merged",
        at="走访记录 领导干部带队 4",
        broken="@ 走访记录 merge 领导干部带队 4:5",
        nearly="@ 走访记录 merge A1:J1\n@ 走访记录 merge A9:J12\n@ 走访记录 merge L4:L6",
    ),
)

BOOKS = (*ROWS, *ANSWERS, *WHICH, *SHEETS)
