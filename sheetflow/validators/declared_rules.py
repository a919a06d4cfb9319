"""A campaign's declared rules judged: a finding where the condition is true and the requirement false.

What is unknown is silent. Rules are made into functions once a form; 不重复 and 有对应行 come last, for they
ask which cells have a finding already. This module owns which rules are asked, of which rows, and where a
finding points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sheetflow.findings import Check, Finding, Place, Severity
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.expressions import Cell, Expression, Name
from sheetflow.schemas.forms import Form
from sheetflow.schemas.rule_needs import (
    Need,
    effective_severity,
    has,
    names_what_sets_aside,
    needs_of,
)
from sheetflow.schemas.rules import DeclaredRule, argument_name
from sheetflow.validators.declared_rows import Frame, Records, Scene
from sheetflow.validators.declared_terms import (
    Test,
    conjuncts,
    pointed,
    set_aside,
    test,
)
from sheetflow.validators.declared_words import quoted
from sheetflow.validators.figure_rules import TOTAL, figure_place
from sheetflow.validators.special_forms import Spots, failing, is_special
from sheetflow.validators.three_values import both, negated


def check_declared(book: Book, context: JudgingContext, faults: Iterable[Finding]) -> list[Finding]:
    """Judge a book by the rules of its form; `faults` is what is found so far.

    None speaks of a cell that must be mended already.
    """
    scene = Scene(book, context)
    rejected = _spots(fault for fault in faults if fault.severity is Severity.MUST)
    found: list[Finding] = []
    asked = [rule for rule in _made(book.form) if rule.is_asked(scene)]
    for rule in sorted(asked, key=lambda rule: bool(rule.specials)):
        told = rejected | _spots(found) if rule.specials else rejected
        found += [
            finding
            for finding in rule.findings(scene, told)
            if (finding.place.title, finding.place.cell) not in rejected
        ]
    return found


def _spots(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {
        (finding.place.title, cell)
        for finding in findings
        for cell in (finding.place.cell, *finding.others)
        if cell
    }


@dataclass(frozen=True)
class Ready:
    """A rule with its expressions made into functions.

    `musts` are by the cell that they are about, `specials` what is asked of several rows together.
    """

    rule: DeclaredRule
    points: tuple[Expression, ...]
    when: Test | None
    musts: tuple[Test | None, ...]
    specials: tuple[Expression, ...]
    needs: frozenset[Need]
    looks_aside: bool

    @classmethod
    def make(cls, rule: DeclaredRule, form: Form) -> Ready:
        """Make it for one form."""
        points = tuple(_point(rule, point) for point in rule.points)
        asked = conjuncts(rule.must)
        plain = [part for part in asked if not is_special(part)]
        return cls(
            rule=rule,
            points=points,
            when=test(rule.when) if rule.when else None,
            musts=tuple(_must(plain, point) for point in points),
            specials=tuple(part for part in asked if is_special(part)),
            needs=needs_of(rule, form),
            looks_aside=names_what_sets_aside(rule, form),
        )

    @cached_property
    def check(self) -> Check:
        """Its entry of the catalogue."""
        return self.rule.check

    def is_asked(self, scene: Scene) -> bool:
        """Whether the rule is one for this book: its version, period, level, and what a nil return tells."""
        rule, book = self.rule, scene.book
        if not rule.in_version(book.version) or (
            rule.only_levels and book.level not in rule.only_levels
        ):
            return False
        if (rule.skips_first and book.period.opens_year) or (
            rule.only_last and not book.period.closes_year
        ):
            return False
        if book.nil and {sheet for sheet, _ in self.needs} != {book.form.cover.sheet}:
            return False
        return all(has(book.form, need) for need in self.needs)

    def findings(self, scene: Scene, told: Spots) -> Iterator[Finding]:
        """Give what it finds, row by row."""
        frame = self._frame(scene)
        if self.when and frame.places:
            frame = frame.those(self.when(frame))
        if not frame.places:
            return
        check = replace(
            self.check, severity=effective_severity(self.rule, scene.book.form, scene.book.period)
        )
        for place, points in self._failing(frame, told).items():
            groups = [tuple(points)] if self.rule.by_row else [(point,) for point in points]
            for group in groups:
                at = _place(scene, frame.records, place, group[0])
                if at is None:
                    continue
                arguments = {
                    argument_name(asked): quoted(
                        scene, asked, frame.records, place, group, points[group[0]]
                    )
                    for asked in self.rule.placeholders
                }
                yield check.at(at, **arguments)

    def _frame(self, scene: Scene) -> Frame:
        if not self.rule.sheet:
            return Frame(scene, None, (0,))
        records = scene.records(self.rule.sheet)
        if self.looks_aside or not records.rows:
            return records.whole
        return records.whole.those(negated(set_aside(records)))

    def _failing(self, frame: Frame, told: Spots) -> Mapping[int, Mapping[Expression, int | None]]:
        """Give the cells that fail by row, each with the other row that makes it fail."""
        found: dict[int, dict[Expression, int | None]] = {}
        for point, must in zip(self.points, self.musts, strict=True):
            for place, truth in zip(frame.places, must(frame) if must else (), strict=False):
                if truth is False:
                    found.setdefault(place, {})[point] = None
        for special in self.specials:
            for place, other in failing(special, frame, told).items():
                for point in self.points:
                    found.setdefault(place, {}).setdefault(point, other)
        return dict(sorted(found.items()))


_MADE: dict[int, tuple[Form, tuple[Ready, ...]]] = {}
_MOST_KEPT = 64


def _made(form: Form) -> Sequence[Ready]:
    """Give the rules of a form, made ready once."""
    kept = _MADE.get(id(form))
    if kept is None or kept[0] is not form:
        if len(_MADE) >= _MOST_KEPT:
            _MADE.clear()
        kept = form, tuple(Ready.make(rule, form) for rule in form.rules)
        _MADE[id(form)] = kept
    return kept[1]


def _point(rule: DeclaredRule, point: str) -> Expression:
    if rule.sheet:
        return Cell(point)
    sheet, _, column = point.partition(".")
    return Cell(column, card=sheet) if column else Name(point)


def _must(plain: Sequence[Expression], point: Expression) -> Test | None:
    parts = [test(pointed(part, point)) for part in plain]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else lambda frame: both([part(frame) for part in parts])


def _place(scene: Scene, records: Records | None, place: int, point: Expression) -> Place | None:
    """Point to a cell; None where the file has no such cell."""
    match point:
        case Name(code):
            return figure_place(scene.book, scene.book.form.indicator[code], TOTAL)
        case Cell(column, card=card):
            records = scene.records(card) if card else records
            found = records.found if records else None
            if records is None or found is None or column not in found.addresses:
                return None
            if card and found.sheet.is_table:
                return found.header_place(column)
            return found.place(records.rows[place], column)
    return None
