"""A campaign as the rows of its workbook: only what differs from what a blank cell means.

What the rows cannot say (a rule that is a program, two forms quoted differently) is refused, each by name, and
what is given was read back before; words for made-up data are no part of a campaign and are left out. This module owns 活动, 级次, 报表, 图表 and
版本; the other sheets are in `sheets` and `rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetflow.definition import layout
from sheetflow.definition import meanings as words
from sheetflow.definition.exporting.columns import Neighbours
from sheetflow.definition.exporting.option_lists import OptionLists
from sheetflow.definition.exporting.purposes import purposes_of
from sheetflow.definition.exporting.read_back import unlike
from sheetflow.definition.exporting.rules import indicator_rows, rule_rows
from sheetflow.definition.exporting.sayable import Saying, Unsaid
from sheetflow.definition.exporting.sheets import has_answers, sheet_rows
from sheetflow.definition.keys import derived_key
from sheetflow.definition.layout import Row, Rows
from sheetflow.findings import Severity
from sheetflow.periods import Cadence
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Attachment
from sheetflow.schemas.forms import Across, Attachments, Form, ReportSpec
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.units.levels import USUAL_LEVELS, LevelSpec

_QUOTING = ("quotes", "stories", "shortest", "longest")


def rows_of(campaign: Campaign) -> Rows:
    """Give the rows of a campaign workbook by sheet; raise DeclarationError naming all it cannot say."""
    unsaid = Unsaid()
    lists = OptionLists.of(campaign.forms)
    forms = [_neighbours(campaign, form, lists, unsaid) for form in campaign.forms]
    sheets, columns = sheet_rows(forms)
    rows = {
        layout.ACTIVITY.title: list(_activity(campaign, unsaid)),
        layout.LEVELS.title: list(_levels(campaign, unsaid)),
        layout.FORMS.title: [_form_row(near) for near in forms],
        layout.SHEETS.title: sheets,
        layout.COLUMNS.title: columns,
        layout.OPTIONS.title: list(lists.rows(unsaid)),
        layout.INDICATORS.title: [row for near in forms for row in indicator_rows(near)],
        layout.CHARTS.title: [row for near in forms for row in _chart_rows(near)],
        layout.RULES.title: [row for near in forms for row in rule_rows(near)],
        layout.VERSIONS.title: list(_versions(campaign, unsaid)),
    }
    _programs(campaign, unsaid)
    unsaid.refuse()
    templates = {template_name(form): form.template for form in campaign.forms if form.template}
    for told in unlike(campaign, rows, templates):
        unsaid.add(f"“{campaign.title}”", told)
    unsaid.refuse()
    return rows


def template_name(form: Form) -> str:
    """Give the name under which a form's own report template lies beside the workbook."""
    return f"{form.title}报告模板.docx"


def _neighbours(campaign: Campaign, form: Form, lists: OptionLists, unsaid: Unsaid) -> Neighbours:
    cover = form.cover
    known = Vocabulary.of(form.sheets, form.indicators, cover=cover.sheet, nil=cover.nil)
    return Neighbours(campaign, form, lists, purposes_of(campaign, form, unsaid), known, unsaid)


def _programs(campaign: Campaign, unsaid: Unsaid) -> None:
    """Note rules that are written as programs, and sentences that only those could need."""
    for key, rules in campaign.rules.items():
        form = campaign.by_key[key]
        for rule in rules:
            unsaid.add(f"《{form.title}》", f"规则{getattr(rule, '__name__', '')}是用程序写的")
    for check in campaign.checks:
        unsaid.add(f"规则{check.code}（{check.title}）", "只有程序写的规则用得到")


def _activity(campaign: Campaign, unsaid: Unsaid) -> Iterator[Row]:
    saying = Saying("《活动》", unsaid)
    saying.put("title", campaign.title)
    saying.put("key", campaign.key, derived_key(campaign.title))
    for name in ("source", "organiser", "contact"):
        saying.put(name, getattr(campaign, name), "")
    for name in ("number", "issuer", "document_number", "valid_until"):
        saying.put(name, getattr(campaign.head, name), "")
    saying.word("money_scale", words.ASKED, campaign.money_scale, Severity.NOTE)
    items = {item.name: item for item in layout.ACTIVITY.items}
    for name in _QUOTING:
        told = {getattr(form.report, name) for form in campaign.forms if form.report}
        if len(told) > 1:
            saying.refuse(f"各报表的“{items[name].header}”不一样")
        for number in told:
            saying.put(name, number, getattr(ReportSpec(narrative=""), name))
    for item in layout.ACTIVITY.items:
        value = saying.cells.get(item.name)
        said: Row = {} if value is None else {"value": value}
        yield {"item": item.header, **said, "remark": item.help}


def _levels(campaign: Campaign, unsaid: Unsaid) -> Iterator[Row]:
    usual = {spec.name: spec for spec in USUAL_LEVELS}
    for rank, spec in enumerate(campaign.levels, start=1):
        saying = Saying(f"{spec.name}级", unsaid, {"rank": rank})
        base = usual.get(spec.name, LevelSpec(name=spec.name, key=f"level_{rank}"))
        saying.put("name", spec.name)
        saying.put("due", spec.working_days)
        saying.word("fills", words.FILLING, spec.fills, default=True)
        saying.word("review", words.REVIEWS, spec.review, base.review)
        for name in ("note", "heading", "below", "area"):
            saying.put(name, getattr(spec, name), getattr(base, name))
        if base.also and not spec.also:
            saying.refuse("没有别的叫法，常见的级次总有")
        if spec.also != base.also:
            saying.several("also", spec.also)
        saying.put("code", spec.key, base.key)
        yield saying.row


def _form_row(near: Neighbours) -> Row:
    form, campaign = near.form, near.campaign
    saying = Saying(f"《{form.title}》", near.unsaid)
    saying.put("title", form.title)
    saying.put("cadence", words.word_for(words.CADENCES, form.cadence))
    filling = frozenset(spec.name for spec in campaign.levels if spec.fills)
    if form.levels != (filling if len(filling) < len(campaign.levels) else frozenset()):
        wanted = form.levels or campaign.levels.names
        saying.several("levels", (name for name in campaign.levels.names if name in wanted))
    _say_days(saying, form)
    asks = any(
        isinstance(column.type, Attachment) for each in form.sheets for column in each.declared
    )
    usual = Attachments.OPTIONAL if asks else Attachments.NONE
    saying.word("attachments", words.ATTACHMENTS, form.attachments, usual)
    if form.template:
        saying.put("template", template_name(form))
    _say_paragraphs(saying, "guidance", form.guidance)
    saying.put("own_work", form.own_work, "")
    if form.judging:
        saying.put("called", form.judging.called, "")
        saying.put("trimmed_from", form.judging.trimmed_from, 5)
    saying.yes("explained", has_answers(near), default=True)
    saying.code(form.key, form.title)
    current = campaign.versions[-1].number if campaign.versions else 1
    if form.version != current:
        saying.refuse(f"是第{form.version}版，《版本》里最后一版是第{current}版")
    return saying.row


def _say_days(saying: Saying, form: Form) -> None:
    """Put what each level has for the form, and from when to when it is filled."""
    for level, number in form.working_days.items():
        saying.put(f"due@{level}", number)
    for level, day in form.due_on.items():
        saying.put(f"due@{level}", day)
    if form.working_days.keys() & form.due_on.keys():
        saying.refuse("同一级既有几个工作日，又有截止日期")
    if form.cadence is Cadence.ONCE:
        saying.put("first", form.opens)
        saying.put("last", form.closes)
        amiss = bool(form.first_period or form.last_period)
    else:
        saying.put("first", form.first_period or None)
        saying.put("last", form.last_period or None)
        amiss = bool(form.opens or form.closes or form.due_on)
    if amiss:
        saying.refuse("一次性的报表写日期，其他的写报告期")


def _say_paragraphs(saying: Saying, key: str, paragraphs: Sequence[str]) -> None:
    for paragraph in paragraphs:
        if "\n" in paragraph or not paragraph.strip():
            saying.refuse("一段说明里有换行，或者是空的")
    if paragraphs:
        saying.put(key, "\n".join(paragraphs))


def _chart_rows(near: Neighbours) -> Iterator[Row]:
    for chart in near.form.charts:
        saying = Saying(f"图表“{chart.title}”", near.unsaid)
        saying.put("title", chart.title)
        saying.several("codes", chart.codes)
        saying.word("across", words.ACROSS, chart.across, Across.UNITS)
        saying.word("figures", words.FIGURES, chart.current, default=False)
        saying.put("name", chart.name, "")
        near.name_form(saying)
        yield saying.row


def _versions(campaign: Campaign, unsaid: Unsaid) -> Iterator[Row]:
    for place, version in enumerate(campaign.versions, start=1):
        saying = Saying(f"第{version.number}版", unsaid, {"number": version.number})
        if version.number != place:
            saying.refuse("版本要从1起，一行一版，不空号")
        saying.put("first", version.first_period)
        for name in ("older_until", "changes", "by", "on"):
            saying.put(name, getattr(version, name), "")
        yield saying.row
