"""A campaign workbook read and written: its layout and its rows here, what is done with them in the packages."""
