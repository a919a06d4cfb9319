"""What cadres, papers, pairs and the grass roots must come to, and needs and their answers.

Each check cites its sentence of the notice in `checks.txt`. A unit with nothing accepted before
has no history: no figure of it jumps, and a blank figure is never compared (it is not 0).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from sheetflow.findings import Catalogue, Finding
from sheetflow.lookalikes import plain, without_unseen
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import packaged_checks
from sheetflow.schemas.parsing import Value, holds_personal_number, read_name
from sheetflow.validators.general_rules import accepted_rows, unclear_rows

CHECKS = packaged_checks("sheetflow.validators.grassroots2012")
_OWN = Catalogue.of(CHECKS)
_DUTIES = {
    "diaries": "没有妇情日记",
    "ledgers": "没有需求台帐",
    "women_linked": "没有固定联系的妇女",
}
_KINDS = ("调查手记", "调研报告")
_PARTS = ("has_situation", "has_analysis", "has_advice")


def check_report_parts(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """A 调研报告 has situation, analysis and advice."""
    for found, row in book.each_row("papers"):
        for part in _PARTS if row["kind"] == "调研报告" else ():
            if row[part] == "否":
                label = found.sheet.labels[part]
                yield _OWN["report-parts"].at(found.place(row, part), part=label)


def check_cadre_duties(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """From the second period on, a cadre on duty has a diary, a ledger and women linked."""
    found = book.sheets.get("cadres")
    if book.period.opens_year or found is None:
        return
    for row in _on_duty(book):
        if lacking := [column for column in _DUTIES if row[column] == 0]:
            words = "、".join(_DUTIES[column] for column in lacking)
            place = found.place(row, lacking[0])
            yield _OWN["cadre-duties"].at(place, key=row.key, lacking=words)


def check_cadre_papers(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """In the last period, a cadre on duty has written a 调查手记 and a 调研报告."""
    found = book.sheets.get("cadres")
    if not book.period.closes_year or found is None:
        return
    papers = book.sheets.get("papers")
    if papers and not papers.reads("kind", "authors"):
        return
    written: set[tuple[object, str]] = set()
    unclear = 0
    for row in book.rows("papers"):
        authors = row["authors"]
        unclear += authors is None
        # A kind that cannot be read may be either; it is a finding of its own.
        kinds = _KINDS if row["kind"] is None else (str(row["kind"]),)
        for author in authors if isinstance(authors, tuple) else ():
            written |= {(author, kind) for kind in kinds}
    short = [
        (row, lacking)
        for row in _on_duty(book)
        if (lacking := [kind for kind in _KINDS if (row["cadre_id"], kind) not in written])
    ]
    if len(short) > unclear:
        for row, lacking in short:
            yield _OWN["cadre-papers"].at(
                found.place(row, "cadre_id"), key=row.key, lacking="和".join(lacking)
            )


def _on_duty(book: Book) -> Iterator[BookRow]:
    for row in book.rows("cadres"):
        if row["status"] == "在岗" and row["cadre_id"] is not None:
            yield row


def check_pairings(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """一帮一 has one helper, 多帮一 at least two; money given is a service and a service has money."""
    for found, row in book.each_row("pairings"):
        helpers, funds, services = row.number_in("helpers"), row.number_in("funds"), row["services"]
        if row["mode"] == "一帮一" and helpers not in {None, 1}:
            yield _OWN["pairing-one"].at(found.place(row, "helpers"), typed=str(helpers))
        if row["mode"] == "多帮一" and helpers == 1:
            yield _OWN["pairing-many"].at(found.place(row, "helpers"), typed=str(helpers))
        if funds is None or not isinstance(services, tuple):
            continue
        if funds > 0 and "资金" not in services:
            yield _OWN["pairing-funds-service"].at(found.place(row, "services"), typed=str(funds))
        if funds == 0 and "资金" in services:
            yield _OWN["pairing-service-no-funds"].at(found.place(row, "funds"))


def check_homes(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """There are no more 妇女之家 than villages and communities."""
    for found, row in book.each_row("grassroots"):
        homes = row.number_in("homes")
        villages, communities = row.number_in("villages"), row.number_in("communities")
        if homes is None or villages is None or communities is None:
            continue
        if homes > (places := villages + communities):
            place = found.place(row, "homes")
            yield _OWN["homes-many"].at(place, homes=str(homes), places=str(places))


def check_townships(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """A contact point's township is one of those in 基层组织."""
    known = {row["township"] for row in book.rows("grassroots")}
    for found, row in book.each_row("contact_points") if known and None not in known else ():
        township = row["township"]
        if not isinstance(township, str) or holds_personal_number(township):
            continue  # a private number is a finding of its own
        if read_name(township) not in known and row["status"] == "在用":
            yield _OWN["township-unknown"].at(found.place(row, "township"), township=township[:20])


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
                yield _OWN[rule].at(
                    found.place(row, "need"), key=str(row["need"]), nature=str(need["nature"])
                )


def check_hard_solved(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """A hard case is 已解决 exactly when its need is 已办结."""
    needs = _needs_by_id(book)
    for found, row in book.each_row("hard_cases"):
        need = needs.get(row["need"])
        if need is None or row["stage"] is None or need["status"] is None:
            continue
        if (row["stage"] == "已解决") != (need["status"] == "已办结"):
            yield _OWN["hard-solved"].at(
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
        yield _OWN["case-without-help"].at(
            found.place(row, "nature"), key=str(row["need_id"]), status=str(row["status"])
        )
    for found, row in _unanswered(book, "hard_cases", _HARD, ("未办理", *taken_up), kept):
        yield _OWN["hard-without-plan"].at(found.place(row, "nature"), key=str(row["need_id"]))


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


def check_case_open_long(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """An 个案性 need is not open for more than two periods."""
    before = book.period.previous
    limit = before.previous if before else None
    for found, row in book.each_row("needs") if limit else ():
        day = row["registered_on"]
        if row["nature"] != _CASE or row["status"] not in _OPEN or not isinstance(day, dt.date):
            continue
        if limit and day <= limit.last_day:
            # Once per case: an explanation holds while the status moves and the case stays open.
            yield _OWN["case-open-long"].at(
                found.place(row, "registered_on"), key=str(row["need_id"]), day=day.isoformat()
            )


def check_need_once(book: Book, _context: JudgingContext) -> Iterator[Finding]:
    """The same person has no two open needs of the same category.

    The same person: the same identity number; where one of the two rows lacks it, the same
    name and phone.
    """
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
            yield _OWN["need-twice"].at(found.place(row, "category"), first=key, first_cell=cell)


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
