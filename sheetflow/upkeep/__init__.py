"""The room that hands consolidated rows to people with analysis tools.

It owns plain CSV files and a SQLite file of the same tables. It refuses to choose,
consolidate or mask: what it is handed is written as it is.
"""

from sheetflow.upkeep.export_files import write_export
from sheetflow.upkeep.export_tables import ExportColumn, ExportTable, tables_of

__all__ = ["ExportColumn", "ExportTable", "tables_of", "write_export"]
