"""All that the calendar does, a function for each kind of task: what one does is told where it stands."""

from __future__ import annotations

from sheetflow.service.administrator import administrators_mail
from sheetflow.service.calendar import Kind
from sheetflow.service.digest import digests
from sheetflow.service.form_calendar import form_tasks
from sheetflow.service.nightly_backup import nightly_backups

BEFORE_ALL: tuple[Kind, ...] = (nightly_backups,)
"""Done before anybody is asked what there is to tell: whoever tells of it knows how it went."""
TOLD: tuple[Kind, ...] = (form_tasks, digests, administrators_mail)
KINDS = (*BEFORE_ALL, *TOLD)
