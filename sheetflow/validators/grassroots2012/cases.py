"""Needs and what is done about them: 个案帮扶 and 难题化解 answer to 妇女需求台帐.

三 “对属于个案性的 … 要迅速形成和落实帮扶措施”, “对 … 一时还难以解决的问题 …”.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.lookalikes import plain, without_unseen
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.parsing import Value
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.keys import accepted_rows, unclear_rows

_CASE, _HARD = "个案性", "暂时难以解决"
_OPEN = ("未办理", "办理中")


def check_natures(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A new row of 个案帮扶 is about a need that is 个案性, of 难题化解 about one 暂时难以解决."""
    needs = _needs_by_id(book)
    for sheet, nature, rule in (
        ("case_help", _CASE, "case-nature"),
        ("hard_cases", _HARD, "hard-nature"),
    ):
        before = _accepted(book, context, sheet, "need")
        for found, row in book.each_row(sheet):
            need = needs.get(row["need"])
            if need and row["need"] not in before and need["nature"] not in {None, nature}:
                yield OWN[rule].at(
                    found.place(row, "need"), key=str(row["need"]), nature=str(need["nature"])
                )


def check_hard_solved(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A hard case is 已解决 exactly when its need is 已办结."""
    del context
    needs = _needs_by_id(book)
    for found, row in book.each_row("hard_cases"):
        need = needs.get(row["need"])
        if need is None or row["stage"] is None or need["status"] is None:
            continue
        if (row["stage"] == "已解决") != (need["status"] == "已办结"):
            yield OWN["hard-solved"].at(
                found.place(row, "stage"),
                stage=str(row["stage"]),
                key=str(row["need"]),
                status=str(need["status"]),
            )


def check_case_has_help(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """An 个案性 need in hand or done has its row in 个案帮扶, a hard one in 难题化解."""
    taken_up = ("办理中", "已办结")
    # The needs accepted before; none where a row's key is unclear and may be one of them.
    found = book.sheets.get("needs")
    clear = found is not None and not unclear_rows(found, "need_id")
    kept = _accepted(book, context, "needs", "need_id") if clear else set()
    for found, row in _unanswered(book, "case_help", _CASE, taken_up, kept):
        yield OWN["case-without-help"].at(
            found.place(row, "nature"), key=str(row["need_id"]), status=str(row["status"])
        )
    for found, row in _unanswered(book, "hard_cases", _HARD, ("未办理", *taken_up), kept):
        yield OWN["hard-without-plan"].at(found.place(row, "nature"), key=str(row["need_id"]))


def _unanswered(
    book: Book, sheet: str, nature: str, states: tuple[str, ...], kept: set[Value]
) -> list[tuple[BookSheet, BookRow]]:
    """Give the needs of `nature` and `states` that no row of `sheet` is about.

    None where those rows could not be read, or where as many point to nothing, to a need
    of another nature or to the same need again: these are findings of their own, and may
    be the rows that one would miss. A row about a need that was accepted before (`kept`)
    and is gone now is about that one.
    """
    answers = book.sheets.get(sheet)
    if answers and not answers.reads("need"):
        return []
    needs = _needs_by_id(book)
    answered: set[object] = set()
    loose = 0
    for row in book.rows(sheet):
        need = needs.get(row["need"])
        strange = row["need"] not in kept if need is None else need["nature"] != nature
        loose += strange or row["need"] in answered
        answered.add(row["need"])
    open_needs = [
        (found, row)
        for found, row in book.each_row("needs")
        if row["nature"] == nature
        and row["status"] in states
        and row["need_id"] is not None
        and row["need_id"] not in answered
    ]
    return open_needs if len(open_needs) > loose else []


def check_case_open_long(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """An 个案性 need is not open for more than two periods."""
    del context
    before = book.period.previous
    limit = before.previous if before else None
    for found, row in book.each_row("needs") if limit else ():
        day = row["registered_on"]
        if row["nature"] != _CASE or row["status"] not in _OPEN or not isinstance(day, dt.date):
            continue
        if limit and day <= limit.last_day:
            # Once per case: an explanation holds while the status moves and the case stays open.
            yield OWN["case-open-long"].at(
                found.place(row, "registered_on"), key=str(row["need_id"]), day=day.isoformat()
            )


def check_need_once(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """The same person has no two open needs of the same category.

    The same person: the same identity number; where one of the two rows lacks it, the same
    name and phone.
    """
    del context
    numbered: dict[tuple[object, ...], BookRow] = {}
    named: dict[tuple[object, ...], BookRow] = {}
    unnumbered: dict[tuple[object, ...], BookRow] = {}
    for found, row in book.each_row("needs"):
        if row["status"] not in _OPEN or row["category"] is None:
            continue
        if not row.sound("id_number"):
            continue  # whose it is, is not known yet
        number, category = row["id_number"], row["category"]
        person = (
            (_bare(row["name"]), _bare(row["phone"]), category)
            if row["name"] and row["phone"]
            else ()
        )
        other = None
        if number:
            other = numbered.setdefault((number, category), row)
            other = unnumbered.get(person) if other is row else other
        elif person:
            other = named.get(person)
            unnumbered.setdefault(person, row)
        if person:
            named.setdefault(person, row)
        if other is not None and other is not row:
            key = str(other["need_id"] or "")
            cell = "" if key else found.cell(other.number, "category")
            yield OWN["need-twice"].at(found.place(row, "category"), first=key, first_cell=cell)


def _bare(value: Value) -> str:
    """Give a name or a phone without what does not tell people apart: spaces, dashes, width."""
    return _BETWEEN.sub("", without_unseen(plain(str(value or "")))).casefold()


_BETWEEN = re.compile(r"[\W_]+")


def _needs_by_id(book: Book) -> dict[Value, BookRow]:
    return {key: row for row in book.rows("needs") if (key := row["need_id"]) is not None}


def _accepted(book: Book, context: JudgingContext, sheet: str, column: str) -> set[Value]:
    """Give what stood in a column in the last period accepted before."""
    found = book.sheets.get(sheet)
    rows = accepted_rows(book, context, found.sheet) if found else ()
    return {row.get(column) for row in rows}
