"""Pairs, money and the grass roots: 结对帮扶, 基层组织, 联系点.

三 “采取‘一帮一’、‘多帮一’等方式”, 四 “大力加强基层基础工作”.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, Context
from sheetflow.schemas.cells import Money
from sheetflow.schemas.parsing import read_name
from sheetflow.schemas.personal import holds_personal_number
from sheetflow.validators.grassroots2012.catalogue import OWN

_LIKE_WAN = 100
"""Amounts in yuan hardly ever all stay below this; amounts in 万元 do."""
_ENOUGH_ROWS = 3


def check_pairings(book: Book, context: Context) -> Iterator[Finding]:
    """一帮一 has one helper, 多帮一 at least two; money given is a service and a service has money."""
    del context
    found = book.sheets.get("pairings")
    for row in book.rows("pairings"):
        if found is None:
            continue
        helpers, funds = row.number_in("helpers"), row.number_in("funds")
        if row["mode"] == "一帮一" and helpers not in {None, 1}:
            yield OWN["pairing-one"].at(found.place(row, "helpers"), typed=str(helpers))
        if row["mode"] == "多帮一" and helpers == 1:
            yield OWN["pairing-many"].at(found.place(row, "helpers"), typed=str(helpers))
        services = row["services"]
        if funds is None or not isinstance(services, tuple):
            continue
        if funds > 0 and "资金" not in services:
            yield OWN["pairing-funds-service"].at(found.place(row, "services"), typed=str(funds))
        if funds == 0 and "资金" in services:
            yield OWN["pairing-service-no-funds"].at(found.place(row, "funds"))


def check_homes(book: Book, context: Context) -> Iterator[Finding]:
    """There are no more 妇女之家 than villages and communities."""
    del context
    found = book.sheets.get("grassroots")
    for row in book.rows("grassroots"):
        homes = row.number_in("homes")
        villages, communities = row.number_in("villages"), row.number_in("communities")
        if found is None or homes is None or villages is None or communities is None:
            continue
        if homes > villages + communities:
            yield OWN["homes-many"].at(
                found.place(row, "homes"), homes=str(homes), places=str(villages + communities)
            )


def check_townships(book: Book, context: Context) -> Iterator[Finding]:
    """A contact point's township is one of those in 基层组织."""
    del context
    found = book.sheets.get("contact_points")
    known = {row["township"] for row in book.rows("grassroots")}
    if found is None or not known or None in known:
        return
    for row in found.rows:
        township = row["township"]
        if not isinstance(township, str) or holds_personal_number(township):
            continue  # a private number is a finding of its own
        if read_name(township) not in known and row["status"] == "在用":
            yield OWN["township-unknown"].at(found.place(row, "township"), township=township[:20])


def check_money_scale(book: Book, context: Context) -> Iterator[Finding]:
    """Amounts in a 元 column do not all look like 万元."""
    del context
    for found in book.sheets.values():
        for column in found.sheet.columns:
            if not isinstance(column.type, Money) or column.key not in found.spots:
                continue
            amounts = [row.number_in(column.key) for row in found.rows]
            given = [amount for amount in amounts if amount]
            if len(given) >= _ENOUGH_ROWS and max(given) < _LIKE_WAN:
                yield OWN["money-scale"].at(
                    found.header_place(column.key), column=column.label, most=str(max(given))
                )
