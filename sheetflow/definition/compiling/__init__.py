"""A campaign workbook into a campaign, or all that is wrong with it at once."""
