"""用途: what a column is to its form besides what stands in it, gathered from where a form says so.

A cover's roles, what the report quotes, what is compared across units: the form names columns, and the
workbook writes it at the column. What could not be read back from there is noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sheetflow.definition import meanings as words
from sheetflow.definition.exporting.sayable import Unsaid
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Sheet

_Place = tuple[str, str]


def purposes_of(campaign: Campaign, form: Form, unsaid: Unsaid) -> Mapping[_Place, tuple[str, ...]]:
    """Give what each column is for, by the keys of sheet and column; note what cannot be said so."""
    found: dict[_Place, list[str]] = defaultdict(list)
    for word, place in dict.fromkeys((*_roles(form), *_judged(campaign, form))):
        found[place].append(word)
    for what in _unsayable(form):
        unsaid.add(f"《{form.title}》", what)
    order = {word: number for number, word in enumerate(words.PURPOSES)}
    return {place: tuple(sorted(told, key=order.__getitem__)) for place, told in found.items()}


def _roles(form: Form) -> Iterator[tuple[str, _Place]]:
    yield from _of_cover(form)
    for sheet in form.sheets:
        if sheet.named_by:
            yield words.NAMING, (sheet.key, sheet.named_by)
        for column in sheet.declared:
            told = (word for word, name in words.OF_COLUMN.items() if getattr(column, name))
            yield from ((word, (sheet.key, column.key)) for word in told)
    if person := form.same_person:
        yield words.PERSON, (person.sheet, person.person)
        yield from ((words.MATTER, (person.sheet, key)) for key in person.matter)
    if totals := form.own_totals:
        yield words.TOTAL_OF, (totals.sheet, totals.code)
        yield words.TOTAL, (totals.sheet, totals.figure)


def _judged(campaign: Campaign, form: Form) -> Iterator[tuple[str, _Place]]:
    """Give what columns are to entries: where they are printed, put in order, judged, and written."""
    for each in (each for other in campaign.forms for each in other.sheets):
        spec = each.gathered
        if spec and spec.form == form.key and spec.ranked and spec.order:
            yield words.ENTRY_ORDER, (spec.ranked, spec.order)
    for sheet in form.sheets:
        if spec := sheet.gathered:
            yield words.ENTRY, (sheet.key, spec.entry)
            if spec.unit:
                yield words.ENTRY_UNIT, (sheet.key, spec.unit)
    for judging, spec in _judgings(campaign):
        if spec.form == form.key:
            yield from ((words.AUTHOR, (spec.listed, key)) for key in judging.authors)
            if judging.file:
                yield words.AUTHORED_FILE, (spec.listed, judging.file)
    yield from _judging(form.judging)


def _judging(judging: Judging | None) -> Iterator[tuple[str, _Place]]:
    if judging is None:
        return
    for told, sheet_key in (
        (words.OF_ENTRIES, judging.entries),
        (words.OF_JUDGES, judging.judges),
        (words.OF_SCORES, judging.scores),
    ):
        yield from ((word, (sheet_key, getattr(judging, name))) for word, name in told.items())
    yield from ((words.CRITERION, (judging.scores, key)) for key in judging.criteria)
    yield from ((words.QUOTA, (judging.quotas, key)) for _, key in judging.grades)


def _judgings(campaign: Campaign) -> Iterator[tuple[Judging, Gathered]]:
    """Give each judging of a campaign with what its entries are gathered from."""
    for form in campaign.forms:
        spec = form.by_key[form.judging.entries].gathered if form.judging else None
        if form.judging and spec:
            yield form.judging, spec


def _of_cover(form: Form) -> Iterator[tuple[str, _Place]]:
    """Give the roles of the cover, and what the report quotes."""
    cover, report = form.cover, form.report
    for word, name in words.COVER_ROLES.items():
        said = getattr(cover, name)
        column = said.column if isinstance(said, Is) else said
        if column and isinstance(column, str):
            yield word, (cover.sheet, column)
    if report:
        yield from ((words.PLANNED, (report.narrative, key)) for key in report.plans)
        stories = ((words.STORY_TITLE, report.story_title), (words.STORY_TEXT, report.story_text))
        yield from ((word, (report.story_sheet, key)) for word, key in stories if key)


def _unsayable(form: Form) -> Iterator[str]:
    """Tell what of a form's roles would come back otherwise than it is declared."""
    yield from _unsayable_judging(form)
    cover = form.cover
    reason = form.cover_sheet.by_key.get(cover.reason)
    asked = reason.required if reason and isinstance(reason.required, Is) else None
    if cover.correction != asked:
        yield "什么算更正，应当就是“更正原因”一栏的必填条件"
    if cover.mending != words.mending_of(cover.correction, form.cover_sheet.by_key):
        yield f"退回修改的，应当就是“更正”那一栏的选项“{words.MENDED}”"
    if cover.nil is not None and not (
        isinstance(cover.nil, Is) and cover.nil.options == (words.YES,)
    ):
        yield "零报告应当是一栏填了“是”"
    if cover.taking_over is not None and cover.taking_over.options != (words.YES,):
        yield f"{words.TAKING_OVER}应当是一栏填了“是”"
    if (person := form.same_person) and person.where != form.by_key[person.sheet].void_not:
        yield "跨单位核对的应当是没有按“不计入条件”除去的行"
    if person and not _in_order(form.by_key[person.sheet], person.matter):
        yield "跨单位核对列出的栏目应当按表里的先后"
    if (report := form.report) and report.story_sheet and report.narrative == report.story_sheet:
        yield "文字和案例不能引自同一张表"
    if report and report.plans and not _in_order(form.by_key[report.narrative], report.plans):
        yield "只引本单位的栏目应当按表里的先后"


def _unsayable_judging(form: Form) -> Iterator[str]:
    report = form.report
    if report and not set(report.tables).isdisjoint({report.narrative, report.story_sheet}):
        yield "报告逐行列出的表不能又是文字或案例"
    if judging := form.judging:
        if not _in_order(form.by_key[judging.scores], judging.criteria):
            yield "评分项应当按表里的先后"
        kind = form.by_key[judging.entries].by_key[judging.award].type
        options = kind.options if isinstance(kind, Choice) else ()
        if [grade for grade, _ in judging.grades] != list(options[:-1]):
            yield "等次名额应当按最终等次的选项，一项一栏，最后一项除外"


def _in_order(sheet: Sheet, keys: tuple[str, ...]) -> bool:
    declared: list[Column] = [column for column in sheet.declared if column.key in keys]
    return tuple(column.key for column in declared) == keys
