"""The figures that a report's prose shows: noted when they are written, told when the page stands.

While a template is filled each figure is written with marks around it (`clauses`). `settle` then goes
through the finished document paragraph by paragraph: it leaves out what says nothing, takes the
marks away, and gives the figures that stand there, in the order of the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from docx.document import Document
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from sheetflow.consolidation.report_figures import Standing, UsedFigure
from sheetflow.reporting.clauses import CLOSE, FIGURE, MARKS, TEXT, Range, Worth, figures_in, kept
from sheetflow.reporting.headings import remove_with_heading

_PARAGRAPH, _TEXT, _CELL = qn("w:p"), qn("w:t"), qn("w:tc")
_OTHER_CONTENT = (qn("w:drawing"), qn("w:pict"), qn("w:sectPr"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_NO_MARKS = dict.fromkeys(map(ord, MARKS), " ")


@dataclass(slots=True)
class Record:
    """The figures written so far, each with what it is worth to its sentence."""

    written: list[tuple[UsedFigure, Worth]] = field(default_factory=list)

    def note(self, used: UsedFigure, worth: Worth, text: str, name: str = "") -> str:
        """Note that a figure is written as `text`; give the text with marks around it."""
        self.written.append((replace(used, text=text, name=name or used.name), worth))
        return f"{FIGURE}{len(self.written) - 1}{TEXT}{text}{CLOSE}"

    def worth(self, number: int) -> Worth:
        """Tell what a figure is worth to its sentence."""
        return self.written[number][1]


def settle(document: Document, record: Record) -> dict[BaseOxmlElement, list[Standing]]:
    """Leave out what says nothing, take the marks away; give by paragraph the figures that stand."""
    parts = (document.part, *_others(document))
    paragraphs = [each for part in parts for each in part.element.iter(_PARAGRAPH)]
    found = {paragraph: _settled(paragraph, record) for paragraph in paragraphs}
    return {paragraph: figures for paragraph, figures in found.items() if figures}


def _others(document: Document) -> Iterator[XmlPart]:
    for part in document.part.package.iter_parts():
        if isinstance(part, XmlPart) and part is not document.part:
            yield part


def _settled(paragraph: BaseOxmlElement, record: Record) -> list[Standing]:
    """Settle one paragraph; give the figures that stay in it."""
    texts = list(paragraph.iter(_TEXT))
    words = "".join(text.text or "" for text in texts)
    if not any(mark in words for mark in MARKS):
        return []
    stays = kept(words, record.worth)
    _write_back(texts, stays)
    parent = paragraph.getparent()
    is_empty = not any((text.text or "").strip() for text in texts)
    # A cell must have a paragraph, and a section may end with one.
    if is_empty and parent.tag != _CELL and next(paragraph.iter(*_OTHER_CONTENT), None) is None:
        remove_with_heading(paragraph)
    return [
        Standing(*place, record.written[number][0]) for number, place in figures_in(words, stays)
    ]


def without_marks(text: str) -> str:
    """Give what somebody wrote, without anything that would pass for a mark of ours."""
    return text.translate(_NO_MARKS)


def _write_back(texts: Iterable[BaseOxmlElement], stays: list[Range]) -> None:
    """Leave in each run's text what stays of it."""
    begins = 0
    for text in texts:
        old = text.text or ""
        ends = begins + len(old)
        pieces = (
            old[max(start - begins, 0) : end - begins] for start, end in stays if end > begins
        )
        text.text = "".join(pieces)
        text.set(_SPACE, "preserve")
        begins = ends
