"""审核单 that came back: held against what waits now, recorded row by row in one commit, answered.

Whose decisions they are the folder says, and the sheet as it stands for that folder's unit is all that it
may decide: what a stamp or a number claims beside that changes nothing. This module refuses to say what
follows from a decision (`deciding`), and how a row is read (`consolidation.review_rows`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from decimal import Decimal

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.matters import undoing_of
from sheetflow.consolidation.review_rows import QUOTED_NUMBER, Known, answer_rows
from sheetflow.consolidation.review_typed import TypedReview
from sheetflow.consolidation.review_words import decided_words
from sheetflow.consolidation.reviews import OWN
from sheetflow.consolidation.row_answers import RowAnswer
from sheetflow.context import LOG, Context
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_figures
from sheetflow.schemas.layout import Token
from sheetflow.schemas.review import FIGURE, GROUNDS, Matter, NewDecision
from sheetflow.service.approvals import approved_numbers
from sheetflow.service.deciding import decided_by, record_decision
from sheetflow.service.direct_books import reviewing_books
from sheetflow.service.merged_units import who_decides
from sheetflow.service.postponing import units_of
from sheetflow.service.review_result import (
    AGAIN,
    REVIEW,
    has_result,
    result_head,
    result_mail,
    result_mark,
)
from sheetflow.service.review_sheets import review_sheet_of
from sheetflow.service.turns import putting_off
from sheetflow.store.records import Arrival, Document, FollowUp, PublicationKind, Submission
from sheetflow.units import OWN_LEVEL, Unit
from sheetflow.writing.review_result import ResultRow

_SIGNED = GROUNDS[0]
_LONGEST, _MOST_ROWS = 200, 5000
_REST = re.compile(rf"([{''.join(matter.letter for matter in Matter)}])(.+-)?([1-9]\d{{0,3}})")
"""What stands behind the receipt in a number: the matter, what it is about, which turn."""
_OTHERS = "stamp-unit"
_NO_SCAN = "还没有收到签批件（取名“签批_编号.pdf”放进来）"


def answer_reviews(context: Context, came: Sequence[tuple[Arrival, TypedReview]]) -> bool:
    """Answer each 审核单, the first received as the first; give whether anything was decided."""
    decided = False
    for arrival, typed in sorted(came, key=lambda each: each[0].arrival_id):
        with putting_off(context, arrival):
            head, answers = _look(context, arrival, typed)
            with context.store.together():
                decided |= _record(context, arrival, head, answers)
    return decided


def _look(
    context: Context, arrival: Arrival, typed: TypedReview
) -> tuple[Document, tuple[RowAnswer, ...]]:
    """Tell of which sheet one is, or why nothing of it is done; and what each row comes to."""
    unit = context.tree[arrival.unit_id]
    which, why = _whose(context, unit, typed)
    head: Document = {"kind": REVIEW, "form": "", "period": "", "why": why}
    if which:
        head = {**head, "form": which[0], "period": which[1].period_id}
    if why == _OTHERS:
        head = {
            **head,
            "whose": _named_by(context, typed),
            "decides": _is_above(context, unit, which),
        }
    earlier = _earlier(context, arrival, head)
    number = 1 + max((int(each["number"]) for _, each in earlier), default=0)
    same = [each for sha256, each in earlier if sha256 == arrival.sha256 and not each["why"]]
    if same and arrival.purpose == "submission":
        return {**head, "why": AGAIN, "number": same[0]["number"]}, ()
    if why or which is None:
        return {**head, "number": number}, ()
    answers = _answers(context, unit, which, typed, is_meant=arrival.purpose == "submission")
    return {**head, "why": "" if answers else "nothing", "number": number}, answers


def _record(
    context: Context, arrival: Arrival, head: Document, answers: Sequence[RowAnswer]
) -> bool:
    """Record what one decides, with its answer; nothing where it was answered already."""
    store, now, is_meant = context.store, context.clock.now(), arrival.purpose == "submission"
    if store.arrivals.find_arrival(arrival.arrival_id).judged_at is not None:
        return False
    if is_meant:
        answers = [_recorded(context, arrival, answer) for answer in answers]
    meant = [each.decision for each in answers if each.decision]
    unsigned = sum(not each.decider and each.matter is not Matter.UNIT for each in meant)
    document: list[Document] = [{**head, "unsigned": unsigned}, *map(_row, answers)]
    store.arrivals.record_answer(arrival, REVIEW, now, document=document)
    decided = is_meant and bool(meant)
    marks = [result_mark(arrival, head)] if has_result(head) else []
    if decided:
        marks.append(replace(marks[0], kind=PublicationKind.REVIEW, precheck=0))
    mails = result_mail(context, arrival, document)
    store.outcomes.record_follow_up(FollowUp(mails=mails, stale=marks), now)
    LOG.info("unit %s: 审核单: %d rows, %d decided", arrival.unit_id, len(answers), len(meant))
    return decided


def _whose(
    context: Context, unit: Unit, typed: TypedReview
) -> tuple[tuple[str, Period] | None, str]:
    """Tell which sheet it is: form and period, and why nothing of it is done, if so."""
    if typed.campaign != context.campaign.key.lower():
        return None, "stamp-campaign"
    form = context.campaign.by_key.get(typed.form)
    try:
        period = form.period(Period.parse(typed.period).period_id) if form else None
    except ValueError:
        period = None
    if form is None or period is None or not form.takes(period):
        return None, "period"
    which = (form.key, period)
    if len(typed.rows) > _MOST_ROWS:
        return which, "rows"
    if typed.unit_id != unit.unit_id.upper():
        return which, _OTHERS
    if context.judge_stamp(typed.token, form.key, unit.unit_id, period.period_id) is Token.WRONG:
        return which, "stamp-token"
    return which, "" if _is_above(context, unit, which) else "none-below"


def _is_above(context: Context, unit: Unit, which: tuple[str, Period] | None) -> bool:
    """Whether a unit decides about any that fills the form."""
    form = context.form(which[0]) if which else context.campaign.main_form
    return any(
        form.is_for(each.level)
        for child in decided_by(context, unit)
        for each in context.tree.subtree(child.unit_id)
    )


def _named_by(context: Context, typed: TypedReview) -> str:
    """Give the id of the unit that a stamp names; empty where nobody has that one."""
    return next((one.unit_id for one in context.tree if one.unit_id.upper() == typed.unit_id), "")


def _earlier(context: Context, arrival: Arrival, head: Document) -> list[tuple[str, Document]]:
    """Give what came of the unit's earlier sheets of that form and period, each with its bytes' digest."""
    store, found = context.store.arrivals, []
    for each in store.find_answered(arrival.unit_id, REVIEW):
        told = result_head(store.find_answer_document(each.arrival_id))
        alike = told and all(told[key] == head[key] for key in ("form", "period"))
        if told and alike and each.purpose == arrival.purpose:
            found.append((each.sha256, told))
    return found


def _answers(
    context: Context,
    unit: Unit,
    which: tuple[str, Period],
    typed: TypedReview,
    *,
    is_meant: bool,
) -> tuple[RowAnswer, ...]:
    form, period = which
    books = reviewing_books(context, context.form(form), period, unit)
    sheet = review_sheet_of(context, unit, books)
    known = Known(
        past=context.store.decisions.find,
        why_not=lambda number: _why_not(context, unit, number),
        below={each.unit_id for each in decided_by(context, unit)},
        today=context.clock.now().date(),
        is_meant=is_meant,
    )
    answers = answer_rows(sheet, typed, known)
    numbers = {each.number for each in answers}
    approved = approved_numbers(context, unit.unit_id, numbers)
    return tuple(_named(context, books, _with_approval(answer, approved)) for answer in answers)


def _named(context: Context, books: Books, answer: RowAnswer) -> RowAnswer:
    """Name unit and matter of a row whose number does not wait, by what the number tells."""
    if answer.unit or not answer.number:
        return answer
    decision = context.store.decisions.find(answer.number)
    found = _submission_of(context, answer.number)
    unit_id = decision.unit_id if decision else found.unit_id if found else ""
    if unit_id not in context.tree:
        return answer
    matter = decision.matter if decision else None
    if found and not matter:
        rest = answer.number.removeprefix(f"{found.receipt}-")
        matter = next((each for each in Matter if rest.startswith(each.letter)), None)
    label = matter.label.format(above="上") if matter else ""
    unit = context.tree[unit_id]
    moved = units_of(decision.about) if decision else ""
    name = moved or unit.name + OWN_LEVEL * books.adds_up(unit)
    return replace(answer, unit=name, matter=answer.matter or label)


def _with_approval(answer: RowAnswer, approved: Collection[str]) -> RowAnswer:
    """Say whether the scan came on which a decision stands."""
    if answer.decision is None or answer.decision.ground != _SIGNED:
        return answer
    is_there = answer.number in approved
    return replace(answer, words=f"{answer.words}；{'签批件已存' if is_there else _NO_SCAN}")


def _why_not(context: Context, unit: Unit, number: str) -> str:
    """Say why a number that does not wait for `unit` is none for it to decide."""
    number = number.removesuffix(undoing_of(""))
    found = _submission_of(context, number)
    altered = f"没有“{number[:QUOTED_NUMBER]}”这个编号，可能被改动过"
    if found is None or found.unit_id not in context.tree:
        return altered
    about, above = context.tree[found.unit_id], who_decides(context, found.unit_id)
    if about.unit_id == unit.unit_id:
        return "是本单位自己的报送，本单位不能办理"
    rest = number.removeprefix(f"{found.receipt}-")
    is_offered = _is_look_of(rest, unit)
    if (above is None or above.unit_id != unit.unit_id) and not is_offered:
        whose = f"由{above.name}办理" if above else "由系统管理员办理"
        return f"{about.name}不是本单位的直接下级，{whose}"
    newer = [
        each
        for each in context.store.submissions.find_submissions(
            unit_id=found.unit_id, form=found.form, period=found.period
        )
        if each.arrival_id > found.arrival_id and each.outcome in OWN
    ]
    if newer:
        return f"{about.name}后来又报了第{newer[-1].number}号，请在新的审核单里办理"
    if not _may_be_ours(context, found, rest):
        return altered
    return "这一项现在不用办理，请看新的审核单"


def _may_be_ours(context: Context, found: Submission, rest: str) -> bool:
    """Whether the rest of a number was ever handed out: the turn before was decided, its figure is one of the form."""
    parts = _REST.fullmatch(rest)
    if parts is None:
        return False
    letter, about, turn = parts.groups()
    before = f"{found.receipt}-{rest.removesuffix(turn)}{int(turn) - 1}"
    if turn != "1" and context.store.decisions.find(before) is None:
        return False
    code = (about or "").partition("-")[0]
    codes = {"", *context.form(found.form).indicator, *(one.unit_id for one in context.tree)}
    return letter != Matter.LOOK.letter or code in codes


def _submission_of(context: Context, number: str) -> Submission | None:
    """Give the submission whose receipt a number begins with."""
    # A receipt stands before a dash; what is longer than any number is none.
    ends = [at for at, mark in enumerate(number[:_LONGEST]) if mark == "-"]
    receipts = (number[:end] for end in reversed(ends))
    return next(filter(None, map(context.store.submissions.find_submission, receipts)), None)


def _is_look_of(rest: str, unit: Unit) -> bool:
    """Whether the rest of a number is that of a figure further down which `unit` was to look at."""
    named, _, turn = rest.removeprefix(Matter.LOOK.letter).rpartition("-")
    is_own = f"-{named}".endswith(f"-{unit.unit_id}")
    return rest.startswith(Matter.LOOK.letter) and is_own and turn.isdigit()


def _with_figure(context: Context, decision: NewDecision) -> NewDecision:
    """Add what stood there where 待验收 names an indicator, as 重点核对 has it: another figure since is an answer."""
    if decision.matter is not Matter.PASSING or not decision.about:
        return decision
    measured = context.store.measurements.find_last(decision.receipt)
    figure = load_figures(measured).get(decision.about)
    stood = float(figure) if isinstance(figure, Decimal) else figure
    return replace(decision, details={**decision.details, FIGURE: stood})


def _recorded(context: Context, arrival: Arrival, answer: RowAnswer) -> RowAnswer:
    """Record what a row decides; where somebody was quicker, say so."""
    if answer.decision is None:
        return answer
    decision = replace(_with_figure(context, answer.decision), arrival_id=arrival.arrival_id)
    if record_decision(context, decision):
        return answer
    known = context.store.decisions.find(decision.number)
    return replace(answer, decision=None, words=decided_words(known) if known else answer.words)


def _row(answer: RowAnswer) -> Document:
    row = ResultRow(
        sheet=answer.sheet,
        row=answer.row,
        number=answer.number,
        unit=answer.unit,
        matter=answer.matter,
        said=answer.said,
        done=answer.is_done,
        settled=answer.is_settled,
        words=answer.words,
        quoted=answer.quoted,
    )
    return asdict(row)
