"""Deliberately broken variants of the package: what each promise's test must notice.

A variant is a change of a few lines to a copy of the package; the real one is never
touched. Each text that is replaced must stand exactly once in its file, so that a variant
that no longer breaks anything is noticed itself.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.service_process import REPOSITORY


@dataclass(frozen=True)
class Broken:
    """A variant: what is wrong in it, and the texts that make it so, by file."""

    name: str
    wrong: str
    changes: tuple[tuple[str, str, str], ...]

    def package(self, folder: Path) -> Path:
        """Copy the package into `folder` and break it there; give where to import it from."""
        shutil.copytree(
            REPOSITORY / "sheetflow",
            folder / "sheetflow",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (folder / "templates").symlink_to(REPOSITORY / "templates")
        for place, old, new in self.changes:
            file = folder / "sheetflow" / place
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{self.name}: {place} no longer says {old!r} once"
            file.write_text(text.replace(old, new), encoding="utf-8")
        return folder


UNLINK_BEFORE_COMMIT = Broken(
    "unlink-before-commit",
    "the file leaves the inbox before the database knows of it",
    (
        (
            "service/receive.py",
            "    note(context, new)\n",
            "    for one in new:\n        let_go(one)\n    note(context, new)\n",
        ),
    ),
)

JOURNAL_AFTER_UNLINK = Broken(
    "journal-after-unlink",
    "the journal is written when the file has left the inbox",
    (
        ("service/receive.py", "    note(context, new)\n", ""),
        (
            "service/receive.py",
            "    acknowledge(context, let_go, received)\n",
            "    acknowledge(context, let_go, received)\n    note(context, new)\n",
        ),
    ),
)

BEGINS_FROM_ZERO = Broken(
    "begins-from-zero",
    "a database that does not know the archive's originals is gone on with",
    (
        ("context/opening.py", "    if count:\n", "    if False:\n"),
        ("context/opening.py", "    if received:\n", "    if False:\n"),
        (
            "context/opening.py",
            "    if last.workspace != store.workspace_id:\n",
            "    if False:\n",
        ),
        ("context/opening.py", "    elif last.after > newest:\n", "    elif False:\n"),
    ),
)

BELIEVES_THE_DISK = Broken(
    "believes-the-disk",
    "nobody looks whether the database is sound",
    (
        ("context/opening.py", "    if store.find_faults():\n", "    if False:\n"),
        ("store/sqlite.py", "        return bool(kept)\n", "        return False\n"),
    ),
)

MARK_CLEARED_FIRST = Broken(
    "mark-cleared-first",
    "a publication counts as made before it is made",
    (
        (
            "service/publish.py",
            "        placed = self._attempts.publish(",
            """        self._context.store.publications.record_rebuilt(_cleared(mark for mark, _ in made))
        placed = self._attempts.publish(""",
        ),
    ),
)

SENT_BEFORE_SENDING = Broken(
    "sent-before-sending",
    "a mail is struck off the queue before it is handed over",
    (
        (
            "mail/send.py",
            "    delivery = carrier.deliver(",
            """    context.store.mails.record_mail_sent(mail.mail_id, now)
    delivery = carrier.deliver(""",
        ),
    ),
)

NEW_ID_EACH_TIME = Broken(
    "new-id-each-time",
    "a mail sent again bears another Message-ID",
    (
        (
            "mail/compose.py",
            '        "Message-ID": mail.message_id,',
            '        "Message-ID": mail.message_id.replace("@", f".{__import__(\'os\').getpid()}@"),',
        ),
    ),
)

FORGETS_PENDING_UNLINKS = Broken(
    "forgets-pending-unlinks",
    "a file whose removal is pending is taken for a new one",
    (
        (
            "service/take.py",
            "known = pending.pop(identity_of(sighting), None)",
            "known = None",
        ),
        (
            "service/take.py",
            "if not context.store.arrivals.is_acknowledged(FOLDER, key))",
            "if not any(each.source_key == key for each in context.store.arrivals.find_all()))",
        ),
    ),
)

KEY_OF_THE_PLACE = Broken(
    "key-of-the-place",
    "a file is known by its place alone, whatever lies there now",
    (
        (
            "intake/sighting.py",
            '    return f"{identity}/{sha256}/{before}"',
            '    return f"{identity}/x/x"',
        ),
        (
            "intake/sighting.py",
            '    return f"{unit_id}/{purpose}/{name.hex()}/{inode}/{size}/{mtime_ns}"',
            '    return f"{unit_id}/{purpose}/{name.hex()}"',
        ),
        (
            "service/take.py",
            "    key = next(key for key in keys if not context.store.arrivals.is_acknowledged(FOLDER, key))",
            "    key = next(keys)",
        ),
    ),
)

MIGRATES_TO_OTHER_KEYS = Broken(
    "migrates-to-other-keys",
    "an old database's deliveries get keys by which no file is known again",
    (("store/migrations.py", "{row.inode}/{row.size}", "{row.size}/{row.inode}"),),
)

BLOB_UNSYNCED = Broken(
    "blob-unsynced",
    "the bytes in the archive are not made durable",
    (
        (
            "durable.py",
            "                os.fsync(file.fileno())\n",
            "                file.fileno()\n",
        ),
    ),
)

FOLDER_UNSYNCED = Broken(
    "folder-unsynced",
    "the archive's folder is not made durable",
    (("durable.py", "    if is_durable:\n        sync_folder(path.parent)\n", ""),),
)

DATABASE_UNSYNCED = Broken(
    "database-unsynced",
    "the database leaves writing to the system",
    (("store/sqlite.py", "PRAGMA synchronous = EXTRA", "PRAGMA synchronous = OFF"),),
)

OVERTAKEN = Broken(
    "overtaken",
    "a later file of a unit is received before an earlier one that met trouble",
    (("service/take.py", "        if unit_id in stuck:", "        if unit_id in {}:"),),
)

UNREAD_IS_OVERTAKEN = Broken(
    "unread-is-overtaken",
    "a later file of a unit is received before an earlier one that could not be read just then",
    (
        (
            "service/take.py",
            "            if intake.unarchived[unit_id] <= _MOST_LOOKS:",
            "            if trouble.step != READING:",
        ),
    ),
)

UNSEEN_IS_GONE = Broken(
    "unseen-is-gone",
    "a file in a folder that could not be read counts as removed",
    (
        (
            "service/take.py",
            "    if (arrival.unit_id, Purpose(arrival.purpose)) in intake.seen.unseen:",
            "    if arrival.unit_id in {}:",
        ),
    ),
)

WATCH_ENDS = Broken(
    "watch-ends",
    "trouble ends the service",
    (
        (
            "context/running.py",
            "            if isinstance(error, SheetflowError) and not isinstance(error, WAITED_OUT):",
            "            if not isinstance(error, ZeroDivisionError):",
        ),
    ),
)

TROUBLE_IS_FINAL = Broken(
    "trouble-is-final",
    "a file that the disk did not give at once is refused",
    (
        (
            "service/judge.py",
            "    except UnreadableError as error:\n",
            """    except OSError:
        return JudgeReply(judgement=_unreadable("file-damaged"))
    except UnreadableError as error:
""",
        ),
    ),
)

CRC_UNCHECKED = Broken(
    "crc-unchecked",
    "a part's check sum is not looked at",
    (("reading/package.py", " or zlib.crc32(content) != member.CRC", ""),),
)

BELIEVES_REFERENCES = Broken(
    "believes-references",
    "a reference to the table of texts is taken for a number, whatever it is",
    (
        (
            "reading/sheet_facts.py",
            'if kind == "s" and not (bare.isascii() and bare.isdigit()):',
            'if kind == "s" and not bare:',
        ),
    ),
)

PARSES_ITSELF = Broken(
    "parses-itself",
    "foreign files are parsed in the service's own process",
    (
        (
            "children/pool.py",
            "            self._jobs.put(job)\n        return job.future",
            """            try:
                job.future.set_result(task(*arguments))
            except Exception as error:
                job.future.set_exception(error)
        return job.future""",
        ),
    ),
)

FOLLOWS_LINKS = Broken(
    "follows-links",
    "a link in the inbox is as good as what it points to",
    (
        ("intake/sighting.py", '_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)', "_NO_FOLLOW = 0"),
        ("intake/sighting.py", "    _NO_FOLLOW\n    and {", "    {"),
        (
            "intake/sighting.py",
            "dir_fd=self.descriptor, follow_symlinks=False)",
            "dir_fd=self.descriptor, follow_symlinks=True)",
        ),
    ),
)

MAIL_IN_THE_TRANSACTION = Broken(
    "mail-in-the-transaction",
    "mail is sent while the answer is being committed",
    (
        (
            "service/judge.py",
            "            record_told(context, submission, entail(",
            "            record_told(context, submission, _sent_at_once(",
        ),
        (
            "service/judge.py",
            "def log_reply(",
            """def _sent_at_once(context, *arguments):
    from sheetflow.mail.compose import Sender, compose
    from sheetflow.mail.send import carrier_of

    entailed = entail(context, *arguments)
    sender = Sender(context.settings.mail.sender, "")
    for mail in entailed.mails:
        message = compose(mail, sender, [], context.clock.now())
        carrier_of(context).deliver(message, sender.address, mail.recipients)
    return replace(entailed, mails=())


def log_reply(""",
        ),
    ),
)

MAIL_IN_THE_PASS = Broken(
    "mail-in-the-pass",
    "no file is looked for while mail is being sent",
    (
        (
            "service/watch.py",
            "        report = work_off(context, intake)\n        self._postman.call()\n",
            """        report = work_off(context, intake)
        from sheetflow.mail.send import send_due

        send_due(context)
""",
        ),
    ),
)

MAIL_GIVEN_UP = Broken(
    "mail-given-up",
    "a mail that the server does not take now is not tried again",
    (
        (
            "mail/send.py",
            "        refused=delivery.reasons(Outcome.PERMANENT),",
            "        refused={each.recipient: each.reason.words for each in delivery.refusals},",
        ),
    ),
)

EVERYBODY_AGAIN = Broken(
    "everybody-again",
    "a mail that one recipient puts off is repeated to all",
    (("mail/send.py", "sender.address, mail.unserved)", "sender.address, mail.recipients)"),),
)

ONE_BY_ONE = Broken(
    "one-by-one",
    "each file of a flood is answered by a mail of its own",
    (("mail/send.py", "    gather_floods(context, is_served=is_served)\n", ""),),
)

NO_TURNS = Broken(
    "no-turns",
    "whoever dropped first is served to the end first",
    (
        (
            "service/watch.py",
            "context.turn = is_stopping, A_TURN",
            "context.turn = is_stopping, None",
        ),
    ),
)

ONE_CODE_PAGE = Broken(
    "one-code-page",
    "a template is read as UTF-8 and as nothing else",
    (
        (
            "context/templates.py",
            "        text = None if content is None else decode_text(content)\n",
            "        text = None if content is None else content.decode()\n",
        ),
    ),
)

HIDES_THE_HELD = Broken(
    "hides-the-held",
    "a held workbook is seen only while nothing else of its unit is",
    (("service/waiting.py", "        *held_submissions(context),\n", ""),),
)

LIVE_TEXTS = Broken(
    "live-texts",
    "texts are written as they come",
    (
        (
            "writing/page.py",
            "        self.worksheet.write_string(row - 1, column - 1, kept, self.book.look(look))",
            """        look, at = self.book.look(look), (row - 1, column - 1)
        if text.startswith("="):
            self.worksheet.write_formula(*at, text, look)
        elif "http" in text:
            self.worksheet.write_url(*at, text[text.find("http") :], string=text[:200])
        else:
            self.worksheet.write_string(*at, kept, look)""",
        ),
    ),
)

SEES_EVERYTHING = Broken(
    "sees-everything",
    "every level sees personal columns whole",
    (
        (
            "masks.py",
            '        chosen = self.overrides.get(f"{sheet.key}.{column.key}")\n        if chosen == "masked":',
            '        chosen = "whole"\n        if chosen == "masked":',
        ),
    ),
)

LOGS_NAMES = Broken(
    "logs-names",
    "the log tells what the files of units are called",
    (
        (
            "service/receive.py",
            'LOG.info("unit %s: received as arrival %d", arrival.unit_id, arrival.arrival_id)',
            'LOG.info("%s: received as arrival %d", arrival.name, arrival.arrival_id)',
        ),
    ),
)

EVENTS_ALONE = Broken(
    "events-alone",
    "the service looks only when an event tells it to",
    (
        (
            "service/watch.py",
            "                waker.sleep(pause, is_stopping)",
            """                while pause > 0.1 and not is_stopping():
                    if waker.sleep(1, is_stopping):
                        break""",
        ),
    ),
)

NO_DUPLICATES = Broken(
    "no-duplicates",
    "the same bytes again are a new submission",
    (
        (
            "service/judge.py",
            "    repeated = context.store.submissions.find_repeated(arrival)\n",
            "    repeated = None\n",
        ),
    ),
)

DUPLICATE_OF_ANY = Broken(
    "duplicate-of-any",
    "bytes that the unit ever sent are a duplicate, whatever came since",
    (
        (
            "store/submissions.py",
            "            if latest is not None and latest.receipt == candidate.receipt:",
            "            if latest is not None:",
        ),
    ),
)

BELIEVES_THE_FILE = Broken(
    "believes-the-file",
    "whose a workbook is does not matter, so long as it is somebody's",
    (
        (
            "validators/recognition.py",
            "    if not named or named == context.unit.unit_id.upper():",
            "    if not named or any(unit.unit_id == named for unit in context.tree):",
        ),
    ),
)

WRITES_IN_PLACE = Broken(
    "writes-in-place",
    "a publication is written into the old file",
    (
        (
            "publishing/outbox.py",
            "            if draft.is_left:\n",
            """            if draft.temporary is None:
                return Published(draft.path, draft.sha256, changed=False)
            data = draft.temporary.read_bytes()
            with draft.path.open("wb", buffering=0) as place:
                for start in range(0, len(data), 512):
                    place.write(data[start : start + 512])
                    time.sleep(0.001)
            return Published(draft.path, draft.sha256, changed=True)
            if draft.is_left:
""",
        ),
    ),
)

NO_TWINS = Broken(
    "no-twins",
    "a target that is held open is only waited for",
    (
        (
            "publishing/outbox.py",
            "    return _place_beside(draft, ours, patience, Beside.HELD)",
            '    raise TemporaryError("发布文件", str(draft.path), "EBUSY")',
        ),
    ),
)

KILLED_IS_GUILTY = Broken(
    "killed-is-guilty",
    "a file is refused when its child was killed from outside once",
    (
        ("children/limits.py", "    attempts: int = 2\n", "    attempts: int = 1\n"),
        (
            "children/pool.py",
            "            return ChildHinderedError(was_killed=True)\n",
            '            return self._death("file-killed-reader")\n',
        ),
        ("service/turns.py", "MOST_DEATHS = 3\n", "MOST_DEATHS = 1\n"),
    ),
)

OUR_DEATH_COUNTS = Broken(
    "our-death-counts",
    "what was in hand when the service died is blamed for it",
    (
        (
            "service/judge.py",
            "        busy[context.pool.submit(judge_file, request)] = arrival\n",
            """        if context.store.arrivals.record_death(arrival.arrival_id) > MOST_DEATHS:
            request = replace(request, path="/proc/self/mem")
        busy[context.pool.submit(judge_file, request)] = arrival
""",
        ),
        (
            "service/judge.py",
            "    except UnreadableError as error:\n",
            """    except OSError:
        return JudgeReply(judgement=_unreadable("file-killed-reader"))
    except UnreadableError as error:
""",
        ),
    ),
)

STOPPED_IS_SLOW = Broken(
    "stopped-is-slow",
    "a child that did not move is blamed on its file",
    (
        (
            "children/pool.py",
            "            idle = self._was_idle\n",
            "            idle = True\n",
        ),
        ("service/turns.py", "MOST_DEATHS = 3\n", "MOST_DEATHS = 1\n"),
    ),
)

LIMITS_ARE_FINAL = Broken(
    "limits-are-final",
    "a refusal for a limit of ours is as lasting as any other",
    (
        (
            "service/judge.py",
            '_OUR_LIMITS = frozenset({"file-timeout", "file-outgrew-memory", "file-killed-reader"})',
            "_OUR_LIMITS: frozenset[str] = frozenset()",
        ),
    ),
)

READER_DIES_OF, READER_HOARDS = b"reader dies", b"reader hoards"
"""Files that hold the first end the reader of `POISONED`, the second have it take all memory."""

POISONED = Broken(
    "poisoned",
    "not wrong: the reader dies of files that hold certain words",
    (
        (
            "reading/reader.py",
            "    try:\n        workbook = _read(data)\n",
            f"""    if {READER_DIES_OF!r} in data:
        __import__("os").abort()
    if {READER_HOARDS!r} in data:
        bytearray(1 << 40)
    try:
        workbook = _read(data)
""",
        ),
    ),
)

POISON_FOR_EVER = Broken(
    "poison-for-ever",
    "a file of which every reader dies is tried again for ever",
    (
        *POISONED.changes,
        ("service/turns.py", "MOST_DEATHS = 3\n", "MOST_DEATHS = 1_000_000\n"),
    ),
)

POISON_FIRST = Broken(
    "poison-first",
    "a file of which a reader died is tried again before all others",
    (
        *POISONED.changes,
        (
            "service/judge.py",
            "    waiting.extend((arrival, *later))\n",
            "    waiting.extendleft((*later, arrival))\n",
        ),
    ),
)

TAKES_ALL_FOR_OURS = Broken(
    "takes-all-for-ours",
    "what a person changed is replaced like any file of ours",
    (
        (
            "publishing/places.py",
            "            return not ours(self.sha256)",
            "            return False",
        ),
    ),
)

TWIN_TAKES_OVER = Broken(
    "twin-takes-over",
    "one pass later, what lies beside a person's file replaces it",
    (
        (
            "service/twins.py",
            "            hers = _is_hers(context, entry)\n",
            "            hers = False\n            (context.workspace.outbox / entry.path).unlink()\n",
        ),
    ),
)

ANNOUNCES_LATER = Broken(
    "announces-later",
    "what is about to lie in the outbox is not committed before it does",
    (
        (
            "service/publish.py",
            """        context.store.publications.record_announced(
            [(context.relative(entry.order.path), entry.draft.sha256) for entry in drafted]
        )
        yield
""",
            """        yield
        context.store.publications.record_announced(
            [(context.relative(entry.order.path), entry.draft.sha256) for entry in drafted]
        )
""",
        ),
    ),
)

NO_LAST_LOOK = Broken(
    "no-last-look",
    "what was ours when the draft was made is replaced, whatever became of it since",
    (
        (
            "publishing/outbox.py",
            "            if not _is_locked(draft, ours):",
            "            if True:",
        ),
    ),
)

FOLLOWS_FOLDERS = Broken(
    "follows-folders",
    "a link in the outbox is as good as the folder that it points to",
    (
        (
            "publishing/places.py",
            "        mode = part.lstat().st_mode",
            "        mode = part.stat().st_mode",
        ),
    ),
)

FORGETS_THE_LIST = Broken(
    "forgets-the-list",
    "a change of the list of units marks nothing",
    (("service/follow_units.py", "            stale=stale,\n", ""),),
)

OLD_NAMES_STAY = Broken(
    "old-names-stay",
    "what lies under an old name is never removed",
    (("service/one_pass.py", "        withdraw_old_names(context)\n", ""),),
)

FORGETS_A_CHANGE = Broken(
    "forgets-a-change",
    "that something has changed is on the disk before what shows it is marked",
    (
        (
            "service/changes.py",
            """    with context.store.together():
        context.store.fingerprints.record({each.name: each.digest for each in (*new, *changed)})
""",
            """    context.store.fingerprints.record({each.name: each.digest for each in (*new, *changed)})
    with context.store.together():
""",
        ),
    ),
)

KNOWN_BEFORE_MEASURED = Broken(
    "known-before-measured",
    "by what figures are measured is on the disk before they are, and what is known is not asked again",
    (
        (
            "service/changes.py",
            """    stale = list(_marks(context, changed))
""",
            """    stale = list(_marks(context, changed))
    context.store.fingerprints.record(measured.fingerprints)
""",
        ),
        (
            "service/changes.py",
            "    if not outdated and last in {None, digest}:",
            "    if last in {None, digest}:",
        ),
    ),
)


ONE_FOLDER_STOPS_ALL = Broken(
    "one-folder-stops-all",
    "what stands in the place of one unit's folder ends the pass",
    (
        (
            "config/workspace.py",
            "                with contextlib.suppress(OSError):\n                    if not folder.parent",
            "                with contextlib.nullcontext():\n                    if not folder.parent",
        ),
    ),
)

LIST_IN_OUR_OWN_PROCESS = Broken(
    "list-in-our-own-process",
    "the list of units is laid out whole by the service itself",
    (
        (
            "context/opening.py",
            """            units = pool.call(read_units, name, content, levels)
            return UnitTree.of(units, levels=levels)""",
            """            from sheetflow.config.units_file import parse_list

            return parse_list(name, content, levels)""",
        ),
    ),
)
