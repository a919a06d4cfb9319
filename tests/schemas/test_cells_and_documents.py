"""What was read is kept and given back the same, and said in words an office uses."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.findings import Explanation, Finding, Place, Severity
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.documents import (
    dump_explanations,
    dump_figures,
    dump_finding,
    dump_rows,
    load_explanations,
    load_figures,
    load_finding,
    load_pleas,
    load_rows,
    without_personal,
)
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import CellFault, Value
from tests.county_book import FORM, judged

KINDS: tuple[tuple[CellType, Value, str], ...] = (
    (Text(20), "甲", "甲"),
    (Whole(unit="件"), 12, "12"),
    (Money(), Decimal("0.10"), "0.10"),
    (Money(), 30000, "30000"),
    (Fraction(3), Decimal("0.125"), "0.125"),
    (Fraction(6), Decimal("0.000001"), "0.000001"),
    (Fraction(2, -40, 50), Decimal("-12.5"), "-12.5"),
    (Attachment(), ("桥下.jpg", "桥上.jpg"), "桥下.jpg、桥上.jpg"),
    (Day(), dt.date(2012, 3, 5), "2012-03-05"),
    (Choice(("是", "否")), "是", "是"),
    (Choices(("甲", "乙")), ("甲", "乙"), "甲、乙"),
    (Key("X", 4), "X0001", "X0001"),
    (NameKey(), "姚家街道", "姚家街道"),
    (Reference("needs"), "X0001", "X0001"),
    (References("needs"), ("X0001", "X0002"), "X0001、X0002"),
    (IdNumber(), "370102196701011220", "370102196701011220"),
    (Phone(), "13800138000", "13800138000"),
    (PeriodName(), "2012B1", "2012B1"),
)


@pytest.mark.parametrize(("kind", "value", "shown"), KINDS, ids=lambda entry: str(entry)[:24])
def test_values_survive_keeping_and_showing(kind: CellType, value: Value, shown: str) -> None:
    """A value kept as JSON comes back the same, and shown in a cell it reads back the same."""
    assert kind.from_json(json.loads(json.dumps(kind.to_json(value)))) == value
    assert kind.show(value) == shown
    assert kind.parse(kind.show(value)) == value
    assert kind.from_json(kind.to_json(None)) is None
    assert kind.show(None) == ""
    assert re.search("[一-鿿]", kind.words)


@given(st.integers(0, 10**13))
def test_amounts_survive_keeping(fen: int) -> None:
    """No amount is a fen more or less for having been kept."""
    amount = Money().parse(f"{Decimal(fen) / 100:.2f}")
    assert Money().from_json(json.loads(json.dumps(Money().to_json(amount)))) == amount


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("X0001", "X0001"),
        ("x0001", "X0001"),
        ("370102-X0001", "370102-X0001"),
        ("X00012", "X00012"),
    ],
)
def test_keys_in_both_forms(typed: str, key: str) -> None:
    """A key is read alone and with its unit before it."""
    assert Key("X", 4).parse(typed) == key


@pytest.mark.parametrize("typed", ["X001", "Y0001", "0001", "X0001a", "X-0001", "历下-X0001"])
def test_keys_of_another_shape_are_returned(typed: str) -> None:
    """A key of another shape is returned with an example of the right one."""
    with pytest.raises(CellFault) as caught:
        Key("X", 4).parse(typed)
    assert (caught.value.rule, caught.value.arguments["example"]) == ("key-shape", "X0001")


def test_rows_of_a_workbook_survive_keeping() -> None:
    """Every accepted row comes back from the store as it was read."""
    book = judged().book
    assert book is not None
    for key, found in book.sheets.items():
        if found.sheet.columns:
            rows = [dict(row.values) for row in found.rows]
            assert load_rows(FORM.by_key[key], dump_rows(found.sheet, rows)) == rows


def test_older_documents_are_read_by_name() -> None:
    """A column that is gone is left aside; one that is new is not there."""
    text = json.dumps({"columns": ["gone", "name"], "rows": [["旧", "张秀英"]]})
    assert load_rows(FORM.by_key["needs"], text) == [{"name": "张秀英"}]


def test_personal_columns_can_be_taken_out() -> None:
    """After a purge the keys stand, and nothing of a person does."""
    needs = FORM.by_key["needs"]
    row = {"need_id": "X0001", "name": "张秀英", "phone": "13800000001", "status": "已办结"}
    thinned = without_personal(needs, dump_rows(needs, [row]))
    assert "张秀英" not in thinned
    assert "13800000001" not in thinned
    kept = load_rows(needs, thinned)[0]
    assert (kept["need_id"], kept["status"]) == ("X0001", "已办结")
    assert "name" not in kept
    assert without_personal(needs, thinned) == thinned
    gone = without_personal(None, dump_rows(needs, [row]))
    assert json.loads(gone)["columns"] == []


def test_figures_survive_keeping() -> None:
    """A figure, an amount and no figure come back apart."""
    figures: dict[str, Number] = {"S01": 3, "S39": Decimal("0.10"), "S32": None}
    assert load_figures(json.loads(json.dumps(dump_figures(figures)))) == figures


def test_findings_survive_keeping() -> None:
    """A finding comes back with place, arguments and the cells it stands for."""
    place = Place(sheet="visits", title="走访记录", row=4, column="mode", label="方式", cell="E4")
    finding = Finding(
        "required", Severity.MUST, place, {"typed": "甲"}, others=("E5",), other_keys=("~1",)
    )
    assert load_finding(json.loads(json.dumps(dump_finding(finding)))) == finding


def test_explanations_survive_keeping() -> None:
    """What was explained comes back under the finding it answers; a plea beside it settles nothing."""
    said = {("date-before-period", "visits", "visited_on", "~1"): Explanation("上期漏报", "ab")}
    pleas = {("number-about", "visits", "count", "~2"): "原始记录如此"}
    kept = json.loads(json.dumps(dump_explanations(said, pleas)))
    assert (load_explanations(kept), load_pleas(kept)) == (said, pleas)
