"""What a clerk's cell bears (a formula, a struck figure, a format in 万) is judged in every format."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.pipeline import judge
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.workbook import parse_cell_name
from tests.county_book import CAMPAIGN, FORM, cell, context, drawn, judged, named
from tests.drawing import write_xlsx
from tests.people.test_formats import TELLS_LESS, as_xlsb, resaved
from tests.programs import needs_office
from tests.reading.packages import ods_of, with_formula
from tests.rounds.desk import LIXIA, CountyDesk

PLAIN = judged().figures
VISITS = FORM.by_key["visits"]
MET = VISITS.labels["women_met"]
DAY = cell("visits", "visited_on", 4)

Told = list[tuple[str, str]]


def told(judgement: Judgement) -> Told:
    """List the findings by rule and cell by name, without what the format itself calls for."""
    return [(f.rule, named(f.place)) for f in judgement.findings if f.rule != TELLS_LESS]


def file_of(changes: str, folder: Path) -> bytes:
    """Draw the county's workbook with `changes` as a real .xlsx."""
    return write_xlsx(drawn(changes), folder / "报表.xlsx").read_bytes()


def answer(data: bytes) -> Judgement:
    """Judge a file."""
    return judge(read_workbook(data), CAMPAIGN, context())


def typed(name: str, xml: str, folder: Path) -> bytes:
    """Write a cell of 走访记录 in the file's own XML, its name put in."""
    data = file_of("", folder)
    title = "走访记录"
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    place = book.sheetnames.index(title) + 1
    book.close()
    sheet = f"xl/worksheets/sheet{place}.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    before, _, rest = parts[sheet].decode().partition(f'<c r="{name}"')
    assert rest
    behind = rest.partition("/>" if rest.partition(">")[0].endswith("/") else "</c>")[2]
    parts[sheet] = f"{before}{xml.format(name)}{behind}".encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("column", "xml", "rule", "visits"),
    [
        ("women_met", '<c r="{}"><f>8+12</f><v>20</v></c>', "cell-formula", 51),
        ("women_met", '<c r="{}"><f>[1]Sheet1!B2</f><v>20</v></c>', "cell-formula", 51),
        ("women_met", '<c r="{}"><f>5+7</f></c>', "cell-formula-empty", None),
        ("women_met", '<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "cell-error", None),
        (
            "summary",
            '<c r="{}" t="str"><f>"入户"&amp;"走访"</f><v>入户走访</v></c>',
            "cell-formula",
            51,
        ),
        ("summary", '<c r="{}" t="str"><f>""</f><v></v></c>', "", 51),
        (
            "women_met",
            '<c r="{}" t="inlineStr"><is><r><rPr><strike/></rPr><t>12</t></r><r><t>15</t></r></is></c>',
            "run-marked",
            None,
        ),
        (
            "women_met",
            (
                '<c r="{}" t="inlineStr"><is><r><t>12</t></r><r><rPr><vertAlign val="superscript"/></rPr>'
                "<t>1</t></r></is></c>"
            ),
            "run-marked",
            None,
        ),
        (
            "summary",
            (
                '<c r="{}" t="inlineStr"><is><r><rPr><strike/></rPr><t>电话</t></r><r><t>入户走访</t></r></is>'
                "</c>"
            ),
            "run-marked-text",
            51,
        ),
    ],
)
def test_cells_as_programs_write_them(
    column: str, xml: str, rule: str, visits: int | None, tmp_path: Path
) -> None:
    """The saved result counts and is told once; what cannot be read is told, and does not count."""
    judgement = answer(typed(cell("visits", column, 4), xml, tmp_path))
    assert told(judgement) == ([(rule, f"{VISITS.labels[column]} 4")] if rule else [])
    assert judgement.figures.get("S08") == visits
    if column == "summary" and judgement.book:
        said = judgement.book.rows("visits")[0]["summary"]
        assert said == ("".join(_words(xml)) or None)


def _words(xml: str) -> list[str]:
    return [word for word in ("电话", "入户走访") if f">{word}<" in xml]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ('@ 惠民项目 资金（元） 4 = 8⟦0.00"万元"⟧', [("shown-otherwise", "资金（元） 4")]),
        (
            '@ 基层组织 1月至本期末已落实专项工作经费（元） 4 = 21⟦#,##0"千元"⟧',
            [("shown-otherwise", "1月至本期末已落实专项工作经费（元） 4")],
        ),
        ("@ 走访记录 走访妇女人次 4 = 1⟦0%⟧", [("shown-otherwise", f"{MET} 4")]),
        ("@ 走访记录 走访妇女人次 4 = 12000⟦0,⟧", [("shown-otherwise", f"{MET} 4")]),
        ('@ 走访记录 日期 4 = 2012-03-01⟦yyyy"年"m"月"⟧', [("day-hidden", "日期 4")]),
        ('@ 惠民项目 资金（元） 4 = 80000⟦0!.0,"万元"⟧', []),
        (
            '@ 走访记录 走访妇女人次 4 = 20⟦#,##0"人"⟧\n@ 惠民项目 资金（元） 4 = 30000⟦¥#,##0.00⟧',
            [],
        ),
        ('@ 封面 填报日期 = 2012-05-02⟦yyyy"年"m"月"⟧', [("day-hidden", "填报日期")]),
        ("@ 封面 联系电话 = '0531〔上标：-〕86012345", [("run-marked", "联系电话")]),
        ("@ 文字材料 主要做法 = 深入〔删除线：细致〕走访", [("run-marked-text", "主要做法")]),
        (
            "@ 走访记录 走访妇女人次 4 = 20⟦0%⟧\n@ 走访记录 走访妇女人次 5 = =A1→30",
            [("shown-otherwise", f"{MET} 4"), ("cell-formula", f"{MET} 5")],
        ),
    ],
)
def test_looks_survive_the_way_through_a_file(changes: str, expected: Told, tmp_path: Path) -> None:
    """Number formats and marked runs are found in a real file, in tables and on cards."""
    judgement = answer(file_of(changes, tmp_path))
    assert told(judgement) == expected
    assert told(judge(drawn(changes), CAMPAIGN, context())) == expected


def test_a_row_struck_by_its_style(tmp_path: Path) -> None:
    """A row whose cells are all in a struck font is asked about once; it counts meanwhile."""
    book = openpyxl.load_workbook(io.BytesIO(file_of("", tmp_path)))
    sheet = book["走访记录"]
    assert isinstance(sheet, Worksheet)
    for one in sheet[4]:
        one.font = openpyxl.styles.Font(strike=True)
    target = io.BytesIO()
    book.save(target)
    found = answer(target.getvalue())
    assert told(found) == [("row-struck", "日期 4")]
    (finding,) = found.findings
    assert CAMPAIGN.catalogue.sentence(finding).startswith(f"《走访记录》{DAY}：整行加了删除线，")


@pytest.mark.parametrize("answer_cell", ["=A1→", "#REF!"])
def test_an_answer_that_could_not_be_read_is_told(answer_cell: str) -> None:
    """A formula without a result in 情况说明 answers nothing, and that is said at its cell."""
    late = "@ 走访记录 日期 4 = 2012-02-28\n"
    issues = (
        "# 问题清单\n| 序号 | 编号 | 工作表 | 单元格 | 情况说明 |\n| --- | --- | --- | --- | --- |\n"
        f"| 1 | '{judged(late).findings[0].number} | 走访记录 | {DAY} | {answer_cell} |\n"
    )
    judgement = judged(late + issues)
    assert judgement.outcome is Outcome.RETURNED
    assert ("explanation-not-read", "E4") in told(judgement)


def test_a_code_is_one_in_a_text_column_too() -> None:
    """The unit's code is a text of the cover; spliced from what is struck through it is nothing."""
    assert told(judged("@ 封面 单位代码 = 37010〔删除线：2〕")) == [("run-marked", "单位代码")]
    assert told(judged("@ 走访记录 主要情况 4 = 电话〔删除线：12〕")) == [
        ("run-marked-text", "主要情况 4")
    ]


@needs_office
@pytest.mark.office
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_formulas_are_told_in_older_formats(ending: str, tmp_path: Path) -> None:
    """Saved as .xls or .ods, a formula is told at its cell, and its result counts."""
    changes = "@ 走访记录 走访妇女人次 4 = =8+12→20\n@ 走访记录 征求意见建议（条） 5 = =1/0→"
    saved = resaved((ending,), changes, tmp_path)
    judgement = answer(saved[ending])
    assert told(judgement) == [("cell-error", "征求意见建议（条） 5"), ("cell-formula", f"{MET} 4")]
    assert [f.rule for f in judgement.findings].count(TELLS_LESS) == 1


def test_a_binary_workbook_tells_its_formulas() -> None:
    """In an .xlsb, too, a formula is told at its cell, and its result counts."""
    place = [sheet.title for sheet in drawn().sheets].index("走访记录") + 1
    judgement = answer(
        with_formula(as_xlsb(), place, parse_cell_name(cell("visits", "women_met", 4)), 20.0)
    )
    assert told(judgement) == [("cell-formula", f"{MET} 4")]
    assert judgement.figures == PLAIN


@pytest.mark.parametrize(
    ("cell", "is_unsaved", "error"),
    [
        ('table:formula="of:=5+7" office:value-type="float" office:value="12"/>', False, ""),
        ('table:formula="of:=5+7"/>', True, ""),
        ('table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>', False, ""),
        (
            (
                'table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p>'
                "</table:table-cell>"
            ),
            False,
            "#DIV/0!",
        ),
    ],
)
def test_what_an_ods_tells_of_a_formula(cell: str, is_unsaved: bool, error: str) -> None:  # noqa: FBT001
    """Where an .ods repeats a formula, each of the cells has it, its result or its error."""
    number = '<table:table-cell office:value-type="float" office:value="1"/>'
    row = f"<table:table-row>{number}<table:table-cell {_repeated(cell)}</table:table-row>"
    (sheet,) = read_workbook(ods_of(row + row)).sheets
    cells = {(line, column) for line in (1, 2) for column in (2, 3)}
    assert set(sheet.formulas) == cells
    assert sheet.unsaved == (cells if is_unsaved else set())
    assert sheet.errors == (dict.fromkeys(cells, error) if error else {})


def _repeated(cell: str) -> str:
    return f'table:number-columns-repeated="2" {cell}'


def test_the_returned_copy_does_not_carry_the_marks_on(tmp_path: Path) -> None:
    """The copy shows values as read; what could not be read cannot slip through when it comes back."""
    desk = CountyDesk.make(tmp_path / "work")
    changes = (
        '@ 走访记录 走访妇女人次 4 = 〔删除线：12〕15\n@ 惠民项目 资金（元） 4 = 8⟦0.00"万元"⟧'
    )
    desk.drop(LIXIA, desk.write(LIXIA, changes))
    desk.run()
    copy = desk.answer(LIXIA, "退回")
    sheets = {sheet.title: sheet for sheet in read_workbook(copy.read_bytes()).sheets}
    visits, projects = sheets["走访记录"], sheets["惠民项目"]
    met, funds = (
        parse_cell_name(cell(*place))
        for place in (("visits", "women_met", 4), ("projects", "funds", 4))
    )
    assert not any((visits.runs, visits.struck, visits.formats, projects.formats))
    assert (visits.cell(*met), projects.cell(*funds)) == ("〔删除线：12〕15", 8)
    desk.drop(LIXIA, copy)
    desk.run()
    again = desk.submissions(LIXIA)[-1]
    assert again.outcome == Outcome.RETURNED
    assert [(f.rule, named(f.place)) for f in desk.findings(again)] == [("number-unit", f"{MET} 4")]


def test_an_answer_in_the_list_of_issues_is_read_as_any_text(tmp_path: Path) -> None:
    """An answer of which a part is struck through is heard, and that is told."""
    late = "@ 走访记录 日期 4 = 2012-02-28\n"
    number = judged(late).findings[0].number
    issues = (
        "# 问题清单\n| 序号 | 编号 | 类别 | 工作表 | 单元格 | 栏目 | 问题 | 怎么改 | 情况说明 |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| 1 | '{number} | 核实性 | 走访记录 | {DAY} | 日期 | 早 | 核对 | 上期〔删除线：漏〕报 |\n"
    )
    judgement = answer(file_of(late + issues, tmp_path))
    assert judgement.outcome is Outcome.ACCEPTED
    assert ("run-marked-text", "I4") in told(judgement)
