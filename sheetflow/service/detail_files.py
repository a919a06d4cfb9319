"""明细_….xlsx: the rows of each one directly below, in a workbook of its own, where they are too many for one.

They lie beside the 汇总表 of a unit with very many below, belong to it, and are made with it; one whose rows are as they
were is left alone, one that holds nothing any longer is withdrawn. This module refuses to say when rows are too many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sheetflow.consolidation.contents import DetailFile
from sheetflow.consolidation.detail_rows import sources
from sheetflow.context import Context
from sheetflow.context.paths import details_path, is_details, rollup_paths
from sheetflow.publishing.outbox import Beside, place_for
from sheetflow.service.consolidated import Finish, begin_detail_file
from sheetflow.service.declarations import declared
from sheetflow.service.files_up import withdraw
from sheetflow.service.nodes import Nodes
from sheetflow.service.publish import Order, basis_of, is_made_from, is_there, ours_at
from sheetflow.store.records import Publication, PublicationKind, Stale

_IN_HAND = 2
_UnderWay = tuple[Path, str, Finish]


@dataclass(frozen=True)
class DetailFiles:
    """The workbooks of one mark's unit, form and period: which there were, and which there are now."""

    context: Context
    mark: Stale
    known: Mapping[str, Publication]
    orders: list[Order] = field(default_factory=list)

    @property
    def are_there(self) -> bool:
        """Whether all that were published lie there, and none beside a name that is free again."""
        outbox = self.context.workspace.outbox
        return all(
            is_there(self.context, outbox / entry.current)
            and (entry.beside_for != Beside.HERS or self._place(outbox / entry.path) != entry.path)
            for entry in self.known.values()
        )

    def make(self, nodes: Nodes) -> tuple[DetailFile, ...]:
        """Make those whose rows have changed, few at once, and withdraw those that hold nothing any longer."""
        context, mark = self.context, self.mark
        unit, form = context.tree[mark.unit_id], context.form(mark.form)
        period, policy = form.period(mark.period), context.policy(unit.level)
        under_way: deque[_UnderWay] = deque()
        listed: list[DetailFile] = []
        needed: set[str] = set()
        for part in context.tree.children(unit.unit_id):
            books = nodes.listing(part, mark.form, mark.period, unit)
            standing = sources(books, unit)
            path = details_path(context, unit, part, period, form)
            basis = basis_of(
                declared(context, form, PublicationKind.CONSOLIDATED),
                standing,
                [books.tree[each.unit_id] for each in standing],
                policy.digest,
            )
            known = self.known.get(context.relative(path))
            needed |= {path.name} if standing else set()
            if not standing or is_made_from(context, path, basis, known):
                listed.append(DetailFile(part, path.name if standing else ""))
                continue
            listed.append(DetailFile(part, Path(self._place(path)).name))
            _, finish = begin_detail_file(context, books, unit, part)
            under_way.append((path, basis, finish))
            if len(under_way) > _IN_HAND * context.pool_size:
                self._end(*under_way.popleft())
        while under_way:
            self._end(*under_way.popleft())
        gone = [entry for path, entry in self.known.items() if Path(path).name not in needed]
        (workbook,) = rollup_paths(context, mark.kind, unit, period, form)
        withdraw(context, gone, instead=context.relative(workbook))
        return tuple(listed)

    def _place(self, path: Path) -> str:
        """Tell where the workbook of that name lies, or will: a person's is in its place."""
        name = self.context.relative(path)
        return self.context.relative(
            place_for(path, ours_at(self.context, name, self.mark.unit_id))
        )

    def _end(self, path: Path, basis: str, finish: Finish) -> None:
        if content := finish():
            self.orders.append(Order(path, content, self.mark, basis))


def find_detail_files(context: Context, mark: Stale) -> DetailFiles:
    """Find those that were published for the mark's unit, form and period."""
    return DetailFiles(
        context,
        mark,
        {
            entry.path: entry
            for entry in context.store.publications.find_publications(mark.unit_id, mark.period)
            if entry.kind is PublicationKind.CONSOLIDATED
            and entry.form == mark.form
            and is_details(entry.path)
        },
    )
