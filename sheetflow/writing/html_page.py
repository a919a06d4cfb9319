"""Pages that need no server, filled from templates that an office edits.

A template is compiled once, sandboxed, and every text is escaped. This module refuses to link out of
the folder in which the page lies, and knows no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Named = dict[str, object]
"""Values by the names that a template gives them."""

CANNOT_BE_FILLED = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""What a template that somebody edited may raise when it is filled."""

_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z][A-Za-z0-9+.-]*:|(^|[/\\])\.\.([/\\]|$)")
_MOST_COMPILED = 4


def fill_page(template: str, page: Named) -> str:
    """Fill `template`, which knows its values as ``page``."""
    return _compiled(template).render(page=page)


@lru_cache(maxsize=_MOST_COMPILED)
def _compiled(template: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template)


def page_fault(fill: Callable[[], object]) -> tuple[str, ...]:
    """Try a template by filling it with samples; say, where it fails, what is wrong with it."""
    try:
        fill()
    except TemplateSyntaxError as error:
        return (f"第{error.lineno}行附近的符号不成对或写法不对。请对照默认模板改正。",)
    except UndefinedError:
        return ("里有不认识的名称：两个大括号里的名称可能被改动了。请对照默认模板改正。",)
    except CANNOT_BE_FILLED:
        return ("里有算不出来的内容。请对照默认模板改正。",)
    return ()


def address(path: str) -> str:
    """Give a path as an address; raise ValueError for one that leads out of the page's folder.

    ``./`` keeps the first part from reading as a scheme.
    """
    if _OUTSIDE.search(path) or not path:
        raise ValueError(f"not inside the page's folder: {path!r}")
    return "./" + quote(path)
