"""Which workbook is this: its stamp, its form, its version, its period, whose it is.

The stamp stands in the cells of a hidden sheet, with defined names as a second copy. Where both
are gone, the sheets' titles, the headers and the cover still tell. No workbook is taken for older
than its stamp: a column that was torn out is missing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from sheetflow.findings import Finding, Place
from sheetflow.periods import Period
from sheetflow.schemas.book import SAMPLE, Book, Judgement, JudgingContext, Outcome, Stamp
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.documents import as_kept
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import STAMP_KEYS, STAMP_NAME, STAMP_SHEET
from sheetflow.schemas.parsing import read_code, read_text
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.units import units_called
from sheetflow.validators.matching import Found, bare_label, find_card_values, find_sheets
from sheetflow.validators.merged_units import owes_itself
from sheetflow.workbook import RawWorkbook

_VERSION = re.compile("[0-9]{1,6}")
_MOST_QUOTED = 10
_MOST_LISTED = 6
_HEADS_WITHIN = 60
"""A card has a label a line; headers of tables stand far above this."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the workbook turned out to be; `other_period` is as in `Book`."""

    form: Form
    version: int
    period: Period
    sheets: Found
    other_period: Period | None = None


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
    for key in ("campaign", "form", "edition"):
        found[key] = found[key].lower()
    return Stamp(**found)


def recognise(
    raw: RawWorkbook, stamp: Stamp, campaign: Campaign, context: JudgingContext
) -> Recognised | Judgement:
    """Find form, version, period and owner; hold or refuse what cannot be told for sure."""
    if not any(any(cell is not None for cell in row) for sheet in raw.sheets for row in sheet.rows):
        return _refused(GENERAL["workbook-empty"].at(Place()))
    if stamp.edition == SAMPLE:
        return _refused(GENERAL["workbook-sample"].at(Place()))
    if stamp.campaign not in {"", campaign.key.lower()} and not context.released:
        findings = (GENERAL["campaign-other"].at(Place()),)
        return Judgement(outcome=Outcome.HELD, findings=findings)
    fitting = _forms_of(raw, campaign, stamp, context)
    if not fitting:
        return _refused(GENERAL["workbook-unknown"].at(Place(), campaign=campaign.title))
    if len(fitting) > 1:
        titles = "、".join(f"《{form.title}》" for form, _ in fitting)
        return _refused(GENERAL["form-doubtful"].at(Place(), forms=titles))
    return _whose_and_when(raw, context, stamp, *fitting[0])


def _refused(finding: Finding) -> Judgement:
    return Judgement(outcome=Outcome.REFUSED, findings=(finding,))


def _whose_and_when(
    raw: RawWorkbook, context: JudgingContext, stamp: Stamp, form: Form, sheets: Found
) -> Recognised | Judgement:
    """Tell unit, version and period from the stamp, else from the cover."""
    version = _version_of(raw, form, stamp.version)
    limited = form.in_version(min(version, form.version))
    if limited is not form:
        form, sheets = limited, find_sheets(raw, limited)
    cover = find_card_values(form.cover_sheet, sheets)
    named = stamp.unit or read_code(cover.get(form.cover.unit_id))
    today = context.now.date()
    period, other = _period_of(stamp.period, _period_typed(form, sheets), form, today)
    begun = period.period_id if period and not other and period.first_day <= today else ""
    held = Judgement(outcome=Outcome.HELD, form=form.key, period=begun)
    doubt = _identity_doubt(named, context)
    if doubt and not context.released:
        in_tree = named if named in context.tree else ""
        return replace(held, findings=(doubt,), named_unit=in_tree)
    if version > form.version and not context.released:
        shown, known = stamp.version[:_MOST_QUOTED], str(form.version)
        finding = GENERAL["version-unknown"].at(Place(), version=shown, known=known)
        return replace(held, findings=(finding,))
    if period is None:
        return _refused(GENERAL["period-unknown"].at(Place()))
    version = min(version, form.version)
    return Recognised(form, version, period, sheets, other)


def _forms_of(
    raw: RawWorkbook, campaign: Campaign, stamp: Stamp, context: JudgingContext
) -> list[tuple[Form, Found]]:
    """Give the stamped form, else the one most of whose sheets are here (two at least).

    Where several fit as well, all of them: but those alone that the unit's level fills, and of
    these those for whose periods the cover speaks, if there are any.
    """
    if stamped := campaign.by_key.get(stamp.form):
        sheets = find_sheets(raw, stamped)
        return [(stamped, sheets)] if sheets else []
    found = [(form, find_sheets(raw, form)) for form in campaign.forms]
    # How well the sheets are those of the form: how many are there, how few are not.
    fitting = [
        ((len(sheets), len(sheets) - len(form.sheets)), form, sheets)
        for form, sheets in found
        if len(sheets) >= min(2, len(form.sheets))
    ]
    most = max((fit for fit, *_ in fitting), default=None)
    best = [(form, sheets) for fit, form, sheets in fitting if fit == most]
    best = [entry for entry in best if entry[0].is_for(context.unit.level)] or best
    named = [(form, sheets, _named(_period_typed(form, sheets), form)) for form, sheets in best]
    return [(form, sheets) for form, sheets, said in named if said and form.takes(said)] or best


def _identity_doubt(named: str, context: JudgingContext) -> Finding | None:
    if not named or named == context.unit.unit_id.upper():
        return None
    known = next((unit for unit in context.tree if unit.unit_id.upper() == named), None)
    if known is None:
        return GENERAL["unit-unknown"].at(Place())
    return GENERAL["unit-other"].at(Place(), named=known.name, folder=context.unit.name)


def _period_of(
    stamped: str, typed: str, form: Form, today: dt.date
) -> tuple[Period | None, Period | None]:
    """Tell for which period the form is filled here, else for which of another cadence.

    The stamp goes first. One that says what is no period is nobody's; one for which the form is
    not filled is told, and the cover says where; where it says nothing, the cover tells.
    """
    said = _named(stamped, form) if stamped else None
    if stamped and (said is None or form.fits(said)):
        return said, None
    known = _named(typed, form)
    if known and form.fits(known):
        return known, said
    # Another cadence is told also where no year is said, or what is meant could be anything.
    other = said or known or _named(typed, form, form.last_ended(today).last_day.year)
    if other is None or form.fits(other):
        return None, None
    return form.nearest(other, today), other


def _period_typed(form: Form, sheets: Found) -> str:
    """Read the period on the cover; the figure 2012.1 is January or, typed 2012.10, October: nothing."""
    cell = find_card_values(form.cover_sheet, sheets).get(form.cover.period)
    text = read_text(cell)
    return "" if isinstance(cell, float) and text.endswith(".1") else text


def _named(text: str, form: Form, near: int = 0) -> Period | None:
    try:
        return form.period_named(text, near)
    except ValueError:
        return None


def _version_of(raw: RawWorkbook, form: Form, stamp: str) -> int:
    """Give the version whose sheets and columns fit best, none older than the stamped one.

    Where several fit alike, the stamped one; where nothing is stamped, the newest. A stamp that
    is no version of ours is a newer one for sure.
    """
    digits = stamp.lstrip("0")
    stamped = int(digits) if _VERSION.fullmatch(digits) else form.version + 1 if digits else 0
    if stamped >= form.version or form.version == 1 or form.current is form:
        return stamped or form.version
    there = list(_seen(raw, form))
    misfits = {
        version: sum((version in standing) != seen for standing, seen in there)
        for version in range(stamped or 1, form.version + 1)
    }
    fitting = [version for version, count in misfits.items() if count == min(misfits.values())]
    return fitting[0] if stamped else fitting[-1]


def _seen(raw: RawWorkbook, form: Form) -> Iterator[tuple[frozenset[int], bool]]:
    """Give for all that came or went the versions that have it, and whether it is in the file."""
    versions = range(1, form.version + 1)
    found = find_sheets(raw, form)
    for sheet in form.sheets:
        sheet_in = frozenset(filter(sheet.in_version, versions))
        if len(sheet_in) < form.version:
            yield sheet_in, sheet.key in found
        if sheet.key not in found:
            continue
        heads = (cells for row, cells in found[sheet.key].numbered_rows() if row <= _HEADS_WITHIN)
        labels = {bare_label(cell) for cells in heads for cell in cells if isinstance(cell, str)}
        for column in sheet.declared:
            column_in = frozenset(filter(column.in_version, sheet_in))
            if column_in != sheet_in:
                names = map(bare_label, (column.label, *column.older))
                yield column_in, not labels.isdisjoint(names)


def check_version(book: Book, campaign: Campaign) -> Iterator[Finding]:
    """Tell once what a workbook of an older version has no room for, and whether it is still taken.

    One that differs in nothing from today's is as good as today's.
    """
    then = book.form
    now = campaign.in_force(then.declared or then, book.period)
    if book.version >= now.version or _shape(then, book.level) == _shape(now, book.level):
        return
    new, gone = _lacking(now, then, book.level), _lacking(then, now, book.level)
    told = f"，新增了{new}" * bool(new) + f"，停用了{gone}（填过的内容存在原件里）" * bool(gone)
    said = {"version": str(book.version), "known": str(now.version), "changes": told}
    if not campaign.takes_version(book.version, book.period):
        yield GENERAL["version-outdated"].at(Place(), period=book.period.label, **said)
    elif told:
        yield GENERAL["version-older"].at(Place(), **said)


def _shape(form: Form, level: str) -> list[object]:
    """Give all that a filler of that level sees of a form's sheets and columns."""
    return [(sheet.key, sheet.columns) for sheet in form.sheets_for(level)]


def _lacking(form: Form, other: Form, level: str) -> str:
    """List the sheets and columns of `form` that the `other` version of it has not."""
    found: list[str] = []
    for sheet in form.sheets_for(level):
        there = other.by_key.get(sheet.key)
        if there is None:
            found.append(f"《{sheet.title}》")
        elif fresh := [
            f"“{column.label}”" for column in sheet.columns if column.key not in there.by_key
        ]:
            found.append(f"《{sheet.title}》的{''.join(fresh)}")
    more = f"等{len(found)}处" if len(found) > _MOST_LISTED else ""
    return "、".join(found[:_MOST_LISTED]) + more


def check_cover(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a unit's code or name, or a period, that was overtyped on the cover."""
    card, roles, unit = book.cover.card, book.form.cover, context.unit
    unit_id, name = card[roles.unit_id], card[roles.unit_name]
    if context.released:
        pass  # somebody decided whose it is
    elif unit_id is not None and read_code(str(unit_id)) != unit.unit_id.upper():
        place = book.cover_place(roles.unit_id)
        yield GENERAL["cover-unit"].at(place, expected=unit.unit_id)
    elif isinstance(name, str) and name != unit.name:
        called = {other.unit_id for other in units_called(name, context.tree)}
        if called and unit.unit_id not in called:  # in no way the unit's own name
            place = book.cover_place(roles.unit_name)
            yield GENERAL["cover-unit-name"].at(place, typed=name[:30], expected=unit.name)
    if not names_other_period(book):
        return
    form, typed, place = book.form, card[roles.period], book.cover_place(roles.period)
    if other := _of_another_cadence(book, typed if isinstance(typed, str) else ""):
        said, remedy = other
        yield GENERAL["cover-cadence"].at(
            place, said=said, form=form.title, cadence=form.cadence.words, remedy=remedy
        )
    else:
        expected = book.period.period_id
        yield GENERAL["cover-period"].at(place, typed=str(typed)[:20], expected=expected)


def _of_another_cadence(book: Book, typed: str) -> tuple[str, str] | None:
    """Say for which period, that is not the form's, cover or stamp are, and what to do about it.

    Of a name that says no year nobody knows which one is meant: it is quoted.
    """
    form, stamped = book.form, book.other_period
    for near in (0, book.said_period.first_day.year):
        with suppress(ValueError):
            named = form.period_named(typed, near)
            if not form.fits(named):
                words = f"“{typed[:20]}”" if near else named.label
                return f"报告期写的是{words}", f"改写成{_expected(book, named)}"
    if stamped is None:
        return None
    remedy = f"在报告期里写{_expected(book, stamped)}"
    if book.period.is_called(typed):
        remedy = f"核对报告期，确是{book.period.label}的，把退回的工作簿重新报送"
    return f"这个工作簿是为{stamped.label}发放的", remedy


def _expected(book: Book, named: Period) -> str:
    if not book.other_period:
        return book.period.period_id
    ids = book.form.period_ids(named.first_day.year)
    return f"{ids}中的一个" if book.form.cadence.is_repeated else ids


def names_other_period(book: Book) -> bool:
    """Whether the cover names another period than the stamp: which one is meant is not known.

    Nor is it where both name one for which the form is not filled.
    """
    typed = book.cover.card[book.form.cover.period]
    overtyped = isinstance(typed, str) and not book.period.is_called(typed)
    return overtyped or book.other_period is not None


def check_correction(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a workbook that changes what was accepted and does not say so: after the deadline, or after 验收.

    What mends a return is no correction, nor is what only answers a question.
    """
    cover, roles, which = book.cover, book.form.cover, (book.form.key, book.period)
    declared, standing = roles.correction, context.standing(*which)
    if declared is None or not standing or declared.holds(cover.card.values):
        return
    passed, is_late = context.passed(*which), context.is_late(book.form, book.period)
    if not (passed or is_late) or context.mending(*which) or _is_unchanged(book, context):
        return
    yield GENERAL["correction-undeclared"].at(
        book.cover_place(declared.column),
        receipt=standing,
        since=f"{passed}验收以后" if passed else "报送截止以后",
        label=cover.sheet.labels[declared.column],
        declared=declared.options[0],
        reason=cover.sheet.labels.get(roles.reason, "更正原因"),
    )


def _is_unchanged(book: Book, context: JudgingContext) -> bool:
    """Whether all but the cover is as in the accepted workbook; that is known where a question is open."""
    then = context.standing_rows(book.form.key, book.period)
    aside = {book.form.cover.sheet, EXPLANATIONS.key}
    return then is not None and all(
        list(map(dict, as_kept(found.sheet, found.values))) == list(map(dict, then.get(key, ())))
        for key, found in book.sheets.items()
        if key not in aside
    )


def check_expected(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a workbook for a period or of a form that this unit does not report."""
    unit, last_day = context.unit, book.period.last_day
    if not book.form.takes(book.period):
        yield GENERAL["period-not-filled"].at(
            book.cover_place(book.form.cover.period),
            period=book.period.label,
            form=book.form.title,
            span=book.form.span_words,
        )
        return
    if not book.form.is_for(unit.level):
        levels = context.tree.levels.names
        fill = "、".join(f"{name}级" for name in levels if book.form.is_for(name))
        why = f"是{unit.level}级单位，《{book.form.title}》由{fill}单位填报"
        remedy = f"改报本单位应报的报表；{fill}单位的工作簿，请放进它自己的报送文件夹"
    elif heir_name := context.merging.taken_over_by(book.form.key, book.period):
        why = f"已于本期撤并，由{heir_name}并入本单位填报"
        remedy = f"与{heir_name}联系：要单独填报的，请{heir_name}先更正，不再并入"
    elif owes_itself(book, context):
        return
    elif not unit.exists_on(last_day):
        heir = context.tree.successor_on(unit.unit_id, last_day)
        ended = unit.valid_to is not None and unit.valid_to < last_day
        why = f"在{book.period.label}的最后一天{'已经撤并' if ended else '还没有设立'}"
        remedy = "与上级联系，核对单位名单"
        if ended and heir and heir.unit_id != unit.unit_id:
            remedy = f"把本期内容并入{heir.name}（{heir.unit_id}）的工作簿报送"
    else:
        return
    place, period = book.cover_place(book.form.cover.unit_id), book.period.label
    yield GENERAL["unit-not-expected"].at(
        place, unit=unit.name, period=period, why=why, remedy=remedy
    )
