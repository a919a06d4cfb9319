"""Filling a Word template: its sandbox, its filters, and what is wrong with one edited badly.

It refuses to know what the names mean: they are handed in. A template is filled once, and values
are never read as template.
"""

from __future__ import annotations

import io
import re
import traceback
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sized
from dataclasses import replace
from functools import lru_cache
from html import unescape
from typing import Any, cast

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.parser import parse_xml
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from sheetflow.consolidation.report_data import Number, Way
from sheetflow.consolidation.report_figures import Made
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting.clauses import BEGIN, END, OTHERWISE
from sheetflow.reporting.office_marks import as_meant
from sheetflow.reporting.tag_faults import (
    GUIDE,
    Paragraph,
    name_faults,
    paragraphs_of,
    shape_faults,
    where_of,
)
from sheetflow.reporting.template_values import (
    PERCENT,
    ListedNames,
    ListedRows,
    Shown,
    share,
    ten_thousand_yuan,
    ten_thousand_yuan_bare,
    ten_thousands,
)

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_MARKUP = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_BREAK = re.compile(r"[\n\t\a\f]")
_REMEMBERED = 32
"""Parts of templates: a body, some headers and footers for each level and edition."""

_PICTURE_WIDTH = Mm(156)  # the width of the type area, GB/T 9704-2012

NOT_A_TEMPLATE = (
    "情况报告模板打不开：它不是 .docx 文件或者已经损坏。请用 Word 另存为 .docx 后放回原处。"
)

MISPLACED_PAIR = (
    "情况报告模板中成对的标签没有放在同一层：{%p %} 要独占一段，{%tr %} 要独占表格的一行，"
    "开头和结尾要用同一种。请对照《模板说明》改正。"
)


def filled(template: bytes, names: Mapping[str, object], pictures: Mapping[str, bytes]) -> Document:
    """Fill `template` with `names` and return the python-docx document.

    `pictures` (PNG by name) are what the template calls 图.名称; a picture that is not there
    is empty. Raise ReportTemplateError for a template that cannot be filled.
    """
    try:
        meant = as_meant(template)
        paragraphs, faults = _looked_at(meant)
        document = _StrictTemplate(io.BytesIO(meant))
        document.init_docx()
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise ReportTemplateError([NOT_A_TEMPLATE]) from error
    if faults:
        raise ReportTemplateError(list(faults))
    document.paragraphs = paragraphs
    drawn = {
        name: InlineImage(document, io.BytesIO(png), width=_PICTURE_WIDTH)
        for name, png in pictures.items()
    }
    # Office programs write the template's own properties; none of them is a template of ours.
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        setattr(document.docx.core_properties, name, "")
    document.render({**names, "图": defaultdict(str, drawn)}, environment(), autoescape=True)
    return cast("Document", document.docx)


@lru_cache(maxsize=_REMEMBERED)
def _looked_at(template: bytes) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """Give a template's paragraphs, and what is wrong with its tags whatever they are filled with."""
    paragraphs = tuple(paragraphs_of(docx.Document(io.BytesIO(template))))
    return paragraphs, tuple(shape_faults(paragraphs, environment()))


class _StrictTemplate(DocxTemplate):  # type: ignore[misc]  # docxtpl tells no types
    """A docxtpl template that names every unknown name at once and never repairs silently."""

    paragraphs: tuple[Paragraph, ...] = ()

    def patch_xml(self, src_xml: str) -> str:
        return _cleaned(src_xml)

    def render_xml_part(
        self,
        src_xml: str,
        part: object,
        context: dict[str, object],
        jinja_env: SandboxedEnvironment,
    ) -> str:
        try:
            undeclared, attributes = _asked_names(src_xml)
        except TemplateSyntaxError as error:  # though each tag can be read by itself
            raise ReportTemplateError([MISPLACED_PAIR]) from error
        unknown = sorted(undeclared - context.keys())
        if faults := list(name_faults(self.paragraphs, unknown, attributes, context)):
            raise ReportTemplateError(faults)
        try:
            return str(super().render_xml_part(src_xml, part, context, jinja_env))
        except ReportTemplateError as error:
            where = self._where(error, src_xml)
            raise ReportTemplateError(
                [f"情况报告模板{where}：{each}" for each in error.faults]
            ) from error
        except UndefinedError as error:
            quoted = re.findall(r"'([^']+)'", error.message or "")
            why = f"没有“{quoted[-1] if quoted else ''}”这个名称"
            where = self._where(error, src_xml)
            raise ReportTemplateError([f"情况报告模板{where}：{why}。{GUIDE}"]) from error
        except (TemplateError, TypeError, ArithmeticError, LookupError, ValueError) as error:
            where = self._where(error, src_xml)
            raise ReportTemplateError([f"情况报告模板{where}算不出来。{GUIDE}"]) from error

    def _where(self, error: BaseException, xml: str) -> str:
        """Say where the tag stands at which filling stopped."""
        numbers = [
            frame.lineno or 0
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == "<template>"
        ]
        lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", xml).split("\n")
        number = numbers[-1] if numbers else len(lines)
        line = lines[min(max(number, 1), len(lines)) - 1]
        return where_of(unescape(_MARKUP.sub("", line)), self.paragraphs)

    def fix_tables(self, xml: str) -> object:
        try:
            parse_xml(xml)
        except SyntaxError as error:  # docxtpl's own parser would drop what it cannot place
            raise ReportTemplateError([MISPLACED_PAIR]) from error
        return super().fix_tables(xml)

    def resolve_listing(self, xml: str) -> str:
        """Break lines where values do; docxtpl would take every paragraph apart to look."""
        resolved = super().resolve_listing

        def broken(found: re.Match[str]) -> str:
            return str(resolved(found[0])) if _BREAK.search(found[0]) else found[0]

        return _PARAGRAPH.sub(broken, xml)


@lru_cache(maxsize=_REMEMBERED)
def _cleaned(xml: str) -> str:
    """Give a part of a template without what Word put between the marks of its tags."""
    return str(DocxTemplate(None).patch_xml(xml))


@lru_cache(maxsize=_REMEMBERED)
def _asked_names(xml: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Give the names that a template asks for, and each attribute with the name it is asked of."""
    parsed = environment().parse(xml)
    undeclared = meta.find_undeclared_variables(parsed) - environment().globals.keys()
    attributes = [
        (node.node.name, node.attr)
        for node in parsed.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    ]
    return frozenset(undeclared), tuple(attributes)


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    """Set up the sandbox; it compiles a template once, and nothing of a rendering stays in it."""
    made = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, finalize=_as_text, extensions=[_LeftOut]
    )
    made.filters.update(FILTERS)
    compiled: Any = lru_cache(maxsize=_REMEMBERED)(made.from_string)
    made.from_string = compiled  # type: ignore[method-assign]
    return made


class _LeftOut(Extension):
    """``{% 略零 %}…{% 全零 %}…{% 略零完 %}``: what says 0 is left out when the paragraph stands."""

    tags = {"略零"}  # noqa: RUF012 - as the base class has it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Put marks around what stands between."""
        line = next(parser.stream).lineno

        def mark(character: str) -> nodes.Node:
            return nodes.Output([nodes.TemplateData(character)]).set_lineno(line)

        body = parser.parse_statements(("name:全零", "name:略零完"))
        instead: list[nodes.Node] = []
        if next(parser.stream).value == "全零":
            instead = [
                mark(OTHERWISE),
                *parser.parse_statements(("name:略零完",), drop_needle=True),
            ]
        return [mark(BEGIN), *body, *instead, mark(END)]


def _rewritten(figure: Shown, write: Callable[[Number], str]) -> str:
    return str(figure) if figure.value is None else figure.written(write(figure.value))


def _share(part: Shown, whole: Shown) -> str:
    text = share(part.value, whole.value)
    if part.use is None or whole.use is None:
        return text
    made = Made(Way.SHARE, part.value, whole.value)
    name = f"{part.use.name} 占 {whole.use.name}"
    label = f"{part.use.label}占{whole.use.label}"
    use = replace(part.use, name=name, label=label, value=made.value, measure=PERCENT, made=made)
    use = replace(use, source=f"“{part.use.label}”÷“{whole.use.label}”")
    return replace(part, use=use, is_beside=True).written(text)


def _count(listed: Sized) -> Shown | int:
    return listed.counted if isinstance(listed, ListedNames | ListedRows) else len(listed)


FILTERS: Mapping[str, Callable[..., object]] = {
    "万元": lambda figure: _rewritten(figure, ten_thousand_yuan),
    "万元数": lambda figure: _rewritten(figure, ten_thousand_yuan_bare),
    "万": lambda figure: _rewritten(figure, ten_thousands),
    "占": _share,
    "个数": _count,
}
"""What may follow a name after ``|``."""


def _as_text(value: object) -> object:
    """Make `value` harmless text: docxtpl gives tab, bell, form feed and {_{ a meaning."""
    if isinstance(value, str) and not isinstance(value, Markup):
        text = value
    elif isinstance(value, Shown | ListedNames | int | float):
        text = str(value)
    else:
        return value
    return Markup(str(escape(_CONTROLS.sub(" ", text))).replace("_", "&#95;"))  # noqa: S704 - escaped
