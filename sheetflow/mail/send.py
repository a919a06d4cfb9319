"""The mail queue: at least once, with back-off; trouble delays mail and nothing else.

A mail names and encloses the file in which its answer lies now, though that be beside one that a
person changed. While a service runs, the postman sends beside its passes, in its own thread.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from markupsafe import escape

from sheetflow.context import LOG, Context, say_nothing
from sheetflow.context.running import Retry, alone_in
from sheetflow.errors import MailError, RequestError, StoreError, WorkspaceError, describe
from sheetflow.mail.carriers import Carrier, MaildirCarrier, Outcome, Reason
from sheetflow.mail.compose import Sender, compose
from sheetflow.mail.facts import gather_floods
from sheetflow.mail.smtp import SmtpCarrier
from sheetflow.publishing.places import is_reachable
from sheetflow.store.records import Attachment, Delivered, Mail

_AT_ONCE = 100
_TOGETHER = 16
"""So many mails are recorded as sent in one commit, by a carrier to which a repeat does nothing."""


Unrecorded = dict[int, Delivered]
"""What became of mails, by their numbers, that the store does not know yet."""


@dataclass
class Sent:
    """What became of one round of sending."""

    sent: int = 0
    delayed: int = 0
    held: int = 0
    blocked: tuple[Reason, dt.datetime] | None = None
    """What is the matter with the server, and when the mail was tried that found out."""

    @property
    def handled(self) -> int:
        """How many mails something became of."""
        return self.sent + self.delayed + self.held


def carrier_of(context: Context) -> Carrier:
    """Give the carrier that the settings name: the mail server, else a Maildir for the record."""
    mail = context.settings.mail
    if not mail.host:
        return MaildirCarrier(context.workspace.maildir)
    return SmtpCarrier(
        mail.host,
        mail.server_port,
        security=mail.security,
        user=mail.user,
        password=context.settings.mail_password.get_secret_value(),
        timeout=mail.timeout_seconds,
    )


def send_due(
    context: Context,
    *,
    newest: int | None = None,
    unrecorded: Unrecorded | None = None,
    is_served: bool = False,
) -> Sent:
    """Send what is due, up to the mail numbered `newest`; give how it went.

    Where the server itself does not serve, one mail finds out and the others are put off: a
    silent server costs one time-out, not one for each mail, and whoever waits behind is served.

    `unrecorded` says of mails (by number) to whom they are gone, though the store could not be
    told. It is recorded first, and nothing is sent before that succeeds: while a disk is full, a
    mail would otherwise go out again with every round. The caller keeps it. While somebody
    serves (`is_served`), answers of a flood wait for those that are still to come.
    """
    result = Sent()
    carrier = carrier_of(context)
    together = _TOGETHER if carrier.knows_repeats else 1
    tried: set[int] = set()
    gone = {} if unrecorded is None else unrecorded
    _record_sent(context, gone)
    gather_floods(context, is_served=is_served)
    # What comes due while a slow server is talked to waits for the next round, and to be gathered.
    now = context.clock.now()
    while fresh := _untried(context, tried, now, newest):
        for start in range(0, len(fresh), together):
            if context.is_stopping():
                return result
            for mail in fresh[start : start + together]:
                tried.add(mail.mail_id)
                if delivered := _attempt(context, carrier, mail, result):
                    gone[mail.mail_id] = delivered
                if result.blocked:
                    break
            _record_sent(context, gone)
            if result.blocked:
                while untried := _untried(context, tried, now, newest):
                    numbers = [mail.mail_id for mail in untried]
                    reason, at = result.blocked
                    context.store.mails.record_mails_put_off(numbers, reason.words, at)
                    LOG.warning("%d mails put off: %s", len(numbers), reason)
                    tried.update(numbers)
                    result.delayed += len(numbers)
                return result
            context.say("发信", min(start + together, len(fresh)), len(fresh))
    return result


def _untried(
    context: Context, tried: Collection[int], now: dt.datetime, newest: int | None
) -> list[Mail]:
    due = context.store.mails.find_due(now, limit=_AT_ONCE, newest=newest)
    return [mail for mail in due if mail.mail_id not in tried]


def _record_sent(context: Context, gone: Unrecorded) -> None:
    if not gone:
        return
    with context.store.together():
        for mail_id, delivered in sorted(gone.items()):
            context.store.mails.record_attempt(mail_id, delivered, context.clock.now())
    gone.clear()


def send_unless_served(context: Context) -> Sent | None:
    """Send what is due, unless a running service does: two would send a mail twice."""
    try:
        with alone_in(context.workspace, context.settings):
            return send_due(context)
    except WorkspaceError:
        return None


def _attempt(context: Context, carrier: Carrier, mail: Mail, result: Sent) -> Delivered | None:
    """Send one mail; give what is to be recorded where somebody has it.

    A fault of ours delays it and no other.
    """
    try:
        return _send(context, carrier, mail, result)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        LOG.error("mail %d met a fault of ours: %s", mail.mail_id, describe(error))
        words = "程序出错，详见日志"
        context.store.mails.record_mail_failed(mail.mail_id, words, context.clock.now())
        result.delayed += 1
        return None


def _send(context: Context, carrier: Carrier, mail: Mail, result: Sent) -> Delivered | None:
    settings = context.settings.mail
    sender = Sender(
        settings.sender or "sheetflow@localhost",
        settings.sender_name or context.campaign.organiser,
    )
    now = context.clock.now()
    try:
        current = current_files(context, mail)
        attachments = [
            (entry.name, read_file(context, entry.path)) for entry in current.attachments
        ]
        message = compose(current, sender, attachments, mail.created_at)
    except OSError:
        context.store.mails.record_mail_failed(mail.mail_id, "附件还没有发布", now)
        result.delayed += 1
        return None
    except MailError as error:
        context.store.mails.record_mail_failed(mail.mail_id, str(error), now, permanent=True)
        result.held += 1
        return None
    # Who has it is not named to the server again; the bytes, and with them the Message-ID, stay.
    delivery = carrier.deliver(message, sender.address, mail.unserved)
    for refusal in delivery.refusals:
        LOG.warning("mail %d: a recipient was refused: %s", mail.mail_id, refusal.reason)
    delivered = Delivered(
        accepted=delivery.accepted,
        refused=delivery.reasons(Outcome.PERMANENT),
        again=delivery.reasons(Outcome.TEMPORARY),
    )
    if delivery.reason and delivery.reason.is_of_the_server:
        result.blocked = delivery.reason, now
    result.sent += bool(delivery.accepted)
    result.delayed += bool(delivery.again)
    result.held += bool(delivered.refused) and not delivery.again
    if delivery.accepted:
        return delivered
    context.store.mails.record_attempt(mail.mail_id, delivered, now)
    return None


def current_files(context: Context, mail: Mail) -> Mail:
    """Give `mail` with the names and places of the files that have what was published last."""
    attached = {entry.path for entry in mail.attachments}
    for known in context.store.publications.find_beside():
        if known.path not in attached and known.unit_id != mail.unit_id:
            continue
        plain, beside = Path(known.path).name, Path(known.beside).name
        mail = replace(
            mail,
            text=mail.text.replace(plain, beside),
            html=mail.html.replace(str(escape(plain)), str(escape(beside))),
            attachments=tuple(
                Attachment(beside, known.beside) if entry.path == known.path else entry
                for entry in mail.attachments
            ),
        )
    return mail


def read_file(context: Context, place: str) -> bytes:
    """Read a published file; raise OSError where it is not there yet, or only by a link."""
    path = context.workspace.outbox / place
    if path.is_symlink() or not is_reachable(context.workspace.outbox, path.parent):
        raise FileNotFoundError(path)
    return path.read_bytes()


def troubled_mails(context: Context) -> Iterator[tuple[Mail, str]]:
    """Give every mail that somebody did not get, and in words how it stands with it."""
    store = context.store.mails
    for mail in store.find_mails("held"):
        yield mail, "有邮件发不出去"
    for mail in store.find_mails("queued"):
        if mail.trouble:
            yield mail, "有邮件还没有发成"
    for mail in store.find_unreached():
        # An address that was mended or struck since waits for nothing.
        listed = mails_now(context, mail.unit_id)
        if refused := [each for each in mail.refused if each in listed]:
            yield mail, f"有邮件没有送到{len(refused)}个地址"


def mails_now(context: Context, unit_id: str) -> tuple[str, ...]:
    """Give where a unit's mail goes today, as far as the list knows it; the administrator's is nobody's."""
    if not unit_id:
        return tuple(filter(None, [context.settings.contact.administrator]))
    today = context.clock.now().date()
    return context.tree[unit_id].mails_on(today) if unit_id in context.tree else ()


def requeue(context: Context, numbers: Collection[int]) -> int:
    """Queue mails (by number) again, to the addresses that the list of units has now.

    Give how many. Who has a mail does not get it again. Raise RequestError, before anything is
    queued, for a number that names no such mail or a unit without an address.
    """
    known = {mail.mail_id: mail for mail, _ in troubled_mails(context)}
    for number in numbers:
        if number not in known:
            raise RequestError(
                f"没有要重新发送的第{number}号邮件。不带编号运行 sheetflow mail，会列出全部。"
            )
        unit_id = known[number].unit_id
        if not mails_now(context, unit_id):
            whose, place = f"单位 {unit_id} 没有邮箱", "units.xlsx"
            if not unit_id:
                whose, place = (
                    "收信人是管理员，没有填邮箱",
                    "sheetflow.toml 的 [contact] administrator",
                )
            raise RequestError(f"第{number}号邮件的{whose}。请先在 {place} 里填好。")
    with context.store.together():
        for number in numbers:
            whom = mails_now(context, known[number].unit_id)
            context.store.mails.record_mail_requeued(number, context.clock.now(), whom)
    LOG.info("%d mails queued again", len(numbers))
    return len(numbers)


class Postman:
    """Goes whenever it is called, while one is `with` it.

    `on_sent` hears, in its thread, of each round that did something. What ended the thread is
    raised at the next call, or at the end.
    """

    def __init__(self, context: Context, on_sent: Callable[[Sent], None]) -> None:
        self._is_ending = False
        # The same store and settings, but nobody looks on: a pass may tell of its own progress.
        self._context = replace(context, say=say_nothing, is_stopping=self._is_stopping)
        self._ask_office = context.is_stopping
        self._on_sent = on_sent
        self._retry = Retry(context, "mail", "发送邮件")
        self._called = threading.Event()
        self._newest = 0
        self._unrecorded: Unrecorded = {}
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="postman", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Begin nothing more; wait for the conversation in hand, which is bounded as a whole."""
        self._is_ending = True
        self._called.set()
        self.join()
        if kind is None:
            self.check()

    @property
    def troubles(self) -> tuple[str, ...]:
        """What stood in the way of the last round, in sentences."""
        return self._retry.troubles

    def call(self) -> None:
        """Have all sent that is queued and due now; after trouble, not before its back-off is over.

        Raise what ended the thread.
        """
        self.check()
        self._newest = self._context.store.mails.newest_id()
        self._called.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread's end, which comes of the end of the `with` or of what no waiting mends."""
        self._thread.join(seconds)

    def check(self) -> None:
        """Raise what ended the thread: what no waiting mends (a damaged database, a lost terminal)."""
        if self._failure:
            raise self._failure

    def _is_stopping(self) -> bool:
        return self._is_ending or self._ask_office()

    def _serve(self) -> None:
        while self._called.wait():
            self._called.clear()
            if self._is_stopping():
                return
            if not self._retry.is_due:
                continue
            try:
                self._retry.do(self._send)
            except BaseException as failure:  # noqa: BLE001 - it is raised to who calls
                LOG.error("mail ended: %s", describe(failure))
                self._failure = failure
                return

    def _send(self) -> float:
        sent = send_due(
            self._context, newest=self._newest, unrecorded=self._unrecorded, is_served=True
        )
        if sent.handled:
            self._on_sent(sent)
        return 0.0
