"""The tables, as this version of the program wants them.

This module owns names, types, keys and ties of all tables; `migrations` brings
older databases here. It refuses SQL of one database program only.

Append-only: arrivals get marks but keep what they are; submissions, judgements,
rows, decisions and waivers are never changed, but that a purge takes personal columns
out of the rows and says so in `purges`. The state of a submission is its newest
judgement. Until its original is purged, everything below a submission can be made again
from the archived originals and the arrivals.
"""

from __future__ import annotations

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

from sheetflow.store.columns import Compressed, Moment

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
# Keys stand for order and for "seen up to here": `sqlite_autoincrement` keeps SQLite from
# handing one out twice.


def _key(name: str) -> Column[int]:
    return Column(name, _KEY, primary_key=True)


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, default=default)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _tie(name: str, to: str) -> Column[int]:
    return Column(name, _KEY, ForeignKey(to), nullable=False, index=True)


schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

workspace = Table("workspace", metadata, Column("workspace_id", Text, primary_key=True))

arrivals = Table(
    "arrivals",
    metadata,
    _key("arrival_id"),
    _text("source"),
    _text("source_key"),
    Column("unit_id", Text, nullable=False, index=True),
    Column(
        "purpose",
        Text,
        CheckConstraint("purpose IN ('submission', 'precheck')", "purpose"),
        nullable=False,
    ),
    _text("name"),
    _text("sha256"),
    Column("size", BigInteger, nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("acknowledged_at", Moment, index=True),
    Column("judged_at", Moment, index=True),
    _count("turn"),
    _count("deaths"),
    _count("troubles"),
    _text("trouble", ""),
    Column("retry_at", Moment),
    _text("answer", ""),
    _text("answered_receipt", ""),
    Column("answer_document", Compressed),
    Column("put_at", Moment),
    Index(None, "source", "source_key", unique=True),
    sqlite_autoincrement=True,
)

looks = Table(
    "looks",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("looked_at", Moment),
)
"""When a scan last left nothing in a unit's folder; the row '' stands for all without their own."""

submissions = Table(
    "submissions",
    metadata,
    _key("submission_id"),
    Column("receipt", Text, nullable=False, unique=True),
    Column("number", Integer, nullable=False),
    _tie("arrival_id", "arrivals.arrival_id"),
    _text("unit_id"),
    _text("form"),
    _text("period"),
    UniqueConstraint("unit_id", "form", "period", "number"),
    Index(None, "form", "period", "unit_id"),
    sqlite_autoincrement=True,
)

judgements = Table(
    "judgements",
    metadata,
    _key("judgement_id"),
    _tie("submission_id", "submissions.submission_id"),
    Column(
        "outcome",
        Text,
        CheckConstraint("outcome IN ('accepted', 'returned', 'held', 'refused')", "outcome"),
        nullable=False,
    ),
    _text("form_version"),
    Column("nil", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("judged_at", Moment, nullable=False),
    _count("must"),
    _count("verify"),
    _count("note"),
    Column("explanations", Compressed, nullable=False),
    Column("findings", Compressed, nullable=False),
    sqlite_autoincrement=True,
)

sheet_rows = Table(
    "sheet_rows",
    metadata,
    Column("judgement_id", _KEY, ForeignKey("judgements.judgement_id"), primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("document", Compressed, nullable=False),
)

measurements = Table(
    "measurements",
    metadata,
    _key("measurement_id"),
    _tie("judgement_id", "judgements.judgement_id"),
    _text("digest"),
    Column("document", Compressed, nullable=False),
    Column("measured_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
"""What a judgement's rows give by the declaration with this digest; the newest counts."""

decisions = Table(
    "decisions",
    metadata,
    _key("decision_id"),
    _tie("submission_id", "submissions.submission_id"),
    Column(
        "verdict",
        Text,
        CheckConstraint("verdict IN ('release', 'reject')", "verdict"),
        nullable=False,
    ),
    _text("why"),
    _text("decided_by"),
    Column("decided_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

waivers = Table(
    "waivers",
    metadata,
    _key("waiver_id"),
    _tie("submission_id", "submissions.submission_id"),
    _text("rule"),
    _text("why"),
    _text("given_by"),
    Column("given_at", Moment, nullable=False),
    UniqueConstraint("submission_id", "rule"),
    sqlite_autoincrement=True,
)

stale = Table(
    "stale",
    metadata,
    _key("mark_id"),
    _text("unit_id"),
    _text("form"),
    _text("period"),
    _text("what"),
    _text("why"),
    Column("marked_at", Moment, nullable=False),
    _text("trouble", ""),
    UniqueConstraint("unit_id", "form", "period", "what"),
    sqlite_autoincrement=True,
)

publications = Table(
    "publications",
    metadata,
    Column("path", Text, primary_key=True),
    _text("kind"),
    _text("unit_id"),
    _text("form"),
    _text("period"),
    _text("sha256"),
    _text("basis"),
    Column("published_at", Moment, nullable=False),
    _text("beside"),
    _text("beside_for", ""),
    _text("successor", ""),
    Index(None, "unit_id", "period"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("path", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("document", Compressed, nullable=False),
)

published_standings = Table(
    "published_standings",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("document", Compressed, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    _key("correction_id"),
    _text("unit_id"),
    _text("form"),
    _text("period"),
    Column("document", Compressed, nullable=False),
    Index(None, "unit_id", "period"),
    sqlite_autoincrement=True,
)

mails = Table(
    "mails",
    metadata,
    _key("mail_id"),
    Column("message_id", Text, nullable=False, unique=True),
    _text("unit_id"),
    _text("receipt"),
    Column("recipients", JSON, nullable=False),
    _text("subject"),
    _text("text"),
    _text("html"),
    Column("attachments", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('queued', 'sent', 'held', 'gathered')", "state"),
        nullable=False,
    ),
    _count("attempts"),
    Column("next_try_at", Moment, nullable=False),
    Column("sent_at", Moment),
    _text("trouble", ""),
    Column("gathered_into", _KEY),
    Index(None, "state", "next_try_at"),
    sqlite_autoincrement=True,
)

mail_recipients = Table(
    "mail_recipients",
    metadata,
    Column("mail_id", _KEY, ForeignKey("mails.mail_id"), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('queued', 'sent', 'refused')", "state"),
        nullable=False,
    ),
    _text("trouble", ""),
    Column("settled_at", Moment),
)

purges = Table(
    "purges",
    metadata,
    _key("purge_id"),
    _text("before"),
    _text("ordered_by"),
    Column("purged_at", Moment, nullable=False),
    _count("originals"),
    _count("documents"),
    sqlite_autoincrement=True,
)

purged_arrivals = Table(
    "purged_arrivals",
    metadata,
    Column("arrival_id", _KEY, ForeignKey("arrivals.arrival_id"), primary_key=True),
    _tie("purge_id", "purges.purge_id"),
)
