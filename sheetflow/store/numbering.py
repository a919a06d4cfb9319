"""The migration by which receipts are numbered form by form.

This module owns the one step that makes a table anew: its unique key changes, which SQLite
cannot do in place. It refuses to change any row.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
    insert,
    select,
    table,
)

from sheetflow.store.schema import metadata


def number_by_form(connection: Connection) -> None:
    """Fill a new table and put it in the old one's place: others refer to it by its name."""
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
    before = table("submissions", *(column(name) for name in listed))
    connection.execute(insert(anew).from_select(listed, select(*before.c)))
    connection.exec_driver_sql("DROP TABLE submissions")
    connection.exec_driver_sql("ALTER TABLE submissions_anew RENAME TO submissions")
    for indexed in (("arrival_id",), ("form", "period", "unit_id")):
        name = f"ix_submissions_{'_'.join(indexed)}"
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON submissions ({', '.join(indexed)})"  # our own names
        )
