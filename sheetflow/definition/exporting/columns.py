"""栏目: the columns of one sheet as rows, each saying no more than what differs from its type's usual.

This module owns how a type, a mask and a lookup are written. It refuses to decide which sheet a row is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetflow.definition import meanings as words
from sheetflow.definition.exporting.option_lists import OptionLists
from sheetflow.definition.exporting.sayable import Saying, Unsaid
from sheetflow.definition.layout import Row
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import OPEN, Column, Mask, usual_width
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.language.conditions import condition_text
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Lookup, Sheet

_TYPES: Mapping[type[CellType], str] = {
    Text: "文字",
    Whole: "整数",
    Fraction: "小数",
    Money: "金额",
    Day: "日期",
    Choice: "单选",
    Choices: "多选",
    Key: "编号",
    NameKey: "名称作编号",
    Reference: "引用",
    References: "引用多个",
    IdNumber: "身份证号",
    Phone: "电话",
    PeriodName: "报告期",
    Attachment: "附件",
}
_STRICTNESS = {Mask.WHOLE: 0, Mask.LEFT_OUT: 2}


@dataclass(frozen=True)
class Neighbours:
    """What the rows of one form may name: its campaign, its form, the lists, the words for what is asked."""

    campaign: Campaign
    form: Form
    lists: OptionLists
    purposes: Mapping[tuple[str, str], tuple[str, ...]]
    vocabulary: Vocabulary
    unsaid: Unsaid

    def condition(self, saying: Saying, key: str, condition: Condition | None, sheet: str) -> None:
        """Put a condition on the rows of a sheet, nothing for none."""
        if condition is not None:
            saying.attempt(key, lambda: condition_text(condition, self.vocabulary, sheet))

    @property
    def nil(self) -> tuple[Condition | None, str]:
        """What says on which sheet that there is nothing to report."""
        return self.form.cover.nil, self.form.cover.sheet

    def name_form(self, saying: Saying) -> None:
        """Name the form of a row, unless it is the main one."""
        if self.form is not self.campaign.main_form:
            saying.put("form", self.form.title)

    def sheet_named(self, to: str) -> str:
        """Name the sheet of that key, or of another form (``form/sheet``)."""
        form, _, sheet = to.rpartition("/")
        if not form:
            return self.form.by_key[sheet].title
        other = self.campaign.by_key[form]
        return f"{other.title}/{other.by_key[sheet].title}"

    def printed_from(self, sheet: Sheet) -> Mapping[str, str]:
        """Name, by the columns of a gathered sheet, the columns of the listed one that stand in them."""
        spec = sheet.gathered
        if spec is None:
            return {}
        labels = self.campaign.by_key[spec.form].by_key[spec.listed].labels
        pairs = ((spec.entry, spec.named), *spec.shown)
        return {here: labels[there] for here, there in pairs}


def column_rows(sheet: Sheet, near: Neighbours) -> Iterator[Row]:
    """Give a row for each column of a sheet, then for each that it shows by formula."""
    for column in sheet.declared:
        saying = Saying(f"《{sheet.title}》的“{column.label}”", near.unsaid, {"sheet": sheet.title})
        saying.put("label", column.label)
        _say_type(saying, column.type, near)
        _say_requirement(saying, column, sheet, near)
        _say_dates(saying, column, sheet)
        _say_disclosure(saying, column, sheet, near)
        saying.several("purpose", near.purposes.get((sheet.key, column.key), ()))
        saying.put("printed_from", near.printed_from(sheet).get(column.key))
        saying.put("hint", column.hint, "")
        saying.yes("prefilled", column.prefilled, default=isinstance(column.type, PeriodName))
        saying.several("accepts", column.accepts)
        saying.put("width", column.width, usual_width(column.type))
        saying.several("older", column.older)
        saying.versions(column)
        saying.code(column.key, column.older[-1] if column.older else column.label)
        yield saying.row
    yield from _lookup_rows(sheet, near)


def _say_type(saying: Saying, kind: CellType, near: Neighbours) -> None:
    if type(kind) not in _TYPES:
        saying.refuse("没有这样的类型")
        return
    saying.put("type", _TYPES[type(kind)])
    _say_limits(saying, kind)
    match kind:
        case Choice() | Choices():
            saying.put("extra", near.lists.name(kind))
        case Key():
            saying.put("extra", kind.first)
        case Reference(to) | References(to):
            saying.put("extra", near.sheet_named(to))
        case Phone(services):
            saying.several("extra", services)
        case Attachment(endings) if endings != Attachment().endings:
            saying.several("extra", endings)
        case Fraction(decimals):
            saying.put("extra", decimals, Fraction().decimals)


def _say_limits(saying: Saying, kind: CellType) -> None:
    match kind:
        case Text(limit):
            saying.put("most", limit, Text().limit)
        case NameKey(limit):
            saying.put("most", limit, NameKey().limit)
        case Attachment(_, megabytes):
            saying.put("most", megabytes, Attachment().megabytes)
        case Money(unit):
            saying.put("unit", unit, Money().unit)
        case Whole(least, most, unit) | Fraction(_, least, most, unit):
            saying.put("least", _number(least), 0)
            saying.put("most", None if most is None else _number(most))
            saying.put("unit", unit, "")


def _number(limit: int | Decimal) -> int | float:
    """Give a limit as a cell holds it."""
    return limit if isinstance(limit, int) else float(limit)


def _say_requirement(saying: Saying, column: Column, sheet: Sheet, near: Neighbours) -> None:
    if isinstance(column.required, Condition):
        near.condition(saying, "required", column.required, sheet.key)
    else:
        saying.yes("required", column.required, default=True)
    if column.only and not isinstance(column.required, Condition):
        saying.refuse("不满足时不得填，却没有条件")
    saying.yes("only", column.only, default=False)


def _say_dates(saying: Saying, column: Column, sheet: Sheet) -> None:
    usual = "filled_on" if isinstance(column.type, Day) else ""
    if column.not_after and not isinstance(column.type, Day):
        saying.refuse("不是日期，却写了日期不晚于")
    saying.word("not_after", words.NOT_AFTER, column.not_after, usual)
    if column.not_before:
        saying.put("not_before", sheet.labels[column.not_before])


def _say_disclosure(saying: Saying, column: Column, sheet: Sheet, near: Neighbours) -> None:
    saying.yes("personal", column.personal, default=isinstance(column.type, IdNumber))
    if column.disclosure.withheld_when is not None:
        near.condition(saying, "withheld_when", column.disclosure.withheld_when, sheet.key)
    levels = near.campaign.levels.names
    said = dict(column.disclosure.masks)
    if levels[-1] in said:
        saying.refuse(f"写了{levels[-1]}级看什么，它是最下级")
    before = Mask.LEFT_OUT if column.personal else Mask.WHOLE
    strictest = 0
    for level in levels[-2::-1]:
        mask = column.mask_at(level)
        strictness = _STRICTNESS.get(mask, 1)
        if strictness < strictest or (strictness == 1 == strictest and mask is not before):
            saying.refuse(f"{level}级看得比下一级多")
        strictest = max(strictest, strictness)
        if level in said or (mask is not before and column.disclosure != OPEN):
            saying.put(f"mask@{level}", words.word_for(words.MASKS, mask))
        before = mask


def _lookup_rows(sheet: Sheet, near: Neighbours) -> Iterator[Row]:
    taken = set(sheet.labels.values())
    for lookup in filter(lambda each: each.shown, sheet.lookups):
        by, column = sheet.labels[lookup.by], _shown(lookup, near)
        label = column if column not in taken else f"{by}的{column}"
        saying = Saying(f"《{sheet.title}》的“{label}”", near.unsaid, {"sheet": sheet.title})
        saying.put("label", label)
        saying.put("type", "带出")
        saying.put("extra", f"[{by}].[{column}]")
        if sheet.by_key[lookup.by].refers_to != lookup.of:
            saying.refuse(f"带出的不是“{by}”所指的表里的栏目")
        taken.add(label)
        yield saying.row


def _shown(lookup: Lookup, near: Neighbours) -> str:
    return near.form.by_key[lookup.of].labels[lookup.column]
