"""What is handed in once plays beside the report periods: plans and papers, and the judging of papers.

Any other form than the main one that is filled once and takes files is handed in by some cities with all
below and above them, from the lowest level up: one unit forgets its papers and mends just that, one is
late. A form that judges entries is handed in three times: with its judges, with scores, with what was
decided. Who has nothing of its own to point to hands in nothing. A story yields when its next act
happens, and acts when it is asked on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfile

from sheetflow.context import Context, open_context
from sheetflow.context.paths import files_path, judged_paths, workbook_path
from sheetflow.demo.accepted_before import newest_samples
from sheetflow.demo.draft import Draft, plan_typing
from sheetflow.demo.ground import nearest_above
from sheetflow.demo.once_drafts import Desk, Step, draft_once, judged_draft
from sheetflow.demo.papers import Paper, papers_of
from sheetflow.demo.scene import Stage
from sheetflow.demo.staging import Drop, Turn, find_planted, type_workbooks
from sheetflow.demo.tally import answers
from sheetflow.periods import OFFICE_ZONE, Cadence, Period
from sheetflow.schemas.campaign import Campaign, Samples
from sheetflow.schemas.evidence import MISSING, MISSING_OPTIONAL, takes_files
from sheetflow.schemas.forms import Attachments, Form
from sheetflow.schemas.judging import Judging
from sheetflow.units import Unit
from sheetflow.upkeep.remind import issue_workbooks

PLAY_ON = 2
"""So many cities play what all could."""
_ISSUED_BEFORE = dt.timedelta(days=9)
_DAY, _AN_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
_ISSUED_AT, _DROPPED_AT, _LATE_AT = dt.time(9), dt.time(10), dt.time(9)
_STEPS_BEFORE = {Step.JUDGES: 20, Step.SCORES: 10, Step.AWARDS: 0}
"""So many days before its deadline each step of judging is handed in."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A workbook ready to be dropped, with the papers that belong to it."""

    drop: Drop
    papers: tuple[tuple[Unit, Path], ...]


def stories(scene: Stage) -> Iterator[Iterator[dt.datetime]]:
    """Give the story of every form that is handed in once."""
    with open_context(scene.root, _at(scene.ground.periods[0].first_day, _ISSUED_AT)) as context:
        campaign = context.campaign
        for form in campaign.forms[1:]:
            if form.cadence is not Cadence.ONCE or not (takes_files(form) or form.judging):
                continue
            (period,) = form.periods_of(scene.ground.periods[0].last_day.year)
            units = [unit for unit in _playing(scene, campaign, form) if form.is_for(unit.level)]
            days = {unit: context.deadline(unit, form, period).date() for unit in units}
            told = _Once(scene, campaign, campaign.in_force(form, period), period, days)
            if days:
                yield told.judge(form.judging) if form.judging else told.file()


def _playing(scene: Stage, campaign: Campaign, form: Form) -> list[Unit]:
    """Give some cities, those below and above; one and those below it where what they hand in is judged."""
    tree = scene.tree
    is_judged = any(
        sheet.gathered and sheet.gathered.form == form.key
        for other in campaign.forms
        for sheet in other.sheets
    )
    members = {
        unit.unit_id
        for top in nearest_above(tree, 1 if is_judged else PLAY_ON)
        for unit in (*tree.subtree(top.unit_id), *(() if is_judged else tree.chain(top.unit_id)))
    }
    return [unit for unit in tree if unit.unit_id in members]


@dataclass(frozen=True, slots=True)
class _Once:
    """One form that is handed in once: by whom, and each one's last day."""

    scene: Stage
    campaign: Campaign
    form: Form
    period: Period
    days: dict[Unit, dt.date]

    def file(self) -> Iterator[dt.datetime]:
        """Hand it in from the lowest level up: somebody forgets the papers, somebody is late."""
        moment = _at(min(self.days.values()) - _ISSUED_BEFORE, _ISSUED_AT)
        yield moment
        self._issue(moment)
        for level in self._levels():
            units = [unit for unit in self.days if unit.level == level]
            due = max(self.days[unit] for unit in units)
            moment = max(moment + _AN_HOUR, _at(due, _DROPPED_AT))
            yield moment
            filled = self._fill(units, moment)
            if level != self.scene.tree.levels.lowest.name or not filled:
                self._drop(moment, filled)
                continue
            forgetful, *others = filled
            late = others[-1:]
            self._drop(moment, [replace(forgetful, papers=()), *others[: len(others) - len(late)]])
            self._keep_answer(moment, forgetful.drop)
            moment = _at(due + _DAY, _LATE_AT)
            yield moment
            papers = [paper for each in (forgetful, *late) for paper in each.papers]
            self.scene.act(moment, [each.drop for each in late], papers)

    def judge(self, spec: Judging) -> Iterator[dt.datetime]:
        """Hand in the judges, their scores, and what was decided."""
        due = max(self.days.values())
        first = dt.timedelta(days=max(_STEPS_BEFORE.values()))
        moment = _at(due - first - _ISSUED_BEFORE, _ISSUED_AT)
        yield moment
        self._issue(moment)
        for step, days in _STEPS_BEFORE.items():
            moment = _at(due - dt.timedelta(days=days), _DROPPED_AT)
            yield moment
            with open_context(self.scene.root, moment) as context:
                desks = [self._desk(context, unit, moment) for unit in self.days]
            drafts = [(desk, judged_draft(desk, spec, step)) for desk in desks]
            filled = self._typed([(desk, draft) for desk, draft in drafts if draft], step.value)
            self._drop(moment, filled)

    def _levels(self) -> list[str]:
        """The levels that fill it, the lowest first."""
        here = {unit.level for unit in self.days}
        return [name for name in reversed(self.scene.tree.levels.names) if name in here]

    def _issue(self, moment: dt.datetime) -> None:
        with open_context(self.scene.root, moment) as context:
            count = issue_workbooks(context, self.form, self.period, self.days)
        self.scene.tell(
            "{period}: issued {count} workbooks (填报_…) into the outbox",
            period=f"《{self.form.title}》",
            count=count,
        )

    def _desk(self, context: Context, unit: Unit, moment: dt.datetime) -> Desk:
        return Desk(
            campaign=self.campaign,
            tree=self.scene.tree,
            form=self.form,
            period=self.period,
            unit=unit,
            issued=workbook_path(context, self.form, unit, self.period),
            day=moment.date(),
            seed=self.scene.seed,
        )

    def _fill(self, units: Sequence[Unit], moment: dt.datetime) -> list[_Filled]:
        main = self.campaign.main_form
        with open_context(self.scene.root, moment) as context:
            newest = newest_samples(context, main, self.scene.ground.periods)
            desks = [self._desk(context, unit, moment) for unit in units]
        drafts = []
        for desk in desks:
            standing: dict[str, Samples] = {main.key: newest.get(desk.unit.unit_id, {})}
            if draft := draft_once(desk, standing):
                drafts.append((desk, draft))
        return self._typed(drafts, moment.date().isoformat())

    def _typed(self, drafts: Sequence[tuple[Desk, Draft]], step: str) -> list[_Filled]:
        """Type the workbooks and write their papers; what is forgotten is planted by who forgets."""
        targets = [
            self.scene.folder / self.form.key / step / desk.unit.folder / desk.issued.name
            for desk, _ in drafts
        ]
        typings = [
            plan_typing(draft, desk.issued, target)
            for (desk, draft), target in zip(drafts, targets, strict=True)
        ]
        numbers = type_workbooks(typings)
        filled = []
        for place, ((desk, draft), target) in enumerate(zip(drafts, targets, strict=True)):
            papers = tuple(papers_of(self.campaign, draft))
            lowest = self.scene.tree.levels.lowest.name
            if place == 0 and desk.unit.level == lowest:
                self._forget(draft, papers)
            planted = tuple(find_planted(draft, desk.unit, target.name, numbers[place]))
            self.scene.planted.extend(planted)
            saved = tuple((desk.unit, paper.save(target.parent)) for paper in papers)
            filled.append(_Filled(Drop(desk.unit, target, Turn.IN_TIME, planted), saved))
        return filled

    def _forget(self, draft: Draft, papers: Sequence[Paper]) -> None:
        """Note what is missing where no paper comes along."""
        for paper in papers:
            needed = (
                draft.form.attachments is Attachments.REQUIRED
                or paper.sheet.by_key[paper.column].required
            )
            rule = MISSING if needed else MISSING_OPTIONAL
            draft.spoil(rule, paper.sheet.key, paper.row, paper.column)

    def _drop(self, moment: dt.datetime, filled: Sequence[_Filled]) -> None:
        papers = [paper for each in filled for paper in each.papers]
        if filled:
            self.scene.act(moment, [each.drop for each in filled], papers)

    def _keep_answer(self, moment: dt.datetime, drop: Drop) -> None:
        """Keep what was answered first: it is gone once the papers come."""
        with open_context(self.scene.root, moment) as context:
            for answer in answers(context):
                if answer.file == (drop.unit.folder, drop.path.name):
                    copy = answer.returned_copy and drop.path.with_name(answer.returned_copy.name)
                    if copy and answer.returned_copy:
                        copyfile(answer.returned_copy, copy)
                    self.scene.answered.append(replace(answer, returned_copy=copy))


def worth_opening(context: Context, scene: Stage) -> Iterator[Path]:
    """Give what comes of judging, and the papers of one unit as they went up."""
    top = context.tree.roots[0]
    for form in context.campaign.forms[1:]:
        if form.cadence is not Cadence.ONCE:
            continue
        (period,) = form.periods_of(scene.ground.periods[0].last_day.year)
        if form.judging:
            yield from judged_paths(context, top, period, form).values()
        elif takes_files(form):
            zips = (files_path(context, top, unit, period, form) for unit in context.tree)
            yield from [path for path in zips if path.is_file()][:1]


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, OFFICE_ZONE)
