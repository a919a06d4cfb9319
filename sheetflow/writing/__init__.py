"""The writing room: .xlsx files of our own, from plain values to bytes."""

from sheetflow.writing.blank.blank_workbook import write_master, write_workbook
from sheetflow.writing.blank.sheet_page import Dress
from sheetflow.writing.receipt import (
    NoticeData,
    ReceiptData,
    ReceiptFigure,
    write_notice,
    write_receipt,
)

__all__ = [
    "Dress",
    "NoticeData",
    "ReceiptData",
    "ReceiptFigure",
    "write_master",
    "write_notice",
    "write_receipt",
    "write_workbook",
]
