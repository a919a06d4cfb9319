"""A campaign as the rows of its workbook, read back before anybody gets them."""
