"""From an older database to this program's, step by step.

This module owns the version of the schema and the numbered steps between
versions. It refuses a database that is newer than the program, or not ours, and
never steps without a copy of the file beside it. A new database is made from
`schema` at once; a test holds both ways to the same result.

To change the schema: change `schema`, and append a `Migration` here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    update,
)

from sheetflow.errors import RESTORE, StoreDamagedError, StoreError
from sheetflow.store.engine import Database, damaged
from sheetflow.store.migration_steps import (
    keep_fingerprints,
    keep_measurements,
    make_deliveries,
    number_by_form,
)
from sheetflow.store.schema import metadata, schema_version, workspace


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: what it does and why, in words, and how."""

    summary: str
    apply: Callable[[Connection], None]


def _keep_purges(connection: Connection) -> None:
    # The tables as they were then; what `schema` says may have moved on.
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    Table("arrivals", then, Column("arrival_id", key, primary_key=True))
    purges = Table(
        "purges",
        then,
        Column("purge_id", key, primary_key=True),
        Column("before", Text, nullable=False),
        Column("ordered_by", Text, nullable=False),
        Column("purged_at", String(32), nullable=False),
        Column("originals", Integer, nullable=False),
        Column("documents", Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    purged = Table(
        "purged_arrivals",
        then,
        Column("arrival_id", key, ForeignKey("arrivals.arrival_id"), primary_key=True),
        Column("purge_id", key, ForeignKey("purges.purge_id"), nullable=False, index=True),
    )
    then.create_all(connection, tables=[purges, purged])


def _keep_corrections(connection: Connection) -> None:
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    Table(
        "published_standings",
        then,
        Column("unit_id", Text, primary_key=True),
        Column("form", Text, primary_key=True),
        Column("period", Text, primary_key=True),
        Column("document", LargeBinary, nullable=False),
    )
    Table(
        "corrections",
        then,
        Column("correction_id", key, primary_key=True),
        Column("unit_id", Text, nullable=False),
        Column("form", Text, nullable=False),
        Column("period", Text, nullable=False),
        Column("document", LargeBinary, nullable=False),
        Index(None, "unit_id", "period"),
        sqlite_autoincrement=True,
    )
    then.create_all(connection)


def _keep_troubles(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE stale ADD COLUMN trouble TEXT NOT NULL DEFAULT ''")


def _count_deaths(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE arrivals RENAME COLUMN attempts TO deaths")
    # What was counted so far were deaths of the service, too: they say nothing of a file.
    connection.exec_driver_sql("UPDATE arrivals SET deaths = 0")


def _name_workspace(connection: Connection) -> None:
    then = MetaData(naming_convention=metadata.naming_convention)
    named = Table("workspace", then, Column("workspace_id", Text, primary_key=True))
    then.create_all(connection)
    connection.execute(insert(named).values(workspace_id=_new_id()))


def _new_id() -> str:
    return secrets.token_hex(8)


def _tell_recipients_apart(connection: Connection) -> None:
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    columns = (
        *(Column(name, Text, nullable=False) for name in _MAIL_TEXTS),
        Column("recipients", JSON, nullable=False),
        Column("attachments", JSON, nullable=False),
        Column("created_at", String(32), nullable=False),
        Column("state", Text, CheckConstraint(_MAIL_STATES, "state"), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_try_at", String(32), nullable=False),
        Column("sent_at", String(32)),
        Column("gathered_into", key),
    )
    before = [column.name for column in columns if column.name != "gathered_into"]
    listed = ", ".join(["mail_id", *before])
    connection.exec_driver_sql("DROP INDEX ix_mails_state_next_try_at")
    connection.exec_driver_sql("ALTER TABLE mails RENAME TO mails_before")
    mails = Table(
        "mails",
        then,
        Column("mail_id", key, primary_key=True),
        *columns,
        UniqueConstraint("message_id"),
        Index(None, "state", "next_try_at"),
        sqlite_autoincrement=True,
    )
    recipients = Table(
        "mail_recipients",
        then,
        Column("mail_id", key, ForeignKey("mails.mail_id"), primary_key=True),
        Column("recipient", Text, primary_key=True),
        Column("state", Text, CheckConstraint(_RECIPIENT_STATES, "state"), nullable=False),
        Column("trouble", Text, nullable=False),
        Column("settled_at", String(32)),
    )
    then.create_all(connection)
    connection.exec_driver_sql(
        f"INSERT INTO mails ({listed}) SELECT {listed} FROM mails_before"  # noqa: S608 - our names
    )
    connection.exec_driver_sql("DROP TABLE mails_before")
    for mail in connection.execute(select(mails)).mappings().all():
        state = {"held": "refused"}.get(mail["state"], mail["state"])
        rows = [
            {
                "mail_id": mail["mail_id"],
                "recipient": recipient,
                "state": state,
                "trouble": mail["trouble"],
                "settled_at": mail["sent_at"],
            }
            for recipient in dict.fromkeys(mail["recipients"])
        ]
        if rows:
            connection.execute(insert(recipients), rows)


def _keep_makeshifts(connection: Connection) -> None:
    then = MetaData(naming_convention=metadata.naming_convention)
    Table(
        "makeshifts",
        then,
        *(Column(name, Text, primary_key=True) for name in ("unit_id", "form", "period", "what")),
        Column("template", Text, nullable=False),
    )
    then.create_all(connection)


def _keep_looks(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE arrivals ADD COLUMN put_at VARCHAR(32)")
    then = MetaData(naming_convention=metadata.naming_convention)
    Table(
        "looks",
        then,
        Column("unit_id", Text, primary_key=True),
        Column("looked_at", String(32)),
    )
    then.create_all(connection)


_MAIL_TEXTS = ("message_id", "unit_id", "receipt", "subject", "text", "html", "trouble")
_MAIL_STATES = "state IN ('queued', 'sent', 'held', 'gathered')"
_RECIPIENT_STATES = "state IN ('queued', 'sent', 'refused')"


def _tell_whose_files_are(connection: Connection) -> None:
    """What lies in the outbox as it was last published counts as announced."""
    then = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    announced = Table(
        "announcements",
        then,
        Column("path", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
    )
    Table(
        "followed_units",
        then,
        Column("followed_id", key, primary_key=True),
        Column("document", LargeBinary, nullable=False),
    )
    then.create_all(connection)
    known = select(column("path", Text), column("sha256", Text)).select_from(table("publications"))
    connection.execute(insert(announced).from_select(["path", "sha256"], known))
    for name in ("beside_for", "successor"):
        added = f"ALTER TABLE publications ADD COLUMN {name} TEXT NOT NULL DEFAULT ''"
        connection.exec_driver_sql(added)
    # Until now, a file lay beside its real name only because that was held open.
    beside = table("publications", column("beside"), column("beside_for"))
    connection.execute(update(beside).where(beside.c.beside != "").values(beside_for="held"))


MIGRATIONS: tuple[Migration, ...] = (
    Migration("keep a record of purges, and of the files whose original is gone", _keep_purges),
    Migration(
        "keep what each consolidated workbook stood on, and what of it was corrected since",
        _keep_corrections,
    ),
    Migration("keep why something stale could not be made or put in place", _keep_troubles),
    Migration(
        "count the children that died of a file, no longer the judgings that were begun",
        _count_deaths,
    ),
    Migration("give the workspace an id, which the journal bears as well", _name_workspace),
    Migration(
        "tell a mail's recipients apart, and mails that were gathered into another one",
        _tell_recipients_apart,
    ),
    Migration(
        "know what was made by a default template in the place of one that could not be used",
        _keep_makeshifts,
    ),
    Migration("keep when files were put there, and when the inbox was looked at", _keep_looks),
    Migration(
        "know which files of the outbox are ours, and the list of units that they show",
        _tell_whose_files_are,
    ),
    Migration(
        "make a delivery of every arrival, known by its source and the key it has there",
        make_deliveries,
    ),
    Migration("number receipts form by form", number_by_form),
    Migration(
        "keep a fingerprint of all that publications stand on besides data", keep_fingerprints
    ),
    Migration("keep what was measured with the declaration it was measured by", keep_measurements),
)
"""The first one leads from version 1 to version 2, and so on. Never change one that was released."""


def bring_up_to_date(
    database: Database,
    migrations: Sequence[Migration] = MIGRATIONS,
    begin: Callable[[], None] = lambda: None,
) -> None:
    """Make the tables, or migrate them, in one transaction.

    Before tables are made where there are none, `begin` is asked, which may raise. Raise
    StoreError for a newer version or a file that is not ours.
    """
    newest = 1 + len(migrations)
    with database.reading() as connection:
        if _version(database, connection, newest) == newest:
            return
    with database.rebuilding() as connection:
        # Asked again under the lock: another process may have been faster.
        version = _version(database, connection, newest)
        if version == newest:
            return
        if version == 0:
            begin()
            metadata.create_all(connection)
            connection.execute(insert(workspace).values(workspace_id=_new_id()))
        else:
            _copy_beside(database, version)
            for migration in migrations[version - 1 :]:
                migration.apply(connection)
        connection.execute(insert(schema_version).values(version=newest))


def copy_of_version(file: Path, version: int) -> Path:
    """Name the copy that is made before a database of `version` is migrated."""
    return file.with_name(f"{file.name}.v{version}.bak")


def _copy_beside(database: Database, version: int) -> None:
    if database.file is not None:
        database.copy_to(copy_of_version(database.file, version))


def _version(database: Database, connection: Connection, newest: int) -> int:
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if schema_version.name not in tables:
        raise StoreDamagedError(f"文件 {database.name} 不是本程序的数据库；文件没有改动。{RESTORE}")
    version = connection.execute(select(func.max(schema_version.c.version))).scalar_one()
    if not isinstance(version, int):
        raise damaged(database.name)
    if version > newest:
        raise StoreError(
            f"数据库 {database.name} 由更新版本的程序建立（结构版本{version}，"
            f"本程序只认识到{newest}）。请安装新版本的程序；数据库没有改动。"
        )
    if version == 1 + len(MIGRATIONS) and not metadata.tables.keys() <= set(tables):
        raise damaged(database.name)
    return version
