"""The writing room: .xlsx files of our own, from plain values to bytes."""

from sheetflow.writing.answers.notice import NoticeData, write_notice
from sheetflow.writing.answers.receipt import ReceiptData, ReceiptFigure, write_receipt
from sheetflow.writing.blank.context import Dress
from sheetflow.writing.blank.workbook import write_master, write_workbook

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
