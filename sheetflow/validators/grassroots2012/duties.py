"""What cadres, papers, pairs and the grass roots must come to, and figures that hardly can be so.

二 “每位干部都要记录一本‘妇情日记’、建立一册妇女需求台帐、撰写一份调查手记”, 三 “采取‘一帮一’、
‘多帮一’等方式”, 四 “大力加强基层基础工作”. A unit with nothing accepted before has no history:
no figure of it jumps, and a blank figure is never compared (it is not 0).
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, BookRow, JudgingContext
from sheetflow.schemas.cells import Money
from sheetflow.schemas.indicators import Indicator, Number
from sheetflow.schemas.layout import STATISTICS_COLUMNS
from sheetflow.schemas.parsing import holds_personal_number, read_name
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.grassroots2012.catalogue import OWN
from sheetflow.validators.statistics import is_measurable
from sheetflow.workbook import cell_name

*_, _CURRENT, _TOTAL = STATISTICS_COLUMNS
_DUTIES = {
    "diaries": "没有妇情日记",
    "ledgers": "没有需求台帐",
    "women_linked": "没有固定联系的妇女",
}
_KINDS = ("调查手记", "调研报告")
_PARTS = ("has_situation", "has_analysis", "has_advice")
_LIKE_WAN = 100
"""Amounts in yuan hardly ever all stay below this; amounts in 万元 do."""
_ENOUGH_ROWS = 3
_WATCHED = ("S01", "S03", "S06", "S50", "S52")
_FACTOR = 3
_FROM = 10


def check_report_parts(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A 调研报告 has situation, analysis and advice."""
    del context
    for found, row in book.each_row("papers"):
        for part in _PARTS if row["kind"] == "调研报告" else ():
            if row[part] == "否":
                label = found.sheet.labels[part]
                yield OWN["report-parts"].at(found.place(row, part), part=label)


def check_cadre_duties(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """From the second period on, a cadre on duty has a diary, a ledger and women linked."""
    del context
    found = book.sheets.get("cadres")
    if book.period.opens_year or found is None:
        return
    for row in _on_duty(book):
        if lacking := [column for column in _DUTIES if row[column] == 0]:
            words = "、".join(_DUTIES[column] for column in lacking)
            place = found.place(row, lacking[0])
            yield OWN["cadre-duties"].at(place, key=row.key, lacking=words)


def check_cadre_papers(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """In the last period, a cadre on duty has written a 调查手记 and a 调研报告."""
    del context
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
            yield OWN["cadre-papers"].at(
                found.place(row, "cadre_id"), key=row.key, lacking="和".join(lacking)
            )


def _on_duty(book: Book) -> Iterator[BookRow]:
    for row in book.rows("cadres"):
        if row["status"] == "在岗" and row["cadre_id"] is not None:
            yield row


def check_pairings(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """一帮一 has one helper, 多帮一 at least two; money given is a service and a service has money."""
    del context
    for found, row in book.each_row("pairings"):
        helpers, funds, services = row.number_in("helpers"), row.number_in("funds"), row["services"]
        if row["mode"] == "一帮一" and helpers not in {None, 1}:
            yield OWN["pairing-one"].at(found.place(row, "helpers"), typed=str(helpers))
        if row["mode"] == "多帮一" and helpers == 1:
            yield OWN["pairing-many"].at(found.place(row, "helpers"), typed=str(helpers))
        if funds is None or not isinstance(services, tuple):
            continue
        if funds > 0 and "资金" not in services:
            yield OWN["pairing-funds-service"].at(found.place(row, "services"), typed=str(funds))
        if funds == 0 and "资金" in services:
            yield OWN["pairing-service-no-funds"].at(found.place(row, "funds"))


def check_homes(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """There are no more 妇女之家 than villages and communities."""
    del context
    for found, row in book.each_row("grassroots"):
        homes = row.number_in("homes")
        villages, communities = row.number_in("villages"), row.number_in("communities")
        if homes is None or villages is None or communities is None:
            continue
        if homes > (places := villages + communities):
            place = found.place(row, "homes")
            yield OWN["homes-many"].at(place, homes=str(homes), places=str(places))


def check_townships(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A contact point's township is one of those in 基层组织."""
    del context
    known = {row["township"] for row in book.rows("grassroots")}
    for found, row in book.each_row("contact_points") if known and None not in known else ():
        township = row["township"]
        if not isinstance(township, str) or holds_personal_number(township):
            continue  # a private number is a finding of its own
        if read_name(township) not in known and row["status"] == "在用":
            yield OWN["township-unknown"].at(found.place(row, "township"), township=township[:20])


def check_money_scale(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Amounts in a 元 column do not all look like 万元."""
    del context
    for found in book.sheets.values():
        for column in found.sheet.columns:
            if not isinstance(column.type, Money) or column.key not in found.spots:
                continue
            amounts = [amount for row in found.rows if (amount := row.number_in(column.key))]
            if len(amounts) >= _ENOUGH_ROWS and max(amounts) < _LIKE_WAN:
                place = found.header_place(column.key)
                yield OWN["money-scale"].at(place, column=column.label, most=str(max(amounts)))


def check_swings(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """From the second period on, no figure moves by more than three times.

    期末数 are compared with the last 期末数; what adds up over the year by its 本期, where
    both periods have something to count.
    """
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None:
        return
    before = context.earlier(book.form.key, earlier.period)
    base = before.totals if before else {}
    for code, measured in book.figures.items():
        indicator, kind = book.form.indicator[code], book.form.kind_of(code)
        last = earlier.totals.get(code)
        if indicator.is_ratio or not is_measurable(book, indicator):
            continue
        if kind is Kind.STOCK:
            if _jumps(last, measured):
                rule = "swing" if code in _WATCHED else "swing-minor"
                yield _swing(book, rule, indicator, _TOTAL, (last, measured))
        else:
            now = indicator.values(kind, measured, last).current
            then = indicator.values(Kind.LEDGER, last, base.get(code)).current
            if (now or 0) > 0 and (then or 0) > 0 and _jumps(then, now):
                yield _swing(book, "swing-minor", indicator, _CURRENT, (then, now))


def _swing(
    book: Book, rule: str, indicator: Indicator, heading: str, figures: tuple[Number, Number]
) -> Finding:
    """Point to the figure in the statistics, where the file shows it."""
    sheet = book.form.statistics
    found = book.sheets.get(sheet.key) if sheet else None
    row, column = found.spots.get(f"{indicator.code} {heading}", (0, 0)) if found else (0, 0)
    label = indicator.label.removeprefix("其中：").strip("　")
    place = Place(
        sheet=sheet.key if sheet else "",
        title=found.title if found else sheet.title if sheet else "",
        row=row,
        column=indicator.code,
        label=label,
        cell=cell_name(row, column) if row else "",
        key=heading,
    )
    return OWN[rule].at(
        place,
        indicator=f"{indicator.code}“{label}”",
        current=str(figures[1]),
        previous=str(figures[0]),
    )


def _jumps(previous: Number, current: Number) -> bool:
    if previous is None or current is None:
        return False
    low, high = sorted((previous, current))
    return high >= _FROM and high > _FACTOR * low
