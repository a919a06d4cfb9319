"""The rows below a unit that are about the same person: found among those directly below it, told as the reader may see them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sheetflow.consolidation.accepted import Accepted, Matters
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import (
    SamePersonRow,
)
from sheetflow.consolidation.detail_rows import (
    column_seen,
    sources,
)
from sheetflow.masks import Look, MaskPolicy
from sheetflow.schemas.column_reading import each
from sheetflow.schemas.forms import Form
from sheetflow.schemas.merged_keys import merged
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit

_OLD_LENGTH, _REGION = 15, 6
_CENTURY = "19"

_Row = tuple[Accepted, str, str]
"""Whose row, its merged key, the matter in words."""


def same_person_rows(
    books: Books, unit: Unit, policy: MaskPolicy
) -> tuple[SamePersonRow, ...] | None:
    """Give the rows below `unit` that are about the same person, in words that the policy lets it see.

    Rows of one unit among themselves are that unit's own affair, and those within one
    branch below are for the superior there. None where the form does not ask.
    """
    spec = books.form.same_person
    if spec is None:
        return None
    sheet, books = books.form.by_key[spec.sheet], books.listing
    standing = sources(books, unit, sheet)
    if books.matters_of:
        listings = list(books.matters_of(books, standing))
    else:
        listings = [
            (accepted, matters(books.form, policy, accepted.unit_id, rows))
            for accepted, rows in books.rows_of(sheet.key, standing)
        ]
    shared = _shared(listed.digests for _, listed in listings)
    groups: dict[str, list[_Row]] = {}
    for accepted, listed in listings:
        if shared.isdisjoint(listed.digests):
            continue
        for number, digest in enumerate(listed.digests):
            if digest in shared:
                row = (accepted, listed.keys[number], listed.words[number])
                groups.setdefault(digest, []).append(row)
    branches = _branches(books, unit)
    found = [
        rows
        for rows in groups.values()
        if len({branches[accepted.unit_id] for accepted, _, _ in rows}) > 1
    ]
    return tuple(
        SamePersonRow(
            group=number,
            unit=books.tree[accepted.unit_id],
            above=_above(books, unit, accepted.unit_id),
            receipt=accepted.receipt,
            key=key,
            matter=matter,
        )
        for number, rows in enumerate(found, start=1)
        for accepted, key, matter in rows
    )


def _shared(units: Iterable[Sequence[str]]) -> set[str]:
    """Give the digests that more than one unit has: few of very many."""
    seen: set[str] = set()
    shared: set[str] = set()
    for digests in units:
        own = set(digests)
        shared |= own & seen
        seen |= own
    return shared


def matter_looks(form: Form, policy: MaskPolicy) -> tuple[Look, ...]:
    """Say how the policy's level sees all that `matters` shows: where it is the same, so are they."""
    spec = form.same_person
    if spec is None:
        return ()
    sheet = form.by_key[spec.sheet]
    shown = {sheet.naming_column.key if sheet.naming_column else "", *spec.matter}
    return tuple(look for look in policy.plan(sheet) if look[0] in shown)


def matters(
    form: Form, policy: MaskPolicy, unit_id: str, rows: Iterable[Mapping[str, Value]]
) -> Matters:
    """Give what the rows of a unit's sheet say of whom, for comparison with other units.

    Keys and matters are as the policy's level sees them: a column that it does not see says nothing.
    """
    spec = form.same_person
    if spec is None:
        return Matters()
    sheet = form.by_key[spec.sheet]
    known = [row for row in rows if isinstance(row.get(spec.person), str)]
    about = spec.where.among(known) if spec.where else known
    looks = {look[0]: look for look in matter_looks(form, policy)}
    naming = sheet.naming_column
    keys: Sequence[Value] = [None] * len(about)
    if naming and naming.key in looks:
        keys = column_seen(sheet, about, looks[naming.key])
    seen = [column for column in spec.matter if column in looks]
    types = [sheet.by_key[column].type for column in seen]
    cells = zip(*(column_seen(sheet, about, looks[column]) for column in seen), strict=True)

    def words(values: tuple[Value, ...]) -> str:
        return "、".join(kind.show(value) for kind, value in zip(types, values, strict=True))

    return Matters(
        [_digest(str(row[spec.person])) for row in about],
        [str(merged(unit_id, key) or "") for key in keys],
        each(words, list(cells) if seen else [()] * len(about)),
    )


def _digest(number: str) -> str:
    return hashlib.sha256(same_number(number).encode()).hexdigest()[:24]


def same_number(number: str) -> str:
    """Give the 17 digits that an identity number of 15 and of 18 places have in common."""
    if len(number) == _OLD_LENGTH:
        return number[:_REGION] + _CENTURY + number[_REGION:]
    return number[:-1]


def _branches(books: Books, unit: Unit) -> dict[str, str]:
    """By unit id: the unit straight below `unit` that it is, belongs to or was merged into."""
    found = {unit.unit_id: unit.unit_id}
    for child in books.tree.children(unit.unit_id):
        found |= {member.unit_id: child.unit_id for member in books.tree.subtree(child.unit_id)}
    for member in books.tree.subtree(unit.unit_id):
        # A unit that has ended may have stood elsewhere; its book goes with its heir.
        heir = found[member.unit_id]
        found |= {old.unit_id: heir for old in books.merged_into(member)}
    return found


def _above(books: Books, reader: Unit, unit_id: str) -> tuple[str, ...]:
    """Name the units that tell where `unit_id` is, blank where its chain has none of a level."""
    tree = books.tree
    found = (tree.ancestor(unit_id, level.name) for level in tree.levels.origin(reader.level)[:-1])
    return tuple(above.name if above else "" for above in found)
