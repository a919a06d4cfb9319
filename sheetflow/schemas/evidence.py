"""Files that come beside a workbook (附件): what is known of each, and which one a cell means.

This module owns how a name in a cell finds a file. It refuses to look into files: what they are is told
in `reading.evidence_type`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """One file that a unit handed in beside its workbooks, as it lies in the archive.

    `name` is what the unit called it, `kind` its type by content as an ending (``.docx``; empty: none of
    those that are taken), `fault` the code of the check that it fails (empty: none), `remark` the code of
    what is told of it and hinders nothing (a password). `batch` numbers the delivery that it came with:
    the same for all that was taken together. Sizes are bytes.
    """

    name: str
    sha256: str
    size: int
    arrival_id: int
    batch: int
    kind: str = ""
    fault: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file name that stands in a cell of an attachment column, and the file found for it.

    `sha256` is empty where none was found; `name` is then what the cell says, else what the unit called
    the file. `key` is the row's.
    """

    sheet: str
    key: str
    column: str
    cell: str
    name: str
    sha256: str = ""
    size: int = 0
    arrival_id: int = 0
