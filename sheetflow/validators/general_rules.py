"""What must be filled, what says “nothing”, how keys find each other, and what may be quoted.

A word for nothing (无, /, —, and 0 where it is no figure) is none where the cell must be filled.
Keys are unique, every reference to one resolves, and rows are found again by their keys. No
sentence repeats what may be a person's, and no text goes up with a person's number in it.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Container, Hashable, Iterator, Sequence
from functools import lru_cache

from sheetflow.findings import Finding, Place
from sheetflow.lookalikes import plain, plain_dashes, without_spaces
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Attachment, NameKey, Reference, References, Text
from sheetflow.schemas.column_reading import ReadColumn, reading
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import CellFault, Value, holds_personal_number, read_code
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import CellValue


def check_required(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """Find blank cells that must be filled, and filled ones that must be blank.

    A nil return changes no row of a book, so that none of these is asked for anything.
    """
    for found in book.sheets.values():
        if book.nil and (found.sheet.is_book or found.sheet.key in book.form.cover.exempt_when_nil):
            continue  # rows that stand since an older version stay as they are
        for column in columns_in(found.sheet, book.version):
            key = column.key
            if key not in found.addresses or not column.required:
                continue
            values = found.column(key)
            if not isinstance(column.required, Condition):
                for row, value in zip(found.rows, values, strict=True) if None in values else ():
                    if value is None and key not in row.faulty:
                        yield GENERAL["required"].at(found.place(row, key))
                continue
            held = column.required.each(found.values)
            for row, value, holds in zip(found.rows, values, held, strict=True):
                # Most cells are as they should be; whether one may speak of others is asked last.
                wrong = holds == (value is None) and (holds or column.only)
                if wrong and key not in row.faulty and is_decided(found, row, column.required):
                    words = column.required.words(found.sheet.labels)
                    rule = "required-when" if holds else "blank-unless"
                    yield GENERAL[rule].at(found.place(row, key), condition=words)


def check_retired_options(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find options that the workbook's version offers no more.

    In a row that was accepted with it the option stands: nobody chose it in this version.
    """
    for found in book.sheets.values():
        for column in columns_in(found.sheet, book.version):
            kind = column.type
            if not (isinstance(kind, Choice | Choices) and kind.spans):
                continue
            gone = {word: kind.gone_since(word, book.version) for word in kind.retired}
            gone = {word: version for word, version in gone.items() if version}
            stood = _accepted_before(book, found, column.key, context) if gone else {}
            for row in found.rows if gone else ():
                value = row[column.key]
                words = value if isinstance(value, tuple) else (value,)
                for word in (word for word in words if word in gone):
                    if word not in stood.get(row.key, ()):
                        yield GENERAL["choice-retired"].at(
                            found.place(row, column.key),
                            option=str(word),
                            version=str(gone[str(word)]),
                            options=kind.listed,
                        )


def _accepted_before(
    book: Book, found: BookSheet, column: str, context: JudgingContext
) -> dict[str, tuple[Value, ...]]:
    """Give what was accepted in a column of the unit's last book, by the keys of its rows."""
    earlier = context.earlier(book.form.key, book.period)
    naming = found.sheet.key_column
    if earlier is None or naming is None or not found.sheet.is_book:
        return {}
    rows = earlier.rows.get(found.sheet.key, ())
    cells = ((str(row.get(naming.key)), row.get(column)) for row in rows)
    return {key: cell if isinstance(cell, tuple) else (cell,) for key, cell in cells}


_WORDS = re.compile(r"\(?(?:无|没有|暂无|无此项|没|空|[/\\]+|-)\)?[.。]?")
_ZERO = re.compile(r"0+(?:\.0+)?")
_LONGEST = 8
"""No word for nothing is longer, the spaces in it counted."""


def says_nothing(cell: CellValue, fault: Fault) -> bool:
    """Whether a cell that could not be read only says that there is nothing."""
    if isinstance(cell, dt.time):  # 0 in a cell that shows dates
        return cell == dt.time()
    if fault[0] == "number-range":  # with a measure word behind it
        return _ZERO.fullmatch(str(fault[1].get("typed"))) is not None
    if isinstance(cell, int | float):
        return cell == 0 and not isinstance(cell, bool)
    return isinstance(cell, str) and _says_nothing(cell, zero=True)


def nothings_in(column: Column, read: ReadColumn) -> dict[Hashable, bool]:
    """Name the cells of a column that could be read, and yet say that there is nothing."""
    if column.required is True or not isinstance(column.type, _TAKES_WORDS):
        return {}
    return {name: True for name, value in read.values.items() if is_nothing(column, value)}


def is_nothing(column: Column, value: Value) -> bool:
    """Whether a value that was read says that there is nothing, where a cell may be blank."""
    if column.required is True or not isinstance(column.type, _TAKES_WORDS):
        return False
    if isinstance(value, tuple):
        return len(value) == 1 and _says_nothing(value[0], zero=True)
    zero = column.only or not isinstance(column.type, Text)  # as a text 0 is a text
    return isinstance(value, str) and _says_nothing(value, zero=zero)


_TAKES_WORDS = Text | Reference | References | Attachment
"""The types that take any word at first."""


def _says_nothing(text: str, *, zero: bool) -> bool:
    first = text[:1]
    if len(text) > _LONGEST or (first.isascii() and first.isalnum() and first != "0"):
        return False  # most values, without a closer look
    bare = without_spaces(plain_dashes(plain(text)))
    return bool(_WORDS.fullmatch(bare) or (zero and _ZERO.fullmatch(bare)))


def must_be_filled(column: Column, row: Row) -> bool:
    """Whether the column must be filled in that row."""
    required = column.required
    return required.holds(row) if isinstance(required, Condition) else required


def is_decided(found: BookSheet, row: BookRow, condition: Condition) -> bool:
    """Whether the condition's own cells are sound: a missing one is its own finding."""
    return all(
        row.sound(name)
        and name in found.addresses
        and not (row[name] is None and found.sheet.by_key[name].required is True)
        for name in condition.columns()
    )


def refused_here(found: BookSheet, row: BookRow, column: Column) -> Fault | None:
    """Say that nothing may stand in the cell, whatever it is that could not be read."""
    condition = column.required
    if not isinstance(condition, Condition) or not column.only:
        return None
    if condition.holds(row.values) or not is_decided(found, row, condition):
        return None
    return "blank-unless", {"condition": condition.words(found.sheet.labels)}


def blank_advice(found: BookSheet, column: Column) -> str:
    """Say what is to be done where there is nothing to fill in: it ends a remedy."""
    words = f"，也可填{'、'.join(column.accepts)}" if column.accepts else ""
    if isinstance(column.required, Condition):
        when = column.required.words(found.sheet.labels)
        return words + (f"；{when}时才填这一栏" if column.only else f"；{when}时必须填写")
    if not column.required:
        return f"{words}；没有的可以空着"
    if column.zero_asked or not column.type.numeric:
        return words
    try:
        return ("，没有的填0" if reading(column.type)(0) == 0 else "") + words
    except CellFault:
        return words


def accepted_rows(book: Book, context: JudgingContext, sheet: Sheet) -> Sequence[Row]:
    """Give the rows that a ledger or stock sheet had in the last period accepted before."""
    earlier = context.earlier(book.form.key, book.period)
    return earlier.rows.get(sheet.key, ()) if earlier and sheet.is_book else ()


def accepted_by_key(book: Book, context: JudgingContext, sheet: Sheet) -> dict[Value, Row]:
    """Give these rows by what names them; none where nothing does."""
    naming = sheet.naming_column
    if naming is None:
        return {}
    return {row.get(naming.key): row for row in accepted_rows(book, context, sheet)}


def unclear_rows(found: BookSheet, column: str) -> list[BookRow]:
    """Give the rows whose key in `column` is blank, unreadable or stands already above.

    Each is its own finding, and may be the row that another rule would call missing.
    """
    seen: set[object] = {None}
    unclear: list[BookRow] = []
    for row, value in zip(found.rows, found.column(column), strict=True):
        if value in seen:
            unclear.append(row)
        seen.add(value)
    return unclear


def named_keys(book: Book, target: str) -> set[str]:
    """Give every key that points to the sheet `target`."""
    values = {
        value
        for found in book.sheets.values()
        for column in found.sheet.columns
        if column.refers_to == target
        for value in set(found.column(column.key))
    }
    return {key for value in values for key in each_key(value)}


def stray_keys(book: Book, context: JudgingContext, target: BookSheet) -> set[str]:
    """Give the keys that point to the sheet `target` and stand nowhere; none where it cannot be read.

    A row that was accepted before and is gone is a finding of its own.
    """
    naming = target.sheet.key_column
    if naming is None or not target.reads(naming.key):
        return set()
    absent = named_keys(book, target.sheet.key) - _keys(target, naming)
    if not absent:
        return absent
    absent -= {str(row.get(naming.key)) for row in accepted_rows(book, context, target.sheet)}
    return {key for key in absent if not context.known_keys(target.sheet.key, key)}


def each_key(value: Value) -> tuple[str, ...]:
    """Give the keys that a reference or a list of them holds."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def check_keys_unique(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """Find keys that stand twice in one sheet; the later row is the one to mend."""
    for found in book.sheets.values():
        column = found.sheet.naming_column
        if column is None or not found.sheet.is_table:
            continue
        mend = "给这一行另编一个没有用过的编号"
        if column.refers_to:  # only a number of the sheet's own is given anew
            mend = "把同一件事的两行并成一行；不是同一件事的，请改正这一行的编号"
        elif isinstance(column.type, NameKey):
            mend = f"把两行并成一行，同一{column.label}只填一行；不是同一个的，请改正这一行的名称"
        first: dict[Value, BookRow] = {}
        for row, value in zip(found.rows, found.column(column.key), strict=True):
            if value is None or first.setdefault(value, row) is row:
                continue
            first_cell = found.cell(first[value].number, column.key)
            yield GENERAL["key-twice"].at(
                found.place(row, column.key), key=str(value), first_cell=first_cell, mend=mend
            )


def check_references(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find references to keys that stand nowhere.

    A key that is there but misspelt is its own finding: what points to it is left alone, and
    that row is told which key is wanted.
    """
    for target in book.sheets.values():
        naming, stray = target.sheet.key_column, stray_keys(book, context, target)
        if naming is None or not stray:
            continue
        unknown = _named_at(book, target.sheet, stray)
        # Where a key is blank, misspelt or stands twice, that row may be the one meant.
        unclear = unclear_rows(target, naming.key)
        if len(stray) > len(unclear):
            for place, shown in unknown:
                yield GENERAL["reference-unknown"].at(place, key=shown, target=target.sheet.title)
        else:
            where = "".join(dict.fromkeys(f"《{place.title}》" for place, _ in unknown))
            yield GENERAL["key-wanted"].at(
                target.place(unclear[0], naming.key),
                keys="、".join(dict.fromkeys(f"“{shown}”" for _, shown in unknown)),
                where=where,
                otherwise=f"请改正{where}中的编号",
            )


def _named_at(book: Book, target: Sheet, keys: Container[str]) -> list[tuple[Place, str]]:
    """Give where some keys of the sheet `target` are named, each as a sentence may quote it."""
    return [
        (found.place(row, column.key), quote(found.sheet, column, key, target)[:20])
        for found in book.sheets.values()
        for row in found.rows
        for column in found.sheet.columns
        if column.refers_to == target.key
        for key in each_key(row[column.key])
        if key in keys
    ]


def _keys(found: BookSheet, column: Column) -> set[str]:
    """Give the sheet's own keys, those that could not be read as they are typed."""
    keys: set[str] = set()
    for row, value in zip(found.rows, found.column(column.key), strict=True):
        if isinstance(value, str):
            # A name is pointed to as a code: without its spaces, in one width.
            keys |= {value, read_code(value)} if isinstance(column.type, NameKey) else {value}
        elif (typed := row.raw.get(column.key)) is not None:
            keys.add(read_code(typed))
    return keys


LEFT_OUT = "（内容略）"
_FIGURES = re.compile(
    r"(?:[^\w]|[0-9A-Za-z_]|[多余几约近超上下左右来以内不到大概若干千百万亿元角分个人次件份本册条岁年月日号])+"
)
_SOME_FIGURE = re.compile("[0-9]")
_MANY = re.compile("[”“]+")


def may_quote(sheet: Sheet, column: Column, text: str, about: Sheet | None = None) -> bool:
    """Whether a sentence may repeat `text`, which stands in `column`.

    A row may have slipped by one column, so that a name stands where a figure should: in a sheet
    about people only what can be nobody's is repeated. `about` is the sheet that the column
    points to: who fills in a name for a key there may have filled in a person's.
    """
    if not column.quotable or holds_personal_number(text):
        return False
    sheets = (sheet, about) if about else (sheet,)
    if not any(other.personal for each in sheets for other in each.columns):
        return True
    return all(_is_nobody(sheet, part) for part in _MANY.split(text) if part)


def quote(sheet: Sheet, column: Column, text: str, about: Sheet | None = None) -> str:
    """Give `text` as a sentence may repeat it."""
    return text if may_quote(sheet, column, text, about) else LEFT_OUT


def _is_nobody(sheet: Sheet, text: str) -> bool:
    bare = unicodedata.normalize("NFKC", text).rstrip("…")
    if bare.isascii() or any(text in option for option in _vocabulary(sheet)):
        return True
    # A bare 万 or 余 is a surname: only beside a figure is it a habit.
    return bool(_FIGURES.fullmatch(bare) and _SOME_FIGURE.search(bare))


@lru_cache
def _vocabulary(sheet: Sheet) -> frozenset[str]:
    """The words of the sheet's own drop-downs."""
    kinds = Choice | Choices
    lists = [column.type for column in sheet.columns if isinstance(column.type, kinds)]
    older = (word for kind in lists for word, _ in kind.older)
    return frozenset((*(option for kind in lists for option in kind.known), *older))


def check_free_text(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """Find an 18-digit identity number or a mobile number inside any cell of words.

    Prefilled cells are judged by the cover; a text that is too long is judged all the same.
    """
    for found in book.sheets.values():
        for column in found.sheet.columns:
            key, of_words = column.key, isinstance(column.type, Text | NameKey | Attachment)
            if not of_words or column.personal or column.prefilled:
                continue
            texts = [row.values.get(key) or row.raw.get(key) for row in found.rows]
            if isinstance(column.type, Attachment):
                texts = ["、".join(text) if isinstance(text, tuple) else text for text in texts]
            # Most texts are looked at for many rows.
            private = {
                text for text in set(texts) if isinstance(text, str) and holds_personal_number(text)
            }
            for row, text in zip(found.rows, texts, strict=True) if private else ():
                if text in private:
                    yield GENERAL["personal-in-text"].at(found.place(row, key))
