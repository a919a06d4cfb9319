"""The receipt and the notice."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.periods import Period
from sheetflow.prefill import Filling
from sheetflow.units import Unit
from sheetflow.writing import NoticeData, ReceiptData, ReceiptFigure, write_notice, write_receipt
from sheetflow.writing.blank.statistics_sheet import figures_of

RECEIVED = dt.datetime(2012, 5, 2, 1, 2, 3, tzinfo=dt.UTC)
DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def receipt(filled: Filling, county: Unit, period: Period) -> ReceiptData:
    """A receipt with everything on it."""
    form = filled.form
    tables = [sheet for sheet in filled.sheets if sheet.is_table]
    return ReceiptData(
        campaign="下基层、访妇情、办实事",
        form=form.title,
        unit=county,
        period=period,
        number=3,
        receipt="370102-2012B2-3",
        received=RECEIVED,
        file_name="=填报.xlsx",
        sha256=DIGEST,
        sheet_rows=[(sheet.title, len(filled.rows.get(sheet.key, ()))) for sheet in tables],
        figures=[
            ReceiptFigure(indicator=form.indicator[code], values=values)
            for code, values in figures_of(filled).items()
        ],
        notes=["《走访记录》C7：已按2012-03-05读取。"] * 20,
        explanations=["《干部名册》A5：已核实。"],
    )


def words_of(data: bytes) -> str:
    """Everything that stands in the file's cells."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    return "\n".join(str(cell.value) for cell in cells if cell.value is not None)


def test_receipt_says_what_was_received(receipt: ReceiptData, filled: Filling) -> None:
    """The receipt names unit, period, number, office time, file and sha256, and has room to sign."""
    words = words_of(write_receipt(receipt))
    wanted = ("历下区", "2012年3—4月", "370102-2012B2-3", "第3号", "2012-05-02 09:02:03（按时）")
    for part in (*wanted, "=填报.xlsx", " ".join([DIGEST[:16][i : i + 4] for i in (0, 4, 8, 12)])):
        assert part in words
    assert "单位负责人（签字）" in words
    for indicator in filled.form.indicators:
        assert f"{indicator.code} {indicator.label}" in words
    assert "共20条" in words


def test_late_and_nil_are_said(receipt: ReceiptData) -> None:
    """A late one is called late and a nil return is called nil; neither is refused."""
    words = words_of(write_receipt(replace(receipt, late=True, nil=True)))
    assert "（迟报）" in words
    assert "已接收（零报告）" in words


def test_receipt_has_the_same_bytes_again(receipt: ReceiptData) -> None:
    """The same receipt is the same file, byte for byte."""
    assert write_receipt(receipt) == write_receipt(receipt)


def test_notice_says_what_happened_and_what_to_do(county: Unit) -> None:
    """A notice gives file, reason and remedy in plain words."""
    notice = NoticeData(
        campaign="下基层、访妇情、办实事",
        heading="待确认通知",
        unit=county,
        received=RECEIVED,
        file_name="=1+1.xlsx",
        happened="您放入的工作簿暂时待确认，没有接收，也没有丢失。",
        reasons=["工作簿里写的单位与文件夹不一致。"],
        remedies=["请放回正确的文件夹。"],
        sha256=DIGEST,
        facts=[("原回执号", "370102-1")],
    )
    words = words_of(write_notice(notice))
    for part in (
        "待确认通知",
        "=1+1.xlsx",
        notice.happened,
        "1. 工作簿里",
        "1. 请放回",
        "370102-1",
    ):
        assert part in words


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_receipt_is_one_page(receipt: ReceiptData, tmp_path: Path) -> None:
    """The fullest receipt prints on one A4 page."""
    (tmp_path / "receipt.xlsx").write_bytes(write_receipt(receipt))
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "receipt.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    printed = (tmp_path / "receipt.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
