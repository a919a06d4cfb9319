"""A declaration that contradicts itself is told by name when it is loaded, all faults at once."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.errors import DeclarationError
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import (
    Column,
    Disclosure,
    choice,
    day,
    key,
    refers,
    text,
    whole,
)
from sheetflow.schemas.conditions import Every, Not, where
from sheetflow.schemas.forms import ChartSpec, OwnTotals, ReportSpec, SamePerson
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Reaches, Sum
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Lookup
from tests.schemas.small_form import COVER, HEAD, THINGS, S, Thing, form, more
from tests.tiny.campaign import CAMPAIGN


class Untyped(Thing):
    """A row with a name that is no column."""

    note: str | None


def complaint(**changes: Any) -> list[str]:
    """Give the faults that are told of a form, none where it is taken."""
    try:
        form(**changes)
    except DeclarationError as error:
        head, _, told = str(error).partition("的声明有错：")
        assert head == "《表》（f）"
        return told.removesuffix("。").split("；")
    return []


def with_things(**changes: Any) -> dict[str, Any]:
    """Give the form's sheets with the second one changed."""
    return {"sheets": (HEAD, dataclasses.replace(THINGS, **changes))}


def with_more(version: int = 1, /, **fields: Any) -> dict[str, Any]:
    """Give the form's sheets and one more."""
    return {"version": version, "sheets": (HEAD, THINGS, more(**fields))}


def counted(source: Any) -> dict[str, Any]:
    """Give the form's indicators, the second with this source."""
    return {"indicators": (S, Indicator("A", "甲", "件", source))}


A = text("甲")
TABLE: tuple[tuple[dict[str, Any], str], ...] = (
    # twice
    ({"sheets": (HEAD, THINGS, THINGS)}, "有两张表的标识都是things"),
    ({"sheets": (HEAD, THINGS, dataclasses.replace(THINGS, key="t2"))}, "有两张表都叫《物品》"),
    ({"indicators": (S, S)}, "有两个指标的代码都是S"),
    (with_more(a=A, b=text("甲")), "《其他》有两个栏目都叫“甲”"),
    (with_more(a=A, b=text("甲 （必填）：")), "《其他》有两个栏目都叫“甲”"),
    (with_more(2, a=A, b=text("甲", since=2)), "第2版里《其他》有两个栏目都叫“甲”"),
    (
        {
            "charts": (
                ChartSpec(title="图一", codes=("S",), name="图"),
                ChartSpec(title="图二", codes=("S",), name="图"),
            )
        },
        "有两幅图在报告里都叫“图”",
    ),
    # versions
    ({"version": 0}, "版本号是0，应从1起"),
    (
        with_more(a=A, b=text("乙", since=2)),
        "《其他》的“乙”（b）从第2版起才有，而表式现在是第1版",
    ),
    (
        with_more(3, a=A, b=text("乙", since=3, until=2)),
        "《其他》的“乙”（b）到第2版为止，却从第3版起才有",
    ),
    (with_more(a=A, b=text("乙", since=0)), "《其他》的“乙”（b）从第0版起才有，版本应从1起"),
    (with_things(since=2), "《物品》从第2版起才有，而表式现在是第1版"),
    ({"version": 2, **with_things(since=2, until=1)}, "《物品》到第1版为止，却从第2版起才有"),
    (with_more(2, a=key("编号", "A", since=2), b=text("乙")), "《其他》的编号“编号”要每一版都有"),
    # rows that nobody can read, or tell
    (with_more(a=text("甲", required=False)), "《其他》没有编号以外的必填栏目，看不出一行是否在用"),
    (with_more(a=key("编号", "A")), "《其他》没有编号以外的必填栏目，看不出一行是否在用"),
    (
        with_more(2, a=text("甲", since=2), b=text("乙", required=False)),
        "第1版里《其他》没有编号以外的必填栏目，看不出一行是否在用",
    ),
    (with_more(a=text(" "), b=A), "《其他》的a没有栏目名称"),
    # titles
    (with_things(title="物" * 32), f"《{'物' * 32}》的名称有32个字，工作表名最多31个字"),
    (with_things(title="物/品"), "《物/品》的名称里有“/”，工作表名不能用"),
    (with_things(title="'物品"), "《'物品》的名称以单引号开头或结尾，工作表名不能用"),
    (with_things(title=" "), "表things没有名称"),
    (with_things(title="填报说明"), "《填报说明》与系统自己的工作表同名"),
    (with_things(title="更正表"), "《更正表》与系统自己的工作表同名"),
    (with_things(title="history"), "《history》与系统自己的工作表同名"),
    # what is not there
    (counted(Count("none")), "指标A“甲”用到none，没有这张表"),
    (counted(Sum("things", ("none",))), "指标A“甲”用到《物品》的none，没有这个栏目"),
    (counted(Count("things", where("none", "是"))), "指标A“甲”用到《物品》的none，没有这个栏目"),
    (
        counted(Count("things", where("state", "中"))),
        "指标A“甲”问到“状态”是否为“中”，没有这个选项",
    ),
    (
        counted(Count("things", Every((Not(where("state", "好", "中")),)))),
        "指标A“甲”问到“状态”是否为“中”，没有这个选项",
    ),
    (
        {"indicators": (Indicator("A", "甲", "%", Ratio("S", "S")), S)},
        "指标A“甲”用到指标S，它要排在前面",
    ),
    (counted(Reaches("Z", 1)), "指标A“甲”用到指标Z，它要排在前面"),
    ({"charts": (ChartSpec(title="图", codes=("Z",)),)}, "图“图”用到指标Z，没有这个指标"),
    (with_things(void=where("none", "是")), "《物品》的作废条件用到《物品》的none，没有这个栏目"),
    (with_things(closed=where("none", "是")), "《物品》的办结条件用到《物品》的none，没有这个栏目"),
    (with_things(matter=("none",)), "《物品》的内容（matter）用到《物品》的none，没有这个栏目"),
    (
        with_things(named_by="none"),
        "《物品》的名称栏（named_by）用到《物品》的none，没有这个栏目",
    ),
    (
        with_things(lookups=(Lookup("none", "things", "count"),)),
        "《物品》的查看栏用到《物品》的none，没有这个栏目",
    ),
    (
        with_things(lookups=(Lookup("name", "none", "count"),)),
        "《物品》的查看栏用到none，没有这张表",
    ),
    (
        with_more(a=text("甲", required=where("z", "是")), b=text("乙")),
        "《其他》的“甲”（a）的必填条件用到《其他》的z，没有这个栏目",
    ),
    (with_more(a=day("甲", not_before="z")), "《其他》的“甲”（a）用到《其他》的z，没有这个栏目"),
    (
        with_more(a=text("甲", disclosure=Disclosure(withheld_when=where("z", "是")))),
        "《其他》的“甲”（a）的保密条件用到《其他》的z，没有这个栏目",
    ),
    (with_more(a=refers("甲", "head")), "《其他》的“甲”（a）指向head，没有这张有编号的表"),
    (with_more(a=refers("甲", "none")), "《其他》的“甲”（a）指向none，没有这张有编号的表"),
    (
        {"cover": dataclasses.replace(COVER, sheet="none")},
        "首表（cover）用到none，没有这张卡片式的表",
    ),
    (
        {"cover": dataclasses.replace(COVER, sheet="things")},
        "首表（cover）用到things，没有这张卡片式的表",
    ),
    (
        {"cover": dataclasses.replace(COVER, phone="none")},
        "首表（cover）用到《表头》的none，没有这个栏目",
    ),
    (
        {"cover": dataclasses.replace(COVER, nil=where("none", "是"))},
        "首表（cover）的零报告条件用到《表头》的none，没有这个栏目",
    ),
    (
        {"cover": dataclasses.replace(COVER, exempt_when_nil=frozenset({"none"}))},
        "零报告可以不填的表里有none，没有这张表",
    ),
    (
        {"same_person": SamePerson(sheet="head", person="unit", matter=())},
        "同一人核实（same_person）用到《表头》，这张表没有编号",
    ),
    (
        {"same_person": SamePerson(sheet="none", person="unit", matter=())},
        "同一人核实（same_person）用到none，没有这张表",
    ),
    (
        {"same_person": SamePerson(sheet="things", person="none", matter=())},
        "同一人核实（same_person）用到《物品》的none，没有这个栏目",
    ),
    (
        {"same_person": SamePerson(sheet="things", person="name", matter=())},
        "同一人核实（same_person）用到《物品》的“名称”（name），它不是身份证号",
    ),
    (
        {"own_totals": OwnTotals(sheet="things", code="name", figure="none")},
        "自报合计（own_totals）用到《物品》的none，没有这个栏目",
    ),
    ({"report": ReportSpec(narrative="none")}, "报告引用（narrative）用到none，没有这张表"),
    (
        {"report": ReportSpec(narrative="head")},
        "《表头》的“报告期”（period）与报告模板里的名称相同，要改一个栏目名称",
    ),
    # what is no longer there
    (
        with_more(2, a=text("甲", required=where("b", "是")), b=text("乙", until=1), c=text("丙")),
        "《其他》的“甲”（a）的必填条件用到《其他》的“乙”（b），这个栏目到第1版为止",
    ),
    (
        {
            "version": 2,
            "sheets": (HEAD, dataclasses.replace(THINGS, until=1), more(a=refers("甲", "things"))),
        },
        "《其他》的“甲”（a）指向《物品》，第2版里没有这张表",
    ),
    (
        {
            "version": 2,
            **with_things(until=1),
            "own_totals": OwnTotals(sheet="things", code="name", figure="count"),
        },
        "自报合计（own_totals）用到《物品》，这张表到第1版为止",
    ),
)


@pytest.mark.parametrize(("changes", "sentence"), TABLE, ids=[entry[1] for entry in TABLE])
def test_a_contradiction_is_told_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    """The sentence names the sheet, the column and what is wrong with it."""
    assert sentence in complaint(**changes)


def test_a_sound_form_is_taken() -> None:
    """The form that the cases break is sound, and so is one whose parts came and went."""
    assert complaint() == []
    came_and_went = more(
        a=text("甲"),
        b=text("乙", since=2, required=where("c", "是")),
        c=choice("丙", "是", since=2),
        d=text("甲 ", until=5),
    )
    assert complaint(version=2, sheets=(HEAD, THINGS, came_and_went)) == [
        "第1版里《其他》有两个栏目都叫“甲”",
        "第2版里《其他》有两个栏目都叫“甲”",
    ]
    swapped = more(a=text("甲", until=1), b=whole("甲", since=2), c=text("乙", until=4))
    taken = {"version": 2, "sheets": (HEAD, THINGS, swapped)}
    assert complaint(**taken) == []
    assert list(form(**taken).by_key["more"].labels.values()) == ["甲（第1版）", "甲", "乙"]


def test_an_indicator_of_a_retired_column_stays() -> None:
    """Workbooks of the older version have its figure, and a retired option is one."""
    retired = more(a=text("甲"), b=whole("乙", until=1))
    indicators = (
        S,
        Indicator("A", "甲", "件", Sum("more", ("b",))),
        Indicator("B", "乙", "件", Count("things", where("state", "旧"))),
    )
    assert complaint(version=2, sheets=(HEAD, THINGS, retired), indicators=indicators) == []


def test_all_faults_are_told_at_once() -> None:
    """Whoever mends the declaration need not load it once for each fault."""
    told = complaint(
        charts=(ChartSpec(title="图", codes=("Z",)),),
        **with_more(a=text("甲", since=3), b=text("乙", required=where("z", "是"))),
    )
    assert len(told) == 4, told


def test_forms_of_a_campaign_are_told_apart() -> None:
    """Two forms of one key, and rules of a form that is not there, are told by name."""
    with pytest.raises(DeclarationError, match="有两份表式的标识都是patrol"):
        dataclasses.replace(CAMPAIGN, forms=(*CAMPAIGN.forms, CAMPAIGN.forms[0]))
    with pytest.raises(DeclarationError, match="检查规则用到none，没有这份表式"):
        dataclasses.replace(CAMPAIGN, rules={"none": ()})
    with pytest.raises(DeclarationError, match="没有表式"):
        Campaign(key="a", title="甲", forms=())


def test_the_owner_reads_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign named in the settings is refused with the very sentence."""
    (tmp_path / "torn_campaign.py").write_text(
        "import dataclasses\n"
        "from tests.tiny.campaign import CAMPAIGN as SOUND\n"
        "form = dataclasses.replace(SOUND.forms[0], version=0)\n"
        "CAMPAIGN = dataclasses.replace(SOUND, forms=(form,))\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError) as caught:
        load_campaign("torn_campaign:CAMPAIGN")
    sys.modules.pop("torn_campaign", None)
    assert str(caught.value) == (
        "活动“torn_campaign:CAMPAIGN”不能用。"
        "《河道巡查表》（patrol）的声明有错：版本号是0，应从1起。请改正它的声明。"
    )


def test_retired_options_are_read_and_not_offered() -> None:
    """An option that was taken back is still one where it stands."""
    (kind,) = (column.type for column in THINGS.columns if isinstance(column.type, Choice))
    assert kind.parse(" 旧 ") == "旧"
    assert kind.words == "从下拉列表选一项：好、坏"
    assert isinstance(THINGS.columns[0], Column)
