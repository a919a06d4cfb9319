"""Names: what people call sheets, columns and indicators becomes their keys, and back.

This module owns what a name means where it stands, options as a list spells them among names, and the
sentences about names that mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sheetflow.errors import DeclarationError
from sheetflow.schemas.cells import Reference
from sheetflow.schemas.columns import Column
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Not,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.language.misreadings import Fault, Faults
from sheetflow.schemas.language.places import FUNCTIONS
from sheetflow.schemas.language.printer import named
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import find, is_it, likely, may_be
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.sheets import Kind, Sheet


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose cells a plain [column] means (`row`) and whose 本行[column] (`outer`): keys of sheets.

    Empty where there is no such row. `points` are the columns that 本栏 stands for, in turn.
    """

    row: str = ""
    outer: str = ""
    points: tuple[Column, ...] = ()

    def counting(self, sheet: str) -> Seen:
        """What is seen of a sheet that is counted from here."""
        return Seen(sheet, self.row, self.points)

    def sheet_of(self, cell: Cell) -> str:
        """The key of the sheet in which a resolved cell stands, before any reference."""
        if cell.card:
            return cell.card
        return self.row if cell.scope is Scope.ROW else self.outer or self.row

    def column(self, cell: Cell, vocabulary: Vocabulary) -> Column | None:
        """Give the column of a resolved cell, that of the row it points to where it goes there."""
        sheet = vocabulary.sheets.get(self.sheet_of(cell))
        column = sheet.by_key.get(cell.column) if sheet else None
        if column and cell.of:
            target = vocabulary.sheets.get(column.refers_to)
            return target.by_key.get(cell.of) if target else None
        return column


def resolve(
    expression: Expression, vocabulary: Vocabulary, seen: Seen, *, above: bool = False
) -> Expression | Faults:
    """Put keys in place of names, and options as their lists spell them.

    `above`: an indicator may name those in rows above its own alone, which a sentence says.
    """
    resolver = _Resolver(vocabulary, above)
    resolved = resolver.of(expression, seen)
    return Faults(resolver.faults) if resolver.faults else resolved


@dataclass
class _Resolver:
    vocabulary: Vocabulary
    above: bool
    faults: list[Fault] = field(default_factory=list)

    def of(self, expression: Expression, seen: Seen) -> Expression:  # noqa: PLR0911 - one for each kind
        match expression:
            case Cell():
                return self._cell(expression, seen)
            case Name():
                return self._indicator(expression, seen)
            case Call():
                return self._call(expression, seen)
            case Joined(_, parts):
                return replace(expression, joined=tuple(self.of(part, seen) for part in parts))
            case Not(part) | Minus(part):
                return replace(expression, part=self.of(part, seen))
            case Operation(_, left, right):
                left, right = self.of(left, seen), self.of(right, seen)
                spelt = self._spelt(right, left, seen), self._spelt(left, right, seen)
                return replace(expression, left=spelt[1], right=spelt[0])
        return expression

    def _wrong(self, at: int, message: str, word: str = "") -> None:
        self.faults.append(Fault(at, message, word))

    def _sheet(self, title: str, at: int) -> Sheet | None:
        sheet = self.vocabulary.sheet(title)
        if sheet is None:
            word = likely(title, self.vocabulary.titles)
            self._wrong(at, f"没有《{title}》这张工作表{is_it(word, '《》')}", word)
        return sheet

    def _column(self, sheet: Sheet, label: str, at: int) -> Column | None:
        words = self.vocabulary.words(sheet.key)
        column, shown = words.column(label), words.lookup(label)
        if shown:
            by = sheet.labels[shown.by]
            meant = f"[{by}].[{label}]"
            self._wrong(at, f"[{label}] 是公式算出的带出栏，请写成 {meant}。", meant)
        elif column is None:
            word = likely(label, words.labels)
            listed = "" if word else may_be(words.labels, "有：")
            self._wrong(at, f"《{sheet.title}》没有“{label}”这个栏目{is_it(word)}{listed}", word)
        return column

    def _cell(self, cell: Cell, seen: Seen) -> Expression:
        if cell.card:
            return self._card_cell(cell)
        row = seen.row if cell.scope is Scope.ROW else seen.outer or seen.row
        if not row:
            return self._rowless(cell)
        sheet = self.vocabulary.sheets[row]
        column = self._column(sheet, cell.column, cell.at)
        if column is None:
            return cell
        scope = cell.scope if seen.outer or cell.scope is Scope.BEFORE else Scope.ROW
        if scope is Scope.BEFORE and not sheet.naming_column:
            self._wrong(cell.at, f"《{sheet.title}》没有编号，找不到上期的同一行，不能用 上期[…]。")
        of = self._through(column, cell) if cell.of else ""
        return replace(cell, column=column.key, of=of, scope=scope)

    def _through(self, column: Column, cell: Cell) -> str:
        """Find the column of the row that a reference points to."""
        target = self.vocabulary.sheets.get(column.refers_to)
        if target is None:
            self._wrong(
                cell.at, f"[{column.label}] 不是引用栏，不能写 [{column.label}].[{cell.of}]。"
            )
            return cell.of
        if not isinstance(column.type, Reference):
            told = f"[{column.label}] 可填多个编号，不能再取其中一行的[{cell.of}]。"
            self._wrong(cell.at, told)
            return cell.of
        found = self._column(target, cell.of, cell.at)
        return found.key if found else cell.of

    def _card_cell(self, cell: Cell) -> Expression:
        sheet = self._sheet(cell.card, cell.at)
        if sheet is None:
            return cell
        if sheet.kind is not Kind.CARD:
            told = (
                f"《{sheet.title}》有很多行，不是卡片，不能写 {named(sheet.title)}[{cell.column}]"
            )
            self._wrong(cell.at, f"{told}：请用 计数({named(sheet.title)}, 条件)。")
            return cell
        column = self._column(sheet, cell.column, cell.at)
        return replace(cell, card=sheet.key, column=column.key) if column else cell

    def _rowless(self, cell: Cell) -> Expression:
        """Read [name] where there is no row: an indicator's label, else a card's cell without its card."""
        indicator = self.vocabulary.indicator(cell.column)
        if indicator and not cell.of and cell.scope is Scope.ROW:
            return Name(indicator.code, at=cell.at)
        cards = [
            self.vocabulary.words(key)
            for key, each in self.vocabulary.sheets.items()
            if each.kind is Kind.CARD
        ]
        meant = next(
            (
                f"{named(card.sheet.title)}[{cell.column}]"
                for card in cards
                if card.column(cell.column)
            ),
            "",
        )
        if meant:
            told = f"[{cell.column}] 前面要写明是哪张卡片{is_it(meant)}"
            self._wrong(cell.at, told, meant)
        else:
            self._no_indicator(cell.column, cell.at)
        return cell

    def _indicator(self, name: Name, seen: Seen) -> Expression:
        indicator = self.vocabulary.indicator(name.name)
        if indicator:
            return replace(name, name=indicator.code)
        if sheet := self.vocabulary.sheet(name.name):
            title = named(sheet.title)
            self._wrong(
                name.at, f"《{sheet.title}》是工作表，不是指标：要数它的行，请写 计数({title})。"
            )
        elif meant := self._bare(name.name, seen):
            self._wrong(
                name.at, f"“{name.name}”要写成 {meant}：栏目写在[ ]里，文字写在引号里。", meant
            )
        else:
            self._no_indicator(name.name, name.at, bare=True)
        return name

    def _bare(self, word: str, seen: Seen) -> str:
        """Give a column or an option of these rows that lacks its marks as it is to be written."""
        for scope, key in (("", seen.row), ("本行", seen.outer)):
            if not key:
                continue
            if column := self.vocabulary.words(key).column(word):
                return f"{scope}[{column.label}]"
            for each in self.vocabulary.sheets[key].columns:
                kind = each.type
                if isinstance(kind, Choice | Choices) and (found := find(word, kind.known)):
                    return f'"{found}"'
        return ""

    def _no_indicator(self, name: str, at: int, *, bare: bool = False) -> None:
        known = self.vocabulary.indicators
        word = likely(name, (*known, *(each.label.strip() for each in known.values())))
        above = "，它要写在本行上面" if self.above else ""
        quoted = bare and not word and not self.above
        text = f"“{name}”是文字的，要写在引号里，如 [栏目]=“{name}”。" if quoted else ""
        self._wrong(at, f"没有指标“{name}”{above}{is_it(word)}{text}", word)

    def _call(self, call: Call, seen: Seen) -> Expression:
        function = FUNCTIONS[call.function]
        if not function.of_sheet:
            arguments = tuple(self.of(part, seen) for part in call.arguments)
            if call.function == "含":
                arguments = (arguments[0], self._spelt(arguments[1], arguments[0], seen))
            return replace(call, arguments=arguments)
        first, *others = call.arguments
        if not isinstance(first, Name):
            self._wrong(call.at, f"{call.function} 的第一项要写工作表的名称，如 {function.shape}。")
            return call
        sheet = self._sheet(first.name, first.at)
        if sheet is None:
            return call
        counted = seen.counting(sheet.key)
        if call.function == "合计" and self._adds_shown(others[0], sheet):
            others = others[1:]  # one sentence is enough
        rest = tuple(self.of(part, counted) for part in others)
        return replace(call, arguments=(replace(first, name=sheet.key), *rest))

    def _adds_shown(self, summed: Expression, sheet: Sheet) -> bool:
        """Refuse a sum of what stands beside a sheet by formula."""
        words, before = self.vocabulary.words(sheet.key), len(self.faults)
        for part in summed.each():
            if isinstance(part, Cell) and words.lookup(part.column):
                self._wrong(part.at, f"[{part.column}] 是公式算出的带出栏，不能求和。")
        return len(self.faults) > before

    def _spelt(self, words: Expression, of: Expression, seen: Seen) -> Expression:
        """Spell texts that are compared with cells of a drop-down as its list does."""
        columns: tuple[Column | None, ...] = ()
        if isinstance(of, Cell):
            columns = (seen.column(of, self.vocabulary),)
        elif isinstance(of, OwnCell):
            columns = seen.points
        for column in columns:
            if column and isinstance(column.type, Choice | Choices):
                words = self._as_listed(words, column, column.type)
        return words

    def _as_listed(self, words: Expression, column: Column, kind: Choice | Choices) -> Expression:
        match words:
            case Literal(str(word)) if word:
                return replace(words, value=self._option(word, column, kind, words.at))
            case Options(texts):
                spelt = [self._option(word, column, kind, words.at) for word in texts]
                return replace(words, words=tuple(dict.fromkeys(spelt)))
        return words

    def _option(self, word: str, column: Column, kind: Choice | Choices, at: int) -> str:
        known = kind.known
        if found := find(word, known) or dict(kind.older).get(word):
            return found
        near = likely(word, known)
        told = f"“{column.label}”没有“{word}”这个选项{is_it(near)}{may_be(kind.options)}"
        self._wrong(at, told, near)
        return word


_LABEL_MARKS, _TITLE_MARKS = frozenset("[]［］"), frozenset("《》")


def labelled(  # noqa: PLR0911 - one for each kind
    expression: Expression, vocabulary: Vocabulary, seen: Seen
) -> Expression:
    """Put today's names in place of keys; raise DeclarationError for what no expression can name."""
    match expression:
        case Cell(column, of, _, card):
            return replace(
                expression,
                column=_label(vocabulary, seen.sheet_of(expression), column),
                of=_label(vocabulary, _target(vocabulary, seen, expression), of) if of else "",
                card=_title(vocabulary, card) if card else "",
            )
        case Name(code):
            return _named_indicator(vocabulary, code, seen)
        case Call(function, (Name(key) as first, *others)) if FUNCTIONS[function].of_sheet:
            counted = seen.counting(key)
            rest = tuple(labelled(part, vocabulary, counted) for part in others)
            return replace(
                expression, arguments=(replace(first, name=_title(vocabulary, key)), *rest)
            )
        case Call(_, parts):
            return replace(
                expression, arguments=tuple(labelled(part, vocabulary, seen) for part in parts)
            )
        case Joined(_, parts):
            return replace(
                expression, joined=tuple(labelled(part, vocabulary, seen) for part in parts)
            )
        case Not(part) | Minus(part):
            return replace(expression, part=labelled(part, vocabulary, seen))
        case Operation(_, left, right):
            return replace(
                expression,
                left=labelled(left, vocabulary, seen),
                right=labelled(right, vocabulary, seen),
            )
    return expression


def _target(vocabulary: Vocabulary, seen: Seen, cell: Cell) -> str:
    sheet = vocabulary.sheets[seen.sheet_of(cell)]
    return sheet.by_key[cell.column].refers_to


def _title(vocabulary: Vocabulary, key: str) -> str:
    if key not in vocabulary.sheets:
        raise DeclarationError(f"式子里用到{key}，没有这张表。")
    title = vocabulary.sheets[key].title
    if set(title) & _TITLE_MARKS:
        raise DeclarationError(f"“{title}”的名称里有书名号，式子里写不了它。")
    return title


def _label(vocabulary: Vocabulary, sheet: str, column: str) -> str:
    known = vocabulary.sheets[sheet].labels if sheet in vocabulary.sheets else {}
    if column not in known:
        raise DeclarationError(f"式子里用到{column}，没有这个栏目。")
    if set(known[column]) & _LABEL_MARKS:
        raise DeclarationError(f"栏目“{known[column]}”的名称里有方括号，式子里写不了它。")
    return known[column]


def _named_indicator(vocabulary: Vocabulary, code: str, seen: Seen) -> Expression:
    """Name an indicator by a code that somebody typed, else by its label where that is its own."""
    indicator = vocabulary.indicators.get(code)
    label = indicator.label.strip() if indicator else ""
    typed = code.isascii() or set(label) & (_TITLE_MARKS | _LABEL_MARKS)
    if typed or indicator is None or vocabulary.indicator(label) is not indicator:
        return Name(code)
    return Name(label) if seen.row else Cell(label)
