"""A campaign that is Python text, as the rows of a workbook: what they say, and what they refuse to leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.definition.exporting.campaign import rows_of
from sheetflow.definition.layout import Row
from sheetflow.errors import DeclarationError
from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.cells import Text
from sheetflow.schemas.columns import Mask, disclosed
from sheetflow.schemas.options import Choice
from sheetflow.units import Levels
from sheetflow.units.levels import PROVINCE
from tests.definition.sayable_campaigns import RIVERS, SAYABLE, with_columns


def row_of(rows: tuple[Row, ...] | list[Row], **cells: str) -> Row:
    """The only row that says this."""
    (found,) = [row for row in rows if row.items() >= cells.items()]
    return found


def test_a_row_says_no_more_than_what_differs_from_the_usual() -> None:
    """Whoever reads an exported campaign sees what was decided, not the defaults of every cell."""
    rows = rows_of(load_campaign("grassroots2012"))
    met = row_of(list(rows["栏目"]), label="走访妇女人次")
    assert met == {
        "sheet": "走访记录",
        "label": "走访妇女人次",
        "type": "整数",
        "least": 1,
        "unit": "人次",
        "code": "women_met",
    }
    asked = row_of(list(rows["栏目"]), label="收回问卷（份）")
    assert (asked["required"], asked["only"]) == ('[走访方式]="问卷征询"', "是")
    assert row_of(list(rows["指标"]), code="S32")["formula"] == "S29/S19"


def test_one_list_of_options_stands_once_however_many_columns_offer_it() -> None:
    """是 and 否 are one list of the campaign, and two lists of the same label are told apart."""
    rows = rows_of(load_campaign("grassroots2012"))
    lists = [str(row["list"]) for row in rows["选项"]]
    assert lists.count("是否") == 2
    assert {"状态", "状态（联系点）"} <= {*lists}
    assert [row["option"] for row in rows["选项"] if row["list"] == "状态（联系点）"] == [
        *("在用", "已撤并")
    ]


def test_rows_of_another_form_name_it() -> None:
    """Sheets, columns and indicators of a second form say whose they are, those of the main one do not."""
    rows = rows_of(replace(RIVERS, forms=(*RIVERS.forms[:1], *SAYABLE["pair"].forms[1:])))
    assert "forms" not in row_of(list(rows["工作表"]), title="巡河日志")
    assert row_of(list(rows["工作表"]), title="抽检记录")["forms"] == "水质抽检表"
    assert row_of(list(rows["指标"]), code="T1")["form"] == "水质抽检表"


def test_a_rule_that_is_a_program_is_refused_by_name() -> None:
    """What no workbook can hold is named, and nothing is written without it."""
    with pytest.raises(DeclarationError, match="《河道巡查表》：规则never_wrong是用程序写的"):
        rows_of(replace(RIVERS, rules=MappingProxyType({"patrol": (never_wrong,)})))


def never_wrong(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A rule that is a program."""
    del book, context
    yield from ()


def test_what_would_come_back_otherwise_is_found_before_it_is_written() -> None:
    """A name with a line break in it, which reading takes out, is told with where it stands."""
    broken = with_columns(RIVERS, {"清理费用（元）": {"label": "清理\n费用"}})
    with pytest.raises(DeclarationError, match=r"(?s)巡河日志.*读回来是“清理费用”"):
        rows_of(broken)
    unfilled = replace(
        RIVERS, levels=Levels((replace(PROVINCE, fills=False), *RIVERS.levels.rungs[1:]))
    )
    with pytest.raises(DeclarationError, match="省级在《级次》里是只汇总，不填报表"):
        rows_of(unfilled)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"河道": {"hint": " 写全称"}}, "“ 写全称”前后有空格"),
        ({"河道": {"older": ("江、河",)}}, "词自己带有"),
        ({"河道": {"type": Text(30), "not_after": "period_end"}}, "不是日期，却写了日期不晚于"),
        ({"处置情况": {"type": Choice(("整治中", "已封堵", "待、定"))}}, "分开的标点"),
        ({"处置情况": {"type": Choice(("整治中", "已封堵"), ("缓办",))}}, "没有写明从第几版起"),
        ({"河长姓名": {"disclosure": disclosed(市=Mask.NAME)}}, "市级看得比下一级多"),
        ({"河长姓名": {"disclosure": disclosed(乡=Mask.NAME)}}, "它是最下级"),
    ],
)
def test_what_cells_cannot_say_is_refused(change: dict[str, dict[str, object]], told: str) -> None:
    """A declaration that would come back otherwise than it is names the sheet and the column."""
    label = next(iter(change))
    with pytest.raises(DeclarationError, match=f"“?{label}.*{re.escape(told)}"):
        rows_of(with_columns(RIVERS, change))
