"""The token in a workbook's stamp: that it is ours, and was handed out to just this unit.

This module owns how a token is made and compared. It refuses to let the key be seen: a
`StampKey` shows nothing of itself, and does not leave its process. Tokens change nothing yet;
mail will ask for them.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from enum import StrEnum
from typing import NoReturn

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

    def _digest(self, message: bytes) -> bytes:
        return hmac.digest(self._secret, message, hashlib.sha256)


def _letters(digest: bytes) -> str:
    return b32encode(digest).decode("ascii").rstrip("=")
