"""An open workspace: settings, units, campaign, store, clock, the children and the key of tokens.

This room owns what every task of the service shares, where its files lie, and what is checked
before anything begins. It refuses to do any of the work itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.campaigns import NAMES
from sheetflow.config.kept_campaigns import digest_in, open_campaign, takings, template_kept
from sheetflow.config.report_settings import office_like
from sheetflow.config.settings import Settings
from sheetflow.config.workspace import Workspace, make_stamp_key, open_workspace, read_stamp_key
from sheetflow.context.opening import keyed_privacy, place_of, read_units_in_force
from sheetflow.context.opening import open_store as open_sound_store
from sheetflow.context.templates import ANNEX, Templates
from sheetflow.durable import make_private_folder, write_whole
from sheetflow.errors import RESTORE, SheetflowError, StoreDamagedError, WorkspaceError
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE, Period, moment_in_words
from sheetflow.publishing.places import Stamp
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import StampKey, Token
from sheetflow.schemas.moved_deadlines import MovedDeadlines, last_deadline, moved_deadlines
from sheetflow.schemas.review import Matter
from sheetflow.store import Store
from sheetflow.units import Unit, UnitTree

if TYPE_CHECKING:  # heavy, and `check` needs neither children nor writers
    from concurrent.futures import Future

    from sheetflow.children import Limits, Pool
    from sheetflow.writing import Dress

LOG = logging.getLogger("sheetflow")
LOG.addHandler(logging.NullHandler())  # where no log is kept, nothing of it reaches the terminal

Say = Callable[[str, int, int], None]
"""Tells how far a step has come: its name, how many are done, how many there are."""

OpenStore = Callable[[Workspace, Settings], Store]
"""Opens a workspace's store; a service waits for one that cannot be had just now."""

StartPool = Callable[[int, "Limits"], "Pool"]
"""Gives so many children with these limits, which end when the workspace is closed."""


def say_nothing(_step: str, _done: int, _of: int) -> None:
    """Keep quiet about progress."""


class Clock:
    """Gives the office's time; `start` sets it, else the machine's time is taken."""

    def __init__(self, start: dt.datetime | None = None) -> None:
        self._shift = dt.timedelta()
        if start is not None:
            aware = start if start.tzinfo else start.replace(tzinfo=OFFICE_ZONE)
            self._shift = aware - dt.datetime.now(OFFICE_ZONE)

    def now(self) -> dt.datetime:
        """The present moment, in the office's zone, to the second."""
        return (dt.datetime.now(OFFICE_ZONE) + self._shift).replace(microsecond=0)

    @staticmethod
    def on_disk() -> float:
        """The machine's own time, which stamps files."""
        return time.time()


@dataclass
class Context:
    """Everything a task of the service needs; closed by `open_context`."""

    workspace: Workspace
    settings: Settings
    tree: UnitTree
    campaign: Campaign
    store: Store
    clock: Clock
    say: Say = say_nothing
    is_stopping: Callable[[], bool] = lambda: False
    """Whether to begin nothing more: what is in hand is finished, the rest waits for the next start."""
    noted: bool = False
    """Whether files stand in the journal that the database has yet to hear of."""
    turn: int | None = None
    """How many files of one unit are served before it is another one's turn; None for all."""
    hers: dict[Path, Stamp] = field(default_factory=dict)
    """Files of the outbox that were found to be a person's, by what changes with them."""
    units_trouble: str = ""
    """Why the list in force is not what units.xlsx says, in a sentence; empty where it is."""
    _told_of_key: tuple[str, ...] = ()
    _units_seen: tuple[int, int, int] | None = None
    start_pool: StartPool | None = None
    """Gives the children in another way than by starting them now."""
    _pool: list[Pool] = field(default_factory=list)
    declared: dict[tuple[str, str], str] = field(default_factory=dict)
    """Digests of declarations that are known already, by form and what shows them."""
    measures: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What each figure is measured by, of declarations that are known already, by their digest."""
    samples: dict[tuple[str, str], Future[bytes]] = field(default_factory=dict)
    """The 填报样例 that a child makes or has made, by what they stand on."""
    made: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Which figures such a declaration made otherwise, and how, by its digest."""

    def is_attaching(self, unit: Unit) -> bool:
        """Whether files may come beside a workbook that `unit` fills."""
        return any(takes_files(form) and form.is_for(unit.level) for form in self.campaign.forms)

    @property
    def pool(self) -> Pool:
        """The limited children; started when first needed."""
        if not self._pool:
            workers = self.settings.workers
            from sheetflow.children import Limits, Pool
            from sheetflow.children.limits import MIB

            memory, seconds = workers.memory_mb * MIB, workers.wall_seconds
            limits = Limits(address_space=memory, cpu_seconds=seconds)
            self._pool.append((self.start_pool or Pool)(self.pool_size, limits))
        return self._pool[0]

    def share_work(self) -> None:
        """Have other machines do what the children do from now on, where the database is one that they share."""
        place = place_of(self.workspace, self.settings)
        if not isinstance(place, str):
            return
        self._told_of_key = self.ensure_stamp_key()
        if key := self.stamp_key:  # else nobody knows whose work it is, and all is done here
            from sheetflow.dispatching.far_pool import FarPool

            write_whole(self.workspace.volume, self.store.workspace_id.encode("ascii"))
            self.start_pool = partial(FarPool, place, key)

    def warm_up(self, *, reports: bool = False) -> None:
        """Start the children, unless they run, and have them load what they need to judge.

        With `reports` also what takes longest to load, for whoever waits for files anyway.
        """
        if self._pool:
            return
        from sheetflow.children.judge_task import warm_up
        from sheetflow.children.roll_up_tasks import warm_up_reports

        for _ in range(self.pool_size):
            self.pool.submit(warm_up, self.settings.campaign)
        for _ in range(self.pool_size if reports else 0):
            self.pool.submit(
                warm_up_reports, [self.templates.report(title).content for title in ("", ANNEX)]
            )

    @property
    def pool_size(self) -> int:
        """How many files are in hand at once."""
        if self._pool:
            return self._pool[0].size
        return self.settings.workers.size or os.cpu_count() or 1

    @cached_property
    def templates(self) -> Templates:
        """The templates that serve now."""
        main, folder = self.campaign.main_form.key, self.settings.campaign
        kept = {
            "" if form.key == main else form.title: template_kept(folder, form.template)
            for form in self.campaign.forms
            if form.template
        }
        is_there = {title: content for title, content in kept.items() if content}
        brings = not digest_in(folder) or self.campaign.key in NAMES
        lost = frozenset(kept.keys() - is_there.keys())
        return Templates(self.workspace.templates, is_there, brings, lost)

    @cached_property
    def working_days(self) -> dict[str, int]:
        """The working days each level has after a period's end."""
        return {
            name: self.settings.deadlines.working_days(name) for name in self.campaign.levels.names
        }

    @cached_property
    def day_overrides(self) -> dict[dt.date, bool]:
        """The days on which this office works or rests otherwise than the calendar says."""
        return dict(self.settings.deadlines.overrides)

    @cached_property
    def moved(self) -> MovedDeadlines:
        """The deadlines that are not what the schedule says, as they were when a pass began."""
        decided = self.store.decisions.find_all(matter=Matter.POSTPONEMENT)
        return moved_deadlines(self.campaign, self.settings.calendar.moved, decided)

    def forget_moved(self) -> None:
        """Ask the store anew which deadlines were postponed."""
        self.__dict__.pop("moved", None)

    def deadline(self, unit: Unit, form: Form, period: Period) -> dt.datetime:
        """The last moment at which `unit` reports `form` for `period` in time."""
        usual = form.deadline(unit.level, period, self.working_days, self.day_overrides)
        return self.moved.until(unit, form, period, usual)

    def last_deadline(self, period: Period) -> dt.datetime:
        """The last moment at which anybody reports anything for `period` in time."""
        usual = self.working_days, self.day_overrides
        return last_deadline(self.campaign, period, *usual, self.moved)

    def is_closed(self, period: Period) -> bool:
        """Whether nobody reports anything for `period` in time any longer, at whatever level."""
        return self.clock.now() > self.last_deadline(period)

    @cached_property
    def dress(self) -> Dress:
        """What is printed on workbooks: as the office set it, else as the campaign has it."""
        form, head = self.settings.form, self.campaign.head
        from sheetflow.writing import Dress

        return Dress(
            campaign=self.campaign.title,
            catalogue=self.campaign.catalogue,
            form_number=form.form_number or head.number,
            authority=form.issued_by or head.issuer,
            document=form.approval_number or head.document_number,
            valid_until=form.valid_until or head.valid_until,
            measure_unit=form.measure_unit,
        )

    def dress_for(self, unit: Unit, form: Form, period: Period) -> Dress:
        """What is printed on the workbook of `unit`: until when, to whom, whom to ask, too."""
        until = moment_in_words(self.deadline(unit, form, period))
        above = f"，报{self.superior_of(unit)}" if unit.parent else ""
        return replace(
            self.dress,
            due=f"{until}{above}",
            contact=self.contact_words,
            folder=unit.folder,
            readers=tuple(map(self.office_of, self.tree.chain(unit.unit_id)[1:])),
        )

    @property
    def contact_words(self) -> str:
        """Say whom to ask: as the office set it, else as the campaign has it."""
        contact = self.settings.contact
        own = "，".join(filter(None, (contact.office, contact.person, contact.phone)))
        return own or self.campaign.contact

    def office_of(self, unit: Unit) -> str:
        """Name the office of a unit as reports and mails do: 山东省妇女联合会.

        Where nothing is set, the office of the top unit is the one whose campaign it is, others are called alike.
        """
        return self._organiser_of(unit, "issuer") or self.settings.report.issuer_of(unit.name)

    def printer_of(self, unit: Unit) -> str:
        """Name whom the imprint of a unit's report names: its office's own general office."""
        organiser = self._organiser_of(unit, "printed_by")
        return f"{organiser}办公室" if organiser else self.settings.report.printed_by_of(unit.name)

    def addressee_of(self, unit: Unit) -> str:
        """Name whom the report of a unit goes to."""
        above = self.tree[unit.parent] if unit.parent else None
        organiser = self._organiser_of(above, "addressee") if above else ""
        name = above.name if above else None
        return organiser or self.settings.report.addressee_of(name, self.campaign.organiser)

    def _organiser_of(self, unit: Unit, setting: str) -> str:
        """Name a unit's office after the campaign's, unless a setting names it otherwise."""
        organiser, roots = self.campaign.organiser, self.tree.roots
        if not organiser or len(roots) != 1 or not self.settings.report.is_usual(setting):
            return ""
        return organiser if not unit.parent else office_like(organiser, roots[0].name, unit.name)

    def superior_of(self, unit: Unit) -> str:
        """Name the office that `unit` reports to, as mails do: 济南市妇女联合会; empty at the top."""
        return self.office_of(self.tree[unit.parent]) if unit.parent else ""

    def policy(self, level: str) -> MaskPolicy:
        """What the readers of `level` see of personal columns."""
        return MaskPolicy(self.campaign.levels, level, self.settings.privacy.overrides(level))

    def form(self, key: str) -> Form:
        """The form called `key`; the campaign's main form where the key is empty."""
        return self.campaign.by_key[key] if key else self.campaign.main_form

    def period(self, form: str, period_id: str) -> Period:
        """The period of that id of the form called `form`, which the campaign may have no more."""
        declared = self.campaign.by_key.get(form)
        return declared.period(period_id) if declared else Period.parse(period_id)

    def ensure_stamp_key(self) -> tuple[str, ...]:
        """Make the key of tokens where there is none; say so that once: a backup is to have it."""
        path, (before, self._told_of_key) = self.workspace.stamp_key, (self._told_of_key, ())
        try:
            if before or not make_stamp_key(path):
                return before
        except OSError as error:
            LOG.warning("no key for stamps could be made: %s", type(error).__name__)
            return ()
        LOG.warning("a new key for stamps was made: tokens of an earlier one count as none")
        where = f"{path.parent.name}/{path.name}"
        told = f"填报表标识的密钥（{where}）原来没有，已经新做了一份，请重新备份。以前发出的填报表照常使用。"
        return (told,)

    def go_by(self, name: str, campaign: Campaign) -> None:
        """Judge and measure from now by another campaign, that of this name."""
        self.settings = self.settings.model_copy(update={"campaign": name})
        self.campaign = campaign
        for known in (self.declared, self.measures, self.made, self.samples):
            known.clear()
        for told in ("working_days", "dress", "moved"):
            self.__dict__.pop(told, None)

    @property
    def stamp_key(self) -> StampKey | None:
        """The key of tokens as it is now; None where none can be used: `doctor` says why."""
        try:
            return read_stamp_key(self.workspace.stamp_key)
        except WorkspaceError:
            return None

    def token_for(self, form: str, unit_id: str, period: str) -> str:
        """Give the token of a workbook that is handed out; none while the key cannot be had."""
        key = self.stamp_key
        return key.token(self.campaign.key, form, unit_id, period) if key else ""

    def judge_token(self, unit_id: str, judgement: Judgement) -> Token:
        """Say what the token of a unit's workbook says, given what that turned out to be."""
        return self.judge_stamp(judgement.token, judgement.form, unit_id, judgement.period)

    def judge_stamp(self, token: str, form: str, unit_id: str, period: str) -> Token:
        """Say what a token says of what a unit's file of ours claims to be."""
        key = self.stamp_key
        return key.judge(token, self.campaign.key, form, unit_id, period) if key else Token.NONE

    def reread_units(self) -> str:
        """Read units.xlsx anew where it has changed; give what is wrong with it, else nothing.

        A list that cannot be used is not taken: the one in force stays.
        """
        mark = None
        with contextlib.suppress(OSError):
            seen = self.workspace.units_file.stat()
            mark = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
        if mark is None or mark != self._units_seen:
            listed = read_units_in_force(self.workspace, self.campaign.levels)
            if list(listed.tree) != list(self.tree):
                self.tree = listed.tree
            self.units_trouble = listed.trouble
            self._units_seen = None if listed.is_passing else mark
        return self.units_trouble

    @property
    def is_outdated(self) -> bool:
        """Whether another campaign was taken into use since; one that cannot be told apart is not."""
        with contextlib.suppress(SheetflowError):
            history = takings(self.workspace.campaigns)
            return bool(history) and history[-1].digest != digest_in(self.settings.campaign)
        return False

    def relative(self, path: Path) -> str:
        """Name a file of the outbox as the store does, so that the outbox may move."""
        return path.relative_to(self.workspace.outbox).as_posix()

    def close(self) -> None:
        """End the children and close the store."""
        for pool in self._pool:
            pool.close(cancel=True)
        self._pool.clear()
        self.store.close()


@contextlib.contextmanager
def open_context(
    root: Path,
    at: dt.datetime | None = None,
    say: Say = say_nothing,
    open_store: OpenStore | None = None,
    start_pool: StartPool | None = None,
) -> Iterator[Context]:
    """Open the workspace at `root`; `at` starts the clock there.

    Raise WorkspaceError, SettingsError, UnitsError, DeclarationError or StoreError, each
    with a sentence for the operator.
    """
    workspace, settings = open_workspace(root)
    campaign = open_campaign(settings.campaign)
    listed = read_units_in_force(workspace, campaign.levels)
    privacy = keyed_privacy(settings.privacy, campaign)
    settings = settings.model_copy(update={"privacy": privacy})
    make_private_folder(workspace.state)
    store = open_store(workspace, settings) if open_store else open_sound_store(workspace, settings)
    clock, tree = Clock(at), listed.tree
    context = Context(workspace, settings, tree, campaign, store, clock, say)
    context.units_trouble, context.start_pool = listed.trouble, start_pool
    try:
        yield context
    except (SheetflowError, OSError):
        raise
    except Exception as error:
        if context.store.find_faults(deep=True):  # what nobody foresaw may come of that
            raise StoreDamagedError(f"数据库 {store.place} 已损坏。{RESTORE}") from error
        raise
    finally:
        context.close()
