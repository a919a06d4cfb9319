"""A campaign workbook edited as an office does it, compiled, and compared with what is in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.definition.comparing.campaigns import compare, with_changes
from sheetflow.definition.comparing.following import following
from sheetflow.definition.comparing.trials import with_trials
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.documents import measure_digests
from tests.definition.tables_drawn import Drawn
from tests.definition.test_compared_campaigns import BOOKS
from tests.definition.test_compile import SMALL

TODAY = dt.date(2012, 5, 2)
Edit = tuple[str, int, str, object]
"""Sheet, row, field, and what is typed there."""


def first() -> Drawn:
    """Give the workbook with its first version."""
    book = SMALL.copy()
    book.rows["版本"] = [{"number": 1, "first": "2012Q1"}]
    book.rows["审核"][0] |= {"severity": "强制性"}
    return book


def edited(*edits: Edit) -> Drawn:
    """Give the workbook's second version; a row one past the last is new, a field called ``-`` takes it out."""
    book = replace(
        first(), levels=("省", "市", "区" if ("级次", 2, "name", "区") in edits else "县")
    )
    book.rows["版本"].append({"number": 2, "first": "2012Q3"})
    for sheet, number, name, value in edits:
        rows = book.rows[sheet]
        if name == "-":
            del rows[number]
            continue
        if number == len(rows):
            rows.append({})
        rows[number][name] = value
    return book


def campaign_of(book: Drawn) -> Campaign:
    """Compile a workbook that has no fault."""
    made = book.compiled()
    assert made.faults == ()
    assert made.campaign
    return made.campaign


def told(*edits: Edit) -> list[str]:
    """Give the lines of the table, but for that of the new version itself."""
    lines = compare(campaign_of(first()), campaign_of(edited(*edits)), BOOKS, TODAY)
    return [f"{one.place}　{one.words}" for one in lines if one.place != "《版本》"]


RENAMED_COLUMN: list[Edit] = [
    ("栏目", 2, "label", "人次"),
    ("指标", 1, "formula", "合计(活动记录,[人次],[形式]=“讲座”)"),
    ("审核", 0, "must", "[人次]<=500"),
    ("审核", 0, "points", "人次"),
    ("审核", 0, "wrong", "参加人数{人次}偏多，请核对"),
]
RENAMED_SHEET: list[Edit] = [
    ("工作表", 1, "title", "活动台帐"),
    *(("栏目", row, "sheet", "活动台帐") for row in range(3)),
    ("指标", 0, "formula", "计数(活动台帐)"),
    ("指标", 1, "formula", "合计(活动台帐,[人数],[形式]=“讲座”)"),
    ("审核", 0, "sheet", "活动台帐"),
]
GONE = "改名请填旧名称，不用了请填停用版本。"


@pytest.mark.parametrize(
    ("edits", "lines"),
    [
        ([], []),
        (
            [*RENAMED_COLUMN, ("栏目", 2, "older", "人数")],
            "《活动记录》的“人数”　可以：改名为“人次”，数据接着用。",
        ),
        (
            RENAMED_COLUMN,
            f"《活动记录》的“人数”　拒绝：“人数”没有了：还没有接收过它的数据，但发出去的工作簿里有它。{GONE}",
        ),
        (
            [("栏目", 2, "until", 2), ("审核", 0, "until", 2)],
            "《活动记录》的“人数”　可以：自第2版起停用，以前填的照旧计入。",
        ),
        (
            [
                ("栏目", 3, "sheet", "活动记录"),
                ("栏目", 3, "label", "地点"),
                ("栏目", 3, "type", "文字"),
                ("栏目", 3, "since", 2),
            ],
            "《活动记录》的“地点”　可以：新增必填栏目，只在新版的工作簿里有；已接收的各行照旧。",
        ),
        (
            [("栏目", 2, "type", "小数")],
            "《活动记录》的“人数”　拒绝：改了类型。请停用旧栏，另加一栏。",
        ),
        (
            [
                ("选项", 0, "option", "讲课"),
                ("选项", 0, "older", "讲座"),
                ("指标", 1, "formula", "合计(活动记录,[人数],[形式]=“讲课”)"),
            ],
            "《活动记录》的“形式”的选项“讲座”　可以：改称“讲课”，数据接着用。",
        ),
        (
            [("选项", 1, "option", "入户")],
            (
                f"《活动记录》的“形式”的选项“走访”　拒绝：“走访”没有了："
                f"还没有接收过它的数据，但发出去的工作簿里有它。{GONE.replace('旧名称', '旧写法')}"
            ),
        ),
        (
            [
                ("选项", 1, "until", 2),
                ("选项", 2, "list", "形式"),
                ("选项", 2, "option", "入户"),
                ("选项", 2, "since", 2),
            ],
            "《活动记录》的“形式”的选项“走访”　可以：自第2版起停用，以前填的照旧计入。",
        ),
        (
            [*RENAMED_SHEET, ("工作表", 1, "older", "活动记录")],
            "《活动记录》　可以：改名为《活动台帐》，数据接着用。",
        ),
        (
            [("工作表", 1, "kind", "台帐")],
            "《活动记录》　拒绝：改了种类。请停用旧表，另加一张。",
        ),
        (
            [
                ("报表", 0, "cadence", "月"),
                ("版本", 0, "first", "2012M01"),
                ("版本", 1, "first", "2012M07"),
            ],
            "《季报》　拒绝：改了频次。请给这张报表填“结束”，另加一张新频次的报表。",
        ),
        (
            [("指标", 1, "formula", "合计(活动记录,[人数])")],
            "指标参加人数“参加人数”　提示：改了口径",
        ),
        (
            [("指标", 1, "label", "受益人数"), ("指标", 1, "older", "参加人数")],
            "指标参加人数“参加人数”　可以：改了名称。",
        ),
        (
            [("审核", 0, "must", "[人数]<=300")],
            "审核“参加人数偏多”（《活动记录》）　试审：强制性规则比原来严，到2012年第3季度为止只提示",
        ),
        (
            [("审核", 0, "wrong", "这么多人不像一次活动")],
            "审核“这么多人不像一次活动”（《活动记录》）　可以：改了",
        ),
        (
            [("审核", 0, "-", None)],
            "审核“参加人数偏多”（《活动记录》）　可以：这条规则没有了，不再查。",
        ),
        (
            [("级次", 2, "name", "区")],
            "《级次》　提示：改了级次",
        ),
    ],
)
def test_an_edited_workbook_is_told_what_its_edits_do(edits: list[Edit], lines: str) -> None:
    """Keys follow from first names, so that renaming is no loss, and forgetting the old name is told."""
    found = told(*edits)
    assert bool(found) == bool(lines)
    assert not lines or any(line.startswith(lines) for line in found), found


def test_a_trial_is_written_into_the_campaign_that_comes_into_force() -> None:
    """What the workbook leaves blank is decided against the one in force."""
    new = campaign_of(edited(("审核", 0, "must", "[人数]<=300")))
    kept = with_trials(new, campaign_of(first()), TODAY)
    assert [rule.trial_until for rule in new.main_form.rules] == [""]
    assert [rule.trial_until for rule in kept.main_form.rules] == ["2012Q3"]


def test_what_a_version_changes_is_written_where_nobody_wrote_it() -> None:
    """改了什么 is kept with the campaign; taking the same workbook again changes nothing."""
    new = campaign_of(
        edited(
            ("栏目", 2, "until", 2),
            ("审核", 0, "until", 2),
            ("选项", 2, "list", "形式"),
            ("选项", 2, "option", "入户"),
        )
    )
    old = campaign_of(first())
    kept = with_changes(following(new, old), old, compare(old, new, BOOKS, TODAY))
    assert kept.versions[-1].changes == (
        "《活动记录》的“形式”新增选项“入户”；《活动记录》的“人数”自第2版起停用；"
        "审核“参加人数偏多”（《活动记录》）自第2版起停用"
    )
    assert compare(kept, new, BOOKS, TODAY) == ()
    assert with_changes(following(new, kept), kept, ()) == kept
    before, after = measure_digests(old.main_form), measure_digests(kept.main_form)
    assert before["参加人数"] == after["参加人数"], "a new option makes no other figure"
    own = edited(("版本", 1, "changes", "人数不填了"))
    assert with_changes(campaign_of(own), old, ()).versions[-1].changes == "人数不填了"
