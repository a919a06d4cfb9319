"""What a campaign declares in Python comes back equal from its text in the language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sheetflow.schemas.conditions import (
    Any,
    AtLeast,
    Compared,
    Condition,
    Every,
    Filled,
    Is,
    Not,
    Through,
    where,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.language.conditions import condition_text, read_condition
from sheetflow.schemas.language.sources import read_source, source_text
from sheetflow.schemas.language.vocabulary import Vocabulary
from tests.county_book import FORM
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM
from tests.tiny.gauged import GAUGED_FORM
from tests.tiny.measured import CAMPAIGN
from tests.tiny.pair import PROBE_FORM
from tests.tiny.reported import REPORTED_FORM

FORMS = {
    "progress": FORM,
    "patrol": PATROL_FORM,
    "register": REGISTER_FORM,
    "probe": PROBE_FORM,
    "reported": REPORTED_FORM,
    "gauged": GAUGED_FORM,
    "measured": CAMPAIGN.main_form,
}


def words_of(form: Form) -> Vocabulary:
    """Give what the form's expressions may name, no indicator yet."""
    return Vocabulary.of(form.sheets, cover=form.cover.sheet, nil=form.cover.nil)


def conditions_of(form: Form) -> Iterator[tuple[str, Condition]]:
    """Give every condition of a form with its sheet."""
    for sheet in form.sheets:
        asked = [sheet.void, sheet.closed, sheet.in_use if sheet.markers else None]
        for column in sheet.columns:
            asked += [column.required if isinstance(column.required, Condition) else None]
            asked += [column.disclosure.withheld_when]
        yield from ((sheet.key, condition) for condition in asked if condition)
    told = form.report
    if told and told.story_where:
        yield told.story_sheet, told.story_where
    if form.cover.nil:
        yield form.cover.sheet, form.cover.nil


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_conditions_come_back(form: Form) -> None:
    """Each condition that a form declares is read from its text as it was."""
    vocabulary = words_of(form)
    for sheet, condition in conditions_of(form):
        text = condition_text(condition, vocabulary, sheet)
        assert read_condition(text, vocabulary, sheet, through=True) == condition, text


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_sources_come_back(form: Form) -> None:
    """Each indicator's source is read from its text as it was, those above it alone being known."""
    vocabulary = words_of(form)
    for indicator in form.indicators:
        text = source_text(indicator.source, vocabulary)
        assert read_source(text, vocabulary) == indicator.source, text
        vocabulary = vocabulary.with_indicator(indicator)


ONE, TWO = where("status", "在岗"), where("status", "在岗", "已调离")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (ONE, '[状态]="在岗"'),
        (TWO, '[状态]={"在岗","已调离"}'),
        (Not(ONE), '[状态]<>"在岗"'),
        (Not(TWO), '[状态]<>{"在岗","已调离"}'),
        (Filled("name"), '[姓名]<>""'),
        (Not(Filled("name")), '[姓名]=""'),
        (AtLeast("diaries", 3), "[妇情日记（本）]>=3"),
        (AtLeast("diaries", "ledgers"), "[妇情日记（本）]>=[需求台帐（册）]"),
        (Compared("diaries", "<", 3), "[妇情日记（本）]<3"),
        (Compared("diaries", "=", -3), "[妇情日记（本）]=-3"),
        (Not(Compared("diaries", "=", 0)), "[妇情日记（本）]<>0"),
        (Not(Compared("diaries", "<=", "ledgers")), "非 [妇情日记（本）]<=[需求台帐（册）]"),
        (ONE & TWO & Filled("name"), '([状态]="在岗" 且 [状态]={"在岗","已调离"}) 且 [姓名]<>""'),
        (
            Every((ONE, Any((TWO, Filled("name"))))),
            '[状态]="在岗" 且 ([状态]={"在岗","已调离"} 或 [姓名]<>"")',
        ),
        (
            Any((Every((ONE, TWO)), ONE)),
            '[状态]="在岗" 且 [状态]={"在岗","已调离"} 或 [状态]="在岗"',
        ),
        (Not(Every((ONE, TWO))), '非 ([状态]="在岗" 且 [状态]={"在岗","已调离"})'),
        (Not(Not(ONE)), '非 [状态]<>"在岗"'),
        (Is("name", ('说"好"',)), '[姓名]=“说"好"”'),
    ],
)
def test_each_kind_has_its_text(condition: Condition, text: str) -> None:
    """Each kind of condition is written in one way, and read back from it."""
    vocabulary = words_of(FORM)
    assert condition_text(condition, vocabulary, "cadres") == text
    assert read_condition(text, vocabulary, "cadres") == condition


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Through("need", where("status", "已撤销")), '[台帐编号].[办理状态]="已撤销"'),
        (Through("need", Not(where("status", "已撤销"))), '[台帐编号].[办理状态]<>"已撤销"'),
        (Not(Through("need", where("status", "已撤销"))), '非 [台帐编号].[办理状态]="已撤销"'),
        (Through("need", AtLeast("age", 60)), "[台帐编号].[年龄]>=60"),
        (
            Through("need", Compared("closed_on", ">", "registered_on")),
            "[台帐编号].[办结日期]>[台帐编号].[登记日期]",
        ),
        (Compared("need.age", "<", "funds"), "[台帐编号].[年龄]<[投入资金（元）]"),
    ],
)
def test_conditions_through_a_reference(condition: Condition, text: str) -> None:
    """What a row points to is asked by [reference].[column]."""
    vocabulary = words_of(FORM)
    assert condition_text(condition, vocabulary, "case_help") == text
    assert read_condition(text, vocabulary, "case_help", through=True) == condition
