"""上报情况.html: the board as one page that needs no server.

Owns the plain data of the page and its rendering from a template handed in. Refuses to
link anywhere but into the folder in which the page lies: a path with a scheme, a leading
slash or ``..`` is an error of ours, and never reaches the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from jinja2 import StrictUndefined
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

    `within` names the group where the unit's own name may stand more than once.
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


def render_board_html(page: BoardPage, template: str) -> str:
    """Render the page; every text is escaped, and the page asks for nothing from outside."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template).render(page=page)
