"""What already stands in a workbook that we hand out: blank or returned."""

from sheetflow.prefill.blank import Cells, Filling, marked_cells, prefill_blank, stamp_of
from sheetflow.prefill.returned import prefill_returned

__all__ = ["Cells", "Filling", "marked_cells", "prefill_blank", "prefill_returned", "stamp_of"]
