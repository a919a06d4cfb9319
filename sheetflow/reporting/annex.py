"""The notice's annex in Word: which forms there are, how they look, what every column means, every check.

It is what an office sends with its 通知 before anyone opens Excel. All of it follows from the campaign's
declaration, so that paper and workbook never disagree; the same campaign gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from sheetflow.findings import Check, Severity
from sheetflow.periods import Cadence, date_in_words
from sheetflow.reporting.annex_page import HEADED, WORDS, AnnexPage, Cell, Row
from sheetflow.reporting.printed_forms import column_numbers, printed_sheets, write_sheet
from sheetflow.reporting.report import packed, set_fonts, set_properties
from sheetflow.reporting.rule_relations import limits_of, relation
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.guide_words import (
    GENERAL_GUIDANCE,
    NOT_THEIRS,
    explain,
    extra_words,
    requirement,
    type_words,
)
from sheetflow.schemas.rule_needs import hangs_on
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import LevelSpec

_STAMP = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)
_NO_FONTS: Mapping[str, str] = MappingProxyType({})
_PARTS = "（目录、表式、指标解释、审核关系、填报说明）"
_SEVERITIES = {
    Severity.MUST: "强制性审核（不符合的退回修改）",
    Severity.VERIFY: "核实性审核（核对无误的写明情况）",
    Severity.NOTE: "提示性审核（供参考，不影响接收）",
}
_ORDINALS = "一二三四五六七八九十"
_OF_FILES = ("file-", "remark-")
_WAY = "用发放的填报工作簿报送"


def write_annex(campaign: Campaign, fonts: Mapping[str, str] = _NO_FONTS) -> bytes:
    """Give the annex as .docx; `fonts` maps a font of the standard to the one to use."""
    page = AnnexPage()
    _write_title(page, campaign)
    _write_catalogue(page, campaign)
    _write_forms(page, campaign)
    page.turn(lies=False)
    _write_meanings(page, campaign)
    _write_checks(page, campaign)
    _write_guidance(page, campaign)
    set_fonts(page.document, fonts)
    set_properties(
        page.document,
        title=f"{_title(campaign)}{_PARTS}",
        author=campaign.organiser,
        stamp=_STAMP,
    )
    return packed(page.document, _STAMP)


_WITHIN = str.maketrans("“”", "‘’")
"""Quotation marks within others."""


def _title(campaign: Campaign) -> str:
    title = campaign.title
    if len(campaign.forms) == 1 and campaign.main_form.title not in title:
        return f"“{title.translate(_WITHIN)}”{campaign.main_form.title}"
    return title if title.endswith(("表", "报")) else f"“{title.translate(_WITHIN)}”报表"


def _write_title(page: AnnexPage, campaign: Campaign) -> None:
    page.write("附件", "附件序号")
    page.write(_title(campaign), "附件标题")
    page.write(_PARTS, "附件副题")
    facts = (
        ("主办单位", campaign.organiser),
        ("依据", campaign.source),
        ("联系办法", campaign.contact),
    )
    for label, value in facts:
        if value:
            page.write(f"{label}：{value}")


def _write_catalogue(page: AnnexPage, campaign: Campaign) -> None:
    page.write("一、报表目录", "Heading 1")
    rows: list[Row] = [("序号", "表号", "表名", "报告期别", "填报范围", "报送日期及方式")]
    for number, form in enumerate(campaign.forms, start=1):
        levels = [spec for spec in campaign.levels if spec.fills and form.is_for(spec.name)]
        rows.append(
            (
                str(number),
                campaign.head.number,
                Cell(f"《{form.title}》", HEADED),
                _cadence(form),
                Cell(_scope(levels), WORDS),
                Cell(f"{_due(form, levels)}；{_WAY}", WORDS),
            )
        )
        for place, sheet in enumerate(printed_sheets(form), start=1):
            filled = [spec for spec in levels if sheet.is_for(spec.name)]
            own = _scope(filled) if len(filled) < len(levels) else "同上"
            rows.append(
                (
                    f"{number}.{place}",
                    "",
                    Cell(sheet.title, WORDS),
                    "同上",
                    Cell(own, WORDS),
                    "同上",
                )
            )
    page.table(rows, (7, 11, 23, 17, 19, 30))


def _cadence(form: Form) -> str:
    usual = {Cadence.ONCE: "一次性", Cadence.YEAR: "年报", Cadence.HALF_YEAR: "半年报"}
    usual |= {Cadence.QUARTER: "季报", Cadence.TWO_MONTHS: "双月报", Cadence.MONTH: "月报"}
    limits = [
        form.period(period_id).label + word
        for period_id, word in ((form.first_period, "起"), (form.last_period, "止"))
        if period_id
    ]
    return usual[form.cadence] + (f"\n（{'，'.join(limits)}）" if limits else "")


def _scope(levels: Sequence[LevelSpec]) -> str:
    return f"{'、'.join(spec.name for spec in levels)}级单位"


def _due(form: Form, levels: Sequence[LevelSpec]) -> str:
    said = (f"{spec.name}级{_day(form, spec)}" for spec in reversed(levels))
    return "，".join(said)


def _day(form: Form, level: LevelSpec) -> str:
    if day := form.due_on.get(level.name):
        return f"{date_in_words(day)}前"
    days = form.working_days.get(level.name, level.working_days)
    return f"期后{days}个工作日内" if days else "期末当日"


def _write_forms(page: AnnexPage, campaign: Campaign) -> None:
    page.write("二、表式", "Heading 1", new_page=True)
    several = len(campaign.forms) > 1
    for number, form in enumerate(campaign.forms):
        if several:
            page.write(f"（{_ordinal(number)}）《{form.title}》", "Heading 2", new_page=number > 0)
        for place, sheet in enumerate(printed_sheets(form)):
            write_sheet(page, form, sheet, campaign.head, first=not place)


def _write_meanings(page: AnnexPage, campaign: Campaign) -> None:
    page.write("三、指标解释", "Heading 1", new_page=True)
    for form in campaign.forms:
        named = f"《{form.title}》" if len(campaign.forms) > 1 else ""
        page.write(f"{named}各表栏目", "Heading 2")
        for sheet in printed_sheets(form):
            if sheet.kind is not Kind.INDICATORS:
                page.write(f"《{sheet.title}》", "表名行")
                _write_columns(page, form.current, sheet)
        if form.statistics and form.current.indicators:
            page.write(f"{named}统计指标", "Heading 2")
            _write_indicators(page, form.current)


def _write_columns(page: AnnexPage, form: Form, sheet: Sheet) -> None:
    numbers = (
        column_numbers(sheet.columns)
        if sheet.is_table
        else {column.key: str(number) for number, column in enumerate(sheet.columns, start=1)}
    )
    rows: list[Row] = [("编号", "栏目", "是否必填", "填写内容", "说明")]
    rows += (
        (
            numbers[column.key],
            *(
                Cell(words, WORDS)
                for words in (
                    column.label,
                    requirement(sheet, column),
                    type_words(form, column),
                    "；".join(extra_words(form, sheet, column)),
                )
            ),
        )
        for column in sheet.columns
    )
    page.table(rows, (6, 17, 18, 27, 24))


def _write_indicators(page: AnnexPage, form: Form) -> None:
    rows: list[Row] = [("代码", "指标", "计量单位", "指标解释")]
    rows += (
        (
            indicator.code,
            Cell("　" * indicator.indent + indicator.label.strip("　"), WORDS),
            indicator.unit,
            Cell(explain(form, indicator), WORDS),
        )
        for indicator in form.indicators
    )
    page.table(rows, (9, 26, 10, 47))


def _write_checks(page: AnnexPage, campaign: Campaign) -> None:
    page.write("四、审核关系", "Heading 1")
    number, place = 0, 0
    for severity, title in _SEVERITIES.items():
        rows = list(_checks(campaign, severity))
        if not rows:
            continue
        page.write(f"（{_ordinal(place)}）{title}", "Heading 2")
        place += 1
        listed: list[Row] = [("编号", "所在表", "审核关系", "审核说明")]
        for row in rows:
            number += 1
            listed.append((str(number), *(Cell(words, WORDS) for words in row)))
        page.table(listed, (6, 16, 36, 34))
    page.write(f"（{_ordinal(place)}）各表通用审核", "Heading 2")
    _write_general(page, campaign)


def _write_general(page: AnnexPage, campaign: Campaign) -> None:
    """Write what is checked in every campaign, checks of one title in one line."""
    own = {check.code for check in campaign.checks}
    own |= {rule.code for form in campaign.forms for rule in form.rules}
    listed: list[Row] = [("性质", "审核内容", "要求")]
    for severity, title in _SEVERITIES.items():
        general: dict[str, list[str]] = {}
        for check in campaign.catalogue.checks.values():
            asked = any(hangs_on(form, check.code) for form in campaign.forms)
            if check.severity is severity and check.code not in own and asked and _is_told(check):
                general.setdefault(check.title, []).append(check.summary)
        for name, summaries in general.items():
            words = "；".join(dict.fromkeys(summaries))
            listed.append((title.partition("审核")[0], Cell(name, WORDS), Cell(words, WORDS)))
    page.table(listed, (8, 24, 60))


def _is_told(check: Check) -> bool:
    return check.code not in NOT_THEIRS and not check.code.startswith(_OF_FILES)


def _checks(campaign: Campaign, severity: Severity) -> Iterator[tuple[str, str, str]]:
    """Give the campaign's own checks of one weight: the sheet, the relation, and what it says."""
    for form in campaign.forms:
        for rule in form.rules:
            if rule.severity is severity and rule.in_version(form.version):
                yield _place(campaign, form, rule), relation(form, rule), _said(form, rule)
    for check in campaign.checks:
        if check.severity is severity:
            yield (
                "",
                check.title,
                check.summary + (f"（依据：{check.source}）" if check.source else ""),
            )


def _place(campaign: Campaign, form: Form, rule: DeclaredRule) -> str:
    sheet = form.by_key.get(rule.sheet)
    named = form.title if len(campaign.forms) > 1 else ""
    title = sheet.title if sheet else "表间"
    return f"《{named}》{title}" if named else title


def _said(form: Form, rule: DeclaredRule) -> str:
    limits = "，".join(limits_of(form, rule))
    source = f"（依据：{rule.source}）" if rule.source else ""
    return rule.summary + (f"（{limits}）" if limits else "") + source


def _write_guidance(page: AnnexPage, campaign: Campaign) -> None:
    page.write("五、填报说明", "Heading 1")
    own = (words for form in campaign.forms for words in (form.own_work, *form.guidance))
    said = dict.fromkeys(filter(None, (*own, *GENERAL_GUIDANCE)))
    for number, words in enumerate(said, start=1):
        page.write(f"{number}. {words}")


def _ordinal(number: int) -> str:
    tens, ones = divmod(number + 1, 10)
    front = "" if not tens else "十" if tens == 1 else f"{_ORDINALS[tens - 1]}十"
    return front + (_ORDINALS[ones - 1] if ones else "")
