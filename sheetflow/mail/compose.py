"""One mail as the bytes that a server gets, and the proof that they say what was meant.

A mail sent twice is the same bytes twice. Chinese in headers is folded here: the standard library
loses a space between two encoded words (one subject in thirty) and cuts attachment names.
"""

from __future__ import annotations

import datetime as dt
import email
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import (
    Address,
    AddressHeader,
    BaseHeader,
    ContentDispositionHeader,
    ContentTypeHeader,
    HeaderRegistry,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sheetflow.errors import MailError
from sheetflow.mail.letter_data import clean_header
from sheetflow.store.records import NewMail

Attachment = tuple[str, bytes]
"""The name that people see, and the content."""

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LONGEST_LINE = 998
"""RFC 5322, 2.1.1, without the line's end."""

_LONGEST_NAME = 80
"""Percent-encoded in one piece, a character may take twelve bytes of the line."""


class _Remembering(HeaderRegistry):
    """Headers as they are read: the library parses one anew each time somebody asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self._read = lru_cache(maxsize=64)(super().__call__)

    def __call__(self, name: str, value: Any) -> BaseHeader:  # noqa: ANN401 - as the library declares it
        """Give the header called `name`; one made of text is not parsed twice."""
        return self._read(name, value) if isinstance(value, str) else super().__call__(name, value)


_READING = SMTP.clone(header_factory=_Remembering())

_KINDS = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: an address, and the name shown beside it."""

    address: str
    name: str = ""


def wire_address(address: str) -> str | None:
    """Give `address` as it goes over the wire, None where no server would take it.

    A Chinese domain becomes its ASCII form; a Chinese name before the @ needs an
    extension (RFC 6531) that office servers rarely speak.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    fits = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    broken = ".." in address or local.startswith(".") or local.endswith(".")
    return f"{local}@{domain}" if fits and not broken else None


def compose(
    mail: NewMail, sender: Sender, attachments: Sequence[Attachment], date: dt.datetime
) -> bytes:
    """Put `mail` into bytes with CRLF line ends, both bodies and `attachments`.

    `date` must know its zone. Recipients that no server would take are left out of the
    header (the carrier reports them). Raise MailError where sender, Message-ID or date
    cannot stand in a header, or where the bytes, read again, do not say the same.
    """
    named = [(_shown_name(name), content) for name, content in attachments]
    message = EmailMessage(policy=OfficePolicy(linesep="\r\n"))
    headers = _headers(mail, sender, date)
    for name, value in headers.items():
        message[name] = value
    message.set_content(_lines(mail.text), cte="base64")
    message.add_alternative(_lines(mail.html), subtype="html", cte="base64")
    for name, content in named:
        kind = _KINDS.get(name[name.rfind(".") :].lower(), "octet-stream")
        message.add_attachment(
            content, maintype="application", subtype=kind, filename=name, params={"name": name}
        )
    _fix_boundaries(message, mail.message_id)
    written = message.as_bytes()
    check_bytes(written, mail, sender, named, date)
    return written


def _headers(mail: NewMail, sender: Sender, date: dt.datetime) -> dict[str, Any]:
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise MailError("邮件编号（Message-ID）的格式不对，这封邮件没有发出。")
    if date.tzinfo is None:
        raise MailError("邮件日期没有时区，这封邮件没有发出。")
    address = wire_address(sender.address)
    if address is None:
        raise MailError("发件邮箱地址的格式不对，邮件没有发出。请改正邮件设置中的发件地址。")
    to = [Address(addr_spec=wire) for wire in map(wire_address, mail.recipients) if wire]
    return {
        "From": Address(clean_header(sender.name), addr_spec=address),
        "To": to or "undisclosed-recipients:;",
        "Subject": clean_header(mail.subject),
        "Date": format_datetime(date),
        "Message-ID": mail.message_id,
        # RFC 3834: keeps holiday notices from answering a machine.
        "Auto-Submitted": "auto-generated",
    }


def _shown_name(name: str) -> str:
    """Make an attachment's name one that any system can save.

    A long one loses its middle, never its extension.
    """
    clean = re.sub(r'[\\/:*?"<>|]', "_", clean_header(name, 1000))
    return clean if len(clean) <= _LONGEST_NAME else f"{clean[:60]}…{clean[-12:]}"


def _lines(text: str) -> str:
    """End every line alike, and leave out lone surrogates, which have no bytes."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return whole.encode("utf-8", "ignore").decode().rstrip("\n") + "\n"


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Draw the boundaries from the Message-ID; a base64 line never holds a ``_``."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        digest = hashlib.sha256(f"{message_id}/{number}".encode()).hexdigest()
        part.set_boundary(f"=_{digest[:40]}")


def check_bytes(
    written: bytes,
    mail: NewMail,
    sender: Sender,
    named: Sequence[Attachment],
    date: dt.datetime,
) -> None:
    """Read `written` again; raise MailError unless it says what was meant, and no more."""

    def said(message: EmailMessage) -> dict[str, str]:
        # The library that reads leaves a space between the encoded words of a long name.
        return {
            name: "".join(str(value).split()) if name == "From" else str(value)
            for name, value in message.items()
        }

    read = email.message_from_bytes(written, policy=_READING)
    wanted = EmailMessage(policy=_READING)
    for name, value in _headers(mail, sender, date).items():
        wanted[name] = value
    meant, found = said(wanted), said(read)
    bodies = [read.get_body((kind,)) for kind in ("plain", "html")]
    same = (
        len(read.items()) == len(found)
        and found.keys() == meant.keys() | {"MIME-Version", "Content-Type"}
        and found.items() >= meant.items()
        and max(map(len, written.splitlines())) <= _LONGEST_LINE
        and [_lines(body.get_content()) for body in bodies if body is not None]
        == [_lines(mail.text), _lines(mail.html)]
        and [(part.get_filename(), part.get_content()) for part in read.iter_attachments()]
        == list(named)
    )
    if not same:
        raise MailError("邮件写成后再读与原意不符，没有发出。请把这封邮件的编号告诉系统维护人员。")


class OfficePolicy(EmailPolicy):
    """The standard policy, with subject, addresses and attachment names in our own folding.

    An attachment's name stands twice: in one piece after RFC 2231 (programs that know it
    often fail where it is cut into ``*0*``, ``*1*``), and as an encoded word in
    Content-Type for older ones that do not.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - as the library declares it
        """Give the header `name` as bytes, with its line ends."""
        match value:
            case ContentDispositionHeader() if "filename" in value.params:
                encoded = quote(value.params["filename"], safe="")
                return f"{name}: attachment;\r\n filename*=utf-8''{encoded}\r\n".encode("ascii")
            case ContentTypeHeader() if "name" in value.params:
                shown = encoded_words(value.params["name"], indent=len(' name="'))
                return f'{name}: {value.content_type};\r\n name="{shown}"\r\n'.encode("ascii")
            case AddressHeader() if value.addresses:
                each = (
                    f"{encoded_words(address.display_name)}\r\n <{address.addr_spec}>"
                    if address.display_name
                    else address.addr_spec
                    for address in value.addresses
                )
                return f"{name}: {f',{_FOLD}'.join(each)}\r\n".encode("ascii")
            case UnstructuredHeader() if not str(value).isascii():
                words = encoded_words(str(value), indent=len(name) + 2)
                return f"{name}: {words}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_FOLD = "\r\n "


def encoded_words(text: str, indent: int = 10) -> str:
    """Write `text` as encoded words (RFC 2047), folded; the first line begins at `indent`."""
    # Header counts the name and ": " as the beginning of the first line.
    header = Header(text, "utf-8", maxlinelen=75, header_name="x" * (indent - 2))
    return header.encode(linesep="\r\n")
