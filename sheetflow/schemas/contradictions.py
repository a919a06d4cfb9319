"""What in a form's declaration contradicts itself, told by name when it is loaded.

This module owns the sentences that the campaign's owner reads, all faults of a form in one
list. What a declaration names must be there, and in the version in which whatever names it
is in force; an indicator may draw on a column that was retired, since older workbooks have
figures of it. It refuses to look at a workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from sheetflow.errors import DeclarationError
from sheetflow.lookalikes import fold
from sheetflow.periods import Cadence
from sheetflow.schemas.cells import MOST_PLACES, IdNumber
from sheetflow.schemas.columns import OPEN, Column
from sheetflow.schemas.conditions import Any, Condition, Every, Is, Not
from sheetflow.schemas.layout import (
    CONSOLIDATED_SHEETS,
    GUIDE_SHEET,
    ISSUES_SHEET,
    STAMP_SHEET,
    STEPS_SHEET,
)
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.rule_needs import has, needs_of
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.schemas.versioned import Versioned

if TYPE_CHECKING:
    from sheetflow.schemas.forms import Form
    from sheetflow.schemas.indicators import Indicator

_LONGEST_TITLE = 31
_NOT_IN_TITLES = frozenset("[]:*?/\\")
_EVER = -1
_OURS = {GUIDE_SHEET, STEPS_SHEET, ISSUES_SHEET, STAMP_SHEET, "History"}


TEMPLATE_NAMES = frozenset(
    {
        *("单位名称", "单位级别", "全域", "下级单位", "活动名称", "报告期", "累计时段"),
        *("上一报告期", "有上期", "口径说明", "成文日期", "发文单位", "主送机关"),
        *("红头", "发文机关标志"),
        *("发文字号", "版记", "抄送", "印发机关", "印发日期"),
        *("本期", "累计", "上期", "上期累计", "比上期", "较上期", "居前"),
        *("各单位", "上报情况", "典型案例", "图题", "图", "另见", "答复"),
        *("未报单位", "未报单位情况", "零报告单位", "迟报单位", "验收情况", "待验收情况"),
        *("应报单位数", "已报单位数", "上期已报单位数", "同口径单位数"),
        *("列出单位名称", "签发人", "上报汇总", "上报合计", "请示事项"),
        *("分级情况", "表"),
    }
)
"""What a report template calls its own: no heading that is quoted may be called so."""


def refuse_contradictions(form: Form) -> None:
    """Raise DeclarationError with all faults of a form's declaration."""
    faults = list(dict.fromkeys(_contradictions(form)))
    if faults:
        raise DeclarationError(f"《{form.title}》（{form.key}）的声明有错：{'；'.join(faults)}。")


def twice(entries: Iterable[str]) -> list[str]:
    """Give what stands more than once among `entries`, in order."""
    return [entry for entry, times in Counter(entries).items() if times > 1]


def _contradictions(form: Form) -> Iterator[str]:
    if form.version < 1:
        yield f"版本号是{form.version}，应从1起"
        return
    keys = twice(sheet.key for sheet in form.sheets)
    yield from (f"有两张表的标识都是{key}" for key in keys)
    codes = twice(indicator.code for indicator in form.indicators)
    yield from (f"有两个指标的代码都是{code}" for code in codes)
    for sheet in form.sheets:
        yield from _of_title(form, sheet)
        yield from _of_span(f"《{sheet.title}》", sheet, form.version)
        for column in sheet.columns:
            yield from _of_span(_named(sheet, column), column, form.version)
            yield from _of_option_spans(form, sheet, column)
    for indicator in form.indicators:
        yield from _of_span(_called(indicator), indicator, form.version)
    if keys:
        return  # which of them is meant cannot be told
    for version in range(1, form.version + 1):
        yield from _of_version(form, version)
    for sheet in form.sheets:
        yield from _of_sheet(form, sheet)
    yield from _of_cadence(form)
    yield from _of_indicators(form)
    yield from _of_cover(form)
    yield from _of_same_person(form)
    if totals := form.own_totals:
        yield from _of_use(form, "自报合计（own_totals）", totals.sheet, totals.columns)
    yield from _of_report(form)
    yield from _of_rules(form)


def _is_period(form: Form, period_id: str) -> bool:
    with suppress(ValueError):
        return bool(form.period(period_id))
    return False


def _of_rules(form: Form) -> Iterator[str]:
    """Find rules that ask what is not there, point to nothing, or are on trial for ever."""
    for rule in form.rules:
        name = f"审核“{rule.title}”（{rule.code}）"
        yield from _of_span(name, rule, form.version)
        if not rule.points:
            yield f"{name}没有写明指向哪一栏"
        for sheet, column in sorted(needs_of(rule, form)):
            if not has(form, (sheet, column)):
                yield f"{name}用到{'.'.join(filter(None, (sheet, column)))}，没有它"
        if rule.trial_until and not _is_period(form, rule.trial_until):
            yield f"{name}试审到{rule.trial_until}，没有这个报告期"
    for code in twice(rule.code for rule in form.rules if rule.in_version(form.version)):
        yield f"有两条审核的编码都是{code}"


def _named(sheet: Sheet, column: Column) -> str:
    return f"《{sheet.title}》的“{column.label}”（{column.key}）"


def _called(indicator: Indicator) -> str:
    return f"指标{indicator.code}“{indicator.label}”"


def _of_option_spans(form: Form, sheet: Sheet, column: Column) -> Iterator[str]:
    """Find options whose versions are none, and a version in which there is nothing to choose."""
    kind = column.type
    if not isinstance(kind, Choice | Choices):
        return
    for option, since, until in kind.spans:
        name = f"{_named(sheet, column)}的选项“{option}”"
        if option not in kind.known:
            yield f"{_named(sheet, column)}没有选项“{option}”，却写了它的版本"
        yield from _of_versions(name, since, until, form.version)
    for version in filter(column.in_version, range(1, form.version + 1)):
        if sheet.in_version(version) and not kind.spanning((version,)).options:
            yield f"{_named(sheet, column)}在第{version}版里没有可选的选项"
    for word, option in kind.older:
        if option not in kind.known:
            yield f"{_named(sheet, column)}的旧写法“{word}”指向“{option}”，没有这个选项"
        elif word in kind.known:
            yield f"{_named(sheet, column)}的旧写法“{word}”本身也是选项"


def _of_span(name: str, entry: Versioned, version: int) -> Iterator[str]:
    yield from _of_versions(name, entry.since, entry.until, version)


def _of_versions(name: str, since: int, until: int | None, version: int) -> Iterator[str]:
    if since < 1:
        yield f"{name}从第{since}版起才有，版本应从1起"
    elif since > version:
        yield f"{name}从第{since}版起才有，而表式现在是第{version}版"
    if until is not None and until < since:
        yield f"{name}到第{until}版为止，却从第{since}版起才有"


def _of_title(form: Form, sheet: Sheet) -> Iterator[str]:
    """Find a title that no worksheet can bear, or that is one of ours."""
    title = sheet.title
    wrong = "".join(sorted(_NOT_IN_TITLES & set(title)))
    if not title.strip():
        yield f"表{sheet.key}没有名称"
    if len(title) > _LONGEST_TITLE:
        yield f"《{title}》的名称有{len(title)}个字，工作表名最多{_LONGEST_TITLE}个字"
    if wrong:
        yield f"《{title}》的名称里有“{wrong}”，工作表名不能用"
    if title.startswith("'") or title.endswith("'"):
        yield f"《{title}》的名称以单引号开头或结尾，工作表名不能用"
    goes_up = (sheet.is_table and sheet.kind is not Kind.ANSWER) or sheet is form.narrative
    taken = _OURS | (set(CONSOLIDATED_SHEETS) if goes_up else set())
    if fold(title).casefold() in {fold(name).casefold() for name in taken}:
        yield f"《{title}》与系统自己的工作表同名"


def _of_version(form: Form, version: int) -> Iterator[str]:
    """Find what cannot be told apart, or told at all, in one version of the form."""
    when = f"第{version}版里" if form.version > 1 else ""
    sheets = form.in_version(version).sheets
    titles = twice(fold(sheet.title).casefold() for sheet in sheets)
    yield from (f"{when}有两张表都叫《{title}》" for title in titles)
    for sheet in sheets:
        labels = twice(_bare(column.label) for column in sheet.columns)
        yield from (f"{when}《{sheet.title}》有两个栏目都叫“{label}”" for label in labels)
        blank = [column.key for column in sheet.columns if not _bare(column.label)]
        yield from (f"{when}《{sheet.title}》的{key}没有栏目名称" for key in blank)
        if sheet.is_table and not sheet.markers:
            yield f"{when}《{sheet.title}》没有编号以外的必填栏目，看不出一行是否在用"


def _bare(label: str) -> str:
    return fold(label).replace("（必填）", "").rstrip("：:")


def _of_sheet(form: Form, sheet: Sheet) -> Iterator[str]:
    title, last = f"《{sheet.title}》", _last(form, sheet)
    naming = sheet.naming_column
    if naming and not sheet.always_has((naming.key,)):
        yield f"{title}的编号“{naming.label}”要每一版都有"
    for lookup in sheet.lookups:
        yield from _of_use(form, f"{title}的查看栏", sheet, (lookup.by,))
        yield from _of_use(form, f"{title}的查看栏", lookup.of, (lookup.column,), at=last)
    yield from _of_use(form, f"{title}的内容（matter）", sheet, sheet.matter)
    named_by = filter(None, (sheet.named_by,))
    yield from _of_use(form, f"{title}的名称栏（named_by）", sheet, named_by)
    beside = {lookup.name for lookup in sheet.lookups}
    for words, condition in (("作废条件", sheet.void), ("办结条件", sheet.closed)):
        asked = [name for name in condition.columns() if name not in beside] if condition else ()
        yield from _of_use(form, f"{title}的{words}", sheet, asked)
        yield from _of_options(f"{title}的{words}", sheet, condition)
    for column in sheet.columns:
        name, required = _named(sheet, column), column.required
        if column.in_version(last):
            condition = required if isinstance(required, Condition) else None
            yield from _of_use(form, f"{name}的必填条件", sheet, (), condition)
            withheld = column.disclosure.withheld_when
            yield from _of_use(form, f"{name}的保密条件", sheet, (), withheld)
            yield from _of_use(form, name, sheet, filter(None, (column.not_before,)))
        if not 0 <= column.type.places <= MOST_PLACES:
            yield f"{name}有{column.type.places}位小数，最多{MOST_PLACES}位"
        yield from _of_reference(form, sheet, column)


def _of_reference(form: Form, sheet: Sheet, column: Column) -> Iterator[str]:
    if not column.refers_to:
        return
    name, target = _named(sheet, column), form.by_key.get(column.refers_to)
    if target is None or not target.key_column:
        yield f"{name}指向{column.refers_to}，没有这张有编号的表"
        return
    versions = filter(column.in_version, range(1, form.version + 1))
    lacking = [version for version in versions if not target.in_version(version)]
    if lacking and sheet.in_version(lacking[-1]):
        yield f"{name}指向《{target.title}》，第{lacking[-1]}版里没有这张表"


def _of_use(
    form: Form,
    name: str,
    sheet: Sheet | str,
    columns: Iterable[str] = (),
    condition: Condition | None = None,
    at: int = 0,
) -> Iterator[str]:
    """Find what is used (a sheet, its columns, options in a condition) and is not there, or no longer.

    It must be there in the version `at`: 0 is the last that has the sheet; _EVER any.
    """
    found = form.by_key.get(sheet) if isinstance(sheet, str) else sheet
    if found is None:
        yield f"{name}用到{sheet}，没有这张表"
        return
    version = at or (form.version if isinstance(sheet, str) else _last(form, found))
    in_force = at == _EVER or found.in_version(version)
    if not in_force:
        yield f"{name}用到《{found.title}》，这张表到第{found.until}版为止"
    for key in (*columns, *(condition.columns() if condition else ())):
        column = found.by_key.get(key)
        if column is None:
            yield f"{name}用到《{found.title}》的{key}，没有这个栏目"
        elif in_force and at != _EVER and not column.in_version(version):
            gone = "还没有" if column.since > version else f"到第{column.until}版为止"
            yield f"{name}用到{_named(found, column)}，这个栏目{gone}"
    yield from _of_options(name, found, condition)


def _of_options(name: str, sheet: Sheet, condition: Condition | None) -> Iterator[str]:
    match condition:
        case Not(part):
            yield from _of_options(name, sheet, part)
        case Every(parts) | Any(parts):
            for each in parts:
                yield from _of_options(name, sheet, each)
        case Is(key, options) if column := sheet.by_key.get(key):
            known = column.type.known if isinstance(column.type, Choice | Choices) else options
            for option in options:
                if option not in known:
                    yield f"{name}问到“{column.label}”是否为“{option}”，没有这个选项"


def _of_cadence(form: Form) -> Iterator[str]:
    opens, closes = form.opens, form.closes
    if form.cadence is not Cadence.ONCE:
        if opens or closes:
            yield "定期填报的表不要写起止日期（opens、closes）"
    elif opens is None or closes is None or closes < opens:
        yield "只填一次的表要写明起止日期（opens、closes），止不早于起"
    if form.due_on and form.cadence is not Cadence.ONCE:
        yield "定期填报的表按工作日截止，不要写截止日期（due_on）"
    ends = list(filter(None, (form.first_period, form.last_period)))
    wrong = [each for each in ends if not _is_period_of(form, each)]
    yield from (f"“{each}”不是这张表的报告期（开始、结束）" for each in wrong)
    if not wrong and len(ends) > 1 and form.period(ends[1]) < form.period(ends[0]):
        yield f"填报到{ends[1]}为止，却从{ends[0]}开始"


def _is_period_of(form: Form, period_id: str) -> bool:
    with suppress(ValueError):
        return form.fits(form.period(period_id))
    return False


def _last(form: Form, sheet: Sheet) -> int:
    return min(form.version, sheet.until or form.version)


def _of_indicators(form: Form) -> Iterator[str]:
    codes = [indicator.code for indicator in form.indicators]
    for number, indicator in enumerate(form.indicators):
        source, name = indicator.source, _called(indicator)
        if source.draws_on:
            sheet = form.by_key.get(source.draws_on)
            beside = {lookup.name for lookup in sheet.lookups} if sheet else set()
            asked = source.condition.columns() if source.condition else ()
            used = (*getattr(source, "columns", ()), *(key for key in asked if key not in beside))
            yield from _of_use(form, name, source.draws_on, used, None, _EVER)
            if sheet:
                yield from _of_options(name, sheet, source.condition)
        lost = [code for code in source.made_from if code not in codes[:number]]
        yield from (f"{name}用到指标{code}，它要排在前面" for code in lost)
        for part in (one for one in form.indicators[:number] if one.code in source.made_from):
            versions = filter(indicator.in_version, range(1, form.version + 1))
            if without := next(filter(lambda one: not part.in_version(one), versions), 0):
                yield f"{name}用到{_called(part)}，第{without}版里没有它"
    for chart in form.charts:
        missing = [code for code in chart.codes if code not in codes]
        yield from (f"图“{chart.title}”用到指标{code}，没有这个指标" for code in missing)
    names = twice(chart.name for chart in form.charts if chart.name)
    yield from (f"有两幅图在报告里都叫“{name}”" for name in names)


def _of_cover(form: Form) -> Iterator[str]:
    cover, name = form.cover, "首表（cover）"
    sheet = form.by_key.get(cover.sheet)
    if sheet is None or sheet.kind is not Kind.CARD:
        yield f"{name}用到{cover.sheet}，没有这张卡片式的表"
        return
    always = (cover.unit_id, cover.unit_name, cover.period, cover.filled_on)
    others = filter(None, (cover.preparer, cover.phone, cover.reason))
    yield from _of_use(form, name, sheet, (*always, *others))
    for key in always:
        if key in sheet.by_key and not sheet.always_has((key,)):
            yield f"{name}的“{sheet.labels[key]}”要每一版都有"
    for column in form.counted_answers:
        if not isinstance(column.type, Choice) or column.personal or column.disclosure != OPEN:
            yield f"{_named(sheet, column)}要在上级计数（counted），应是人人可见的单选栏目"
    conditions = (
        ("更正条件", cover.correction),
        ("退回修改条件", cover.mending),
        ("零报告条件", cover.nil),
    )
    for words, condition in conditions:
        yield from _of_use(form, f"{name}的{words}", sheet, (), condition)
    for key in sorted(cover.exempt_when_nil - form.by_key.keys()):
        yield f"零报告可以不填的表里有{key}，没有这张表"


def _of_same_person(form: Form) -> Iterator[str]:
    spec, name = form.same_person, "同一人核实（same_person）"
    if spec is None:
        return
    sheet = form.by_key.get(spec.sheet)
    if sheet and sheet.naming_column is None:
        yield f"{name}用到《{sheet.title}》，这张表没有编号"
        return
    yield from _of_use(form, name, spec.sheet, (spec.person, *spec.matter), spec.where)
    person = sheet.by_key.get(spec.person) if sheet else None
    if sheet and person and not isinstance(person.type, IdNumber):
        yield f"{name}用到{_named(sheet, person)}，它不是身份证号"


def _of_report(form: Form) -> Iterator[str]:
    spec = form.report
    if spec is None:
        return
    if spec.narrative or spec.plans:
        yield from _of_use(form, "报告引用（narrative）", spec.narrative)
        yield from _of_use(form, "报告里只写本单位的（plans）", spec.narrative, spec.plans)
    narrative = form.by_key.get(spec.narrative)
    if narrative and narrative.is_table:
        yield f"报告引用（narrative）用到《{narrative.title}》，它不是卡片式的表"
    for column in narrative.columns if narrative else ():
        if narrative and column.label in TEMPLATE_NAMES:
            yield f"{_named(narrative, column)}与报告模板里的名称相同，要改一个栏目名称"
    if spec.story_sheet:
        told, name = filter(None, (spec.story_title, spec.story_text)), "报告案例（story_sheet）"
        yield from _of_use(form, name, spec.story_sheet, told, spec.story_where)
    for key in spec.tables:
        yield from _of_use(form, "报告里列的表（tables）", key)
