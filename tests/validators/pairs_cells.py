"""Pairs for the rules on single cells and on the cells of one row."""

from __future__ import annotations

from tests.tiny.gauged import judged_gauged
from tests.validators.pairs import Pair

_LONG = "长" * 501
_FITS = "长" * 500

NUMBERS = (
    Pair(
        rule="number-text",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 二十",
        nearly="@ 走访记录 走访妇女人次 4 = ２０",
    ),
    Pair(
        rule="number-about",
        at="干部名册 固定联系妇女人数 4",
        broken="@ 干部名册 固定联系妇女人数 4 = 3000多",
        nearly="@ 干部名册 固定联系妇女人数 4 = 3,000人",
    ),
    Pair(
        rule="number-scaled",
        at="惠民项目 资金（元） 4",
        broken="@ 惠民项目 资金（元） 4 = 2.59亿",
        nearly="@ 惠民项目 资金（元） 4 = 25900.00元",
    ),
    Pair(
        rule="number-unit",
        at="惠民项目 受益妇女人数 4",
        broken="@ 惠民项目 受益妇女人数 4 = 600（妇女）",
        nearly="@ 惠民项目 受益妇女人数 4 = 600元",
    ),
    Pair(
        rule="number-date",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 2012-03-05",
        nearly="@ 走访记录 走访妇女人次 4 = 40973",
    ),
    Pair(
        rule="number-too-long",
        at="惠民项目 资金（元） 4",
        broken="@ 惠民项目 资金（元） 4 = '1234567890123456",
        nearly="@ 惠民项目 资金（元） 4 = '123456789012345",
    ),
    Pair(
        rule="number-not-whole",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 20.5",
        nearly="@ 走访记录 走访妇女人次 4 = 20.0",
    ),
    Pair(
        rule="number-range",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 0",
        nearly="@ 走访记录 走访妇女人次 4 = 1",
    ),
    Pair(
        rule="number-range",
        at="妇女需求台帐 年龄 4",
        broken="@ 妇女需求台帐 年龄 4 = 121",
        nearly="@ 妇女需求台帐 年龄 4 = 120",
    ),
    Pair(
        rule="number-range",
        at="个案帮扶 投入资金（元） 4",
        broken="@ 个案帮扶 投入资金（元） 4 = -1",
        nearly="@ 个案帮扶 投入资金（元） 4 = 0",
    ),
    Pair(
        rule="money-decimals",
        at="个案帮扶 投入资金（元） 4",
        broken="@ 个案帮扶 投入资金（元） 4 = 0.125",
        nearly="@ 个案帮扶 投入资金（元） 4 = 0.25",
    ),
    Pair(
        rule="number-decimals",
        at="水位观测 C4",
        by=judged_gauged,
        broken="@ 水位观测 水位（米） 4 = 12.345",
        nearly="@ 水位观测 水位（米） 4 = 12.340米",
    ),
)

DATES = (
    Pair(
        rule="date-incomplete",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012年3月",
        nearly="@ 走访记录 日期 4 = 2012年3月5号",
    ),
    Pair(
        rule="date-impossible",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012年4月31日",
        nearly="@ 走访记录 日期 4 = 2012年4月30日",
    ),
    Pair(
        rule="date-as-number",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 40973",
        nearly="@ 走访记录 日期 4 = 20120305",
    ),
    Pair(
        rule="date-unclear",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 三月上旬",
        nearly="@ 走访记录 日期 4 = 2012．3．5",
    ),
)

WORDS = (
    Pair(
        rule="choice-unknown",
        at="走访记录 走访方式 4",
        broken="@ 走访记录 走访方式 4 = 闲聊",
        nearly="@ 走访记录 走访方式 4 = 座 谈交流",
    ),
    Pair(
        rule="choice-unknown",
        at="走访记录 涉及群体 4",
        broken="@ 走访记录 涉及群体 4 = 留守流动妇女、老人",
        nearly="@ 走访记录 涉及群体 4 = 留守流动妇女，高龄空巢老人",
    ),
    Pair(
        rule="key-shape",
        at="联系点 联系点编号 4",
        broken="@ 联系点 联系点编号 4 = L1",
        nearly="@ 联系点 联系点编号 4 = ｌ００１",
    ),
    Pair(
        rule="text-too-long",
        at="走访记录 主要情况 4",
        broken=f"@ 走访记录 主要情况 4 = {_LONG}",
        nearly=f"@ 走访记录 主要情况 4 = {_FITS}",
    ),
    Pair(
        rule="personal-in-text",
        at="妇女需求台帐 需求内容 4",
        broken="@ 妇女需求台帐 需求内容 4 = 请打13812345678找她",
        nearly="@ 妇女需求台帐 需求内容 4 = 请打12338找她",
    ),
    Pair(
        rule="personal-in-text",
        at="走访记录 主要情况 4",
        broken="@ 走访记录 主要情况 4 = 证号370102196701011220",
        nearly="@ 走访记录 主要情况 4 = 编号37010219670101122",
    ),
    Pair(
        rule="personal-in-text",
        at="结对帮扶 帮扶组织 5",
        broken="@ 结对帮扶 帮扶组织 5 = 区妇联张姐138.1234.5678",
        nearly="@ 结对帮扶 帮扶组织 5 = 区妇联办公室12338",
    ),
    Pair(
        rule="personal-in-text",
        at="惠民项目 项目名称 4",
        broken="@ 惠民项目 项目名称 4 = 帮扶370102 19670101 1220",
        nearly="@ 惠民项目 项目名称 4 = 帮扶2012年第3批",
    ),
    Pair(
        rule="personal-in-text",
        at="基层组织 乡镇（街道） 4",
        broken="@ 基层组织 乡镇（街道） 4 = '+8613812345678",
        nearly="@ 基层组织 乡镇（街道） 4 = 泉城路街道",
    ),
    Pair(
        rule="personal-in-text",
        at="封面 填报人",
        broken="@ 封面 填报人 = 李静13812345678",
        nearly="@ 封面 联系电话 = '13812345678",
    ),
)

NUMBERS_OF_PEOPLE = (
    Pair(
        rule="id-digits-lost",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = 370102196701011000.0",
        nearly="@ 妇女需求台帐 身份证号 4 = 370102670101122",
    ),
    Pair(
        rule="id-hidden",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = 370102********1220",
        nearly="@ 妇女需求台帐 身份证号 4 = '11010519491231002x",
    ),
    Pair(
        rule="id-characters",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = '37010219670101122O",
        nearly="@ 妇女需求台帐 身份证号 4 = ''370102196701011220",
    ),
    Pair(
        rule="id-length",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = '37010219670101122",
        nearly="@ 妇女需求台帐 身份证号 4 = ",
    ),
    Pair(
        rule="id-birth-date",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = '370102196713011229",
        nearly="@ 妇女需求台帐 身份证号 4 = '370102671201122",
    ),
    Pair(
        rule="id-check-digit",
        at="妇女需求台帐 身份证号 4",
        broken="@ 妇女需求台帐 身份证号 4 = '370102196701011229",
        nearly="@ 妇女需求台帐 身份证号 4 = '370102 19670101 1220",
    ),
    Pair(
        rule="phone-format",
        at="妇女需求台帐 联系电话 4",
        broken="@ 妇女需求台帐 联系电话 4 = '1380000000",
        nearly="@ 妇女需求台帐 联系电话 4 = （0531）8601 2345",
    ),
)

FORMULAS = (
    Pair(
        rule="cell-error",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = #REF!",
        nearly="@ 走访记录 走访妇女人次 4 = =A1+1→20",
    ),
    Pair(
        rule="cell-formula-empty",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = =A1+1→",
        nearly="@ 走访记录 走访妇女人次 4 = =A1+1→20",
    ),
    Pair(
        rule="cell-formula",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = =A1+1→20",
        nearly="@ 走访记录 走访妇女人次 4 = 20",
    ),
    Pair(
        rule="cell-formula",
        at="走访记录 主要情况 4",
        broken='@ 走访记录 主要情况 4 = ="入户"&"走访"→入户走访',
        nearly='@ 走访记录 主要情况 4 = =IF(A4="","","")→""',
    ),
    Pair(
        rule="cell-formula",
        at="封面 审核人",
        broken="@ 封面 审核人 = =B9→王芳",
        nearly='@ 封面 审核人 = =B9→""',
    ),
    Pair(
        rule="habit",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012.3.5",
        nearly="@ 走访记录 日期 4 = 2012-03-05",
    ),
    Pair(
        rule="habit",
        at="走访记录 参加干部 4",
        broken="@ 走访记录 参加干部 4 = G001，G002",
        nearly="@ 走访记录 参加干部 4 = 370102-G001",
    ),
    Pair(
        rule="habit-nothing",
        at="妇女需求台帐 联系电话 5",
        broken="@ 妇女需求台帐 联系电话 5 = 无",
        nearly="@ 妇女需求台帐 联系电话 5 = '12338",
    ),
    Pair(
        rule="habit-nothing",
        at="调研成果 转化的帮扶措施 4",
        broken="@ 调研成果 转化的帮扶措施 4 = 没有",
        nearly="@ 调研成果 转化的帮扶措施 4 = 没有转化，仍在调研",
    ),
    Pair(
        rule="habit-blanks",
        at="走访记录 走访方式 4",
        broken="@ 走访记录 走访方式 4 = '座谈□交流□",
        nearly="@ 走访记录 走访方式 4 = 座谈交流",
    ),
    Pair(
        rule="habit-private",
        at="妇女需求台帐 姓名 4",
        broken="@ 妇女需求台帐 姓名 4 = '张秀英□",
        nearly="@ 妇女需求台帐 姓名 4 = 张 秀英",
    ),
)

MARKED = (
    Pair(
        rule="run-marked",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 〔删除线：12〕15",
        nearly='@ 走访记录 走访妇女人次 4 = 20⟦#,##0"人"⟧',
    ),
    Pair(
        rule="run-marked",
        at="走访记录 日期 4",
        broken="@ 走访记录 日期 4 = 2012-3-〔上标：1〕5",
        nearly="@ 走访记录 日期 4 = 2012-3-5",
    ),
    Pair(
        rule="run-marked",
        at="妇女需求台帐 联系电话 4",
        broken="@ 妇女需求台帐 联系电话 4 = 138000000〔下标：01〕",
        nearly="@ 妇女需求台帐 姓名 4 = 张秀英〔上标：1〕",
    ),
    Pair(
        rule="run-marked",
        at="封面 联系电话",
        broken="@ 封面 联系电话 = 〔删除线：0531-〕86012345",
        nearly="@ 封面 单位负责人 = 王〔删除线：小〕芳",
    ),
    Pair(
        rule="run-marked-text",
        at="走访记录 主要情况 4",
        broken="@ 走访记录 主要情况 4 = 〔删除线：电话〕入户走访留守妇女。",
        nearly="@ 走访记录 主要情况 4 = 电话入户走访留守妇女。",
    ),
    Pair(
        rule="run-marked-text",
        at="走访记录 参加干部 4",
        broken="@ 走访记录 参加干部 4 = 〔删除线：G001、〕G002",
        nearly="@ 走访记录 参加干部 4 = G001、G002",
    ),
    Pair(
        rule="run-marked-text",
        at="文字材料 主要做法",
        broken="@ 文字材料 主要做法 = 〔删除线：深入走访〕",
        nearly="@ 文字材料 主要做法 = 深入走访",
    ),
    Pair(
        rule="row-struck",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 〔删除线：20〕",
        nearly="@ 走访记录 主要情况 4 = 〔删除线：座谈就业〕",
    ),
    Pair(
        rule="row-struck",
        at="宣传报道 日期 4",
        broken=(
            "@ 宣传报道 日期 4 = 〔删除线：2012-03-09〕\n@ 宣传报道 媒体名称 4 = 〔删除线：大众日报〕\n"
            "@ 宣传报道 媒体级别 4 = 〔删除线：省级〕\n@ 宣传报道 形式 4 = 〔删除线：新闻报道〕\n"
            "@ 宣传报道 题目 4 = 〔删除线：历下妇联下基层〕"
        ),
        nearly="@ 宣传报道 媒体级别 4 = 〔删除线：省级〕\n@ 宣传报道 题目 4 = 〔删除线：历下妇联下基层〕",
    ),
    Pair(
        rule="shown-otherwise",
        at="惠民项目 资金（元） 4",
        broken='@ 惠民项目 资金（元） 4 = 8⟦0.00"万元"⟧',
        nearly='@ 惠民项目 资金（元） 4 = 80000⟦0!.0,"万元"⟧',
    ),
    Pair(
        rule="shown-otherwise",
        at="走访记录 走访妇女人次 4",
        broken="@ 走访记录 走访妇女人次 4 = 1⟦0%⟧",
        nearly='@ 走访记录 走访妇女人次 4 = 1⟦[>=10000]0!.0,"万";0⟧',
    ),
    Pair(
        rule="day-hidden",
        at="走访记录 日期 4",
        broken='@ 走访记录 日期 4 = 2012-03-05⟦yyyy"年"m"月"⟧',
        nearly='@ 走访记录 日期 4 = 2012-03-05⟦m"月"d"日"⟧',
    ),
)

FILLED = (
    Pair(
        rule="required",
        at="走访记录 走访方式 4",
        broken="@ 走访记录 走访方式 4 = ",
        nearly="@ 走访记录 主要情况 4 = ",
    ),
    Pair(
        rule="required",
        at="封面 单位负责人",
        broken="@ 封面 单位负责人 = '□",
        nearly="@ 封面 审核人 = ",
    ),
    Pair(
        rule="required",
        at="走访记录 参加干部 4",
        broken="@ 走访记录 参加干部 4 = 、",
        nearly="@ 走访记录 参加干部 4 = G001、",
    ),
    Pair(
        rule="required-when",
        at="走访记录 收回问卷（份） 5",
        broken="@ 走访记录 收回问卷（份） 5 = ",
        nearly="@ 走访记录 收回问卷（份） 5 = \n@ 走访记录 走访方式 5 = 座谈交流",
    ),
    Pair(
        rule="required-when",
        at="封面 更正原因",
        broken="@ 封面 报送性质 = 更正",
        nearly="@ 封面 报送性质 = 退回修改",
    ),
    Pair(
        rule="required-when",
        at="难题化解 逐步解决方案 4",
        broken="@ 难题化解 逐步解决方案 4 = ",
        nearly="@ 难题化解 逐步解决方案 4 = \n@ 难题化解 当前阶段 4 = 制定方案",
    ),
    Pair(
        rule="blank-unless",
        at="走访记录 收回问卷（份） 4",
        broken="@ 走访记录 收回问卷（份） 4 = 3",
        nearly="@ 走访记录 收回问卷（份） 4 = 3\n@ 走访记录 走访方式 4 = 问卷征询",
    ),
    Pair(
        rule="blank-unless",
        at="妇女需求台帐 办结日期 7",
        broken="@ 妇女需求台帐 办结日期 7 = 2012-04-20",
        nearly=(
            "@ 妇女需求台帐 办结日期 7 = 2012-04-20\n@ 妇女需求台帐 办理状态 7 = 已办结\n@ 妇女需求台帐 办理结果 7 = 已入学"
        ),
    ),
)

CELLS = (*NUMBERS, *DATES, *WORDS, *NUMBERS_OF_PEOPLE, *FORMULAS, *MARKED, *FILLED)
