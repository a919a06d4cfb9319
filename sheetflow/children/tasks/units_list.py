"""The list of units read in a child: a foreign file like any other.

Cells that stand far from the list are not laid out: on the list's own sheet one of them is
named, on any other they are nobody's concern. What cannot be read is said in a sentence of ours.
"""

from __future__ import annotations

from sheetflow.config.units_file import NO_WORKBOOK, find_list, parse_list, tables_of
from sheetflow.errors import UnitsError, UnreadableError, WorkspaceError
from sheetflow.units import Levels, Unit
from sheetflow.workbook import Address, cell_name


def read_units(name: str, content: bytes, levels: Levels) -> tuple[Unit, ...]:
    """Read the list that the file called `name` holds, of units of `levels`.

    Raise WorkspaceError where it is no workbook, UnitsError where the list cannot be used.
    """
    far, content = _without_far_cells(name, content)
    tables = tables_of(name, content)
    place = find_list(name, tables)
    if found := far.get(place.table):
        raise UnitsError([f"{name} 单元格 {cell_name(*found)} 有内容，离名单太远。请清除后保存。"])
    return tuple(parse_list(name, tables[place.table], place, levels))


def _without_far_cells(name: str, content: bytes) -> tuple[dict[int, Address], bytes]:
    """Give the first far cell of each sheet that has one, and the workbook without them."""
    from sheetflow.reading.far_cells import cut_far_cells
    from sheetflow.reading.file_type import Container, container_of
    from sheetflow.reading.package import open_package
    from sheetflow.reading.zipped import pack

    far: dict[int, Address] = {}
    try:
        if name.casefold().endswith((".csv", ".txt")) or container_of(content) is Container.OLE:
            return far, content
        package = open_package(content)
        parts = dict(package.parts)
        for index, part in enumerate(package.sheets.values()):
            cut = cut_far_cells(parts[part])
            parts[part] = cut.part
            if cut.first is not None:
                far[index] = cut.first
    except UnreadableError as error:
        raise WorkspaceError(NO_WORKBOOK.format(name=name)) from error
    return far, pack(parts)
