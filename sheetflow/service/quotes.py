"""Whom reports quote by the office's own wish: ``[report.quotes]`` of sheetflow.toml, read by the list of units.

The left side is the reporting unit, alone or with a heading of its card of words (济南市.主要做法); the
right side are units below it, by id or name, in the order in which they are to be quoted. What
means no unit, or none below, is told in a sentence and left aside: a report never waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.consolidation.report_words import Quoted
from sheetflow.context import Context
from sheetflow.schemas.forms import Form
from sheetflow.units import Unit, UnitTree, names_told_apart

_PLACE = "sheetflow.toml 的 [report.quotes]"


def quoted_by(context: Context, unit: Unit, form: Form) -> Quoted:
    """Give whom `unit`'s report is to quote, by heading; under "" those of all headings."""
    found: dict[str, tuple[str, ...]] = {}
    for left, names in context.settings.report.quotes.items():
        whose, _, heading = left.partition(".")
        if _find(whose.strip(), context.tree, None) == [unit.unit_id]:
            matches = (_find(name, context.tree, unit) for name in names)
            found[heading.strip()] = tuple(
                one for listed in matches if len(listed) == 1 for one in listed
            )
    headings = {"", *(column.label for column in form.narrative.columns)} if form.narrative else ()
    return {heading: units for heading, units in found.items() if heading in headings}


def quote_faults(context: Context) -> tuple[str, ...]:
    """Say what in the setting means nothing, in a sentence each."""
    return tuple(
        fault
        for left, names in context.settings.report.quotes.items()
        for fault in _faults(context, left, names)
    )


def _faults(context: Context, left: str, names: tuple[str, ...]) -> list[str]:
    whose, _, heading = left.partition(".")
    place, tree = f"{_PLACE} 里“{left}”", context.tree
    reporting = _find(whose.strip(), tree, None)
    if len(reporting) != 1:
        return [f"{place}：{_why(whose.strip(), reporting)}"]
    faults = []
    headings = _headings(context)
    if heading.strip() and heading.strip() not in headings:
        listed = "、".join(headings)
        faults.append(f"{place}：没有“{heading.strip()}”这一项可以引用。可以写：{listed}。")
    unit = tree[reporting[0]]
    for name in names:
        found = _find(name, tree, unit)
        if len(found) == 1:
            continue
        if found or not _find(name, tree, None):
            faults.append(f"{place}：{_why(name, found)}")
        else:
            faults.append(f"{place}：“{name}”不是{unit.name}的下级单位，不会引用。请改正。")
    return faults


def _headings(context: Context) -> Mapping[str, None]:
    """The headings under which units below are quoted, of all forms."""
    return {
        column.label: None
        for form in context.campaign.forms
        if form.report and form.narrative
        for column in form.narrative.columns
        if column.key not in form.report.plans
    }


def _why(name: str, found: list[str]) -> str:
    if found:
        return f"叫“{name}”的单位有{len(found)}个。请写单位代码：{'、'.join(found)}。"
    return f"没有“{name}”这个单位，不会引用。请对照 units.xlsx 写单位代码或名称。"


def _find(name: str, tree: UnitTree, above: Unit | None) -> list[str]:
    """Find the units that an id or a name means, below `above` or anywhere."""
    units = list(tree.subtree(above.unit_id)) if above else list(tree)
    among = [unit for unit in units if unit != above]
    if any(unit.unit_id == name for unit in among):
        return [name]
    told = names_told_apart(units)
    called = [unit.unit_id for unit in among if told[unit.unit_id] == name]
    return called or [unit.unit_id for unit in among if unit.name == name]
