"""What each level sees of a person: as little as the dictionary says, never more."""

from __future__ import annotations

import pytest

from sheetflow.consolidation.detail_rows import Whose, columns_seen
from sheetflow.masks import MaskPolicy, mask_value
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.parsing import Value
from sheetflow.units import THREE_LEVELS
from tests.county_book import FORM
from tests.masked import see

NEEDS, PAIRINGS, CADRES = (FORM.by_key[key] for key in ("needs", "pairings", "cadres"))
ROW: dict[str, Value] = {
    "need_id": "X0001",
    "name": "王小丽",
    "age": 45,
    "id_number": "370102196701011220",
    "phone": "13812341234",
    "address": "历城区姚家街道盛福庄村8号",
    "group": "失地失业妇女",
    "category": "就业创业",
    "content": "想学技术",
    "status": "已办结",
    "measures": "介绍培训",
    "outcome": "已就业",
}
CITY, PROVINCE = MaskPolicy(THREE_LEVELS, "市"), MaskPolicy(THREE_LEVELS, "省")


@pytest.mark.parametrize(
    ("mask", "value", "seen"),
    [
        (Mask.WHOLE, "王小丽", "王小丽"),
        (Mask.NAME, "王小丽", "王*"),
        (Mask.NAME, "王", "王*"),
        (Mask.NAME, "欧阳小丽", "欧*"),
        (Mask.NAME, "某女士", "某女士"),
        (Mask.NAME, "某某", "某某"),
        (Mask.NAME, "某", "某"),
        (Mask.NAME, "某村王小丽", "某*"),
        (Mask.NAME, "某女士王小丽", "某*"),
        (Mask.PHONE, "13812341234", "138****1234"),
        (Mask.PHONE, "0531-86012345", "053****2345"),
        (Mask.PHONE, "8601234", "****"),
        (Mask.PHONE, "12338", "****"),
        (Mask.ADDRESS, "姚家街道盛福庄村8号", "姚家街道盛福庄村"),
        (Mask.ADDRESS, "泉城路街道十亩园社区3号楼2单元", "泉城路街道十亩园社区"),
        (Mask.ADDRESS, "文化路居委会5号", "文化路居委会"),
        (Mask.ADDRESS, "解放路112号", "（略）"),
        (Mask.ADDRESS, "王小丽家（盛福庄村8号）", "盛福庄村"),
        (Mask.ADDRESS, "王小丽，姚家街道盛福庄村8号", "姚家街道盛福庄村"),
        (Mask.ADDRESS, "王小丽 盛福庄村8号", "盛福庄村"),
        (Mask.ADDRESS, "王小丽家住盛福庄村8号", "盛福庄村"),
        (Mask.ADDRESS, "王小丽（本村）", "本村"),
        (Mask.ADDRESS, "王小丽家·村", "（略）"),
        (Mask.LEFT_OUT, "王小丽", None),
        (Mask.LEFT_OUT, None, None),
        (Mask.LEFT_OUT, 45, None),
        (Mask.NAME, None, None),
        (Mask.NAME, "", ""),
    ],
)
def test_masks_by_example(mask: Mask, value: Value, seen: Value) -> None:
    """Each mask leaves what tells one row from another, and no person."""
    assert mask_value(mask, value) == seen


@pytest.mark.parametrize("mask", [Mask.NAME, Mask.PHONE, Mask.ADDRESS])
@pytest.mark.parametrize("value", [45, ("王小丽",)])
def test_what_cannot_be_masked_is_not_shown(mask: Mask, value: Value) -> None:
    """A value that no mask fits is left out, not shown whole."""
    assert mask_value(mask, value) is None


def test_a_city_sees_people_masked() -> None:
    """A city sees 王*, 138****1234 and the village; the identity number is left out."""
    seen = see(CITY, NEEDS, ROW)
    assert (seen["name"], seen["phone"]) == ("王*", "138****1234")
    assert seen["address"] == "历城区姚家街道盛福庄村"
    assert "id_number" not in seen
    assert seen["content"] == "想学技术"
    assert seen["age"] == 45


def test_the_province_sees_no_person() -> None:
    """The province sees no personal column at all, and none of a case's words."""
    seen = see(PROVINCE, NEEDS, ROW)
    hidden = {"name", "id_number", "phone", "address", "content", "measures", "outcome"}
    assert hidden.isdisjoint(seen)
    assert seen["category"] == "就业创业"
    assert "target_name" not in see(PROVINCE, PAIRINGS, {"target_name": "王小丽"})
    assert see(CITY, PAIRINGS, {"target_name": "王小丽"})["target_name"] == "王*"


def test_an_address_shows_no_name() -> None:
    """A woman's name that stands in her address without a mark is not read at the city."""
    row = {**ROW, "address": "王小丽家盛福庄村8号"}
    assert see(CITY, NEEDS, row)["address"] == "（略）"
    columns = columns_seen(FORM, CITY, NEEDS, Whose("370102", (), "", "市"), [row, ROW])
    seen = dict(zip((column.key for column in CITY.columns(NEEDS)), columns, strict=True))
    assert seen["address"] == ["（略）", "历城区姚家街道盛福庄村"]


@pytest.mark.parametrize("category", ["婚姻家庭", "权益维护"])
def test_delicate_cases_are_withheld_from_the_city(category: str) -> None:
    """What a woman says of her marriage or her rights stays in her county."""
    seen = see(CITY, NEEDS, {**ROW, "category": category})
    assert (seen["content"], seen["measures"], seen["outcome"]) == (None, None, None)
    assert seen["category"] == category


def test_the_county_sees_its_own_rows_whole() -> None:
    """Nothing is hidden from the unit whose row it is."""
    assert see(MaskPolicy(THREE_LEVELS, "县"), NEEDS, {**ROW, "category": "婚姻家庭"}) == {
        column.key: ROW.get(column.key) if column.key != "category" else "婚姻家庭"
        for column in NEEDS.columns
    }


def test_cadres_are_officials_at_work() -> None:
    """Cadres' names are no personal data: the province sees them whole."""
    assert see(PROVINCE, CADRES, {"name": "王芳"})["name"] == "王芳"


def test_every_personal_column_is_masked_above() -> None:
    """No personal column of any sheet reaches a city whole, nor the province at all."""
    for sheet in FORM.sheets:
        for column in sheet.columns:
            if column.personal:
                assert CITY.mask_of(sheet, column) is not Mask.WHOLE
                assert PROVINCE.mask_of(sheet, column) is Mask.LEFT_OUT


@pytest.mark.parametrize(
    ("level", "column", "chosen", "mask"),
    [
        ("省", "name", "masked", Mask.NAME),
        ("省", "name", "whole", Mask.WHOLE),
        ("市", "name", "left_out", Mask.LEFT_OUT),
        ("市", "id_number", "masked", Mask.LEFT_OUT),
        ("市", "content", "masked", Mask.LEFT_OUT),
        ("市", "content", "left_out", Mask.LEFT_OUT),
        ("市", "age", "masked", Mask.LEFT_OUT),
    ],
)
def test_the_office_may_widen_or_narrow(level: str, column: str, chosen: str, mask: Mask) -> None:
    """A setting changes one column; asked to mask what has no mask, the column is left out."""
    policy = MaskPolicy(THREE_LEVELS, level, {f"needs.{column}": chosen})
    assert policy.mask_of(NEEDS, NEEDS.by_key[column]) is mask
    others = {entry.key for entry in NEEDS.columns} - {column}
    plain = MaskPolicy(THREE_LEVELS, level)
    for key in others:
        entry = NEEDS.by_key[key]
        assert policy.mask_of(NEEDS, entry) is plain.mask_of(NEEDS, entry)


def test_widening_a_withheld_text_is_heeded() -> None:
    """An office that lets its city read every case's words has said so in its settings."""
    policy = MaskPolicy(THREE_LEVELS, "市", {"needs.content": "whole"})
    seen = see(policy, NEEDS, {**ROW, "category": "婚姻家庭"})
    assert (seen["content"], seen["measures"]) == ("想学技术", None)


def test_another_policy_has_another_name() -> None:
    """What was made under one policy is not taken for what another one would make."""
    policies = [
        MaskPolicy(THREE_LEVELS, "市"),
        MaskPolicy(THREE_LEVELS, "省"),
        MaskPolicy(THREE_LEVELS, "市", {"needs.name": "whole"}),
        MaskPolicy(THREE_LEVELS, "市", {"needs.name": "left_out"}),
    ]
    assert len({policy.digest for policy in policies}) == 4
    assert MaskPolicy(THREE_LEVELS, "市", {"a.b": "whole", "c.d": "whole"}).digest == (
        MaskPolicy(THREE_LEVELS, "市", {"c.d": "whole", "a.b": "whole"}).digest
    )
