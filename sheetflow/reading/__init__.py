"""Reads a workbook's bytes into a RawWorkbook: the gate first, then calamine.

This room tells kinds apart, refuses what is damaged or hostile, decrypts with the office programs'
built-in password, and cleans text. It refuses to judge any value. Foreign files are parsed here, so
call it in a limited child (see `children`).
"""

from sheetflow.reading.calamine import clean_text
from sheetflow.reading.reader import read_workbook

__all__ = ["clean_text", "read_workbook"]
