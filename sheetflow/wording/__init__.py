"""Wording: what people read in a mail, rendered from templates handed in as strings.

This room owns the data a mail may hold, its words and the cleaning of every text
that reaches it. It refuses files, sockets and clocks, and names no campaign: title,
unit, period and findings come as data.
"""

from __future__ import annotations

from sheetflow.wording.cleaning import clean_header, clean_line
from sheetflow.wording.mail_data import Event, MailData, MailFinding
from sheetflow.wording.mail_words import MailText, render_mail, template_faults

__all__ = [
    "Event",
    "MailData",
    "MailFinding",
    "MailText",
    "clean_header",
    "clean_line",
    "render_mail",
    "template_faults",
]
