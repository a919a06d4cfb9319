"""What a country costs beside a province: counties of twenty and more provinces in one workspace, on PostgreSQL.

A province reports, then one of its counties hands in again; then the next province. What a resubmission takes up to
the top is to stay what it was with one province.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.postgresql import cluster
from benchmarks.province import make_workspace, restamped
from benchmarks.runs import Bench, serve_batches

_NOBODY_ELSE = 9_999
"""A copy's number that no other has: who hands in again reports people of its own."""


def compare(bench: Bench, batch: int) -> Iterator[str]:
    """Give a table, a line a province."""
    province = bench.province()
    units = list(province.files)
    files: list[tuple[str | Path, ...]] = []
    for number, unit_id in enumerate(units):
        file = province.files[unit_id]
        if number % batch:
            files.append((unit_id, file))
            continue
        model = units[number + 1 if number + 1 < len(units) else 0]
        changed = bench.folder / f"changed-{unit_id}.xlsx"
        restamped(
            (province.tree[model], province.files[model]),
            (province.tree[unit_id], changed),
            _NOBODY_ELSE,
        )
        files.append((unit_id, file, changed))
    make_workspace(bench.root, province.tree)
    yield f"{len(units)} counties × {bench.size.rows} needs, {batch} at a time"
    yield "| counties reported | s | one again s | to the first | MB now | MB at most |"
    yield "|---|---|---|---|---|---|"
    first = 0.0
    with cluster(bench.folder) as (url, _):
        for told in serve_batches(bench.root, batch, files, url):
            first = first or told["again"]
            yield (
                f"| {told['counties']} | {told['seconds']:.1f} | {told['again']:.2f} "
                f"| {told['again'] / first:.2f} | {told['now_mb']:.0f} | {told['peak_mb']:.0f} |"
            )
