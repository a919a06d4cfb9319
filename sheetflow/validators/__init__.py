"""The rules that judge a workbook.

Each rule is a single-purpose function over the whole book, collecting findings; none
raises, and none speaks of a cell that another finding already rejects. What every
campaign needs is here; a campaign's own rules are declarations, judged by `declared_rules`.
"""

from __future__ import annotations

from sheetflow.schemas.book import Rule
from sheetflow.validators.attachments import check_attachments
from sheetflow.validators.continuity import (
    check_later_books,
    check_nil,
    check_rows_kept,
    check_rows_unchanged,
)
from sheetflow.validators.date_rules import check_ages, check_dates, check_filled_on
from sheetflow.validators.figure_rules import check_swings
from sheetflow.validators.filing_rules import check_filings
from sheetflow.validators.gathered_rules import check_gathered, check_numbers_stand
from sheetflow.validators.general_rules import (
    check_free_text,
    check_keys_unique,
    check_references,
    check_required,
    check_retired_options,
)
from sheetflow.validators.merged_units import check_taken_over
from sheetflow.validators.recognition import check_correction, check_expected
from sheetflow.validators.superiors import check_superiors

GENERAL_RULES: tuple[Rule, ...] = (
    check_expected,
    check_correction,
    check_taken_over,
    check_required,
    check_keys_unique,
    check_references,
    check_filled_on,
    check_dates,
    check_nil,
    check_filings,
    check_free_text,
    check_ages,
    check_rows_kept,
    check_rows_unchanged,
    check_later_books,
    check_swings,
    check_retired_options,
    check_gathered,
    check_numbers_stand,
    check_attachments,
    check_superiors,
)
