"""All that the calendar does, a function for each kind of task: what one does is told where it stands.

Where the settings switch the calendar off, nothing goes to units by itself. What concerns the office that
serves them (backups, word to the administrator) goes on: nobody does it by hand.
"""

from __future__ import annotations

from sheetflow.service.administrator import administrators_mail
from sheetflow.service.calendar import Kind
from sheetflow.service.digest import digests
from sheetflow.service.form_calendar import form_tasks
from sheetflow.service.leave import leave_tasks
from sheetflow.service.new_deadlines import deadline_tasks
from sheetflow.service.nightly_backup import nightly_backups

BEFORE_ALL: tuple[Kind, ...] = (nightly_backups,)
"""Done before anybody is asked what there is to tell: whoever tells of it knows how it went."""
TO_UNITS: tuple[Kind, ...] = (form_tasks, leave_tasks, deadline_tasks, digests)
KINDS = (*BEFORE_ALL, *TO_UNITS, administrators_mail)
"""The last one is asked once a pass is over: it tells of that pass."""
