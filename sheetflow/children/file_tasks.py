"""The task of looking at a file beside a workbook: a foreign file, so it is opened in a limited child only."""

from __future__ import annotations

from pathlib import Path


def look_into_file(path: str, name: str) -> tuple[str, str, str]:
    """Tell kind, fault and remark of the file at `path`, see `reading.evidence_type`; OSError is the disk's."""
    from sheetflow.reading.evidence_type import look_at

    return look_at(Path(path).read_bytes(), name)
