"""Many publications, each for itself: one that fails, by whatever fault, stops none of the others.

This module owns what is done about such a fault: a sentence for whoever asked, and on the
mark, which stays. It refuses to know how anything is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sheetflow.context.context import LOG, Office
from sheetflow.errors import (
    ObstructedError,
    SheetflowError,
    StoreDamagedError,
    TemporaryError,
    describe,
)
from sheetflow.service.publish import Order, announced, draft, place
from sheetflow.store.records import Publication, Stale, StaleMark

Made = TypeVar("Made")
Key = TypeVar("Key", bound=Stale)


@dataclass
class Attempts:
    """How many files were published, and a sentence for each that was not."""

    office: Office
    published: int = 0
    faults: list[str] = field(default_factory=list)
    errors: list[SheetflowError] = field(default_factory=list)
    """All that was met, what stands in a unit's own way too: that is no fault of ours."""
    untold: dict[int, str] = field(default_factory=dict)
    """Why what a mark asks for could not be made, by its number; `record` keeps it."""

    def record(self) -> None:
        """Have the store keep what stood in the way: `status` tells it while it lasts."""
        if self.untold:
            self.office.store.publications.record_troubles(self.untold)

    def attempt(self, mark: Stale, make: Callable[[], Made]) -> list[Made]:
        """Give what `make` makes, alone in a list; where it fails, none: the mark must stay."""
        step = f"{mark.unit_id} {mark.period} {mark.kind}"
        try:
            return [make()]
        except ObstructedError as trouble:
            LOG.warning("unit %s: outbox folder in trouble: %s", mark.unit_id, trouble.code)
            self._keep(mark, trouble)
        except TemporaryError as trouble:
            LOG.warning("unit %s: %s not published yet: %s", mark.unit_id, mark.kind, trouble.code)
            self._keep(mark, trouble)
        except StoreDamagedError:
            raise
        except SheetflowError as error:
            LOG.error("%s could not be made: %s", step, error)
            self._keep(mark, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            LOG.error("%s met a fault of ours: %s", step, describe(error))
            self._keep(mark, SheetflowError("程序出错，详见日志。"))
        return []

    def publish(
        self, wanted: Iterable[tuple[Key, Sequence[Order]]]
    ) -> list[tuple[Key, list[Publication]]]:
        """Publish what is wanted for each mark; give those that lie there now, to be recorded.

        All of it is announced in one commit, and waits for the disk together.
        """
        drafted = [
            (mark, made)
            for mark, orders in wanted
            for made in self.attempt(mark, partial(draft, self.office, orders))
        ]
        with announced(self.office, [entry for _, made in drafted for entry in made]):
            placed = [
                (mark, done)
                for mark, made in drafted
                for done in self.attempt(mark, partial(place, self.office, made))
            ]
        self.published += sum(len(done) for _, done in placed)
        return placed

    def _keep(self, mark: Stale, trouble: SheetflowError) -> None:
        if isinstance(mark, StaleMark):
            self.untold[mark.mark_id] = str(trouble)
        if not isinstance(trouble, ObstructedError):
            self.faults.append(str(trouble))
        self.errors.append(trouble)
