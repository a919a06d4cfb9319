"""选项 into the lists that columns offer, each with what was retired and how options were written before."""

from __future__ import annotations

from sheetflow.definition.desk import Desk, Span
from sheetflow.schemas.cells import Choice
from sheetflow.schemas.likely import same

_TABLE = "选项"
_NOT_IN_OPTIONS = "、,，;；"


class _List:
    """The rows of one list, in their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spans: dict[str, Span] = {}
        self.older: dict[str, str] = {}
        self.cells: dict[str, str] = {}

    def choice(self) -> Choice:
        """Give what a column of the list offers: those that came or went say in which versions."""
        return Choice(
            options=tuple(self.spans),
            older=tuple(self.older.items()),
            spans=tuple(
                (word, span.since, span.until)
                for word, span in self.spans.items()
                if span != Span()
            ),
            listed_as=self.name,
        )


def read_options(desk: Desk) -> None:
    """Read every list; one may stand in several blocks."""
    lists: dict[str, _List] = {}
    for line in desk.tables.of(_TABLE):
        name, option = line.required("list"), line.required("option")
        if not (name and option):
            desk.breaks(name, option)
        if not (name and option):
            continue
        found = lists.setdefault(same(name), _List(name))
        if wrong := next((char for char in _NOT_IN_OPTIONS if char in option), ""):
            line.fault("option", f"选项里不能有“{wrong}”：多选的各项就用它分开。")
        for word in (option, *line.several("older")):
            field_name = "option" if word == option else "older"
            if cell := found.cells.get(same(word)):
                line.fault(field_name, f"“{name}”已有“{word}”（{cell}）。同一选项单里不能重复。")
            found.cells.setdefault(same(word), line.spot("option").cell)
        found.spans.setdefault(option, desk.span(line))
        found.older.update(dict.fromkeys(line.several("older"), option))
    for key, found in lists.items():
        desk.lists[key] = found.choice()
