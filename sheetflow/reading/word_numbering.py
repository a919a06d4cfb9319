"""The numbers that Word itself puts before paragraphs (一、 1. ●): they stand in no text, and are text all the same.

ECMA-376 part 1, 17.9: a paragraph points to a numbering, that to its levels, each with a format and a
text (``%1、``). Counting goes on in the document's order. It refuses formats that it does not know by
counting in plain figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

BULLET = "• "
_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CIRCLED, _MOST_CIRCLED = 0x2460, 20
_TEN, _HUNDRED, _LETTERS, _MOST_ROMAN = 10, 100, 26, 40
_LEVELS = 9


def chinese(number: int) -> str:
    """Write 1 to 99 in Chinese: 一, 十, 十二, 二十一."""
    if not 0 < number < _HUNDRED:
        return str(number)
    tens, ones = divmod(number, _TEN)
    front = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones or not tens else "")


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)


def _roman(number: int) -> str:
    if not 0 < number < _MOST_ROMAN:
        return str(number)
    said = ""
    for value, letters in _ROMAN:
        while number >= value:
            said, number = said + letters, number - value
    return said


def _circled(number: int) -> str:
    return chr(_CIRCLED + number - 1) if 0 < number <= _MOST_CIRCLED else str(number)


_WRITTEN: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(
        (
            *("chineseCounting", "chineseCountingThousand", "chineseLegalSimplified"),
            *("japaneseCounting", "ideographDigital", "taiwaneseCounting", "koreanDigital2"),
        ),
        chinese,
    ),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % len(_STEMS)],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % len(_BRANCHES)],
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "decimalZero": lambda number: f"{number:02}",
    "none": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """The numberings of one document, and how far each has counted."""

    abstract_of: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ET.Element | None) -> Numbering:
        """Read the part that declares them; a document may have none."""
        numbering = cls()
        for each in tree if tree is not None else ():
            match _called(each):
                case "abstractNum":
                    key = value_of(each, "abstractNumId", itself=True)
                    numbering.levels[key] = dict(_levels(each))
                case "num":
                    key = value_of(each, "numId", itself=True)
                    numbering.abstract_of[key] = value_of(each, "abstractNumId")
                    numbering._restart(key, each)
        return numbering

    def next(self, number_id: str, level: int) -> str:
        """Count one further, and give what stands before the paragraph; empty for no numbering."""
        abstract = self.abstract_of.get(number_id, "")
        levels = self.levels.get(abstract, {})
        if level not in levels:
            return ""
        counted = self._counted.setdefault(abstract, {})
        counted[level] = counted.get(level, levels[level].start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counted.pop(deeper, None)
        if levels[level].format == "bullet":
            return BULLET
        said = levels[level].text
        for place in range(level + 1):
            spec = levels.get(place, _Level())
            shown = _WRITTEN.get(spec.format, str)(counted.get(place, spec.start))
            said = said.replace(f"%{place + 1}", shown)
        return said

    def _restart(self, key: str, num: ET.Element) -> None:
        """Let a numbering that sets its own start count by itself."""
        starts = {
            _whole(value_of(each, "ilvl", itself=True)): _whole(value_of(each, "startOverride"), 1)
            for each in num
            if _called(each) == "lvlOverride" and value_of(each, "startOverride")
        }
        if not starts:
            return
        levels = self.levels.get(self.abstract_of[key], {})
        own = f"{self.abstract_of[key]}/{key}"
        self.levels[own] = {
            place: _Level(spec.format, spec.text, starts.get(place, spec.start))
            for place, spec in levels.items()
        }
        self.abstract_of[key] = own


def value_of(element: ET.Element | None, name: str, *, itself: bool = False) -> str:
    """Give the value of the child called `name` (of the attribute, where asked of the element itself)."""
    if element is None:
        return ""
    if itself:
        return next((text for key, text in element.attrib.items() if _bare(key) == name), "")
    for each in element:
        if _called(each) == name:
            return value_of(each, "val", itself=True)
    return ""


def _levels(abstract: ET.Element) -> Iterator[tuple[int, _Level]]:
    for each in abstract:
        if _called(each) == "lvl":
            yield (
                _whole(value_of(each, "ilvl", itself=True)),
                _Level(
                    value_of(each, "numFmt") or "decimal",
                    value_of(each, "lvlText"),
                    _whole(value_of(each, "start"), 1),
                ),
            )


def _whole(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isdecimal() else otherwise


def _called(element: ET.Element) -> str:
    return _bare(str(element.tag))


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
