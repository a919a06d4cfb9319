"""The tables, as this version of the program wants them (`migrations` brings older ones here).

Submissions, judgements, rows and decisions are never changed, but that a purge takes
personal columns out of rows and opinions out of decisions, and says so; until then all below a submission can be made again from
originals and arrivals. Refused is SQL of one database program only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from sheetflow.store.column_types import Compressed, Moment, PackedJson

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KEY = BigInteger().with_variant(Integer, "sqlite")
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Every database program sorts texts by their letters' numbers."""


def _numbered(name: str, key: str, *parts: SchemaItem) -> Table:
    """A table whose keys stand for order and for "seen up to here": none is given out twice."""
    number = Column(key, _KEY, primary_key=True)
    return Table(name, metadata, number, *parts, sqlite_autoincrement=True)


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, _TEXT, nullable=False, default=default)


def _texts(*names: str) -> list[Column[str]]:
    return [_text(name) for name in names]


def _name(name: str) -> Column[str]:
    """A text by which a row is known, alone or together with others."""
    return Column(name, _TEXT, primary_key=True)


def _one_of(name: str, *words: str) -> Column[str]:
    """A text that is one of a few words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return Column(name, _TEXT, CheckConstraint(f"{name} IN ({listed})", name), nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _moment(name: str) -> Column[dt.datetime]:
    return Column(name, Moment, nullable=False)


def _document() -> Column[str]:
    return Column("document", Compressed, nullable=False)


def _json(name: str = "document") -> Column[Any]:
    return Column(name, PackedJson, nullable=False)


def _tie(name: str, to: str) -> Column[int]:
    return Column(name, _KEY, ForeignKey(to), nullable=False, index=True)


schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

workspace = Table("workspace", metadata, _name("workspace_id"))

arrivals = _numbered(
    "arrivals",
    "arrival_id",
    *_texts("source", "source_key"),
    Column("unit_id", _TEXT, nullable=False, index=True),
    _one_of("purpose", "submission", "precheck"),
    *_texts("name", "sha256"),
    Column("size", BigInteger, nullable=False),
    _moment("arrived_at"),
    Column("acknowledged_at", Moment, index=True),
    Column("judged_at", Moment, index=True),
    _count("turn"),
    _count("deaths"),
    _count("troubles"),
    _text("trouble", ""),
    Column("retry_at", Moment),
    _text("answer", ""),
    _text("answered_receipt", ""),
    Column("answer_document", PackedJson),
    Column("put_at", Moment),
    Column("attached", Boolean, nullable=False, default=False),
    _count("batch"),
    Index(None, "source", "source_key", unique=True),
)

looks = Table(
    "looks",
    metadata,
    _name("unit_id"),
    Column("looked_at", Moment),
)
"""When a scan last left nothing in a unit's folder; the row '' stands for all without their own."""

submissions = _numbered(
    "submissions",
    "submission_id",
    Column("receipt", _TEXT, nullable=False, unique=True),
    Column("number", Integer, nullable=False),
    _tie("arrival_id", "arrivals.arrival_id"),
    *_texts("unit_id", "form", "period"),
    UniqueConstraint("unit_id", "form", "period", "number"),
    Index(None, "form", "period", "unit_id"),
)

judgements = _numbered(
    "judgements",
    "judgement_id",
    _tie("submission_id", "submissions.submission_id"),
    _one_of("outcome", "accepted", "returned", "held", "refused"),
    _text("form_version"),
    Column("nil", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    _moment("judged_at"),
    _count("must"),
    _count("verify"),
    _count("note"),
    _json("explanations"),
    _json("findings"),
)

sheet_rows = Table(
    "sheet_rows",
    metadata,
    Column("judgement_id", _KEY, ForeignKey("judgements.judgement_id"), primary_key=True),
    _name("sheet"),
    _document(),
)

measurements = _numbered(
    "measurements",
    "measurement_id",
    _tie("judgement_id", "judgements.judgement_id"),
    _text("digest"),
    _json(),
    _moment("measured_at"),
)
"""What a judgement's rows give by the declaration with this digest; the newest counts."""

gists = Table(
    "gists",
    metadata,
    Column("judgement_id", _KEY, ForeignKey("judgements.judgement_id"), primary_key=True),
    _text("digest"),
    _json(),
)
"""What an accepted judgement's cards say in short, made by the declaration with this digest."""

evidence_files = Table(
    "evidence_files",
    metadata,
    Column("arrival_id", _KEY, ForeignKey("arrivals.arrival_id"), primary_key=True),
    *_texts("kind", "fault", "remark"),
)
"""The arrivals that were files beside a workbook, and what each is by what is in it."""

named_files = _numbered(
    "named_files",
    "named_id",
    _tie("judgement_id", "judgements.judgement_id"),
    *_texts("sheet", "key", "column", "cell", "name", "sha256"),
    Column("size", BigInteger, nullable=False),
    Column("arrival_id", BigInteger, nullable=False),
    Index(None, "sha256"),
)
"""What the cells of a judged workbook name, found (by its bytes) or missing."""

decisions = _numbered(
    "decisions",
    "decision_id",
    Column("number", _TEXT, nullable=False, unique=True),
    *_texts("by_unit", "unit_id", "form", "period", "receipt", "matter", "about"),
    _one_of("verdict", "agree", "disagree", "return", "query", "settle", "fine", "noted", "undo"),
    *_texts("opinion", "decider", "handler", "ground", "dated"),
    Column("arrival_id", BigInteger, nullable=False),
    _json("details"),
    _moment("decided_at"),
    Index(None, "unit_id", "form", "period"),
    Index(None, "period"),
    Index(None, "receipt"),
)
"""Whatever a superior decided: by 审核单 (`arrival_id`) or by command (0); none is ever changed."""

calendar_entries = _numbered(
    "calendar_entries",
    "entry_id",
    Column("name", _TEXT, nullable=False, unique=True),
    *_texts("what", "form", "period"),
    _moment("due_at"),
    _moment("done_at"),
    _json(),
)
"""What the calendar did or left out, each once by its name."""

offered_looks = Table(
    "offered_looks",
    metadata,
    _name("unit_id"),
    _name("form"),
    _name("period"),
    _json(),
)
"""What a unit was ever offered to look at, by number, while it counts."""

drawn_samples = _numbered(
    "drawn_samples",
    "draw_id",
    *_texts("by_unit", "form", "period", "unit_id"),
    UniqueConstraint("by_unit", "form", "period", "unit_id"),
)
"""Whose whole workbook a unit was to look at, in the order in which they were drawn."""

stale = _numbered(
    "stale",
    "mark_id",
    *_texts("unit_id", "form", "period", "what", "why"),
    _moment("marked_at"),
    _text("trouble", ""),
)
"""What is to be made again: only ever added to until it is cleared, so that nobody who marks waits for another."""

node_figures = Table(
    "node_figures",
    metadata,
    _name("unit_id"),
    _name("form"),
    _name("period"),
    _name("audience"),
    _text("digest"),
    _json(),
)
"""What is handed up of a unit with all below it: to the one above, and to those further up."""

publications = Table(
    "publications",
    metadata,
    _name("path"),
    *_texts("kind", "unit_id", "form", "period", "sha256", "basis"),
    _moment("published_at"),
    _text("beside"),
    _text("beside_for", ""),
    _text("successor", ""),
    Index(None, "unit_id", "period"),
)

announcements = Table(
    "announcements",
    metadata,
    _name("path"),
    _name("sha256"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    _name("name"),
    _document(),
)

published_standings = Table(
    "published_standings",
    metadata,
    _name("unit_id"),
    _name("form"),
    _name("period"),
    _json(),
)

corrections = _numbered(
    "corrections",
    "correction_id",
    *_texts("unit_id", "form", "period"),
    _json(),
    Index(None, "unit_id", "period"),
)

report_drafts = _numbered(
    "report_drafts",
    "draft_id",
    *_texts("unit_id", "form", "period", "mark"),
    _moment("published_at"),
    _json(),
    UniqueConstraint("unit_id", "form", "period", "mark"),
)

signed_reports = _numbered(
    "signed_reports",
    "report_id",
    _tie("arrival_id", "arrivals.arrival_id"),
    Column("receipt", _TEXT, nullable=False, unique=True),
    *_texts("unit_id", "form", "period"),
    _one_of("kind", "final", "sealed"),
    _one_of("outcome", "filed", "held", "refused"),
    Column("number", Integer, nullable=False),
    Column("draft_id", BigInteger, nullable=False),
    _moment("filed_at"),
    Column("again_at", Moment),
    _json(),
    Index(None, "unit_id", "form", "period"),
)

mails = _numbered(
    "mails",
    "mail_id",
    Column("message_id", _TEXT, nullable=False, unique=True),
    *_texts("unit_id", "receipt"),
    Column("recipients", JSON, nullable=False),
    *_texts("subject", "text", "html"),
    Column("attachments", JSON, nullable=False),
    _moment("created_at"),
    _one_of("state", "queued", "sent", "held", "gathered"),
    _count("attempts"),
    _moment("next_try_at"),
    Column("sent_at", Moment),
    _text("trouble", ""),
    Column("gathered_into", _KEY),
    Index(None, "state", "next_try_at"),
)

mail_recipients = Table(
    "mail_recipients",
    metadata,
    Column("mail_id", _KEY, ForeignKey("mails.mail_id"), primary_key=True),
    _name("recipient"),
    _one_of("state", "queued", "sent", "refused"),
    _text("trouble", ""),
    Column("settled_at", Moment),
)

purges = _numbered(
    "purges",
    "purge_id",
    *_texts("before", "ordered_by"),
    _moment("purged_at"),
    _count("originals"),
    _count("documents"),
)

purged_arrivals = Table(
    "purged_arrivals",
    metadata,
    Column("arrival_id", _KEY, ForeignKey("arrivals.arrival_id"), primary_key=True),
    _tie("purge_id", "purges.purge_id"),
)
