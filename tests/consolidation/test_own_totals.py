"""What a city or the province states as its own total, for comparison alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.consolidate import declared_totals, statistics
from sheetflow.consolidation.contents import DeclaredTotal
from sheetflow.errors import DeclarationError
from sheetflow.schemas.forms import Form, OwnTotals
from sheetflow.schemas.parsing import Value
from tests.consolidation.desk import TREE, Desk
from tests.county_book import FORM

SPEC = OwnTotals(sheet="projects", code="name", figure="funds")
"""Any sheet with a word and a figure will do."""

STATED: Mapping[str, Sequence[Mapping[str, Value]]] = {
    "370000": [{"name": "S08", "funds": 500}],
    "370100": [{"name": "S53", "funds": Decimal("8.5")}, {"name": "没有", "funds": 1}],
    "370102": [{"name": "S01", "funds": 3}],
}


@pytest.fixture(scope="module")
def form() -> Form:
    """The campaign's form, with totals to state."""
    return replace(FORM, own_totals=SPEC)


def test_only_those_above_others_state_totals(form: Form) -> None:
    """The province reads its own and its cities' totals; a county's is its own figure already."""
    desk = Desk()
    for unit_id in STATED:
        desk.submit(unit_id, "2012B1", "@ 基层组织 gone\n" * (unit_id != "370102"))

    def rows_of(
        sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        assert sheet == SPEC.sheet
        yield from ((entry, STATED[entry.unit_id]) for entry in wanted)

    books = replace(desk.books("2012B1"), form=form, rows_of=rows_of)
    assert declared_totals(books, TREE["370000"]) == (
        DeclaredTotal(TREE["370000"], "S08", 500),
        DeclaredTotal(TREE["370100"], "S53", Decimal("8.5")),
    )
    assert declared_totals(books, TREE["370100"]) == (
        DeclaredTotal(TREE["370100"], "S53", Decimal("8.5")),
    )
    assert statistics(books, TREE["370000"]).total["S08"].total == 153
    assert declared_totals(desk.books("2012B1"), TREE["370000"]) == ()


def test_a_declaration_of_no_column_is_refused() -> None:
    """A declared column that is none is found on loading."""
    with pytest.raises(DeclarationError, match=r"own_totals）用到《惠民项目》的sum，没有这个栏目"):
        replace(FORM, own_totals=replace(SPEC, figure="sum"))
