"""Makes the input: filled workbooks of any number of counties, from a seed.

A few dozen counties are really filled: their issued workbook, with the campaign's own
samples typed in as the demo types them. The others are re-stamped copies of these (unit,
name, stamp, other people's identity numbers), which the service cannot tell from filled
ones, and which take a tenth of the time. Beyond one province the tree is repeated, with other first digits.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from sheetflow.campaigns import load_campaign
from sheetflow.config.first_units import default_units
from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.units_file import read_units
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.demo.draft import Draft, plan_typing, type_workbook
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.prefill import prefill_blank
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Samples, Scene
from sheetflow.units import Unit, UnitTree
from sheetflow.writing import Dress, write_workbook

CAMPAIGN = "grassroots2012"
PERIOD = Period.parse("2012B1")
_ISSUED_AT = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
_REALLY_FILLED = 24
_MADE = 2
"""Counts up whenever the same size gives other workbooks."""
_FIRST_PREFIX = 11
_SAMPLE_UNIT = b"370102"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to do: counties, needs a county registers, and the seed."""

    counties: int = 140
    rows: int = 2000
    seed: int = 2012


@dataclass(frozen=True, slots=True)
class Province:
    """A generated input: the units, and the filled workbook of each county."""

    tree: UnitTree
    files: Mapping[str, Path]


def make_province(size: Size, folder: Path) -> Province:
    """Make the workbooks of `size` in `folder`; what lies there already is taken as it is."""
    tree = some_units(size.counties)
    counties = [unit for unit in tree if unit.level == "县"]
    here = folder / f"{size.rows}-{size.seed}-{_MADE}"
    files = {
        unit.unit_id: here / f"填报_{unit.folder}_{PERIOD.period_id}.xlsx" for unit in counties
    }
    here.mkdir(parents=True, exist_ok=True)
    filled = counties[:_REALLY_FILLED]
    with ProcessPoolExecutor() as pool:
        wanted = [unit for unit in filled if not files[unit.unit_id].exists()]
        for step in [pool.submit(_fill, size, tree, unit, files[unit.unit_id]) for unit in wanted]:
            step.result()
        copies = [
            pool.submit(
                restamped, (model, files[model.unit_id]), (unit, files[unit.unit_id]), number
            )
            for number, (unit, model) in enumerate(
                zip(counties[_REALLY_FILLED:], itertools.cycle(filled), strict=False)
            )
            if not files[unit.unit_id].exists()
        ]
        for copy in copies:
            copy.result()
    return Province(tree, files)


def some_units(counties: int) -> UnitTree:
    """Give so many counties with all above them, in as many provinces as it takes."""
    units = list(read_units(default_units()))
    a_province = sum(unit.level == "县" for unit in units)
    provinces = -(-counties // a_province)
    tree = UnitTree.of(_moved(unit, province) for province in range(provinces) for unit in units)
    chosen = [unit for unit in tree if unit.level == "县"][:counties]
    kept = {above.unit_id for unit in chosen for above in tree.chain(unit.unit_id)}
    return UnitTree.of(unit for unit in tree if unit.unit_id in kept)


def _moved(unit: Unit, province: int) -> Unit:
    """Give `unit` as it would stand in another province; the first one stays as it is."""
    if not province:
        return unit
    # 37 is taken by the first one.
    prefix = str(next(itertools.islice(_prefixes(), province - 1, None)))
    parent = prefix + unit.parent[2:] if unit.parent else unit.parent
    name = f"{unit.name}{province + 1}" if unit.level == "省" else unit.name
    return replace(
        unit, unit_id=prefix + unit.unit_id[2:], parent=parent, name=name, division_code=None
    )


def _prefixes() -> Iterator[int]:
    return (number for number in itertools.count(_FIRST_PREFIX) if number != int(_SAMPLE_UNIT[:2]))


def _fill(size: Size, tree: UnitTree, unit: Unit, target: Path) -> None:
    """Issue one unit's workbook and type its samples in."""
    campaign = load_campaign(CAMPAIGN)
    form = campaign.in_force(campaign.main_form, PERIOD)
    blank = target.with_suffix(".blank.xlsx")
    dress = Dress(campaign=campaign.title, catalogue=campaign.catalogue)
    filling = prefill_blank(campaign, form, unit, PERIOD)
    blank.write_bytes(write_workbook(filling, dress, _ISSUED_AT))
    rows = samples_of(size, tree, unit)
    unfinished = target.with_suffix(".part.xlsx")
    type_workbook(plan_typing(Draft.of(form, unit, PERIOD, rows), blank, unfinished))
    blank.unlink()
    unfinished.replace(target)


def samples_of(size: Size, tree: UnitTree, unit: Unit) -> Samples:
    """Give what `unit` reports: the same for the same seed."""
    campaign = load_campaign(CAMPAIGN)
    random = Random(f"{size.seed}/{unit.unit_id}")  # noqa: S311 - made-up data
    form = campaign.in_force(campaign.main_form, PERIOD)
    return make_samples(campaign, form, Scene(unit, tree, PERIOD, random, size.rows))


def restamped(model: tuple[Unit, Path], copy: tuple[Unit, Path], number: int) -> None:
    """Write the model's workbook anew as another unit's: its id and name, wherever they stand.

    The `number` of the copy sees to it that its people are not those of another copy.
    """
    (old, source), (new, target) = model, copy
    unit_id = re.compile(rb"(?<![0-9])%b(?![0-9-])" % old.unit_id.encode())
    names = [
        (_reference(old.name, ascii_), _reference(new.name, ascii_)) for ascii_ in (True, False)
    ]
    shift = 2 * (number // _REALLY_FILLED % 499 + 1)
    unfinished = target.with_suffix(".part")
    with (
        zipfile.ZipFile(source) as before,
        zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as after,
    ):
        for entry in before.infolist():
            part = unit_id.sub(new.unit_id.encode(), before.read(entry))
            part = _PERSON.sub(partial(_somebody_else, shift), part)
            for was, now in names:
                part = part.replace(was, now)
            after.writestr(entry.filename, part)
    unfinished.replace(target)


_PERSON = re.compile(rb"(?<=>)([0-9]{14})([0-9]{3})[0-9X](?=<)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def _somebody_else(shift: int, number: re.Match[bytes]) -> bytes:
    """Give another person's identity number: copies must not register the same people."""
    digits = number[1].decode() + f"{(int(number[2]) + shift) % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    return f"{digits}{_CHECK_DIGITS[rest]}".encode()


def _reference(name: str, ascii_: bool) -> bytes:  # noqa: FBT001 - two ways of one writing
    """Give a cell's whole text as it stands in XML, with or without character references."""
    return b">" + (name.encode("ascii", "xmlcharrefreplace") if ascii_ else name.encode()) + b"<"


def make_workspace(root: Path, tree: UnitTree) -> Workspace:
    """Make a workspace for `tree`, with mail addresses and a quiet period of nothing; nothing goes by the clock there."""
    if root.exists():
        shutil.rmtree(root)
    text = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 0", default_settings_text())
    text = re.sub(r"(?m)^on = true$", "on = false", text)
    addressed = UnitTree.of(
        replace(unit, mails=(f"fulian-{unit.unit_id}@mail.example",)) for unit in tree
    )
    return create_workspace(root, addressed, text)


def drop(workspace: Workspace, province: Province, units: Sequence[str] = ()) -> None:
    """Put the workbooks of `units` (of all) into the inbox."""
    for unit_id in units or province.files:
        file = province.files[unit_id]
        shutil.copyfile(file, workspace.inbox_of(province.tree[unit_id]) / file.name)
