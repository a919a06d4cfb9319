"""工作表 and 栏目: the sheets of all forms as rows, those that forms share once.

A sheet whose rows are the same in two forms, and stand at the same turn, is one row that names both. This
module owns that; it refuses to know how a column is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetflow.definition import meanings as words
from sheetflow.definition.exporting.columns import Neighbours, column_rows
from sheetflow.definition.exporting.sayable import Saying
from sheetflow.definition.layout import Row
from sheetflow.schemas.likely import same
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet


@dataclass
class _Written:
    """A sheet as it is written: its own row, those of its columns, and the forms that have it."""

    sheet: Mapping[str, object]
    columns: tuple[Row, ...]
    forms: list[str] = field(default_factory=list)


def sheet_rows(forms: Sequence[Neighbours]) -> tuple[list[Row], list[Row]]:
    """Give the rows of 工作表 and of 栏目 for all forms of a campaign."""
    listed: list[_Written] = []
    for near in forms:
        place = 0
        for sheet in near.form.sheets:
            if sheet == EXPLANATIONS:
                continue
            made = _Written(_sheet_row(sheet, near), tuple(column_rows(sheet, near)))
            later = range(place, len(listed))
            shared = next((at for at in later if _alike(listed[at], made)), None)
            if shared is None:
                listed.insert(place, made)
                shared = place
            listed[shared].forms.append(near.form.title)
            place = shared + 1
    main = forms[0].form.title
    titles = [same(str(each.sheet["title"])) for each in listed]
    sheets: list[Row] = []
    columns: list[Row] = []
    for each in listed:
        named = {"forms": "、".join(each.forms)} if each.forms != [main] else {}
        sheets.append({**named, **each.sheet})  # type: ignore[dict-item] # words and numbers
        doubled = titles.count(same(str(each.sheet["title"]))) > 1
        columns += [_of_form(row, each.forms, doubled=doubled) for row in each.columns]
    return sheets, columns


def _alike(one: _Written, other: _Written) -> bool:
    return one.sheet == other.sheet and one.columns == other.columns


def _of_form(row: Row, forms: Sequence[str], *, doubled: bool) -> Row:
    """Name the form of a column where another form has a sheet of that name too."""
    return {**row, "form": "、".join(forms)} if doubled else row


def _sheet_row(sheet: Sheet, near: Neighbours) -> Row:
    form = near.form
    saying = Saying(f"《{form.title}》的《{sheet.title}》", near.unsaid)
    is_cover = sheet.key == form.cover.sheet
    saying.put("title", sheet.title)
    if sheet.kind is Kind.ANSWER:
        saying.refuse("没有这样的种类")
        return saying.row
    saying.put("kind", words.COVER_KIND if is_cover else words.word_for(words.KINDS, sheet.kind))
    saying.yes("always_shown", sheet.always_shown, default=True)
    near.condition(saying, "void", sheet.void, sheet.key)
    near.condition(saying, "closed", sheet.closed, sheet.key)
    saying.several("matter", (sheet.labels[key] for key in sheet.matter))
    saying.put("note", sheet.note, "")
    saying.put("source", sheet.source, "")
    saying.word("roll_up", words.ROLL_UPS, sheet.roll_up, usual_roll_up(sheet, is_cover=is_cover))
    levels = near.campaign.levels.names
    saying.several("levels", (level for level in levels if level in sheet.levels))
    saying.put("preprinted", sheet.preprinted, 0)
    saying.yes("filing_declared", sheet.filing_declared, default=False)
    saying.put("filing_since", sheet.filing_since, 1)
    if spec := sheet.gathered:
        saying.put("gathered", near.sheet_named(f"{spec.form}/{spec.listed}"))
        if spec.ranked:
            saying.put("ranked", near.campaign.by_key[spec.form].by_key[spec.ranked].title)
    nil = form.cover.exempt_when_nil
    saying.yes("exempt_when_nil", sheet.key in nil, default=False)
    _say_quoted(saying, sheet, near)
    saying.several("older", sheet.older_titles)
    saying.versions(sheet)
    saying.code(sheet.key, sheet.older_titles[-1] if sheet.older_titles else sheet.title)
    return saying.row


def usual_roll_up(sheet: Sheet, *, is_cover: bool) -> RollUp:
    """Give how the rows of a sheet go up where nobody says otherwise."""
    if is_cover:
        return RollUp.NONE
    return RollUp.SUMMED if sheet.kind is Kind.INDICATORS else RollUp.ROWS


def _say_quoted(saying: Saying, sheet: Sheet, near: Neighbours) -> None:
    report = near.form.report
    if report is None or sheet.key not in {
        report.narrative,
        report.story_sheet,
        *report.tables,
    }:
        return
    if sheet.key in report.tables:
        saying.put("quoted", words.TABLED)
    elif sheet.key == report.narrative:
        saying.put("quoted", words.QUOTED)
    else:
        saying.put("quoted", words.TOLD)
        near.condition(saying, "quoted_where", report.story_where, sheet.key)


def has_answers(near: Neighbours) -> bool:
    """Tell whether a form has 情况说明, last of all; note where it stands elsewhere."""
    places = [at for at, sheet in enumerate(near.form.sheets) if sheet == EXPLANATIONS]
    if places and places != [len(near.form.sheets) - 1]:
        near.unsaid.add(f"《{near.form.title}》", f"《{EXPLANATIONS.title}》不在最后")
    return bool(places)
