"""Cells that hold an expression or a sentence with placeholders: what the language makes of them, or their faults.

This module owns which placeholders a sentence of a rule may have and which columns may be quoted in a
finding, which mails and superiors read: nobody's personal value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.lines import Line
from sheetflow.schemas.cells import IdNumber, Phone, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.language.conditions import read_condition
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import find, is_it, likely, same
from sheetflow.schemas.sheets import Sheet

T = TypeVar("T")
_LONGEST = 4000


def read(desk: Desk, line: Line, name: str, reader: Callable[[str], T | Faults]) -> T | None:
    """Read an expression in a cell; None where it is blank or faulty, which is told."""
    text = line.text(name, _LONGEST)
    if not text:
        return None
    made = reader(text)
    if not isinstance(made, Faults):
        return made
    if not desk.mentions_broken(text):
        for fault in made:
            line.fault(name, fault.message, fault.likely)
    else:
        desk.held_back = True
    return None


def condition(
    desk: Desk,
    line: Line,
    name: str,
    vocabulary: Vocabulary,
    sheet: str,
    *,
    through: bool = False,
) -> Condition | None:
    """Read a condition on the rows of the sheet of that key, `through`: or on rows they point to."""

    def reader(text: str) -> Condition | Faults:
        return read_condition(text, vocabulary, sheet, through=through)

    return read(desk, line, name, reader)


OWN, LABEL, LABELS, OTHER, BEFORE = "本栏", "栏目", "各栏", "另一行", "上期"
_WORDS = (OWN, LABEL, LABELS, OTHER)
_PLACEHOLDER = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_MARKS = re.compile(r"[{}｛｝]")


def sentence(
    desk: Desk,
    line: Line,
    name: str,
    vocabulary: Vocabulary,
    sheet: Sheet | None,
    points: Sequence[str],
) -> str:
    """Read 问题 or 怎么改 with keys in its placeholders; tell what may not be quoted."""
    text = line.name(name)
    if text and _MARKS.search(_PLACEHOLDER.sub("", text)):
        line.fault(name, "花括号要成对，里面写栏目名称，如 {台帐编号}。")
        return text
    reader = _Sentence(desk, line, name, vocabulary, sheet, points)
    return _PLACEHOLDER.sub(lambda found: f"{{{reader.key(found[1].strip())}}}", text)


class _Sentence:
    """A sentence while its placeholders are read."""

    def __init__(
        self,
        desk: Desk,
        line: Line,
        name: str,
        vocabulary: Vocabulary,
        sheet: Sheet | None,
        points: Sequence[str],
    ) -> None:
        self.desk, self.line, self.name = desk, line, name
        self.vocabulary, self.sheet, self.points = vocabulary, sheet, points

    def key(self, word: str) -> str:
        """Give what stands for a placeholder in a declaration."""
        folded = find(word, _WORDS)
        if folded is not None:
            if folded == OWN:
                self._tell_points()
            return folded
        before, colon, rest = word.replace("：", ":").partition(":")
        if colon and same(before) == BEFORE:
            return f"{BEFORE}:{self._column(rest.strip(), word)}"
        if self.sheet is None:
            return self._beyond_rows(word)
        return self._column(word, word)

    def _tell_points(self) -> None:
        """Tell where the cells that the rule points to may not be quoted."""
        for point in self.points:
            at, _, key = point.rpartition(".")
            owner = self.vocabulary.sheets.get(at) if at else self.sheet
            if owner and key in owner.by_key:
                self._tell_private(owner, owner.by_key[key], OWN)

    def _column(self, label: str, word: str) -> str:
        if self.sheet is None:
            return self._beyond_rows(label)
        labels = {column.label: column for column in self.sheet.columns}
        older = {old: column for column in self.sheet.columns for old in column.older}
        words = {**older, **labels}
        found = find(label, words)
        if found is None:
            self._tell_unknown(word, [*labels, *_WORDS])
            return label
        self._tell_private(self.sheet, words[found], word)
        return words[found].key

    def _beyond_rows(self, word: str) -> str:
        """Read ``{封面.零报告}`` or an indicator's code, where a rule looks at the workbook once."""
        title, dot, label = word.replace("．", ".").replace("[", ".").partition(".")
        sheet = self.vocabulary.sheet(title.strip("《》")) if dot else None
        column = None
        if sheet:
            labels = {each.label: each for each in sheet.columns}
            found = find(label.rstrip("]］"), labels)
            column = labels[found] if found is not None else None
        if sheet and column:
            self._tell_private(sheet, column, word)
            return f"{sheet.key}.{column.key}"
        indicator = None if dot else self.vocabulary.indicator(word)
        if indicator is None:
            self._tell_unknown(word, [*self.vocabulary.indicators, *_WORDS])
        return indicator.code if indicator else word

    def _tell_unknown(self, word: str, words: Sequence[str]) -> None:
        if self.desk.mentions_broken(word):
            return
        where = f"《{self.sheet.title}》" if self.sheet else "这里"
        meant = likely(word, words)
        told = f"{where}没有可以引用的{{{word[:20]}}}{is_it(meant, '{}')}"
        self.line.fault(self.name, told, meant)

    def _tell_private(self, sheet: Sheet, column: Column, word: str) -> None:
        if column.quotable:
            return
        is_long = isinstance(column.type, Text) and column.type.free
        kept = column.personal or isinstance(column.type, IdNumber | Phone) or not is_long
        why = "个人信息不写进审核意见和邮件" if kept else "长文字不写进审核意见和邮件"
        naming = sheet.naming_column
        remedy = "请去掉"
        if naming and naming.quotable:
            remedy = f"请改为编号栏，如{{{naming.label}}}"
        told = f"不能引用{{{word[:20]}}}：{why}。{remedy}。"
        self.line.fault(self.name, told)
