"""The whole service on other chains: a country over two provinces, townships, two levels."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter
from sheetflow.context import open_context
from sheetflow.errors import RequestError
from sheetflow.periods import Period
from sheetflow.reporting.template_context import whole_area
from sheetflow.service.status import standing
from sheetflow.upkeep.export import export_rows, level_named
from sheetflow.upkeep.remind import remind
from tests.levels import CHAINS, NATIONAL, Chain, walked
from tests.tiny.desk import FIRST, IN_TIME, NEXT_DAY, table, words

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[*CHAINS])
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A chain on which everybody has reported."""
    made = Chain.make(tmp_path_factory.mktemp(request.param) / "work", request.param)
    made.drop()
    assert made.run().outcomes == {"accepted": len(made.tree)}
    return made


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The country, everybody in."""
    made = Chain.make(tmp_path_factory.mktemp("nation") / "work", "national")
    made.drop()
    made.run()
    return made


@pytest.fixture(scope="module")
def townships(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The province with townships, everybody in; rows are joined from pieces."""
    made = Chain.make(tmp_path_factory.mktemp("four") / "work", "townships", joined_from="1")
    made.drop()
    made.run()
    return made


def metres(chain: Chain, unit_id: str) -> dict[str, object]:
    """How far was walked, from a unit's workbook: by column."""
    rows = table(chain.consolidated(unit_id), "巡河汇总（累计）", "代码")
    return next(row for row in rows if row["代码"] == "H6")


def test_every_rung_adds_up_what_is_below(chain: Chain) -> None:
    """Whoever is above others reads the plain sum over all units below, once each."""
    for unit in chain.adding:
        below = chain.tree.subtree(unit.unit_id)
        assert metres(chain, unit.unit_id)["合计"] == sum(walked(one.unit_id) for one in below)


def test_the_lowest_level_adds_nobody_up(chain: Chain) -> None:
    """Units of the lowest level get answers, and no workbook of others."""
    for unit in chain.tree:
        if not chain.tree.children(unit.unit_id):
            folder = chain.workspace.outbox_of(unit, FIRST)
            assert [file.name[:2] for file in folder.iterdir() if "汇总" in file.name] == []


def test_the_country_is_the_sum_of_its_provinces(nation: Chain) -> None:
    """The national total is the sum of both provinces' totals and the country's own."""
    parts = [metres(nation, unit_id)["合计"] for unit_id in ("11", "12")]
    row = metres(nation, "00")
    assert (row["北河省"], row["南河省"], row["全国本级"]) == (*parts, walked("00"))
    assert row["合计"] == sum(value for value in parts if isinstance(value, int)) + walked("00")


def test_rows_tell_where_they_are_from(chain: Chain) -> None:
    """Before each row stand the units between the reader and whoever filled it in."""
    levels = chain.tree.levels
    for reader in chain.adding:
        origin = levels.origin(reader.level)
        rows = table(chain.consolidated(reader.unit_id), "巡河日志", "巡河日期")
        below = chain.tree.subtree(reader.unit_id)
        assert len(rows) == len(below)
        for unit, row in zip(below, rows, strict=True):
            names = {entry.level: entry.name for entry in chain.tree.chain(unit.unit_id)}
            for level in origin:
                above = levels.rank(level.name) < levels.rank(unit.level)
                is_whole = chain.tree.children(unit.unit_id)
                own = None if above else f"{unit.name}本级" if is_whole else unit.name
                assert row[level.column] == names.get(level.name, own)
            assert list(row)[: len(origin) + 1] == [*(level.column for level in origin), "来源"]


def test_what_stands_before_a_row(nation: Chain, townships: Chain) -> None:
    """The country reads 省 市 县, a province its cities and counties, a county its townships."""
    heads = {
        chain.tree[unit_id].name: list(
            table(chain.consolidated(unit_id), "巡河日志", "巡河日期")[0]
        )[:4]
        for chain, unit_id in (
            (nation, "00"),
            (nation, "12"),
            (townships, "99"),
            (townships, "990101"),
        )
    }
    assert heads == {
        "全国": ["省", "市", "县（区）", "来源"],
        "南河省": ["市", "县（区）", "来源", "巡河日期"],
        "清河省": ["市", "县（区）", "乡（镇）", "来源"],
        "东岸县": ["县（区）", "乡（镇）", "来源", "巡河日期"],
    }


def test_a_level_that_nobody_named_reads_no_person(nation: Chain, townships: Chain) -> None:
    """The campaign says what 市 and 省 see: the country and the county above townships see no name."""
    for chain, unit_id, seen in (
        (nation, "00", False),
        (nation, "11", False),
        (nation, "1101", True),
        (townships, "99", False),
        (townships, "9901", True),
        (townships, "990101", False),
    ):
        text = words(chain.consolidated(unit_id))
        assert "王安澜" not in text
        assert ("河长姓名" in text, "王*" in text) == (seen, seen)


def test_joined_rows_are_those_written_plainly(townships: Chain, tmp_path: Path) -> None:
    """Every reader of four levels finds the same cells, whether its rows were joined or written."""
    plain = Chain.make(tmp_path / "work", "townships", joined_from="0")
    plain.drop()
    plain.run()
    for unit in plain.adding:
        for title in ("排口台账", "巡河日志"):
            written, joined = (
                table(made.consolidated(unit.unit_id), title, "来源") for made in (plain, townships)
            )
            assert written == joined


def test_status_and_board_name_levels_as_the_campaign_does(chain: Chain) -> None:
    """`status --json` and the board say 国家 or 乡 where that is what the campaign says."""
    with open_context(chain.workspace.root, IN_TIME) as context:
        found = standing(context, Period.parse(FIRST)).as_json()["units"]
    assert isinstance(found, list)
    assert [unit["level"] for unit in found] == [unit.level for unit in chain.tree]
    top = chain.tree.roots[0]
    (board,) = chain.workspace.outbox_of(top).glob("上报情况_*.xlsx")
    assert [row["层级"] for row in table(board, "上报情况", "单位代码")] == [
        unit.level for unit in chain.tree
    ]


def test_the_list_of_units_follows_the_campaign(chain: Chain) -> None:
    """units.xlsx offers the campaign's levels and no others, and is read back the same."""
    import openpyxl

    book = openpyxl.load_workbook(chain.workspace.units_file)
    rules = book.worksheets[0].data_validations.dataValidation
    offered = [
        rule.formula1 for rule in rules if rule.type == "list" and rule.promptTitle == "级别"
    ]
    assert offered == [f'"{",".join(chain.tree.levels.names)}"']
    assert chain.tree.levels.listed in words(chain.workspace.units_file)
    with open_context(chain.workspace.root, IN_TIME) as context:
        chain.workspace.kept_units.unlink()
        assert context.reread_units() == ""
        assert list(context.tree) == list(chain.tree)


def test_export_takes_any_level_but_the_lowest(townships: Chain, tmp_path: Path) -> None:
    """Rows leave as a level sees them; with the eyes of those who filled them in they do not."""
    with open_context(townships.workspace.root, IN_TIME) as context:
        wanted = [level_named(context, word) for word in ("", "province", "县", "市级")]
        assert wanted == ["省", "省", "县", "市"]
        for word in ("乡", "township", "国家"):
            with pytest.raises(RequestError, match="省（province）、市（city）、县（county）"):
                level_named(context, word)
        period = Period.parse(FIRST)
        for level, columns in (("市", ["王*"]), ("县", [])):
            written = export_rows(context, period, tmp_path / level, level)
            (database,) = (path for path in written if path.suffix == ".sqlite")
            with closing(sqlite3.connect(database)) as rows:
                names = [entry[1] for entry in rows.execute("PRAGMA table_info(排口台账)")]
                assert ("河长姓名" in names) == bool(columns)
                assert names[:5] == ["单位代码", "市", "县（区）", "乡（镇）", "来源"]
                places = {*rows.execute('SELECT 市, "县（区）", "乡（镇）" FROM 排口台账')}
                assert {("上游市", "西岸县", "白沙乡"), ("上游市", "东岸县", "石桥镇")} < places
                if columns:
                    assert {*rows.execute("SELECT 河长姓名 FROM 排口台账")} == {("王*",)}


def test_superiors_read_who_is_missing_by_the_unit_below_them(tmp_path: Path) -> None:
    """The country reads the missing province by province; a unit farther down is named with its city."""
    made = Chain.make(tmp_path / "work", "national")
    made.drop("00", "1101", "12", "1201")
    made.run()
    with open_context(made.workspace.root, NEXT_DAY) as context:
        remind(context, Period.parse(FIRST))
        lists = {
            mail.unit_id: [line for line in mail.text.splitlines() if line.startswith("  · ")]
            for mail in context.store.mails.find_mails()
            if mail.message_id.startswith("<rollcall")
        }
    assert lists["00"] == [
        "  · 北河省：北河省本级、上游市东岸县、上游市西岸县",
        "  · 南河省：下游市东岸县、直管县",
    ]
    assert lists["11"] == ["  · 北河省本级", "  · 上游市：东岸县、西岸县"]
    assert lists["12"] == ["  · 下游市：东岸县", "  · 直管县"]
    assert lists["1101"] == ["  · 东岸县、西岸县"]


@pytest.mark.parametrize(
    ("chain_name", "top", "below", "area"),
    [("national", "00", "各省", "全国"), ("national", "11", "各市", "全省")],
)
def test_a_report_speaks_of_its_own_levels(
    chain_name: str, top: str, below: str, area: str
) -> None:
    """A Word report says 全国 and 各省 for the country, 全省 and 各市 for a province."""
    _, tree = CHAINS[chain_name]
    books = Books(NATIONAL.main_form, tree, Period.parse(FIRST), {}, {}, lambda _sheet, _wanted: ())
    told = report_data(NATIONAL, books, tree[top], Letter(issuer="妇联", addressee="妇联"))
    assert (told.level, told.below) == (tree[top].level, below)
    assert whole_area("", told.area) == area
