"""What a column asks for, in words: for input prompts, hints and 填报说明."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.schemas.cells import Choice, Day, Reference, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Sheet


def requirement(sheet: Sheet, column: Column) -> str:
    """Say whether the column must be filled: 必填, 选填, or when."""
    if isinstance(column.required, Condition):
        when = column.required.words(sheet.labels)
        return f"{when}时必填" + ("，否则不填" if column.only else "")
    if column.prefilled:
        return "已预填"
    return "必填" if column.required else "选填"


def type_words(form: Form, column: Column) -> str:
    """Say what may stand in the column, naming the sheet that it points to."""
    kind = column.type
    if isinstance(kind, Reference):
        return f"填《{form.by_key[kind.to].title}》中的编号"
    if isinstance(kind, References):
        return f"填《{form.by_key[kind.to].title}》中的编号，可填多个，用“、”分开"
    return kind.words


def extra_words(sheet: Sheet, column: Column) -> Iterator[str]:
    """Say the hint and what a date is held against."""
    if column.hint:
        yield column.hint
    if isinstance(column.type, Day):
        if column.not_before:
            yield f"不早于“{sheet.labels[column.not_before]}”"
        if column.not_after == "period_end":
            yield "不晚于报告期末"
        elif column.not_after == "filled_on":
            yield "不晚于填报日期"


def prompt_words(form: Form, sheet: Sheet, column: Column) -> str:
    """Give the words of the input prompt; the options of a drop-down are not repeated."""
    kind = "从下拉列表选一项" if isinstance(column.type, Choice) else type_words(form, column)
    return "\n".join((requirement(sheet, column), kind, *extra_words(sheet, column)))
