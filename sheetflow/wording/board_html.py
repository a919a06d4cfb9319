"""上报情况.html: the board as one page that needs no server.

Owns the plain data of the page and its rendering from a template handed in. Refuses to
link anywhere but into the folder in which the page lies: a path with a scheme, a leading
slash or ``..`` is an error of ours, and never reaches the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z][A-Za-z0-9+.-]*:|(^|[/\\])\.\.([/\\]|$)")


@dataclass(frozen=True, slots=True)
class PageCell:
    """One unit in one period: the state's key and word, receipt, counts of findings."""

    state: str
    word: str
    receipt: str = ""
    must: int = 0
    verify: int = 0
    note: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUnit:
    """One line: a unit, the group by which it is filtered, its depth, a cell for each period.

    `within` names its superior, where that is not the page's own unit.
    """

    unit_id: str
    name: str
    group: str
    depth: int
    cells: tuple[PageCell | None, ...]
    within: str = ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A file in the page's own folder; raise ValueError for a path that leads elsewhere."""

    label: str
    path: str

    def __post_init__(self) -> None:
        """Refuse what is not a path inside the folder."""
        if _OUTSIDE.search(self.path) or not self.path:
            raise ValueError(f"not inside the page's folder: {self.path!r}")

    @property
    def href(self) -> str:
        """The path as an address; ``./`` keeps the first part from reading as a scheme."""
        return "./" + quote(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePeriod:
    """One column: its label, its standing in one sentence, whom to remind, its files."""

    period_id: str
    label: str
    standing: str
    counts: Mapping[str, int]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[PageLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """All that 上报情况.html shows.

    `groups` are (key, name) to filter by; `states` are (key, word, colour). `missing` of a
    period is by group name.
    """

    title: str
    unit_name: str
    stamp: str
    current: str
    units: tuple[PageUnit, ...]
    periods: tuple[PagePeriod, ...]
    groups: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str, str], ...]
    waiting: tuple[str, ...] = ()
    """What waits for a decision, a sentence each."""


def render_board_html(page: BoardPage, template: str) -> str:
    """Render the page; every text is escaped, and the page asks for nothing from outside."""
    return _environment().from_string(template).render(page=page)


def board_fault(template: str) -> tuple[str, ...]:
    """Try a template on sample pages; say, where it fails, what is wrong with it."""
    try:
        for page in _SAMPLES:
            render_board_html(page, template)
    except TemplateSyntaxError as error:
        return (f"第{error.lineno}行附近的符号不成对或写法不对。请对照默认模板改正。",)
    except UndefinedError:
        return ("里有不认识的名称：两个大括号里的名称可能被改动了。请对照默认模板改正。",)
    except CANNOT_BE_FILLED:
        return ("里有算不出来的内容。请对照默认模板改正。",)
    return ()


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


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_PERIOD = PagePeriod(
    period_id="2012B1",
    label="2012年1—2月",
    standing="应报1个单位。",
    counts={"missing": 1},
    missing=(("", ("单位",)),),
    links=(PageLink("汇总表", "2012B1/汇总表.xlsx"),),
)
_UNIT = PageUnit(
    unit_id="1", name="单位", group="1", depth=0, cells=(PageCell("missing", "未报"), None)
)
_SAMPLE = BoardPage(
    title="活动",
    unit_name="单位",
    stamp="2012-03-05 09:00",
    current="2012B1",
    units=(_UNIT,),
    periods=(_PERIOD, replace(_PERIOD, period_id="2012B2", counts={}, missing=(), links=())),
    groups=(("1", "单位"),),
    states=(("missing", "未报", "#F8B4B0"),),
    waiting=("1 单位 第1号等待核实。",),
)
_SAMPLES = (_SAMPLE, replace(_SAMPLE, units=(), groups=(), waiting=()))
