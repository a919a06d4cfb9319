"""The scan of a sheet tells exactly what a walk over all its rows tells, plain ones included."""

from __future__ import annotations

import sys
from html import escape
from types import FrameType

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.errors import UnreadableError
from sheetflow.reading.package import read_parts
from sheetflow.reading.plain_xml import plain_xml
from sheetflow.reading.sheet_facts import SheetFacts
from sheetflow.reading.sheet_xml import scan_sheet, walk_sheet
from sheetflow.reading.styles import NO_MARKS, Marks
from sheetflow.workbook import cell_name
from tests.reading.packages import written

_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
_TRICKS = st.sampled_from(["", "", 't="e"', "]]>", "<f>", "DISPIMG(", ":c ", "='"])
_TEXT = '<is><t xml:space="preserve"> x</t></is>'
_RICH = "<is><r><t>1</t></r><r><rPr><strike/></rPr><t>2</t></r></is>"
_VALUES = st.sampled_from(
    ["<v>1</v>", "<v>5</v>", "<v/>", "<v></v>", "", "<is><t>x</t></is>", _TEXT, _RICH, "<v> 1 </v>"]
)
_KINDS = st.sampled_from(
    [
        *("", ' t="s"', ' s="3" t="inlineStr"', ' t="e"', ' t="str"', ' s="3" t="e"'),
        *(' t="e" vm="1"', ' s="7"', ' s="7" t="s"', ' s="0" t="s"', ' t="s" s="3"'),
    ]
)
_MARKS = st.builds(
    Marks,
    st.sampled_from([frozenset[int](), frozenset({7}), frozenset({0, 3}), frozenset(range(3, 40))]),
    st.sampled_from(
        [frozenset[int](), frozenset({5}), frozenset({1, 77}), frozenset(range(5, 40))]
    ),
)
_HIDDEN = st.sampled_from(["", ' hidden="1"', ' hidden="true"', ' hidden="false"'])


@st.composite
def cells(draw: st.DrawFn, row: int, column: int, *, plain: bool) -> str:
    """Draw one cell, with or without formula and value; sometimes as no program writes it."""
    name, kind, value = cell_name(row, column), draw(_KINDS), draw(_VALUES)
    if plain:
        kind = kind.replace('t="e"', 't="n"')
    trick = draw(_TRICKS) if draw(st.integers(0, 9)) == 0 else ""
    text = escape(draw(_TEXTS) + trick, quote=False)
    formulas = ["", "", f"<f>{text}</f>", "<f/>", f'<f t="shared" si="0">{text}</f>']
    formula = "" if plain else draw(st.sampled_from(formulas))
    usual = f'<c r="{name}"{kind}>{formula}{value}</c>'
    if draw(st.integers(0, 19)):
        return usual
    unusual = [
        f"<c r='{name}'{kind}>{formula}{value}</c>",
        f'<c  r="{name}" {kind}>{formula}{value}</c>',
        f"<c{kind}>{formula}{value}</c>",
        f'<c r="{name}"{kind}>{value}{formula}</c>',
        f'<c r="{name}"{kind}/>',
        f'<c{kind} r="{name}">{formula}{value}</c>',
        f'<c r="{cell_name(row + 7, column)}"{kind}>{formula}{value}</c>',
        f'<c r="{name}" t="&#101;">{formula}{value}</c>',
        f'<c r="{name}" s="07">{formula}{value}</c>',
        f'<c r="{name}" t="s"><v>05</v></c>',
    ]
    return draw(st.sampled_from(unusual))


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """Draw a worksheet part as a program, or nearly as a program, would write it."""
    rows = []
    for row in sorted(draw(st.sets(st.integers(1, 30), max_size=5))):
        columns = sorted(draw(st.sets(st.integers(1, 800), max_size=4)))
        hidden, plain = draw(_HIDDEN), draw(st.booleans())
        body = "".join(draw(cells(row, column, plain=plain)) for column in columns)
        rows.append(f'<row r="{row}" spans="1:9"{hidden}>{body}</row>')
    merge = draw(st.sampled_from(["", '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>']))
    extension = draw(st.sampled_from(["", "<extLst><ext><xm:f>A1</xm:f></ext></extLst>"]))
    return (
        f"<worksheet><sheetData>{''.join(rows)}</sheetData>{merge}{extension}</worksheet>".encode()
    )


def told(facts: SheetFacts) -> tuple[object, ...]:
    """The facts without the extents, which the scan only bounds, and the edits; see below."""
    return (
        facts.cells, facts.formulas, facts.unsaved, facts.errors, facts.pictures, facts.hidden_rows, facts.merges, facts.marked
    )  # fmt: skip


def walked(
    part: bytes, marks: Marks = NO_MARKS, *, takes_pictures: bool = False
) -> SheetFacts | None:
    """The facts by a walk over the whole part; None where it is refused."""
    try:
        return walk_sheet(part, SheetFacts(takes_pictures), marks)
    except UnreadableError:
        return None


@given(sheets(), st.booleans(), _MARKS)
@settings(max_examples=600, deadline=None)
def test_no_fact_is_lost_with_the_plain_rows(
    part: bytes,
    takes_pictures: bool,  # noqa: FBT001
    marks: Marks,
) -> None:
    """What the scan tells, or refuses, is what the XML parser makes of every row."""
    whole = walked(part, marks, takes_pictures=takes_pictures)
    try:
        facts = scan_sheet(part, takes_pictures=takes_pictures, marks=marks)
    except UnreadableError:
        assert whole is None
        return
    assert whole is not None
    assert told(facts) == told(whole)
    # What a plain row needs only once calamine has given up is looked for then.
    assert facts.edits in ([], whole.edits)
    if not facts.edits:
        assert all(part[start:].startswith(b"<c") for start, _, _ in whole.edits)
    assert facts.last_row >= whole.last_row
    assert facts.last_column >= whole.last_column


def test_a_usual_workbook_tells_all_its_facts() -> None:
    """Of what a writing library produces, formulas, errors, hidden rows, merges and extent are told."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_formula("C3", "=SUM(A1:B2)", None, "#REF!")
        sheet.merge_range("A1:B2", "x")
        sheet.autofilter("A1:C9")

    name = "xl/worksheets/sheet1.xml"
    _, parts = read_parts(written(fill), lambda part: part == name)
    part = plain_xml(parts[name])
    facts = scan_sheet(part)
    assert facts.errors == {(3, 3): "#REF!"}
    assert facts.formulas == {(3, 3): "=SUM(A1:B2)"}
    assert facts.hidden_rows == {3}
    assert facts.merges == [(1, 1, 2, 2)]
    assert (facts.last_row, facts.last_column) == (3, 3)


def test_plain_rows_are_not_walked() -> None:
    """Of a list of plain values the parser sees no cell: ten times the time otherwise."""
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 1001))
    part = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    elements: list[str] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_name == "_start":
            elements.append(frame.f_locals["name"])

    sys.setprofile(note)
    try:
        facts = scan_sheet(part)
    finally:
        sys.setprofile(None)
    assert elements == ["worksheet", "sheetData"]
    assert (facts.cells, facts.last_row, facts.last_column) == (1000, 1000, 1)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" t="e"><v xml:space="preserve">#REF!</v></c>',
        '<c r="B2" t="e"><is><t>x</t></is></c>',
        '<c r="B2" t="e"/>',
        "<c r='B2' t='e'><v>#REF!</v></c>",
        '<c r="B2" t = "e"><v>#REF!</v></c>',
        '<c r="B2"><v>1</v><f>1+1</f></c>',
        '<c r="B2"><f\n>1+1</f><v>1</v></c>',
        '<x:c r="B2"><x:f>1+1</x:f></x:c>',
        '<c s="1" r="B2" t="e"><f>1+1</f><v>#REF!</v></c>',
        '<c r="b2"><f>1+1</f></c>',
        '<c r="B2" t="&#101;"><v>#REF!</v></c>',
    ],
)
def test_unusual_cells_are_told(cell: str) -> None:
    """A formula or an error cell is found however its XML is written."""
    part = f'<worksheet xmlns:x="x"><sheetData><row r="2">{cell}</row></sheetData></worksheet>'
    facts = scan_sheet(part.encode())
    assert {*facts.formulas, *facts.errors} == {(2, 2)}
    assert told(facts) == told(walk_sheet(part.encode(), SheetFacts()))


@pytest.mark.parametrize(
    "hidden", ['hidden="1"', 'hidden="&#49;"', "hidden='true'", 'hidden = "1"']
)
def test_hidden_rows_are_told(hidden: str) -> None:
    """A hidden row is told however its XML is written, between rows that are not hidden."""
    rows = "".join(
        f'<row r="{row}" {hidden if row == 2 else ""}><c r="A{row}"><v>1</v></c></row>'
        for row in range(1, 4)
    ).replace(" >", ">")
    facts = scan_sheet(f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode())
    assert facts.hidden_rows == {2}
    assert (facts.cells, facts.last_row, facts.last_column) == (3, 3, 1)


def test_formulas_read_as_they_were_typed() -> None:
    """A formula comes back in its own letters, whether the file spells them out or by number."""
    spelled = "&#22522;&#23618;!$A$1&amp;&quot;&#x884C;&quot;&lt;&gt;基层!A1&amp;&amp;1"
    part = f'<row r="1"><c r="A1"><f>{spelled}</f><v/></c></row>'
    facts = scan_sheet(f"<worksheet><sheetData>{part}</sheetData></worksheet>".encode())
    assert facts.formulas == {(1, 1): '=基层!$A$1&"行"<>基层!A1&&1'}


@pytest.mark.parametrize(
    "around", ['<c r="B2"><f>1+{}1</f></c>', '<c r="B2"{} t="e"><v>#REF!</v></c>']
)
def test_nothing_grows_together_over_a_plain_row(around: str) -> None:
    """A row of plain values in the midst of a cell does not make a usual cell of its ends."""
    plain = '<row r="3"><c r="A3"><v>1</v></c></row>'
    row = f'<row r="2">{around.format(plain)}</row>'
    with pytest.raises(UnreadableError, match="file-damaged"):
        scan_sheet(f"<worksheet><sheetData>{row}</sheetData></worksheet>".encode())


def test_a_row_without_a_number_follows_a_plain_one() -> None:
    """Positions that are left out go on behind rows that were not walked."""
    plain = '<row r="7"><c r="A7"><v>1</v></c></row>'
    part = f"<worksheet><sheetData>{plain}<row><c><f>1</f></c></row></sheetData></worksheet>"
    assert scan_sheet(part.encode()).formulas == {(8, 1): "=1"}


def test_cells_between_two_sheet_data_are_not_counted() -> None:
    """What stands outside the rows is no cell, also where a part holds two sets of rows."""
    cell = '<row r="1"><c r="{}1"><v>1</v></c></row>'
    data = f"<sheetData>{cell.format('A')}</sheetData>"
    part = f"<worksheet>{data}<x>{cell.format('Z')}</x>{data}</worksheet>".encode()
    assert told(scan_sheet(part)) == told(walk_sheet(part, SheetFacts()))
    assert scan_sheet(part).cells == 2
