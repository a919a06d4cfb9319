"""Whom a unit decides about in a form and period, and what is known of them: what its 审核单 is gathered from.

Read at most once for a sheet. This module refuses to say what stands in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import newest
from sheetflow.consolidation.review_content import Remark
from sheetflow.consolidation.reviews import Review
from sheetflow.context import Context
from sheetflow.context.paths import answer_path
from sheetflow.findings import Severity
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_explanations, load_finding
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator
from sheetflow.service.deciding import decided_by, reviews_in, undated_reviews
from sheetflow.service.merged_units import who_decides
from sheetflow.store.records import Submission
from sheetflow.units import OWN_LEVEL, Unit
from sheetflow.validators.superiors import is_over


@dataclass
class ReviewDesk:
    """One unit's desk for the form and period of `books`."""

    context: Context
    unit: Unit
    books: Books

    @property
    def form(self) -> Form:
        """The form that those below report."""
        return self.books.form

    @property
    def period(self) -> Period:
        """The period that they report."""
        return self.books.period

    @cached_property
    def below(self) -> tuple[Unit, ...]:
        """The units that must report and about which this one decides today."""
        return tuple(each for each in self.books.expected(self.unit) if self.decides(each.unit_id))

    def decides(self, unit_id: str) -> bool:
        """Whether this unit decides about another one today."""
        superior = who_decides(self.context, unit_id)
        return superior is not None and superior.unit_id == self.unit.unit_id

    @cached_property
    def _known(self) -> frozenset[str]:
        """The units below, ended ones too, and those further down of which this one has asked something."""
        context = self.context
        given = context.store.decisions.find_given(
            self.unit.unit_id, self.form.key, self.period.period_id
        )
        asked = {decision.unit_id for decision in given if decision.unit_id in context.tree}
        below = {one.unit_id for one in decided_by(context, self.unit)}
        return frozenset(asked | below)

    @cached_property
    def reviews(self) -> Mapping[str, Review]:
        """What those handed in and what was decided, by unit."""
        if not self._known:
            return {}
        return reviews_in(self.context, self.form.key, self.period.period_id, self._known)

    @cached_property
    def undated(self) -> Mapping[str, Review]:
        """What is held of those below, and nobody can tell yet of which period it is."""
        found = {}
        for unit_id, review in undated_reviews(self.context).items():
            handed = [each for each in review.handed if self._is_about(each.receipt, each.at)]
            if handed and self.decides(unit_id):
                found[unit_id] = replace(review, handed=tuple(handed))
        return found

    def _is_about(self, receipt: str, at: dt.datetime) -> bool:
        submission, day = self.submission(receipt), at.date()
        main = self.context.campaign.main_form.key
        is_this = submission is not None and (submission.form or main) == self.form.key
        return is_this and self.period in {self.form.period_of(day), self.form.last_ended(day)}

    @property
    def as_of(self) -> dt.datetime:
        """The time of the newest answer or decision: no clock is in the file."""
        times = [each.decided_at for review in self.reviews.values() for each in review.decisions]
        times += [each.at for review in self.undated.values() for each in review.handed]
        return max([newest(self.books, self.unit), *times])

    @cached_property
    def _submissions(self) -> dict[str, Submission]:
        """What those handed in, by receipt."""
        found = self.context.store.submissions.find_submissions(
            form=self.form.key, period=self.period.period_id, among=self._known
        )
        return {each.receipt: each for each in found}

    @cached_property
    def _explained(self) -> frozenset[int]:
        return self.context.store.contents.find_explained(self._submissions.values())

    def submission(self, receipt: str) -> Submission | None:
        """Give the submission that has a receipt."""
        if not receipt:
            return None
        found = self._submissions.get(receipt)
        return found or self.context.store.submissions.find_submission(receipt)

    @cached_property
    def filled(self) -> Mapping[str, Indicator]:
        """The indicators of the versions of the form that are filled in for the period, by code."""
        period, books = self.period.period_id, self.books
        handed = {one.version for (_, name), one in books.accepted.items() if name == period}
        now = books.in_force or self.form.version
        return self.form.spanning({now, *filter(None, handed)}).indicator

    def lacking(self, receipt: str) -> tuple[str, ...]:
        """Give the indicators which the version of a workbook does not have; none where nobody knows which it is."""
        submission = self.submission(receipt)
        version = int(submission.form_version or 0) if submission else 0
        has = self.form.in_version(version).indicator if version else self.filled
        return tuple(code for code in self.filled if code not in has)

    def name(self, unit_id: str) -> str:
        """Name a unit; one that adds up others is meant alone: 济南市本级."""
        if unit_id not in self.context.tree:
            return unit_id
        unit = self.context.tree[unit_id]
        return unit.name + OWN_LEVEL * self.books.adds_up(unit)

    def link(self, receipt: str) -> str:
        """Give the path in the outbox of the answer to a submission."""
        submission = self.submission(receipt)
        if submission is None or submission.unit_id not in self.context.tree:
            return ""
        return self.context.relative(answer_path(self.context, submission))

    def explained(self, submission: Submission) -> list[Remark]:
        """Give the findings that a unit explained, with its words: few have any."""
        if submission.judgement_id not in self._explained:
            return []
        contents, catalogue = self.context.store.contents, self.context.campaign.catalogue
        said = load_explanations(contents.find_explanations(submission))
        findings = map(load_finding, contents.find_findings(submission)) if said else ()
        return [
            Remark(finding.place.words, catalogue.wrong(finding), said[finding.identity].text)
            for finding in findings
            if finding.identity in said
            and (finding.severity is Severity.VERIFY or is_over(finding))
        ]
