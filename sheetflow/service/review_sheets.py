"""The 审核单 of who decides about others: gathered from the store, and made where something shows otherwise.

What waits is told by `consolidation.matters`, what deserves a look by `service.attention`, the words by
`consolidation.review_content`. This module refuses to decide, and to read one that comes back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from sheetflow.children.workbook_tasks import render_review
from sheetflow.consolidation.attention import label_of
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contacts import Contact, contacts_of
from sheetflow.consolidation.matters import Awaiting, next_number, waiting_of, why_not_undone
from sheetflow.consolidation.review_content import (
    Beyond,
    Remark,
    agreed_content,
    came_of,
    held_content,
    outcomes,
    passing_content,
    question_content,
    waiver_content,
)
from sheetflow.consolidation.review_sheet import (
    BelowRow,
    DecidedRow,
    LookRow,
    ReviewSheet,
    WaitingRow,
)
from sheetflow.consolidation.reviews import (
    Review,
    has_insisted,
    noted_of,
    passed_by,
    questions_of,
    returns_of,
    root_of,
)
from sheetflow.context import Context
from sheetflow.context.paths import rollup_paths
from sheetflow.schemas.book import REVIEW, Stamp
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.review import (
    PAPER,
    REASON,
    UNTIL,
    Decision,
    Matter,
    Passing,
    Question,
    Verdict,
)
from sheetflow.service.attention import drawn_earlier, looks_of, offered_before
from sheetflow.service.books import shown_name
from sheetflow.service.deciding import unit_subject
from sheetflow.service.passing import policy_of
from sheetflow.service.postponing import postponements, units_of
from sheetflow.service.publish import Made, Making, Order, basis_of, is_fresh
from sheetflow.service.review_desk import ReviewDesk
from sheetflow.service.review_late import is_late
from sheetflow.service.review_marks import has_reviews
from sheetflow.store.records import Stale, Submission
from sheetflow.units import Unit

_ORDER = (
    Matter.HELD,
    Matter.FORWARDED,
    Matter.ANSWERED,
    Matter.WAIVER,
    Matter.POSTPONEMENT,
    Matter.PASSING,
)
"""What waits stands in this order: doubts first, the many that are to be let pass last."""
_OVERDUE = "（已过时限）"
_NO_LONGER = "办结：不再等答复，这个问题了结。"
_INSISTED = "两次退回，单位都说明无误：双方意见并列，以单位的数为准"
_BY_COMMAND = "管理员办理"


def review_sheet_of(context: Context, unit: Unit, books: Books) -> ReviewSheet:
    """Gather all of one unit's 审核单 for the form and period of `books`, as things stand now."""
    return _Desk(context, unit, books).sheet()


def begin_review(context: Context, mark: Stale, books: Books) -> Making | None:
    """Begin the 审核单 that `mark` asks for; None where just this lies there, or nobody is below."""
    unit = context.tree[mark.unit_id]
    desk = _Desk(context, unit, books)
    # Who adds up others asks about their figures, though the units between hand in nothing.
    is_above = books.adds_up(unit) or desk.below or desk.reviews
    if not (has_reviews(context) and is_above):
        return None
    sheet, as_of = desk.sheet(), desk.as_of
    (path,) = rollup_paths(context, mark.kind, unit, books.period, books.form)
    rung = [(row.row.preparer, row.row.phone) for row in sheet.below]
    basis = basis_of(sheet, rung, as_of)
    if is_fresh(context, path, basis):
        return None
    stamp = Stamp(
        campaign=context.campaign.key,
        form=mark.form,
        version=str(books.in_force or books.form.version),
        unit=unit.unit_id,
        period=mark.period,
        token=context.token_for(mark.form, unit.unit_id, mark.period),
        edition=REVIEW,
    )
    work = context.pool.submit(render_review, sheet, stamp, as_of)
    return Making(work, lambda: Made((Order(path, work.result(), mark, basis, as_of),)))


class _Desk(ReviewDesk):
    """One unit's desk, and the rows of its sheet."""

    def sheet(self) -> ReviewSheet:
        """Gather all of it."""
        looks, sampled, seed = looks_of(self.context, self.unit, self.books)
        other = self.context.campaign.other_form(self.form.key)
        return ReviewSheet(
            unit_id=self.unit.unit_id,
            unit=self.unit.name,
            form=self.form.key,
            title=(other or self.form).title,
            period=self.period,
            indicators={code: label_of(self.form, code) for code in self.filled},
            waiting=tuple(self._waiting()),
            looks=tuple(self._linked_look(row) for row in looks),
            offered=tuple(
                self._as_returned(row)
                for row in offered_before(self.context, self.unit, self.books)
            ),
            sampled=tuple(replace(one, link=self.link(one.receipt)) for one in sampled),
            seed=seed,
            had_a_turn=drawn_earlier(self.context, self.unit, self.books) if seed else (),
            below=tuple(self._below()),
            decided=tuple(self._decided()),
        )

    def _linked_look(self, row: LookRow) -> LookRow:
        linked = replace(row, unit=self.name(row.unit_id), link=self.link(row.receipt))
        return self._as_returned(linked)

    def _as_returned(self, row: LookRow) -> LookRow:
        """Say of a figure to which the unit kept twice that it is not returned once more."""
        review = self.reviews.get(row.unit_id)
        if review is None or not has_insisted(review, row.code):
            return row
        return replace(row, may_be_returned=False, why=(*row.why, _INSISTED))

    def _waiting(self) -> list[WaitingRow]:
        rows = [
            row
            for reviews in (self.reviews, self.undated)
            for review in self._in_order(reviews)
            for waiting in waiting_of(review)
            for row in self._row(review, waiting)
        ]
        rows += postponements(self.context, self.unit, self.form, self.period, self.below)
        # What the unit has not answered yet stands last: nothing need be done about it.
        unanswered = Question.OPEN.label
        return sorted(rows, key=lambda row: (row.label == unanswered, _ORDER.index(row.matter)))

    def _in_order(self, reviews: Mapping[str, Review]) -> Iterator[Review]:
        """Give reviews as their units stand on the list."""
        return (reviews[unit.unit_id] for unit in self.context.tree if unit.unit_id in reviews)

    def _row(self, review: Review, waiting: Awaiting) -> Iterable[WaitingRow]:
        """Give what waits for this unit as a row; what the one between is late with, too."""
        question, verdicts, late = waiting.question, waiting.verdicts, ""
        asker = self._asker(waiting)
        if waiting.by_unit != self.unit.unit_id:
            asked = question.decision if question else None
            if asked is None or asked.by_unit != self.unit.unit_id:
                return []
            if not is_late(self.context, waiting.by_unit, self.form, asked):
                return []
            verdicts, late = (Verdict.SETTLE,), _OVERDUE
        name, matter = self.name(review.unit_id), waiting.matter
        words = outcomes(matter, name, self._beyond, asker.name if asker else "")
        if Verdict.RETURN not in verdicts:
            words = words.partition("退回：")[0]
        row = WaitingRow(
            number=waiting.number,
            matter=matter,
            label=waiting.label(asker.level if asker else "上") + late,
            unit_id=review.unit_id,
            unit=name,
            receipt=waiting.receipt,
            content=self._content(review, waiting),
            agreed=_NO_LONGER if late or waiting.is_unanswered else words,
            since=waiting.since,
            link=self.link(waiting.receipt),
            verdicts=verdicts,
            is_clean=matter is Matter.PASSING and self._is_clean(review, waiting),
            about=waiting.about,
            code=self._asked_about(review, waiting),
            insisted=tuple(code for code in self.form.indicator if has_insisted(review, code)),
            lacking=self.lacking(waiting.receipt),
        )
        return [row]

    def _asked_about(self, review: Review, waiting: Awaiting) -> str:
        """Give the indicator that a question is about; empty where it is about all of the workbook."""
        if waiting.question is None:
            return ""
        code = root_of(review.decisions, waiting.question.decision).about
        return code if code in self.form.indicator else ""

    def _asker(self, waiting: Awaiting) -> Unit | None:
        """Give the unit further up that asks, where one does."""
        question = waiting.question
        if question is None or not question.is_forwarded:
            return None
        return self.context.tree.units.get(question.decision.by_unit)

    @cached_property
    def _beyond(self) -> Beyond:
        parent, context = self.unit.parent, self.context
        due, passed = context.deadline(self.unit, self.form, self.period), self.books.passed
        return Beyond(
            level=self.unit.level,
            above=context.tree[parent].name if parent else "",
            policy=policy_of(context),
            due=due,
            is_due=bool(passed and due <= passed),
        )

    def _content(self, review: Review, waiting: Awaiting) -> str:
        if waiting.question:
            decision = waiting.question.decision
            tree = self.context.tree
            asker = tree[decision.by_unit].name if decision.by_unit in tree else "管理员"
            root = root_of(review.decisions, decision)
            about = f"“{label_of(self.form, root.about)}”" if root.about else ""
            told, newest = question_content(waiting.question, asker, about), review.newest
            if waiting.is_unanswered and newest and decision.number in newest.agreed:
                told += agreed_content(newest.number, newest.at, newest.agreed[decision.number])
            return told
        submission = self.submission(waiting.receipt)
        if submission is None:
            return ""
        if waiting.matter is Matter.PASSING:
            notes = list(self._notes(review, submission))
            remarks = self.explained(submission)
            return passing_content(submission.number, waiting.since, remarks, notes)
        findings = map(load_finding, self.context.store.contents.find_findings(submission))
        catalogue = self.context.campaign.catalogue
        if waiting.matter is Matter.HELD:
            first = next(findings, None)
            why = catalogue.wrong(first) if first else "需要核实"
            return held_content(submission.number, shown_name(submission.file_name), why)
        remarks = [
            Remark(finding.place.words, catalogue.wrong(finding))
            for finding in findings
            if finding.rule == waiting.about
        ]
        return waiver_content(submission.number, remarks, waiting.said)

    def _notes(self, review: Review, submission: Submission) -> Iterator[str]:
        """Say what else there is to know of what is to be let pass."""
        entry = self.books.for_period(review.unit_id)
        if submission.nil:
            yield "零报告"
        if submission.late:
            yield "迟报"
        if entry and entry.passing is Passing.CHANGED:
            yield "验收后有变动"
        if entry and entry.files:
            yield f"附件{entry.files}"
        if any(asked.state is Question.OPEN for asked in questions_of(review)):
            yield "有请核实没有答复"
        if returns_of(review):
            yield _INSISTED if has_insisted(review, "") else "退回后重报"

    def _is_clean(self, review: Review, waiting: Awaiting) -> bool:
        """Whether nothing is open beside: nothing explained, asked, returned, changed, missing."""
        submission, entry = self.submission(waiting.receipt), self.books.for_period(review.unit_id)
        is_plain = submission is not None and not submission.verify
        others = [each for each in waiting_of(review) if each.number != waiting.number]
        is_asked = any(asked.state is not Question.SETTLED for asked in questions_of(review))
        is_changed = bool(entry and (entry.passing is Passing.CHANGED or "缺" in entry.files))
        return is_plain and not (others or is_asked or is_changed or returns_of(review))

    def _below(self) -> Iterator[BelowRow]:
        contacts: Mapping[str, Contact] = contacts_of(
            self.books, self.below, self.context.policy(self.unit.level)
        )
        for member in self.below:
            preparer, phone = contacts.get(member.unit_id, ("", ""))
            row = self.books.board_row(member)
            row = replace(row, preparer=preparer, phone=phone)
            subject = unit_subject(
                self.context, member.unit_id, self.form.key, self.period.period_id
            )
            review = self.reviews.get(member.unit_id, Review(unit_id=member.unit_id))
            bare = BelowRow(
                number=next_number(review.decisions, subject, Matter.UNIT),
                row=row,
                own_deadline=self.context.deadline(member, self.form, self.period),
            )
            yield self._with_review(bare, review)

    def _with_review(self, bare: BelowRow, review: Review) -> BelowRow:
        passed = passed_by(review, bare.row.receipt)
        noted = noted_of(review)
        details = noted.details if noted else {}
        until = details.get(UNTIL)
        return replace(
            bare,
            rounds=len(review.handed),
            passed_by=(passed.decider or passed.handler) if passed else "",
            passed_on=passed.decided_at.date() if passed else None,
            reason=details.get(REASON) or "",
            until=dt.date.fromisoformat(until) if until else None,
            paper=details.get(PAPER) or "",
        )

    def _decided(self) -> list[DecidedRow]:
        """Give what this unit decided, and what the administrator did in its place, the newest first."""
        listed = [
            (decision, review)
            for review in self.reviews.values()
            for decision in review.decisions
            if decision.by_unit == self.unit.unit_id
            or (not decision.by_unit and self.decides(decision.unit_id))
        ]
        listed.sort(key=lambda entry: entry[0].decision_id, reverse=True)
        return [self._decided_row(decision, review) for decision, review in listed]

    def _whose(self, review: Review, decision: Decision) -> str:
        """Name whom a decision is about as 待办 did: of a postponement, and its undoing, those whose deadline it is."""
        meant = next((each for each in review.decisions if each.number == decision.about), decision)
        is_moved = meant.matter is Matter.POSTPONEMENT
        return units_of(meant.about) if is_moved else self.name(decision.unit_id)

    def _decided_row(self, decision: Decision, review: Review) -> DecidedRow:
        root = root_of(review.decisions, decision)
        asker = self.context.tree.units.get(root.by_unit)
        label = decision.matter.label.format(above=asker.level if asker else "上")
        is_own = decision.by_unit == self.unit.unit_id
        return DecidedRow(
            number=decision.number,
            unit_id=decision.unit_id,
            unit=self._whose(review, decision),
            label=label,
            verdict=decision.verdict,
            opinion=decision.opinion,
            decider=decision.decider,
            handler=decision.handler,
            ground=decision.ground if is_own else _BY_COMMAND,
            decided_at=decision.decided_at,
            outcome=came_of(review, decision),
            may_be_undone=is_own and not why_not_undone(review, decision),
        )
