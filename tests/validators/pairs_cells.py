"""Pairs for the rules on single cells and on the cells of one row."""

from __future__ import annotations

from tests.validators.pairs import Pair

_LONG = "长" * 501
_FITS = "长" * 500

NUMBERS = (
    Pair(
        rule="number-text",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 二十",
        nearly="@ 走访记录 F4 = ２０",
    ),
    Pair(
        rule="number-about",
        at="干部名册 F4",
        broken="@ 干部名册 F4 = 3000多",
        nearly="@ 干部名册 F4 = 3,000人",
    ),
    Pair(
        rule="number-scaled",
        at="惠民项目 C4",
        broken="@ 惠民项目 C4 = 2.59亿",
        nearly="@ 惠民项目 C4 = 25900.00元",
    ),
    Pair(
        rule="number-unit",
        at="惠民项目 D4",
        broken="@ 惠民项目 D4 = 600（妇女）",
        nearly="@ 惠民项目 D4 = 600元",
    ),
    Pair(
        rule="number-date",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 2012-03-05",
        nearly="@ 走访记录 F4 = 40973",
    ),
    Pair(
        rule="number-too-long",
        at="惠民项目 C4",
        broken="@ 惠民项目 C4 = '1234567890123456",
        nearly="@ 惠民项目 C4 = '123456789012345",
    ),
    Pair(
        rule="number-not-whole",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 20.5",
        nearly="@ 走访记录 F4 = 20.0",
    ),
    Pair(
        rule="number-range",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 0",
        nearly="@ 走访记录 F4 = 1",
    ),
    Pair(
        rule="number-range",
        at="妇女需求台帐 D4",
        broken="@ 妇女需求台帐 D4 = 121",
        nearly="@ 妇女需求台帐 D4 = 120",
    ),
    Pair(
        rule="number-range",
        at="个案帮扶 C4",
        broken="@ 个案帮扶 C4 = -1",
        nearly="@ 个案帮扶 C4 = 0",
    ),
    Pair(
        rule="money-decimals",
        at="个案帮扶 C4",
        broken="@ 个案帮扶 C4 = 0.125",
        nearly="@ 个案帮扶 C4 = 0.25",
    ),
)

DATES = (
    Pair(
        rule="date-incomplete",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 2012年3月",
        nearly="@ 走访记录 A4 = 2012年3月5号",
    ),
    Pair(
        rule="date-impossible",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 2012年4月31日",
        nearly="@ 走访记录 A4 = 2012年4月30日",
    ),
    Pair(
        rule="date-as-number",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 40973",
        nearly="@ 走访记录 A4 = 20120305",
    ),
    Pair(
        rule="date-unclear",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 三月上旬",
        nearly="@ 走访记录 A4 = 2012．3．5",
    ),
)

WORDS = (
    Pair(
        rule="choice-unknown",
        at="走访记录 E4",
        broken="@ 走访记录 E4 = 闲聊",
        nearly="@ 走访记录 E4 = 座 谈交流",
    ),
    Pair(
        rule="choice-unknown",
        at="走访记录 H4",
        broken="@ 走访记录 H4 = 留守流动妇女、老人",
        nearly="@ 走访记录 H4 = 留守流动妇女，高龄空巢老人",
    ),
    Pair(
        rule="key-shape",
        at="联系点 A4",
        broken="@ 联系点 A4 = L1",
        nearly="@ 联系点 A4 = ｌ００１",
    ),
    Pair(
        rule="text-too-long",
        at="走访记录 J4",
        broken=f"@ 走访记录 J4 = {_LONG}",
        nearly=f"@ 走访记录 J4 = {_FITS}",
    ),
    Pair(
        rule="personal-in-text",
        at="妇女需求台帐 L4",
        broken="@ 妇女需求台帐 L4 = 请打13812345678找她",
        nearly="@ 妇女需求台帐 L4 = 请打12338找她",
    ),
    Pair(
        rule="personal-in-text",
        at="走访记录 J4",
        broken="@ 走访记录 J4 = 证号370102196701011220",
        nearly="@ 走访记录 J4 = 编号37010219670101122",
    ),
    Pair(
        rule="personal-in-text",
        at="结对帮扶 D5",
        broken="@ 结对帮扶 D5 = 区妇联张姐138.1234.5678",
        nearly="@ 结对帮扶 D5 = 区妇联办公室12338",
    ),
    Pair(
        rule="personal-in-text",
        at="惠民项目 B4",
        broken="@ 惠民项目 B4 = 帮扶370102 19670101 1220",
        nearly="@ 惠民项目 B4 = 帮扶2012年第3批",
    ),
    Pair(
        rule="personal-in-text",
        at="基层组织 A4",
        broken="@ 基层组织 A4 = '+8613812345678",
        nearly="@ 基层组织 A4 = 泉城路街道",
    ),
    Pair(
        rule="personal-in-text",
        at="封面 B11",
        broken="@ 封面 B11 = 李静13812345678",
        nearly="@ 封面 B12 = '13812345678",
    ),
)

NUMBERS_OF_PEOPLE = (
    Pair(
        rule="id-digits-lost",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = 370102196701011000.0",
        nearly="@ 妇女需求台帐 E4 = 370102670101122",
    ),
    Pair(
        rule="id-hidden",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = 370102********1220",
        nearly="@ 妇女需求台帐 E4 = '11010519491231002x",
    ),
    Pair(
        rule="id-characters",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = '37010219670101122O",
        nearly="@ 妇女需求台帐 E4 = ''370102196701011220",
    ),
    Pair(
        rule="id-length",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = '37010219670101122",
        nearly="@ 妇女需求台帐 E4 = ",
    ),
    Pair(
        rule="id-birth-date",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = '370102196713011229",
        nearly="@ 妇女需求台帐 E4 = '370102671201122",
    ),
    Pair(
        rule="id-check-digit",
        at="妇女需求台帐 E4",
        broken="@ 妇女需求台帐 E4 = '370102196701011229",
        nearly="@ 妇女需求台帐 E4 = '370102 19670101 1220",
    ),
    Pair(
        rule="phone-format",
        at="妇女需求台帐 F4",
        broken="@ 妇女需求台帐 F4 = '1380000000",
        nearly="@ 妇女需求台帐 F4 = （0531）8601 2345",
    ),
)

FORMULAS = (
    Pair(
        rule="cell-error",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = #REF!",
        nearly="@ 走访记录 F4 = =A1+1→20",
    ),
    Pair(
        rule="cell-formula-empty",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = =A1+1→",
        nearly="@ 走访记录 F4 = =A1+1→20",
    ),
    Pair(
        rule="cell-formula",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = =A1+1→20",
        nearly="@ 走访记录 F4 = 20",
    ),
    Pair(
        rule="cell-formula",
        at="走访记录 J4",
        broken='@ 走访记录 J4 = ="入户"&"走访"→入户走访',
        nearly='@ 走访记录 J4 = =IF(A4="","","")→""',
    ),
    Pair(
        rule="cell-formula",
        at="封面 B10",
        broken="@ 封面 B10 = =B9→王芳",
        nearly='@ 封面 B10 = =B9→""',
    ),
    Pair(
        rule="habit",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 2012.3.5",
        nearly="@ 走访记录 A4 = 2012-03-05",
    ),
    Pair(
        rule="habit",
        at="走访记录 B4",
        broken="@ 走访记录 B4 = G001，G002",
        nearly="@ 走访记录 B4 = 370102-G001",
    ),
    Pair(
        rule="habit-nothing",
        at="妇女需求台帐 F5",
        broken="@ 妇女需求台帐 F5 = 无",
        nearly="@ 妇女需求台帐 F5 = '12338",
    ),
    Pair(
        rule="habit-nothing",
        at="调研成果 J4",
        broken="@ 调研成果 J4 = 没有",
        nearly="@ 调研成果 J4 = 没有转化，仍在调研",
    ),
    Pair(
        rule="habit-blanks",
        at="走访记录 E4",
        broken="@ 走访记录 E4 = '座谈□交流□",
        nearly="@ 走访记录 E4 = 座谈交流",
    ),
    Pair(
        rule="habit-private",
        at="妇女需求台帐 C4",
        broken="@ 妇女需求台帐 C4 = '张秀英□",
        nearly="@ 妇女需求台帐 C4 = 张 秀英",
    ),
)

MARKED = (
    Pair(
        rule="run-marked",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 〔删除线：12〕15",
        nearly='@ 走访记录 F4 = 20⟦#,##0"人"⟧',
    ),
    Pair(
        rule="run-marked",
        at="走访记录 A4",
        broken="@ 走访记录 A4 = 2012-3-〔上标：1〕5",
        nearly="@ 走访记录 A4 = 2012-3-5",
    ),
    Pair(
        rule="run-marked",
        at="妇女需求台帐 F4",
        broken="@ 妇女需求台帐 F4 = 138000000〔下标：01〕",
        nearly="@ 妇女需求台帐 C4 = 张秀英〔上标：1〕",
    ),
    Pair(
        rule="run-marked",
        at="封面 B12",
        broken="@ 封面 B12 = 〔删除线：0531-〕86012345",
        nearly="@ 封面 B9 = 王〔删除线：小〕芳",
    ),
    Pair(
        rule="run-marked-text",
        at="走访记录 J4",
        broken="@ 走访记录 J4 = 〔删除线：电话〕入户走访留守妇女。",
        nearly="@ 走访记录 J4 = 电话入户走访留守妇女。",
    ),
    Pair(
        rule="run-marked-text",
        at="走访记录 B4",
        broken="@ 走访记录 B4 = 〔删除线：G001、〕G002",
        nearly="@ 走访记录 B4 = G001、G002",
    ),
    Pair(
        rule="run-marked-text",
        at="文字材料 B4",
        broken="@ 文字材料 B4 = 〔删除线：深入走访〕",
        nearly="@ 文字材料 B4 = 深入走访",
    ),
    Pair(
        rule="row-struck",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 〔删除线：20〕",
        nearly="@ 走访记录 J4 = 〔删除线：座谈就业〕",
    ),
    Pair(
        rule="row-struck",
        at="宣传报道 A4",
        broken=(
            "@ 宣传报道 A4 = 〔删除线：2012-03-09〕\n@ 宣传报道 B4 = 〔删除线：大众日报〕\n"
            "@ 宣传报道 C4 = 〔删除线：省级〕\n@ 宣传报道 D4 = 〔删除线：新闻报道〕\n"
            "@ 宣传报道 E4 = 〔删除线：历下妇联下基层〕"
        ),
        nearly="@ 宣传报道 C4 = 〔删除线：省级〕\n@ 宣传报道 E4 = 〔删除线：历下妇联下基层〕",
    ),
    Pair(
        rule="shown-otherwise",
        at="惠民项目 C4",
        broken='@ 惠民项目 C4 = 8⟦0.00"万元"⟧',
        nearly='@ 惠民项目 C4 = 80000⟦0!.0,"万元"⟧',
    ),
    Pair(
        rule="shown-otherwise",
        at="走访记录 F4",
        broken="@ 走访记录 F4 = 1⟦0%⟧",
        nearly='@ 走访记录 F4 = 1⟦[>=10000]0!.0,"万";0⟧',
    ),
    Pair(
        rule="day-hidden",
        at="走访记录 A4",
        broken='@ 走访记录 A4 = 2012-03-05⟦yyyy"年"m"月"⟧',
        nearly='@ 走访记录 A4 = 2012-03-05⟦m"月"d"日"⟧',
    ),
)

FILLED = (
    Pair(
        rule="required",
        at="走访记录 E4",
        broken="@ 走访记录 E4 = ",
        nearly="@ 走访记录 J4 = ",
    ),
    Pair(
        rule="required",
        at="封面 B9",
        broken="@ 封面 B9 = '□",
        nearly="@ 封面 B10 = ",
    ),
    Pair(
        rule="required",
        at="走访记录 B4",
        broken="@ 走访记录 B4 = 、",
        nearly="@ 走访记录 B4 = G001、",
    ),
    Pair(
        rule="required-when",
        at="走访记录 G5",
        broken="@ 走访记录 G5 = ",
        nearly="@ 走访记录 G5 = \n@ 走访记录 E5 = 座谈交流",
    ),
    Pair(
        rule="required-when",
        at="封面 B8",
        broken="@ 封面 B7 = 更正",
        nearly="@ 封面 B7 = 退回修改",
    ),
    Pair(
        rule="required-when",
        at="难题化解 C4",
        broken="@ 难题化解 C4 = ",
        nearly="@ 难题化解 C4 = \n@ 难题化解 D4 = 制定方案",
    ),
    Pair(
        rule="blank-unless",
        at="走访记录 G4",
        broken="@ 走访记录 G4 = 3",
        nearly="@ 走访记录 G4 = 3\n@ 走访记录 E4 = 问卷征询",
    ),
    Pair(
        rule="blank-unless",
        at="妇女需求台帐 P7",
        broken="@ 妇女需求台帐 P7 = 2012-04-20",
        nearly=(
            "@ 妇女需求台帐 P7 = 2012-04-20\n@ 妇女需求台帐 N7 = 已办结\n@ 妇女需求台帐 Q7 = 已入学"
        ),
    ),
)

CELLS = (*NUMBERS, *DATES, *WORDS, *NUMBERS_OF_PEOPLE, *FORMULAS, *MARKED, *FILLED)
