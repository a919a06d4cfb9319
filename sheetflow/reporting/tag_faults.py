"""What is wrong with the tags of an edited template, each named with the paragraph it stands in.

All of a template is looked at, what a report would not show this time as well. It refuses to
fill anything: values and their names are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from jinja2 import Environment, TemplateSyntaxError, nodes

from sheetflow.reporting.template_values import Named, fault_in, unknown_name

GUIDE = "请对照《模板说明》改正。"
_SHOWN, _SHOWN_OF_A_TAG = 15, 60
_WHOLE_TAG = re.compile(r"\{\{[^{}]*\}\}|\{%(?:(?!%\})[^{}])*%\}")
_HALF_TAG = re.compile(r"\{[{%][^{}]*|[^{}]*\{[^{}]*\}\}|[^{}]*[%}]\}")
_STATEMENT = re.compile(r"\{%-?\s*(?:(?:p|tr|tc|r)\s+)?(\w+)")
_CLOSERS = {"endif": "if", "endfor": "for", "略零完": "略零"}
_BETWEEN = {"else": ("if", "for"), "elif": ("if",), "全零": ("略零",)}
_PAIRS = {opener: closer for closer, opener in _CLOSERS.items()}
_PARAGRAPH, _TEXT, _TABLE, _ROW = qn("w:p"), qn("w:t"), qn("w:tbl"), qn("w:tr")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a template: its text, and where people find it."""

    text: str
    where: str

    def tags(self) -> list[str]:
        """Give its whole tags."""
        return _WHOLE_TAG.findall(self.text)


def paragraphs_of(document: Document) -> list[Paragraph]:
    """Give all paragraphs with words in them, of body, headers and footers."""
    found = list(_in_body(document.element.body))
    for section in document.sections:
        for words, part in (
            *(("页眉", each) for each in (section.header, section.even_page_header)),
            *(("页脚", each) for each in (section.footer, section.even_page_footer)),
        ):
            if not part.is_linked_to_previous:
                found += [Paragraph(each.text, words) for each in part.paragraphs if each.text]
    return found


def _in_body(body: BaseOxmlElement) -> Iterator[Paragraph]:
    numbers = {"paragraphs": 0, "tables": 0}
    for block in body:
        if block.tag == _TABLE:
            numbers["tables"] += 1
            for row_number, row in enumerate(block.iter(_ROW), start=1):
                for paragraph in row.iter(_PARAGRAPH):
                    if text := _words(paragraph):
                        yield Paragraph(text, f"第{numbers['tables']}个表格第{row_number}行")
            continue
        for paragraph in block.iter(_PARAGRAPH):
            if text := _words(paragraph):
                numbers["paragraphs"] += 1
                shown = text[:_SHOWN] + ("……" if len(text) > _SHOWN else "")
                yield Paragraph(text, f"第{numbers['paragraphs']}段“{shown}”")


def _words(paragraph: BaseOxmlElement) -> str:
    return "".join(text.text or "" for text in paragraph.iter(_TEXT))


def shape_faults(paragraphs: Sequence[Paragraph], environment: Environment) -> list[str]:
    """Say which tags are half, which cannot be read, and which have no partner."""
    faults = [
        f"情况报告模板{each.where}里的标签写得不完整：“{half[:_SHOWN_OF_A_TAG]}”。"
        f"{{{{ }}}} 和 {{% %}} 要成对，同一个标签要在同一段里。{GUIDE}"
        for each in paragraphs
        if (half := _half_tag(each.text))
    ]
    if not faults:
        faults = [
            fault
            for each in paragraphs
            for tag in each.tags()
            if (fault := _unreadable(tag, each.where, environment))
        ]
    return faults or list(_without_partner(paragraphs))


def _half_tag(text: str) -> str:
    """Give the first tag of a paragraph that is not closed, or not opened."""
    half = _HALF_TAG.search(_WHOLE_TAG.sub("\n", text))
    return half[0].strip().rpartition("\n")[2] if half else ""


def _unreadable(tag: str, where: str, environment: Environment) -> str:
    """Say what is wrong with one tag taken by itself, nothing where it can be read."""
    word = _STATEMENT.match(tag)
    bare = re.sub(r"^\{%-?\s*(?:p|tr|tc|r)\s", "{% ", tag)
    whole = bare
    if word:
        opener = _CLOSERS.get(word[1], word[1])
        if word[1] in _CLOSERS or word[1] in _BETWEEN:
            opener = _BETWEEN.get(word[1], (opener,))[0]
            whole = f"{{% {opener} {'x' if opener == 'if' else 'x in y' if opener == 'for' else ''} %}}{bare}"
        if opener in _PAIRS and word[1] not in _CLOSERS:
            whole += f"{{% {_PAIRS[opener]} %}}"
    try:
        parsed = environment.parse(whole)
    except TemplateSyntaxError:
        return f"情况报告模板{where}里的标签“{tag}”：标签写得不完整，或者用了不认识的写法。{GUIDE}"
    unknown = [
        each.name for each in parsed.find_all(nodes.Filter) if each.name not in environment.filters
    ]
    if not unknown:
        return ""
    return (
        f"情况报告模板{where}里的标签“{tag}”里的“|{unknown[0]}”：没有这种写法。可用的有 |万元、"
        f"|万元数、|万、|占(…)、|个数。{GUIDE}"
    )


def _without_partner(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Name what is opened and never closed, closed and never opened, or crossed."""
    opened: list[tuple[str, str, str]] = []
    for each in paragraphs:
        for tag in each.tags():
            found = _STATEMENT.match(tag)
            word = found[1] if found else ""
            if word in _PAIRS:
                opened.append((word, tag, each.where))
            elif word in _CLOSERS or word in _BETWEEN:
                wanted = _BETWEEN.get(word) or (_CLOSERS[word],)
                if not opened or opened[-1][0] not in wanted:
                    yield _partner(each.where, tag, f"前面没有相配的 {' 或 '.join(wanted)}")
                    return
                if word in _CLOSERS:
                    opened.pop()
    for word, tag, where in opened[:1]:
        yield _partner(where, tag, f"后面没有相配的 {_PAIRS[word]}")


def _partner(where: str, tag: str, why: str) -> str:
    return (
        f"情况报告模板{where}里的标签“{tag}”：标签写得不完整，{why}。"
        f"for 要有 endfor，if 要有 endif，略零要有略零完。{GUIDE}"
    )


def name_faults(
    paragraphs: Sequence[Paragraph],
    undeclared: Sequence[str],
    attributes: Sequence[tuple[str, str]],
    names: Mapping[str, object],
) -> Iterator[str]:
    """Name what a template asks for and nobody has, each with its paragraph."""
    for name in undeclared:
        where, tag = _tag_with(paragraphs, name)
        yield unknown_name(tag, name, names, where)
    for name, attribute in attributes:
        family = names.get(name)
        if isinstance(family, Named) and fault_in(family, attribute):
            where, _ = _tag_with(paragraphs, rf"{name}\s*\.\s*{attribute}")
            yield fault_in(family, attribute, where) or ""


def _tag_with(paragraphs: Sequence[Paragraph], name: str) -> tuple[str, str]:
    """Give where a name is first asked for, and the tag."""
    asked: Callable[[str], object] = re.compile(rf"(?<![\w.]){name}(?!\w)").search
    for each in paragraphs:
        for tag in each.tags():
            if asked(tag):
                return f"{each.where}里的标签", tag
    return "中的", name


def where_of(line: str, paragraphs: Sequence[Paragraph]) -> str:
    """Say where the paragraph stands that begins a line of the template's text, with its first tag."""
    tags = _WHOLE_TAG.findall(line)
    for each in paragraphs:
        if tags and tags[0] in each.text and (each.text in line or len(tags) == 1):
            return f"{each.where}里的标签“{'”“'.join(tags[:3])}”"
    return "中的标签" if not tags else f"里的标签“{tags[0]}”"
