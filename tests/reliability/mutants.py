"""Mutants of a filled workbook: one or two small changes of its XML each, from a seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from random import Random

_TAG = re.compile(r"<[^<>]+>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_CELL = re.compile(r"<c [^<>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ENTRY = re.compile(
    r"<(si|row|xf|sheet|Relationship|font|numFmt)\b[^<>]*?(?:/>|>.*?</\1>)", re.DOTALL
)
_VALUE = re.compile(r"(?<=<v>)[^<]*(?=</v>)")
_WORDS = re.compile(r"(?<=>)[^<>]+(?=<)")
_KINDS = ("n", "s", "str", "b", "e", "d", "inlineStr", "x", "")
_ODD = (
    "-2",
    "2e0",
    " 2 ",
    "\n 42\n",
    "1e308",
    "-1e15",
    "13800138000",
    "٢",
    "0x1F",
    "NaN",
    "&#50;",
    "2.0",
)
_TOKENS = (
    "<v>",
    "</v>",
    "<c>",
    "</c>",
    "<row>",
    "</row>",
    "<si>",
    "</si>",
    "<t>",
    "</t>",
    "<r>",
    "&",
    "<x/>",
)
_ASIDES = ("<!-- x -->", "<?x y?>", "<![CDATA[7]]>", "\n  ", "\u200b", "&amp;", "&nbsp;", "\x01")

Mutate = Callable[[Random, str], str]


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _one(random: Random, pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return random.choice(found) if found else None


def _drop_a(pattern: re.Pattern[str]) -> Mutate:
    def mutate(random: Random, text: str) -> str:
        match = _one(random, pattern, text)
        return _replaced(text, match, "") if match else text

    return mutate


def _double_a(pattern: re.Pattern[str]) -> Mutate:
    def mutate(random: Random, text: str) -> str:
        match = _one(random, pattern, text)
        return _replaced(text, match, match[0] * 2) if match else text

    return mutate


def _swap_two(pattern: re.Pattern[str]) -> Mutate:
    def mutate(random: Random, text: str) -> str:
        first, second = _one(random, pattern, text), _one(random, pattern, text)
        if not first or not second or first.end() > second.start():
            return text
        between = text[first.end() : second.start()]
        return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]

    return mutate


def _another_kind(random: Random, text: str) -> str:
    match = _one(random, re.compile(r'(?<= t=")[^"]*(?=")'), text)
    return _replaced(text, match, random.choice(_KINDS)) if match else text


def _another_attribute(random: Random, text: str) -> str:
    match = _one(random, _ATTRIBUTE, text)
    if not match:
        return text
    value = random.choice(["", "0", "1", "999", "-1", "A1", "a1", " 1", "&#49;", match[2][::-1]])
    forms = [f'{match[1]}="{value}"', f"{match[1]}='{match[2]}'", f'{match[1]} = "{match[2]}"', ""]
    return _replaced(text, match, random.choice([forms[0], *forms]))


def _another_value(random: Random, text: str) -> str:
    match = _one(random, _VALUE, text)
    return _replaced(text, match, random.choice([*_ODD, match[0][::-1]])) if match else text


def _odd_within(random: Random, text: str) -> str:
    place = random.randrange(len(text))
    return text[:place] + random.choice(_ASIDES + _TOKENS) + text[place:]


def _aside_in_words(random: Random, text: str) -> str:
    match = _one(random, _WORDS, text)
    return (
        _replaced(text, match, match[0][:1] + random.choice(_ASIDES) + match[0][1:])
        if match
        else text
    )


def _prefixed(random: Random, text: str) -> str:
    match = _one(random, re.compile(r"<(c|v|row|si|t|sheetData)\b"), text)
    if not match:
        return text
    name, space = match[1], re.search(r'xmlns="([^"]*)"', text)
    bound = f'xmlns:q="{space[1]}" {space[0]}' if space else ""
    text = re.sub(rf"<(/?){name}\b", rf"<\1q:{name}", text)
    return text.replace(space[0], bound, 1) if space else text


def _cut(random: Random, text: str) -> str:
    start = random.randrange(len(text))
    return text[:start] + text[start + random.randint(1, 40) :]


_WAYS: tuple[Mutate, ...] = (
    *(way(pattern) for way in (_drop_a, _double_a, _swap_two) for pattern in (_TAG, _CELL, _ENTRY)),
    _another_kind,
    _another_attribute,
    _another_attribute,
    _another_value,
    _another_value,
    _odd_within,
    _aside_in_words,
    _prefixed,
    _cut,
)
_MOST_CHANGES = 2


def mutants(parts: Mapping[str, bytes], seed: int, count: int) -> Iterator[dict[str, bytes]]:
    """Give `count` mutants of the parts of a workbook; the same seed gives the same ones."""
    random = Random(seed)  # noqa: S311 - nothing secret
    sheets = sorted(name for name in parts if name.startswith("xl/worksheets/sheet"))
    others = (
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
    )
    for _ in range(count):
        changed = dict(parts)
        for _ in range(random.randint(1, _MOST_CHANGES)):
            name = random.choice(
                [random.choice(sheets), random.choice(sheets), *others[:2], random.choice(others)]
            )
            way = random.choice(_WAYS)
            changed[name] = way(random, changed[name].decode()).encode()
        yield changed
