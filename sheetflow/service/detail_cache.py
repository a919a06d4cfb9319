"""The cache of rendered rows: which file holds them, and that it is there when needed.

This module owns the names in ``state/pieces`` and who renders what is missing. Most of it
whoever judges a file renders at once, while its rows are at hand. Nothing there is ever the
only copy: the folder may be emptied at any time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable
from concurrent.futures import Future

from sheetflow.children.tasks.judge import PieceWish
from sheetflow.children.tasks.roll_up import PieceOrder, render_piece_files
from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.details import whose
from sheetflow.context.context import Office
from sheetflow.durable import make_private_folder
from sheetflow.errors import retried_later
from sheetflow.masks import MaskPolicy
from sheetflow.store.records import Arrival
from sheetflow.units import Unit

_IN_HAND = 4
_KEPT_SECONDS = 120 * 86_400
"""Files that nobody has rendered anew for so long are swept: most are of replaced submissions."""


def wish_pieces(office: Office, arrival: Arrival) -> PieceWish | None:
    """Say where a file's rows are to be rendered by whoever judges it, should it be accepted."""
    unit = office.tree[arrival.unit_id]
    policies = _policies_above(office, unit)
    first = arrival.purpose == "submission" and not arrival.turn  # else it has its receipt
    if not (office.settings.workers.joined_from and policies and first):
        return None
    _make_folder(office)
    return PieceWish(
        folder=str(office.workspace.pieces),
        policies=policies,
        source=whose(office.tree, unit.unit_id, ""),
        sha256=arrival.sha256,
        numbers=office.store.submissions.find_numbers(unit.unit_id),
        layouts={form.key: office.layout(form.current) for form in office.campaign.forms},
    )


def find_pieces(
    office: Office,
    books: Books,
    policy: MaskPolicy,
    standing: Iterable[Accepted],
    lost: Collection[str] = (),
) -> dict[str, str]:
    """Give the file of each submission's pieces by receipt, rendering those that are missing.

    Those of `lost` receipts are rendered anew though they are there. Raise what rendering
    raises.
    """
    from sheetflow.writing.consolidated.detail_cache import name_pieces

    _make_folder(office)
    found: dict[str, str] = {}
    under_way: deque[Future[None]] = deque()
    for accepted in standing:
        source = whose(office.tree, accepted.unit_id, accepted.receipt)
        name = name_pieces(office.layout(books.form), policy, source, accepted.sha256)
        path = office.workspace.pieces / name
        found[accepted.receipt] = str(path)
        if path.is_file() and accepted.receipt not in lost:
            continue
        order = PieceOrder(
            campaign=office.settings.campaign,
            form=books.form.key,
            versions=books.form.versions,
            source=source,
            files=[(policy, str(path))],
        )
        submission = office.store.submissions.find_submission(accepted.receipt)
        rows = office.store.contents.find_rows(submission) if submission else {}
        under_way.append(office.pool.submit(render_piece_files, order, rows))
        if len(under_way) > _IN_HAND * office.pool_size:  # few rows in hand: memory stays flat
            under_way.popleft().result()
    for made in under_way:
        made.result()
    return found


def forget_pieces(office: Office) -> None:
    """Remove every file: what they hold of persons must go, or they are not trusted."""
    _sweep(office, 0)


def sweep_pieces(office: Office) -> None:
    """Remove what nobody has needed anew for long, and what a killed run left half made."""
    _sweep(office, _KEPT_SECONDS)


def _sweep(office: Office, age: float) -> None:
    folder = office.workspace.pieces
    limit = time.time() - age
    with retried_later("清理缓存", folder):
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".tmp") or file.stat().st_mtime <= limit:
                file.unlink(missing_ok=True)


def _policies_above(office: Office, unit: Unit) -> list[MaskPolicy]:
    """The eyes of all who have a consolidated workbook in which the unit's rows stand."""
    chain = office.tree.chain(unit.unit_id)
    return [office.policy(above.level) for above in chain if office.tree.children(above.unit_id)]


def _make_folder(office: Office) -> None:
    make_private_folder(office.workspace.pieces)
