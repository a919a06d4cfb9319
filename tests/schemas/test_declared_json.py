"""A campaign is kept as canonical JSON: whole, the same bytes for equal ones, and nothing but declarations."""

from __future__ import annotations

import datetime as dt
import json
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import pytest

from sheetflow.campaigns import NAMES, load_campaign
from sheetflow.errors import DeclarationError
from sheetflow.findings import Severity
from sheetflow.periods import Cadence
from sheetflow.schemas.campaign import Campaign, CampaignVersion, FormHead
from sheetflow.schemas.cells import Attachment, CellType, Fraction
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.declared_json import (
    IS,
    digest_of,
    dump_campaign,
    known_kinds,
    load_campaign_json,
)
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Not,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Source
from sheetflow.schemas.options import Choice
from sheetflow.schemas.rules import DeclaredRule
from tests.tiny.campaign import CAMPAIGN as RIVERS
from tests.tiny.pair import PAIR

_CODE: Mapping[str, Any] = MappingProxyType({})


def declared(campaign: Campaign) -> Campaign:
    """Give what of a campaign is no Python."""
    return replace(campaign, rules=_CODE, samples=_CODE)


CAMPAIGNS = [*(declared(load_campaign(name)) for name in NAMES), declared(RIVERS), declared(PAIR)]

RULE = DeclaredRule(
    code="never-less",
    severity=Severity.MUST,
    must=Joined(
        "或",
        (
            Operation(">=", Cell("metres", at=3), Minus(Literal(Decimal("-0.50")))),
            Not(Call("含", (Cell("means", scope=Scope.BEFORE), Options(("步行", "乘船"))))),
            Operation("=", OwnCell(), Cell("outlet", of="state")),
            Operation("=", Cell("frozen", card="head"), Literal("否")),
            Call("计数", (Name("patrols"), Literal(True))),  # noqa: FBT003 - a truth is a literal, too
        ),
    ),
    points=("metres",),
    wrong="{metres}太少",
    remedy="请改正",
    title="太少",
    summary="不得太少",
    sheet="patrols",
    only_levels=frozenset({"县", "乡"}),
)


def with_everything() -> Campaign:
    """Give a campaign that says something in every field that came with campaign workbooks."""
    form = RIVERS.main_form
    sheet = next(each for each in form.sheets if each.key == "patrols")
    more = (
        Column(key="share", label="占比", type=Fraction(3, 0, 100), accepts=("未开展", "不适用")),
        Column(key="photo", label="照片", type=Attachment((".jpg",), 2), required=False, width=9.5),
        Column(
            key="kind",
            label="类别",
            type=Choice(
                ("甲", "乙"), older=(("老甲", "甲"),), spans=(("乙", 1, 3),), listed_as="类"
            ),
        ),
    )
    wider = replace(sheet, declared=(*sheet.declared, *more), filing_declared=True)
    sheets = tuple(wider if each is sheet else each for each in form.sheets)
    form = replace(
        form,
        sheets=sheets,
        rules=(RULE,),
        cadence=Cadence.ONCE,
        opens=dt.date(2012, 3, 1),
        closes=dt.date(2012, 4, 1),
        due_on=MappingProxyType({"县": dt.date(2012, 5, 1)}),
        template="0" * 64,
    )
    return replace(
        declared(RIVERS),
        forms=(form,),
        head=FormHead(number="河表1"),
        money_scale=None,
        versions=(CampaignVersion(number=1, first_period="2012Q1"),),
    )


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda campaign: campaign.key)
def test_what_is_kept_comes_back_equal(campaign: Campaign) -> None:
    """A campaign that was kept is the very one that was taken into use, and is named by the same digest."""
    content = dump_campaign(campaign)
    back = load_campaign_json(content)
    assert back == campaign
    assert digest_of(dump_campaign(back)) == digest_of(content)


def test_every_new_thing_comes_back_too() -> None:
    """Rules, fractions, attachments, dates and lists that changed are kept whole."""
    campaign = with_everything()
    back = load_campaign_json(dump_campaign(campaign))
    assert back == campaign
    sheet = back.main_form.by_key["patrols"]
    assert sheet.by_key["kind"].type.listed_as == "类"  # type: ignore[attr-defined]
    literal = back.main_form.rules[0].must.parts[4].parts[1]
    assert isinstance(literal, Literal)
    assert literal.value is True


def test_where_a_text_stood_is_no_part_of_it() -> None:
    """A rule written with more spaces is the same campaign."""
    moved = replace(RULE, must=Joined("或", RULE.must.parts, at=12))
    form = replace(RIVERS.main_form, rules=(RULE,))
    first, second = (
        replace(declared(RIVERS), forms=(replace(form, rules=(rule,)),)) for rule in (RULE, moved)
    )
    assert dump_campaign(first) == dump_campaign(second)


@pytest.mark.parametrize("left", ["rules", "samples"])
def test_code_is_refused(left: str) -> None:
    """What is Python is not dropped in silence: the campaign cannot be kept, and why is said."""
    said = {left: MappingProxyType({RIVERS.main_form.key: ("anything",)})}
    campaign = replace(declared(RIVERS), **said)  # type: ignore[arg-type]
    with pytest.raises(DeclarationError, match="写成程序的部分"):
        dump_campaign(campaign)


@pytest.mark.parametrize("strange", ["kind", "field"])
def test_what_a_newer_program_wrote_is_refused(strange: str) -> None:
    """An older program guesses nothing of what it does not know."""
    document = json.loads(dump_campaign(declared(RIVERS)))
    form = document["forms"][0]
    if strange == "kind":
        form["cover"][IS] = "Hologram"
    else:
        form["hologram"] = 1
    with pytest.raises(DeclarationError, match=r"更新版本.*升级"):
        load_campaign_json(json.dumps(document).encode())


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"is":"Form"}', b'{"is":"Campaign","key":1}']
)
def test_what_is_no_campaign_is_refused(content: bytes) -> None:
    """A file that holds anything else is named as such."""
    with pytest.raises(DeclarationError, match="读不懂"):
        load_campaign_json(content)


_BASES = (CellType, Condition, Source, Expression)


def held(kind: Any, known: set[type]) -> Iterator[type]:
    """Walk through all that a value of `kind` may hold, by the types of its fields."""
    for part in get_args(kind):
        yield from held(part, known)
    if not isinstance(kind, type) or kind in known:
        return
    known.add(kind)
    if kind in _BASES:
        module = list(vars(sys.modules[kind.__module__]).values())
        parts = [each for each in module if isinstance(each, type) and issubclass(each, kind)]
    elif is_dataclass(kind):
        yield kind
        parts = fields_of(kind)
    else:
        parts = []
        yield from (kind,) if issubclass(kind, Enum) else ()
    for part in parts:
        yield from held(part, known)


def fields_of(kind: type) -> list[Any]:
    """Give the types of what a declaration consists of, but for what is Python."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | vars(typing))
    silent = {"rules", "samples"} if kind is Campaign else set()
    names = [entry.name for entry in fields(kind)]
    return [hints[name] for name in names if name not in silent]


def test_all_that_a_campaign_may_hold_is_known() -> None:
    """No field that is added to a declaration is forgotten where campaigns are kept."""
    found = {kind for kind in held(Campaign, set()) if not kind.__name__.startswith("_")}
    assert {Form, Column, Severity, DeclaredRule} <= found
    assert found <= known_kinds()
