"""What all acts of a demo share: where it plays, what was planted, and the service's one pass after each drop."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sheetflow.config.workspace import ATTACHMENTS
from sheetflow.context import open_context
from sheetflow.demo.ground import Ground, Size
from sheetflow.demo.staging import Drop, Planted
from sheetflow.demo.tally import Answered
from sheetflow.service.one_pass import run_pass
from sheetflow.units import Unit, UnitTree

Tell = Callable[[str], None]
"""Takes one line for whoever watches."""

Word = Callable[[str], str]
"""Says an English text in the language of whoever watches."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all acts share.

    `planted` is what was spoilt so far; `answered` keeps answers that later ones take the place of,
    `moments` when something was dropped.
    """

    root: Path
    ground: Ground
    size: Size
    seed: int
    soffice: str
    folder: Path
    say: Tell
    word: Word
    planted: list[Planted] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    moments: list[dt.datetime] = field(default_factory=list)

    @property
    def tree(self) -> UnitTree:
        """The units that are there."""
        return self.ground.tree

    def tell(self, text: str, **values: object) -> None:
        """Say a line, with what is put in."""
        self.say(self.word(text).format(**values))

    def act(
        self, moment: dt.datetime, drops: Iterable[Drop], papers: Iterable[tuple[Unit, Path]] = ()
    ) -> None:
        """Drop workbooks, and papers beside them, and let the service do one pass."""
        self.moments.append(moment)
        with open_context(self.root, moment) as context:
            for drop in drops:
                shutil.copyfile(drop.path, context.workspace.inbox_of(drop.unit) / drop.path.name)
            for unit, path in papers:
                beside = context.workspace.inbox_of(unit) / ATTACHMENTS
                beside.mkdir(exist_ok=True)
                shutil.copyfile(path, beside / path.name)
            report = run_pass(context)
        self.tell(
            "{moment}: {taken} files taken: {outcomes}; {published} files published",
            moment=f"{moment:%Y-%m-%d %H:%M}",
            taken=report.taken,
            outcomes=", ".join(
                f"{number} {self.word(outcome)}"
                for outcome, number in report.outcomes.most_common()
            ),
            published=report.published,
        )
        for trouble in report.troubles:
            self.say(f"  {trouble}")
