"""Rules made up at random over any form, as people would write them: whatever the language accepts."""

from __future__ import annotations

from random import Random

from sheetflow.schemas.cells import Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.language.kinds import Sort, sort_of
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Kind, Sheet

_SIGNS = ("<", ">", "<=", ">=", "=", "<>")


class RuleWriter:
    """Writes expressions about rows of `sheet`, None: about the workbook as a whole."""

    def __init__(self, random: Random, vocabulary: Vocabulary, sheet: Sheet | None) -> None:
        self._random, self._vocabulary, self._sheet = random, vocabulary, sheet
        self._tables = [
            each
            for each in vocabulary.sheets.values()
            if each.is_table and each.kind is not Kind.ANSWER
        ]
        self._cards = [each for each in vocabulary.sheets.values() if each.kind is Kind.CARD]

    def truth(self, depth: int = 3, counted: Sheet | None = None) -> str:
        """Write what is true or false of a row; of rows of `counted` where those are counted."""
        pick = self._random.random()
        if depth and pick < 0.35:
            parts = [self.truth(depth - 1, counted) for _ in range(2)]
            return f" {self._random.choice('且或')} ".join(f"({part})" for part in parts)
        if depth and pick < 0.45:
            return f"非 ({self.truth(depth - 1, counted)})"
        if depth and pick < 0.5:
            return f"({self.truth(depth - 1, counted)})=({self.truth(depth - 1, counted)})"
        sort = self._random.choice((Sort.NUMBER, Sort.DATE, Sort.TEXT, Sort.TEXT, Sort.SET))
        if sort is Sort.NUMBER:
            left, right = self.number(depth, counted), self.number(depth, counted)
            return f"{left}{self._random.choice(_SIGNS)}{right}"
        if sort is Sort.DATE:
            return f"{self.date(depth, counted)}{self._random.choice(_SIGNS)}{self.date(depth, counted)}"
        return self._worded(sort, counted)

    def _worded(self, sort: Sort, counted: Sheet | None) -> str:
        cell, column = self._cell(sort, counted)
        if column is None:
            return self._random.choice(("真", "假"))
        sign = self._random.choice(("=", "<>"))
        if self._random.random() < 0.25:
            return f'{cell}{sign}""'
        known = (
            column.type.known if isinstance(column.type, Choice | Choices) else ("王芳", "历下区")
        )
        words = [f'"{word}"' for word in self._random.sample(known, min(len(known), 2))]
        if sort is Sort.SET:
            return f"含({cell}, {words[0]})"
        if isinstance(column.type, Text) and self._random.random() < 0.3:
            return f"字数({cell}){self._random.choice(_SIGNS)}{self._random.randint(0, 30)}"
        return f"{cell}{sign}{{{','.join(words)}}}" if len(words) > 1 else f"{cell}{sign}{words[0]}"

    def number(self, depth: int = 2, counted: Sheet | None = None) -> str:
        """Write a number."""
        pick = self._random.random()
        if depth and pick < 0.2:
            sign = self._random.choice("+-*/")
            return f"({self.number(depth - 1, counted)}{sign}{self.number(depth - 1, counted)})"
        if depth and pick < 0.25:
            return f"({self.date(0, counted)}-{self.date(0, counted)})"
        if depth and counted is None and pick < 0.5:
            return self._counting(depth)
        if pick < 0.6 and self._vocabulary.indicators and counted is None:
            code = self._random.choice(tuple(self._vocabulary.indicators))
            return code if self._sheet or self._random.random() < 0.5 else f"上期({code})"
        cell, column = self._cell(Sort.NUMBER, counted)
        return cell if column and pick < 0.9 else str(self._random.randint(0, 3))

    def _counting(self, depth: int) -> str:
        table = self._random.choice(self._tables)
        asked = ""
        if self._random.random() < 0.8:
            asked = f", {self.truth(depth - 1, table)}"
        summed = [f"[{each.label}]" for each in table.columns if each.type.numeric]
        if summed and self._random.random() < 0.4:
            chosen = self._random.sample(summed, min(2, len(summed)))
            return f"合计({table.title}, {'+'.join(chosen)}{asked})"
        return f"计数({table.title}{asked})"

    def date(self, depth: int = 1, counted: Sheet | None = None) -> str:
        """Write a date."""
        pick = self._random.random()
        if depth and pick < 0.2:
            days = self._random.randint(0, 60)
            return f"({self.date(depth - 1, counted)}{self._random.choice('+-')}{days})"
        cell, column = self._cell(Sort.DATE, counted)
        back = self._random.choice(("", "0", "1", "2"))
        return cell if column and pick < 0.7 else f"{self._random.choice(('期初', '期末'))}({back})"

    def _cell(self, sort: Sort, counted: Sheet | None) -> tuple[str, Column | None]:
        """Name a cell that holds such things, and its column."""
        random, row = self._random, counted or self._sheet
        if row is None:
            return self._of(random.choice(self._cards), sort, "card")
        pick = random.random()
        if counted and self._sheet and pick < 0.3:
            return self._of(self._sheet, sort, "本行")
        if counted is None and self._sheet and self._sheet.naming_column and pick < 0.2:
            return self._of(self._sheet, sort, "上期")
        pointing = [
            each for each in row.columns if each.refers_to and sort_of(each.type) is Sort.TEXT
        ]
        if pointing and pick > 0.7:
            by = random.choice(pointing)
            named, column = self._of(self._vocabulary.sheets[by.refers_to], sort, "")
            return f"[{by.label}].{named}", column
        return self._of(row, sort, "")

    def _of(self, sheet: Sheet, sort: Sort, front: str) -> tuple[str, Column | None]:
        columns = [each for each in sheet.columns if sort_of(each.type) is sort]
        if not columns:
            return "", None
        column = self._random.choice(columns)
        return f"{sheet.title if front == 'card' else front}[{column.label}]", column
