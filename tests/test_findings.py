"""Findings are told apart, found again, and said in whole sentences."""

from __future__ import annotations

import pytest

from sheetflow.findings import (
    UNNAMED,
    WAIVED,
    Catalogue,
    Check,
    Explanation,
    Finding,
    Place,
    Severity,
    group_of,
    in_order,
    listed,
    read_checks,
)
from sheetflow.rounds import compare_rounds

HARD = Check("hard", Severity.MUST, "难", "填了{typed}", "请改正", "要改正", "通知")
ASKED = Check("asked", Severity.VERIFY, "问", "有出入", "请说明", "请说明", "通知")
CATALOGUE = Catalogue.of([HARD, ASKED])


def at(key: str, check: Check = HARD, cell: str = "C7") -> Finding:
    """Give a finding in the row of that key."""
    place = Place(
        sheet="s", title="走访记录", row=7, column="c", label="走访方式", cell=cell, key=key
    )
    return check.at(place, typed="甲")


def test_a_finding_keeps_its_number_while_its_row_moves() -> None:
    """The number that a filler answers stays the same when rows are put in above."""
    assert at("X0001").number == at("X0001", cell="C9").number
    assert at("X0001").number != at("X0002").number
    assert len(at("X0001").number) == 8


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), "整个工作簿"),
        (Place(title="走访记录"), "《走访记录》"),
        (Place(title="走访记录", row=7), "《走访记录》第7行"),
        (Place(title="走访记录", row=7, cell="C7", label="方式"), "《走访记录》C7“方式”"),
        (Place(title="台帐", row=7, cell="C7", label="年龄", code="X4"), "《台帐》C7，X4“年龄”"),
        (Place(title="台帐", row=7, code="X4"), "《台帐》第7行，X4"),
    ],
)
def test_places_are_named_as_people_would(place: Place, words: str) -> None:
    """A place is named by sheet, cell and column, as far as they are known."""
    assert place.words == words


def test_severities_have_the_offices_words() -> None:
    """强制性, 核实性 and 提示性 are the words of statistical reporting."""
    assert [entry.label for entry in Severity] == ["强制性", "核实性", "提示性"]


def test_sentences_list_the_cells_of_a_group() -> None:
    """A grouped finding lists its first cells and counts them all."""
    one = at("X0001")
    assert CATALOGUE.sentence(one) == "《走访记录》C7“走访方式”：填了甲。请改正。"
    many = Finding(
        one.rule, one.severity, one.place, one.arguments, ("C8", "C9", "C10", "C11", "C12")
    )
    assert listed(many) == "C7、C8、C9、C10、C11等"
    assert "（共6处：C7、C8、C9、C10、C11等）" in CATALOGUE.sentence(many)


def test_a_code_is_given_once() -> None:
    """Two checks cannot bear one code."""
    with pytest.raises(ValueError, match="hard"):
        Catalogue.of([HARD, HARD])


def test_rounds_count_what_is_mended_left_and_new() -> None:
    """The answer says how many of the last findings are mended, left and new."""
    last = [at("X0001"), at("X0002"), at("X0003", ASKED)]
    now = [at("X0002"), at("X0009")]
    told = compare_rounds(last, now)
    assert told is not None
    assert told.words == "上次3处，已改2处，未改1处，新增1处。"
    assert compare_rounds([], now) is None


def test_what_is_explained_or_let_pass_is_not_mended() -> None:
    """A finding that was only explained, or waived, is counted apart from those that are mended."""
    asked, hard = at("X0003", ASKED), at("X0001")
    said = {asked.identity: Explanation("属实"), hard.identity: Explanation(f"{WAIVED}灾年")}
    told = compare_rounds([hard, at("X0002"), asked], [hard, asked], said)
    assert told is not None
    assert told.words == "上次3处，已改1处，已说明1处，已放行1处，未改0处，新增0处。"


def test_a_row_without_a_key_that_is_explained_is_not_mended() -> None:
    """Such a row is another one when a cell of it changes: its explanation counts all the same."""
    asked, later = at(f"{UNNAMED}1", ASKED), at(f"{UNNAMED}2", ASKED)
    told = compare_rounds([asked], [later], {later.identity: Explanation("属实")})
    assert told is not None
    assert (told.mended, told.explained, told.left, told.new) == (0, 1, 0, 0)


def test_findings_are_listed_by_what_they_ask() -> None:
    """必改 comes first, then 核实, then 提示; what is settled asks nothing and comes last."""
    told = Check("told", Severity.NOTE, "记", "读作甲", "不用改", "记", "通知")
    settled, hard, asked, note = at("X1"), at("X2"), at("X3", ASKED), at("X4", told)
    said = {settled.identity: Explanation(f"{WAIVED}灾年")}
    listed = in_order([settled, note, asked, hard], said)
    assert listed == (hard, asked, note, settled)
    assert [group_of(finding, said) for finding in listed] == ["必改", "核实", "提示", "已处理"]


def test_rounds_count_each_place_of_a_group() -> None:
    """Of a grouped finding, each place counts: mending half of them is seen."""
    one = at("X0001")
    group = Finding(
        one.rule, one.severity, one.place, one.arguments, ("C8", "C9"), ("X0002", "X0003")
    )
    told = compare_rounds([group], [at("X0003")])
    assert told is not None
    assert (told.last, told.mended, told.left, told.new) == (3, 2, 1, 0)


def test_checks_are_read_as_they_are_written_down() -> None:
    """Four lines make a check, under the source that was named last; anything else is refused."""
    written = "hard 强制性 难\n填了{typed}\n请改正\n要改正\n"
    assert read_checks(f"\n依据：通知\n\n{written}") == (HARD,)
    for broken in (written, f"依据：通知\n\n{written}多了一行\n"):
        with pytest.raises(ValueError, match="a source and four lines"):
            read_checks(broken)
