"""One cause is one finding: a bad key, an empty column, a missing sheet flood nothing."""

from __future__ import annotations

import pytest

from sheetflow.findings import Severity
from sheetflow.schemas.book import Judgement
from tests.county_book import CAMPAIGN, all_named, judged, named, said

Told = tuple[str, str, str]


def told(judgement: Judgement, *, notes: bool = False) -> list[Told]:
    """List the findings that must be mended or explained; with `notes`, the others too."""
    return [
        (entry.rule, entry.place.title, named(entry.place))
        for entry in judgement.findings
        if notes or entry.severity is not Severity.NOTE
    ]


def emptied(title: str, labels: str, first: int, last: int) -> str:
    """Draw cells of some columns empty."""
    return "\n".join(
        f"@ {title} {label} {row} = " for label in labels.split() for row in range(first, last + 1)
    )


CAUSES: dict[str, tuple[str, list[Told]]] = {
    "a misspelt key": (
        "@ 妇女需求台帐 台帐编号 5 = 二号",
        [("key-shape", "妇女需求台帐", "台帐编号 5")],
    ),
    "a key that lost its letter": (
        "@ 干部名册 干部编号 5 = '002",
        [("key-shape", "干部名册", "干部编号 5")],
    ),
    "a blank key": ("@ 联系点 联系点编号 5 = ", [("required", "联系点", "联系点编号 5")]),
    "a doubled key": (
        "@ 妇女需求台帐 台帐编号 5 = X0001",
        [("key-twice", "妇女需求台帐", "台帐编号 5")],
    ),
    "a missing sheet": ("@ 干部名册 gone", [("sheet-missing", "干部名册", "")]),
    "a missing ledger": ("@ 妇女需求台帐 gone", [("sheet-missing", "妇女需求台帐", "")]),
    "a missing cover": ("@ 封面 gone", [("sheet-missing", "封面", "")]),
    "a header torn off": (
        "@ 联系点 blank 3",
        [("header-missing", "联系点", "")],
    ),
    "a key column renamed": (
        "@ 妇女需求台帐 台帐编号 3 = 号",
        [("column-missing", "妇女需求台帐", "")],
    ),
    "a status column renamed": (
        "@ 妇女需求台帐 办理状态 3 = 情况",
        [("column-missing", "妇女需求台帐", "")],
    ),
    "the column that says whose case it is renamed": (
        "@ 个案帮扶 台帐编号 3 = 号",
        [("column-missing", "个案帮扶", "")],
    ),
    "an empty column": (
        emptied("妇女需求台帐", "需求类别", 4, 8),
        [("required", "妇女需求台帐", "需求类别 4")],
    ),
    "a merged key": (
        "@ 妇女需求台帐 merge 责任干部 4:6\n@ 妇女需求台帐 责任干部 5 = \n@ 妇女需求台帐 责任干部 6 = ",
        [("cells-merged", "妇女需求台帐", "责任干部 4")],
    ),
    "a wrong row of a replaced formula": (
        "@ 活动统计 累计/期末 4 = 2\n@ 干部名册 状态 4 = 在职",
        [("choice-unknown", "干部名册", "状态 4")],
    ),
    "a township that cannot be read": (
        f"@ 基层组织 乡镇（街道） 4 = {'街' * 31}",
        [("text-too-long", "基层组织", "乡镇（街道） 4")],
    ),
    "a private number in an answer": (
        (
            "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
            "| 'ABC123 | | 请打13812345678 |"
        ),
        [("personal-in-text", "情况说明", "说明 4")],
    ),
    "a paper without authors": (
        "@ 调研成果 作者 5 = ",
        [("required", "调研成果", "作者 5")],
    ),
}


@pytest.mark.parametrize("before", [None, ""], ids=["first", "later"])
@pytest.mark.parametrize("cause", CAUSES)
def test_one_cause_is_one_finding(cause: str, before: str | None) -> None:
    """A clerk is told the cause, and nothing of what follows from it."""
    changes, expected = CAUSES[cause]
    assert told(judged(changes, before=before)) == expected


def test_a_grouped_finding_names_every_cell() -> None:
    """An empty column is one finding that still names all its cells."""
    (finding,) = judged(emptied("妇女需求台帐", "需求类别", 4, 8)).findings
    assert all_named(finding) == tuple(f"需求类别 {row}" for row in range(4, 9))
    cells = "、".join((finding.place.cell, *finding.others))
    assert f"共5处：{cells}" in CAMPAIGN.catalogue.sentence(finding)


def test_an_empty_workbook_of_ours_says_so_once_a_sheet() -> None:
    """A workbook with headers and no rows is told once that it reports nothing."""
    changes = "\n".join(
        f"@ {title} blank 4 5 6 7 8 9"
        for title in (
            "干部名册",
            "联系点",
            "走访记录",
            "妇女需求台帐",
            "调研成果",
            "对策建议",
            "个案帮扶",
            "难题化解",
            "结对帮扶",
            "基层组织",
            "惠民项目",
            "宣传报道",
            "督查考核",
            "案例机制",
        )
    )
    assert told(judged(changes)) == [("nothing-reported", "封面", "零报告")]


def test_an_optional_sheet_wiped_counts_as_absent() -> None:
    """A sheet that may be left out and is wholly blank is as if it were not there: asked one thing alone."""
    wiped = judged("# 宣传报道\n@ 宣传报道 A1 = ")
    assert told(wiped, notes=True) == [("filing-blank", "宣传报道", "")]


def test_a_key_alone_is_no_row() -> None:
    """Keys printed beforehand on rows that nobody filled in are not asked about."""
    changes = "@ 干部名册 + | G004 |\n@ 妇女需求台帐 + | X0006 |\n@ 妇女需求台帐 + | X0007 | □ |"
    assert told(judged(changes), notes=True) == []


def test_a_reference_to_a_key_alone_is_unknown() -> None:
    """A key that is printed but whose row is blank cannot be pointed to."""
    changes = "@ 干部名册 + | G004 |\n@ 走访记录 参加干部 4 = G004"
    assert told(judged(changes)) == [("reference-unknown", "走访记录", "参加干部 4")]


def test_unknown_references_beside_a_blank_key_are_all_told() -> None:
    """More unknown references than unclear keys are faults of their own, and told at once."""
    changes = "@ 干部名册 干部编号 6 = \n@ 走访记录 参加干部 4 = G008\n@ 走访记录 参加干部 5 = G009"
    assert told(judged(changes)) == [
        ("required", "干部名册", "干部编号 6"),
        ("reference-unknown", "走访记录", "参加干部 4"),
        ("reference-unknown", "走访记录", "参加干部 5"),
    ]


def test_a_nil_return_leaves_the_books_as_they_are() -> None:
    """A nil return that drops rows of the books is told which; the books do not shrink to 0."""
    nil = "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 没有开展\n"
    flows = "".join(f"@ {title} gone\n" for title in ("宣传报道", "案例机制"))
    visits = "@ 走访记录 blank 4 5 6"
    kept = judged(nil + flows + visits, before="")
    assert told(kept) == []
    assert kept.nil
    torn = judged(nil + flows + visits + "\n" + "@ 干部名册 blank 6", before="")
    assert told(torn) == [("row-vanished", "干部名册", "干部编号 3")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ("@ 走访记录 联系点 4 = 13812345678", "reference-unknown"),
        ("@ 联系点 所在乡镇（街道） 4 = 13812345678", "personal-in-text"),
        ("@ 走访记录 走访方式 4 = 张秀英13812345678", "choice-unknown"),
        ("@ 妇女需求台帐 姓名 4 = =A1→张秀英", "cell-formula"),
        ("@ 妇女需求台帐 需求内容 4 = 电话138 1234 5678", "personal-in-text"),
        ("@ 妇女需求台帐 需求内容 4 = 电话138-1234-5678", "personal-in-text"),
        ("@ 妇女需求台帐 台帐编号 5 = '13812345678", "key-shape"),
    ],
)
def test_no_sentence_quotes_a_person(changes: str, rule: str) -> None:
    """What may be somebody's number or name is never repeated in a sentence."""
    findings = [entry for entry in judged(changes).findings if entry.rule == rule]
    assert findings
    for finding in findings:
        sentence = CAMPAIGN.catalogue.sentence(finding)
        assert "1234" not in sentence
        assert "张秀英" not in sentence


SHIFTED = "\n".join(
    f"@ 妇女需求台帐 {label} 4 = {cell}"
    for label, cell in zip(
        [
            "登记日期",
            "姓名",
            "年龄",
            "身份证号",
            "联系电话",
            "住址",
            "联系点",
            "责任干部",
            "群体类别",
            "需求类别",
            "需求内容",
            "问题性质",
            "办理状态",
        ],
        (
            "",
            "2012-03-06",
            "王小丽",
            "'45",
            "'370102196701011220",
            "'13812345678",
            "王小丽家住盛福庄8号",
            "L002",
            "王小丽",
            "王小丽□",
            "就业创业",
            "王小丽想学技术",
            "王小丽办理中",
        ),
        strict=True,
    )
)


@pytest.mark.parametrize(
    "changes",
    [
        SHIFTED,
        "@ 妇女需求台帐 台帐编号 4 = 王小丽",
        "@ 妇女需求台帐 登记日期 4 = 王小丽",
        "@ 妇女需求台帐 办结日期 5 = 王小丽",
        "@ 妇女需求台帐 联系点 4 = 王小丽 家",
        "@ 妇女需求台帐 年龄 4 = =A1→王小丽",
        "@ 个案帮扶 台帐编号 4 = 王小丽",
        "@ 对策建议 对应台帐编号 4 = 王小丽、王小丽 家",
        "@ 结对帮扶 帮扶主体数（单位或人） 4 = 王小丽",
        "@ 结对帮扶 联系点 4 = 王小丽",
        "@ 结对帮扶 累计帮扶资金（元） 4 = 王小丽3",
        "@ 结对帮扶 状态 4 = 王小丽",
    ],
)
def test_a_name_in_the_wrong_column_is_not_repeated(changes: str) -> None:
    """A row that slipped by one column puts nobody's name or address into a sentence."""
    findings = judged(changes).findings
    assert findings
    for finding in findings:
        sentence = CAMPAIGN.catalogue.sentence(finding)
        for canary in ("王小丽", "盛福庄8号", "12345", "19670101"):
            assert canary not in sentence


@pytest.mark.parametrize(
    ("changes", "quoted"),
    [
        ("@ 妇女需求台帐 年龄 4 = 约45岁", "约45岁"),
        ("@ 妇女需求台帐 年龄 4 = ３０多", "30多"),
        ("@ 妇女需求台帐 联系点 4 = L009", "L009"),
        ("@ 妇女需求台帐 登记日期 4 = 2012年3月", "2012年3月"),
        ("@ 妇女需求台帐 需求类别 4 = 失地失业妇女", "失地失业妇女"),
        ("@ 走访记录 参加干部 4 = 周芳", "周芳"),
        ("@ 走访记录 走访妇女人次 4 = 二十", "二十"),
    ],
)
def test_what_is_nobodys_is_repeated(changes: str, quoted: str) -> None:
    """A clerk still reads what she typed where it can be no woman's."""
    (finding,) = judged(changes).findings
    assert f"“{quoted}”" in CAMPAIGN.catalogue.sentence(finding)


@pytest.mark.parametrize(
    ("cached", "rule"),
    [("45", "cell-formula"), ("45岁", "cell-formula"), ("3000多", "number-about")],
)
def test_a_formula_is_told_once_and_its_result_counts(cached: str, rule: str) -> None:
    """Of a formula she is told once: that its result was taken, or why it could not be."""
    findings = told(judged(f"@ 妇女需求台帐 年龄 4 = =A1→{cached}"), notes=True)
    assert findings == [(rule, "妇女需求台帐", "年龄 4")]


def test_a_formula_without_a_result_is_no_blank() -> None:
    """A formula that was never computed is a fault, in a column that may be blank, too."""
    findings = told(judged("@ 走访记录 主要情况 4 = =A1→"), notes=True)
    assert findings == [("cell-formula-empty", "走访记录", "主要情况 4")]


def test_a_formula_that_comes_to_nothing_is_a_blank_cell() -> None:
    """The empty text as a result is a blank: told where the cell must be filled, else not."""
    assert told(judged('@ 走访记录 主要情况 4 = =A1→""'), notes=True) == []
    findings = told(judged('@ 走访记录 走访妇女人次 4 = =A1→""'), notes=True)
    assert findings == [("required", "走访记录", "走访妇女人次 4")]


def test_a_line_of_formulas_that_come_to_nothing_is_no_row() -> None:
    """Formulas copied down below the last row, with nothing to show, make no rows."""
    blank = '| =A1→"" | =A1→"" | | | =A1→"" | =A1→"" | | | | |'
    assert told(judged(f"@ 走访记录 + {blank}"), notes=True) == []


def test_what_cannot_be_told_apart_does_not_count() -> None:
    """A figure with a struck part is one fault, and neither the whole nor the rest is taken."""
    judgement = judged("@ 走访记录 走访妇女人次 4 = 〔删除线：12〕15")
    assert told(judgement, notes=True) == [("run-marked", "走访记录", "走访妇女人次 4")]
    assert judgement.book is not None
    row = judgement.book.rows("visits")[0]
    (column,) = row.faulty
    assert row[column] is None
    assert row.raw[column] == "〔删除线：12〕15"


def test_a_struck_row_is_asked_about_once() -> None:
    """Several struck figures in a row are one question, and the row counts until it is answered."""
    changes = (
        "@ 走访记录 日期 4 = 〔删除线：2012-03-05〕\n@ 走访记录 走访妇女人次 4 = 〔删除线：20〕"
    )
    assert told(judged(changes), notes=True) == [("row-struck", "走访记录", "日期 4")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ("@ 妇女需求台帐 姓名 4 = 张〔删除线：秀〕英", "run-marked-text"),
        ("@ 妇女需求台帐 身份证号 4 = 370102〔删除线：19670101〕1220", "run-marked"),
        ("@ 妇女需求台帐 联系电话 4 = 13800000001⟦0,⟧", "shown-otherwise"),
    ],
)
def test_no_mark_quotes_a_person(changes: str, rule: str) -> None:
    """What stands in a marked cell of a person's is not repeated in the sentence."""
    (finding,) = judged(changes).findings
    assert finding.rule == rule
    sentence = CAMPAIGN.catalogue.sentence(finding)
    for canary in ("13800", "19670101", "张"):
        assert canary not in sentence


@pytest.mark.parametrize("spot", ["日期 340", "走访妇女人次 340", "涉及群体 340"])
def test_a_number_far_below_the_table_is_no_row(spot: str) -> None:
    """A lone number hundreds of lines below is told once at its cell; a date begins a row there too."""
    judgement = judged(f"@ 走访记录 {spot} = 13800138000")
    assert said(judgement) == [("row-skipped", "走访记录", spot)]
    assert judgement.figures == judged().figures
    assert len(said(judged("@ 走访记录 日期 340 = 2012-04-21"))) > 1
    assert len(said(judged("@ 走访记录 走访妇女人次 8 = 12"))) > 1
