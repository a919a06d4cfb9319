"""How much a campaign workbook may hold, and the report templates that it names."""

from __future__ import annotations

from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.definition.compiling.report import FoundTemplate, template_names
from sheetflow.definition.faults import DefinitionFault, Spot
from tests.definition.rich_campaign import RICH
from tests.definition.tables_drawn import Drawn


def told(book: Drawn) -> list[str]:
    """All that is wrong with a book."""
    return [fault.sentence for fault in book.compiled().faults]


def test_a_workbook_that_is_too_large_is_told_where_it_goes_too_far() -> None:
    """Nobody waits for a workbook of thousands of rows: it is told what is the most, at the first too many."""
    book = RICH.copy()
    book.rows["报表"] += [{"title": f"报表{n}", "cadence": "月"} for n in range(11)]
    for number in range(11):
        cover = {"forms": f"报表{number}", "title": f"封面{number}", "kind": "封面"}
        book.rows["工作表"].append(dict(cover))
    count = len(book.rows["报表"])
    assert told(book) == [f"《报表》A15“报表”：有{count}种报表，最多12种。请分成几个活动。"]
    book = RICH.copy()
    book.rows["审核"] = [
        {**book.rows["审核"][2], "title": f"第{n}条", "must": f"计数(走访)>{n}"} for n in range(501)
    ]
    assert told(book) == ["《审核》D503“应当满足”：有501条规则，最多500条。"]
    book = RICH.copy()
    extra: list[dict[str, object]] = [
        {"sheet": "走访", "label": f"栏{n}", "type": "整数"}
        for n in range(2001 - len(book.rows["栏目"]))
    ]
    book.rows["栏目"] += extra
    assert told(book) == ["《栏目》B2003“栏目名称”：有2001个栏目，最多2000个。请分成几个活动。"]
    book = RICH.copy()
    book.rows["选项"] += [{}] * 6000 + [{"remark": "这一行很远"}]
    end = len(book.rows["选项"]) + 2
    assert told(book) == [
        f"《选项》A5001“选项单”：表太长：写到了第{end}行，最多到第5000行。下面没用的行请删掉。"
    ]


def test_what_lies_below_a_table_is_one_sentence_or_none() -> None:
    """A sum under a table is one slip, and merged blank cells below it are none."""
    book = RICH.copy()
    rows = book.rows["选项"]
    rows += [{}, {"option": "2"}]
    at = book.address("选项", len(rows) - 1, "option")
    book.formulas["选项"] = {at: "COUNTA(B3:B16)"}
    blank, summed = at[0] - 1, at[0]
    book.merges["选项"] = ((blank, 1, blank, 3),)
    (fault,) = book.compiled().faults
    assert fault.cell == f"B{summed}"
    assert fault.message.startswith("这一格成了 Excel 的公式。")


def test_a_template_is_named_found_and_kept_by_what_it_holds() -> None:
    """A report template beside the workbook is kept by its sha256; one that is not there is told with the likely one."""
    raw = RICH.raw()
    assert template_names(raw) == ("月报.docx",)
    found = {"月报.docx": FoundTemplate(sha256="ab" * 32)}
    made = compile_campaign(raw, found)
    assert made.campaign
    assert made.campaign.main_form.template == "ab" * 32
    assert made.template_spots == {"monthly": Spot(sheet="报表", cell="I3", header="报告模板")}
    (fault,) = compile_campaign(raw, {"月报1.docx": FoundTemplate(sha256="ab" * 32)}).faults
    assert fault.sentence == (
        "《报表》I3“报告模板”：活动工作簿旁边没有“月报.docx”，是不是“月报1.docx”？"
        "请把它放在一起，或清空这一格用通用模板。"
    )
    broken = {
        "月报.docx": FoundTemplate(sha256="ab" * 32, faults=("不是 Word 文件，请另存为 .docx。",))
    }
    assert [each.message for each in compile_campaign(raw, broken).faults] == [
        "不是 Word 文件，请另存为 .docx。"
    ]


def test_what_is_found_later_takes_the_campaign_back() -> None:
    """A template that turns out not to fit keeps a campaign from being used, in the order of the cells."""
    made = RICH.compiled()
    spot = Spot(sheet="报表", cell="I3", header="报告模板")
    later = made.with_faults([DefinitionFault.at(spot, "第2段的标签没有结束。")])
    assert later.campaign is None
    assert [fault.sentence for fault in later.faults] == [
        "《报表》I3“报告模板”：第2段的标签没有结束。"
    ]
    assert made.with_faults(()) is made


def test_an_unmarked_form_is_a_hint_and_keeps_nothing_back() -> None:
    """An office without 表号 is warned that units may refuse its form, and may go on."""
    book = RICH.copy()
    del book.rows["活动"][book.find("活动", item="表号")]["value"]
    made = book.compiled()
    assert made.campaign
    assert any(
        hint.sentence.startswith("《活动》B8“表号”：表号空着。几项规定允许单位拒填")
        for hint in made.hints
    )


def test_one_text_that_reads_a_blank_in_two_ways_is_a_hint() -> None:
    """Where 不是 counts a blank in an indicator and is silent in a rule, whoever checks the workbook is told."""
    assert [hint.cell for hint in RICH.compiled().hints] == ["C3"]
    book = RICH.copy()
    book.rows["指标"][3]["formula"] = "合计(名册, [家庭人口])"
    assert book.compiled().hints == ()


def test_a_list_that_a_misspelt_column_means_is_not_told_to_be_deleted() -> None:
    """What follows from a slip is kept back: nobody is told to delete the list that the column lacks."""
    book = RICH.copy()
    number = next(n for n, row in enumerate(book.rows["栏目"]) if row.get("type") == "单选")
    book.rows["栏目"][number]["extra"] = "没有这个单子"
    assert len(told(book)) == 1
    assert not [hint for hint in book.compiled().hints if "没有栏目用到" in hint.message]
