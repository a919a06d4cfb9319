"""Units: their tree, their successors, and what is said about a list that is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import pickle
from collections.abc import Mapping
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.errors import UnitsError
from sheetflow.units import Unit, UnitTree, names_told_apart, parse_units


def shandong(changes: Mapping[str, Mapping[str, str]] | None = None) -> UnitTree:
    """Build the real tree, with further cells for some codes."""
    text = (files("sheetflow") / "defaults/units/units-shandong-2012.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return parse_units([{**row, **(changes or {}).get(row["code"], {})} for row in rows])


MERGED = {
    "370205": {"valid_to": "2012-11-30", "successor": "370203"},
    "370284": {"valid_to": "2012-11-30", "successor": "370211"},
}
"""四方区 into 市北区, 胶南市 into 黄岛区, on 2012-12-01."""


def drawn(table: str) -> list[dict[str, object]]:
    """Read a Markdown table as rows by header."""
    lines = [line.strip() for line in table.strip().splitlines()]
    grid = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header, _, *rows = grid
    return [dict(zip(header, row, strict=True)) for row in rows]


def faults_of(table: str) -> list[str]:
    """Give the sentences said about a list drawn as a table."""
    with pytest.raises(UnitsError) as caught:
        parse_units(drawn(table))
    return caught.value.faults


def test_the_real_list() -> None:
    """Shandong has one province, 17 cities and 140 counties, in the order of the list."""
    tree = shandong()
    by_level = [sum(unit.level == level for unit in tree) for level in tree.levels.names]
    assert by_level == [1, 17, 140]
    assert [unit.name for unit in tree.roots] == ["山东省"]
    assert [unit.name for unit in tree.children("371200")] == ["莱城区", "钢城区"]
    assert len(tree.subtree("370000")) == len(tree) == 158
    assert sum(unit.name == "市中区" for unit in tree) == 3


def test_chain_and_ancestor() -> None:
    """A county's chain leads over its city to the province."""
    tree = shandong()
    assert [unit.name for unit in tree.chain("370102")] == ["历下区", "济南市", "山东省"]
    city = tree.ancestor("370102", "市")
    assert city is not None
    assert city.name == "济南市"
    assert tree.ancestor("370000", "市") is None


def test_only_the_exact_folder_is_a_unit() -> None:
    """A folder belongs to a unit only under its full name."""
    tree = shandong()
    assert tree.in_folder("370102-历下区") == tree["370102"]
    assert tree.in_folder("370102-历下区 (2)") is None
    assert tree.in_folder("370102") is None
    assert tree.in_folder("999999-历下区") is None


def test_merged_units_are_reported_by_their_successors() -> None:
    """Who ended within 2012B6 need not report for it, and the successor answers for it."""
    tree = shandong(MERGED)
    october, december = dt.date(2012, 10, 31), dt.date(2012, 12, 31)
    assert len(tree.living_on(october)) == 158
    gone = {unit.name for unit in tree} - {unit.name for unit in tree.living_on(december)}
    assert gone == {"四方区", "胶南市"}
    heir = tree.successor_on("370205", december)
    assert heir is not None
    assert heir.name == "市北区"
    assert tree.successor_on("370205", october) == tree["370205"]
    assert tree.successor_on("370205", dt.date(2012, 11, 30)) == tree["370205"]
    assert tree.predecessors_on("370203", december) == (tree["370205"],)
    assert tree.predecessors_on("370203", october) == ()


def test_successors_are_followed_to_the_living_one() -> None:
    """A unit merged twice is answered for by whoever exists on the day."""
    tree = parse_units(
        drawn("""
        | unit_id | name | level | valid_from | valid_to   | successor |
        |---------|------|-------|------------|------------|-----------|
        | A       | 甲县 | 县    |            | 2012-03-31 | B         |
        | B       | 乙县 | 县    |            | 2012-09-30 | C         |
        | C       | 丙区 | 县    | 2012-10-01 |            |           |
        | D       | 丁县 | 县    |            | 2012-06-30 |           |
        """)
    )
    december = dt.date(2012, 12, 31)
    assert tree.successor_on("A", dt.date(2012, 4, 1)) == tree["B"]
    assert tree.successor_on("A", december) == tree["C"]
    assert tree.predecessors_on("C", december) == (tree["A"], tree["B"])
    assert tree.successor_on("D", december) is None
    assert tree.successor_on("C", dt.date(2012, 9, 30)) is None


def test_development_zones_have_no_division_code() -> None:
    """开发区 and 兵团 stand in the list without a code of GB/T 2260."""
    tree = parse_units(
        drawn("""
        | unit_id | name     | level | parent | division_code | kind   |
        |---------|----------|-------|--------|---------------|--------|
        | 370100  | 济南市   | 市    |        | 370100        |        |
        | KFQ01   | 高新区   | 县    | 370100 |               | 开发区 |
        """)
    )
    assert tree["KFQ01"].division_code is None
    assert tree["370100"].division_code == "370100"
    assert tree["KFQ01"].folder == "KFQ01-高新区"


def test_cells_as_excel_gives_them() -> None:
    """Numbers, dates and full-width typing of a workbook are read as they are meant."""
    tree = parse_units(
        [
            {
                "unit_id": 370102.0,
                "name": " 历下区 ",
                "level": "县级",
                "mails": "a@lixia.cn；b@lixia.cn, a@lixia.cn、ｃ＠lixia.cn",
                "valid_from": dt.datetime(2012, 1, 1),  # noqa: DTZ001 - Excel knows no zone
                "valid_to": "2012年9月1日",
            },
            {"unit_id": "３７０１０３", "name": "市中区", "level": "县", "valid_to": "2012.9.1"},
        ]
    )
    unit = tree["370102"]
    assert unit.name == "历下区"
    assert unit.mails == ("a@lixia.cn", "b@lixia.cn", "c@lixia.cn")
    assert (unit.valid_from, unit.valid_to) == (dt.date(2012, 1, 1), dt.date(2012, 9, 1))
    assert tree["370103"].valid_to == dt.date(2012, 9, 1)


def test_tree_travels_to_the_workers() -> None:
    """The tree survives the way to another process."""
    tree = shandong(MERGED)
    assert list(pickle.loads(pickle.dumps(tree))) == list(tree)  # noqa: S301 - our own bytes


HEAD = """
| unit_id | name   | level | parent | division_code | mails | valid_from | valid_to | successor |
|---------|--------|-------|--------|---------------|-------|------------|----------|-----------|
| 37      | 山东省 | 省    |        |               |       |            |          |           |
| 3701    | 济南市 | 市    | 37     |               |       |            |          |           |
| 370102  | 历下区 | 县    | 3701   |               |       |            |          |           |
"""


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("| 3-7 | 某区 | 县 | 37 | | | | | |", "第5行：“单位代码”3-7 不对。"),
        ("| | 某区 | 县 | 37 | | | | | |", "第5行：“单位代码”是空的。"),
        ("| X | | 县 | 37 | | | | | |", "第5行：单位 X 的“名称”是空的。"),
        ("| X | 某/区 | 县 | 37 | | | | | |", "第5行：单位 X 的“名称”不能用作文件夹名。"),
        ("| X | 某\u202e区 | 县 | 37 | | | | | |", "第5行：单位 X 的“名称”不能用作文件夹名。"),
        ("| X | 某区. | 县 | 37 | | | | | |", "第5行：单位 X 的“名称”不能用作文件夹名。"),
        ("| X | 某区 | 乡 | 37 | | | | | |", "第5行：单位 X 的“级别”乡应为省、市或县"),
        ("| X | 某区 | 县 | 37 | 3701 | | | | |", "第5行：单位 X 的“行政区划代码”3701应为6位数字"),
        ("| X | 某区 | 县 | 37 | | 张三 | | | |", "第5行：单位 X 的“邮箱”里的地址写法不对。"),
        ("| X | 某区 | 县 | 37 | | a@b@c | | | |", "第5行：单位 X 的“邮箱”里的地址写法不对。"),
        (
            "| X | 某区 | 县 | 37 | | | 2012-13-01 | | |",
            "第5行：单位 X 的“生效日期”2012-13-01应写成",
        ),
        ("| X | 某区 | 县 | 37 | | | | 三月 | |", "第5行：单位 X 的“失效日期”三月应写成"),
        ("| 3701 | 某市 | 市 | 37 | | | | | |", "第3行、第5行：单位代码 3701 出现了2次"),
        ("| X | 某区 | 县 | | | | | | |", "第5行：X-某区 没有填“上级单位代码”。"),
        ("| X | 某区 | 县 | 99 | | | | | |", "第5行：X-某区 的“上级单位代码”99 不在名单里。"),
        (
            "| X | 某区 | 县 | 370102 | | | | | |",
            "第5行：X-某区 是县级，不能隶属于县级的 370102-历下区",
        ),
        (
            "| X | 某市 | 市 | 370102 | | | | | |",
            "第5行：X-某市 是市级，不能隶属于县级的 370102-历下区",
        ),
        (
            "| X | 某区 | 县 | 37 | | | 2012-03-01 | 2012-02-01 | |",
            "第5行：X-某区 的“失效日期”早于",
        ),
        (
            "| X | 某区 | 县 | 37 | | | | 2012-02-01 | 99 | ",
            "第5行：X-某区 的“撤并后归入”99 不在名单里",
        ),
        (
            "| X | 某区 | 县 | 37 | | | | | 370102 |",
            "第5行：X-某区 填了“撤并后归入”，却没有填“失效日期”",
        ),
        ("| X | 某区 | 县 | X | | | | | |", "“上级单位代码”绕成了一个圈：X → X。"),
        ("| X | 某区 | 县 | 37 | | | | 2012-02-01 | X |", "“撤并后归入”绕成了一个圈：X → X。"),
    ],
)
def test_one_fault_one_sentence(row: str, sentence: str) -> None:
    """Each fault of a list is named once, with its row, and says what to do."""
    faults = faults_of(HEAD + row)
    assert len(faults) == 1
    assert faults[0].startswith(sentence)
    assert "请" in faults[0] or "应" in faults[0]


def test_no_address_in_a_sentence() -> None:
    """A mail address that is wrong is not repeated, for logs keep what is said."""
    (fault,) = faults_of(HEAD + "| X | 某区 | 县 | 37 | | wang.fang@ | | | |")
    assert "wang" not in fault


def test_circle_over_several_units() -> None:
    """A circle is told once, with everyone in it, and with nothing that follows from it."""
    (fault,) = faults_of("""
        | unit_id | name | level | parent |
        |---------|------|-------|--------|
        | 37      | 省   | 省    |        |
        | A       | 甲市 | 市    | B      |
        | B       | 乙县 | 县    | A      |
        """)
    assert fault == "“上级单位代码”绕成了一个圈：A → B → A。请改正其中一行。"


def test_heir_must_exist_then() -> None:
    """Nobody is taken over by a unit that did not exist on the next day."""
    (fault,) = faults_of("""
        | unit_id | name | level | valid_from | valid_to   | successor |
        |---------|------|-------|------------|------------|-----------|
        | A       | 甲县 | 县    |            | 2012-03-31 | B         |
        | B       | 乙县 | 县    | 2012-05-01 |            |           |
        """)
    assert fault.startswith("第2行：A-甲县 失效时，归入的 B-乙县 并不存在。")


def test_child_may_not_outlive_its_parent() -> None:
    """Who still exists cannot report to a unit that has ended."""
    (fault,) = faults_of("""
        | unit_id | name | level | parent | valid_to   |
        |---------|------|-------|--------|------------|
        | 37      | 省   | 省    |        |            |
        | A       | 甲市 | 市    | 37     | 2018-12-31 |
        | B       | 乙县 | 县    | A      |            |
        """)
    assert fault.startswith("第4行：B-乙县 的上级单位 A-甲市 已于 2018-12-31 失效。")


def test_ids_that_differ_in_case_share_a_folder() -> None:
    """Two ids that Windows would put into one folder are the same id."""
    (fault,) = faults_of("""
        | unit_id | name | level |
        |---------|------|-------|
        | kfq     | 甲县 | 县    |
        | KFQ     | 甲县 | 县    |
        """)
    assert fault.startswith("第2行、第3行：单位代码 kfq 出现了2次")


def test_all_faults_at_once_and_blank_rows_counted() -> None:
    """Everything wrong is said in one go, under the row numbers that Excel shows."""
    blank: dict[str, object] = {"unit_id": None, "name": "", "level": None}
    bad: dict[str, object] = {"unit_id": "X", "name": "某区", "level": "乡"}
    with pytest.raises(UnitsError) as caught:
        parse_units([bad, blank, bad], first_row=4)
    assert [fault[:4] for fault in caught.value.faults] == ["第4行：", "第6行：", "第4行、"]


def test_faults_of_all_kinds_at_once() -> None:
    """Cells, ties and ids that stand twice are told together; nobody is blamed for a bad row."""
    faults = faults_of(
        HEAD
        + """| 3702   | 青岛市 | 地 | 37   | | | 三月 | | |
        | 370202 | 市南区 | 县 | 3702 | | | | | |
        | 370203 |        | 县 | 9999 | | | | | |
        | 370204 | 某区   | 县 | 9999 | | | | | |
        | 370102 | 某区   | 县 | 37   | | | | | |
        """
    )
    assert [fault.split("。")[0] for fault in faults] == [
        "第5行：单位 3702 的“级别”地应为省、市或县，请改正",
        "第5行：单位 3702 的“生效日期”三月应写成 2012-12-01 的样子，请改正",
        "第7行：单位 370203 的“名称”是空的",
        "第4行、第9行：单位代码 370102 出现了2次（不分大小写）",
        "第8行：370204-某区 的“上级单位代码”9999 不在名单里",
    ]


def test_empty_list() -> None:
    """A list without units is told so."""
    with pytest.raises(UnitsError, match="单位名单是空的"):
        parse_units([])


def test_tree_made_in_code_shows_no_row() -> None:
    """Where no file stands behind a tree, no row number is invented."""
    lonely = Unit(unit_id="A", name="甲县", level="县", parent="B")
    with pytest.raises(UnitsError) as caught:
        UnitTree.of([lonely])
    assert caught.value.faults[0].startswith("A-甲县 的“上级单位代码”")


@settings(max_examples=30, deadline=None)
@given(st.permutations([unit.unit_id for unit in shandong()]))
def test_ties_do_not_depend_on_order(order: list[str]) -> None:
    """However people sort the list, the same units report to the same superiors."""
    tree = shandong()
    shuffled = UnitTree.of([tree[unit_id] for unit_id in order])
    assert [unit.unit_id for unit in shuffled] == order
    for unit in tree:
        assert shuffled.chain(unit.unit_id) == tree.chain(unit.unit_id)
        assert set(shuffled.children(unit.unit_id)) == set(tree.children(unit.unit_id))


def test_units_of_one_name_are_told_apart() -> None:
    """市中区 of two cities is named with its city; a name that stands once is left as it is."""
    units = [
        Unit(unit_id="370100", name="济南市", level="市"),
        Unit(unit_id="370103", name="市中区", level="县", parent="370100"),
        Unit(unit_id="370402", name="市中区", level="县", parent="370400"),
        Unit(unit_id="370102", name="历下区", level="县", parent="370100"),
    ]
    assert [*names_told_apart(units).values()] == ["济南市", "济南市市中区", "市中区", "历下区"]
