"""What the service remembers: arrivals, submissions, mails, publications.

Open it with `Store.open`; everything else here is a value that goes in or out.
"""

from sheetflow.store.records import (
    Arrival,
    Attachment,
    Decision,
    Document,
    FollowUp,
    Judged,
    Mail,
    NewArrival,
    NewMail,
    Publication,
    Purge,
    Stale,
    StaleMark,
    Submission,
    Waiver,
)
from sheetflow.store.sqlite import find_strangers
from sheetflow.store.store import Store

__all__ = [
    "Arrival",
    "Attachment",
    "Decision",
    "Document",
    "FollowUp",
    "Judged",
    "Mail",
    "NewArrival",
    "NewMail",
    "Publication",
    "Purge",
    "Stale",
    "StaleMark",
    "Store",
    "Submission",
    "Waiver",
    "find_strangers",
]
