"""The sentences of a finished report that hold figures, in the order of its pages.

Under which headings a sentence stands, its words, and where in them which figures are. It refuses to
split what stands in brackets, and knows nothing of what figures mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from sheetflow.consolidation.report_figures import Sentence, Standing
from sheetflow.reporting.clauses import Range

_PARAGRAPH, _TABLE, _ROW, _TEXT = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "t"))
_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_HEADINGS = {
    "heading 1": 1,
    "附件序号": 1,
    "heading 2": 2,
    "表题": 2,
    "表题另页": 2,
    "heading 3": 3,
}
"""The styles of headings by name, with their levels."""
_ENDS, _OPENING, _CLOSING = "。！？", "（(“《〔", "）)”》〕"


Settled = Mapping[BaseOxmlElement, Sequence[Standing]]
"""Paragraphs as they stand in the end, with the figures in each at their places."""


def sentences_of(document: Document, settled: Settled) -> tuple[Sentence, ...]:
    """Give the sentences of the body that hold figures, then what stands outside it."""
    names = {style.style_id: style.name.lower() for style in document.styles if style.name}
    left, headings = dict(settled), dict[int, str]()
    found: list[Sentence] = []
    for element in document.element.body:
        if element.tag == _TABLE:
            found += _rows(element, left, _part(headings))
            continue
        for paragraph in element.iter(_PARAGRAPH):
            level = _HEADINGS.get(names.get(_style_of(paragraph), ""), 0)
            if level:
                headings = {each: said for each, said in headings.items() if each < level}
                headings[level] = _words(paragraph)
            figures = left.pop(paragraph, ())
            found += _sentences(_part(headings), _words(paragraph), figures)
    for paragraph, figures in left.items():
        found += _sentences("页眉页脚", _words(paragraph), figures)
    return tuple(found)


def _rows(
    table: BaseOxmlElement, left: dict[BaseOxmlElement, Sequence[Standing]], part: str
) -> Iterator[Sentence]:
    """Give the rows of a table that hold figures; a table in a cell goes with its row."""
    for row in table.iter(_ROW):
        text, figures = "", list[Standing]()
        for paragraph in row.iter(_PARAGRAPH):
            words = _words(paragraph)
            figures += [_moved(each, len(text)) for each in left.pop(paragraph, ())]
            text += f"{words}　"
        if figures:
            yield Sentence(part, text.rstrip("　"), tuple(figures), is_table=True)


def _sentences(part: str, text: str, figures: Sequence[Standing]) -> Iterator[Sentence]:
    """Part a paragraph into sentences; give those that hold a figure."""
    if not figures:
        return
    for start, end in _parted(text):
        here = [_moved(each, -start) for each in figures if start <= each.start < end]
        if here:
            yield Sentence(part, text[start:end], tuple(here))


def _parted(text: str) -> Iterator[Range]:
    """Part `text` after what ends a sentence outside brackets."""
    start = depth = 0
    for place, character in enumerate(text):
        depth = max(0, depth + (character in _OPENING) - (character in _CLOSING))
        if character in _ENDS and not depth:
            yield start, place + 1
            start = place + 1
    if start < len(text):
        yield start, len(text)


def _moved(figure: Standing, by: int) -> Standing:
    return replace(figure, start=figure.start + by, end=figure.end + by)


def _part(headings: Mapping[int, str]) -> str:
    return "　".join(said for _, said in sorted(headings.items()) if said)


def _words(element: BaseOxmlElement) -> str:
    """Give the text of an element, its runs one after the other."""
    return "".join(_texts(element.iter(_TEXT)))


def _texts(elements: Iterable[BaseOxmlElement]) -> Iterator[str]:
    return (element.text or "" for element in elements)


def _style_of(paragraph: BaseOxmlElement) -> str:
    style = paragraph.find(_STYLE)
    return "" if style is None else str(style.get(qn("w:val")))
