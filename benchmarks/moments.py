"""When things happen in the benchmarks; light, for processes that are timed."""

from __future__ import annotations

import datetime as dt

from sheetflow.periods import OFFICE_ZONE

DROPPED_AT = dt.datetime(2012, 3, 2, 10, tzinfo=OFFICE_ZONE)
"""All counties drop their workbooks."""
