"""Prints the table of the benchmarks; see README.md.

python -m benchmarks            cold province, one resubmission, one check
python -m benchmarks small      seconds for read, validate, store, write at demo size
python -m benchmarks growth     seconds per county and memory, from 14 counties up
python -m benchmarks memory     what one running service holds while a country reports
python -m benchmarks machines   the same workbooks by one and by two workers; needs PostgreSQL
python -m benchmarks country    one resubmission beside 140 and beside 2,854 counties; needs PostgreSQL
python -m benchmarks townships  40,000 units of five levels, 2,000 of which hand in; needs PostgreSQL
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import country, townships
from benchmarks.machines import compare
from benchmarks.measuring import machine
from benchmarks.province import Size
from benchmarks.runs import (
    Bench,
    Cold,
    measure_reading,
    run_batches,
    run_check,
    run_cold,
    run_one,
    run_service,
)

_GROWTH = (14, 70, 140, 280, 700, 1400)
_DEFAULTS = {
    "table": (140, 2000),
    "small": (140, 30),
    "growth": (0, 2000),
    "memory": (2800, 2000),
    "machines": (140, 300),
    "country": (2854, 30),
    "townships": (40_000, 10),
}
"""Counties and rows of each kind of run."""
_A_PROVINCE, _AT_ONCE = 140, 200


def main() -> None:
    """Do what the words ask for."""
    words = _words()
    print("\n".join(machine()), flush=True)
    if words.folder:
        Path(words.folder).mkdir(parents=True, exist_ok=True)
        _run(words, Path(words.folder))
        return
    with tempfile.TemporaryDirectory(prefix="sheetflow-bench-") as folder:
        _run(words, Path(folder))


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="?", default="table", choices=tuple(_DEFAULTS))
    parser.add_argument("--counties", type=int, help="140; memory: 2800")
    parser.add_argument("--rows", type=int, help="needs a county registers (2000; small: 30)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds of the table")
    parser.add_argument("--seed", type=int, default=2012)
    parser.add_argument("--most", type=int, default=max(_GROWTH), help="counties where growth ends")
    parser.add_argument("--sample", type=int, default=2000, help="townships that hand in")
    parser.add_argument("--folder", help="keep the input there for the next time")
    return parser.parse_args()


def _run(words: argparse.Namespace, folder: Path) -> None:
    counties, rows = _DEFAULTS[words.what]
    size = Size(words.counties or counties, words.rows or rows, words.seed)
    bench = Bench(size, folder)
    if words.what == "small":
        _small(bench)
    elif words.what == "memory":
        _memory(bench)
    elif words.what == "machines":
        for line in compare(bench.province(), words.rounds):
            print(line, flush=True)
    elif words.what == "country":
        for line in country.compare(bench, _A_PROVINCE):
            print(line, flush=True)
    elif words.what == "townships":
        for line in townships.measure(folder, size.counties, words.sample, _AT_ONCE, size.rows):
            print(line, flush=True)
    elif words.what == "growth":
        _growth(bench, [number for number in _GROWTH if number <= words.most])
    else:
        _table(bench, words.rounds)


def _small(bench: Bench) -> None:
    province = bench.province()
    reading = measure_reading(province)
    _, told = run_service(bench, province)
    steps = told["steps"]
    print(f"{bench.size.counties} counties × {bench.size.rows} needs, seconds:")
    print(f"  read      {reading['read']:7.2f}  (processor, one core)")
    print(f"  validate  {reading['validate']:7.2f}  (processor, one core)")
    print(f"  store     {steps['store']:7.2f}  (wall: one durable commit a workbook)")
    print(f"  write     {steps['publish']:7.2f}  (wall: receipts, roll-ups, reports, boards)")
    whole = sum(seconds for step, seconds in steps.items() if step != "store")
    print(f"  a whole pass of the service: {whole:.2f}, {_listed(steps)}")


def _listed(steps: dict[str, float]) -> str:
    return ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())


def _table(bench: Bench, rounds: int) -> None:
    bench.province()
    print(f"{bench.size.counties} counties × {bench.size.rows} needs", flush=True)
    print("| round | naive s | floor s | ours s | naive/ours | floor/ours | ours MB | child MB |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    done = [_one_round(bench, number) for number in range(1, rounds + 1)]
    naive = median(cold.naive.seconds for cold in done)
    ratio = median(cold.naive.seconds / cold.ours.seconds for cold in done)
    print(f"cold province: 1/{ratio:.1f} of the naive script (median of {rounds} rounds)")
    print(f"last round by step: {_listed(done[-1].told['steps'])}", flush=True)
    one = run_one(bench)
    print("one resubmission in a running watch, seconds from drop / from leaving the inbox:")
    print("  " + ", ".join(f"{each.dropped:.2f} / {each.taken:.2f}" for each in one))
    from_drop = median(each.dropped for each in one)
    from_taken = median(each.taken for each in one)
    print(
        f"  median 1/{naive / from_drop:.0f} and 1/{naive / from_taken:.0f} of the naive script",
        flush=True,
    )
    check = run_check(bench)
    print(f"check of one workbook: {check:.2f} s wall, interpreter start included")


def _one_round(bench: Bench, number: int) -> Cold:
    cold = run_cold(bench)
    naive, floor, ours = cold.naive.seconds, cold.floor.seconds, cold.ours.seconds
    print(
        f"| {number} | {naive:.1f} | {floor:.1f} | {ours:.1f} | {naive / ours:.1f} "
        f"| {floor / ours:.2f} | {cold.told['peak_mb']:.0f} | {cold.told['child_peak_mb']:.0f} |",
        flush=True,
    )
    return cold


def _growth(bench: Bench, counties: Sequence[int]) -> None:
    print("| counties | s | ms a county | processor ms a county | ours MB | child MB |")
    print("|---|---|---|---|---|---|", flush=True)
    for number in counties:
        size = Size(number, bench.size.rows, bench.size.seed)
        grown = Bench(size, bench.folder)
        measured, told = run_service(grown, grown.province())
        busy = told["cpu"] + told["children_cpu"]
        print(
            f"| {number} | {measured.seconds:.1f} | {measured.seconds / number * 1000:.0f} "
            f"| {busy / number * 1000:.0f} | {told['peak_mb']:.0f} | {told['child_peak_mb']:.0f} |",
            flush=True,
        )


def _memory(bench: Bench) -> None:
    print(f"{bench.size.counties} counties × {bench.size.rows} needs, {_A_PROVINCE} at a time")
    print("| counties reported | s | MB now | MB at most |")
    print("|---|---|---|---|", flush=True)
    for told in run_batches(bench, _A_PROVINCE):
        print(
            f"| {told['counties']} | {told['seconds']:.1f} | {told['now_mb']:.0f} "
            f"| {told['peak_mb']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
