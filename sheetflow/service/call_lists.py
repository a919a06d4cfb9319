"""电话催报单_….xlsx: for whoever has units right below that are late, made when they are urged.

It shows who is 逾期 by the moment that boards go by, and the numbers that the reader may see; no mail
encloses it. Once it lies there it follows its reader's board. When it was drawn up stands on it, and is no
reason to make it anew.
"""

from __future__ import annotations

import datetime as dt

from sheetflow.consolidation.contacts import contacts_of
from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.direct_books import direct_books
from sheetflow.service.publish import Made, Making, Order, basis_of, is_fresh
from sheetflow.service.reminding import calls_path
from sheetflow.store.records import Stale
from sheetflow.writing.call_list import heading_of, write_call_list


def begin_calls(context: Context, mark: Stale) -> Making | None:
    """Begin the list of one superior, form and period; None where just this one lies there."""
    form, unit = context.form(mark.form), context.tree[mark.unit_id]
    period = form.period(mark.period)
    books = direct_books(context, form, period, unit)
    below = [one for one in books.expected(unit) if one.parent == unit.unit_id]
    rows = [row for row in map(books.board_row, below) if row.overdue]
    contacts = contacts_of(books, below, context.policy(unit.level))
    shown = {row.unit.unit_id: contacts.get(row.unit.unit_id, ("", "")) for row in rows}
    path = calls_path(context, unit, form, period)
    office = context.office_of(unit)
    basis = basis_of(form.title, period, office, rows, shown)
    if is_fresh(context, path, basis):
        return None
    days = [row.deadline.astimezone(OFFICE_ZONE).date() for row in rows if row.deadline]
    heading = heading_of(office, max(days, default=None))
    stamp = dt.datetime.combine(period.last_day, dt.time(), OFFICE_ZONE)
    title = f"{unit.name}所属单位{period.label}《{form.title}》电话催报单"
    content = write_call_list(title, heading, rows, shown, stamp, context.clock.now())
    return Making(None, lambda: Made((Order(path, content, mark, basis),)))
