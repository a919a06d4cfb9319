"""A campaign as it follows the one in force: what its workbook leaves open is decided against that.

An option that is new, and says not since when, is one of the new version: workbooks that are out there do not
offer it, and no figure of before looks as if it were measured otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Sheet


def version_of(campaign: Campaign) -> int:
    """Give the number of a campaign's version in hand."""
    if campaign.versions:
        return campaign.versions[-1].number
    return max(form.version for form in campaign.forms)


def following(new: Campaign, old: Campaign) -> Campaign:
    """Give `new` with every new option of the version with which it comes."""
    version = version_of(new)
    forms = tuple(_form(form, old.by_key.get(form.key), version) for form in new.forms)
    return new if forms == new.forms else replace(new, forms=forms)


def _form(form: Form, then: Form | None, version: int) -> Form:
    if then is None:
        return form
    sheets = tuple(_sheet(sheet, then.by_key.get(sheet.key), version) for sheet in form.sheets)
    return form if sheets == form.sheets else replace(form, sheets=sheets)


def _sheet(sheet: Sheet, then: Sheet | None, version: int) -> Sheet:
    before = {column.key: column for column in then.declared} if then else {}
    columns = tuple(_column(one, before.get(one.key), version) for one in sheet.declared)
    return sheet if columns == sheet.declared else replace(sheet, declared=columns)


def _column(column: Column, then: Column | None, version: int) -> Column:
    now, was = column.type, then.type if then else None
    if not isinstance(now, Choice | Choices) or not isinstance(was, Choice | Choices):
        return column
    told = {option for option, _, _ in now.spans}
    known = {*was.known, *(word for word, _ in was.older)}
    renamed = {option for word, option in now.older if word in known}
    since = {option: first for option, first, _ in was.spans if first > 1}
    since |= {one: version for one in now.options if one not in known and one not in renamed}
    came = [
        (option, since[option], None)
        for option in now.options
        if option not in told and since.get(option, 1) > 1
    ]
    if not came:
        return column
    spans = {span[0]: span for span in (*now.spans, *came)}
    ordered = tuple(spans[option] for option in now.known if option in spans)
    return replace(column, type=replace(now, spans=ordered))
