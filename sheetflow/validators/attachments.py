"""Files beside a workbook: whether each that a cell names is there, is of the right kind, and is meant alone.

What a cell names is found by `schemas.evidence: find`. Where nobody looked for files (`JudgingContext.files`
is None) nothing is missed. A name that may be a person's is never repeated. This module refuses to look
into files: what ails one was told when it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Attachment
from sheetflow.schemas.columns import Column
from sheetflow.schemas.evidence import (
    AMBIGUOUS,
    LOCKED,
    MEGABYTE,
    MISSING,
    MISSING_OPTIONAL,
    NONE_AT_ALL,
    NOT_TYPE,
    TOO_LARGE,
    UNNAMED,
    EvidenceFile,
    NamedFile,
    ending_of,
    find,
    find_all,
    suits,
    takes_files,
)
from sheetflow.schemas.forms import Attachments
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.parsing import holds_personal_number
from sheetflow.validators.general_rules import LEFT_OUT, may_quote, must_be_filled

_MOST_QUOTED = 60
_LOCKED_UP, _UNLIKE = "（设了打开密码）", "（是不收的类型）"
_RENAMED = "（收到的{ending}文件只是改了后缀，里面不是这种文件）"


@dataclass(frozen=True, slots=True)
class _Named:
    """One name of a cell, and the files that it may mean."""

    found: BookSheet
    row: BookRow
    column: Column
    kind: Attachment
    name: str
    files: Sequence[EvidenceFile]

    @property
    def place(self) -> Place:
        return self.found.place(self.row, self.column.key)

    @property
    def shown(self) -> str:
        """The name as a sentence may repeat it."""
        if may_quote(self.found.sheet, self.column, self.name):
            return f"“{self.name[:_MOST_QUOTED]}{'…' * (len(self.name) > _MOST_QUOTED)}”"
        return LEFT_OUT


def _attachment_columns(book: Book) -> Iterator[tuple[BookSheet, Column, Attachment]]:
    """Give the columns of the workbook that name files."""
    for found in book.sheets.values():
        for column in columns_in(found.sheet, book.version):
            if isinstance(column.type, Attachment):
                yield found, column, column.type


def _named(book: Book, files: Sequence[EvidenceFile]) -> Iterator[_Named]:
    columns = list(_attachment_columns(book))
    for found in book.sheets.values():
        here = [(column, kind) for sheet, column, kind in columns if sheet is found]
        for row, (column, kind) in product(found.rows if here else (), here):
            value = row[column.key]
            for name, meant in find_all(value, files) if isinstance(value, tuple) else ():
                yield _Named(found, row, column, kind, name, meant)


def named_files(book: Book, context: JudgingContext) -> tuple[NamedFile, ...]:
    """Give what the cells of the workbook name, found or missing; nothing where nobody looked."""
    if context.files is None:
        return ()
    if not any(_attachment_columns(book)):
        return tuple(
            NamedFile(
                sheet="",
                key="",
                column="",
                cell="",
                name=file.name,
                sha256=file.sha256,
                size=file.size,
                arrival_id=file.arrival_id,
            )
            for file in _came_along(book, context)
        )
    return tuple(
        NamedFile(
            sheet=each.found.sheet.key,
            key=each.row.key,
            column=each.column.key,
            cell=each.place.cell,
            name=only.name if only else each.name,
            sha256=only.sha256 if only else "",
            size=only.size if only else 0,
            arrival_id=only.arrival_id if only else 0,
        )
        for each in _named(book, context.files)
        for only in (each.files[0] if len(each.files) == 1 else None,)
    )


def unnamed_files(book: Book, context: JudgingContext) -> tuple[EvidenceFile, ...]:
    """Give the files that came along with the workbook and that no cell of it names, where it has such cells.

    One that another of the same name has taken the place of is named all the same.
    """
    if not any(_attachment_columns(book)):
        return ()
    names = [each.name for each in _named(book, context.files or ())]
    return tuple(
        file for file in _came_along(book, context) if not any(find(name, [file]) for name in names)
    )


def _came_along(book: Book, context: JudgingContext) -> tuple[EvidenceFile, ...]:
    """Give the files that came along with the workbook or after it, before the next, where its form takes any."""
    if not takes_files(book.form):
        return ()
    first, until = context.batch, context.until
    return tuple(
        file
        for file in context.files or ()
        if first and file.batch >= first and (not until or file.batch < until)
    )


def check_attachments(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find names that no file bears, files that cannot be taken, and what a form must have and lacks."""
    if context.files is None or not takes_files(book.form):
        return
    named = list(_named(book, context.files))
    is_needed = book.form.attachments is Attachments.REQUIRED and not book.nil
    has_any = any(each.files for each in named)
    cells: dict[tuple[str, Place], list[tuple[_Named, str]]] = {}
    for each in named:
        rule, shown = _fault(each, is_required=is_needed and not has_any)
        if rule:
            cells.setdefault((rule, each.place), []).append((each, shown))
    for (rule, place), several in cells.items():
        kind = several[0][0].kind
        yield GENERAL[rule].at(
            place,
            names="、".join(dict.fromkeys(shown for _, shown in several)),
            takes=kind.listed,
            most=kind.megabytes,
        )
    unnamed = unnamed_files(book, context)
    if is_needed and not named and not named_files(book, context):
        yield _none_at_all(book, len(unnamed))
    elif unnamed:
        shown = _listed(book, unnamed)
        yield GENERAL[UNNAMED].at(Place(), count=len(unnamed), names=shown)


def _fault(each: _Named, *, is_required: bool) -> tuple[str, str]:
    """Give the code of what is wrong with a name or its file, and how the sentence calls it; empty if nothing."""
    if not each.files:
        needed = is_required or must_be_filled(each.column, each.row.values)
        return (MISSING if needed else MISSING_OPTIONAL), each.shown
    if len(each.files) > 1:
        return AMBIGUOUS, each.shown
    (file,) = each.files
    if file.size > each.kind.megabytes * MEGABYTE:
        return TOO_LARGE, f"{each.shown}（{-(-file.size // MEGABYTE)}兆）"
    if file.fault:
        return file.fault, each.shown + _why(each.kind, file)
    if not suits(file.kind, each.kind):
        return NOT_TYPE, f"{each.shown}（是{file.kind}文件）"
    return (LOCKED, each.shown) if file.remark == LOCKED else ("", "")


def _why(kind: Attachment, file: EvidenceFile) -> str:
    """Say beside a file's name why it is none of those that are taken."""
    if file.remark == LOCKED:
        return _LOCKED_UP
    if file.fault != NOT_TYPE:
        return ""
    ending = ending_of(file.name)
    return _RENAMED.format(ending=ending) if suits(ending, kind) else _UNLIKE


def _none_at_all(book: Book, unnamed: int) -> Finding:
    where = "和".join(
        f"《{found.title}》的“{column.label}”" for found, column, _ in _attachment_columns(book)
    )
    fill = f"，并在{where}里填上文件名" if where else ""
    received = f"（一起收到的{unnamed}个文件，没有哪一格写着文件名）" if unnamed else ""
    place = book.cover.place()
    return GENERAL[NONE_AT_ALL].at(place, received=received, fill=fill)


def _listed(book: Book, files: Sequence[EvidenceFile]) -> str:
    """Name files, where none of their names can be a person's."""
    columns = [(found.sheet, column) for found, column, _ in _attachment_columns(book)]
    if any(
        holds_personal_number(file.name) or not may_quote(sheet, column, file.name)
        for file in files
        for sheet, column in columns
    ):
        return ""
    return "：" + "、".join(f"“{file.name}”" for file in files)
