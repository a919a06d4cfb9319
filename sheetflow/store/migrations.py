"""From an older database to this program's, step by step.

A new one is made from `schema` at once; a test holds both ways to the same result. To change the
schema: change `schema`, and append a `Migration` here. A database that is newer than the program, or
not ours, is refused, and never a step is taken without a copy of the file beside it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, inspect, select

from sheetflow.errors import RESTORE, StoreDamagedError, StoreError
from sheetflow.schemas.documents import pack
from sheetflow.store.database import Database
from sheetflow.store.program import damaged
from sheetflow.store.schema import metadata, schema_version, workspace


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: what it does and why, in words, and how."""

    summary: str
    apply: Callable[[Connection], None]


def _run(script: str) -> Callable[[Connection], None]:
    """Make a step of statements: tables as they were then, whatever `schema` says today."""

    def apply(connection: Connection) -> None:
        for statement in script.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)

    return apply


def _name_workspace(connection: Connection) -> None:
    _run("""
        CREATE TABLE workspace (
            workspace_id TEXT NOT NULL, CONSTRAINT pk_workspace PRIMARY KEY (workspace_id)
        )
    """)(connection)
    connection.execute(insert(workspace).values(workspace_id=secrets.token_hex(8)))


def _make_deliveries(connection: Connection) -> None:
    """The key of a folder's file is what told it from every other; see `intake.sighting`."""
    _run("""
        ALTER TABLE arrivals ADD COLUMN source TEXT NOT NULL DEFAULT '';
        ALTER TABLE arrivals ADD COLUMN source_key TEXT NOT NULL DEFAULT ''
    """)(connection)
    before: Counter[str] = Counter()
    for row in connection.exec_driver_sql("SELECT * FROM arrivals ORDER BY arrival_id").all():
        name = bytes(row.raw_name).hex()
        whole = (
            f"{row.unit_id}/{row.purpose}/{name}/{row.inode}/{row.size}/{row.mtime_ns}/{row.sha256}"
        )
        connection.exec_driver_sql(
            "UPDATE arrivals SET source = 'folder', source_key = ? WHERE arrival_id = ?",
            (f"{whole}/{before[whole]}", row.arrival_id),
        )
        before[whole] += 1
    _run("""
        DROP INDEX ix_arrivals_unlinked_at;
        ALTER TABLE arrivals RENAME COLUMN unlinked_at TO acknowledged_at;
        ALTER TABLE arrivals DROP COLUMN raw_name;
        ALTER TABLE arrivals DROP COLUMN mtime_ns;
        ALTER TABLE arrivals DROP COLUMN inode;
        ALTER TABLE arrivals DROP COLUMN device;
        CREATE INDEX ix_arrivals_acknowledged_at ON arrivals (acknowledged_at);
        CREATE UNIQUE INDEX ix_arrivals_source_source_key ON arrivals (source, source_key)
    """)(connection)


def _keep_fingerprints(connection: Connection) -> None:
    """The list of units that was followed is one of them; so is a template that could not serve."""
    _run("""
        CREATE TABLE fingerprints (
            name TEXT NOT NULL, document BLOB NOT NULL,
            CONSTRAINT pk_fingerprints PRIMARY KEY (name)
        );
        INSERT INTO fingerprints SELECT 'units', document FROM followed_units
    """)(connection)
    made = connection.exec_driver_sql("SELECT what, template FROM makeshifts").all()
    for what, template in {row.what: row.template for row in made}.items():
        connection.exec_driver_sql(
            "INSERT INTO fingerprints VALUES (?, ?)",
            (f"template:{what}", pack(f"default for {template}")),
        )
    _run("DROP TABLE followed_units; DROP TABLE makeshifts")(connection)


def _merge_decisions(connection: Connection) -> None:
    """Releases, rejections and waivers become decisions by command, numbered in their order."""
    _run("""
        ALTER TABLE decisions RENAME TO former_decisions;
        DROP INDEX ix_decisions_submission_id;
        CREATE TABLE decisions (
            decision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            number TEXT NOT NULL, by_unit TEXT NOT NULL, unit_id TEXT NOT NULL, form TEXT NOT NULL,
            period TEXT NOT NULL, receipt TEXT NOT NULL, matter TEXT NOT NULL, about TEXT NOT NULL,
            verdict TEXT NOT NULL CONSTRAINT ck_decisions_verdict CHECK (
                verdict IN ('agree', 'disagree', 'return', 'query', 'settle', 'fine', 'noted', 'undo')
            ),
            opinion TEXT NOT NULL, decider TEXT NOT NULL, handler TEXT NOT NULL,
            ground TEXT NOT NULL, dated TEXT NOT NULL, arrival_id BIGINT NOT NULL,
            details BLOB NOT NULL, decided_at VARCHAR(32) NOT NULL,
            CONSTRAINT uq_decisions_number UNIQUE (number)
        );
        CREATE INDEX ix_decisions_unit_id_form_period ON decisions (unit_id, form, period);
        CREATE INDEX ix_decisions_period ON decisions (period);
        CREATE INDEX ix_decisions_receipt ON decisions (receipt);
        CREATE TABLE calendar_entries (
            entry_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL, what TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
            due_at VARCHAR(32) NOT NULL, done_at VARCHAR(32) NOT NULL, document BLOB NOT NULL,
            CONSTRAINT uq_calendar_entries_name UNIQUE (name)
        )
    """)(connection)
    former = connection.exec_driver_sql("""
        SELECT 'held' AS matter, '' AS about, verdict, why, decided_by AS by, decided_at AS at, submission_id
        FROM former_decisions
        UNION ALL
        SELECT 'waiver', rule, 'release', why, given_by, given_at, submission_id FROM waivers
        ORDER BY at
    """).all()
    turns: Counter[str] = Counter()
    for row in former:
        submission = connection.exec_driver_sql(
            "SELECT receipt, unit_id, form, period FROM submissions WHERE submission_id = ?",
            (row.submission_id,),
        ).one()
        head = f"{submission.receipt}-{'认' if row.matter == 'held' else '放'}{row.about}"
        turns[head] += 1
        number = f"{head}-{turns[head]}" if row.about else f"{head}{turns[head]}"
        connection.exec_driver_sql(
            "INSERT INTO decisions (number, by_unit, unit_id, form, period, receipt, matter, about, verdict,"
            " opinion, decider, handler, ground, dated, arrival_id, details, decided_at)"
            " VALUES (?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', 0, ?, ?)",
            (
                number,
                submission.unit_id,
                submission.form,
                submission.period,
                submission.receipt,
                row.matter,
                row.about,
                "agree" if row.verdict == "release" else "disagree",
                row.why,
                row.by,
                pack("{}"),
                row.at,
            ),
        )
    _run("DROP TABLE former_decisions; DROP TABLE waivers")(connection)


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "keep a record of purges, and of the files whose original is gone",
        _run("""
            CREATE TABLE purges (
                purge_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                "before" TEXT NOT NULL, ordered_by TEXT NOT NULL, purged_at VARCHAR(32) NOT NULL,
                originals INTEGER NOT NULL, documents INTEGER NOT NULL
            );
            CREATE TABLE purged_arrivals (
                arrival_id INTEGER NOT NULL, purge_id INTEGER NOT NULL,
                CONSTRAINT pk_purged_arrivals PRIMARY KEY (arrival_id),
                CONSTRAINT fk_purged_arrivals_arrival_id
                    FOREIGN KEY(arrival_id) REFERENCES arrivals (arrival_id),
                CONSTRAINT fk_purged_arrivals_purge_id
                    FOREIGN KEY(purge_id) REFERENCES purges (purge_id)
            );
            CREATE INDEX ix_purged_arrivals_purge_id ON purged_arrivals (purge_id)
        """),
    ),
    Migration(
        "keep what each consolidated workbook stood on, and what of it was corrected since",
        _run("""
            CREATE TABLE published_standings (
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
                document BLOB NOT NULL,
                CONSTRAINT pk_published_standings PRIMARY KEY (unit_id, form, period)
            );
            CREATE TABLE corrections (
                correction_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
                document BLOB NOT NULL
            );
            CREATE INDEX ix_corrections_unit_id_period ON corrections (unit_id, period)
        """),
    ),
    Migration(
        "keep why something stale could not be made or put in place",
        _run("ALTER TABLE stale ADD COLUMN trouble TEXT NOT NULL DEFAULT ''"),
    ),
    Migration(
        "count the children that died of a file, no longer the judgings that were begun",
        # What was counted so far were deaths of the service, too: they say nothing of a file.
        _run(
            "ALTER TABLE arrivals RENAME COLUMN attempts TO deaths; UPDATE arrivals SET deaths = 0"
        ),
    ),
    Migration("give the workspace an id, which the journal bears as well", _name_workspace),
    Migration(
        "tell a mail's recipients apart, and mails that were gathered into another one",
        _run("""
            DROP INDEX ix_mails_state_next_try_at;
            ALTER TABLE mails RENAME TO mails_before;
            CREATE TABLE mails (
                mail_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                message_id TEXT NOT NULL, unit_id TEXT NOT NULL, receipt TEXT NOT NULL,
                subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
                trouble TEXT NOT NULL, recipients JSON NOT NULL, attachments JSON NOT NULL,
                created_at VARCHAR(32) NOT NULL,
                state TEXT NOT NULL CONSTRAINT ck_mails_state
                    CHECK (state IN ('queued', 'sent', 'held', 'gathered')),
                attempts INTEGER NOT NULL, next_try_at VARCHAR(32) NOT NULL, sent_at VARCHAR(32),
                gathered_into INTEGER,
                CONSTRAINT uq_mails_message_id UNIQUE (message_id)
            );
            CREATE INDEX ix_mails_state_next_try_at ON mails (state, next_try_at);
            CREATE TABLE mail_recipients (
                mail_id INTEGER NOT NULL, recipient TEXT NOT NULL,
                state TEXT NOT NULL CONSTRAINT ck_mail_recipients_state
                    CHECK (state IN ('queued', 'sent', 'refused')),
                trouble TEXT NOT NULL, settled_at VARCHAR(32),
                CONSTRAINT pk_mail_recipients PRIMARY KEY (mail_id, recipient),
                CONSTRAINT fk_mail_recipients_mail_id
                    FOREIGN KEY(mail_id) REFERENCES mails (mail_id)
            );
            INSERT INTO mails
                SELECT mail_id, message_id, unit_id, receipt, subject, text, html, trouble, recipients,
                    attachments, created_at, state, attempts, next_try_at, sent_at, NULL
                FROM mails_before;
            DROP TABLE mails_before;
            INSERT INTO mail_recipients
                SELECT DISTINCT mail_id, value, iif(state = 'held', 'refused', state), trouble, sent_at
                FROM mails, json_each(recipients)
        """),
    ),
    Migration(
        "know what was made by a default template in the place of one that could not be used",
        _run("""
            CREATE TABLE makeshifts (
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, what TEXT NOT NULL,
                template TEXT NOT NULL,
                CONSTRAINT pk_makeshifts PRIMARY KEY (unit_id, form, period, what)
            )
        """),
    ),
    Migration(
        "keep when files were put there, and when the inbox was looked at",
        _run("""
            ALTER TABLE arrivals ADD COLUMN put_at VARCHAR(32);
            CREATE TABLE looks (
                unit_id TEXT NOT NULL, looked_at VARCHAR(32),
                CONSTRAINT pk_looks PRIMARY KEY (unit_id)
            )
        """),
    ),
    Migration(
        "know which files of the outbox are ours, and the list of units that they show",
        # What lies in the outbox as it was last published counts as announced. Until then a
        # file lay beside its real name only because that was held open.
        _run("""
            CREATE TABLE announcements (
                path TEXT NOT NULL, sha256 TEXT NOT NULL,
                CONSTRAINT pk_announcements PRIMARY KEY (path, sha256)
            );
            CREATE TABLE followed_units (
                followed_id INTEGER NOT NULL, document BLOB NOT NULL,
                CONSTRAINT pk_followed_units PRIMARY KEY (followed_id)
            );
            INSERT INTO announcements SELECT path, sha256 FROM publications;
            ALTER TABLE publications ADD COLUMN beside_for TEXT NOT NULL DEFAULT '';
            ALTER TABLE publications ADD COLUMN successor TEXT NOT NULL DEFAULT '';
            UPDATE publications SET beside_for = 'held' WHERE beside != ''
        """),
    ),
    Migration(
        "make a delivery of every arrival, known by its source and the key it has there",
        _make_deliveries,
    ),
    Migration(
        "number receipts form by form",
        # The unique key changes, which SQLite cannot do in place: a new table takes the old one's.
        _run("""
            CREATE TABLE submissions_anew (
                submission_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                receipt TEXT NOT NULL, number INTEGER NOT NULL, arrival_id INTEGER NOT NULL,
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
                CONSTRAINT uq_submissions_receipt UNIQUE (receipt),
                CONSTRAINT uq_submissions_unit_id_form_period_number
                    UNIQUE (unit_id, form, period, number),
                CONSTRAINT fk_submissions_anew_arrival_id
                    FOREIGN KEY(arrival_id) REFERENCES arrivals (arrival_id)
            );
            INSERT INTO submissions_anew
                SELECT submission_id, receipt, number, arrival_id, unit_id, form, period
                FROM submissions;
            DROP TABLE submissions;
            ALTER TABLE submissions_anew RENAME TO submissions;
            CREATE INDEX ix_submissions_arrival_id ON submissions (arrival_id);
            CREATE INDEX ix_submissions_form_period_unit_id ON submissions (form, period, unit_id)
        """),
    ),
    Migration(
        "keep a fingerprint of all that publications stand on besides data", _keep_fingerprints
    ),
    Migration(
        "keep what was measured with the declaration it was measured by",
        # What judgements measured until then was measured by a declaration that nobody knows.
        _run("""
            CREATE TABLE measurements (
                measurement_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                judgement_id INTEGER NOT NULL, digest TEXT NOT NULL, document BLOB NOT NULL,
                measured_at VARCHAR(32) NOT NULL,
                CONSTRAINT fk_measurements_judgement_id
                    FOREIGN KEY(judgement_id) REFERENCES judgements (judgement_id)
            );
            CREATE INDEX ix_measurements_judgement_id ON measurements (judgement_id);
            INSERT INTO measurements (judgement_id, digest, document, measured_at)
                SELECT judgement_id, '', indicators, judged_at FROM judgements
                WHERE outcome = 'accepted' ORDER BY judgement_id;
            ALTER TABLE judgements DROP COLUMN indicators
        """),
    ),
    Migration(
        "keep in short what the cards of a submission say to those above",
        # What was judged until then has none yet: it is made when the service starts.
        _run("""
            CREATE TABLE gists (
                judgement_id INTEGER NOT NULL, digest TEXT NOT NULL, document BLOB NOT NULL,
                CONSTRAINT pk_gists PRIMARY KEY (judgement_id),
                CONSTRAINT fk_gists_judgement_id
                    FOREIGN KEY(judgement_id) REFERENCES judgements (judgement_id)
            )
        """),
    ),
    Migration(
        "keep what drafts of reports showed, and the reports that were signed",
        _run("""
            CREATE TABLE report_drafts (
                draft_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
                mark TEXT NOT NULL, published_at VARCHAR(32) NOT NULL, document BLOB NOT NULL,
                CONSTRAINT uq_report_drafts_unit_id_form_period_mark
                    UNIQUE (unit_id, form, period, mark)
            );
            CREATE TABLE signed_reports (
                report_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                arrival_id INTEGER NOT NULL, receipt TEXT NOT NULL,
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
                kind TEXT NOT NULL CONSTRAINT ck_signed_reports_kind
                    CHECK (kind IN ('final', 'sealed')),
                outcome TEXT NOT NULL CONSTRAINT ck_signed_reports_outcome
                    CHECK (outcome IN ('filed', 'held', 'refused')),
                number INTEGER NOT NULL, draft_id BIGINT NOT NULL, filed_at VARCHAR(32) NOT NULL,
                again_at VARCHAR(32), document BLOB NOT NULL,
                CONSTRAINT uq_signed_reports_receipt UNIQUE (receipt),
                CONSTRAINT fk_signed_reports_arrival_id
                    FOREIGN KEY(arrival_id) REFERENCES arrivals (arrival_id)
            );
            CREATE INDEX ix_signed_reports_arrival_id ON signed_reports (arrival_id);
            CREATE INDEX ix_signed_reports_unit_id_form_period
                ON signed_reports (unit_id, form, period)
        """),
    ),
    Migration(
        "keep files that come beside workbooks, and which ones cells name",
        _run("""
            ALTER TABLE arrivals ADD COLUMN attached BOOLEAN NOT NULL DEFAULT 0;
            ALTER TABLE arrivals ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
            CREATE TABLE evidence_files (
                arrival_id INTEGER NOT NULL, kind TEXT NOT NULL, fault TEXT NOT NULL,
                remark TEXT NOT NULL,
                CONSTRAINT pk_evidence_files PRIMARY KEY (arrival_id),
                CONSTRAINT fk_evidence_files_arrival_id
                    FOREIGN KEY(arrival_id) REFERENCES arrivals (arrival_id)
            );
            CREATE TABLE named_files (
                named_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                judgement_id INTEGER NOT NULL, sheet TEXT NOT NULL, "key" TEXT NOT NULL,
                "column" TEXT NOT NULL, cell TEXT NOT NULL, name TEXT NOT NULL,
                sha256 TEXT NOT NULL, size BIGINT NOT NULL, arrival_id BIGINT NOT NULL,
                CONSTRAINT fk_named_files_judgement_id
                    FOREIGN KEY(judgement_id) REFERENCES judgements (judgement_id)
            );
            CREATE INDEX ix_named_files_judgement_id ON named_files (judgement_id);
            CREATE INDEX ix_named_files_sha256 ON named_files (sha256)
        """),
    ),
    Migration(
        "keep all decisions in one table, by number, and what the calendar did",
        _merge_decisions,
    ),
    Migration(
        "keep what superiors were offered to look at, and whom they drew",
        _run("""
            CREATE TABLE offered_looks (
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, document BLOB NOT NULL,
                CONSTRAINT pk_offered_looks PRIMARY KEY (unit_id, form, period)
            );
            CREATE TABLE drawn_samples (
                draw_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                by_unit TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, unit_id TEXT NOT NULL,
                CONSTRAINT uq_drawn_samples_by_unit UNIQUE (by_unit, form, period, unit_id)
            )
        """),
    ),
    Migration(
        "let one thing be marked as stale by several at the same time",
        # The unique key goes, which SQLite cannot do in place: a new table takes the old one's.
        _run("""
            CREATE TABLE stale_anew (
                mark_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, what TEXT NOT NULL,
                why TEXT NOT NULL, marked_at VARCHAR(32) NOT NULL, trouble TEXT NOT NULL
            );
            INSERT INTO stale_anew
                SELECT mark_id, unit_id, form, period, what, why, marked_at, trouble FROM stale;
            DROP TABLE stale;
            ALTER TABLE stale_anew RENAME TO stale
        """),
    ),
    Migration(
        "keep what is handed up of a unit with all below it",
        _run("""
            CREATE TABLE node_figures (
                unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, audience TEXT NOT NULL,
                digest TEXT NOT NULL, document BLOB NOT NULL,
                CONSTRAINT pk_node_figures PRIMARY KEY (unit_id, form, period, audience)
            )
        """),
    ),
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
            connection.execute(insert(workspace).values(workspace_id=secrets.token_hex(8)))
        else:
            database.program.keep_copy(connection, version)
            for migration in migrations[version - 1 :]:
                migration.apply(connection)
        connection.execute(insert(schema_version).values(version=newest))


def _version(database: Database, connection: Connection, newest: int) -> int:
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if schema_version.name not in tables:
        raise StoreDamagedError(
            f"文件 {database.place} 不是本程序的数据库；文件没有改动。{RESTORE}"
        )
    version = connection.execute(select(func.max(schema_version.c.version))).scalar_one()
    if not isinstance(version, int):
        raise damaged(database.place)
    if version > newest:
        raise StoreError(
            f"数据库 {database.place} 由更新版本的程序建立（结构版本{version}，"
            f"本程序只认识到{newest}）。请安装新版本的程序；数据库没有改动。"
        )
    if version == 1 + len(MIGRATIONS) and not metadata.tables.keys() <= set(tables):
        raise damaged(database.place)
    return version
