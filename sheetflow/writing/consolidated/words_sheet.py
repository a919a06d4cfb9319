"""The sheets of a consolidated workbook that no figure stands on: texts whole, answers counted.

Units stand below each other, the headings of the card side by side. A text that is taller than a
row may be goes on in the next one: nothing is cut. Texts that are near-identical to another's are
marked and say whose; both are, for nobody knows who copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sheetflow.consolidation.answers import Answers
from sheetflow.consolidation.contents import Consolidated, DetailRow, DetailSheet
from sheetflow.findings import Severity
from sheetflow.schemas.cells import Text
from sheetflow.schemas.filings import FILING_LABEL
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.workbook import cell_name
from sheetflow.writing.consolidated.detail_sheets import before, detail_cell, footer, width_of
from sheetflow.writing.looks import (
    CENTRED,
    DETAIL_LOOKS,
    FIGURE,
    SEVERITY_FILL,
    TALLEST,
    WRAPPED,
    Look,
    lines_of,
    text_width,
)
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book

ANSWERS_SHEET = "答复统计"
ALIKE_COLUMN = "相近情况"
_A3 = 8
_PLACE_WIDTH, _ALIKE_WIDTH = 14.0, 24.0
_SOURCE_WIDTH, _MOST_SHORT = 20.0, 20.0
_TEXTS_WIDTH, _LEAST, _MOST = 190.0, 30.0, 90.0
"""What the texts have side by side on A3, and the bounds of one of them."""
_MOST_LINES = int((TALLEST - 3) // 15)
_MOST_NAMED = 3
_ENDS = re.compile(r"[。！？；\n][”’）]?")
_TOLD: Look = WRAPPED | {"valign": "top"}
_MARKED: Look = _TOLD | {"bg_color": SEVERITY_FILL[Severity.NOTE]}
_EXPECTED = "应报"
_HEADINGS = ("项目", "答复", "合计")


def write_words(book: Book, consolidated: Consolidated) -> None:
    """Write the texts of all units that reported any, each whole."""
    words = consolidated.words
    if words is None:
        return
    keys = [column.key for column in words.columns]
    rows = [row for row in words.rows() if any(row.values.get(key) for key in keys)]
    width = min(_MOST, max(_LEAST, _TEXTS_WIDTH / max(len(keys), 1)))
    widths = [*[_PLACE_WIDTH] * len(words.origin), *[width] * len(keys), _ALIKE_WIDTH]
    page = TablePage(book, words.sheet.title, widths, footer(consolidated))
    page.worksheet.set_paper(_A3)
    page.worksheet.repeat_columns(0, len(words.origin) - 1)
    page.open(
        f"{words.sheet.title}（{consolidated.whose} {consolidated.period.label}）",
        f"{len(rows)}个单位报送了文字，照原文列出；一行放不下的接排在下一行。"
        + (
            "文字大体相同的，在下一级单位的汇总表里标出，本表不标。"
            if consolidated.is_folded
            else f"有底色的文字，除单位名称和数字外与别的单位的大体相同，见“{ALIKE_COLUMN}”一栏。"
        ),
        [*words.origin, *(column.label for column in words.columns), ALIKE_COLUMN],
    )
    number = FIRST_ROW
    for row in rows:
        number = _write_texts(page, number, row, words, consolidated.alike)
    page.close(number - 1, len(words.origin))


def write_cards(book: Book, consolidated: Consolidated) -> dict[str, tuple[str, int]]:
    """Write every card that is listed, a row a unit; give, by receipt, the sheet and row of its first."""
    found: dict[str, tuple[str, int]] = {}
    for card in consolidated.cards:
        _write_card(book, consolidated, card, found)
    return found


def _write_card(
    book: Book, consolidated: Consolidated, card: DetailSheet, found: dict[str, tuple[str, int]]
) -> None:
    origin = [_PLACE_WIDTH] * len(card.origin) + [_SOURCE_WIDTH]
    told = [isinstance(each.type, Text) and each.type.free for each in card.columns]
    short = [min(width_of(each), _MOST_SHORT) for each in card.columns]
    left = _TEXTS_WIDTH - sum(
        width for width, is_told in zip(short, told, strict=True) if not is_told
    )
    wide = min(_MOST, max(_LEAST, left / max(sum(told), 1)))
    own = [wide if is_told else width for width, is_told in zip(short, told, strict=True)]
    page = TablePage(book, card.sheet.title, [*origin, *own], footer(consolidated))
    page.worksheet.set_paper(_A3)
    page.worksheet.repeat_columns(0, len(origin) - 1)
    rows = list(card.rows())
    page.open(
        f"{card.sheet.title}（{consolidated.whose} {consolidated.period.label}）",
        f"{len(rows)}个单位已报，一个单位一行，照原文列出；一行放不下的接排在下一行。",
        [*before(card), *(column.label for column in card.columns)],
    )
    number = FIRST_ROW
    for row in rows:
        found.setdefault(row.receipt, (page.title, number))
        shown = [detail_cell(each, row.values.get(each.key)) for each in card.columns]
        parts = [
            list(parts_of(value, width)) if isinstance(value, str) else [value]
            for (value, _), width in zip(shown, own, strict=True)
        ]
        for turn in range(max(map(len, parts))):
            cells = [part[turn] if turn < len(part) else "" for part in parts]
            page.fit(
                number,
                [
                    (cell, width)
                    for cell, width in zip(cells, own, strict=True)
                    if isinstance(cell, str)
                ],
            )
            for at, place in enumerate((*row.places, row.receipt), start=1):
                goes_on = bool(turn) and at == len(row.places)
                page.put(number, at, f"{place}（续）" if goes_on else place, _TOLD)
            for at, (cell, (_, look)) in enumerate(
                zip(cells, shown, strict=True), start=len(origin) + 1
            ):
                page.put(number, at, cell, DETAIL_LOOKS[look] | {"valign": "top"})
            number += 1
    page.close(number - 1, len(origin))


def _write_texts(
    page: TablePage,
    number: int,
    row: DetailRow,
    words: DetailSheet,
    known: Mapping[tuple[str, str], Sequence[str]],
) -> int:
    """Write one unit's texts into as many rows as the longest takes; give the next row's number."""
    width = page.widths[len(words.origin)]
    texts = [str(row.values.get(column.key) or "") for column in words.columns]
    parts = [list(parts_of(text, width)) for text in texts]
    alike = alike_words(row, words, known)
    for turn in range(max(map(len, parts))):
        shown = [part[turn] if turn < len(part) else "" for part in parts]
        told = "" if turn else alike
        page.fit(number, [*((text, width) for text in shown), (told, _ALIKE_WIDTH)])
        for at, place in enumerate(row.places, start=1):
            goes_on = bool(turn) and at == len(row.places)
            page.put(number, at, f"{place}（续）" if goes_on else place, _TOLD)
        for at, (column, text) in enumerate(
            zip(words.columns, shown, strict=True), start=len(row.places) + 1
        ):
            is_marked = bool(text) and (row.receipt, column.key) in known
            page.put(number, at, text, _MARKED if is_marked else _TOLD)
        page.put(number, len(page.widths), told, _TOLD)
        number += 1
    return number


def alike_words(
    row: DetailRow, words: DetailSheet, known: Mapping[tuple[str, str], Sequence[str]]
) -> str:
    """Say to whose texts a unit's are near-identical, a line a heading; nothing where to nobody's."""
    lines = []
    for column in words.columns:
        others = known.get((row.receipt, column.key), ())
        if others and row.values.get(column.key):
            more = f"等{len(others)}个单位" if len(others) > _MOST_NAMED else ""
            lines.append(f"{column.label}：与{'、'.join(others[:_MOST_NAMED])}{more}相近")
    return "\n".join(lines)


def parts_of(text: str, width: float) -> Iterator[str]:
    """Part a text into what one row after the other can show, after a sentence where one ends near."""
    while lines_of(text, width) > _MOST_LINES:
        head = text[: _fitting(text, width)]
        ends = [match.end() for match in _ENDS.finditer(head)]
        cut = ends[-1] if ends and ends[-1] > len(head) // 2 else len(head)
        yield text[:cut].rstrip("\n")
        text = text[cut:].lstrip("\n")
    yield text


def _fitting(text: str, width: float) -> int:
    """Count the characters of `text` that a row shows at most."""
    room, lines, found = max(2.0, width - 1), 0, 0
    for line in text.splitlines(keepends=True):
        needed = lines_of(line.rstrip("\n"), width)
        if lines + needed > _MOST_LINES:
            share = (_MOST_LINES - lines) * room / max(text_width(line), 1)
            return max(found + int(len(line) * share * 0.9), 1)
        lines, found = lines + needed, found + len(line)
    return found


def write_answers(book: Book, consolidated: Consolidated) -> None:
    """Write how many units gave each answer, all together and by unit straight below."""
    if not consolidated.answers:
        return
    groups = consolidated.answered_by
    page = TablePage(book, ANSWERS_SHEET, [34, 12, 10, *[10.0] * len(groups)], footer(consolidated))
    page.open(
        f"{ANSWERS_SHEET}（{consolidated.whose} {consolidated.period.label}）",
        "".join(_explained(consolidated.answers)),
        [*_HEADINGS, *groups],
        lines=2,
    )
    number = FIRST_ROW
    for asked in consolidated.answers:
        number = _write_answers(page, number, asked, _named(asked))
    page.close(number - 1, 2)


def _explained(answers: Sequence[Answers]) -> Iterator[str]:
    """Say what is counted, and what adds up to what."""
    of_units = [asked for asked in answers if asked.adds_up]
    filings = any(asked.label == FILING_LABEL for asked in of_units)
    if of_units:
        source = "报表" if filings else f"《{of_units[0].sheet}》"
        yield f"按各单位{source}的填写计数，单位：个。“未答”是报了而没有填的，"
        yield "“未接收”是本期还没有接收其报表的；各项相加等于应报单位数。"
    if filings:
        yield "零报告的算“无此项”，旧版的表没有问的算“未答”。"
    if len(of_units) < len(answers):
        yield "数字栏里以文字代替数字的另计：（行）是这样的行数，（单位）是有这样的行的单位数，都不计入合计数。"


def _named(asked: Answers) -> str:
    """Name a question: one on the card that says who reports by itself, any other with its sheet."""
    is_on_card = asked.adds_up and asked.label != FILING_LABEL
    return asked.label if is_on_card else f"《{asked.sheet}》{asked.label}"


def _write_answers(page: TablePage, number: int, asked: Answers, name: str) -> int:
    """Write one question; give the next row's number."""
    totals = [*asked.total.items()]
    if asked.adds_up:
        totals.append((_EXPECTED, sum(asked.total.values())))
    for place, (word, total) in enumerate(totals):
        page.fit(number, [(name, page.widths[0])])
        page.put(number, 1, name, WRAPPED)
        page.put(number, 2, word, CENTRED)
        counts = [sum(group) if word == _EXPECTED else group[place] for group in asked.counts]
        first, last = cell_name(number, 4), cell_name(number, 3 + max(len(counts), 1))
        page.formula(number, 3, f"SUM({first}:{last})", total, FIGURE)
        for at, count in enumerate(counts, start=4):
            page.put(number, at, count, FIGURE)
        number += 1
    return number
