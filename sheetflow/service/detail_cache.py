"""The cache of rendered rows: which file holds them, and that it is there when needed.

This module owns the names in ``state/pieces`` and who renders what is missing. Nothing
there is ever the only copy: the folder may be emptied at any time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from sheetflow.children.tasks.judge import PieceWish
from sheetflow.children.tasks.roll_up import PieceOrder, render_piece_files
from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.details import Whose, whose, whose_under
from sheetflow.context.context import Office
from sheetflow.durable import make_private_folder
from sheetflow.errors import retried_later
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.documents import unpack
from sheetflow.schemas.forms import Form
from sheetflow.store.records import Arrival, Submission
from sheetflow.units import Unit

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
        source=whose_under(office.tree, unit.unit_id, ""),
        sha256=arrival.sha256,
        numbers=office.store.submissions.find_numbers(unit.unit_id),
        layouts={form.key: office.layout(form.current) for form in office.campaign.forms},
    )


def order_pieces(office: Office, submission: Submission, rows: Mapping[str, bytes]) -> None:
    """Have a fresh submission's rows (packed JSON by sheet) rendered for everyone above, meanwhile.

    Most are there already: they were wished for when the file was judged.
    """
    if not office.settings.workers.joined_from or submission.outcome != "accepted":
        return
    form = office.form(submission.form).current
    source = whose_under(office.tree, submission.unit_id, submission.receipt)
    paths = [
        (policy, _path(office, form, policy, source, submission.sha256))
        for policy in _policies_above(office, office.tree[submission.unit_id])
    ]
    missing = [(policy, path) for policy, path in paths if not path.is_file()]
    _forget_made(office)
    if missing:
        _submit(office, form, source, missing, {key: unpack(text) for key, text in rows.items()})


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
    found: dict[str, str] = {}
    for accepted in standing:
        source = whose(office.tree, accepted)
        path = _path(office, books.form, policy, source, accepted.sha256)
        found[accepted.receipt] = str(path)
        is_there = path in office.pieces_under_way or path.is_file()
        if accepted.receipt in lost or not is_there:
            submission = office.store.submissions.find_submission(accepted.receipt)
            rows = office.store.contents.find_rows(submission) if submission else {}
            _submit(office, books.form, source, [(policy, path)], rows)
        _wait_for_some(office)
    for name in found.values():
        future = office.pieces_under_way.pop(Path(name), None)
        if future:
            future.result()
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


def _path(office: Office, form: Form, policy: MaskPolicy, source: Whose, sha256: str) -> Path:
    from sheetflow.writing.consolidated.detail_cache import name_pieces

    return office.workspace.pieces / name_pieces(office.layout(form), policy, source, sha256)


def _policies_above(office: Office, unit: Unit) -> list[MaskPolicy]:
    """The eyes of all who have a consolidated workbook in which the unit's rows stand."""
    chain = office.tree.chain(unit.unit_id)
    return [office.policy(above.level) for above in chain if office.tree.children(above.unit_id)]


def _make_folder(office: Office) -> None:
    make_private_folder(office.workspace.pieces)


def _submit(
    office: Office,
    form: Form,
    source: Whose,
    files: Sequence[tuple[MaskPolicy, Path]],
    rows: Mapping[str, str],
) -> None:
    _make_folder(office)
    order = PieceOrder(
        campaign=office.settings.campaign,
        form=form.key,
        versions=form.versions,
        source=source,
        files=[(policy, str(path)) for policy, path in files],
    )
    future = office.pool.submit(render_piece_files, order, dict(rows))
    for _, path in files:
        office.pieces_under_way[path] = future


def _forget_made(office: Office) -> None:
    """Let go of what was made and not fetched: a submission that was replaced never is."""
    for path in [path for path, made in office.pieces_under_way.items() if made.done()]:
        del office.pieces_under_way[path]


def _wait_for_some(office: Office) -> None:
    """Keep few rows in hand: memory stays flat."""
    waiting = [future for future in office.pieces_under_way.values() if not future.done()]
    if len(waiting) > 4 * office.pool_size:
        waiting[0].exception()
