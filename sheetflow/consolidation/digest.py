"""What one superior is told of a form's period at half past eight: what came, what is late, what waits for it.

Units directly below are named, those further down counted. This module refuses to say when it is told,
and quotes nothing of any workbook.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.matters import Awaiting
from sheetflow.consolidation.states import BoardRow, State, Tally
from sheetflow.units import OWN_LEVEL, Unit

_MOST_NAMED = 20
NO_MAIL = "没有邮箱"
"""Said of whom no letter reaches: somebody has to ring."""


def late_key(books: Books, row: BoardRow) -> str:
    """Give what is kept of a unit whose superior knows it to be late, as `DigestPart.to_keep` does."""
    return f"{key_of(books)}.{row.unit.unit_id}"


def key_of(books: Books) -> str:
    """Tell form and period, as `DigestPart.key` does."""
    return f"{books.form.key}.{books.period.period_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPart:
    """One superior's view of one form's period, since the last time.

    `rows` are the units below it that must report. `key` tells form and period, `told` is what the reader
    was told the last time, as `to_keep` has it. `fresh` and `corrected` are the ids of those whose
    workbook was accepted, for the first time and anew, `mended` of those of them who mended a return; `waiting` is what waits for its decision.
    """

    reader: Unit
    key: str
    label: str
    rows: Sequence[BoardRow]
    today: dt.date
    told: Collection[str] = ()
    fresh: Collection[str] = ()
    corrected: Collection[str] = ()
    mended: Collection[str] = ()
    waiting: Sequence[Awaiting] = ()
    above_word: str = ""
    """The level of the unit above the reader, for what that one asks."""

    @property
    def late(self) -> tuple[BoardRow, ...]:
        """Who was not in at its deadline and is not yet, without leave to be late."""
        return tuple(
            row
            for row in self.rows
            if row.overdue and not (row.excused_until and row.excused_until >= self.today)
        )

    @property
    def to_be_called(self) -> tuple[BoardRow, ...]:
        """Who is late right below the reader: it is for the reader to ring."""
        return tuple(row for row in self.late if self._is_direct(row))

    @property
    def missing(self) -> tuple[BoardRow, ...]:
        """Who is not in."""
        return tuple(row for row in self.rows if not row.state.is_in)

    @property
    def is_complete(self) -> bool:
        """Whether all are in since something of the last time (收齐)."""
        below = {row.unit.unit_id for row in self.rows}
        return bool(self.rows) and not self.missing and not below.isdisjoint(self.fresh)

    @property
    def pressing(self) -> frozenset[str]:
        """The units directly below that are not in and have only today left; nothing presses who mends (退回修改)."""
        return frozenset(
            row.unit.unit_id
            for row in self.missing
            if self._is_direct(row)
            and not row.mending
            and row.deadline
            and row.deadline.date() == self.today
        )

    def _is_direct(self, row: BoardRow) -> bool:
        return row.unit.parent == self.reader.unit_id

    @property
    def is_news(self) -> bool:
        """Whether something needs the reader that was not so the last time."""
        return self.is_complete or not self.to_keep.issubset(self.told)

    @property
    def to_keep(self) -> frozenset[str]:
        """What is no news the next time: who directly below is late, and what waits by its 编号."""
        late = {f"{self.key}.{row.unit.unit_id}" for row in self.to_be_called}
        return frozenset(late | {each.number for each in self.waiting})

    def lines(self) -> Iterator[str]:
        """Say all of it, a line for each thing; nothing where nothing is to be said."""
        said = [
            *self._named("新报", {*self.fresh} - {*self.mended}),
            *self._named("退回修改", self.mended),
            *self._named("更正", {*self.corrected} - {*self.mended}),
            *self._named("逾期未报", {row.unit.unit_id for row in self.late}),
            *self._named("今天截止，还没有报", self.pressing),
            *self._waiting(),
        ]
        if said:
            tally = Tally.of(self.rows)
            # Who has handed in nothing needs no word: it is the rest.
            open_ = [f"，{each.label}{n}个" for each, n in tally.out if each is not State.MISSING]
            whole = "，已收齐" if self.is_complete else "".join(open_)
            yield f"{self.label}：应报{tally.expected}个，已报{tally.reported}个{whole}"
            yield from said

    def _named(self, word: str, unit_ids: Collection[str]) -> Iterator[str]:
        found = [row for row in self.rows if row.unit.unit_id in unit_ids]
        direct = [row for row in found if self._is_direct(row)]
        parts = [self._names(direct)] if direct else []
        if further := len(found) - len(direct):
            parts.append(f"{'另有' if direct else ''}再下级{further}个")
        if parts:
            yield f"{word}：{'，'.join(parts)}"

    def _waiting(self) -> Iterator[str]:
        counts = Counter(each.matter for each in self.waiting)
        said = (
            f"{matter.label.format(above=self.above_word)}{count}件"
            for matter, count in counts.items()
        )
        if counts:
            yield f"等你单位办理：{'、'.join(said)}"

    def _names(self, rows: Sequence[BoardRow]) -> str:
        """List the first names, with where a unit stands that is not in and did send something: 历下区（退回待改）."""
        named = [
            row.unit.name + OWN_LEVEL * row.own + (f"（{said}）" if said else "")
            for row in rows[:_MOST_NAMED]
            for said in ("，".join(self._besides(row)),)
        ]
        return "、".join(named) + (f"等{len(rows)}个" if len(rows) > _MOST_NAMED else "")

    def _besides(self, row: BoardRow) -> Iterator[str]:
        if said := _NOT_SAID.get(row.state, row.state.label):
            yield said
        if not row.state.is_in and not row.unit.mails_on(self.today):
            yield NO_MAIL


_NOT_SAID: Mapping[State, str] = {State.MISSING: "", State.ACCEPTED: "", State.NIL: ""}
