"""Mail that somebody did not get: which there is, and sending it after all.

This module owns what counts as mail in trouble. It refuses to send anything to whoever has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sheetflow.context.context import LOG, Office
from sheetflow.errors import RequestError
from sheetflow.store.records import Mail


def troubled_mails(office: Office) -> Iterator[tuple[Mail, str]]:
    """Give every mail that somebody did not get, and in words how it stands with it."""
    store = office.store.mails
    for mail in store.find_mails("held"):
        yield mail, "有邮件发不出去"
    for mail in store.find_mails("queued"):
        if mail.trouble:
            yield mail, "有邮件还没有发成"
    for mail in store.find_unreached():
        # An address that was mended or struck since waits for nothing.
        listed = office.tree[mail.unit_id].mails if mail.unit_id in office.tree else ()
        if refused := [each for each in mail.refused if each in listed]:
            yield mail, f"有邮件没有送到{len(refused)}个地址"


def requeue(office: Office, numbers: Collection[int]) -> int:
    """Queue mails (by number) again, to the addresses that the list of units has now.

    Give how many. Who has a mail does not get it again. Raise RequestError, before anything is
    queued, for a number that names no such mail or a unit without an address.
    """
    known = {mail.mail_id: mail for mail, _ in troubled_mails(office)}
    for number in numbers:
        if number not in known:
            raise RequestError(
                f"没有要重新发送的第{number}号邮件。不带编号运行 sheetflow mail，会列出全部。"
            )
        unit_id = known[number].unit_id
        if unit_id not in office.tree or not office.tree[unit_id].mails:
            raise RequestError(
                f"第{number}号邮件的单位 {unit_id} 没有邮箱。请先在 units.xlsx 里填好。"
            )
    with office.store.together():
        for number in numbers:
            whom = office.tree[known[number].unit_id].mails
            office.store.mails.record_mail_requeued(number, office.clock.now(), whom)
    LOG.info("%d mails queued again", len(numbers))
    return len(numbers)
