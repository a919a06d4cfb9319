"""The consolidated workbook of whoever has others below."""
