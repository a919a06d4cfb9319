"""The lists of 选项: each once, however many columns offer it, under a name that tells it from the others.

This module owns what a list is called where nobody named it. It refuses to know what an option means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from sheetflow.definition.exporting.sayable import Saying, Unsaid
from sheetflow.definition.layout import Row
from sheetflow.definition.meanings import NO, YES
from sheetflow.schemas.forms import Form
from sheetflow.schemas.likely import same
from sheetflow.schemas.options import Choice, Choices

_YES_OR_NO = "是否"
_BETWEEN = "、,，;；\n"

Offered = Choice | Choices
_Content = tuple[tuple[str, ...], tuple[str, ...], tuple[object, ...], tuple[object, ...]]


def _content(offered: Offered) -> _Content:
    return offered.options, offered.retired, offered.older, offered.spans


@dataclass
class OptionLists:
    """All lists of a campaign by name, in the order in which its columns first offer them."""

    lists: dict[str, Offered] = field(default_factory=dict)
    _names: dict[tuple[str, _Content], str] = field(default_factory=dict)
    _unnamed: dict[_Content, str] = field(default_factory=dict)

    @classmethod
    def of(cls, forms: Iterable[Form]) -> OptionLists:
        """Gather and name the lists of all columns."""
        found = cls()
        for form in forms:
            for sheet in form.sheets:
                for column in sheet.declared:
                    if isinstance(column.type, Offered):
                        found._take(column.type, column.label, sheet.title)
        return found

    def name(self, offered: Offered) -> str:
        """Give the name of the list that a column offers."""
        content = _content(offered)
        return self._names.get((offered.listed_as, content)) or self._unnamed[content]

    def _take(self, offered: Offered, label: str, title: str) -> None:
        content = _content(offered)
        if (offered.listed_as, content) in self._names:
            return
        if not offered.listed_as and content in self._unnamed:
            return
        usual = _YES_OR_NO if offered.options == (YES, NO) and not offered.retired else label
        name = self._free(offered.listed_as or usual, title)
        self.lists[name] = offered
        self._names[offered.listed_as, content] = name
        self._unnamed.setdefault(content, name)

    def _free(self, name: str, title: str) -> str:
        """Give a name that no other list bears: 状态, 状态（联系点）, 状态（联系点2）."""
        taken = set(map(same, self.lists))
        tries = (name, f"{name}（{title}）", *(f"{name}（{title}{n}）" for n in range(2, 1000)))
        return next(each for each in tries if same(each) not in taken)

    def rows(self, unsaid: Unsaid) -> Iterator[Row]:
        """Give a row for each option, a list's own together."""
        for name, offered in self.lists.items():
            spans = {option: (since, until) for option, since, until in offered.spans}
            try:
                ordered = self._in_order(offered)
            except CycleError:
                unsaid.add(f"选项单“{name}”", "选项的先后各处不一样")
                continue
            for option in ordered:
                saying = Saying(f"选项单“{name}”的“{option}”", unsaid, {"list": name})
                if set(option) & set(_BETWEEN):
                    saying.refuse("选项里有把几项分开的标点")
                saying.put("option", option)
                saying.several("older", (old for old, new in offered.older if new == option))
                since, until = spans.get(option, (1, None))
                saying.put("since", since, 1)
                saying.put("until", None if until is None else until + 1)
                if option in offered.retired:
                    saying.refuse("停用了，没有写明从第几版起")
                yield saying.row

    @staticmethod
    def _in_order(offered: Offered) -> tuple[str, ...]:
        """Give all options so that those offered, those retired and those with versions keep their order."""
        told = tuple(option for option, _, _ in offered.spans)
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for chain in (offered.options, offered.retired, told):
            for option in chain:
                sorter.add(option)
            for before, after in pairwise(chain):
                sorter.add(after, before)
        return tuple(sorter.static_order())
