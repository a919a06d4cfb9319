"""Single cells are read as any person would read them, or returned with what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from sheetflow.findings import Severity
from sheetflow.prefill import prefill_returned
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.parsing import Value
from tests.county_book import CAMPAIGN, TREE, drawn, judged, judged_raw, named


@dataclass(frozen=True)
class Told:
    """What is told of one cell: by severity and rule, and in words."""

    judgement: Judgement
    title: str
    cell: str

    @property
    def here(self) -> list[tuple[Severity, str]]:
        """The findings at the cell."""
        return [
            (entry.severity, entry.rule)
            for entry in self.judgement.findings
            if (entry.place.title, named(entry.place)) == (self.title, self.cell)
        ]

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """The findings at other cells."""
        return [
            (entry.rule, named(entry.place))
            for entry in self.judgement.findings
            if (entry.place.title, named(entry.place)) != (self.title, self.cell)
        ]

    @property
    def words(self) -> str:
        """Every sentence at the cell."""
        return "".join(
            CAMPAIGN.catalogue.sentence(entry)
            for entry in self.judgement.findings
            if (entry.place.title, named(entry.place)) == (self.title, self.cell)
        )

    @property
    def value(self) -> Value:
        """What was read of the cell."""
        book = self.judgement.book
        assert book is not None
        (found,) = (sheet for sheet in book.sheets.values() if sheet.title == self.title)
        for row in found.rows:
            for column in found.sheet.columns:
                if self.cell in {column.label, f"{column.label} {row.number}"}:
                    return row[column.key]
        raise AssertionError(self.cell)


def typed(where: str, text: str) -> Told:
    """Type something into one cell of the sound workbook, as text."""
    title, _, cell = where.partition(" ")
    text = text.replace("\n", "↵").replace("\u3000", "□")
    return Told(judged(f"@ {where} = '{text}" if text else f"@ {where} = "), title, cell)


MUST = Severity.MUST
NOTES = (
    # Kind 7: what looks alike, and what nobody sees.
    ("走访记录 走访方式 6", "⼀对⼀访谈", "一对一访谈"),
    ("走访记录 走访方式 6", "一对一访谈\u200d", "一对一访谈"),
    ("走访记录 走访方式 6", "一对\u00ad一访谈", "一对一访谈"),
    ("走访记录 走访方式 6", "\u202e一对一访谈", "一对一访谈"),
    ("走访记录 领导干部带队 4", "是\ufe0f", "是"),
    ("走访记录 领导干部带队 4", "\u2009是", "是"),
    ("走访记录 领导干部带队 4", "\ufeff是", "是"),
    ("妇女需求台帐 需求类别 5", "⽣活救助", "生活救助"),
    ("走访记录 走访妇女人次 4", "20\u200c", 20),
    ("走访记录 走访妇女人次 4", "\u200b20", 20),
    ("走访记录 走访妇女人次 4", "２０", 20),
    ("走访记录 涉及群体 5", "失地失业妇⼥、其\u2060他", ("失地失业妇女", "其他")),
    ("走访记录 参加干部 4", "G001､Ｇ００２", ("G001", "G002")),
    ("走访记录 联系点 4", "Ｌ\u200b００１", "L001"),
    ("干部名册 干部编号 5", "G\u2003002", "G002"),
    ("联系点 建立日期 4", "2012–2–10", "2012-02-10"),
    ("联系点 建立日期 4", "2012-2-10\u2003", "2012-02-10"),
    ("联系点 建立日期 4", "2012-02-10 00:00:00", "2012-02-10"),
    ("联系点 建立日期 4", "2012——2——10", "2012-02-10"),
    ("封面 联系电话", "0531−86012345", "0531-86012345"),
    ("封面 报送性质", "⾸次报送", "首次报送"),
    ("封面 填报日期", "2012‐05‐02", "2012-05-02"),
    ("妇女需求台帐 联系电话 4", "138\u20090000\u20090001", "13800000001"),
    ("妇女需求台帐 身份证号 4", "370102\u200d196701011220", "370102196701011220"),
    # Kind 9: an apostrophe that was meant to make a text of it.
    ("妇女需求台帐 身份证号 4", "'370102196701011220", "370102196701011220"),
    # Kind 11: spaces in a name that serves as a key.
    ("基层组织 乡镇（街道） 5", "姚家 街道", "姚家街道"),
    ("基层组织 乡镇（街道） 5", "姚家\n街道", "姚家街道"),
    ("基层组织 乡镇（街道） 5", "姚\u00a0家\u2006街道\u200b", "姚家街道"),
    # Kind 14: measure words.
    ("走访记录 走访妇女人次 4", "20人", 20),
    ("走访记录 走访妇女人次 4", "20次", 20),
    ("走访记录 走访妇女人次 4", "20 个", 20),
    ("惠民项目 受益妇女人数 4", "600件", 600),
    ("惠民项目 受益妇女人数 4", "600户", 600),
    ("妇女需求台帐 年龄 5", "38周岁", 38),
    ("惠民项目 资金（元） 4", "30,000.00元", 30000),
    ("基层组织 1月至本期末已落实专项工作经费（元） 4", "15000.5元", Decimal("15000.5")),
)


@pytest.mark.parametrize(("where", "text", "value"), NOTES)
def test_read_with_one_note(where: str, text: str, value: Value) -> None:
    """What only looks otherwise is read, with one note at the cell and nothing else anywhere."""
    told = typed(where, text)
    assert [severity for severity, _ in told.here] == [Severity.NOTE]
    assert told.elsewhere == []
    assert str(told.value) == str(value)


@pytest.mark.parametrize(
    "where",
    ["走访记录 主要情况 4", "妇女需求台帐 需求内容 4", "联系点 名称 4", "文字材料 主要做法"],
)
@pytest.mark.parametrize("text", ["⼀次\u200d走访①", "Ａ区－②号\ufe0f", "面积½", "姚家 街道—东"])
def test_free_text_stays_as_typed(where: str, text: str) -> None:
    """In free text nothing is made plain, and nothing is said."""
    told = typed(where, text)
    assert told.value == text
    assert told.judgement.findings == ()


def test_free_text_keeps_no_marks_that_turn_it_round() -> None:
    """Directions and debris of copying are left out of a text without a word."""
    told = typed("走访记录 主要情况 4", "走\u202e访\u200b记\ufeff")
    assert told.value == "走访记"
    assert told.judgement.findings == ()


REFUSED = (
    # Kind 3: digits that are none.
    *(
        ("走访记录 走访妇女人次 4", text)
        for text in ("12①", "12²", "①", "½", "12₁", "1⒉", "㈠", "20\u20e3")
    ),
    *(("个案帮扶 投入资金（元） 4", text) for text in ("500①", "500½", "5⁰⁰")),
    *(("走访记录 日期 4", text) for text in ("2012-3-1⑥", "2012-③-5", "2012年3月5日①")),
    *(("干部名册 干部编号 6", text) for text in ("G00②", "G00³", "G⒈⒈⒈")),
    *(("妇女需求台帐 联系电话 4", text) for text in ("1380000000①", "12338②")),
    *(("妇女需求台帐 身份证号 4", text) for text in ("37010219670101122⓪",)),
    # Kind 14: what changes the figure is no measure word.
    *(
        ("走访记录 走访妇女人次 4", text)
        for text in ("20多人", "约20人", "20余户", "2万人", "3百", "十二人")
    ),
    *(
        ("走访记录 走访妇女人次 4", text)
        for text in ("20号", "20%", "20公里", "20人30人", "12个半", "2打")
    ),
    # Kind 15: too short to be called, and no service that the campaign knows.
    *(("妇女需求台帐 联系电话 5", text) for text in ("12345", "110", "95588", "123456", "010-110")),
    *(("封面 联系电话", text) for text in ("12345", "8601", "12337")),
)


@pytest.mark.parametrize(("where", "text"), REFUSED)
def test_returned_at_the_cell(where: str, text: str) -> None:
    """What no figure, date, key or phone can be is returned, once and at its cell."""
    told = typed(where, text)
    assert [severity for severity, _ in told.here] == [MUST]
    assert told.value is None


def test_what_refers_to_a_misspelt_key_is_told_there() -> None:
    """A key with a digit that is none is no key: its row is told which one is wanted."""
    told = typed("干部名册 干部编号 5", "G00②")
    assert (MUST, "key-shape") in told.here
    assert {rule for rule, _ in told.elsewhere} <= {"key-wanted"}


@pytest.mark.parametrize("text", ["12338", "0531-12338", "0531-12345", "8601234", "4008208820"])
@pytest.mark.parametrize("where", ["妇女需求台帐 联系电话 5", "封面 联系电话"])
def test_services_that_can_be_called(where: str, text: str) -> None:
    """A service number of the campaign, or one behind an area code, is a phone."""
    assert typed(where, text).judgement.findings == ()


# Kind 8 ------------------------------------------------------------------------------------

NOTHING = ("无", "没有", "/", "—", "－", "-", "——", "／", "－－", " 无 ", "（无）", "无。")
MAY_BE_BLANK = (
    "走访记录 收回问卷（份） 4",  # a number, where another column says otherwise
    "走访记录 联系点 6",  # a reference
    "妇女需求台帐 办结日期 6",  # a date, not yet
    "妇女需求台帐 联系电话 5",  # a phone
    "妇女需求台帐 身份证号 5",  # an identity number
    "妇女需求台帐 住址 5",  # words of a person
    "难题化解 预计解决日期 4",  # a date
    "结对帮扶 帮扶干部 5",  # references, where another column says otherwise
    "结对帮扶 帮扶组织 4",  # words, where another column says otherwise
    "结对帮扶 联系点 4",
    "结对帮扶 帮扶对象姓名 5",
    "调研成果 转化的帮扶措施 4",  # words that an indicator counts
    "联系点 备注 4",
    "封面 审核人",
    "封面 零报告说明",
)


@pytest.mark.parametrize("where", MAY_BE_BLANK)
@pytest.mark.parametrize("text", NOTHING)
def test_nothing_in_words_is_a_blank_cell(where: str, text: str) -> None:
    """Where a cell may be blank, a word for nothing is read as blank, with one note."""
    told = typed(where, text)
    assert [rule for _, rule in told.here] == ["habit-nothing"]
    assert told.elsewhere == []
    assert told.value is None


@pytest.mark.parametrize(
    "where",
    [
        "走访记录 收回问卷（份） 4",
        "走访记录 联系点 6",
        "妇女需求台帐 办结日期 6",
        "妇女需求台帐 联系电话 5",
        "妇女需求台帐 身份证号 5",
        "结对帮扶 帮扶组织 4",  # words, where no words may stand
        "结对帮扶 帮扶对象姓名 5",
    ],
)
@pytest.mark.parametrize("text", ["0", "０", "@0"])
def test_zero_is_nothing_where_it_is_no_figure(where: str, text: str) -> None:
    """0 is a blank cell where the column takes no 0."""
    title, _, cell = where.partition(" ")
    drawn = f"@ {where} = {text[1:]}" if text[0] == "@" else f"@ {where} = '{text}"
    told = Told(judged(drawn), title, cell)
    assert [rule for _, rule in told.here] == ["habit-nothing"]
    assert told.value is None


def test_what_an_indicator_counts_is_not_the_word_for_nothing() -> None:
    """无 under 转化的帮扶措施 is no paper that came to something."""
    sound, told = judged(), typed("调研成果 转化的帮扶措施 4", "无")
    assert told.judgement.figures == sound.figures


def test_the_column_comes_first() -> None:
    """Where a column knows the value, it is the value: 0 件 is a figure, and so is a text."""
    assert typed("走访记录 征求意见建议（条） 4", "0").value == 0
    assert typed("妇女需求台帐 办理措施 6", "无").value == "无"  # 办理中: measures are asked for
    assert typed("妇女需求台帐 办理措施 6", "无").judgement.findings == ()
    assert typed("联系点 备注 4", "无人机航拍点").value == "无人机航拍点"
    assert typed("联系点 备注 4", "0").value == "0"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("调研成果 字数 4", "无"),
        ("走访记录 走访妇女人次 4", "没有"),
        ("走访记录 走访妇女人次 4", "0"),
        ("走访记录 收回问卷（份） 5", "无"),
        ("妇女需求台帐 办结日期 5", "无"),
        ("妇女需求台帐 办结日期 5", "—"),
    ],
)
def test_nothing_is_no_answer_where_one_is_asked_for(where: str, text: str) -> None:
    """A cell that must be filled is returned, and the advice is none that is refused next."""
    told = typed(where, text)
    assert [severity for severity, _ in told.here] == [MUST]
    assert "填0" not in told.words
    assert "空着" not in told.words
    assert "留空" not in told.words


def test_a_column_under_a_condition_says_when_to_fill_it() -> None:
    """Where a condition asks for a figure or a date, the advice names the condition."""
    assert "“走访方式”为问卷征询时" in typed("走访记录 收回问卷（份） 5", "无").words
    assert "“办理状态”为已办结时" in typed("妇女需求台帐 办结日期 5", "上旬").words


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("走访记录 收回问卷（份） 4", "二十"),
        ("妇女需求台帐 办结日期 6", "上旬"),
        ("走访记录 收回问卷（份） 4", "-1"),
    ],
)
def test_what_must_be_blank_is_not_asked_to_be_mended(where: str, text: str) -> None:
    """Where nothing may stand, the advice is to clear the cell, whatever stands there."""
    told = typed(where, text)
    assert told.here == [(MUST, "blank-unless")]
    assert "清空" in told.words


def test_a_zero_in_a_cell_that_shows_dates() -> None:
    """0 typed into a cell of dates comes as midnight, and is as blank as any other 0."""
    raw = drawn()
    (needs,) = (sheet for sheet in raw.sheets if sheet.title == "妇女需求台帐")
    rows = [list(row) for row in needs.rows]
    for line in (4, 5, 6):  # 未办理, 已办结, 办理中
        closed_on = rows[2].index("办结日期")
        rows[line - 1] = [*rows[line - 1], *[None] * len(rows[2])][: len(rows[2])]
        rows[line - 1][closed_on] = dt.time()
    sheets = (replace(needs, rows=rows), *(sheet for sheet in raw.sheets if sheet is not needs))
    judgement = judged_raw(replace(raw, sheets=sheets))
    told = [Told(judgement, "妇女需求台帐", f"办结日期 {line}").here for line in (4, 5, 6)]
    nothing = [(Severity.NOTE, "habit-nothing")]
    assert told == [nothing, [(MUST, "date-unclear")], nothing]


# Kind 9 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("370102********1220", "星号"),
        ("370102XXXXXXXX1220", "星号"),
        ("370102＊＊＊＊＊＊＊＊1220", "星号"),
        ("37010219670101****", "星号"),
        ("3.70102E+17", "科学计数法"),
        ("3.70102e17", "科学计数法"),
        ("37010219670101122O", "数字以外"),
        ("身份证号370102196701011220", "数字以外"),
        ("'37010219670101122", "17位"),
    ],
)
def test_what_is_wrong_with_an_identity_number(text: str, said: str) -> None:
    """The sentence says what is wrong, never that 18 should be 18, and repeats no digit."""
    told = typed("妇女需求台帐 身份证号 4", text)
    assert [severity for severity, _ in told.here] == [MUST]
    assert said in told.words
    assert "现在是18位" not in told.words
    assert "370102" not in told.words
    assert "1220" not in told.words


# Kind 11 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["姚家 街道", "姚家\n街道", "姚家\u00a0街道", "姚\u2005家街道"])
def test_spaces_make_no_other_township(text: str) -> None:
    """A township that stands there already stands there twice, however it is spaced."""
    row = "| " + " | ".join([text.replace("\n", "↵"), *["0"] * 13]) + " |"
    told = Told(judged(f"@ 基层组织 + {row}"), "基层组织", "乡镇（街道） 6")
    assert told.here == [(MUST, "key-twice")]
    assert "编号" not in told.words
    assert "并成一行" in told.words


def test_a_case_that_stands_twice_is_not_given_a_new_number() -> None:
    """Where the first column points to another sheet, a new number would be refused next."""
    told = Told(judged("@ 个案帮扶 + | X0002 | G001 | 500 |"), "个案帮扶", "台帐编号 6")
    assert told.here == [(MUST, "key-twice")]
    assert "另编" not in told.words
    assert "并成一行" in told.words


@pytest.mark.parametrize("text", ["姚家 街道", "姚家\n街道", "姚家\u00a0街道", "姚家街\u200b道"])
def test_other_sheets_find_a_township_however_it_is_spaced(text: str) -> None:
    """A contact point finds its township, and is not asked about it."""
    told = typed("联系点 所在乡镇（街道） 5", text)
    assert {severity for severity, _ in told.here} <= {Severity.NOTE}
    assert told.elsewhere == []


def test_a_township_accepted_with_a_space_is_still_the_same() -> None:
    """What an older version kept with a space in it is read as today when it comes back."""
    column = judged().book.sheets["grassroots"].sheet.by_key["township"]  # type: ignore[union-attr]
    assert column.type.from_json("姚家 街道") == "姚家街道"


@pytest.mark.parametrize(("one", "other"), [("A B区", "AB区"), ("姚家街道", "姚家街办")])
def test_other_names_are_other_townships(one: str, other: str) -> None:
    """A space between two Latin words parts them, and another word is another name."""
    rows = [f"@ 基层组织 + | {name} | {' | '.join(['0'] * 13)} |" for name in (one + "甲", other)]
    assert not [entry for entry in judged("\n".join(rows)).findings if entry.rule == "key-twice"]


def test_the_copy_shows_what_was_read() -> None:
    """In the marked copy a cell holds what was read of it, and what was not read as it was typed."""
    typed_in = (
        "@ 走访记录 收回问卷（份） 4 = 无\n@ 走访记录 走访方式 6 = ⼀对⼀访谈\n@ 走访记录 走访妇女人次 5 = 12①\n"
        "@ 基层组织 乡镇（街道） 5 = 姚家 街道\n@ 联系点 建立日期 4 = 2012–2–10\n@ 封面 审核人 = —"
    )
    rows = prefill_returned(CAMPAIGN, TREE["370102"], judged(typed_in)).rows
    assert "questionnaires" not in rows["visits"][0]
    assert rows["visits"][2]["mode"] == "一对一访谈"
    assert rows["visits"][1]["women_met"] == "12①"
    assert rows["grassroots"][1]["township"] == "姚家街道"
    assert rows["contact_points"][0]["set_up_on"] == dt.date(2012, 2, 10)
    assert "reviewer" not in rows["cover"][0]


def test_a_row_of_nothing_but_words_for_nothing_is_no_row() -> None:
    """Where a line only says 无, or 0 where that is no figure, one note is all."""
    lines = ("@ 调研成果 + | B003 | | | | | | | | | 无 | |", "@ 走访记录 + | | | | | | | 0 | | | |")
    for line in lines:
        assert [entry.severity for entry in judged(line).findings] == [Severity.NOTE]
