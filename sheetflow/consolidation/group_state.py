"""How what stands under one name stands, in the words of a column: 已报5/6（待市级验收2个）."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sheetflow.consolidation.states import CARRIED, BoardRow, State, Tally, not_passed_by
from sheetflow.schemas.review import Passing


@dataclass(frozen=True, slots=True)
class GroupState:
    """How what stands under one name stands: one unit, or a unit with all below it.

    `word` says it: a unit's state, of a group how many of it are in (已报5/6); empty where nobody
    must report. `is_current`: somebody is in whose figures count; `is_carried`: figures of somebody of
    whom none counts are 沿用.
    """

    word: str = ""
    is_plain: bool = True
    """Everybody is in, with a report of what was done."""
    is_current: bool = True
    is_carried: bool = False
    is_alone: bool = True
    unpassed: tuple[str, ...] = ()
    """What is to be said of figures that were not let pass: 市级未验收2个."""

    @classmethod
    def of(cls, rows: Iterable[BoardRow], *, alone: bool, reader: str = "") -> GroupState:
        """Sum up where units stand; `alone`: it is one unit, and the name is its own.

        What is for `reader` (a level) to let pass is not said to it again.
        """
        listed = list(rows)
        groups = [row.group for row in listed if row.group]
        tally = Tally.of(listed)
        only = listed[0].state if alone and not listed[0].group else None
        unpassed = Counter(row.unpassed for row in listed if row.unpassed)
        for group in groups:
            unpassed.update(group.withheld)
            unpassed.update({w: n for w, n in group.unpassed.items() if w != not_passed_by(reader)})
        return cls(
            word=only.label if only else tally.share,
            is_plain=only is State.ACCEPTED if only else not tally.outstanding,
            is_current=any(
                row.group.counted if row.group else row.state.is_in and row.is_counted
                for row in listed
            ),
            is_carried=any(row.carried for row in listed),
            is_alone=only is not None,
            unpassed=tuple(f"{word}{number}个" for word, number in unpassed.items()),
        )

    @property
    def full(self) -> str:
        """All of it in one: 退回待改（沿用）."""
        carried = self.is_carried and not self.is_current
        also = [*([CARRIED] if carried else []), *self.unpassed]
        return self.word + (f"（{'，'.join(also)}）" if also else "")

    def remark(self, *, current: bool) -> str:
        """What is to be said of figures of 本期, or of 累计, where there is little room; nothing where all are in."""
        if self.is_plain and (self.is_current or not self.unpassed):
            return ""
        carried = self.is_carried and not (current or self.is_current)
        word = Passing.WAITING.label if self.is_plain else self.word
        return CARRIED if carried else word

    def mark(self, *, current: bool) -> str:
        """The same, and what was not let pass, as it stands behind a name."""
        word = self.remark(current=current)
        told = "，".join((*([word] if word and not self.is_plain else []), *self.unpassed))
        return f"（{told}）" if told else ""
