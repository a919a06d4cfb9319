"""Mail, from an event to somebody's mailbox.

`facts` says what a mail is told and queues it, in the commit of what it tells of; `gather` puts
one mail in the place of a flood; `send` takes what is due, `compose` puts it into bytes, and
`smtp` or `maildir` carries it (`delivery`: what became of it). While a service runs, `postman`
sends beside its passes. The words are wording's, the queue and its back-off the store's.
"""

from __future__ import annotations

from sheetflow.mail.compose import Sender, compose, wire_address
from sheetflow.mail.delivery import Carrier, Delivery, Outcome, Reason, Refusal
from sheetflow.mail.maildir import MaildirCarrier
from sheetflow.mail.smtp import SmtpCarrier

__all__ = [
    "Carrier",
    "Delivery",
    "MaildirCarrier",
    "Outcome",
    "Reason",
    "Refusal",
    "Sender",
    "SmtpCarrier",
    "compose",
    "wire_address",
]
