"""The floor: what reading and writing the same rows costs at least, in one process.

Run as ``python -m benchmarks.floor FOLDER OUT.xlsx``: calamine reads every sheet, and
the rows go out as bare XML, with no style, no check and no other file.
"""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from python_calamine import CalamineWorkbook

NOT_DATA = frozenset({"填报说明", "_表标识", "活动统计", "封面", "文字材料"})
_HEADER_ROW = 3
_EPOCH = dt.date(1899, 12, 30)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SPACE = "http://schemas.openxmlformats.org"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def main(folder: str, out: str) -> None:
    """Put the rows of every workbook in `folder` into one."""
    sheets: dict[str, list[str]] = {}
    for path in sorted(Path(folder).glob("*.xlsx")):
        workbook = CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            if name not in NOT_DATA:
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheets.setdefault(name, []).append("".join(map(_row, rows[_HEADER_ROW:])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, text in _parts(list(sheets)).items():
            package.writestr(name, _XML + text)
        for number, rows_of_units in enumerate(sheets.values(), start=1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for text in rows_of_units:
                    part.write(text.encode())
                part.write(b"</sheetData></worksheet>")


_MAIN = f"{_SPACE}/spreadsheetml/2006/main"


def _row(cells: Sequence[object]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: object) -> str:
    if value == "":
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, dt.date):
        return f"<c><v>{value.toordinal() - _EPOCH.toordinal()}</v></c>"
    return f"<c><v>{value}</v></c>"


def _parts(names: list[str]) -> dict[str, str]:
    """Give the parts of the package beside the sheets, by name."""
    numbered = list(enumerate(names, start=1))
    package, document = f"{_SPACE}/package/2006", f"{_SPACE}/officeDocument/2006/relationships"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in numbered
    )
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{document}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{document}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{document}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f"{targets}</Relationships>",
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
