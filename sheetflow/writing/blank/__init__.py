"""The workbook to fill: blank, pre-filled, or returned with findings."""
