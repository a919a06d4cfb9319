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

from sheetflow.children.judge_task import PieceWish
from sheetflow.children.roll_up_tasks import PieceOrder, render_piece_files
from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.detail_rows import whose
from sheetflow.context import Context
from sheetflow.durable import make_private_folder
from sheetflow.errors import retried_later
from sheetflow.masks import MaskPolicy
from sheetflow.store.records import Arrival
from sheetflow.units import Unit

_IN_HAND = 4
_KEPT_SECONDS = 120 * 86_400
"""Files that nobody has rendered anew for so long are swept: most are of replaced submissions."""


def wish_pieces(context: Context, arrival: Arrival) -> PieceWish | None:
    """Say where a file's rows are to be rendered by whoever judges it, should it be accepted."""
    unit = context.tree[arrival.unit_id]
    policies = _policies_above(context, unit)
    first = arrival.purpose == "submission" and not arrival.turn  # else it has its receipt
    if not (context.settings.workers.joined_from and policies and first):
        return None
    _make_folder(context)
    return PieceWish(
        folder=str(context.workspace.pieces),
        policies=policies,
        source=whose(context.tree, unit.unit_id, ""),
        sha256=arrival.sha256,
        numbers=context.store.submissions.find_numbers(unit.unit_id),
        layouts={form.key: context.layout(form.current) for form in context.campaign.forms},
    )


def find_pieces(
    context: Context,
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

    _make_folder(context)
    found: dict[str, str] = {}
    under_way: deque[Future[None]] = deque()
    for accepted in standing:
        source = whose(context.tree, accepted.unit_id, accepted.receipt)
        name = name_pieces(context.layout(books.form), policy, source, accepted.sha256)
        path = context.workspace.pieces / name
        found[accepted.receipt] = str(path)
        if path.is_file() and accepted.receipt not in lost:
            continue
        order = PieceOrder(
            campaign=context.settings.campaign,
            form=books.form.key,
            versions=books.form.versions,
            source=source,
            files=[(policy, str(path))],
        )
        submission = context.store.submissions.find_submission(accepted.receipt)
        rows = context.store.contents.find_rows(submission) if submission else {}
        under_way.append(context.pool.submit(render_piece_files, order, rows))
        if len(under_way) > _IN_HAND * context.pool_size:  # few rows in hand: memory stays flat
            under_way.popleft().result()
    for made in under_way:
        made.result()
    return found


def forget_pieces(context: Context) -> None:
    """Remove every file: what they hold of persons must go, or they are not trusted."""
    _sweep(context, 0)


def sweep_pieces(context: Context) -> None:
    """Remove what nobody has needed anew for long, and what a killed run left half made."""
    _sweep(context, _KEPT_SECONDS)


def _sweep(context: Context, age: float) -> None:
    folder = context.workspace.pieces
    limit = time.time() - age
    with retried_later("清理缓存", folder):
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".tmp") or file.stat().st_mtime <= limit:
                file.unlink(missing_ok=True)


def _policies_above(context: Context, unit: Unit) -> list[MaskPolicy]:
    """The eyes of all who have a consolidated workbook in which the unit's rows stand."""
    chain = context.tree.chain(unit.unit_id)
    return [context.policy(above.level) for above in chain if context.tree.children(above.unit_id)]


def _make_folder(context: Context) -> None:
    make_private_folder(context.workspace.pieces)
