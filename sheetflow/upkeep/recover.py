"""The database made again from the archive: every original judged anew, in the journal's order.

The clock stands at each one's time of arrival, so deadlines and numbers come out as before. An
original that the journal does not know comes back held, for the unit that it names. No mail goes
out again. What is lost with a database is read from what is left of it, and named.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sheetflow.children.judge_task import JudgeReply, judge_file, read_file
from sheetflow.config.settings import Settings
from sheetflow.config.workspace import Workspace, open_workspace
from sheetflow.context import LOG, Clock, Context, Say, open_context, say_nothing
from sheetflow.context.opening import open_store, refuse_over_originals
from sheetflow.context.running import held_lock
from sheetflow.durable import close_to_others, sync_folder
from sheetflow.errors import SheetflowError, StoreDamagedError, UnreadableError, WorkspaceError
from sheetflow.findings import Place
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.intake.journal import Entry, Journal, read_journal
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.review import Verdict
from sheetflow.service.back_up import DATABASE, STAMP_KEY
from sheetflow.service.filed_answer import TOLD_UP_TO
from sheetflow.service.judge import judge_arrivals, record_reply
from sheetflow.service.receive import arrival_of, rewrite_journal
from sheetflow.service.unit_history import request_for
from sheetflow.store import Store
from sheetflow.store.attention import Seen
from sheetflow.store.decisions import CalendarEntry
from sheetflow.store.records import Arrival, NewArrival
from sheetflow.upkeep.campaigns_then import CampaignsThen
from sheetflow.upkeep.check import named_unit
from sheetflow.upkeep.restore import (
    ON_SERVER,
    check_database,
    opened,
    set_aside,
    strange_files,
    unpack,
)

GUESSED = "unit-guessed"
_ARCHIVE = "archive"
"""The source of an original that nobody noted; its key there is its hash."""


@dataclass
class Recovered:
    """What came of it, and what did not come back."""

    outcomes: Counter[str] = field(default_factory=Counter)
    known: int = 0
    """Files that the backup knew already."""
    guessed: list[str] = field(default_factory=list)
    """Receipts of originals that the journal does not know: held, their unit as they name it."""
    without_unit: list[str] = field(default_factory=list)
    """Originals (by hash) of which nobody can tell the unit: they only lie in the archive."""
    missing: list[Entry] = field(default_factory=list)
    """Files that were received, and whose original is gone."""
    damaged_lines: int = 0
    """Lines of the journal that say nothing any longer."""
    lost_decisions: tuple[str, ...] | None = ()
    """What was decided and is lost, in sentences; None where nobody can tell."""
    unknown_files: int = 0
    """How many files of the outbox nobody can tell any longer to be ours, unless made again."""
    aside: Path | None = None


def recover(
    root: Path,
    *,
    backup: Path | None = None,
    force: bool = False,
    at: dt.datetime | None = None,
    say: Say = say_nothing,
) -> Recovered:
    """Make the database of the workspace at `root` again from its archive and journal.

    With `backup`, its database is what is gone on from. Raise WorkspaceError where a service
    runs there, where there is nothing to begin with, or where the database is sound and
    `force` is not given.
    """
    workspace, settings = open_workspace(root)
    if settings.store.url:
        raise WorkspaceError(ON_SERVER)
    with held_lock(workspace.lock):
        close_to_others(workspace.state)
        journal = read_journal(workspace.journal)
        if not journal.entries and not any(stored_blobs(workspace.archive)):
            raise WorkspaceError("存档里没有原件，没有可以重建的。请用 restore 恢复备份。")
        if not force and _is_sound(workspace, settings):
            raise WorkspaceError("数据库是好的，不需要重建。确要由存档重建，请加 --force。")
        with TemporaryDirectory(
            prefix=".recover-", dir=workspace.state, ignore_cleanup_errors=True
        ) as folder:
            draft = Path(folder)
            found = _recovered(workspace, journal, backup, draft, at, say)
            name = workspace.database.name
            old = (name, f"{name}-journal", f"{name}.seal", workspace.journal.name)
            here = [workspace.state / each for each in old]
            found.aside = set_aside(workspace.root, here, Clock(at).now())
            (draft / "journal").replace(workspace.journal)
            (draft / "new.db").replace(workspace.database)
            sync_folder(workspace.state)
    LOG.warning("database made again from the archive: %d files", sum(found.outcomes.values()))
    return found


def _is_sound(workspace: Workspace, settings: Settings) -> bool:
    if not workspace.database.exists():
        return False
    try:
        open_store(workspace, settings).close()
    except StoreDamagedError:
        return False
    return True


def _recovered(
    workspace: Workspace,
    journal: Journal,
    backup: Path | None,
    draft: Path,
    at: dt.datetime | None,
    say: Say,
) -> Recovered:
    database = draft / "new.db"
    if backup:
        _unpack_database(workspace, backup, draft, database)
    found = Recovered(damaged_lines=journal.damaged)
    with open_context(workspace.root, at, say, lambda *_: Store(database)) as context:
        store = context.store
        if journal.batches and not backup:
            store.record_workspace(journal.batches[-1].workspace)
        elif journal.batches and store.workspace_id != journal.batches[-1].workspace:
            raise WorkspaceError("这份备份是另一个工作文件夹的，没有恢复。请换一份备份。")
        announced: tuple[tuple[str, str], ...] = ()
        done: tuple[CalendarEntry, ...] = ()
        seen: Seen = ((), {})
        # Without what is left of the old one, what is not made again to the byte is a person's.
        with suppress(SheetflowError, OSError), _old_store(workspace) as lost:
            announced = lost.publications.find_all_announced()
            done = lost.calendar.find_all()
            seen = lost.attention.find_everything()
        store.publications.record_announced(announced)
        for entry in done:  # nobody is reminded twice
            store.calendar.record(entry)
        store.attention.take_over(seen)  # what is decided again may be about these
        _receive_all(context, journal, found)
        store.attention.take_over(seen)  # while its workbook was not there, an offer was dropped
        found.lost_decisions = _lost_decisions(workspace, store)
        found.unknown_files = sum(1 for _ in strange_files(context))
        rewrite_journal(store, draft / "journal")
    return found


def _unpack_database(workspace: Workspace, backup: Path, draft: Path, database: Path) -> None:
    """Go on from the backup's database, and with its key for stamps where ours is gone."""
    with opened(backup) as (package, manifest):
        wanted = [name for name in (DATABASE, STAMP_KEY) if name in manifest["files"]]
        files = {name: manifest["files"][name] for name in wanted}
        unpack(package, files, draft / "backup")
    (draft / "backup" / DATABASE).rename(database)
    check_database(database)
    key = draft / "backup" / STAMP_KEY
    if key.exists() and not workspace.stamp_key.exists():
        key.rename(workspace.stamp_key)


def _receive_all(context: Context, journal: Journal, found: Recovered) -> None:
    """Receive and judge every original, in order; those noted in one moment side by side."""
    archive, clock = context.workspace.archive, context.clock
    before = {_whence(arrival): arrival for arrival in context.store.arrivals.find_all()}
    fresh: dict[tuple[str, str], Entry] = {}
    for entry in journal.entries:
        if _whence(entry) not in before:
            fresh.setdefault(_whence(entry), entry)
    noted = list(fresh.values())
    found.known = len(before)
    known = {arrival.sha256 for arrival in before.values()} | {entry.sha256 for entry in noted}
    lost = {sha256 for sha256 in known if not blob_path(archive, sha256).is_file()}
    found.missing = [entry for entry in noted if entry.sha256 in lost]
    present = [entry for entry in noted if entry.sha256 not in lost]
    strays = sorted(
        (dt.datetime.fromtimestamp(blob_path(archive, each).stat().st_mtime, OFFICE_ZONE), each)
        for each in stored_blobs(archive)
        if each not in known
    )
    done = 0
    kept: set[int] = set()
    campaigns = CampaignsThen.from_the_beginning(context)
    # What was taken together is judged together: a workbook and the files beside it.
    for _, group in groupby(present, key=lambda entry: entry.batch or entry.arrived_at):
        entries = list(group)
        moment = entries[-1].arrived_at
        while strays and strays[0][0] <= moment:
            kept |= _hold(context, *strays.pop(0), found)
        context.clock = Clock(moment)
        campaigns.up_to(moment)
        _judge(context, entries, found, kept)
        done += len(entries)
        context.say("重新审核", done, len(present))
    campaigns.up_to(None)
    for stray in strays:
        _hold(context, *stray, found)
    told = max((arrival.arrival_id for arrival in context.store.arrivals.find_all()), default=0)
    context.store.fingerprints.record({TOLD_UP_TO: str(told)})
    context.clock = clock


def _whence(delivery: Entry | Arrival) -> tuple[str, str]:
    return delivery.source, delivery.source_key


def _judge(context: Context, entries: Iterable[Entry], found: Recovered, kept: set[int]) -> None:
    with context.store.together():
        for entry in entries:
            context.store.arrivals.record_arrival(arrival_of(entry))
    for some in judge_arrivals(context):
        found.outcomes.update(submission.outcome for submission in some)
    with context.store.together():  # they were told then
        for mail in context.store.mails.find_mails("queued"):
            if mail.mail_id not in kept:
                context.store.mails.record_mail_sent(mail.mail_id, context.clock.now())


def _hold(context: Context, moment: dt.datetime, sha256: str, found: Recovered) -> set[int]:
    """Hold an original for the unit that it names; give the mails that tell of it."""
    path = blob_path(context.workspace.archive, sha256)
    try:
        unit_id = named_unit(context, context.pool.call(read_file, str(path)))
    except (UnreadableError, OSError):
        unit_id = ""
    if unit_id not in context.tree:
        found.without_unit.append(sha256)
        return set()
    before = {mail.mail_id for mail in context.store.mails.find_mails("queued")}
    context.clock = Clock(moment)
    arrival = context.store.arrivals.record_arrival(
        NewArrival(
            source=_ARCHIVE,
            source_key=sha256,
            unit_id=unit_id,
            purpose="submission",
            name=f"原件{sha256[:8]}.xlsx",
            sha256=sha256,
            size=path.stat().st_size,
            arrived_at=moment.replace(microsecond=0),
        )
    )
    context.store.arrivals.record_acknowledged(arrival.arrival_id, context.clock.now())
    reply = context.pool.call(judge_file, request_for(context, arrival))
    held = Judgement(
        outcome=Outcome.HELD,
        findings=(GENERAL[GUESSED].at(Place()),),
        form=reply.judgement.form,
        version=reply.judgement.version,
        period=reply.judgement.period,
    )
    submission = record_reply(context, arrival, JudgeReply(judgement=held))
    found.outcomes["held"] += 1
    found.guessed += [submission.receipt] if submission else []
    return {mail.mail_id for mail in context.store.mails.find_mails("queued")} - before


_LOGGED = re.compile(
    r"^(?P<at>\S+ [\d:]+)\S* INFO (?:receipt (?P<receipt>\S+): (?:rule (?P<rule>\S+) waived|"
    r"(?P<former>release|reject))|decision (?P<number>\S+): (?P<verdict>[a-z]+))$"
)
_FORMER = {"release": "放行", "reject": "驳回"}


def _lost_decisions(workspace: Workspace, base: Store) -> tuple[str, ...] | None:
    """Name what was decided and `base` does not know; None where nothing tells of it.

    What came in a 审核单 is decided again when that is judged: only what was decided by command is lost.
    """
    known = set(_of_store(base))
    with suppress(SheetflowError, OSError), _old_store(workspace) as store:
        if store.workspace_id == base.workspace_id:
            return tuple(said for key, said in _of_store(store).items() if key not in known)
    return _of_log(workspace, known)


def _old_store(workspace: Workspace) -> Store:
    """Open what is left of the database, as far as it can be read; never begin a new one."""
    return Store(workspace.database, begin=lambda: refuse_over_originals(workspace))


_Known = tuple[str, str]
"""A decision's number and verdict."""


def _of_store(store: Store) -> dict[_Known, str]:
    """Give what a store knows of decisions, each in a sentence, the oldest first."""
    found = {}
    for decision in store.decisions.find_all():
        about = f" {decision.about}" if decision.about else ""
        reason = f"：{decision.opinion}" if decision.opinion else ""
        found[decision.number, decision.verdict.value] = (
            f"{decision.decided_at:%Y-%m-%d %H:%M} {decision.number} {decision.verdict.label}{about}"
            f"（{decision.decider}{reason}）"
        )
    return found


def _logged(found: re.Match[str]) -> str:
    if found["rule"]:
        return f"豁免审核意见 {found['rule']}"
    return Verdict(found["verdict"]).label if found["verdict"] else _FORMER[found["former"]]


def _of_log(workspace: Workspace, known: Collection[_Known]) -> tuple[str, ...] | None:
    """Read the log, the oldest part first; what older versions logged cannot be told from what is known."""
    files = sorted(workspace.state.glob(f"{workspace.log.name}*"), reverse=True)
    if not files:
        return None
    said: list[str] = []
    for file in files:
        try:
            lines = file.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return None
        for found in filter(None, map(_LOGGED.match, lines)):
            if (found["number"], found["verdict"]) in known:
                continue
            about = found["number"] or found["receipt"]
            said.append(f"{found['at'][:16]} {about} {_logged(found)}（据日志）")
    return tuple(said)
