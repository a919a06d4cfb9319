"""Mailing: from a rendered mail to bytes, and from bytes to a server or a Maildir.

This room owns the bytes of a mail, the conversation that delivers it and the waiting
between attempts. It refuses the queue (that is the store's), the words (wording's) and
the clock: dates are handed in.
"""

from __future__ import annotations

from sheetflow.mail.compose import OutgoingMail, Sender, compose, wire_address
from sheetflow.mail.delivery import Carrier, Delivery, Outcome, Reason, Refusal
from sheetflow.mail.maildir import MaildirCarrier
from sheetflow.mail.smtp import SmtpCarrier

__all__ = [
    "Carrier",
    "Delivery",
    "MaildirCarrier",
    "Outcome",
    "OutgoingMail",
    "Reason",
    "Refusal",
    "Sender",
    "SmtpCarrier",
    "compose",
    "wire_address",
]
