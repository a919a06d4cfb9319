"""All that the calendar does, a function for each kind of task: what one does is told where it stands."""

from __future__ import annotations

from sheetflow.service.administrator import administrators_mail
from sheetflow.service.calendar import Kind
from sheetflow.service.digest import digests
from sheetflow.service.form_calendar import form_tasks
from sheetflow.service.nightly_backup import nightly_backups

KINDS: tuple[Kind, ...] = (
    form_tasks,
    nightly_backups,
    digests,
    administrators_mail,
)
