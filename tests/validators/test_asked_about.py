"""What a superior asks of a figure points to the figure that it looked at, and says which one was agreed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.findings import Finding
from sheetflow.prefill.moves import move_finding
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.review import Heard
from tests.county_book import FORM, drawn, judged, judged_raw
from tests.validators.pairs_superiors import AGREED, QUESTION, RETURN, answer, hearing


def _found(rule: str, heard: Heard, text: str = "") -> Finding:
    """What is found of what was heard, once the county has written `text`."""
    found = judged_raw(drawn(answer(heard, text) if text else ""), heard=hearing(heard)).findings
    return next(each for each in found if each.rule == rule)


@pytest.mark.parametrize("heard", [QUESTION, RETURN])
@pytest.mark.parametrize(("code", "column"), [("S07", "E"), ("S19", "F"), ("S01", "F")])
def test_what_was_looked_at_is_asked_about_in_its_column(
    heard: Heard, code: str, column: str
) -> None:
    """Of what happened in a period 本期 is asked about, of all else 累计/期末, in the county's file and in ours."""
    figure = judged().figures[code]
    heard = replace(heard, about=code, figures=heard.figures and {code: figure})
    rule = "superior-return" if heard.figures else "superior-question"
    finding = _found(rule, heard)
    assert finding.place.cell.startswith(column)
    assert move_finding(finding, {}, FORM).place.cell.startswith(column)


@pytest.mark.parametrize(
    ("code", "which", "now"),
    [
        ("S08", "本期数", "本期是{}"),
        ("S01", "期末数", "期末是{}"),
        ("S19", "本期或累计数", "累计是{}"),
    ],
)
def test_a_figure_that_was_agreed_is_named_with_its_column(code: str, which: str, now: str) -> None:
    """Who agrees and changes nothing reads which figure was agreed, and what stands there now."""
    agreed = replace(AGREED, about=code, proposed=99999)
    wrong = GENERAL.wrong(_found("superior-agreed", agreed, "同意"))
    assert wrong.startswith(f"答复写了同意商定数99999（商定的是{which}），可是表里现在")
    assert wrong.endswith(f"{now.format(judged().figures[code])}，还没有按同意处理")
