"""Filling a Word template: its sandbox, its filters, and what is wrong with one edited badly.

It refuses to know what the names mean: they are handed in. A template is filled once, and values
are never read as template.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import replace
from functools import lru_cache
from html import unescape
from typing import Any, cast

from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.parser import parse_xml
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import (
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from sheetflow.consolidation.report_data import Number, Way
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting.template_values import (
    PERCENT,
    ListedNames,
    Made,
    Named,
    Shown,
    fault_in,
    share,
    ten_thousand_yuan,
    ten_thousand_yuan_bare,
    ten_thousands,
    unknown_name,
)

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_DELIMITER = re.compile(r"\{\{|\}\}|\{%|%\}")
_HALF_OPENED = re.compile(r"(?<![{%])\{(?![{%#])[^{}]*\}\}")
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
        document = _StrictTemplate(io.BytesIO(template))
        document.init_docx()
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise ReportTemplateError([NOT_A_TEMPLATE]) from error
    drawn = {
        name: InlineImage(document, io.BytesIO(png), width=_PICTURE_WIDTH)
        for name, png in pictures.items()
    }
    # Office programs write the template's own properties; none of them is a template of ours.
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        setattr(document.docx.core_properties, name, "")
    try:
        document.render({**names, "图": defaultdict(str, drawn)}, _environment(), autoescape=True)
    except TemplateSyntaxError as error:
        raise ReportTemplateError([_syntax_fault(error)]) from error
    except UndefinedError as error:
        quoted = re.findall(r"'([^']+)'", error.message or "")
        name = quoted[-1] if quoted else ""
        fault = f"情况报告模板中没有“{name}”这个名称。请对照《模板说明》在 Word 里改正。"
        raise ReportTemplateError([fault]) from error
    except (TemplateError, TypeError, ArithmeticError, LookupError, ValueError) as error:
        raise ReportTemplateError(
            ["情况报告模板中有算不出来的标签。请对照《模板说明》检查最近改过的 {{ }} 和 {% %}。"]
        ) from error
    return cast("Document", document.docx)


class _StrictTemplate(DocxTemplate):  # type: ignore[misc]  # docxtpl tells no types
    """A docxtpl template that names every unknown name at once and never repairs silently."""

    def patch_xml(self, src_xml: str) -> str:
        if place := _unpaired(src_xml):  # docxtpl would drop what stands between two halves
            fault = (
                f"情况报告模板“{place[:60]}”附近的标签写得不完整：{{{{ }}}} 和 {{% %}} 要成对，"
                "同一个标签要在同一段里。请对照《模板说明》改正。"
            )
            raise ReportTemplateError([fault])
        return _cleaned(src_xml)

    def render_xml_part(
        self,
        src_xml: str,
        part: object,
        context: dict[str, object],
        jinja_env: SandboxedEnvironment,
    ) -> str:
        faults = list(_unknown_names(src_xml, context))
        if faults:
            raise ReportTemplateError(faults)
        return str(super().render_xml_part(src_xml, part, context, jinja_env))

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
def _unpaired(xml: str) -> str:
    """Give the text around the first tag that is not closed in its paragraph, or not opened."""
    for paragraph in _PARAGRAPH.findall(xml):
        text = unescape(_MARKUP.sub("", paragraph))
        begun = -1
        for found in _DELIMITER.finditer(text):
            if found[0] in {"{{", "{%"}:
                if begun >= 0:
                    return text[begun:]
                begun = found.start()
            else:
                begun = -1
        if begun >= 0:
            return text[begun:]
        if half := _HALF_OPENED.search(text):
            return half[0]
    return ""


@lru_cache(maxsize=_REMEMBERED)
def _cleaned(xml: str) -> str:
    """Give a part of a template without what Word put between the marks of its tags."""
    return str(DocxTemplate(None).patch_xml(xml))


def _unknown_names(xml: str, context: Mapping[str, object]) -> Iterator[str]:
    undeclared, attributes = _asked_names(xml)
    for name in sorted(undeclared - context.keys()):
        yield unknown_name(_tag_with(xml, name), name, context)
    for name, attribute in attributes:
        family = context.get(name)
        if isinstance(family, Named) and (fault := fault_in(family, attribute)):
            yield fault


@lru_cache(maxsize=_REMEMBERED)
def _asked_names(xml: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Give the names that a template asks for, and each attribute with the name it is asked of."""
    environment = _environment()
    parsed = environment.parse(xml)
    undeclared = meta.find_undeclared_variables(parsed) - environment.globals.keys()
    attributes = [
        (node.node.name, node.attr)
        for node in parsed.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    ]
    return frozenset(undeclared), tuple(attributes)


def _tag_with(xml: str, name: str) -> str:
    for tag in _TAG.findall(xml):
        if name in tag:
            return _MARKUP.sub("", tag)
    return name


def _syntax_fault(error: TemplateSyntaxError) -> str:
    unknown = re.match(r"No (?:filter|test) named '(.+)'", error.message or "")
    if unknown:
        return (
            f"情况报告模板中的“|{unknown[1]}”：没有这种写法。可用的有 |万元、|万元数、|万、"
            "|占(…)、|个数。请对照《模板说明》改正。"
        )
    lines = list(getattr(error, "docx_context", ()))
    place = lines[min(3, error.lineno - 1)].strip() if lines else ""
    where = f"“{place[:60]}”附近" if place else ""
    return (
        f"情况报告模板{where}的标签写得不完整：{{{{ }}}} 和 {{% %}} 要成对，"
        "for 要有 endfor，if 要有 endif。请对照《模板说明》改正。"
    )


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    """Set up the sandbox; it compiles a template once, and nothing of a rendering stays in it."""
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, finalize=_as_text
    )
    environment.filters.update(FILTERS)
    compiled: Any = lru_cache(maxsize=_REMEMBERED)(environment.from_string)
    environment.from_string = compiled  # type: ignore[method-assign]
    return environment


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
    return replace(part, use=use).written(text)


def _count(listed: Sized) -> Shown | int:
    return listed.counted if isinstance(listed, ListedNames) else len(listed)


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
