"""Where things stand in our workbooks: rows, ranges, names of hidden cells, and the stamp's token.

Writing puts cells there, indicator formulas point there; reading finds headers by
their words and needs none of this.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn

from sheetflow.schemas.cells import Reference
from sheetflow.schemas.columns import Column
from sheetflow.schemas.sheets import Kind, Lookup, Sheet
from sheetflow.workbook import Address, cell_name, column_letters

TITLE_ROW = 1
NOTE_ROW = 2
HEADER_ROW = 3
FIRST_ROW = 4
COVERED_ROWS = 20_000
"""How many rows formulas and drop-downs cover; rows beyond are read all the same."""
LAST_ROW = FIRST_ROW + COVERED_ROWS - 1

CARD_LABEL_COLUMN = 1
CARD_VALUE_COLUMN = 2
CARD_HINT_COLUMN = 3

GUIDE_SHEET, STEPS_SHEET = "填报说明", "怎么报"
ISSUES_SHEET = "问题清单"
ISSUE_COLUMNS = (
    *("序号", "编号", "类别", "工作表", "单元格"),
    *("栏目", "问题", "怎么改", "情况说明"),
)
"""The headers of 问题清单, in HEADER_ROW: the finding's number, and last the filler's answer."""
OLDER_ANSWER_COLUMN = "说明"
"""What the last column was called in copies returned earlier."""
STAMP_SHEET = "_表标识"
CONSOLIDATED_SHEETS = ("上报情况", "节点检查", "图表", "更正表", "来源一览", "情况说明", "答复统计")
"""The sheets of a consolidated workbook beside those of rows and of indicators."""
STAMP_KEYS = ("campaign", "form", "version", "unit", "period", "token", "edition")
STAMP_NAME = "sheetflow_{key}"
"""The defined name that holds the second copy of one stamp."""

STATISTICS_COLUMNS = ("代码", "指标", "计量单位", "上期累计", "本期", "累计/期末")
PREVIOUS_COLUMN, CURRENT_COLUMN, TOTAL_COLUMN = 4, 5, 6


def measured_in(kind: Kind) -> str:
    """The column of the statistics that shows what one workbook gives by itself: 本期 of a flow, else 累计/期末."""
    return STATISTICS_COLUMNS[(CURRENT_COLUMN if kind is Kind.FLOW else TOTAL_COLUMN) - 1]


def columns_in(sheet: Sheet, version: int) -> tuple[Column, ...]:
    """The sheet's columns in that version of the form."""
    return tuple(column for column in sheet.columns if column.in_version(version))


def column_number(sheet: Sheet, column: str, version: int) -> int:
    """The 1-based column in which `column` stands in a table of ours."""
    keys = [entry.key for entry in columns_in(sheet, version)]
    return keys.index(column) + 1


def card_address(sheet: Sheet, column: str, version: int) -> Address:
    """The cell in which a card of ours holds `column`."""
    return FIRST_ROW + column_number(sheet, column, version) - 1, CARD_VALUE_COLUMN


def column_range(sheet: Sheet, column: str, version: int) -> str:
    """The range that formulas cover for `column`: ``走访记录!$F$4:$F$20003``.

    A lookup (``need.status``) stands to the right of the sheet's own columns.
    """
    names = [entry.key for entry in columns_in(sheet, version)]
    names += [lookup.name for lookup in sheet.lookups]
    letters = column_letters(names.index(column) + 1)
    return f"{quoted(sheet.title)}!${letters}${FIRST_ROW}:${letters}${LAST_ROW}"


def lookups_beside(sheet: Sheet, sheets: Mapping[str, Sheet]) -> dict[Lookup, str]:
    """Give the columns shown beside a sheet's own by formula, each with what stands above it.

    They are those declared, and the name of each row that a column of codes points to.
    """
    found = {}
    for lookup in sheet.lookups:
        label = sheets[lookup.of].labels[lookup.column]
        # A hidden one must not be taken for a column that is called so.
        found[lookup] = label if lookup.shown else f"{sheet.labels[lookup.by]}的{label}"
    for column in sheet.columns:
        target = sheets.get(column.refers_to)
        if isinstance(column.type, Reference) and target and target.named_by:
            name = Lookup(column.key, target.key, target.named_by)
            label = f"{column.label}{target.labels[target.named_by]}"
            if label not in sheet.labels.values():  # else two columns would be called so
                found.setdefault(name, label)
    return found


def quoted(title: str) -> str:
    """Quote a sheet's title for a formula where Excel asks for it."""
    plain = title.isidentifier()
    return title if plain else "'" + title.replace("'", "''") + "'"


def cell_in(sheet: Sheet, column: str, row: int, version: int) -> str:
    """Name the cell of `column` in `row` of a table of ours, or of a card (row 0)."""
    if sheet.is_table:
        return cell_name(row, column_number(sheet, column, version))
    return cell_name(*card_address(sheet, column, version))


_TOKEN_BYTES = 10
"""80 bits, which are sixteen letters."""
_NAME_LETTERS = 4


class Token(StrEnum):
    """What a workbook's token says of it."""

    RIGHT = "right"
    WRONG = "wrong"
    """Ours, but another unit's, form's or period's; or made up."""
    NONE = "none"
    """There is none, or not of the key that we have: an older form, or the key was lost."""


_SEALED = b"sealed"
"""In front of what is sealed: no token's parts begin so, which have their length before them."""


class StampKey:
    """The key of all tokens of a workspace. Children and workbooks get tokens, never the key."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "StampKey(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("the key of the tokens stays in its process")

    @property
    def name(self) -> str:
        """What tells this key from an earlier one, in front of each of its tokens."""
        return _letters(self._digest(b""))[:_NAME_LETTERS]

    def token(self, campaign: str, form: str, unit_id: str, period: str) -> str:
        """Give the token of a workbook: ``K7QF-2ABCDEFGHIJKLMNO``."""
        parts = [part.encode() for part in (campaign, form, unit_id, period)]
        # Each with its length before it: no two workbooks give one message.
        message = b"".join(len(part).to_bytes(4) + part for part in parts)
        return f"{self.name}-{_letters(self._digest(message)[:_TOKEN_BYTES])}"

    def judge(self, token: str, campaign: str, form: str, unit_id: str, period: str) -> Token:
        """Say whether `token` is the one of this workbook."""
        if token.partition("-")[0] != self.name:
            return Token.NONE
        right = self.token(campaign, form, unit_id, period)
        same = hmac.compare_digest(token.encode(), right.encode())
        return Token.RIGHT if same else Token.WRONG

    def seal(self, message: bytes) -> bytes:
        """Give what proves to whoever has the key that a message comes from one who has it: 32 bytes."""
        return self._digest(_SEALED + message)

    def _digest(self, message: bytes) -> bytes:
        return hmac.digest(self._secret, message, hashlib.sha256)


def _letters(digest: bytes) -> str:
    return b32encode(digest).decode("ascii").rstrip("=")
