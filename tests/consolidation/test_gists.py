"""Texts that one copied from another are found, whatever the order; texts of one's own are not."""

from __future__ import annotations

import random
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.gists import ALIKE, alike, are_alike, sketch

WORDS = (
    "走访妇女群众倾听心声登记台帐逐件办理协调部门推动解决就业医疗教育帮扶联系点干部村社区经费培训"
)


def text(length: int, seed: int) -> str:
    """Make up a text."""
    chance = random.Random(seed)  # noqa: S311 - made-up words
    return "".join(chance.choice(WORDS) for _ in range(length))


def test_place_figures_and_marks_make_no_other_text() -> None:
    """What differs in the unit's own names, in figures, marks and widths alone is the same text."""
    one = "历下区走访妇女１２８人次，登记需求四十一件；办结率45.3%。"
    two = "历城区走访妇女97人次,登记需求四十一件。办结率 80.1%"
    assert sketch(one, ("济南市", "历下区")) == sketch(two, ("济南市", "历城区"))
    assert not are_alike(
        sketch(one), sketch("坚持干部带头、重心下移，分成六个小组进村入户开展调研")
    )


@settings(max_examples=60, deadline=None)
@given(length=st.integers(40, 1500), share=st.floats(0, 1), seed=st.integers(0, 10_000))
def test_the_estimate_is_near_the_share(length: int, share: float, seed: int) -> None:
    """Far from the limit, a kept sketch tells of long and short texts what the whole shingles would."""
    same = int(length * share)
    one = text(length, seed)
    two = one[:same] + text(length - same, seed + 1)
    shingles = [{each[at : at + 5] for at in range(length - 4)} for each in (one, two)]
    truth = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    if abs(truth - ALIKE) > 0.15:
        assert are_alike(sketch(one), sketch(two)) is (truth > ALIKE)


def test_order_does_not_matter() -> None:
    """Each is told of all the others that are like it, in the order of the units."""
    base = text(300, 1)
    made = {
        "甲": sketch(base),
        "乙": sketch(base[:280] + text(20, 2)),
        "丙": sketch(text(300, 3)),
        "丁": sketch(base + text(15, 4)),
    }
    for order in permutations(made):
        found = alike([(name, made[name]) for name in order])
        assert {name: set(others) for name, others in found.items()} == {
            "甲": {"乙", "丁"},
            "乙": {"甲", "丁"},
            "丁": {"甲", "乙"},
        }
    assert alike([]) == {}


def test_short_texts_have_a_sketch() -> None:
    """A text shorter than a shingle is compared as a whole; two blanks are no trouble."""
    assert are_alike(sketch("没有"), sketch("没有。"))
    assert not are_alike(sketch("没有"), sketch("很多"))
    assert are_alike(sketch("，。"), sketch(""))
