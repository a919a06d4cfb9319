"""Findings are told apart, found again, and said in whole sentences."""

from __future__ import annotations

import pytest

from sheetflow.findings import (
    Catalogue,
    Check,
    Finding,
    Place,
    Severity,
    compare_rounds,
    listed,
    read_checks,
)

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
