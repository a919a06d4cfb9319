"""Text files as offices save them: what can be read without doubt is read.

This module owns which encodings count and in which order they are tried. It refuses to
guess: what is none of them for certain is no text.
"""

from __future__ import annotations

import codecs
import unicodedata

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LAYOUT = frozenset("\t\n\r\f")


def decode_text(raw: bytes) -> str | None:
    """Give the text of `raw`: UTF-8, UTF-16 with its mark, or GBK/GB18030; None where it is none.

    Where a mark stands, it decides. Bytes that are UTF-8 are never taken for GBK. Control
    characters mean another encoding (UTF-16 without its mark is full of them), and so do, in
    what is to be GBK, characters that nobody assigned.
    """
    names = next(([name] for mark, name in _MARKED if raw.startswith(mark)), ["utf-8", "gb18030"])
    for name in names:
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        wrong = {"Cc", "Cn", "Co"} if name == "gb18030" else {"Cc"}
        is_plain = all(unicodedata.category(char) not in wrong for char in set(text) - _LAYOUT)
        return text.removeprefix("\ufeff") if is_plain else None
    return None
