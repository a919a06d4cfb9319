"""The sentences of the engine's own checks, by rule code.

A campaign adds its own; `schemas.campaign.Campaign.catalogue` holds both.
"""

from __future__ import annotations

from sheetflow.findings import Catalogue
from sheetflow.validators.catalogue.cells import CELL_CHECKS, READING_CHECKS
from sheetflow.validators.catalogue.rows import ROW_CHECKS
from sheetflow.validators.catalogue.workbooks import FILE_CHECKS, WORKBOOK_CHECKS

GENERAL_CHECKS = (*CELL_CHECKS, *READING_CHECKS, *ROW_CHECKS, *WORKBOOK_CHECKS, *FILE_CHECKS)
GENERAL = Catalogue.of(GENERAL_CHECKS)
