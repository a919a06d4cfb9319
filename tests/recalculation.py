"""Every formula of a workbook, calculated again by a real office program.

The program keeps what is cached unless its profile says otherwise (OOXMLRecalcMode 0).
"""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from pathlib import Path

import openpyxl
import pytest

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def make_profile(folder: Path) -> Path:
    """Make a profile of the office program that recalculates whatever it loads."""
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    return folder


def differences(data: bytes, profile: Path, folder: Path) -> list[str]:
    """Name every formula whose value the office program finds to be another.

    Days that are counted when the file is opened are another number every day.
    """
    folder.mkdir(exist_ok=True)
    source = folder / "book.xlsx"
    source.write_bytes(data)
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    assert soffice
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not keep of either file
        live = openpyxl.load_workbook(io.BytesIO(data))
        cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        again = openpyxl.load_workbook(folder / "out" / "book.xlsx", data_only=True)
    found, seen = [], 0
    for sheet in live.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f" or "TODAY()" in str(cell.value):
                    continue
                seen += 1
                ours = cached[sheet.title][cell.coordinate].value
                theirs = again[sheet.title][cell.coordinate].value
                if isinstance(ours, str) or isinstance(theirs, str):
                    same = ours == theirs
                else:
                    same = ours == pytest.approx(theirs, rel=1e-12, abs=1e-9)
                if not same:
                    found.append(f"{sheet.title}!{cell.coordinate}: {ours} / {theirs}")
    assert seen
    return found
