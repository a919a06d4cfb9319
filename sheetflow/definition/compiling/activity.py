"""活动 into what a campaign says of itself: one item a row, found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.compiling.report import Limits
from sheetflow.definition.faults import Spot
from sheetflow.definition.keys import derived_key
from sheetflow.definition.layout import ACTIVITY, Part
from sheetflow.definition.lines import Cell, Line
from sheetflow.definition.meanings import ASKED
from sheetflow.findings import Severity
from sheetflow.schemas.campaign import FormHead
from sheetflow.schemas.likely import find, is_it, likely, may_be

_ITEMS = Part(ACTIVITY.title, ACTIVITY.tab, "", ACTIVITY.items)
"""The items as if each were a column: so they are read as any other row is."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """What 活动 says, with the defaults of what it leaves out; `line` has the cells."""

    line: Line
    title: str = ""
    key: str = ""
    source: str = ""
    organiser: str = ""
    contact: str = ""
    head: FormHead = field(default_factory=FormHead)
    money_scale: Severity | None = Severity.NOTE
    limits: Limits = field(default_factory=Limits)


def read_items(desk: Desk) -> Items:
    """Read 活动."""
    line = Line(_ITEMS, 0, _cells(desk), desk.faults)
    title, key = line.name("title"), line.name("key")
    lines = desk.tables.of(ACTIVITY.title)
    strange = any(not each.is_sound("item") for each in lines)
    known = desk.tables.has(ACTIVITY.title) and not strange
    if known and not title and line.is_sound("title"):
        spot = line.spot("title")
        desk.faults.add(spot, "活动要有名称，请在“活动名称”那一行的“内容”里填写。")
    if key and not key.replace("_", "").isalnum():
        line.fault("key", f"代码“{key[:20]}”只能用字母、汉字、数字和下划线。一般不用填。")
    usual = Limits()
    limits = Limits(
        **{
            name: usual_value if (typed := line.whole(name)) is None else typed
            for name, usual_value in vars(usual).items()
        }
    )
    if limits.shortest >= limits.longest:
        line.fault(
            "longest" if line.filled("longest") else "shortest", "引用最多字数应大于最少字数。"
        )
    names = ("number", "issuer", "document_number", "valid_until")
    return Items(
        line=line,
        title=title,
        key=key or derived_key(title),
        source=line.text("source"),
        organiser=line.text("organiser"),
        contact=line.text("contact"),
        head=FormHead(**{name: line.text(name) for name in names}),
        money_scale=line.one_of("money_scale", ASKED, Severity.NOTE, "说法"),
        limits=limits,
    )


def _cells(desk: Desk) -> Mapping[str, Cell]:
    """Find the cell of each item; an item that is left out has none."""
    sheet = desk.tables.spots.get(ACTIVITY.title, Spot(sheet=ACTIVITY.title)).sheet
    found = {entry.name: Cell(Spot(sheet=sheet, header=entry.header)) for entry in ACTIVITY.items}
    by_header = {entry.header: entry.name for entry in ACTIVITY.items}
    seen: dict[str, str] = {}
    for line in desk.tables.of(ACTIVITY.title):
        typed = line.name("item", 60)
        if not typed:
            if line.filled("value") and line.is_sound("item"):
                line.fault("item", "没有写是哪一项，请填“项目”，或删掉这一行。")
            continue
        header = find(typed, by_header)
        if header is None:
            meant = likely(typed, by_header)
            told = f"没有“{typed[:20]}”这个项目{is_it(meant)}{may_be(by_header)}"
            line.fault("item", told, meant)
        elif header in seen:
            line.fault("item", f"“{header}”已有一行（{seen[header]}），请删掉一行。")
        else:
            seen[header] = line.spot("item").cell
            cell = line.cells["value"]
            spot = replace(cell.spot, header=header)
            found[by_header[header]] = replace(cell, spot=spot)
    return found
