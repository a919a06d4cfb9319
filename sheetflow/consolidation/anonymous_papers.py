"""A paper as judges get it: without its authors' and its unit's names, and how many were covered where.

A name is found however it is spaced, a unit's also without its last word (历城 for 历城区) and together
with those of the units above it. This module owns what counts as such a name and as a line that says
nothing but who wrote the paper. It refuses to guess at people and places that nobody named to it: what
may tell them all the same (telephone numbers, mail addresses) is only counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sheetflow.consolidation.judged_papers import (
    JudgedPaper,
    PaperText,
    TextParagraph,
    TextTable,
)
from sheetflow.lookalikes import SPACES, fold, plain, shows_nothing

MASK = "○○"
_LAST_WORD = re.compile(
    r"(?:自治[州县旗]|街道办事处|地区|林区|特区|街道|社区|[省市州盟县区旗乡镇村])$"
)
_OF_ANY_PLACE = tuple("省市州县区乡镇村")
"""What begins so is no name by itself: 市中 of 市中区 stands in 城市中 too."""
_LEAST = 2
_GAP = f"[{SPACES}\u200b-\u200f\u2060\ufeff]*"
_MARKS = re.compile(r"[\W_\d○]+")
_POSTS = (
    *("作者单位", "作者简介", "作者", "单位", "姓名", "职务", "职称", "执笔人", "执笔"),
    *("撰稿人", "撰稿", "撰写人", "撰写", "课题组", "调研组", "成员", "组长", "负责人", "参与人"),
    *("调研人", "供稿", "报送", "党组书记", "书记", "副主席", "主席", "副主任", "主任", "副部长"),
    *("部长", "副科长", "科长", "副处长", "处长", "科员", "干事", "副县长", "副区长", "副市长"),
    *("县长", "区长", "市长", "研究员", "副教授", "教授", "办公室", "委员会", "人民政府"),
    *("妇女联合会", "妇联", "等", "文"),
)
_BYLINE_WORDS = re.compile(rf"(?:[一-鿿]{{1,8}}?(?:部|科|室|处|中心))?(?:{'|'.join(_POSTS)})")
"""A post, with the part of the office that it is of: 发展部部长."""
_CONTACTS = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[)）\s—－-]{0,3}\d{7,8}(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+"
)
_LONGEST_BYLINE = 120
_HEAD = 8
"""Among so many paragraphs at its beginning a paper says its title and who wrote it."""
_MOST_OF_TITLE = 3


@dataclass(frozen=True, slots=True)
class AnonymousPaper:
    """What judges get of a paper, and what was done to it.

    `authors` and `units` count the names that were covered, `bylines` the lines that are left out,
    `contacts` the telephone numbers and mail addresses that still stand there.
    """

    number: str
    title: str
    text: PaperText
    authors: int = 0
    units: int = 0
    bylines: int = 0
    contacts: int = 0


class NameMask:
    """Covers the names of one paper's authors and unit, and counts them."""

    def __init__(self, authors: Iterable[str], names: Iterable[str]) -> None:
        self.authors = self.units = 0
        named = _long_enough(names)
        forms = _sorted({*named, *filter(None, map(_short, named))})
        offices = _sorted(
            {
                name.removeprefix(place)
                for name in named
                for place in forms
                if name.startswith(place) and name != place
            }
        )
        places = _any_of(forms)
        of_unit = f"{places}(?:{_GAP}{places})*(?:{_GAP}{_any_of(offices)})?"
        people = _any_of(_sorted(_long_enough(authors)))
        self._pattern = re.compile(f"(?P<unit>{of_unit})|{people}", re.IGNORECASE)

    def cover(self, text: str) -> str:
        """Put ○○ in place of every name."""
        alike = text
        if plain(text) != text:  # letter by letter, so that places stay
            alike = "".join(form if len(form := plain(letter)) == 1 else letter for letter in text)
        made: list[str] = []
        last = 0
        for found in self._pattern.finditer(alike):
            is_unit = found["unit"] is not None
            self.units += is_unit
            self.authors += not is_unit
            made += (text[last : found.start()], MASK)
            last = found.end()
        return "".join((*made, text[last:]))

    def is_byline(self, text: str) -> bool:
        """Whether a line says nothing but who wrote the paper, and where."""
        if len(text) > _LONGEST_BYLINE:
            return False
        before = self.authors, self.units
        covered = self.cover(text)
        self.authors, self.units = before
        return covered != text and not _BYLINE_WORDS.sub("", _MARKS.sub("", covered))


def anonymous(paper: JudgedPaper) -> AnonymousPaper:
    """Give `paper` as judges may see it."""
    mask = NameMask(paper.authors, paper.names)
    title = mask.cover(paper.title)
    mask.authors = mask.units = 0  # of the text, which is what is looked through
    bylines, contacts = 0, 0
    contents: list[TextParagraph | TextTable] = []
    for content in _after_title(paper):
        match content:
            case TextParagraph(said) if mask.is_byline(said):
                bylines += 1
            case TextParagraph(said):
                contacts += len(_CONTACTS.findall(said))
                contents.append(replace(content, text=mask.cover(said)))
            case TextTable(rows):
                contacts += sum(len(_CONTACTS.findall(cell.text)) for row in rows for cell in row)
                covered = tuple(
                    tuple(replace(cell, text=mask.cover(cell.text)) for cell in row) for row in rows
                )
                contents.append(replace(content, rows=covered))
    text = replace(paper.text, contents=tuple(contents))
    return AnonymousPaper(paper.number, title, text, mask.authors, mask.units, bylines, contacts)


def without_opening(paper: JudgedPaper) -> Sequence[TextParagraph | TextTable]:
    """Give what `paper` says after its title and the lines under it that say who wrote it."""
    mask = NameMask(paper.authors, (*paper.names, paper.unit))
    contents = _after_title(paper)
    return [
        content
        for number, content in enumerate(contents)
        if number >= _HEAD
        or not isinstance(content, TextParagraph)
        or not mask.is_byline(content.text)
    ]


def _after_title(paper: JudgedPaper) -> Sequence[TextParagraph | TextTable]:
    """Leave out the title that the document begins with, in one line or up to three."""
    contents = paper.text.contents
    wanted, said = _letters(paper.title), ""
    for number, content in enumerate(contents[:_MOST_OF_TITLE], start=1):
        if not isinstance(content, TextParagraph):
            break
        said += _letters(content.text)
        if said == wanted:
            return contents[number:]
    return contents


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text)).casefold()


def _short(name: str) -> str:
    """Give a place's name without the word that says what it is; empty where that is none by itself."""
    short = _LAST_WORD.sub("", name)
    return "" if len(short) < _LEAST or short.startswith(_OF_ANY_PLACE) else short


def _long_enough(names: Iterable[str]) -> set[str]:
    bare = (re.sub(_GAP, "", plain(name)) for name in names if not shows_nothing(name))
    return {name for name in bare if len(name) >= _LEAST}


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _any_of(names: Sequence[str]) -> str:
    """Give a pattern for any of `names`, the longest first; for none, one that never matches."""
    return f"(?:{'|'.join(map(_spaced, names))})" if names else r"(?!)"


def _spaced(name: str) -> str:
    """Give a pattern for a name whatever stands between its letters; a Latin one is a word by itself."""
    begins = r"(?<![a-zA-Z0-9])" if name[0].isascii() else ""
    ends = r"(?![a-zA-Z0-9])" if name[-1].isascii() else ""
    return begins + _GAP.join(map(re.escape, name)) + ends
