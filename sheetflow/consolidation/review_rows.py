"""What was typed into a 审核单, held against the sheet as it stands now: a decision or a reason for each row.

Rows are independent: what is wrong with one is told of that one alone. Nothing is guessed: two rows that
contradict each other are both left alone. This module refuses to record, and to ask who else decided what:
both are handed in.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheetflow.consolidation.matters import undoing_of
from sheetflow.consolidation.review_meant import (
    as_meant,
    figure_meant,
    indicator_meant,
    verdict_meant,
)
from sheetflow.consolidation.review_notes import GRANTED, unclear
from sheetflow.consolidation.review_sheet import (
    BELOW_SHEET,
    DATED,
    DECIDED_SHEET,
    DECIDER,
    GROUND,
    HANDLER,
    INDICATOR,
    LOOKS_SHEET,
    NUMBER,
    OPINION,
    PAPER,
    PASS_THE_REST,
    PROPOSED,
    REASON,
    TAKEN_BACK,
    UNIT,
    UNTIL,
    VERDICT,
    WAITING_SHEET,
    YES,
    BelowRow,
    DecidedRow,
    LookRow,
    ReviewSheet,
    TypedRow,
    WaitingRow,
)
from sheetflow.consolidation.review_typed import NOTED, TypedReview
from sheetflow.consolidation.review_words import (
    decided_words,
    done_words,
    figure_words,
    taken_back_words,
    waiting_words,
)
from sheetflow.consolidation.row_answers import RowAnswer, doubted_in, without_contradictions
from sheetflow.periods import end_of, moment_in_words
from sheetflow.schemas import review as kept
from sheetflow.schemas.parsing import read_day
from sheetflow.schemas.review import Decision, Matter, NewDecision, Verdict

Item = WaitingRow | LookRow
"""What is decided by a word under 处理."""
_NOTED = (kept.REASON, kept.UNTIL, kept.PAPER)
_NEEDS_WORDS = frozenset({Verdict.RETURN, Verdict.QUERY, Verdict.DISAGREE})
_TURN = re.compile(r"\d+$")
_MOST_QUOTED, _LONGEST_NUMBER = 20, 200
QUOTED_NUMBER = 40
"""So much of a number that is none is quoted."""
_TAKEN_OFF = "取消原来的登记"
_NEEDS_NO_LEAVE = f"已经报送，不用缓报；只登记“{PAPER}”的，请把“{UNTIL}”空着"
_TOO_LATE = "对方已经答复或者已经报送，不能撤销，请另作新的决定"


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may have to be told of beyond the sheet.

    `past` finds the decision that bears a number, `why_not` says in a sentence why a number that does not
    wait, and was not decided, is none to be decided here. `below` are the units about which the sheet's own
    unit decides today. `today` is the day of receipt. `is_meant` is false in 预审.
    """

    past: Callable[[str], Decision | None]
    why_not: Callable[[str], str]
    below: Collection[str]
    today: dt.date
    is_meant: bool = True


_OURS = {"", *(verdict.label for verdict in Verdict)}


def answer_rows(sheet: ReviewSheet, typed: TypedReview, known: Known) -> tuple[RowAnswer, ...]:
    """Answer each row into which something was typed, in their order, and 全部通过 last."""
    desk = _Desk(sheet, known)
    rows = [as_meant(row, known.today) for row in typed.rows]
    found = zip(typed.rows, map(desk.answer, rows), strict=True)
    told = [
        replace(each, quoted=_typed_in(row, each.words), doubts=doubted_in(row, each))
        for row, each in found
        if each
    ]
    answers = list(without_contradictions(told))
    if typed.passes_rest:
        answers += desk.pass_rest(rows, answers)
    if typed.rest:
        quoted = _quoted(typed.rest)
        words = f"“{PASS_THE_REST}”只能填“{YES}”，填的是“{quoted}”"
        answers.append(
            RowAnswer(sheet=WAITING_SHEET, row=0, said=quoted, words=words, quoted=quoted)
        )
    return tuple(answers)


class _Desk:
    """The sheet as it stands, and what else is known, for one row after the other."""

    def __init__(self, sheet: ReviewSheet, known: Known) -> None:
        self._sheet, self._known = sheet, known
        self._waiting = {row.number: row for row in sheet.waiting}
        self._looks = {row.number: row for row in (*sheet.offered, *sheet.looks)}
        self._below = {row.number: row for row in sheet.below}
        self._decided = {row.number: row for row in sheet.decided}
        items: tuple[Item | BelowRow, ...] = (*sheet.waiting, *self._looks.values(), *sheet.below)
        self._waits = {_what(row): row.number for row in items}

    def answer(self, row: TypedRow) -> RowAnswer | None:
        """Answer one row; None where nothing was typed into it."""
        if row.sheet == BELOW_SHEET:
            return self._noted(row)
        if row.sheet == DECIDED_SHEET:
            return self._taken_back(row)
        if row[VERDICT]:
            return self._said(row)
        waits = self._waiting.get(row.number)
        is_begun = row[OPINION] or row[PROPOSED] or (waits and not waits.code and row[INDICATOR])
        return _refused(row, self._of_sample(row) or f"没有选“{VERDICT}”") if is_begun else None

    def _said(self, row: TypedRow) -> RowAnswer:
        rows: Mapping[str, Item] = self._waiting if row.sheet == WAITING_SHEET else self._looks
        item = rows.get(row.number)
        if item is None or self._known.past(row.number):
            return self._no_longer(row)
        matter, label = Matter.LOOK, Matter.LOOK.label
        about, details = item.code, dict[str, Any]()
        if isinstance(item, WaitingRow):
            matter, label = item.matter, item.label
            about = item.about or indicator_meant(row[INDICATOR], self._sheet.indicators)
        else:
            details = {kept.FIGURE: item.current} if about else {kept.WHY: [*item.grounds]}
        offered = tuple(item.verdicts) or matter.verdicts
        verdict = verdict_meant(row[VERDICT], offered)
        wrong = _mixed_up(row, item) or _not_offered(row, verdict, offered)
        wrong = wrong or self._wrong_indicator(row, item, verdict)
        if verdict is None or wrong:
            return _refused(row, wrong, item.unit, label)
        if verdict is Verdict.QUERY and item.unit_id not in self._known.below:
            details[kept.FORWARDED] = True
        if row[PROPOSED]:
            details[kept.PROPOSED] = figure_meant(row[PROPOSED])
        decision = replace(
            self._decision(row, item.unit_id, matter, verdict),
            receipt=item.receipt,
            about=about,
            details=details,
        )
        done = self._done(row, decision, item.unit, label)
        figure = self._sheet.indicators.get(item.code or about, "")
        return replace(done, words=done.words + figure_words(figure, decision))

    def _of_sample(self, row: TypedRow) -> str:
        """Say where a unit that was drawn is decided about; empty where the row is none of 本期抽查单位."""
        drawn = {one.unit for one in self._sheet.sampled}
        if row.sheet != LOOKS_SHEET or row.number or row[UNIT] not in drawn:
            return ""
        waits = any(item.unit == row[UNIT] for item in self._sheet.waiting)
        where = "请到{}它的那一行办理" if waits else "{}现在没有它的事项，不用再办"
        return f"抽查单位不在这里办理，{where.format(f'《{WAITING_SHEET}》里')}"

    def _wrong_indicator(self, row: TypedRow, item: Item, verdict: Verdict | None) -> str:
        """Say what is wrong with the figure that a row names or proposes another one for; empty where nothing is."""
        typed, code = row[INDICATOR], item.code
        if typed and isinstance(item, WaitingRow):
            code = indicator_meant(typed, self._sheet.indicators)
            if not code or code in item.lacking:
                which = f"看不出是哪一个{INDICATOR}，请从下拉框里选，或者写代码"
                return f"“{_quoted(typed)}”{'不在这份报表里，请另选一个' if code else which}"
            if not item.takes_indicator and code != item.code:
                return f"这一行不能另写“{INDICATOR}”，请写在待验收的那一行"
            if item.takes_indicator and verdict not in _NEEDS_WORDS:
                return f"“{INDICATOR}”只随{Verdict.RETURN.label}、{Verdict.QUERY.label}写"
            if verdict is Verdict.RETURN and code in item.insisted:
                return f"“{self._sheet.indicators[code]}”两次退回，单位都说明无误，不再退回"
        if row[PROPOSED] and not code:
            can_name = isinstance(item, WaitingRow) and item.takes_indicator
            told = f"没有写“{INDICATOR}”" if can_name else "没有指标"
            return f"这一行{told}，不能写“{PROPOSED}”"
        return ""

    def _noted(self, row: TypedRow) -> RowAnswer | None:
        """Note where a unit stands, if that is another thing than what was printed."""
        reason, until, paper = row[REASON], row[UNTIL], row[PAPER]
        printed = self._printed(row.number)
        is_empty = not (reason or until or paper)
        if (reason, until, paper) == printed or (is_empty and not row.cells.keys() >= {*NOTED}):
            return None
        now = self._below.get(row.number)
        if now is None:
            return self._no_longer(row)
        wrong = _mixed_up(row, now) or unclear(reason, until, paper)
        # The printed day may be past: the paper comes when it comes.
        if not wrong and until not in {"", printed[1]}:
            if now.row.state.is_in and not now.row.late:
                wrong = _NEEDS_NO_LEAVE
            elif read_day(until) < self._known.today:
                wrong = f"“{UNTIL}”已经过了，请改成今天以后的日期"
            elif now.own_deadline and end_of(read_day(until)) <= now.own_deadline:
                day = moment_in_words(now.own_deadline)
                wrong = f"截止时间是{day}，“{UNTIL}”要写以后的日期"
        if wrong:
            return _refused(row, wrong, now.name, Matter.UNIT.label)
        reason = reason or (GRANTED if until else "")
        details = {kept.REASON: reason, kept.UNTIL: until, kept.PAPER: paper}
        decision = self._decision(row, now.row.unit.unit_id, Matter.UNIT, Verdict.NOTED)
        answer = self._done(row, replace(decision, details=details), now.name, Matter.UNIT.label)
        noted = filter(None, (reason, f"{UNTIL}{until}" * bool(until), paper))
        return replace(answer, said="、".join(noted) or _TAKEN_OFF)

    def _printed(self, number: str) -> tuple[str, str, str]:
        """Give what stood in the row of this number when it was printed: what was noted the turn before."""
        now = self._below.get(number)
        if now is not None:
            return now.reason, now.until.isoformat() if now.until else "", now.paper
        turn = _TURN.search(number)
        before = f"{number[: turn.start()]}{int(turn[0]) - 1}" if turn else ""
        last = self._known.past(before) if before else None
        details = last.details if last else {}
        reason, until, paper = (str(details.get(key) or "") for key in _NOTED)
        return reason, until, paper

    def _taken_back(self, row: TypedRow) -> RowAnswer | None:
        said, number = row[TAKEN_BACK], undoing_of(row.number)
        done, last = self._decided.get(row.number), self._known.past(row.number)
        answer = replace(_refused(row, ""), said=TAKEN_BACK)
        if not said:
            return None
        if said != YES:
            return replace(answer, words=f"“{TAKEN_BACK}”只能填“{YES}”")
        if done is None or last is None:
            gone = self._no_longer(replace(row, number=row.number and number))
            return replace(answer, words=gone.words, is_settled=gone.is_settled)
        answer = replace(answer, unit=done.unit, matter=done.label)
        if wrong := _mixed_up(row, done):
            return replace(answer, words=wrong)
        if not done.may_be_undone:
            earlier = self._known.past(number)
            return replace(answer, words=decided_words(earlier) if earlier else _TOO_LATE)
        bare = replace(row, number=number)
        undoing = self._decision(bare, last.unit_id, Matter.UNDOING, Verdict.UNDO)
        undoing = replace(undoing, receipt=last.receipt, about=row.number)
        words = f"{done_words(undoing, '', is_meant=self._known.is_meant)}“{last.verdict.label}”"
        return replace(answer, words=words, decision=undoing)

    def pass_rest(
        self, rows: Sequence[TypedRow], answers: Sequence[RowAnswer]
    ) -> Iterator[RowAnswer]:
        """Let pass what waits for it on this page, has nothing open, and of which nothing else is said here."""
        spoken_of = {each.number for each in answers}
        doubted = frozenset[str]().union(*(each.doubts for each in answers))
        left: list[str] = []
        passed = 0
        for row in rows:
            item = self._waiting.get(row.number)
            if row.sheet != WAITING_SHEET or item is None or item.matter is not Matter.PASSING:
                continue
            if row.number in spoken_of or _mixed_up(row, item):
                continue
            spoken_of.add(row.number)
            if not item.is_clean or item.unit in doubted:
                left.append(item.unit)
                continue
            decision = self._decision(row, item.unit_id, item.matter, Verdict.AGREE)
            decision = replace(decision, receipt=item.receipt, about=item.about, opinion="")
            passed += 1
            yield self._done(row, decision, item.unit, item.label)
        if left:
            words = (
                f"{'' if self._known.is_meant else '将'}一并通过{passed}个"
                if passed
                else "没有可以一并通过的"
            )
            words += f"；另{len(left)}个还有别的事项，请逐个看：{'、'.join(left)}"
            yield RowAnswer(sheet=WAITING_SHEET, row=0, said="全部通过", words=words, passed=passed)

    def _decision(
        self, row: TypedRow, unit_id: str, matter: Matter, verdict: Verdict
    ) -> NewDecision:
        return NewDecision(
            number=row.number,
            unit_id=unit_id,
            matter=matter,
            verdict=verdict,
            by_unit=self._sheet.unit_id,
            form=self._sheet.form,
            period=self._sheet.period.period_id,
            opinion=row[OPINION],
            decider=row[DECIDER],
            handler=row[HANDLER],
            ground=row[GROUND],
            dated=row[DATED],
        )

    def _no_longer(self, row: TypedRow) -> RowAnswer:
        """Answer a row whose number does not wait: who decided it, and what waits of that unit now."""
        number = row.number
        if not number:
            blank = f"“{NUMBER}”空着，不知道办理的是哪一项"
            return _refused(row, self._of_sample(row) or blank)
        earlier, undoing = self._known.past(number), self._known.past(undoing_of(number))
        if earlier is None:
            return _refused(row, self._known.why_not(number))
        if undoing:
            return _refused(row, taken_back_words(undoing, self._waits.get(_what(earlier), "")))
        words = decided_words(earlier) + waiting_words(
            item for item in self._sheet.waiting if item.unit_id == earlier.unit_id
        )
        return replace(_refused(row, words), is_settled=_says_same(row, earlier))

    def _done(self, row: TypedRow, decision: NewDecision, unit: str, label: str) -> RowAnswer:
        words = done_words(decision, unit, is_meant=self._known.is_meant)
        said = decision.verdict.label
        return replace(_refused(row, words, unit, label), said=said, decision=decision)


def _what(item: Item | BelowRow | Decision) -> tuple[Matter, str, str, str]:
    """Tell what a row, or a decision of an earlier turn, is about."""
    if isinstance(item, BelowRow):
        return Matter.UNIT, item.row.unit.unit_id, "", ""
    if isinstance(item, LookRow):
        return Matter.LOOK, item.unit_id, item.receipt, item.code
    return item.matter, item.unit_id, item.receipt, item.about


def _says_same(row: TypedRow, earlier: Decision) -> bool:
    """Whether a row says what was decided before."""
    if earlier.matter is Matter.UNIT:
        typed = (row[REASON] or (GRANTED if row[UNTIL] else ""), row[UNTIL], row[PAPER])
        return typed == tuple(str(earlier.details.get(key) or "") for key in _NOTED)
    is_undone = earlier.verdict is Verdict.UNDO
    return is_undone or verdict_meant(row[VERDICT], earlier.matter.verdicts) is earlier.verdict


def _mixed_up(row: TypedRow, item: Item | BelowRow | DecidedRow) -> str:
    """Say that a row's number and its other cells do not belong together, as after sorting some columns alone."""
    name = item.name if isinstance(item, BelowRow) else item.unit
    if name not in row[UNIT] and row[UNIT] not in name:
        return f"编号是{name}的，这一行写的却是“{_quoted(row[UNIT])}”，对不上"
    if isinstance(item, LookRow) and row[INDICATOR] and item.label not in row[INDICATOR]:
        return f"编号是“{item.label}”的，这一行写的却是“{_quoted(row[INDICATOR])}”，对不上"
    return ""


def _not_offered(row: TypedRow, verdict: Verdict | None, offered: Sequence[Verdict]) -> str:
    """Say what is wrong with what was chosen; empty where nothing is."""
    if verdict is None:
        words = "、".join(each.label for each in offered)
        return f"“{_quoted(row[VERDICT])}”不是这一行可以选的，可选：{words}"
    if verdict in _NEEDS_WORDS and not row[OPINION]:
        return f"{verdict.label}要写“{OPINION}”，告诉对方要做什么"
    if row[PROPOSED] and (verdict is not Verdict.QUERY or figure_meant(row[PROPOSED]) is None):
        return f"“{PROPOSED}”只随“{Verdict.QUERY.label}”写，并且要是一个数"
    return ""


def _typed_in(row: TypedRow, words: str) -> str:
    """Give what `words` quote of what somebody typed, but for a word of ours; empty where they quote nothing."""
    typed = (row[VERDICT], row[UNIT], row[INDICATOR], row.number)
    shown = [text for each in typed for text in (_quoted(each), each[:QUOTED_NUMBER])]
    return next((text for text in shown if text not in _OURS and f"“{text}”" in words), "")


def _refused(row: TypedRow, words: str, unit: str = "", matter: str = "") -> RowAnswer:
    return RowAnswer(
        sheet=row.sheet,
        row=row.row,
        number=row.number[:_LONGEST_NUMBER],
        unit=unit,
        matter=matter,
        said=_quoted(row[VERDICT]),
        words=words,
    )


def _quoted(text: str) -> str:
    return text if len(text) <= _MOST_QUOTED else f"{text[: _MOST_QUOTED - 1]}…"
