"""What an expression is printed to is read as the same expression, whatever it is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.errors import DeclarationError
from sheetflow.schemas import conditions as declared
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Not,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.language.conditions import condition_text, read_condition
from sheetflow.schemas.language.marks import is_plain
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.printer import show
from sheetflow.schemas.language.vocabulary import Vocabulary
from tests.schemas.language.odd_rows import OPTIONS, SHEETS

SHEET = st.text('甲乙或且非真S1（） -.,="“”', min_size=1, max_size=4)
LABEL = SHEET.map(str.strip).filter(bool)
TITLE = LABEL.filter(lambda title: title not in {"上期", "本行"})
TEXT = st.text('甲乙[]《》或且 "“”（）=*', max_size=5).filter(
    lambda text: '"' not in text or not set(text) & set("“”")
)
NUMBER = st.one_of(st.integers(0, 10**9), st.decimals("0", "9999", places=2))
WORD = st.sampled_from(["计数", "含", "期末", "甲乙", "S1"])
CELL = st.one_of(
    st.builds(Cell, LABEL, st.just("") | LABEL, st.sampled_from(Scope)),
    st.builds(Cell, LABEL, st.just("") | LABEL, card=TITLE),
)
SINGLE = st.one_of(
    st.builds(Literal, NUMBER | TEXT | st.booleans()),
    st.builds(Options, st.lists(TEXT, min_size=1, max_size=3).map(tuple)),
    CELL,
    st.builds(OwnCell),
    st.builds(Name, TITLE),
)


def composed(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Put expressions together in every way."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    signs = st.sampled_from(["=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/"])
    return st.one_of(
        st.builds(Joined, st.sampled_from(["且", "或"]), several),
        st.builds(Not, parts),
        st.builds(Minus, parts),
        st.builds(Operation, signs, parts, parts),
        st.builds(Call, WORD, st.lists(parts, max_size=3).map(tuple)),
    )


EXPRESSIONS = st.recursive(SINGLE, composed, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_printed_expressions_are_read_as_the_same(expression: Expression) -> None:
    """Brackets stand where they are needed, and names and texts in marks that hold them."""
    assert repr(parse(show(expression))) == repr(expression)


def test_a_text_with_both_kinds_of_quotes_cannot_be_written() -> None:
    """Rather than write something else, one refuses."""
    with pytest.raises(DeclarationError, match="两种引号都有"):
        show(Literal('“甲"'))


@pytest.mark.parametrize(
    "name", ["且慢", "非公", "真", "COUNT", "or", "3号", "上期", "甲 乙", "甲（乙）", "或"]
)
def test_names_that_are_no_plain_words(name: str) -> None:
    """A name that would be read as something else goes in 《》."""
    assert not is_plain(name)
    assert parse(show(Name(name))) == Name(name)


@pytest.mark.parametrize(
    "name", ["真的", "S19", "走访记录", "是非", "order", "NOTE", "甲3", "_3月"]
)
def test_plain_names(name: str) -> None:
    """A name of letters, digits and Chinese characters is one as it stands."""
    assert is_plain(name)
    assert parse(name) == Name(name)


VOCABULARY = Vocabulary.of(SHEETS.values())
NUMBERS = st.sampled_from(["number", "other", "funds"])
BESIDE: st.SearchStrategy[Any] = st.one_of(
    NUMBERS, st.integers(-9, 9), st.decimals("-9", "9", places=1).map(Decimal)
)


def asked_of(column: str, note: str) -> st.SearchStrategy[declared.Condition]:
    """Draw a plain test of one column."""
    chosen = st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=3, unique=True).map(tuple)
    return st.one_of(
        st.builds(declared.Is, st.just(column), chosen),
        st.builds(declared.Filled, st.just(note)),
        st.builds(declared.Is, st.just(note), TEXT.filter(bool).map(lambda text: (text,))),
    )


PLAIN = st.one_of(
    asked_of("state", "note"),
    st.builds(declared.AtLeast, NUMBERS, BESIDE),
    st.builds(declared.Compared, NUMBERS, st.sampled_from(["<", ">", "<=", "="]), BESIDE),
    st.builds(declared.Compared, st.just("begun_on"), st.just("<"), st.just("ended_on")),
    st.builds(declared.Through, st.just("need"), asked_of("state", "note")),
    st.builds(declared.Through, st.just("need"), asked_of("state", "note").map(declared.Not)),
)


def joined(parts: st.SearchStrategy[declared.Condition]) -> st.SearchStrategy[declared.Condition]:
    """Put conditions together."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(declared.Every, several),
        st.builds(declared.Any, several),
        st.builds(declared.Not, parts),
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(PLAIN, joined, max_leaves=8))
def test_conditions_come_back_from_their_text(condition: declared.Condition) -> None:
    """Any condition that can be declared is read from its text as it was."""
    text = condition_text(condition, VOCABULARY, "asked")
    assert read_condition(text, VOCABULARY, "asked", through=True) == condition, text
