"""What the later migrations do, each with the tables as they were then.

This module owns single steps; `migrations` has their order, and refuses to skip one.
"""

from __future__ import annotations

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
    insert,
    select,
)
from sqlalchemy import column as a_column
from sqlalchemy import table as a_table

from sheetflow.store.columns import Compressed
from sheetflow.store.schema import metadata


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
