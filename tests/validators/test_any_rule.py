"""Whatever the language accepts is judged, and what cannot be read never adds a finding of a rule."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from sheetflow.findings import Severity
from sheetflow.pipeline import judge
from sheetflow.schemas.cells import Day
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.language.conditions import read_condition
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.places import Place
from sheetflow.schemas.language.rules import read_rule, rule_text
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.options import Choice
from sheetflow.schemas.rules import DeclaredRule
from tests.county_book import CAMPAIGN, FORM, context, drawn, judged, left_by
from tests.schemas.language.made_up_rules import RuleWriter

VOCABULARY = Vocabulary.of(FORM.sheets, FORM.indicators, cover=FORM.cover.sheet, nil=FORM.cover.nil)
SHEETS = ("needs", "case_help", "cadres", "pairings", "visits", "")
_EACH = 60


def made_up(random: Random) -> list[DeclaredRule]:
    """Make rules of every kind of sheet, and of the workbook as a whole."""
    rules = []
    for key in SHEETS:
        sheet = VOCABULARY.sheets[key] if key else None
        writer = RuleWriter(random, VOCABULARY, sheet)
        for number in range(_EACH):
            point = (sheet.marker.key if sheet else "cover.preparer",)

            def read(
                place: Place,
                key: str = key,
                writer: RuleWriter = writer,
                point: tuple[str, ...] = point,
            ) -> Expression:
                text = writer.truth()
                made = read_rule(text, VOCABULARY, key, place=place, points=point)
                assert not isinstance(made, Faults), (text, made)
                again = rule_text(made, VOCABULARY, key)
                assert read_rule(again, VOCABULARY, key, place=place, points=point) == made, text
                return made

            rules.append(
                DeclaredRule(
                    code=f"made-up-{key or 'book'}-{number}",
                    severity=Severity.VERIFY,
                    when=read(Place.WHEN) if random.random() < 0.5 else None,
                    must=read(Place.MUST),
                    points=point,
                    wrong="不对",
                    remedy="请核对",
                    title="试",
                    summary="试",
                    sheet=key,
                )
            )
    return rules


def spoilt(random: Random) -> str:
    """Make some cells unreadable: in them stands what is no date, no number and no option."""
    lines = []
    for key in ("needs", "case_help", "cadres", "pairings"):
        sheet = FORM.by_key[key]
        strict = [
            each
            for each in sheet.columns
            if each.type.numeric or isinstance(each.type, Day | Choice)
        ]
        lines += [
            f"@ {sheet.title} {column.label} {row} = 看不清"
            for column in random.sample(strict, min(3, len(strict)))
            for row in (4,)
        ]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(3))
def test_any_rule_is_judged_and_unknown_is_silent(seed: int) -> None:
    """Hundreds of made-up rules are judged; cells made unreadable add no finding of any of them."""
    random = Random(seed)  # noqa: S311 - the same rules every time
    rules = made_up(random)
    aside = read_condition('[办理状态]="已撤销" 或 [年龄]<0', VOCABULARY, "needs")
    assert isinstance(aside, Condition)
    sheets = tuple(
        replace(each, void=aside) if each.key == "needs" else each for each in FORM.sheets
    )
    form = replace(FORM, sheets=sheets, rules=tuple(rules))
    campaign = replace(CAMPAIGN, forms=(form,), rules={})
    earlier = left_by(judged(period="2012B1"))

    def found(changes: str) -> set[tuple[str, str]]:
        judgement = judge(drawn(changes), campaign, context(earlier=earlier))
        assert judgement.book is not None
        return {
            (finding.rule, finding.place.cell)
            for finding in judgement.findings
            if finding.rule.startswith("made-up")
        }

    sound = found("")
    assert len({rule for rule, _ in sound}) > len(rules) // 10, (
        "most rules must have something to say"
    )
    for _ in range(3):
        assert found(spoilt(random)) <= sound
