"""Codes with a name beside them: read where it is their own, asked about where it is not."""

from __future__ import annotations

import pytest

from sheetflow.schemas.book import Judgement, Outcome
from tests.county_book import CAMPAIGN, judged

NAMES = ("王芳", "李静", "赵敏")


def typed(cell: str, value: str) -> Judgement:
    """Judge the valid workbook with one cell typed over."""
    return judged(f"@ {cell} = {value}")


def rules(judgement: Judgement) -> list[str]:
    """The rules of all that was found."""
    return [finding.rule for finding in judgement.findings]


@pytest.mark.parametrize(
    "value",
    [
        "G002 李静",
        "G002李静",
        "G002（李静）",
        "G002(李 静)",
        "G002、李静",
        "李静G002",
        "g002—李静",
        "李静（G002）",
    ],
)
def test_a_code_with_its_own_name_is_the_code(value: str) -> None:
    """Whoever adds the cadre's name to her code has said the code, and hears so once."""
    judgement = typed("妇女需求台帐 责任干部 4", value)
    assert judgement.outcome is Outcome.ACCEPTED
    assert rules(judgement) == ["reference-named"]
    assert judgement.book is not None
    assert judgement.book.sheets["needs"].rows[0]["cadre"] == "G002"


@pytest.mark.parametrize(
    "value", ["G001 王芳、G002 李静", "G001、王芳、G002、李静", "G001，G002李静"]
)
def test_several_codes_with_names_are_the_codes(value: str) -> None:
    """In a cell of several codes each may bear its name, with any mark between them."""
    judgement = typed("走访记录 参加干部 4", value)
    assert judgement.outcome is Outcome.ACCEPTED
    assert rules(judgement) == ["reference-named"]
    assert judgement.book is not None
    assert judgement.book.sheets["visits"].rows[0]["cadres"] == ("G001", "G002")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("G002 王芳", "reference-name-other"),
        ("G002 张三", "reference-name-other"),
        ("李静", "reference-by-name"),
        ("张三", "reference-unknown"),
        ("G009 李静", "reference-unknown"),
        ("G001、G002", "reference-unknown"),
    ],
)
def test_what_may_be_another_row_is_asked_about(value: str, rule: str) -> None:
    """Another name may mean another cadre: nothing is guessed, and one thing is said of the cell."""
    judgement = typed("妇女需求台帐 责任干部 4", value)
    assert judgement.outcome is Outcome.RETURNED
    assert [each for each in rules(judgement) if not each.startswith("habit")] == [rule]


@pytest.mark.parametrize("value", ["G002 王芳", "李静", "G002 李静"])
def test_no_name_is_repeated(value: str) -> None:
    """The sentences name codes and sheets; a name never leaves the cell."""
    judgement = typed("妇女需求台帐 责任干部 4", value)
    words = " ".join(map(CAMPAIGN.catalogue.sentence, judgement.findings))
    assert not any(name in words for name in NAMES)


def test_the_advice_names_the_code() -> None:
    """Whoever typed the name alone is told the code to fill in."""
    (finding,) = typed("妇女需求台帐 责任干部 4", "李静").findings
    assert "G002" in CAMPAIGN.catalogue.remedy(finding)


def test_a_place_bears_its_rows_own_code() -> None:
    """A line says which row is meant by the row's code; what is typed in a code's place is not shown."""
    (finding,) = typed("妇女需求台帐 年龄 4", "约20").findings
    assert finding.place.code == "X0001"
    shown = {entry.place.code for entry in typed("个案帮扶 台帐编号 4", "张秀英").findings}
    assert "张秀英" not in shown
