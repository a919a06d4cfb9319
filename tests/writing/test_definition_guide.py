"""What the page 说明 of a campaign workbook teaches."""

from __future__ import annotations

import pytest

from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.definition.exporting.read_back import as_read
from sheetflow.definition.starter import starter_tables
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Source
from sheetflow.schemas.language.places import FUNCTIONS
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.sources import read_source
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.writing.definition_guide import FORMS_OF_SPEECH


@pytest.fixture(scope="module")
def form() -> Form:
    """The form that a new campaign workbook begins with."""
    campaign = compile_campaign(as_read(starter_tables())).campaign
    assert campaign
    return campaign.main_form


@pytest.mark.parametrize(
    ("shape", "place", "example"), [(a, b, d) for a, b, _, d in FORMS_OF_SPEECH]
)
def test_every_example_can_be_typed_into_a_new_campaign(
    form: Form, shape: str, place: str, example: str
) -> None:
    """Who copies an example from 说明 into the workbook that was begun gets no error."""
    known = Vocabulary.of(form.sheets, form.indicators, cover=form.cover.sheet, nil=form.cover.nil)
    if place.startswith("指标"):
        assert isinstance(read_source(example, known), Source), shape
        return
    keys = [sheet.key for sheet in form.sheets if sheet.is_table]
    read = [read_rule(example, known, key) for key in ("", *keys)]
    assert any(isinstance(each, Expression) for each in read), shape


def test_every_function_of_the_language_is_taught() -> None:
    """No function is known to the program alone."""
    taught = "".join(shape for shape, *_ in FORMS_OF_SPEECH)
    assert [name for name in FUNCTIONS if name not in taught] == []
