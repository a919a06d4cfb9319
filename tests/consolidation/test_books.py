"""Up the chain: who stands where, whose rows go up, and what each level is shown of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import board_data, consolidate, newest, statistics
from sheetflow.consolidation.contents import Consolidated, DetailRow
from sheetflow.consolidation.corrections import (
    dump_correction,
    find_corrections,
    load_correction,
)
from sheetflow.consolidation.same_person import same_number
from sheetflow.consolidation.states import OUT, BoardRow, State, Tally
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.merged_keys import with_unit
from sheetflow.units import THREE_LEVELS
from tests.consolidation.desk import TREE, Desk
from tests.county_book import CAMPAIGN, FORM

CITY, PROVINCE = TREE["370100"], TREE["370000"]
NIL = (
    "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 没有开展\n"
    + "".join(f"@ {title} gone\n" for title in ("宣传报道", "案例机制"))
    + "\n".join(
        f"@ {title} blank 4 5 6 7 8"
        for title in (
            "走访记录",
            "干部名册",
            "联系点",
            "妇女需求台帐",
            "调研成果",
            "对策建议",
            "个案帮扶",
            "难题化解",
            "结对帮扶",
            "基层组织",
            "惠民项目",
            "督查考核",
        )
    )
)


@pytest.fixture
def desk() -> Desk:
    """Two counties of one city and one of another have reported for the first period."""
    made = Desk()
    for unit_id in ("370102", "370103", "370202", "370203"):
        assert made.submit(unit_id, "2012B1").outcome is Outcome.ACCEPTED
    return made


def consolidated(books: Books, level: str = "省") -> Consolidated:
    """Put together the province's (or the city's) workbook."""
    unit = PROVINCE if level == "省" else CITY
    return consolidate(CAMPAIGN, books, unit, MaskPolicy(THREE_LEVELS, level))


def details(made: Consolidated, sheet: str) -> list[DetailRow]:
    """Give the rows of one sheet."""
    return [row for found in made.details if found.sheet.key == sheet for row in found.rows()]


def test_the_city_adds_up_its_counties(desk: Desk) -> None:
    """A city's figures are its own and its counties', each once."""
    matrix = statistics(desk.books("2012B1"), CITY)
    assert [column.heading for column in matrix.columns] == ["济南市本级", "历下区", "市中区"]
    assert matrix.total["S19"].total == 8
    assert matrix.columns[0].values["S19"].total is None
    assert matrix.columns[0].state.mark(current=False) == "（未报）"


def test_the_province_equals_the_sum_of_its_counties(desk: Desk) -> None:
    """By way of the cities nothing is lost and nothing counted twice, rates included."""
    matrix = statistics(desk.books("2012B1"), PROVINCE)
    assert [column.heading for column in matrix.columns] == ["山东省本级", "济南市", "青岛市"]
    assert matrix.total["S19"].total == 16
    assert matrix.total["S32"].total == statistics(desk.books("2012B1"), CITY).total["S32"].total
    assert matrix.total["S68"].total == 4
    assert matrix.total["S69"].total == 7


def test_rows_carry_their_unit_and_keys_their_county(desk: Desk) -> None:
    """Every row going up says whose it is, and no two counties' keys look alike."""
    rows = details(consolidated(desk.books("2012B1"), "市"), "needs")
    assert [row.places for row in rows[:1]] == [("济南市", "历下区")]
    assert len({row.values["need_id"] for row in rows}) == 10
    assert rows[0].values["need_id"] == "370102-X0001"
    assert rows[0].values["contact_point"] == "370102-L002"
    assert rows[0].values["name"] == "张*"
    visit = details(consolidated(desk.books("2012B1"), "市"), "visits")[0]
    assert visit.values["cadres"] == ("370102-G001", "370102-G002")


def test_townships_are_listed_to_the_city_and_summed_for_the_province(desk: Desk) -> None:
    """The province gets one line a county of 基层组织; the city every township."""
    books = desk.books("2012B1")
    city = details(consolidated(books, "市"), "grassroots")
    assert [row.values["township"] for row in city[:2]] == ["泉城路街道", "姚家街道"]
    province = details(consolidated(books), "grassroots")
    assert len(province) == 4
    assert province[0].values["township"] == "（2行合计）"
    assert province[0].values["women"] == 37000


def test_a_unit_without_a_report_is_carried_with_its_book(desk: Desk) -> None:
    """沿用: its last book stands in the ledgers, its visits do not come again."""
    desk.submit("370102", "2012B2")
    books = desk.books("2012B2")
    made = consolidated(books, "市")
    assert {row.places[1] for row in details(made, "needs")} == {"历下区", "市中区"}
    assert {row.places[1] for row in details(made, "visits")} == {"历下区"}
    board = {row.unit.unit_id: row for row in made.board}
    assert board["370103"].state is State.MISSING
    assert board["370103"].carried
    assert made.statistics.columns[2].state.mark(current=False) == "（沿用）"
    # Its own book, and that of the unit that was merged into it.
    assert made.statistics.columns[2].values["S19"].total == 4 + 4
    assert made.statistics.columns[2].values["S07"].current is None


def test_a_merged_units_book_goes_over_to_its_successor(desk: Desk) -> None:
    """A county that ended stands in its successor's column, until that one's own book has it."""
    books = desk.books("2012B2")
    made = consolidated(books, "市")
    assert "370203" not in {row.unit.unit_id for row in consolidated(books).board}
    assert made.statistics.columns[2].values["S19"].total == 8
    assert len(details(made, "needs")) == 15
    desk.submit("370103", "2012B2")
    after = consolidated(desk.books("2012B2"), "市")
    assert after.statistics.columns[2].values["S19"].total == 4
    assert len(details(after, "needs")) == 10


def test_the_same_person_across_a_merger_is_seen_by_the_city(desk: Desk) -> None:
    """Books taken over from another city are compared with the city's own."""
    rows = consolidated(desk.books("2012B2"), "市").same_person
    assert rows is not None
    assert {row.unit.unit_id for row in rows} == {"370102", "370103", "370203"}


def test_the_same_person_in_two_counties_is_told_to_their_superior() -> None:
    """Two counties' rows on one person are shown to the city, by key only, and not above."""
    desk = Desk()
    other = "@ 妇女需求台帐 身份证号 5 = '370102670101122\n@ 妇女需求台帐 年龄 5 = 45\n@ 妇女需求台帐 身份证号 4 = "
    desk.submit("370102", "2012B1")
    desk.submit("370103", "2012B1", other)
    rows = consolidated(desk.books("2012B1"), "市").same_person
    assert rows is not None
    assert [(row.group, row.key, *row.above, row.matter) for row in rows] == [
        (1, "370102-X0001", "济南市", "就业创业、未办理"),
        (1, "370103-X0002", "济南市", "生活救助、已办结"),
    ]
    assert consolidated(desk.books("2012B1")).same_person == ()


def test_the_same_person_is_told_of_in_words_that_the_reader_may_see() -> None:
    """What the office keeps from a level stands in no list of that level's workbook either."""
    desk = Desk()
    desk.submit("370102", "2012B1")
    desk.submit("370103", "2012B1")
    city, told = desk.books("2012B1"), set()
    for hidden in ((), ("category",), ("category", "status"), ("need_id",)):
        policy = MaskPolicy(
            THREE_LEVELS, "市", {f"needs.{column}": "left_out" for column in hidden}
        )
        rows = consolidate(CAMPAIGN, city, TREE["370100"], policy).same_person
        assert rows
        told.add((rows[0].key, rows[0].matter))
    assert told == {
        ("370102-X0001", "就业创业、未办理"),
        ("370102-X0001", "未办理"),
        ("370102-X0001", ""),
        ("", "就业创业、未办理"),
    }


def test_a_withdrawn_row_is_about_nobody() -> None:
    """A registration that was set to 已撤销 is no longer held against another county's."""
    desk = Desk()
    desk.submit("370102", "2012B1")
    desk.submit(
        "370103",
        "2012B1",
        "@ 妇女需求台帐 办理状态 4 = 已撤销\n@ 妇女需求台帐 办理结果 4 = 重复登记",
    )
    assert consolidated(desk.books("2012B1"), "市").same_person == ()


def test_old_and_new_identity_numbers_meet() -> None:
    """The number of 15 places and that of 18 are the same person's."""
    assert same_number("370102670101122") == same_number("370102196701011220")


def test_the_board_tells_all_states_apart(desk: Desk) -> None:
    """未报, 零报告, 已接收, 退回待改 and 待确认 are five different things."""
    assert desk.submit("370102", "2012B2", NIL).outcome is Outcome.ACCEPTED
    desk.submit("370103", "2012B2", "@ 走访记录 走访妇女人次 4 = 约20")
    board = board_data(CAMPAIGN, desk.books("2012B2"), PROVINCE)
    period = Period.parse("2012B2")
    words = {row.unit.unit_id: row.word for row in board.column(period)}
    assert words["370102"] == "零报告"
    assert words["370103"] == "退回待改"
    assert words["370202"] == "未报"
    assert "370203" not in words
    first = Period.parse("2012B1")
    assert {row.unit.unit_id for row in board.column(first)} > {"370203"}
    assert board.cell(TREE["370202"], period) is not None
    assert board.cell(TREE["370203"], period) is None


def test_each_state_has_its_own_word_and_colour() -> None:
    """Six words, six colours; whose file was refused is not in, and 未报 comes first of those."""
    assert [state.label for state in OUT] == ["未报", "退回待改", "待确认", "拒收"]
    assert [state.label for state in State if state.is_in] == ["零报告", "已接收"]
    assert len({state.colour for state in State}) == len(State)
    rows = [BoardRow(unit=PROVINCE, state=state, late=state.is_in) for state in State]
    assert Tally.of(rows).told() == (
        "应报6个单位，已报2个（其中零报告1个、迟报2个），未报1个，退回待改1个，待确认1个，拒收1个。"
    )
    assert [row.word for row in rows if row.late] == ["零报告（迟报）", "已接收（迟报）"]


def test_what_was_accepted_stands_whatever_follows(desk: Desk) -> None:
    """A later attempt that is returned does not undo what was accepted."""
    desk.submit("370102", "2012B1", "@ 走访记录 走访妇女人次 4 = 约20")
    row = desk.books("2012B1").board_row(TREE["370102"])
    assert row.state is State.ACCEPTED
    assert row.word == "已接收（另有退回待改）"


def test_explanations_go_up_with_the_data() -> None:
    """What a county explained stands in the city's workbook, with the finding it answers."""
    desk = Desk()
    early = "@ 走访记录 日期 4 = 2012-02-28\n"
    number = desk.submit("370102", "2012B2", early).findings[0].number
    answer = (
        "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
        f"| '{number} | | 上期漏报 |"
    )
    assert desk.submit("370102", "2012B2", early + answer).outcome is Outcome.ACCEPTED
    made = consolidated(desk.books("2012B2"), "市")
    assert [entry.explanation for entry in made.explanations] == ["上期漏报"]


def test_sources_name_every_submission_behind_the_figures(desk: Desk) -> None:
    """Each figure can be followed to the files it stands on."""
    made = consolidated(desk.books("2012B1"), "市")
    assert [(unit.unit_id, source.receipt) for unit, source in made.sources] == [
        ("370102", "R-01"),
        ("370103", "R-02"),
    ]
    assert made.stamp == max(desk.attempts[unit, "2012B1"].answered_at for unit in ("370103",))


def test_without_any_answer_the_stamp_is_the_periods_first_day() -> None:
    """Even an empty workbook has a stamp that the clock did not make."""
    assert newest(Desk().books("2012B2"), CITY).date() == dt.date(2012, 3, 1)


def test_corrections_say_what_changed_and_why(desk: Desk) -> None:
    """After a correction the superior sees old and new figure, by whom, and the reason."""
    published = desk.books("2012B1").accepted
    desk.submit(
        "370102",
        "2012B1",
        "@ 封面 报送性质 = 更正\n@ 封面 更正原因 = 漏填\n@ 走访记录 走访妇女人次 4 = 25",
    )
    books = desk.books("2012B1")
    found = find_corrections(published, books, CITY)
    changed = {(entry.code, entry.current): (entry.old, entry.new) for entry in found}
    assert changed == {
        ("S08", True): (51, 56),
        ("S08", False): (51, 56),
        ("S11", True): (20, 25),
        ("S11", False): (20, 25),
    }
    assert {entry.reason for entry in found} == {"漏填"}
    assert {(entry.replaced, entry.receipt) for entry in found} == {("R-01", "R-05")}
    assert [load_correction(dump_correction(entry)) for entry in found] == list(found)
    made = consolidate(CAMPAIGN, books, PROVINCE, MaskPolicy(THREE_LEVELS, "省"), found)
    assert {(row.unit.unit_id, row.column.unit_id) for row in made.corrections} == {
        ("370102", "370100")
    }


def test_what_mends_a_return_says_so_in_place_of_a_reason(desk: Desk) -> None:
    """A figure that changed because a superior returned the workbook is 退回修改 to whoever reads 更正表."""
    published = desk.books("2012B1").accepted
    desk.submit("370102", "2012B1", "@ 封面 报送性质 = 退回修改\n@ 走访记录 走访妇女人次 4 = 25")
    found = find_corrections(published, desk.books("2012B1"), CITY)
    assert {entry.reason for entry in found} == {"退回修改"}


def test_what_counts_no_longer_is_no_correction(desk: Desk) -> None:
    """A published figure whose submission a superior returned is out, and nobody corrected it."""
    published = desk.books("2012B1").accepted
    del desk.judged["370102", "2012B1"]
    assert find_corrections(published, desk.books("2012B1"), CITY) == ()


def test_who_only_came_in_since_is_no_correction(desk: Desk) -> None:
    """A late county changes the sum, and corrects nothing."""
    published = desk.books("2012B1").accepted
    desk.submit("370100", "2012B1", "@ 基层组织 gone")
    assert find_corrections(published, desk.books("2012B1"), CITY) == ()


def test_keys_are_merged_once() -> None:
    """A key that bears its unit already is left as it is; names that serve as keys too."""
    proposals, towns = FORM.by_key["proposals"], FORM.by_key["grassroots"]
    row = with_unit(
        FORM, proposals, "370100", {"proposal_id": "D001", "needs": ("X0001", "370102-X0003")}
    )
    assert row == {"proposal_id": "370100-D001", "needs": ("370100-X0001", "370102-X0003")}
    assert with_unit(FORM, towns, "370102", {"township": "姚家街道"}) == {"township": "姚家街道"}
    assert with_unit(FORM, proposals, "370100", {"proposal_id": None}) == {"proposal_id": None}


def test_the_lists_tell_units_of_one_name_apart() -> None:
    """来源一览 and 更正表 say whose 市中区 it is, and that the province's own file is its own."""
    desk = Desk()
    desk.submit("370103", "2012B1")
    tables = consolidate(CAMPAIGN, desk.books("2012B1"), PROVINCE, MaskPolicy(THREE_LEVELS, "省"))
    ((unit, _),) = tables.sources
    assert tables.name_of(unit) == "济南市市中区"
    assert tables.name_of(PROVINCE) == "山东省本级"
    assert tables.name_of(TREE["370102"]) == "历下区"


def test_rows_of_a_citys_own_say_so() -> None:
    """No filter over 市 and 县（区） has a blank: own rows are named 济南市本级, 山东省本级."""
    desk = Desk()
    for unit_id in ("370000", "370100", "370102"):
        desk.submit(unit_id, "2012B1", "@ 基层组织 gone\n" if unit_id != "370102" else "")
    tables = consolidate(CAMPAIGN, desk.books("2012B1"), PROVINCE, MaskPolicy(THREE_LEVELS, "省"))
    places = {row.places for detail in tables.details for row in detail.rows()}
    assert places == {
        ("山东省本级", "山东省本级"),
        ("济南市", "济南市本级"),
        ("济南市", "历下区"),
    }


def test_a_figure_of_another_declaration_is_named_where_nobody_fills_the_form_above(
    desk: Desk,
) -> None:
    """Without a 本级 the first column is a city's whole: what its counties measured long ago counts there."""
    books = desk.books("2012B1")
    spot = ("370103", "2012B1")
    old = {**books.accepted, spot: replace(books.accepted[spot], former=("S08",))}
    counties = replace(books, accepted=old, form=replace(FORM, levels=frozenset({"县"})))
    assert dict(statistics(counties, PROVINCE).former) == {"S08": ("济南市",)}
    assert dict(statistics(replace(books, accepted=old), PROVINCE).former) == {"S08": ("济南市",)}
    assert dict(statistics(counties, CITY).former_current) == {"S08": ("市中区",)}
