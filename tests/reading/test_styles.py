"""What a cell bears besides its value is told: marked runs, struck cells, number formats."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from sheetflow.errors import UnreadableError
from sheetflow.reading import read_workbook
from sheetflow.workbook import Mark, RawSheet, Run
from tests.reading.packages import STYLES, TEXTS, parts_of, with_part, written, xlsx_of, zipped


def only_sheet(data: bytes) -> RawSheet:
    """Read a workbook of one sheet."""
    (sheet,) = read_workbook(data).sheets
    return sheet


def styled(rows: str, fonts: str = "", styles: str = "", formats: str = "") -> RawSheet:
    """Read one sheet whose styles are `styles`, behind a plain one; `fonts` begin with a plain one."""
    part = (
        f"<styleSheet><numFmts>{formats}</numFmts><fonts><font/>{fonts}</fonts>"
        f"<cellXfs><xf/>{styles}</cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"
    )
    return only_sheet(zipped(with_part(parts_of(rows), STYLES, part)))


_PLAIN = '<row r="9"><c r="A9"><v>1</v></c></row>'
_STRUCK = "<r><rPr><strike/></rPr><t>12</t></r>"


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (f"{_STRUCK}<r><t>15</t></r>", (Run("12", frozenset({Mark.STRUCK})), Run("15"))),
        (
            '<r><t>12</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>',
            (Run("12"), Run("1", frozenset({Mark.RAISED}))),
        ),
        (
            '<r><rPr><b/><vertAlign val="subscript"/></rPr><t>1</t></r><r><rPr/><t>2</t></r>',
            (Run("1", frozenset({Mark.LOWERED})), Run("2")),
        ),
        (
            (
                "<r><rPr><strike/></rPr><t>1</t></r>"
                '<r><rPr><strike/><vertAlign val="superscript"/></rPr><t>2</t></r>'
            ),
            (Run("1"), Run("2", frozenset({Mark.RAISED}))),
        ),
        ('<r><rPr><strike val="0"/></rPr><t>1</t></r><r><t>2</t></r>', None),
        ('<r><rPr><vertAlign val="baseline"/></rPr><t>1</t></r><r><t>2</t></r>', None),
        ('<r><rPr><b/><color rgb="FFFF0000"/></rPr><t>1</t></r><r><t>2</t></r>', None),
        (f'{_STRUCK}<r><t xml:space="preserve"> </t></r>', None),
        ('<r><rPr><vertAlign val="superscript"/></rPr><t>12</t></r>', None),
        ('<t>12</t><rPh sb="0" eb="1"><t>1</t></rPh>', None),
    ],
)
def test_runs_are_told_wherever_the_text_stands(text: str, runs: tuple[Run, ...] | None) -> None:
    """A part that is struck through, raised or lowered is told; colours, weight and size are not."""
    inline = only_sheet(
        xlsx_of(f'<row r="1"><c r="A1" t="inlineStr"><is>{text}</is></c></row>{_PLAIN}')
    )
    table = f"<sst><si><t>甲</t></si><si>{text}</si></sst>"
    shared = only_sheet(
        zipped(
            with_part(
                parts_of(f'<row r="1"><c r="A1" t="s"><v>1</v></c></row>{_PLAIN}'), TEXTS, table
            )
        )
    )
    expected: Mapping[object, object] = {(1, 1): runs} if runs else {}
    assert inline.runs == shared.runs == expected


def test_texts_written_by_other_programs() -> None:
    """Runs are told of workbooks that openpyxl and XlsxWriter wrote."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"] = CellRichText(TextBlock(InlineFont(strike=True), "12"), "15")
    sheet["B3"] = 7
    sheet["B3"].font = Font(strike=True)
    target = io.BytesIO()
    book.save(target)
    assert only_sheet(target.getvalue()).runs[2, 2][0] == Run("12", frozenset({Mark.STRUCK}))
    assert only_sheet(target.getvalue()).struck == {(3, 2)}

    def fill(book: xlsxwriter.Workbook) -> None:
        strike = book.add_format({"font_strikeout": True})
        page = book.add_worksheet()
        page.write_rich_string("B2", strike, "12", "15")
        page.write_number("B3", 7, strike)

    assert only_sheet(written(fill)).runs == only_sheet(target.getvalue()).runs
    assert only_sheet(written(fill)).struck == {(3, 2)}


def test_a_cell_struck_as_a_whole() -> None:
    """A cell struck by its style or by all its runs is told as a whole; a run may lift the style."""
    rows = (
        '<row r="1"><c r="A1" s="1"><v>12</v></c><c r="B1" s="2"><v>12</v></c>'
        f'<c r="C1" t="inlineStr"><is>{_STRUCK}</is></c>'
        '<c r="D1" s="1" t="inlineStr"><is><r><t>12</t></r><r><rPr><b/></rPr><t>15</t></r></is></c>'
        '<c r="E1" s="3"><v>3</v></c></row>'
    )
    fonts = '<font><strike/></font><font><strike val="false"/><vertAlign val="superscript"/></font>'
    sheet = styled(rows, fonts, '<xf fontId="1"/><xf fontId="2"/><xf/>')
    assert sheet.struck == {(1, 1), (1, 3)}
    assert set(sheet.runs) == {(1, 4)}


def test_formats_are_told_where_they_may_mislead() -> None:
    """Of number formats only those are told that may show another figure, by whatever number."""
    formats = (
        '<numFmt numFmtId="176" formatCode="0.00&quot;万元&quot;"/>'
        '<numFmt numFmtId="177" formatCode="#,##0&quot;人&quot;"/>'
    )
    ids = (176, 177, 9, 14, 57, 3)
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in ids)
    cells = "".join(f'<c r="{"ABCDEF"[n]}1" s="{n + 1}"><v>40940</v></c>' for n in range(len(ids)))
    sheet = styled(f'<row r="1">{cells}</row>{_PLAIN}', styles=styles, formats=formats)
    assert sheet.formats == {(1, 1): '0.00"万元"', (1, 3): "0%", (1, 5): 'yyyy"年"m"月"'}


def test_a_mark_on_the_first_style_is_on_all_cells_without_one() -> None:
    """Where the plain style itself is struck through, cells that name no style are so, too."""
    part = "<styleSheet><fonts><font><strike/></font></fonts><cellXfs><xf/></cellXfs></styleSheet>"
    sheet = only_sheet(zipped(with_part(parts_of(_PLAIN), STYLES, part)))
    assert sheet.struck == {(9, 1)}


def test_more_marks_than_a_pattern_can_name() -> None:
    """However many texts are marked, each is told."""
    count = 700
    table = "".join(f"<si>{_STRUCK}<r><t>{number}</t></r></si>" for number in range(count))
    rows = "".join(
        f'<row r="{number + 1}"><c r="A{number + 1}" t="s"><v>{number}</v></c></row>'
        for number in range(count)
    )
    sheet = only_sheet(zipped(with_part(parts_of(rows), TEXTS, f"<sst>{table}</sst>")))
    assert len(sheet.runs) == count


@pytest.mark.parametrize(
    ("body", "unsaved", "value"),
    [
        ("<f>5+7</f><v>12</v>", False, 12),
        ("<f>[1]Sheet1!B2</f><v>40</v>", False, 40),
        ("<f>5+7</f>", True, None),
        ("<f>5+7</f><v/>", True, None),
        ("<f>5+7</f><v></v>", True, None),
        ('<f t="shared" si="0"/><v>3</v>', False, 3),
        ("<f/>", True, None),
        ("\n<f>5+7</f>\n<v>12</v>\n", False, 12),
    ],
)
def test_whether_a_formula_has_a_result(body: str, unsaved: bool, value: object) -> None:  # noqa: FBT001
    """A formula's saved result is the cell's value; one without is told, however it is written."""
    sheet = only_sheet(xlsx_of(f'<row r="1"><c r="A1">{body}</c></row>{_PLAIN}'))
    assert (1, 1) in sheet.formulas
    assert ((1, 1) in sheet.unsaved) is unsaved
    assert sheet.cell(1, 1) == value


@pytest.mark.parametrize("body", ["<v></v>", "<v/>"])
def test_the_empty_text_is_a_result(body: str) -> None:
    """A formula that came to the empty text has a result, and its cell is blank."""
    sheet = only_sheet(xlsx_of(f'<row r="1"><c r="A1" t="str"><f>""</f>{body}</c></row>{_PLAIN}'))
    assert (1, 1) in sheet.formulas
    assert not sheet.unsaved
    assert sheet.cell(1, 1) is None


@pytest.mark.parametrize(
    "styles", ["<styleSheet><fonts>", '<s><cellXfs><xf fontId="x"/></cellXfs></s>']
)
def test_broken_styles(styles: str) -> None:
    """A table of styles that cannot be understood is no reason to read something else."""
    with pytest.raises(UnreadableError) as caught:
        read_workbook(zipped(with_part(parts_of(_PLAIN), STYLES, styles)))
    assert caught.value.reason == "file-damaged"
