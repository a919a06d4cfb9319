"""The keys that nobody types: made from the first name of a thing, and the same for ever after.

This module owns how a key is made of words, and which typed ones are keys.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_IN_KEYS = re.compile(r"[^0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_TYPED = re.compile(r"[A-Za-z_\u3400-\u4dbf\u4e00-\u9fff][0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff]*")
_CODE = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff][-0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff]*")
LONGEST_KEY = 60


def derived_key(name: str) -> str:
    """Make the key of what was first called `name`: 妇女人数（户籍，上年末） gives 妇女人数户籍上年末.

    Letters, digits and Chinese characters stay, as NFKC has them; ``_`` goes before a leading digit.
    Empty where nothing stays.
    """
    kept = _NOT_IN_KEYS.sub("", unicodedata.normalize("NFKC", name).replace("台账", "台帐"))
    return f"_{kept}" if kept[:1].isdigit() else kept


def is_key(typed: str) -> bool:
    """Whether what was typed under 代码 can be a key."""
    return bool(_TYPED.fullmatch(typed)) and len(typed) <= LONGEST_KEY


def is_code(typed: str) -> bool:
    """Whether what was typed can be a rule's code, which may have hyphens: ``report-parts``."""
    return bool(_CODE.fullmatch(typed)) and len(typed) <= LONGEST_KEY
