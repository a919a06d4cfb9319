"""The workbook to fill, opened again by two independent readers."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from sheetflow.errors import WritingError
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.prefill import Filling, prefill_blank
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Earlier
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Day, IdNumber, Key, Phone, Reference, Whole
from sheetflow.schemas.columns import Column, RowModel, choice, key, text, whole
from sheetflow.schemas.conditions import Condition, Is
from sheetflow.schemas.forms import Cover, Form
from sheetflow.schemas.guide_words import NOT_THEIRS
from sheetflow.schemas.layout import (
    FIRST_ROW,
    GUIDE_SHEET,
    HEADER_ROW,
    LAST_ROW,
    NOTE_ROW,
    STAMP_KEYS,
    STAMP_NAME,
    STAMP_SHEET,
    STEPS_SHEET,
    card_address,
    column_number,
)
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.rule_needs import hangs_on
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.validators.matching import find_card
from sheetflow.workbook import column_letters
from sheetflow.writing import Dress, write_master, write_workbook
from sheetflow.writing.looks import text_width
from tests.county_book import FORM

STAMP = dt.datetime(2012, 3, 1, 9, 0, tzinfo=OFFICE_ZONE)

Blank = Callable[[Unit], Filling]


def opened(data: bytes) -> Workbook:
    """Open with openpyxl."""
    return openpyxl.load_workbook(io.BytesIO(data))


def cells_of(data: bytes, title: str) -> list[list[object]]:
    """Read one sheet's values with calamine."""
    book = CalamineWorkbook.from_object(io.BytesIO(data))
    return list(book.get_sheet_by_name(title).to_python(skip_empty_area=False))  # type: ignore[arg-type]


def tables(filling: Filling) -> Iterator[tuple[Sheet, Column, str]]:
    """Give every column of every table with its letters."""
    for sheet in filling.sheets:
        if sheet.is_table and sheet.kind is not Kind.ANSWER:
            for column in sheet.columns:
                number = column_number(sheet, column.key, filling.form.version)
                yield sheet, column, column_letters(number)


def area(letters: str) -> str:
    """Give the range of a column that a sheet's rules must cover."""
    return f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}"


def depends(column: Column) -> tuple[str, ...]:
    """Give the columns on which it depends whether the cell is wanted."""
    return column.required.columns() if isinstance(column.required, Condition) else ()


def rules_over(sheet: Worksheet, wanted: str) -> list[object]:
    """Give the data validations over exactly that range."""
    found = sheet.data_validations.dataValidation
    return [rule for rule in found if str(rule.sqref) == wanted]


def blank_format(sheet: Worksheet, letters: str) -> str:
    """Give the number format of a column's blank cells; alike neighbours share one entry."""
    number = column_index_from_string(letters)
    shapes = sheet.column_dimensions.values()
    return next(
        str(shape.number_format)
        for shape in shapes
        if (shape.min or 0) <= number <= (shape.max or 0)
    )


@pytest.fixture(scope="module")
def county_file(blank: Blank, county: Unit, dress: Dress) -> bytes:
    """A county's blank workbook."""
    return write_workbook(blank(county), dress, STAMP)


@pytest.fixture(scope="module")
def filled_file(filled: Filling, dress: Dress) -> bytes:
    """A county's workbook with every sheet filled."""
    return write_workbook(filled, dress, STAMP)


def test_same_arguments_give_same_bytes(blank: Blank, county: Unit, dress: Dress) -> None:
    """A workbook issued again from the same data is the same file, byte for byte."""
    first = write_workbook(blank(county), dress, STAMP)
    assert first == write_workbook(blank(county), dress, STAMP)
    assert first != write_workbook(blank(county), dress, STAMP + dt.timedelta(days=1))


def test_a_blank_workbook_is_small(county_file: bytes) -> None:
    """A blank county workbook is small enough for any mailbox."""
    assert len(county_file) < 200_000


def test_sheets_stand_in_order(county_file: bytes, blank: Blank, county: Unit) -> None:
    """The cover comes first, then how to report and 填报说明, then the sheets as declared."""
    wanted = [sheet.title for sheet in blank(county).sheets if sheet.kind is not Kind.ANSWER]
    book = opened(county_file)
    assert book.sheetnames == [wanted[0], STEPS_SHEET, GUIDE_SHEET, *wanted[1:], STAMP_SHEET]
    assert book[STAMP_SHEET].sheet_state == "hidden"


def test_stamp_stands_in_cells_and_names(county_file: bytes, blank: Blank, county: Unit) -> None:
    """What a workbook is can be told from its hidden cells and again from its names."""
    stamp = blank(county).stamp
    wanted = {name: getattr(stamp, name) for name in STAMP_KEYS}
    rows = cells_of(county_file, STAMP_SHEET)
    assert {str(row[0]): row[1] for row in rows} == wanted
    names = opened(county_file).defined_names
    assert {name: names[STAMP_NAME.format(key=name)].value for name in STAMP_KEYS} == {
        name: f'"{value}"' for name, value in wanted.items()
    }


def test_sheets_without_printed_keys_have_rows_to_write_on(
    county_file: bytes, returned: Filling, dress: Dress
) -> None:
    """走访记录 on paper has lined rows to fill in, in the blank and after the rows of a returned copy."""
    again = write_workbook(returned, dress, STAMP)
    for data, filling in ((county_file, None), (again, returned)):
        book = openpyxl.load_workbook(io.BytesIO(data))
        for sheet in filling.sheets if filling else returned.sheets:
            if not sheet.is_table or sheet.preprinted or sheet.kind is Kind.ANSWER:
                continue
            used = len(filling.rows.get(sheet.key, ())) if filling else 0
            shown = book[sheet.title]
            endless = shown.column_dimensions["A"]
            for row in range(FIRST_ROW + used, FIRST_ROW + used + 20):
                border = shown.cell(row, 1).border.bottom
                assert border.style == "thin"
                # LibreOffice prints no blank row that looks like the rest of its column
                assert border.color.rgb != endless.border.bottom.color.rgb


def test_choices_have_drop_downs(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Every column of choices offers exactly its words, over all covered rows."""
    book = opened(county_file)
    seen = 0
    for sheet, column, letters in tables(blank(county)):
        if isinstance(column.type, Choice):
            (rule,) = rules_over(book[sheet.title], area(letters))
            assert rule.type == "list"  # type: ignore[attr-defined]
            assert rule.formula1 == f'"{",".join(column.type.options)}"'  # type: ignore[attr-defined]
            seen += 1
    assert seen > 20


def test_references_offer_keys_in_use(county_file: bytes, blank: Blank, county: Unit) -> None:
    """A column that points to another sheet offers that sheet's keys by a defined range."""
    book = opened(county_file)
    for sheet, column, letters in tables(blank(county)):
        if isinstance(column.type, Reference):
            (rule,) = rules_over(book[sheet.title], area(letters))
            name = rule.formula1.lstrip("=")  # type: ignore[attr-defined]
            target = blank(county).form.by_key[column.type.to]
            assert target.title in book.defined_names[name].value


def test_every_column_says_what_it_wants(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Each cell shows a prompt with the column's name, and wrong numbers get Chinese words."""
    book = opened(county_file)
    for sheet, column, letters in tables(blank(county)):
        (rule,) = rules_over(book[sheet.title], area(letters))
        assert rule.promptTitle.startswith(column.label[:20])  # type: ignore[attr-defined]
        if isinstance(column.type, Whole):
            assert rule.type == "whole"  # type: ignore[attr-defined]
            assert "请填整数" in rule.error  # type: ignore[attr-defined]


def test_blank_cells_have_the_right_format(county_file: bytes, blank: Blank, county: Unit) -> None:
    """An id number or key typed into a blank cell stays text, and a date looks like one."""
    book = opened(county_file)
    for sheet, column, letters in tables(blank(county)):
        number_format = blank_format(book[sheet.title], letters)
        if isinstance(column.type, IdNumber | Phone | Key | Reference | Choices):
            assert number_format == "@", (sheet.title, column.label)
        if isinstance(column.type, Day):
            assert number_format == "yyyy-mm-dd", (sheet.title, column.label)


def test_headers_bear_labels_and_marks(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Every header is the declared label, and required ones bear a mark behind it.

    One that needs several lines is broken before its bracket, and the bracket fits on one.
    """
    book = opened(county_file)
    for sheet, column, letters in tables(blank(county)):
        shown = str(book[sheet.title][f"{letters}{HEADER_ROW}"].value)
        mark = {True: "＊", False: ""}.get(column.required is True, "")
        mark = "＊＊" if not isinstance(column.required, bool) else mark
        assert shown.replace("\n", "") == column.label + mark
        if "（" in shown:
            width = book[sheet.title].column_dimensions[letters].width
            *head, bracket = shown.rpartition("（")
            assert text_width("（" + bracket) + 1 < width
            assert "\n" in head[0] or text_width(shown) + 1 < width


def test_required_cells_are_coloured(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Every required column has a colour rule for empty cells of a row in use."""
    book = opened(county_file)
    for sheet, column, letters in tables(blank(county)):
        rules = [
            rule.formula[0]
            for found in book[sheet.title].conditional_formatting
            if str(found.sqref) == area(letters)
            for rule in found.rules
        ]
        wanting = [rule for rule in rules if rule.startswith(f'AND({letters}{FIRST_ROW}=""')]
        assert bool(wanting) == (column.required is not False), (sheet.title, column.label)
        if isinstance(column.required, Condition):
            asked = [
                column_letters(column_number(sheet, key, FORM.version)) for key in depends(column)
            ]
            assert all(f"${letter}{FIRST_ROW}" in wanting[0] for letter in asked)


def test_values_come_back_as_they_went_in(filled_file: bytes, filled: Filling) -> None:
    """Whatever was filled in stands in its own cell, with its own type."""
    for sheet in filled.sheets:
        if not sheet.is_table:
            continue
        rows = cells_of(filled_file, sheet.title) if filled.rows.get(sheet.key) else []
        for offset, cells in enumerate(filled.rows.get(sheet.key, ())):
            for column in sheet.columns:
                value = cells.get(column.key)
                number = column_number(sheet, column.key, filled.form.version)
                found = rows[FIRST_ROW - 1 + offset][number - 1]
                wanted = column.type.show(value) if isinstance(value, tuple) else value
                if isinstance(wanted, str | None):
                    assert found == (wanted or ""), (sheet.title, column.label)
                elif isinstance(wanted, dt.date):
                    assert found == wanted
                else:
                    assert float(found) == pytest.approx(float(wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["=1+1", "{=1+1}", "http://example.invalid/", "0012", "@x", "+1"])
def test_user_text_stays_text(filled: Filling, dress: Dress, typed: str) -> None:
    """Nothing that a person typed becomes a formula, a link or a number."""
    sheet = next(sheet for sheet in filled.sheets if sheet.is_table)
    column = sheet.marker
    rows = {**filled.rows, sheet.key: [{column.key: typed}]}
    book = opened(write_workbook(replace(filled, rows=rows), dress, STAMP))
    cell = book[sheet.title].cell(FIRST_ROW, column_number(sheet, column.key, FORM.version))
    assert (cell.value, cell.data_type, cell.hyperlink) == (typed, "s", None)


def test_text_that_no_cell_holds_is_not_cut(filled: Filling, dress: Dress) -> None:
    """Text longer than a cell can hold is refused, with sheet and cell, never cut."""
    sheet = next(sheet for sheet in filled.sheets if sheet.is_table)
    rows = {**filled.rows, sheet.key: [{sheet.marker.key: "长" * 32_768}]}
    with pytest.raises(WritingError, match=f"《{sheet.title}》B{FIRST_ROW}"):
        write_workbook(replace(filled, rows=rows), dress, STAMP)


def test_cards_hold_who_and_when(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Unit and period are filled in on the cover."""
    form = blank(county).form
    front = opened(county_file)[form.cover_sheet.title]
    for column, wanted in ((form.cover.unit_id, "370102"), (form.cover.period, "2012B2")):
        assert front.cell(*card_address(form.cover_sheet, column, 1)).value == wanted


def test_printed_fields_only_where_given(county_file: bytes, form: Form) -> None:
    """批准文号 is printed as set, and a 表号 that nobody set is not invented."""
    rows = cells_of(county_file, form.cover_sheet.title)
    words = "\n".join(str(cell) for row in rows for cell in row)
    assert "批准文号：鲁妇发〔2012〕10号" in words
    assert "表号" not in words
    assert "本表式为本系统设计" in words
    assert "单位负责人（签字）" in words


def test_a_form_with_a_number_is_no_longer_of_our_own_making(
    blank: Blank, county: Unit, dress: Dress, form: Form
) -> None:
    """Once an authority has numbered the form, neither cover nor 填报说明 says 本表式为本系统设计."""
    approved = replace(dress, form_number="妇基1表", authority="山东省妇女联合会")
    data = write_workbook(blank(county), approved, STAMP)
    for title in (form.cover_sheet.title, GUIDE_SHEET):
        words = "\n".join(str(cell) for row in cells_of(data, title) for cell in row)
        assert "本表式为本系统设计" not in words
        own = cells_of(write_workbook(blank(county), dress, STAMP), title)
        assert "本表式为本系统设计" in "\n".join(str(cell) for row in own for cell in row)
    cover = cells_of(data, form.cover_sheet.title)
    words = "\n".join(str(cell) for row in cover for cell in row)
    assert "表号：妇基1表" in words
    assert "制定机关：山东省妇女联合会" in words


def test_the_cover_says_until_when_and_whom_to_ask(
    blank: Blank, county: Unit, dress: Dress, form: Form
) -> None:
    """Deadline, superior and contact stand above the cover's answers, and are taken for none."""
    said = replace(
        dress, due="2012年3月2日（含当天），报济南市妇女联合会", contact="办公室，0531-5550000"
    )
    made = write_workbook(blank(county), said, STAMP)
    front = form.cover_sheet
    assert opened(made).sheetnames[0] == front.title
    above = str(opened(made)[front.title].cell(NOTE_ROW, 1).value)
    assert above.endswith(
        "截止时间：2012年3月2日（含当天），报济南市妇女联合会\n咨询：办公室，0531-5550000"
    )
    raw = next(sheet for sheet in read_workbook(made).sheets if sheet.title == front.title)
    addresses, edited = find_card(raw, front)
    wanted = {column.key: card_address(front, column.key, form.version) for column in front.columns}
    assert (addresses, edited) == (wanted, {})


def test_how_to_report_stands_on_one_page(blank: Blank, county: Unit, dress: Dress) -> None:
    """Five steps name the unit's own folder and the period's; the page is printed as one."""
    said = replace(dress, folder=county.folder)
    page = opened(write_workbook(blank(county), said, STAMP))[STEPS_SHEET]
    words = [str(row[0].value) for row in page.iter_rows() if row[0].value]
    assert [word for word in words if re.fullmatch(r"第\d步", word)] == [
        f"第{number}步" for number in range(1, 6)
    ]
    whole = "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value)
    assert f"“{county.folder}”" in whole
    assert f"“{blank(county).period.period_id}”" in whole
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight or 1) == (1, 1)


def test_tabs_tell_the_kinds_of_sheets(county_file: bytes, blank: Blank, county: Unit) -> None:
    """Sheets of one kind bear tabs of one colour, and no two kinds the same."""
    book = opened(county_file)
    colours: dict[Kind, set[str]] = {}
    for sheet in blank(county).sheets:
        if sheet.kind is not Kind.ANSWER:
            tab = book[sheet.title].sheet_properties.tabColor
            colours.setdefault(sheet.kind, set()).add(str(tab and tab.rgb))
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == len(colours)


def test_names_stand_beside_codes(county_file: bytes) -> None:
    """Beside a code of the roster stands the cadre's name, by a formula down to the lined rows."""
    page = opened(county_file)["妇女需求台帐"]
    labels = [str(cell.value or "").replace("\n", "") for cell in page[HEADER_ROW]]
    assert [label for label in labels if label][-2:] == ["联系点名称", "责任干部姓名"]
    formula = str(page.cell(FIRST_ROW, labels.index("责任干部姓名") + 1).value)
    assert formula.startswith("=IF(")
    assert "干部名册" in formula


def test_guide_names_every_column_and_check(
    county_file: bytes, campaign: Campaign, blank: Blank, county: Unit
) -> None:
    """填报说明 names every column, every check and every indicator."""
    rows = cells_of(county_file, GUIDE_SHEET)
    words = {str(cell).replace("\n", "") for row in rows for cell in row}
    assert {column.label for _, column, _ in tables(blank(county))} <= words
    whole = "\n".join(words)
    catalogue, own = campaign.catalogue, {rule.code for rule in campaign.main_form.rules}
    asked = [
        check
        for code, check in catalogue.checks.items()
        if code not in NOT_THEIRS
        and hangs_on(campaign.main_form, code)
        and (code not in catalogue.declared or code in own)
    ]
    assert [check.code for check in asked if check.title not in whole] == []
    assert {entry.code for entry in campaign.main_form.indicators} <= words


def test_the_form_says_from_how_many_characters_on_words_are_quoted(
    county_file: bytes, form: Form
) -> None:
    """Beside each heading that reports quote, and in 填报说明, stands the declared length; not beside plans."""
    assert form.report is not None
    assert form.narrative is not None
    said = f"不少于{form.report.shortest}字的，上级的情况报告才会引用"
    quoted = {c.label for c in form.narrative.columns if c.key not in form.report.plans}
    card = cells_of(county_file, form.narrative.title)
    told = {str(row[0]).rstrip("＊") for row in card if any(said in str(cell) for cell in row)}
    assert told == quoted
    guide = "".join(str(cell) for row in cells_of(county_file, GUIDE_SHEET) for cell in row)
    assert guide.replace("\n", "").count(said) == len(quoted)


def test_only_superiors_read_about_own_work(
    county_file: bytes, blank: Blank, city: Unit, dress: Dress, form: Form
) -> None:
    """A city reads that it fills in its own work only, on the cover too; a county does not."""
    city_file = write_workbook(blank(city), dress, STAMP)
    county_words = str(cells_of(county_file, GUIDE_SHEET))
    assert form.own_work in str(cells_of(city_file, GUIDE_SHEET))
    assert form.own_work not in county_words
    front = form.cover_sheet.title
    assert form.own_work in str(cells_of(city_file, front))
    assert form.own_work not in str(cells_of(county_file, front))


def test_only_statistics_are_locked(county_file: bytes, form: Form) -> None:
    """Formulas cannot be overwritten by accident, and everything else can be filled in."""
    book = opened(county_file)
    locked = [sheet.title for sheet in book.worksheets if sheet.protection.sheet]
    assert form.statistics is not None
    assert locked == [form.statistics.title]
    assert not book[form.statistics.title].protection.password


def test_pages_are_a4(county_file: bytes) -> None:
    """Every sheet prints on A4, one page wide or cut between columns, with a footer."""
    book = opened(county_file)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.page_setup.paperSize == 9
            cuts = [cut.id for cut in sheet.col_breaks.brk]
            fits = sheet.sheet_properties.pageSetUpPr
            assert (fits is not None and fits.fitToPage) is not bool(cuts), sheet.title
            assert not cuts or sheet.print_title_cols
            assert sheet.oddFooter is not None
            assert "&P" in str(sheet.oddFooter)


def test_settled_rows_are_filtered_away(
    campaign: Campaign, form: Form, county: Unit, filled: Filling, dress: Dress
) -> None:
    """In the next blank workbook, rows that are done with are there, grey, and filtered away."""
    earlier = Earlier(Period.parse("2012B1"), "1", filled.rows, {})  # type: ignore[arg-type]
    blank = prefill_blank(campaign, form, county, filled.period, earlier)
    book = opened(write_workbook(blank, dress, STAMP))
    seen = 0
    for sheet in filled.sheets:
        if not isinstance(sheet.closed, Is) or not sheet.is_book:
            continue
        target = book[sheet.title]
        done = {
            FIRST_ROW + offset
            for offset, cells in enumerate(filled.rows[sheet.key])
            if sheet.closed.holds(cells)  # type: ignore[arg-type]
        }
        hidden = {row for row, shape in target.row_dimensions.items() if shape.hidden}
        assert hidden == done
        (criteria,) = target.auto_filter.filterColumn
        assert not set(criteria.filters.filter) & set(sheet.closed.options)
        seen += 1
    assert seen > 3


def test_master_belongs_to_nobody(campaign: Campaign, form: Form, dress: Dress) -> None:
    """The master workbook bears form and version, but no unit and no period."""
    data = write_master(campaign, form, dress, STAMP)
    stamp = {str(row[0]): row[1] for row in cells_of(data, STAMP_SHEET)}
    assert stamp["form"] == form.key
    assert (stamp["unit"], stamp["period"]) == ("", "")


class _Front(RowModel):
    """A tiny cover."""

    unit_id = text("代码", 20, prefilled=True)
    unit_name = text("名称", 20, prefilled=True)
    period = text("期别", 20, prefilled=True)
    filled_on = text("日期", 20)


class _Line(RowModel):
    """A tiny row with more choices than a cell's own list can hold."""

    line_id = key("编号", "A")
    place = choice("地方", *[f"第{number}号很长的地方名称" for number in range(40)])
    count = whole("数量")


def test_long_lists_still_drop_down(dress: Dress, county: Unit, campaign: Campaign) -> None:
    """A drop-down with more words than Excel takes in a cell's own list works all the same."""
    lines = Sheet("lines", "明细", Kind.FLOW, _Line.columns())
    tiny = Form(
        "tiny",
        "小表",
        1,
        (Sheet("front", "首页", Kind.CARD, _Front.columns()), lines),
        Cover(
            sheet="front",
            unit_id="unit_id",
            unit_name="unit_name",
            period="period",
            filled_on="filled_on",
        ),
    )
    blank = prefill_blank(campaign, tiny, county, Period.parse("2012B1"))
    book = opened(write_workbook(blank, dress, STAMP))
    (rule,) = rules_over(book["明细"], area("B"))
    sheet, cells = rule.formula1.lstrip("=").split("!")  # type: ignore[attr-defined]
    offered = [cell.value for (cell,) in book[sheet.strip("'")][cells.replace("$", "")]]
    assert isinstance(lines.by_key["place"].type, Choice)
    assert tuple(offered) == lines.by_key["place"].type.options
