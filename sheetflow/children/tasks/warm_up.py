"""What a child loads before there is work for it: loading is nobody's file's own time."""

from __future__ import annotations

from sheetflow.children.limits import makes_ours


@makes_ours
def warm_up(campaign: str) -> None:
    """Load what judging a file needs, before the first one is there."""
    import python_calamine  # noqa: F401 - every reading needs it

    import sheetflow.pipeline
    import sheetflow.reading
    import sheetflow.writing.consolidated.detail_cache  # noqa: F401 - likewise
    from sheetflow.campaigns import load_campaign

    load_campaign(campaign)


@makes_ours
def warm_up_reports() -> None:
    """Load what Word reports and consolidated workbooks need, while nothing else is to be done."""
    import docxtpl  # noqa: F401 - every report needs it
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401 - likewise

    import sheetflow.writing.consolidated.workbook  # noqa: F401 - likewise
