"""A campaign workbook read and written: its layout, its rows, and what they declare."""
