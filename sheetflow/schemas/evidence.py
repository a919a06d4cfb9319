"""Files that come beside a workbook (附件): what is known of each, and which one a cell means.

This module owns how a name in a cell finds a file. It refuses to look into files: what they are is told
in `reading.evidence_type`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetflow.lookalikes import plain, plain_dashes, without_spaces
from sheetflow.schemas.cells import Attachment

if TYPE_CHECKING:
    from sheetflow.schemas.forms import Form
    from sheetflow.schemas.sheets import Sheet

MISSING, MISSING_OPTIONAL = "attachment-missing", "attachment-missing-optional"
AMBIGUOUS, TOO_LARGE = "attachment-ambiguous", "attachment-too-large"
NOT_TYPE, MACROS, DAMAGED = "attachment-not-type", "attachment-macro", "attachment-damaged"
LOCKED, UNNAMED, NONE_AT_ALL = "attachment-locked", "attachment-unnamed", "attachments-none"
OF_FILES = "attachment"
"""Begins the codes of what is asked of files."""
FILE_NAMES = "names"
"""The argument of their sentences that says what files are called; each sentence reads without it."""
MEGABYTE = 1024**2


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
    the file. `key` is the row's. In a form that takes files and has no cell to name them, whatever comes
    with the workbook is named by none.
    """

    sheet: str
    key: str
    column: str
    cell: str
    name: str
    sha256: str = ""
    size: int = 0
    arrival_id: int = 0


def counted(files: Iterable[NamedFile]) -> str:
    """Say how many files are named, and how many of them are missing: 3件，缺1件; empty for none."""
    listed = list(files)
    there = len({file.sha256 for file in listed} - {""})
    missing = sum(not file.sha256 for file in listed)
    words = [f"{there}件"] if listed else []
    return "，".join([*words, *([f"缺{missing}件"] if missing else [])])


_ENDING = re.compile(r"\.(?=[0-9a-z]*[a-z])[0-9a-z]{1,5}$")
_ONE_ENDING = {".jpeg": ".jpg"}
_PARTING = re.compile(r"[、,;\n]")


def plain_name(name: str) -> str:
    """Give a file's name as names are compared: one width, one case, no folders, spaces and unseen marks.

    What parts names in a cell is left out: a file's own name may hold it.
    """
    last = re.split(r"[/\\]", plain_dashes(plain(name)))[-1]
    return _PARTING.sub("", without_spaces(last)).casefold()


def ending_of(name: str) -> str:
    """Give the ending of a file's name in small letters (``.docx``), empty where it has none."""
    found = _ENDING.search(plain_name(name))
    return found[0] if found else ""


def takes_files(form: Form) -> bool:
    """Whether files may come beside the workbooks of a form."""
    return form.attachments.is_any or any(map(names_files, form.sheets))


def names_files(sheet: Sheet) -> bool:
    """Whether a sheet has a column that names files."""
    return any(isinstance(column.type, Attachment) for column in sheet.columns)


def suits(kind: str, column: Attachment) -> bool:
    """Whether a file of that kind is one of those that a column takes."""
    return kind in {_ONE_ENDING.get(each, each) for each in column.endings}


def _parted(name: str) -> tuple[str, str]:
    plain, ending = plain_name(name), ending_of(name)
    return plain.removesuffix(ending), _ONE_ENDING.get(ending, ending)


def find(name: str, files: Iterable[EvidenceFile]) -> tuple[EvidenceFile, ...]:
    """Give the files that a cell means by `name`: none, one, or those of which nobody knows which is meant.

    Spaces, unseen marks, case and width are forgiven, and a missing ending on either side; another
    ending is another file. Only the newest delivery that has one counts, and copies of one content are one.
    """
    stem, ending = _parted(name)
    alike = [
        (file, other)
        for file in files
        for base, other in (_parted(file.name),)
        if base == stem and (not ending or not other or other == ending)
    ]
    newest = max((file.batch for file, _ in alike), default=0)
    alike = [(file, other) for file, other in alike if file.batch == newest]
    exact = [file for file, other in alike if other == ending]  # a whole name before a bare one
    contents = {file.sha256: file for file in exact or [file for file, _ in alike]}
    return tuple(contents.values())


def find_all(
    names: Sequence[str], files: Sequence[EvidenceFile]
) -> tuple[tuple[str, tuple[EvidenceFile, ...]], ...]:
    """Give each name of a cell with the files it finds; names that only together find one were parted wrongly."""
    found: list[tuple[str, tuple[EvidenceFile, ...]]] = []
    at = 0
    while at < len(names):
        ends = range(len(names), at, -1)
        end = next((end for end in ends if find("".join(names[at:end]), files)), at + 1)
        found.append(("、".join(names[at:end]), find("".join(names[at:end]), files)))
        at = end
    return tuple(found)
