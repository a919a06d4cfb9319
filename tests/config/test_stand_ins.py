"""代办人 in units.xlsx: who gets a unit's mail as well, and between which days."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.config.units_file import COLUMNS, KeptUnits, keep_units, kept_units, read_units
from sheetflow.config.units_workbook import write_units
from sheetflow.errors import UnitsError
from sheetflow.units import THREE_LEVELS, Unit, UnitTree
from tests.config.test_units_file import workbook
from tests.tiny.desk import EAST, IN_TIME, TREE, Desk, tree_of

PROVINCE = Unit(
    unit_id="370000",
    name="山东省",
    level="省",
    mails=("office@mail.example", "desk@mail.example"),
    stand_in_mails=("other@mail.example",),
    stand_in_from=dt.date(2012, 3, 1),
    stand_in_to=dt.date(2012, 3, 15),
)
_HEADER = [column.header for column in COLUMNS if column.required or column.key[:5] == "stand"]


def test_mail_goes_to_the_stand_in_meanwhile() -> None:
    """On the first and the last day of a stand-in mail goes there too, before and after it does not."""
    before, first, last, after = (
        PROVINCE.mails_on(dt.date(*day))
        for day in ((2012, 2, 29), (2012, 3, 1), (2012, 3, 15), (2012, 3, 16))
    )
    assert before == after == ("office@mail.example", "desk@mail.example")
    assert first == last == (*before, "other@mail.example")
    open_end = replace(PROVINCE, stand_in_from=None, stand_in_to=None, mails=())
    assert open_end.mails_on(dt.date(2030, 1, 1)) == ("other@mail.example",)


def test_stand_ins_are_written_read_and_kept(tmp_path: Path) -> None:
    """What stands in units.xlsx of a stand-in is read back, and kept with the list in force."""
    path = tmp_path / "units.xlsx"
    write_units(path, UnitTree.of([PROVINCE]))
    tree = read_units(path)
    assert list(tree) == [PROVINCE]
    keep_units(tmp_path / "units.json", KeptUnits("0" * 64, tree))
    kept = kept_units(tmp_path / "units.json", THREE_LEVELS)
    assert kept
    assert list(kept.tree) == [PROVINCE]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            ["", "2012-03-01", ""],
            "填了代办日期，却没有填“代办人邮箱”。请补上，或清空代办日期。",
        ),
        (
            ["a@mail.example", "2012-03-15", "2012-03-01"],
            "的“代办结束日期”早于“代办开始日期”。请改正其中一个。",
        ),
        (["nobody", "", ""], "的“代办人邮箱”里的地址写法不对。多个地址用分号隔开，请改正。"),
    ],
)
def test_wrong_stand_ins_are_told(tmp_path: Path, cells: list[str], sentence: str) -> None:
    """A stand-in without an address, or who ends before the beginning, is told in a sentence."""
    row = ["370000", "山东省", "省", "", *cells]
    path = workbook(tmp_path / "units.xlsx", _HEADER, row)
    with pytest.raises(UnitsError) as error:
        read_units(path)
    assert error.value.faults == [f"units.xlsx 第2行：单位 370000 {sentence}"]


def test_an_offices_telephone_is_kept(tmp_path: Path) -> None:
    """办公电话 is read as it was typed, and kept with the list in force."""
    office = replace(PROVINCE, office_phone="0531-86000000 办公室 王某")
    path = tmp_path / "units.xlsx"
    write_units(path, UnitTree.of([office]))
    assert list(read_units(path)) == [office]
    keep_units(tmp_path / "units.json", KeptUnits("0" * 64, read_units(path)))
    kept = kept_units(tmp_path / "units.json", THREE_LEVELS)
    assert kept
    assert list(kept.tree) == [office]


def test_a_list_of_before_has_no_stand_ins(tmp_path: Path) -> None:
    """A list that an older version kept is in force all the same."""
    path = tmp_path / "units.json"
    unit = {
        "unit_id": "370000",
        "name": "山东省",
        "level": "province",
        "parent": None,
        "division_code": None,
        "kind": "",
        "mails": ["a@x.cn"],
        "valid_from": None,
        "valid_to": None,
        "successor": None,
    }
    document = json.dumps({"version": 1, "sha256": "0", "units": [unit]})
    path.write_text(document, encoding="utf-8")
    kept = kept_units(path, THREE_LEVELS)
    assert kept
    assert kept.tree["370000"].mails_on(dt.date(2012, 3, 1)) == ("a@x.cn",)


def test_a_receipt_reaches_the_stand_in(tmp_path: Path) -> None:
    """While somebody stands in for a county, its receipt is one mail to both addresses."""
    desk = Desk.make(tmp_path / "work")
    desk.workspace.units_file.unlink()
    east = replace(TREE[EAST], stand_in_mails=("other@mail.example",), stand_in_to=IN_TIME.date())
    write_units(
        desk.workspace.units_file, tree_of(east if unit.unit_id == EAST else unit for unit in TREE)
    )
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    (receipt,) = (mail for mail in desk.mails() if "other@mail.example" in str(mail["To"]))
    assert str(receipt["To"]) == f"river-{EAST}@mail.example, other@mail.example"
