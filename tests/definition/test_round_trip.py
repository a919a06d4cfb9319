"""A campaign written as a workbook, read and compiled: the same campaign, whatever it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.definition.compiling.report import FoundTemplate, template_names
from sheetflow.definition.exporting.campaign import rows_of, template_name
from sheetflow.definition.starter import starter_tables
from sheetflow.reading.reader import read_workbook
from sheetflow.schemas.campaign import Campaign
from sheetflow.writing.definition_workbook import write_definition
from tests.definition.sayable_campaigns import SAYABLE

EXAMPLE = Path(__file__).parents[2] / "examples" / "妇女之家建设季报" / "活动定义_妇女之家.xlsx"

UNSAYABLE = {
    *("Campaign.rules", "Campaign.checks"),  # programs: refused by name
    *("Choice.retired", "Choices.retired"),  # gone since nobody says when: refused by name
    *("Sheet.versions", "Form.versions"),  # of what is made of a declaration, not of it
}
"""What no workbook can say."""


def come_back(campaign: Campaign) -> Campaign:
    """The campaign after it was a file."""
    templates = {
        template_name(form): FoundTemplate(sha256=form.template)
        for form in campaign.forms
        if form.template
    }
    raw = read_workbook(write_definition(rows_of(campaign)))
    compiled = compile_campaign(raw, templates)
    assert not compiled.faults, "\n".join(fault.sentence for fault in compiled.faults)
    assert compiled.campaign
    return compiled.campaign


def differences(one: object, other: object, at: str = "") -> list[str]:
    """Where two declarations differ, by the way there: a failing test then names the field."""
    if one == other:
        return []
    if type(one) is not type(other):
        return [f"{at}: {one!r} / {other!r}"]
    if is_dataclass(one):
        names = [entry.name for entry in fields(one) if entry.compare]
        pairs = [(name, getattr(one, name), getattr(other, name)) for name in names]
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = [
            (str(getattr(left, "key", number)), left, right)
            for number, (left, right) in enumerate(zip(one, other, strict=True))
        ]
    else:
        return [f"{at}: {one!r} / {other!r}"]
    return [
        each for name, left, right in pairs for each in differences(left, right, f"{at}.{name}")
    ]


def test_the_2012_campaign_comes_back_equal() -> None:
    """Every sheet, column, option, indicator, rule, chart and text of 2012 survives being a workbook."""
    campaign = load_campaign("grassroots2012")
    back = come_back(campaign)
    assert not differences(campaign, back)
    assert campaign == back


@pytest.mark.parametrize("name", sorted(SAYABLE))
def test_campaigns_of_other_levels_and_cadences_come_back_equal(name: str) -> None:
    """Four levels, other cadences, a second form, versions, masks, deadlines: nothing of it is lost."""
    campaign = SAYABLE[name]
    back = come_back(campaign)
    assert not differences(campaign, back)
    assert campaign == back


def test_the_example_campaign_comes_back_equal() -> None:
    """The campaign that ships as a workbook only can be exported, and is then the same campaign."""
    raw = read_workbook(EXAMPLE.read_bytes())
    templates = {name: FoundTemplate(sha256="cd" * 32) for name in template_names(raw)}
    campaign = compile_campaign(raw, templates).campaign
    assert campaign
    assert campaign == come_back(campaign)


def test_what_came_back_is_written_the_same() -> None:
    """Exporting what was compiled gives the same file: a reviewer sees only what somebody changed."""
    campaign = SAYABLE["everything"]
    assert write_definition(rows_of(come_back(campaign))) == write_definition(rows_of(campaign))


def test_a_new_campaign_can_be_used_as_it_stands() -> None:
    """What `campaign new` writes compiles without a fault, to one form with six indicators and two rules."""
    compiled = compile_campaign(read_workbook(write_definition(starter_tables())))
    assert not compiled.faults
    assert compiled.campaign
    (form,) = compiled.campaign.forms
    assert (len(form.indicators), len(form.rules), len(compiled.campaign.levels)) == (6, 2, 3)
    kinds: Mapping[str, str] = {sheet.title: sheet.kind.value for sheet in form.sheets}
    assert {"flow", "ledger", "card", "indicators"} <= {*kinds.values()}
    assert compiled.campaign == come_back(compiled.campaign), "and it can be exported again"


def test_the_campaign_that_says_everything_says_everything() -> None:
    """A field that declarations get later is tried on its way through a workbook, or this test says so."""
    said: set[str] = set()
    kinds: dict[str, type] = {}

    def walk(value: object) -> None:
        if isinstance(value, Mapping):
            value = tuple(value.values())
        if isinstance(value, tuple):
            for each in value:
                walk(each)
        elif is_dataclass(value) and not isinstance(value, type):
            kinds[type(value).__name__] = type(value)
            for entry in filter(lambda entry: entry.compare, fields(value)):
                part = getattr(value, entry.name)
                default = (
                    entry.default if entry.default_factory is MISSING else entry.default_factory()
                )
                if part != default:
                    said.add(f"{type(value).__name__}.{entry.name}")
                walk(part)

    for campaign in (load_campaign("grassroots2012"), *SAYABLE.values()):
        walk(campaign)
    every = {
        f"{name}.{entry.name}"
        for name, kind in kinds.items()
        for entry in fields(kind)
        if entry.compare
    }
    assert every - said == UNSAYABLE
    assert {"Campaign", "LevelSpec", "Form", "Sheet", "Column", "Indicator", "DeclaredRule"} <= {
        *kinds
    }
