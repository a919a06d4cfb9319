"""What an office writes wrongly gets a sentence: where, what is wrong, and the word that was meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.schemas.indicators import Source
from sheetflow.schemas.language.conditions import read_condition
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.parser import DEEPEST, LONGEST, parse
from sheetflow.schemas.language.places import FUNCTIONS, Place
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.sources import read_source, source_text
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.options import Choice
from tests.county_book import FORM
from tests.schemas.language.test_round_trips import words_of

WORDS = words_of(FORM)
FIGURES = WORDS
for _indicator in FORM.indicators:
    FIGURES = FIGURES.with_indicator(_indicator)


def told(read: object) -> list[str]:
    """Give the sentences."""
    assert isinstance(read, Faults), read
    return [fault.message for fault in read]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "这里要写一个式子，现在是空的。"),
        (
            '计数(妇女需求台帐, [办理状态]="未办理"',
            "第24个字符“（到此为止）”看不懂：还缺一个右括号。",
        ),
        ("([甲]+1))", "第8个字符“)”看不懂：多了一个右括号。"),
        ("[甲", "第1个字符“[甲”看不懂：还缺一个右方括号“]”。"),
        ("《甲[乙]", "第1个字符“《甲[乙]”看不懂：还缺一个右书名号“》”。"),
        ('[甲]="乙', '第5个字符“"乙”看不懂：引号要成对：开头和结尾用同一种，“ ”或 " "。'),
        ("[甲] [乙]", "第5个字符“[乙]”看不懂：它前面少了连接的符号，如 且、或、=、+。"),
        (
            "[甲]=",
            "第5个字符“（到此为止）”看不懂：它前面还缺一项，如 [栏目名称]、数、带引号的文字。",
        ),
        (
            "1<[甲]<9",
            "第6个字符“<9”看不懂：一次只能比较两边：请用“且”分成两句，如 [甲]>=1 且 [甲]<=9。",
        ),
        (
            "[甲]={乙}",
            '第6个字符“乙}”看不懂：花括号里只写带引号的文字，用逗号分开，如 {"甲","乙"}。',
        ),
        (
            "[甲]&[乙]",
            "第4个字符“&[乙]”看不懂：没有这个符号。栏目写在[ ]里，文字写在“ ”里，表名里有符号的写在《》里。",
        ),
        ("1234567890123456", "第1个字符“123456789012…”位数太多，最多15位。"),
    ],
)
def test_marks(text: str, sentence: str) -> None:
    """What does not follow the grammar is told with its place in the text as it was typed."""
    assert told(parse(text)) == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_900 + "1" + ")" * 1_900 + "+",
        "非 " * 1_500 + "真",
        "-" * 3_900 + "1",
        "计数(" * 600 + ")" * 600,
        "+".join("1" * 2_000),
        "1*(" * 600 + "1" + ")" * 600,
        "且".join(["(真" * 12 + ")" * 12] * 90),
        "[" * 4_000,
        "“" * 3_999,
        "[甲]" * 1_300,
        "1" * (LONGEST + 1),
    ],
)
def test_hostile_texts(text: str) -> None:
    """However deep or long a text is, one gets a sentence or an expression, never an error of ours."""
    for read in (
        read_rule(text, FIGURES, "cadres"),
        read_source(text, FIGURES),
        read_condition(text, FIGURES, "cadres"),
    ):
        assert isinstance(read, Faults)
        assert all(len(fault.message) < 300 for fault in read)


def test_the_deepest_that_is_allowed() -> None:
    """Forty levels are read, one more is not; of 100 terms none is deep."""

    def nested(levels: int) -> str:
        return "非 (" * (levels - 1) + "真" + ")" * (levels - 1)

    assert not isinstance(parse(nested(DEEPEST)), Faults)
    assert "套得太深" in told(parse(nested(DEEPEST + 1)))[0]
    columns = "+".join(["[妇情日记（本）]"] * 100)
    assert not isinstance(read_source(f"合计(干部名册, {columns})", WORDS), Faults)


CONDITIONS = [
    ('[状态]="在职"', "“状态”没有“在职”这个选项，是不是“在岗”？可填：在岗、已调离。"),
    ('[状太]="在岗"', "《干部名册》没有“状太”这个栏目，是不是“状态”？"),
    ('[状态]={"在岗","调离"}', "“状态”没有“调离”这个选项，是不是“已调离”？可填：在岗、已调离。"),
    ("计数(联系点)>0", "条件里不能用 计数：条件只看本行的栏目。请写成《审核》里的规则。"),
    ('上期[状态]="在岗"', "条件里不能用 上期[…]：条件只看本行的栏目。请写成《审核》里的规则。"),
    ('封面[零报告]="是"', "条件里不能用 封面[…]：条件只看本行的栏目。请写成《审核》里的规则。"),
    ("字数([姓名])>3", "条件里不能用 字数：条件只看本行的栏目。请写成《审核》里的规则。"),
    ("本栏>0", "条件里不能用 本栏：请写出是哪个[栏目]。"),
    ('[姓名]>"王"', "[姓名] 是文字，不能比大小。"),
    ('[妇情日记（本）]="3"', '[妇情日记（本）] 是数，"3" 是文字，两样不能比：数不加引号。'),
    ("[姓名]=3", "[姓名] 是文字，3 是数，两样不能比。"),
    ('[联系点]="L001"', "[联系点] 可填多项，不能用“=”比较：请写成 含([联系点], …)。"),
    ('[妇情日记（本）]={"1"}', "花括号里是文字，[妇情日记（本）] 是数，两样不能比。"),
    ("[姓名]", "这里要写能判断成立不成立的式子，如 [甲]>=[乙]，现在是文字。"),
    ("[姓名]=[职务]", "条件里文字栏只能和带引号的文字比，不能和另一栏比。"),
    (
        "[妇情日记（本）]+[需求台帐（册）]>=3",
        "条件里只能拿一栏和文字、数或另一栏比，不能计算：请在表里加一栏，或写成《审核》里的规则。",
    ),
    ('[姓名]+[职务]="甲"', "[姓名] 是文字，不能计算，文字也不能拼接。"),
    (
        '[姓名] 且 [状态]="在岗"',
        "[姓名] 是文字，不是判断，不能用 且、或、非 连起来：请写成 [姓名]=…。",
    ),
    ('[姓名]>""', '[姓名] 和""只能用“=”（空着）或“<>”（填了）比较。'),
]


@pytest.mark.parametrize(("text", "sentence"), CONDITIONS)
def test_conditions(text: str, sentence: str) -> None:
    """A condition asks columns of its own row, each for what it holds."""
    assert told(read_condition(text, WORDS, "cadres")) == [sentence]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("计数(联系店)", "没有《联系店》这张工作表，是不是《联系点》？"),
        ("计数(封面)", "《封面》不是一行一件的表，没有行可数。"),
        ("计数()", "计数 要写成 计数(表) 或 计数(表, 条件)。"),
        (
            "计树(联系点)",
            "没有“计树”这个函数，是不是“计数”？可用：计数、合计、达到、已报单位、应报单位。",
        ),
        ("合计(走访记录, [走访方式])", "[走访方式] 是文字，不能求和。"),
        (
            "合计(走访记录, [走访妇女人次]*2)",
            "合计 里只写表中的栏目，用“+”连起来，如 合计(表, [甲]+[乙])。",
        ),
        ("合计(个案帮扶, [办理状态])", "[办理状态] 是公式算出的带出栏，不能求和。"),
        ("S02/S91", "没有指标“S91”，它要写在本行上面，是不是“S01”？"),
        ("上期(S02)", "指标里不能用 上期[…]：上期数由程序自己比较。"),
        ("含(S01, 1)", "指标里不能用 含：它只能用在《审核》的规则里。"),
        (
            "计数(走访记录, 计数(联系点)>0)",
            "条件里不能用 计数：条件只看本行的栏目。请写成《审核》里的规则。",
        ),
        ("联系点/S01", "《联系点》是工作表，不是指标：要数它的行，请写 计数(联系点)。"),
    ],
)
def test_sources(text: str, sentence: str) -> None:
    """An indicator counts, adds up or divides."""
    words = WORDS.with_indicator(FORM.indicator["S01"]).with_indicator(FORM.indicator["S02"])
    assert told(read_source(text, words)) == [sentence]


def test_sources_are_not_reckoned_with() -> None:
    """Indicators are divided by each other and nothing else."""
    (sentence,) = told(read_source("S01+S02", FIGURES))
    assert sentence.startswith("指标之间只能相除，如 S29/S19。")
    (sentence,) = told(read_source('[状态]="在岗"', FIGURES))
    assert sentence.startswith("这是条件，不是公式。指标的公式要写成 计数(表, 条件)、")


@pytest.mark.parametrize(
    ("sheet", "text", "sentence"),
    [
        (
            "case_help",
            '[台帐编号].[联系点].[类型]="村"',
            "只能经过一次引用：[台帐编号].[联系点].[类型] 请分成两条规则。",
        ),
        ("cadres", '[联系点].[类型]="村"', "[联系点] 可填多个编号，不能再取其中一行的[类型]。"),
        ("needs", '[姓名].[类型]="村"', "[姓名] 不是引用栏，不能写 [姓名].[类型]。"),
        (
            "case_help",
            '[办理状态]="已办结"',
            "[办理状态] 是公式算出的带出栏，请写成 [台帐编号].[办理状态]。",
        ),
        (
            "needs",
            "不重复([姓名]) 或 真",
            "不重复 只能单独写在“应当满足”里，几个之间只能用“且”连起来。",
        ),
        (
            "needs",
            "有对应行(走访记录)",
            "《走访记录》没有指向《妇女需求台帐》的引用栏，不能用 有对应行。",
        ),
        (
            "needs",
            "有对应行(个案帮扶, [责任人])",
            "有对应行 的第二项要写《个案帮扶》里指向《妇女需求台帐》的引用栏：[台帐编号]。",
        ),
        ("visits", "新增()", "《走访记录》没有编号，看不出哪一行是新增的，不能用 新增()。"),
        (
            "visits",
            '上期[走访方式]="实地考察"',
            "《走访记录》没有编号，找不到上期的同一行，不能用 上期[…]。",
        ),
        (
            "needs",
            "上期(S19)>0",
            "上期(指标) 不能用在对每一行查的规则里：本行的上期请写 上期[栏目]。",
        ),
        (
            "needs",
            "[登记日期]+[办结日期]>期末()",
            "日期只能减日期（得天数），或加减天数，天数写在右边。",
        ),
        (
            "needs",
            '[登记日期]>"2012-01-01"',
            '[登记日期] 是日期，"2012-01-01" 是文字，两样不能比：日期不写在引号里，请和另一个日期栏或 期初()、期末() 比。',
        ),
        ("needs", "期末([年龄])>[登记日期]", "期末 里只写几期以前，是整数，如 期末(2)。"),
        (
            "needs",
            "达到(S54, 1)=1",
            "规则里不能用 达到：它只能用在《指标》的公式里，规则里请写那个指标的代码。",
        ),
        ("needs", "本栏>0", "本栏 是“指向栏目”里的栏目：请先填写“指向栏目”。"),
        ("needs", '含([姓名], "王")', "[姓名] 只填一项，不能用 含：请写成 [姓名]=…。"),
        (
            "needs",
            "计数(走访记录, 新增())>0",
            "计数 的条件里不能用 新增：那里只写表中的栏目、本行[…]、带引号的文字和数。",
        ),
        (
            "needs",
            "走访记录[日期]>期末()",
            "《走访记录》有很多行，不是卡片，不能写 走访记录[日期]：请用 计数(走访记录, 条件)。",
        ),
        ("", '[零报告]="是"', "[零报告] 前面要写明是哪张卡片，是不是“封面[零报告]”？"),
        ("", "S91>0", "没有指标“S91”，是不是“S19”？"),
        ("", "封面[零报告]=否", "没有指标“否”。“否”是文字的，要写在引号里，如 [栏目]=“否”。"),
        (
            "visits",
            "走访妇女人次>0",
            "“走访妇女人次”要写成 [走访妇女人次]：栏目写在[ ]里，文字写在引号里。",
        ),
        (
            "visits",
            "[领导干部带队]=是",
            '“是”要写成 "是"：栏目写在[ ]里，文字写在引号里。',
        ),
        (
            "pairings",
            '含([服务内容], "资")',
            "“服务内容”没有“资”这个选项，是不是“资金”？可填：政策、信息、资金、项目、物资、其他。",
        ),
    ],
)
def test_rules(sheet: str, text: str, sentence: str) -> None:
    """A rule says which rows it looks at, and what it may ask of others."""
    assert told(read_rule(text, FIGURES, sheet)) == [sentence]


def test_all_faults_at_once() -> None:
    """Whatever is wrong with one text is told together, each at its place."""
    read = read_condition('[状太]="在岗" 且 [状态]="在职" 且 [姓各]=""', WORDS, "cadres")
    assert isinstance(read, Faults)
    assert [(fault.at, fault.likely) for fault in read] == [(1, "状态"), (18, "在岗"), (25, "姓名")]
    read = read_condition("[姓名]>[职务] 且 [姓名]=3", WORDS, "cadres")
    assert isinstance(read, Faults)
    assert [fault.at for fault in read] == [1, 13]


PIECES = st.sampled_from(
    [
        *(
            "计数",
            "合计",
            "含",
            "上期",
            "本行",
            "本栏",
            "期末",
            "新增",
            "不重复",
            "有对应行",
            "封面",
            "达到",
        ),
        *(
            "干部名册",
            "《联系点》",
            "[状态]",
            "[姓名]",
            "[联系点]",
            "[妇情日记（本）]",
            "[零报告]",
            "S01",
            "S32",
        ),
        *(
            "(",
            ")",
            "（",
            "，",
            "、",
            "{",
            "}",
            ".",
            "+",
            "-",
            "*",
            "/",
            "=",
            "<>",
            ">=",
            "<",
            "≥",
            "％",
        ),
        *(
            "且",
            "或",
            "非",
            "AND",
            "not",
            " ",
            "“在岗”",
            '"',
            "“",
            "[",
            "]",
            "《",
            "1",
            "0.5",
            "真",
            "甲",
            "\n",
        ),
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=20))
def test_any_text_at_all(text: str) -> None:
    """Whatever somebody types, one gets an expression that can be printed, or sentences in Chinese."""
    for read in (
        read_condition(text, FIGURES, "cadres", through=True),
        read_source(text, FIGURES),
        read_rule(text, FIGURES, "cadres", points=("status",)),
        read_rule(text, FIGURES, place=Place.WHEN),
    ):
        if isinstance(read, Faults):
            assert read
            assert all(fault.message.endswith(("。", "？")) for fault in read), read
            assert all(1 <= fault.at <= len(text) + 1 for fault in read), (text, read)


def test_earlier_names_are_understood() -> None:
    """Columns, sheets and options may be called as they were; what is printed is called as today."""
    state = Choice(("在岗", "已调离"), older=(("在职", "在岗"),))
    columns = tuple(
        replace(each, type=state, older=("状况",)) if each.key == "status" else each
        for each in FORM.by_key["cadres"].declared
    )
    words = Vocabulary.of(
        [replace(FORM.by_key["cadres"], declared=columns, older_titles=("名单",))]
    )
    read = read_source('计数(名单, [状况]="在职")', words)
    assert read == FORM.indicator["S01"].source
    assert isinstance(read, Source)
    assert source_text(read, words) == '计数(干部名册, [状态]="在岗")'


def test_what_excel_cannot_hold() -> None:
    """A formula that Excel would not open is refused where it is written."""
    columns = "+".join(["[行政村数]"] * 90)
    asked = " 且 ".join(["[行政村数]>=1"] * 8)
    assert "Excel 放不下" in told(read_source(f"合计(基层组织, {columns}, {asked})", WORDS))[0]
    asked = "且".join(['[姓名]<>"1"'] * 300)
    assert "Excel 放不下" in told(read_condition(asked, WORDS, "cadres"))[0]


def test_only_what_stands_in_the_row() -> None:
    """What a reference points to is asked by 不计入 and indicators; elsewhere one is told what to do."""
    text = '[台帐编号].[办理状态]="已撤销"'
    assert not isinstance(read_condition(text, WORDS, "case_help", through=True), Faults)
    assert told(read_condition(text, WORDS, "case_help")) == [
        "这里只看本行自己的栏目，不能写 [台帐编号].[办理状态]：请在本表加一栏，或写成《审核》里的规则。"
    ]


def test_own_cell_is_each_of_the_cells_pointed_to() -> None:
    """本栏 must make sense for each column that a rule points to."""
    points = ("diaries", "ledgers", "women_linked")
    assert not isinstance(read_rule("本栏>0", WORDS, "cadres", points=points), Faults)
    assert told(read_rule("本栏>0", WORDS, "cadres", points=("diaries", "name"))) == [
        "本栏 是文字，0 是数，两样不能比。"
    ]


def test_special_forms_stand_on_top_of_what_must_hold() -> None:
    """不重复 and 有对应行 are no part of 什么时候查."""
    text = "有对应行(个案帮扶) 且 有对应行(难题化解)"
    assert not isinstance(read_rule(text, WORDS, "needs"), Faults)
    assert len(told(read_rule(text, WORDS, "needs", place=Place.WHEN))) == 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_its_place(name: str) -> None:
    """Each function stands somewhere; where it does not, one is told so by its name."""
    assert FUNCTIONS[name].places
    text = {"上期": "上期(S01)=1"}.get(name, f"{name}()=1")
    for read in (read_condition(text, FIGURES, "cadres"), read_rule(text, FIGURES, "cadres")):
        assert isinstance(read, Faults) or name in {"新增", "期初", "期末"}, read
        if isinstance(read, Faults):
            assert any(name in fault.message for fault in read) or "判断" in read[0].message


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("＝计数（联系点，［状态］＝“在用”）", "S03"),
        ('COUNT(联系点, [状态]="在用")', "S03"),
        ('计数(《联系点》,[状态]={"在用"})', "S03"),
        ('计数(联系点,[ 状态 ]="在用" AND [类型]="村")', "S04"),
        ("[已办结]÷[台帐登记需求]", "S32"),
        ("SUM(基层组织, [公益性岗位人数] ＋ [女大学生村官人数]+[妇女骨干人数])", "S49"),
        (
            "计数(基层组织, [妇女人数(户籍,上年末)]≥1 且 [1月至本期末已落实专项工作经费(元)]>=[妇女人数（户籍，上年末）])",
            "S55",
        ),
        ("计数(需求台账)", "S19"),
    ],
)
def test_however_it_is_typed(text: str, same: str) -> None:
    """Full-width marks, Excel's words, widths of brackets, 台账 and earlier titles make no difference."""
    read = read_source(text, FIGURES)
    assert isinstance(read, Source), read
    assert read == FORM.indicator[same].source
