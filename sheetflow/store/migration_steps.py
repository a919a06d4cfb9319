"""What the later migrations do, each with the tables as they were then.

This module owns single steps; `migrations` has their order, and refuses to skip one.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy import column as a_column
from sqlalchemy import table as a_table

from sheetflow.store.columns import Compressed
from sheetflow.store.schema import metadata


def make_deliveries(connection: Connection) -> None:
    """The key of a folder's file is what told it from every other; see `intake.identity`."""
    for name in ("source", "source_key"):
        added = f"ALTER TABLE arrivals ADD COLUMN {name} TEXT NOT NULL DEFAULT ''"
        connection.exec_driver_sql(added)
    listed = ("unit_id", "purpose", "raw_name", "inode", "size", "mtime_ns", "sha256")
    then = a_table("arrivals", a_column("arrival_id"), a_column("source"), a_column("source_key"))
    told = select(then.c.arrival_id, *map(a_column, listed)).select_from(then)
    before: Counter[str] = Counter()
    for row in connection.execute(told.order_by(then.c.arrival_id)).all():
        name = bytes(row.raw_name).hex()
        whole = (
            f"{row.unit_id}/{row.purpose}/{name}/{row.inode}/{row.size}/{row.mtime_ns}/{row.sha256}"
        )
        filled = {"source": "folder", "source_key": f"{whole}/{before[whole]}"}
        before[whole] += 1
        connection.execute(update(then).where(then.c.arrival_id == row.arrival_id).values(filled))
    connection.exec_driver_sql("DROP INDEX ix_arrivals_unlinked_at")
    connection.exec_driver_sql("ALTER TABLE arrivals RENAME COLUMN unlinked_at TO acknowledged_at")
    for name in ("raw_name", "mtime_ns", "inode", "device"):
        connection.exec_driver_sql(f"ALTER TABLE arrivals DROP COLUMN {name}")
    for unique, columns in (("", "acknowledged_at"), ("UNIQUE ", "source, source_key")):
        name = f"ix_arrivals_{columns.replace(', ', '_')}"
        connection.exec_driver_sql(f"CREATE {unique}INDEX {name} ON arrivals ({columns})")


def number_by_form(connection: Connection) -> None:
    """Fill a new table and put it in the old one's place: others refer to it by its name.

    Its unique key changes, which SQLite cannot do in place.
    """
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    Table("arrivals", then, Column("arrival_id", key, primary_key=True))
    names = ("receipt", "number", "arrival_id", "unit_id", "form", "period")
    anew = Table(
        "submissions_anew",
        then,
        Column("submission_id", key, primary_key=True),
        Column("receipt", Text, nullable=False),
        Column("number", Integer, nullable=False),
        Column("arrival_id", key, ForeignKey("arrivals.arrival_id"), nullable=False),
        *(Column(name, Text, nullable=False) for name in names[3:]),
        UniqueConstraint("receipt", name="uq_submissions_receipt"),
        UniqueConstraint(
            *("unit_id", "form", "period", "number"),
            name="uq_submissions_unit_id_form_period_number",
        ),
        sqlite_autoincrement=True,
    )
    then.create_all(connection, tables=[anew])
    listed = ["submission_id", *names]
    before = a_table("submissions", *(a_column(name) for name in listed))
    connection.execute(insert(anew).from_select(listed, select(*before.c)))
    connection.exec_driver_sql("DROP TABLE submissions")
    connection.exec_driver_sql("ALTER TABLE submissions_anew RENAME TO submissions")
    for indexed in (("arrival_id",), ("form", "period", "unit_id")):
        name = f"ix_submissions_{'_'.join(indexed)}"
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON submissions ({', '.join(indexed)})"  # our own names
        )


def keep_fingerprints(connection: Connection) -> None:
    """The list of units that was followed is one of them; so is a template that could not serve."""
    then = MetaData(naming_convention=metadata.naming_convention)
    fingerprints = Table(
        "fingerprints",
        then,
        Column("name", Text, primary_key=True),
        Column("document", LargeBinary, nullable=False),
    )
    then.create_all(connection)
    followed = a_table("followed_units", a_column("document", LargeBinary))
    for document in connection.execute(select(followed.c.document)).scalars().all():
        connection.execute(insert(fingerprints).values(name="units", document=document))
    made = a_table("makeshifts", a_column("what", Text), a_column("template", Text))
    stood_in = {row.what: row.template for row in connection.execute(select(made))}
    names = Table("fingerprints", MetaData(), Column("name", Text), Column("document", Compressed))
    for what, template in stood_in.items():
        document = f"default for {template}"
        connection.execute(insert(names).values(name=f"template:{what}", document=document))
    for name in ("followed_units", "makeshifts"):
        connection.exec_driver_sql(f"DROP TABLE {name}")


def keep_measurements(connection: Connection) -> None:
    """What judgements measured until now was measured by a declaration that nobody knows."""
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    judged = Table("judgements", then, Column("judgement_id", key, primary_key=True))
    measured = Table(
        "measurements",
        then,
        Column("measurement_id", key, primary_key=True),
        Column(
            "judgement_id",
            key,
            ForeignKey(judged.c.judgement_id),
            nullable=False,
            index=True,
        ),
        Column("digest", Text, nullable=False),
        Column("document", LargeBinary, nullable=False),
        Column("measured_at", String(32), nullable=False),
        sqlite_autoincrement=True,
    )
    then.create_all(connection, tables=[measured])
    connection.exec_driver_sql(
        "INSERT INTO measurements (judgement_id, digest, document, measured_at) "
        "SELECT judgement_id, '', indicators, judged_at FROM judgements "
        "WHERE outcome = 'accepted' ORDER BY judgement_id"
    )
    connection.exec_driver_sql("ALTER TABLE judgements DROP COLUMN indicators")
