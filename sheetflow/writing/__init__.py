"""The writing room: .xlsx files of our own, from plain values to bytes."""

from sheetflow.writing.notice import NoticeData, write_notice
from sheetflow.writing.receipt import ReceiptData, ReceiptFigure, write_receipt
from sheetflow.writing.template import write_master, write_workbook
from sheetflow.writing.work import Dress

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
