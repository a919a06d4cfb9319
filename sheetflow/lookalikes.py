"""What looks alike is alike: the one way in which writing is made plain before it is compared.

This module owns the characters that people cannot tell apart or cannot see: full-width and
other compatibility forms, radicals in place of words, every space, every dash, marks of no
width. It refuses to make a digit of what is none: ①, ², ½ and ㈠ stay what they are.
"""

from __future__ import annotations

import re
import unicodedata

SPACES = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u2800"
)
"""Every character that shows nothing and takes room, the empty Braille cell among them."""

_UNSEEN = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
"""Marks of no width: joiners, soft hyphens, directions, variants of a glyph, tags."""

_DEBRIS = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Those of them that no sentence needs: directions, and what copying leaves behind."""

_DASHES = (
    "\\-\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212\u2500\u2501\u2796\u2e3a\u2e3b"
    "\u2e40\u30fc\ufe31\ufe32\ufe58\ufe63\uff0d\uff70"
)
_DASH_RUN = re.compile(f"[{_DASHES}]+(?: *[{_DASHES}]+)*")
_DEBRIS_RUN = re.compile(f"[{_DEBRIS}]+")
_UNSEEN_RUN = re.compile(f"[{_UNSEEN}]+")
_NOTHING_RUN = re.compile(f"[{SPACES}{_UNSEEN}]*")
_SPACE_RUN = re.compile(f"[{SPACES}]+")
_SOME_SPACE = frozenset(SPACES)
_LINE_ENDS = frozenset("\n\v\f\r\x85\u2028\u2029")

_RADICALS = dict(
    zip(
        "⺁⺇⺌⺎⺒⺓⺝⺟⺠⺬⺶⺷⺻⺼⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻱⻳",
        "厂几小兀巳幺月母民示羊羊聿肉虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龜龟",
        strict=True,
    )
)
"""Radicals that Unicode leaves apart from the words they look like; PDF files give them for those."""

_COMMON = re.compile("[^ -~一-鿿、。“”‘’《》〈〉【】「」—–·]")
"""Any character that may have a plainer form; dashes are another matter."""


def plain(text: str) -> str:
    """Give `text` in the plainest characters that look the same; line breaks stay, as line feeds.

    Spaces become ``" "``, marks of no width go, the rest follows NFKC, digits that are none
    excepted.
    """
    if not _COMMON.search(text):
        return text
    return unicodedata.normalize("NFC", text.translate(_PLAIN))


def plain_dashes(text: str) -> str:
    """Make one ``-`` of every dash, doubled ones too, where a dash only parts figures."""
    return _DASH_RUN.sub("-", text)


def without_spaces(text: str) -> str:
    """Take out all that takes room and shows nothing."""
    return _SPACE_RUN.sub("", text)


def without_debris(text: str) -> str:
    """Take out the marks of no width that no sentence needs."""
    return text if text.isprintable() else _DEBRIS_RUN.sub("", text)


def without_unseen(text: str) -> str:
    """Take out every mark of no width."""
    return _UNSEEN_RUN.sub("", text)


def trim(text: str) -> str:
    """Trim spaces of every kind at both ends; what stands between stays, but for debris."""
    text = text.strip()
    return text if text.isprintable() else _DEBRIS_RUN.sub("", text).strip()


def shows_nothing(text: str) -> bool:
    """Whether nobody sees anything in `text`."""
    return not text[:1].isalnum() and _NOTHING_RUN.fullmatch(text) is not None


def fold(text: str) -> str:
    """Fold what people do not see as a difference between words, spaces and 台账 for 台帐 too."""
    text = re.sub(r"[\s*]+", "", plain(text))
    return text.replace("(", "（").replace(")", "）").replace("台账", "台帐")


class _Plain(dict[int, int | str | None]):
    """The plain form of each character met so far, by its number."""

    def __missing__(self, code: int) -> int | str | None:
        char = chr(code)
        kind = unicodedata.category(char)
        made: str | None = None
        if char in _SOME_SPACE:
            made = "\n" if char in _LINE_ENDS else " "
        elif kind == "Nd":
            made = str(unicodedata.decimal(char))
        elif not _UNSEEN_RUN.match(char):
            made = _RADICALS.get(char) or unicodedata.normalize("NFKC", char)
            if kind == "No" or (made != char and any(part.isdecimal() for part in made)):
                made = char
        self[code] = made
        return made


_PLAIN = _Plain()
