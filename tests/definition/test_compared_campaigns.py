"""Every row of the table of changes: what is taken, told, tried and refused, each with its remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sheetflow.definition.comparing.campaigns import compare, is_refused
from sheetflow.definition.comparing.trials import with_trials
from sheetflow.definition.comparing.verdicts import Tally
from sheetflow.findings import Severity
from sheetflow.periods import Cadence
from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.cells import Fraction, Key, Reference, Text, Whole
from sheetflow.schemas.columns import Column, Disclosure, Mask, text
from sheetflow.schemas.conditions import Row, where
from sheetflow.schemas.expressions import Cell, Literal, Operation
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Count, Indicator
from sheetflow.schemas.options import Choice
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Levels
from tests.tiny.campaign import CAMPAIGN

TODAY = dt.date(2012, 5, 2)
VERSIONS = (
    CampaignVersion(number=1, first_period="2012Q1"),
    CampaignVersion(number=2, first_period="2012Q3"),
)


@dataclass
class Drawn:
    """Accepted rows by sheet, each of a unit: a port that lies in memory."""

    rows: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    astray: Sequence[str] = ()

    def count(self, _form: str, sheet: str, holds: Callable[[Row], bool]) -> Tally:
        """Count as asked."""
        met = [unit for unit, row in self.rows.get(sheet, []) if holds(row)]
        return Tally(len(set(met)), len(met))

    def without_level(self, _names: Sequence[str]) -> Sequence[str]:
        """Give the units that were drawn so."""
        return self.astray


BOOKS = Drawn(
    {
        "outlets": [
            ("东岸县", {"river": "清水河上游的一条支流", "state": "整治中", "outlet_id": "P0001"}),
            (
                "东岸县",
                {"river": "白沙河", "state": "整治中", "keeper": "王安澜", "outlet_id": "P2"},
            ),
            ("西岸县", {"river": "白沙河", "state": "已封堵", "outlet_id": "P0001"}),
        ],
        "patrols": [("东岸县", {"metres": 800, "means": "步行"}), ("西岸县", {"metres": 20})],
    }
)
NO_BOOKS = Drawn()


def changed(
    sheet: str = "",
    column: str = "",
    *,
    of_sheet: dict[str, Any] | None = None,
    of_column: dict[str, Any] | None = None,
    **of_form: Any,
) -> Campaign:
    """Give the next version of the campaign, with these fields changed."""
    old = CAMPAIGN.forms[0]

    def columns(declared: tuple[Column, ...]) -> tuple[Column, ...]:
        made = (replace(one, **(of_column or {})) if one.key == column else one for one in declared)
        return tuple(one for one in made if one.label)

    def sheets() -> tuple[Sheet, ...]:
        return tuple(
            replace(one, **{"declared": columns(one.declared), **(of_sheet or {})})
            if one.key == sheet
            else one
            for one in old.sheets
        )

    form = replace(old, **{"version": 2, "sheets": sheets(), **of_form})
    return in_force(form)


def in_force(form: Form) -> Campaign:
    """Give the second version of the campaign with this form."""
    return replace(CAMPAIGN, forms=(form, *CAMPAIGN.forms[1:]), versions=VERSIONS)


OLD = replace(CAMPAIGN, versions=VERSIONS[:1])


def told(new: Campaign, books: Drawn = BOOKS, old: Campaign = OLD, **more: Any) -> list[str]:
    """Give the lines, but for the one that says from when the version is in force."""
    lines = compare(old, new, books, TODAY, **more)
    return [f"{one.place}　{one.words}" for one in lines if one.place != "《版本》"]


def column_of(sheet: str, key: str) -> Column:
    """Give a column as it is declared in version 1."""
    return CAMPAIGN.forms[0].by_key[sheet].by_key[key]


def without(sheet: str, key: str) -> Campaign:
    """Give the next version without a column."""
    declared = tuple(one for one in CAMPAIGN.forms[0].by_key[sheet].declared if one.key != key)
    return changed(sheet, of_sheet={"declared": declared})


def with_column(sheet: str, column: Column) -> Campaign:
    """Give the next version with a column more."""
    declared = (*CAMPAIGN.forms[0].by_key[sheet].declared, replace(column, key="added"))
    return changed(sheet, of_sheet={"declared": declared})


RIVER = "《排口台账》的“河道”"
STOP = "拒绝：{}。请停用旧栏，另加一栏。"
LINES: list[tuple[str, Campaign, list[str]]] = [
    ("nothing", in_force(replace(CAMPAIGN.forms[0], version=2)), []),
    (
        "a new optional column",
        with_column("patrols", text("天气", required=False, since=2)),
        ["《巡河日志》的“天气”　可以：新增选填栏目。"],
    ),
    (
        "a new required column",
        with_column("patrols", text("天气", since=2)),
        [
            "《巡河日志》的“天气”　可以：新增必填栏目，只在新版的工作簿里有；已接收的各行照旧。",
        ],
    ),
    (
        "a new required column of all versions",
        with_column("patrols", text("天气")),
        [
            (
                "《巡河日志》的“天气”　提示：新增必填栏目，没有填起用版本：第1版的工作簿里没有它，"
                "报上来会被退回补填。只要新版填的，起用版本请填2。"
            ),
        ],
    ),
    (
        "a label with 旧名称",
        changed("outlets", "river", of_column={"label": "河流", "older": ("河道",)}),
        [f"{RIVER}　可以：改名为“河流”，数据接着用。"],
    ),
    (
        "a label gone",
        changed("outlets", "river", of_column={"label": "河流"}),
        [f"{RIVER}　拒绝：会丢掉2个单位3行的“河道”。改名请填旧名称，不用了请填停用版本。"],
    ),
    (
        "a column gone",
        without("outlets", "keeper"),
        [
            (
                "《排口台账》的“河长姓名”　拒绝：会丢掉1个单位1行的“河长姓名”。"
                "改名请填旧名称，不用了请填停用版本。"
            )
        ],
    ),
    (
        "a column retired",
        changed("outlets", "keeper", of_column={"until": 1}),
        ["《排口台账》的“河长姓名”　可以：自第2版起停用，以前填的照旧计入。"],
    ),
    (
        "another type",
        changed("patrols", "metres", of_column={"type": Fraction(2, 1, unit="米")}),
        ["《巡河日志》的“巡河里程（米）”　" + STOP.format("改了类型")],
    ),
    (
        "another key shape",
        changed("outlets", "outlet_id", of_column={"type": Key("P", 5)}),
        ["《排口台账》的“排口编号”　" + STOP.format("改了编号样子")],
    ),
    (
        "a shorter text",
        changed("outlets", "river", of_column={"type": Text(5)}),
        [
            (
                f"{RIVER}　提示：收紧了长度或范围（文字，不超过5字），"
                "已接收的有1个单位1格在外面，照旧算数。"
            )
        ],
    ),
    (
        "a narrower range",
        changed("patrols", "metres", of_column={"type": Whole(1, 500, "米")}),
        [
            (
                "《巡河日志》的“巡河里程（米）”　提示：收紧了长度或范围（整数，1至500），"
                "已接收的有1个单位1格在外面，照旧算数。"
            )
        ],
    ),
    (
        "a longer text and a hint",
        changed("outlets", "river", of_column={"type": Text(90), "hint": "写全", "width": 9}),
        [f"{RIVER}　可以：放宽了长度或范围。", f"{RIVER}　可以：改了填写提示、列宽。"],
    ),
    (
        "an option more, one retired",
        changed(
            "outlets",
            "state",
            of_column={
                "type": Choice(
                    ("整治中", "已封堵", "待查"), spans=(("整治中", 1, 1), ("待查", 2, None))
                )
            },
        ),
        [
            "《排口台账》的“处置情况”的选项“整治中”　可以：自第2版起停用，以前填的照旧计入。",
            "《排口台账》的“处置情况”　可以：新增选项“待查”。",
        ],
    ),
    (
        "an option with 旧写法",
        changed(
            "outlets",
            "state",
            of_column={"type": Choice(("整改中", "已封堵"), older=(("整治中", "整改中"),))},
        ),
        ["《排口台账》的“处置情况”的选项“整治中”　可以：改称“整改中”，数据接着用。"],
    ),
    (
        "an option gone",
        changed("outlets", "state", of_column={"type": Choice(("已封堵", "整改中"))}),
        [
            (
                "《排口台账》的“处置情况”的选项“整治中”　拒绝：会丢掉1个单位2行的“整治中”。"
                "改名请填旧写法，不用了请填停用版本。"
            ),
            "《排口台账》的“处置情况”　可以：新增选项“整改中”。",
        ],
    ),
    (
        "a title with 旧表名",
        changed("outlets", of_sheet={"title": "排口表", "older_titles": ("排口台账",)}),
        ["《排口台账》　可以：改名为《排口表》，数据接着用。"],
    ),
    (
        "a title gone",
        changed("outlets", of_sheet={"title": "排口表"}),
        ["《排口台账》　拒绝：会丢掉2个单位3行的“排口台账”。改名请填旧表名，不用了请填停用版本。"],
    ),
    (
        "another kind",
        changed("patrols", of_sheet={"kind": Kind.STOCK}),
        ["《巡河日志》　拒绝：改了种类。请停用旧表，另加一张。"],
    ),
    (
        "another cadence",
        in_force(replace(CAMPAIGN.forms[0], version=2, cadence=Cadence.MONTH)),
        ["《河道巡查表》　拒绝：改了频次。请给这张报表填“结束”，另加一张新频次的报表。"],
    ),
    (
        "another code",
        replace(in_force(replace(CAMPAIGN.forms[0], version=2)), key="brooks"),
        [
            (
                "《活动》　拒绝：活动代码从rivers改成brooks，已发出的工作簿和接收的数据都认不得了。"
                "请改回rivers；另一项活动请另建工作区。"
            )
        ],
    ),
    (
        "a form gone",
        replace(OLD, forms=CAMPAIGN.forms[:1]),
        ["《河道名录》　拒绝：没有了。不用了请填“结束”；改名请在“代码”里填register。"],
    ),
    (
        "texts",
        replace(
            in_force(replace(CAMPAIGN.forms[0], version=2, guidance=("一", "二"))), title="新名称"
        ),
        ["《活动》　可以：改了活动名称。", "《河道巡查表》　可以：改了填报说明。"],
    ),
    (
        "an indicator more",
        changed(
            indicators=(
                *CAMPAIGN.forms[0].indicators,
                Indicator("N1", "排口", "个", Count("outlets")),
            )
        ),
        ["指标N1“排口”　可以：新增指标，已接收的各行也按它计算。"],
    ),
]


@pytest.mark.parametrize(
    ("new", "lines"), [line[1:] for line in LINES], ids=[one[0] for one in LINES]
)
def test_each_change_is_one_line(new: Campaign, lines: list[str]) -> None:
    """What an office changes is said where it stands, with its verdict and what can be done."""
    found = [line for line in told(new) if not line.startswith("指标") or "N1" in line]
    assert found == lines
    assert is_refused(compare(OLD, new, BOOKS, TODAY)) == any("拒绝：" in line for line in lines)


def test_a_reference_keeps_its_target() -> None:
    """A column that pointed to one sheet cannot point to another."""
    mine = CAMPAIGN.forms[0]
    reaches = replace(mine.by_key["outlets"], key="reaches", title="河段")
    pointing = tuple(
        replace(one, type=Reference("reaches")) if one.key == "outlet" else one
        for one in mine.by_key["patrols"].declared
    )
    sheets = (
        *(replace(one, declared=pointing) if one.key == "patrols" else one for one in mine.sheets),
        reaches,
    )
    assert told(in_force(replace(mine, version=2, sheets=sheets))) == [
        "《巡河日志》的“所查排口”　" + STOP.format("改了引用的工作表"),
        "《河段》　可以：新增工作表。",
    ]


def test_an_indicator_that_is_measured_otherwise_is_told() -> None:
    """Another formula or 累计方式 is taken, and where the figures that move are listed."""
    first, *others = CAMPAIGN.forms[0].indicators
    asked = replace(first, source=Count("outlets", where("state", "已封堵")))
    (line,) = [
        one
        for one in told(changed(indicators=(asked, *others)))
        if one.startswith(f"指标{first.code}")
    ]
    assert "提示：改了口径" in line
    assert "变动的数列在更正表里" in line
    by = replace(first, by=Kind.FLOW)
    assert any("提示：改了口径" in one for one in told(changed(indicators=(by, *others))))


def test_a_wider_mask_names_the_level() -> None:
    """Who will see more is told; who sees less is taken."""
    keeper = column_of("outlets", "keeper")
    seen = dict(keeper.disclosure.masks)
    level = next(iter(seen))
    wider = Disclosure(masks=tuple({**seen, level: Mask.WHOLE}.items()))
    lines = told(changed("outlets", "keeper", of_column={"disclosure": wider}))
    assert len(lines) == 1
    assert f"提示：{level}级看到的从" in lines[0]
    assert "比以前看到的多。以前发布过的照旧" in lines[0]
    back = told(OLD, old=replace(changed("outlets", "keeper", of_column={"disclosure": wider})))
    assert any(f"可以：{level}级看到的从“原样”改成" in one for one in back)


def test_nothing_accepted_yet_is_no_reason_to_lose_a_column() -> None:
    """The workbooks that are out there have it, though no figure of it counts yet."""
    (line,) = told(without("outlets", "keeper"), NO_BOOKS)
    assert "拒绝：“河长姓名”没有了：还没有接收过它的数据，但发出去的工作簿里有它" in line


def test_what_is_in_force_is_not_retired_afterwards() -> None:
    """A column can only be retired from the next version on, and none begins later than it did."""
    form = replace(CAMPAIGN.forms[0], version=2)
    old = in_force(form)
    lines = told(changed("outlets", "keeper", of_column={"until": 1}), old=old)
    assert lines == [
        (
            "《排口台账》的“河长姓名”　拒绝：停用版本2太早：现行的是第2版，它的工作簿里有它。"
            "请在《版本》加一行，停用版本填3。"
        )
    ]
    later = told(changed("outlets", "keeper", of_column={"since": 2}))
    assert "拒绝：起用版本从1改成了2" in later[0]


def test_levels_name_the_units_that_have_none() -> None:
    """An office that renames a level hears which units must follow."""
    rungs = CAMPAIGN.levels.rungs
    levels = Levels(tuple(replace(one, note="改了") for one in rungs))
    new = replace(in_force(replace(CAMPAIGN.forms[0], version=2)), levels=levels)
    books = replace(BOOKS, astray=["东岸县", "西岸县"])
    assert told(new, books)[0].startswith(
        "《级次》　提示：改了级次，东岸县、西岸县2个单位的级别不在其中。请随后改units.xlsx"
    )


def test_versions_only_grow() -> None:
    """A row of 版本 that is gone is missed; changed workbooks without a new one are told."""
    (line,) = [one for one in compare(changed(), OLD, BOOKS, TODAY) if one.place == "《版本》"]
    assert line.words.startswith("拒绝：现行的是第2版，这里只到第1版")
    same = replace(OLD, forms=with_column("patrols", text("天气", required=False)).forms)
    same = replace(same, forms=(replace(same.forms[0], version=1), *same.forms[1:]))
    (line,) = [one for one in compare(OLD, same, BOOKS, TODAY) if one.place == "《版本》"]
    assert line.words.startswith("提示：还是第1版：发出去的工作簿分不出新旧")


def rule(code: str = "far", **more: Any) -> DeclaredRule:
    """Declare that a walk is long enough."""
    said = {
        "code": code,
        "severity": Severity.MUST,
        "sheet": "patrols",
        "must": Operation(">=", Cell("metres"), Literal(100)),
        "points": ("metres",),
        "wrong": "里程太短",
        "remedy": "请核对",
        "title": "里程太短",
        "summary": "里程不少于100米",
    }
    return DeclaredRule(**{**said, **more})


def ruled(*rules: DeclaredRule, version: int = 2) -> Campaign:
    """Give a version of the campaign with these rules."""
    form = replace(CAMPAIGN.forms[0], version=version, rules=rules)
    return replace(in_force(form), versions=VERSIONS[:version])


STRICTER = Operation(">=", Cell("metres"), Literal(200))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [rule()], "试审：新增强制性规则，到2012年第3季度为止只提示，以后才退回"),
        ([rule()], [rule(must=STRICTER)], "试审：强制性规则比原来严，到2012年第3季度为止只提示"),
        ([rule(severity=Severity.NOTE)], [rule()], "试审：强制性规则比原来严"),
        ([rule()], [rule(severity=Severity.NOTE)], "可以：性质从强制性改成提示性"),
        ([rule()], [], "可以：这条规则没有了，不再查"),
        ([rule()], [rule("other", title="里程太短")], ""),
        ([rule()], [rule(wrong="里程不够")], "可以：改了问题"),
        ([], [rule(severity=Severity.VERIFY)], "可以：新增核实性规则"),
        ([], [rule(trial_until="2012Q4")], "试审：新增强制性规则，到2012年第4季度为止只提示"),
        (
            [],
            [rule(trial_until="2012Q1")],
            "拒绝：新增强制性规则，试审到2012年第1季度，这一期已经过了",
        ),
    ],
)
def test_rules_that_ask_more_come_in_on_trial(
    before: list[DeclaredRule], after: list[DeclaredRule], said: str
) -> None:
    """A rule is the same by what it asks, whatever it is called; what asks less is just taken."""
    lines = told(ruled(*after), old=ruled(*before, version=1))
    assert len(lines) == bool(said)
    assert all(f"审核“里程太短”（《巡河日志》）　{said}" in line for line in lines)


def test_a_trial_can_be_left_out_and_is_told_then() -> None:
    """Whoever wants a rule at once says so; the line tells it."""
    new, old = ruled(rule(trial_until="2012Q1")), ruled(version=1)
    assert told(new, old=old, no_trial=True) == [
        "审核“里程太短”（《巡河日志》）　提示：新增强制性规则，不试审，立即生效。"
    ]
    (made,) = with_trials(new, old, TODAY, no_trial=True).forms[0].rules
    assert made.trial_until == ""


def test_trials_end_with_the_period_in_which_the_version_comes_in() -> None:
    """A blank 试审到 is that period; a trial goes on though other things change meanwhile."""
    first = with_trials(ruled(rule()), ruled(version=1), TODAY)
    assert [one.trial_until for one in first.forms[0].rules] == ["2012Q3"]
    again = ruled(rule("called-otherwise"), rule("new", must=STRICTER))
    kept = with_trials(again, first, dt.date(2012, 11, 1))
    assert [one.trial_until for one in kept.forms[0].rules] == ["2012Q3", "2012Q3"]
    settled = with_trials(ruled(rule()), ruled(rule(), version=1), TODAY)
    assert [one.trial_until for one in settled.forms[0].rules] == [""]
