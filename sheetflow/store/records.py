"""What goes into the store and what comes out: frozen values, no database behind them.

Times are aware; those that come out are in the office's zone. Findings, explanations and indicators
are plain JSON values that the caller understands; the store only keeps them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sheetflow.schemas.documents import Indicators
from sheetflow.schemas.evidence import NamedFile

Document = Mapping[str, Any]
"""One JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArrival:
    """A delivery: a workbook that lies safe in the archive, and that its source may let go of.

    `source` says which way it came, `source_key` which one it is there: the source alone
    reads in it. `name` is for people. `put_at` is when it was put there, where nobody looked
    there between that and `arrived_at`.
    """

    source: str
    """``folder``, or ``archive`` for an original that nobody noted."""
    source_key: str

    unit_id: str
    purpose: str
    """``submission`` or ``precheck``."""
    name: str
    sha256: str
    size: int
    arrived_at: dt.datetime
    put_at: dt.datetime | None = None
    attached: bool = False
    """Whether it lay in the folder for files beside workbooks (附件)."""
    batch: int = 0
    """The same for all that was taken together, and higher than before; 0 where an older version took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival(NewArrival):
    """A file as received, and how far it has come.

    `deaths` counts the children that died of it (the poison counter), `troubles` temporary trouble
    in a row. `turn` grows each time that the file must be judged anew.
    """

    arrival_id: int
    acknowledged_at: dt.datetime | None = None
    """When its source let go of it; None while that is pending."""
    judged_at: dt.datetime | None = None
    turn: int = 0
    deaths: int = 0
    troubles: int = 0
    trouble: str = ""
    retry_at: dt.datetime | None = None
    answer: str = ""
    """``submission``, ``duplicate``, ``precheck``, ``signed``, ``file`` or ``review`` once judged, else empty."""
    answered_receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One judgement, as `record_outcome` takes it.

    `rows` maps a sheet's key to the JSON text of its rows, or to that text packed (see
    `schemas.documents`). `must`, `verify` and `note` count the findings by severity.
    """

    outcome: str
    """``accepted``, ``returned``, ``held`` or ``refused``."""
    judged_at: dt.datetime
    form_version: str = ""
    nil: bool = False
    late: bool = False
    must: int = 0
    verify: int = 0
    note: int = 0
    findings: Sequence[Document] = ()
    explanations: Sequence[Document] = ()
    indicators: Indicators = field(default_factory=lambda: MappingProxyType({}))
    measured_by: str = ""
    """The digest of the declaration by which the indicators were measured."""
    rows: Mapping[str, str | bytes] = field(default_factory=lambda: MappingProxyType({}))
    gist: KeptGist | None = None
    files: Sequence[NamedFile] = ()
    """What its cells name, found or missing."""


@dataclass(frozen=True, slots=True)
class KeptGist:
    """What the cards of a judgement say in short, by the declaration with this digest."""

    digest: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a judgement's rows gave, by the declaration with this digest.

    The digest is empty where an older version measured them: nobody knows by what.
    """

    judgement_id: int
    digest: str
    figures: Indicators
    measured_at: dt.datetime
    measurement_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A numbered submission with its newest judgement, without the large documents.

    `period` is empty where it is unknown. `judgement_id` is new for each
    judgement, so that a file judged anew can send mail under a new Message-ID.
    """

    receipt: str
    number: int
    submission_id: int
    judgement_id: int
    arrival_id: int
    unit_id: str
    form: str
    period: str
    form_version: str
    outcome: str
    nil: bool
    late: bool
    must: int
    verify: int
    note: int
    arrived_at: dt.datetime
    judged_at: dt.datetime
    file_name: str
    sha256: str
    put_at: dt.datetime | None = None

    @property
    def handed_in(self) -> dt.datetime:
        """When it was handed in, as far as that is proved."""
        return self.put_at or self.arrived_at


class PublicationKind(StrEnum):
    """The kinds of what lies in the outbox."""

    ANSWER = "answer"
    WORKBOOK = "workbook"
    CONSOLIDATED = "consolidated"
    REPORT = "report"
    BOARD = "board"
    SIGNED = "signed"
    PROGRESS = "progress"
    FILES = "files"
    JUDGED = "judged"
    REVIEW = "review"
    CALLS = "calls"

    @property
    def label(self) -> str:
        """The office's word."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    PublicationKind.ANSWER: "答复",
    PublicationKind.WORKBOOK: "填报表",
    PublicationKind.CONSOLIDATED: "汇总表",
    PublicationKind.REPORT: "情况报告",
    PublicationKind.BOARD: "上报情况",
    PublicationKind.SIGNED: "定稿归档",
    PublicationKind.PROGRESS: "报送进度",
    PublicationKind.FILES: "附件",
    PublicationKind.JUDGED: "评选结果",
    PublicationKind.REVIEW: "审核单",
    PublicationKind.CALLS: "电话催报单",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What is to be made again: one kind of publication of a unit, form and period. Hashable.

    Of an answer it says which: by its `receipt`, or by the number of the arrival that was a
    `precheck`.
    """

    unit_id: str
    form: str
    period: str
    kind: PublicationKind
    receipt: str = ""
    precheck: int = 0
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleMark(Stale):
    """A stale mark as it stands; set again, it bears a new `mark_id`.

    `mark_ids` are the numbers of all the times that it was set; they are cleared together.
    """

    mark_id: int
    marked_at: dt.datetime
    mark_ids: tuple[int, ...]
    trouble: str = ""
    """Why it could not be made or put in place the last time, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A file in the outbox: what it holds and what it stands on.

    `path` is relative to the outbox, `basis` a digest of all that went into it. `beside` is the path
    of the ``…_新`` file that stands in for it, `beside_for` says why: ``held`` (somebody holds the
    real file open) or ``hers`` (somebody changed it). `successor` is the path at which its unit,
    under a new name, gets this file from now on; until then it stays.
    """

    path: str
    kind: PublicationKind
    unit_id: str
    form: str
    period: str
    sha256: str
    basis: str
    published_at: dt.datetime
    beside: str = ""
    beside_for: str = ""
    successor: str = ""

    @property
    def current(self) -> str:
        """The path of the file that has what was published last."""
        return self.beside or self.path


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """One judgement of a submission that a consolidated workbook stood on."""

    unit_id: str
    period: str
    receipt: str
    judgement_id: int
    measurement_id: int = 0
    """What it gave then; 0 for the first measurement, where an older version published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What a newly published consolidated workbook of a unit, form and period stands on.

    `corrected` are JSON objects that the caller understands, one for each figure that was
    published otherwise before.
    """

    unit_id: str
    form: str
    period: str
    sources: Sequence[PublishedSource]
    corrected: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to attach: the name that the reader sees, and where it lies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to queue; the same `message_id` is queued only once."""

    message_id: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    unit_id: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of each recipient in one attempt; those not named here were not tried.

    `refused` for good and to be tried `again` come with the reason in a sentence.
    """

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    again: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(NewMail):
    """A mail in the queue.

    Of its `recipients`, the `unserved` are still to be tried; the `refused` never get it.
    """

    mail_id: int
    created_at: dt.datetime
    state: str
    """``queued``, ``sent``, ``held`` (nobody got it; somebody must look) or ``gathered``."""
    attempts: int
    next_try_at: dt.datetime
    sent_at: dt.datetime | None
    trouble: str
    gathered_into: int | None = None
    """The number of the mail that tells what this one was to tell."""
    unserved: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What an answer entails, recorded in the same commit as the answer."""

    mails: Sequence[NewMail] = ()
    stale: Sequence[Stale] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """A purge that was done: what lay before which day, who ordered it, how much it took."""

    before: dt.date
    by: str
    at: dt.datetime
    purge_id: int = 0
    originals: int = 0
    """How many received files lost their archived original."""
    documents: int = 0
    """How many documents of rows lost their personal columns."""
