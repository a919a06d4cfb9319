"""Whose texts are near-identical to whose, as far as a level may know: told to those above, never returned.

What is compared are the sketches in the gists, so that no text is read; what comes of it follows from
the accepted submissions alone. Both of two are named, for nobody knows who copied.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.detail_rows import sources
from sheetflow.consolidation.gists import alike, texts_in
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Mask
from sheetflow.units import Unit


def near_identical(
    books: Books,
    unit: Unit,
    policy: MaskPolicy,
    named: Mapping[str, str],
    among: Collection[str] | None = None,
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Name those below `unit` whose texts are near-identical to one, by its receipt and column.

    Of texts that the policy does not show whole nothing is told. `among` are the receipts that are
    compared with each other; None for all.
    """
    card = books.form.narrative
    if card is None:
        return {}
    standing = {entry.receipt: entry for entry in sources(books, unit, card)}
    whole = {key for key, mask, _ in policy.plan(card) if mask is Mask.WHOLE}
    asked = standing if among is None else [each for each in standing if each in among]
    gists = ((receipt, standing[receipt].gist) for receipt in asked)
    return {
        (receipt, column): tuple(named[standing[other].unit_id] for other in others)
        for column, sketches in texts_in(gists)
        if column in whole
        for receipt, others in alike(sketches).items()
    }
