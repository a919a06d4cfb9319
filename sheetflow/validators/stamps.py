"""Which workbook is this: its stamp, its form, its period, whose it is.

The stamp stands in the cells of a hidden sheet, with defined names as a second
copy. Where both are gone, the sheets' titles and the cover still tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetflow.findings import Finding, Place
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import read_code, read_text
from sheetflow.schemas.judging import Context, Outcome, Stamp
from sheetflow.schemas.layout import STAMP_KEYS, STAMP_NAME, STAMP_SHEET
from sheetflow.validators.sheets import FoundSheet, find_card_values, find_sheets
from sheetflow.workbook import RawWorkbook

_VERSION = re.compile("[0-9]{1,6}")
_MOST_QUOTED = 10


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the workbook turned out to be; `findings` say what stands against reading on."""

    outcome: Outcome | None
    findings: tuple[Finding, ...] = ()
    form: Form | None = None
    version: int = 0
    period: Period | None = None
    sheets: tuple[FoundSheet, ...] = ()
    named_unit: str = ""


def parse_stamp(raw: RawWorkbook) -> Stamp:
    """Read the stamp from the hidden sheet's cells, else from the defined names."""
    found: dict[str, str] = {}
    for sheet in raw.sheets:
        if sheet.title == STAMP_SHEET:
            for _, cells in sheet.numbered_rows():
                if len(cells) > 1 and cells[0] in STAMP_KEYS and cells[1] is not None:
                    found[str(cells[0])] = read_code(cells[1])
    for key in STAMP_KEYS:
        second = raw.names.get(STAMP_NAME.format(key=key), "").strip('="')
        found.setdefault(key, read_code(second))
    found["campaign"] = found["campaign"].lower()
    found["form"] = found["form"].lower()
    return Stamp(**found)


def recognise(raw: RawWorkbook, campaign: Campaign, context: Context) -> Recognised:
    """Find form, version, period and owner; hold or refuse what cannot be told for sure."""
    checks = campaign.catalogue
    if not any(any(cell is not None for cell in row) for sheet in raw.sheets for row in sheet.rows):
        return _stop(Outcome.REFUSED, checks["workbook-empty"].at(Place()))
    stamp = parse_stamp(raw)
    foreign = stamp.campaign and stamp.campaign != campaign.key.lower()
    if foreign and not context.released:
        return _stop(Outcome.HELD, checks["campaign-other"].at(Place()))
    form, sheets = _form_of(raw, campaign, stamp)
    if form is None:
        finding = checks["workbook-unknown"].at(Place(), campaign=campaign.title)
        return _stop(Outcome.REFUSED, finding)
    return _whose_and_when(campaign, context, stamp, form, sheets)


def _whose_and_when(
    campaign: Campaign,
    context: Context,
    stamp: Stamp,
    form: Form,
    sheets: tuple[FoundSheet, ...],
) -> Recognised:
    """Tell unit, version and period from the stamp, else from the cover."""
    checks = campaign.catalogue
    cover = find_card_values(form.cover_sheet, sheets)
    named = stamp.unit or read_code(cover.get(form.cover.unit_id))
    # A stamp that says what is no period is nobody's: the cover is asked where there is none.
    period = _period_of(stamp.period or read_text(cover.get(form.cover.period)), form)
    begun = period if period and period.first_day <= context.now.date() else None
    doubt = _identity_doubt(named, campaign, context)
    if doubt and not context.released:
        in_tree = named if named in context.tree else ""
        return Recognised(
            Outcome.HELD, (doubt,), form, period=begun, sheets=sheets, named_unit=in_tree
        )
    version = _version_of(stamp.version, form)
    if version > form.version and not context.released:
        shown = stamp.version[:_MOST_QUOTED]
        finding = checks["version-unknown"].at(Place(), version=shown, known=str(form.version))
        return Recognised(Outcome.HELD, (finding,), form, period=begun, sheets=sheets)
    if period is None:
        return _stop(Outcome.REFUSED, checks["period-unknown"].at(Place()))
    return Recognised(None, (), form, min(version, form.version), period, sheets)


def _version_of(stamped: str, form: Form) -> int:
    """Read the stamped version: the form's own where there is none, else a newer one for sure."""
    digits = stamped.lstrip("0")
    if not digits:
        return form.version
    return int(digits) if _VERSION.fullmatch(digits) else form.version + 1


def _stop(outcome: Outcome, finding: Finding) -> Recognised:
    return Recognised(outcome, (finding,))


def _form_of(
    raw: RawWorkbook, campaign: Campaign, stamp: Stamp
) -> tuple[Form | None, tuple[FoundSheet, ...]]:
    """The stamped form, else the one most of whose sheets are here (two at least)."""
    stamped = campaign.by_key.get(stamp.form)
    candidates = [stamped] if stamped else list(campaign.forms)
    best: tuple[Form | None, tuple[FoundSheet, ...]] = (None, ())
    for form in candidates:
        sheets = find_sheets(raw, form)
        if len(sheets) > len(best[1]):
            best = (form, sheets)
    enough = 1 if stamped else min(2, len(best[0].sheets)) if best[0] else 0
    return best if len(best[1]) >= enough else (None, ())


def _identity_doubt(named: str, campaign: Campaign, context: Context) -> Finding | None:
    if not named or named == context.unit.unit_id.upper():
        return None
    known = next((unit for unit in context.tree if unit.unit_id.upper() == named), None)
    if known is None:
        return campaign.catalogue["unit-unknown"].at(Place())
    return campaign.catalogue["unit-other"].at(Place(), named=known.name, folder=context.unit.name)


def _period_of(text: str, form: Form) -> Period | None:
    try:
        period = Period.named(text)
    except ValueError:
        return None
    return period if form.takes(period) else None
