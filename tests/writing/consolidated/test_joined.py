"""Joined workbooks are as good as written ones: every cell, every look, in every reader."""

from __future__ import annotations

import io
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as some
from python_calamine import CalamineWorkbook

from sheetflow.campaigns import load_campaign
from sheetflow.consolidation.contents import Consolidated, DetailRow, DetailSheet
from sheetflow.consolidation.detail_rows import (
    Whose,
    columns_seen,
    rows_standing,
    sheets_going_up,
)
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Scene
from sheetflow.schemas.column_reading import reading
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import THREE_LEVELS, UnitTree
from sheetflow.workbook import CellValue
from sheetflow.writing.consolidated import joined
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated, write_skeleton
from sheetflow.writing.consolidated.detail_sheets import countable, measure_rows
from sheetflow.writing.consolidated.joined import Bulk, Piece, join, pack
from sheetflow.writing.consolidated.rendered_rows import (
    Pieces,
    SheetPiece,
    gather,
    render_pieces,
    rows_xml,
)
from tests.programs import needs_office

pytestmark = pytest.mark.slow

Consolidate = Callable[..., Consolidated]
NASTY = (
    "=1+1",
    "a<b & c>d",
    " 前后空格 ",
    "两行\n文字",
    "_x0041_",
    "<r>x</r>",
    "tab\t",
    "😀很长" * 40,
    '"“',
    "0012",
)


def join_all(consolidated: Consolidated, folder: Path) -> bytes:
    """Give the workbook with every detail sheet joined from pieces, one a receipt."""
    bulk = {
        detail.sheet.key: bulk_of(consolidated, detail, folder) for detail in consolidated.details
    }
    skeleton = write_skeleton(consolidated, bulk)
    assert set(skeleton.parts.values()) == set(bulk)
    parts = {part: pieces_in(bulk[key]) for part, key in skeleton.parts.items()}
    target = io.BytesIO()
    join(skeleton.content, parts, target)
    return target.getvalue()


def pieces_in(bulk: Bulk) -> list[Piece]:
    """The pieces without their receipts."""
    return [piece for _, piece in bulk.pieces]


def bulk_of(consolidated: Consolidated, detail: DetailSheet, folder: Path) -> Bulk:
    """Render a sheet's rows as pieces, one a receipt, into files."""
    counted = countable(detail, consolidated.form, consolidated.unit.level)
    found: list[tuple[str, Pieces]] = []
    for receipt, group in groupby(detail.rows(), key=lambda row: row.receipt):
        rows = list(group)
        piece = piece_of(detail, rows, folder / f"{detail.sheet.key}-{len(found)}")
        values = [row.values for row in rows]
        measured = measure_rows(counted, consolidated.form, values)
        found.append((receipt, Pieces({detail.sheet.key: SheetPiece(piece, measured)})))
    return gather(detail.sheet.key, found)


def piece_of(detail: DetailSheet, rows: list[DetailRow], path: Path) -> Piece:
    """Render rows as one piece into a file."""
    whose = Whose("", rows[0].places, rows[0].receipt, "")
    seen = [(column, [row.values.get(column.key) for row in rows]) for column in detail.columns]
    xml = rows_xml((*whose.places, whose.receipt), seen, len(rows), {})
    piece, packed = pack(xml, len(rows), 0)
    path.write_bytes(packed)
    return replace(piece, path=path)


@pytest.fixture(scope="module")
def both(consolidate: Consolidate, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A city's workbook written and joined, with all that people type in its texts."""
    made = consolidate("370100", 12)
    details = tuple(spoilt(detail) for detail in made.details)
    nasty = replace(made, details=details)
    return write_consolidated(nasty), join_all(nasty, tmp_path_factory.mktemp("pieces"))


def spoilt(detail: DetailSheet) -> DetailSheet:
    """Give the sheet with a nasty text in some cells of each row."""

    def rows() -> Iterable[DetailRow]:
        for number, row in enumerate(detail.rows()):
            texts: dict[str, Value] = {
                key: NASTY[(number + place) % len(NASTY)] if place % 3 == 0 else value
                for place, (key, value) in enumerate(row.values.items())
                if isinstance(value, str)
            }
            yield replace(row, values={**row.values, **texts})

    return replace(detail, rows=rows)


def test_every_cell_look_and_frame_is_the_same(both: tuple[bytes, bytes]) -> None:
    """Whoever opens a joined workbook finds each cell as the plain writer puts it."""
    written, joined_ = (openpyxl.load_workbook(io.BytesIO(content)) for content in both)
    assert joined_.sheetnames == written.sheetnames
    for title in written.sheetnames:
        assert _sheet_facts(joined_[title]) == _sheet_facts(written[title])
        for mine, theirs in zip(joined_[title].rows, written[title].rows, strict=True):
            for cell, other in zip(mine, theirs, strict=True):
                assert (cell.value, cell.data_type) == (other.value, other.data_type)
                # One table of styles, so that the same number is the same look.
                assert cell.style_id == other.style_id
    assert _styles(both[1]) == _styles(both[0])


def _styles(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("xl/styles.xml")


def _sheet_facts(sheet: Any) -> dict[str, object]:
    return {
        "size": sheet.dimensions,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "heights": {number: row.height for number, row in sheet.row_dimensions.items()},
        "widths": {name: column.width for name, column in sheet.column_dimensions.items()},
        "charts": len(sheet._charts),  # noqa: SLF001 - openpyxl has no other name for them
        "rules": sorted(str(each.sqref) for each in sheet.conditional_formatting),
        "titles": (sheet.print_title_rows, sheet.print_title_cols),
    }


def test_calamine_reads_the_same_values(both: tuple[bytes, bytes]) -> None:
    """Programs that read quickly find the same rows."""
    written, joined_ = (_calamine(content) for content in both)
    assert joined_ == written


def _calamine(content: bytes) -> dict[str, list[list[object]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [list(row) for row in workbook.get_sheet_by_name(name).to_python()]
        for name in workbook.sheet_names
    }


def test_the_package_is_sound_and_the_same_each_time(
    consolidate: Consolidate, tmp_path: Path
) -> None:
    """A joined workbook passes every check of its checksums, and is the same bytes each time."""
    made = consolidate("370100", 3)
    content = join_all(made, tmp_path)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert join_all(made, tmp_path) == content


@needs_office
@pytest.mark.office
def test_libreoffice_computes_the_same(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    """An office program opens it and comes to the same values, formulas included."""
    found = []
    for name, content in zip(("written", "joined"), both, strict=True):
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(content)
        target = tmp_path / name
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", target, source],
            check=True,
            capture_output=True,
            timeout=240,
        )
        found.append(_calamine((target / f"{name}.ods").read_bytes()))
    assert found[1] == found[0]
    assert sum(map(len, found[1].values())) > 200


def as_read(sheet: Sheet, row: Mapping[str, CellValue]) -> dict[str, Value]:
    """Give the values of a sample row."""
    cells = {column.key: (column, row.get(column.key)) for column in sheet.columns}
    return {
        key: None if cell is None else reading(column.type)(cell)
        for key, (column, cell) in cells.items()
    }


@pytest.mark.parametrize("level", ["市", "省"])
def test_what_is_rendered_is_what_the_level_sees(tree: UnitTree, level: str) -> None:
    """No column slips past its mask because many rows are looked at together."""
    campaign = load_campaign("grassroots2012")
    form, unit, policy = campaign.main_form, tree["370102"], MaskPolicy(THREE_LEVELS, level)
    chance = Random("x")  # noqa: S311 - made-up data
    scene = Scene(unit, tree, Period.parse("2012B1"), chance, 40)
    samples = make_samples(campaign, form, scene)
    whose = Whose(unit.unit_id, ("济南市", unit.name), "370102-2012B1-1", "市")
    for sheet in sheets_going_up(form):
        rows = [as_read(sheet, row) for row in samples[sheet.key]]
        standing = rows_standing(sheet, policy, whose, rows)
        together = columns_seen(form, policy, sheet, whose, standing)
        alone = [columns_seen(form, policy, sheet, whose, [row]) for row in standing]
        assert [*map(list, together)] == [
            [value for (value,) in column] for column in zip(*alone, strict=True)
        ]


def test_one_level_sees_nothing_through_what_another_was_shown(tree: UnitTree) -> None:
    """Rendered together or each by itself, in whatever order, a level gets the same file."""
    campaign = load_campaign("grassroots2012")
    form, unit = campaign.main_form, tree["370102"]
    chance = Random("x")  # noqa: S311 - made-up data
    scene = Scene(unit, tree, Period.parse("2012B1"), chance, 40)
    samples = make_samples(campaign, form, scene)
    rows = {
        sheet.key: [as_read(sheet, row) for row in samples[sheet.key]]
        for sheet in sheets_going_up(form)
    }
    whose = Whose(unit.unit_id, ("济南市", unit.name), "370102-2012B1-1", "市")
    policies = [
        MaskPolicy(THREE_LEVELS, "省"),
        MaskPolicy(THREE_LEVELS, "市"),
        MaskPolicy(THREE_LEVELS, "市", {"needs.name": "whole", "needs.content": "whole"}),
        MaskPolicy(THREE_LEVELS, "省", {"needs.name": "masked", "needs.phone": "masked"}),
        MaskPolicy(THREE_LEVELS, "省", {"needs.category": "left_out"}),
    ]
    alone = [render_pieces(form, [policy], whose, rows)[0] for policy in policies]
    assert render_pieces(form, policies, whose, rows) == alone
    assert render_pieces(form, policies[::-1], whose, rows) == alone[::-1]
    assert len(set(alone)) == len(policies)


@given(some.lists(some.binary(max_size=5000), min_size=1, max_size=6))
def test_the_checksum_of_joined_parts_is_that_of_the_whole(parts: list[bytes]) -> None:
    """However rows are parted, a reader unpacks the whole and finds the joined checksum right."""
    head, tail = b"<sheetData>", b"</sheetData></worksheet>"
    packed = [pack(part, 0, 0) for part in parts]
    entry = joined._Entry.joined(head + tail, [piece for piece, _ in packed])  # noqa: SLF001 - the heart of it
    first, *_, last = (part for part in entry.parts if isinstance(part, bytes))
    whole = zlib.decompress(b"".join([first, *(data for _, data in packed), last]), -zlib.MAX_WBITS)
    assert whole == head + b"".join(parts) + tail
    assert (entry.crc, entry.size) == (zlib.crc32(whole), len(whole))
