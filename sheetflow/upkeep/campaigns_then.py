"""Which campaign was in force when, for whoever plays back what has happened.

An original is judged by the campaign of its day: what was accepted before a version came into force, or
before a rule was declared, is accepted still. Where a campaign was followed by another, what counted
and was not closed is measured again then, as the next pass did.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass

from sheetflow.config.kept_campaigns import Taking, open_campaign, takings
from sheetflow.context import Clock, Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.changes import measure_again


@dataclass
class CampaignsThen:
    """The campaigns of a workspace that are still to come into force, the next one first."""

    context: Context
    coming: deque[Taking]

    @classmethod
    def from_the_beginning(cls, context: Context) -> CampaignsThen:
        """Let the campaign be in force with which the workspace began."""
        coming = deque(takings(context.workspace.campaigns))
        then = cls(context, coming)
        if coming and coming[0].instead_of:
            then._go_by(coming[0].instead_of)
        elif coming:
            then._take(coming.popleft())
        return then

    def up_to(self, moment: dt.datetime | None) -> None:
        """Let come into force, each at its own moment, what was taken into use by then; None: all."""
        while self.coming and (moment is None or _at(self.coming[0]) <= moment):
            self._take(self.coming.popleft())

    def _take(self, taking: Taking) -> None:
        clock, self.context.clock = self.context.clock, Clock(_at(taking))
        self._go_by(str(self.context.workspace.campaigns.absolute() / taking.digest))
        measure_again(self.context)
        self.context.clock = clock

    def _go_by(self, name: str) -> None:
        """Judge and measure by that campaign, unless its levels are others than the list's."""
        campaign = open_campaign(name)
        if campaign.levels.names == self.context.tree.levels.names:
            self.context.go_by(name, campaign)


def _at(taking: Taking) -> dt.datetime:
    moment = dt.datetime.fromisoformat(taking.at)
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)
