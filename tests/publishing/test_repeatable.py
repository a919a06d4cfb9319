"""The same sources give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest
import xlsxwriter

from sheetflow.periods import OFFICE_ZONE
from sheetflow.publishing.repeatable import normalise_zip

STAMP = dt.datetime(2012, 3, 5, 9, 30, 0, tzinfo=OFFICE_ZONE)


def workbook(created: dt.datetime) -> bytes:
    """Write a workbook as if at `created`."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"title": "回执", "created": created})
        book.add_worksheet("统计").write_string("A1", "历下区")
    return file.getvalue()


def document(created: dt.datetime) -> bytes:
    """Write a document as if at `created`."""
    made = docx.Document()
    made.add_paragraph("情况报告")
    made.core_properties.created = made.core_properties.modified = created
    made.core_properties.last_printed = created
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize("make", [workbook, document])
def test_two_builds_at_different_times_have_the_same_bytes(
    make: Callable[[dt.datetime], bytes],
) -> None:
    """A publication rebuilt from the same submissions is not taken for a new one."""
    first, second = (make(dt.datetime(2012, 3, day)) for day in (5, 6))  # noqa: DTZ001 - as libraries take it
    assert first != second
    assert normalise_zip(first, STAMP) == normalise_zip(second, STAMP)


def test_every_time_inside_is_the_stamp() -> None:
    """A document says when its newest source came in, not when it was built."""
    data = normalise_zip(workbook(dt.datetime(2020, 1, 1)), STAMP)  # noqa: DTZ001 - as the library takes it
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        assert {entry.date_time for entry in package.infolist()} == {(2012, 3, 5, 9, 30, 0)}
    properties = openpyxl.load_workbook(io.BytesIO(data)).properties
    assert properties.created == properties.modified == dt.datetime(2012, 3, 5, 1, 30)  # noqa: DTZ001 - UTC
    assert properties.title == "回执"


def test_what_a_reader_sees_stays() -> None:
    """Cells and paragraphs are the same after as before."""
    book = openpyxl.load_workbook(
        io.BytesIO(normalise_zip(workbook(STAMP.replace(tzinfo=None)), STAMP))
    )
    assert book["统计"]["A1"].value == "历下区"
    report = docx.Document(io.BytesIO(normalise_zip(document(STAMP.replace(tzinfo=None)), STAMP)))
    assert [paragraph.text for paragraph in report.paragraphs] == ["情况报告"]


def test_normalising_twice_changes_nothing_more() -> None:
    """It does not matter whether a writer did it already."""
    once = normalise_zip(document(STAMP.replace(tzinfo=None)), STAMP)
    assert normalise_zip(once, STAMP) == once


def test_a_stamp_without_a_zone_is_refused() -> None:
    """A time that means different moments on different machines gets into no document."""
    with pytest.raises(ValueError, match="zone"):
        normalise_zip(workbook(STAMP.replace(tzinfo=None)), STAMP.replace(tzinfo=None))
