"""报送进度, one unit's page for one period: what stands, what to do now, until when, whom to ask.

It holds dates, never a number of days: those a script counts when the page is opened. What it says
follows from the answers alone; this module refuses to decide what any of them is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sheetflow.consolidation.states import EXCUSED, LATE, OVERDUE, State
from sheetflow.periods import OFFICE_ZONE, Period, moment_in_words
from sheetflow.schemas.layout import ISSUES_SHEET
from sheetflow.writing.html_page import Named, address, fill_page, page_fault

_MOST_NAMED = 3
_RETURNED = "退回"
_CALM = "#DCE6F1"
"""Nobody has to hurry yet: the ground of 未报 before the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAnswer:
    """One answer to the unit: its number, what became of that submission, its file.

    `file` is its name in the page's folder, empty where none lies there. The counts are of
    findings that are still open.
    """

    number: int
    state: State
    handed_in: dt.datetime
    file: str = ""
    late: bool = False
    must: int = 0
    verify: int = 0
    files: str = ""
    """How many files its cells name, and how many are missing, in words."""
    by: str = ""
    """The superior that returned it."""

    @property
    def name(self) -> str:
        """What people call it: 第3号."""
        return f"第{self.number}号"

    @property
    def label(self) -> str:
        """What became of it: 退回待改, or 济南市退回."""
        return f"{self.by}{_RETURNED}" if self.by else self.state.label


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressQuestions:
    """What one superior asks of what counts: so many wait for the unit's answer, so many answers for it (办结).

    `file` is the name of the copy to answer in, empty where none lies there.
    """

    by: str
    asked: int = 0
    answered: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressData:
    """All that the page shows; `answers` are in order of arrival.

    `form_title` is that of another form than the main one. `heir` names who reports for the unit,
    where it has ended by the period's end. `workbook` is the file to fill in, by its name.
    `superior` is the office that it reports to, empty at the top: who is asked where the settings
    name nobody.
    `unnamed` are files that came for it and that no cell names yet, `overtaken` those beside which another of
    the same name goes on counting. `is_overdue`: it is not in, though its own
    deadline has passed. `excused_until` is the day until which it may be late (缓报); `deadline` is the end of it then.
    """

    campaign_title: str
    form_title: str
    unit_name: str
    period: Period
    deadline: dt.datetime
    drop_folder: str
    is_overdue: bool = False
    contact: str = ""
    superior: str = ""
    workbook: str = ""
    answers: tuple[ProgressAnswer, ...] = ()
    unnamed: tuple[str, ...] = ()
    overtaken: tuple[str, ...] = ()
    heir: str = ""
    questions: tuple[ProgressQuestions, ...] = ()
    excused_until: dt.date | None = None

    @property
    def stamp(self) -> dt.datetime | None:
        """When the newest came in: that is in the journal, and the same after any restore."""
        return max((answer.handed_in for answer in self.answers), default=None)

    @property
    def standing(self) -> ProgressAnswer | None:
        """What counts."""
        return next((each for each in reversed(self.answers) if each.state.is_in), None)

    @property
    def returned(self) -> ProgressAnswer | None:
        """What waits for the unit to mend it: nothing of its own came after that."""
        own = (each for each in reversed(self.answers) if each.state is not State.HELD)
        last = next((each for each in own if each.state is not State.REFUSED), None)
        return last if last and last.state is State.RETURNED else None

    @property
    def held(self) -> tuple[ProgressAnswer, ...]:
        """What waits for a decision."""
        return tuple(each for each in self.answers if each.state is State.HELD)

    @property
    def refused(self) -> ProgressAnswer | None:
        """The last file, where it could not be read."""
        last = self.answers[-1] if self.answers else None
        return last if last and last.state is State.REFUSED else None

    @property
    def current(self) -> tuple[ProgressAnswer, ...]:
        """What is still in force: what a superior sent back, what counts, then the most urgent first; all others are no longer valid."""
        first, rest = (self.returned, self.standing), (self.refused, *self.held)
        if not self.is_sent_back:
            first = (self.standing, self.returned)
        return tuple(answer for answer in (*first, *rest) if answer)

    @property
    def is_sent_back(self) -> bool:
        """Whether a superior wants it mended, so that it is not left at what counts."""
        return bool(self.returned and self.returned.by)


_SAMPLE_TIME = dt.datetime(2012, 3, 5, 9, tzinfo=OFFICE_ZONE)
_SAMPLE = ProgressData(
    campaign_title="活动",
    form_title="报表",
    unit_name="单位",
    period=Period.parse("2012B1"),
    deadline=_SAMPLE_TIME,
    drop_folder="1-单位",
    is_overdue=True,
    contact="办公室",
    workbook="填报.xlsx",
    answers=tuple(
        ProgressAnswer(
            number=number,
            state=state,
            handed_in=_SAMPLE_TIME,
            file="答复.xlsx",
            must=number,
        )
        for number, state in enumerate((State.RETURNED, State.HELD, State.RETURNED), start=1)
    ),
)
_ASKED = ProgressQuestions(by="上级", asked=1, answered=1, file="请核实.xlsx")
_SAMPLES = (
    _SAMPLE,
    replace(_SAMPLE, answers=(), contact="", workbook=""),
    replace(_SAMPLE, questions=(_ASKED,)),
)


def render_progress_page(data: ProgressData, template: str) -> str:
    """Render the page; every text is escaped, and the page asks for nothing from outside."""
    return fill_page(template, _page(data))


def progress_fault(template: str) -> tuple[str, ...]:
    """Try a template on sample pages; say, where it fails, what is wrong with it."""
    return page_fault(lambda: [render_progress_page(data, template) for data in _SAMPLES])


def _page(data: ProgressData) -> Named:
    """Give all that the page shows; `answers` are those in force, `earlier` the others, newest first."""
    in_force = data.current
    earlier = [answer for answer in reversed(data.answers) if answer not in in_force]
    stamp, returned = data.stamp, data.returned
    mended = returned.file if returned and (data.is_sent_back or not data.standing) else ""
    return {
        "title": data.campaign_title,
        "form": data.form_title,
        "unit_name": data.unit_name,
        "period": data.period.label,
        "stamp": _moment(stamp) if stamp else "",
        "headline": _headline(data),
        "besides": _besides(data),
        "colour": _colour(data),
        "overdue": OVERDUE if data.is_overdue else "",
        "is_in": data.standing is not None or bool(data.heir),
        "todo": _todo(data),
        "matters": list(_matters(data)),
        "deadline": moment_in_words(data.deadline.astimezone(OFFICE_ZONE), ""),
        "deadline_day": data.deadline.astimezone(OFFICE_ZONE).date().isoformat(),
        "contact": data.contact or data.superior,
        "drop_folder": data.drop_folder,
        "workbook": _link(data.workbook, data.workbook),
        "to_mend": _link(mended, mended),
        "to_answer": [
            _link(each.file, each.file) for each in data.questions if each.asked and each.file
        ],
        "answers": [_answer(answer) for answer in in_force],
        "earlier": [_answer(answer) for answer in earlier],
    }


def _headline(data: ProgressData) -> str:
    """Say what stands in a few words: 已接收第3号."""
    standing = data.standing
    if standing and not data.is_sent_back:
        also = [State.NIL.label] if standing.state is State.NIL else []
        also += [LATE] if standing.late else []
        words = f"（{'，'.join(also)}）" if also else ""
        return f"{State.ACCEPTED.label}{standing.name}{words}"
    if data.heir:
        return f"本期由{data.heir}报送"
    if data.current:
        first = data.current[0]
        return f"{first.label}（{first.name}）"
    return State.MISSING.label


def _besides(data: ProgressData) -> str:
    """Say what else is open beside what the headline names."""
    rest = data.current[1:]
    return "、".join(f"另有{answer.name}{answer.label}" for answer in rest)


def _colour(data: ProgressData) -> str:
    if data.current:
        return data.current[0].state.colour
    return State.MISSING.colour if data.is_overdue else _CALM


def _todo(data: ProgressData) -> str:
    """Say in one sentence what the unit is to do now."""
    place = f"放进报送文件夹（inbox）里的“{data.drop_folder}”"
    if data.standing and not data.is_sent_back:
        return _todo_when_in(data, data.standing, place)
    if data.heir:
        return "本单位不用再报这一期。"
    soon = "已过截止时间，请尽快办理：" if data.is_overdue else "请"
    if data.returned:
        counts = f"改好以前，汇总用的是{data.standing.name}。" if data.standing else ""
        if any(each.asked for each in data.questions):
            counts = f"请核实的，在同一张《{ISSUES_SHEET}》里答复。{counts}"
        return f"{soon}打开退回的工作簿，按《{ISSUES_SHEET}》改好，保存后{place}。{counts}"
    if data.refused:
        return f"{soon}打开拒收的通知，按里面写的办法处理好，再{place}。"
    if data.held:
        return (
            f"等{data.superior or '上级'}核实后决定，不用再报；放错了的，请把自己的那一份{place}。"
        )
    return f"{soon}填好填报表，保存后{place}。"


def _todo_when_in(data: ProgressData, standing: ProgressAnswer, place: str) -> str:
    asked, returned = _to_answer(data, place), data.returned
    besides = f"另外，{asked}" if asked else ""
    if returned:
        return (
            f"汇总用的是{standing.name}；要用{returned.name}里的数，请打开退回的工作簿，"
            f"按《{ISSUES_SHEET}》改好，保存后{place}，不改就不用处理。{besides}"
        )
    if data.held:
        names = "、".join(answer.name for answer in data.held)
        decides = data.superior or "上级"
        return f"汇总用的是{standing.name}；{names}由{decides}核实后决定，不用处理。{besides}"
    if asked:
        return f"本期已经报完，{asked}"
    return f"本期已经报完，请打印回执，签字盖章后留存；发现报错了，改好后再{place}。"


def _to_answer(data: ProgressData, place: str) -> str:
    """Say what a superior asks about what counts; empty where it asks nothing."""
    asked = [each for each in data.questions if each.asked]
    if not asked:
        return ""
    names = "、".join(each.by for each in asked)
    return (
        f"{names}有{sum(each.asked for each in asked)}处请核实：请打开请核实的工作簿，"
        f"在《{ISSUES_SHEET}》的“情况说明”一栏答复，保存后{place}；没有答复以前，数据照常使用。"
    )


def _matters(data: ProgressData) -> Iterator[str]:
    """Say how much is open: 必改8处."""
    returned = data.returned
    for words, number in (("必改", "must"), ("核实", "verify")) if returned else ():
        if count := getattr(returned, number):
            yield f"{words}{count}处"
    yield from _excused(data)
    if data.held:
        yield f"{State.HELD.label}{len(data.held)}份"
    for each in data.questions:
        if each.asked:
            yield f"{each.by}请核实{each.asked}处，还没有答复"
        if each.answered:
            yield f"已答复{each.by}{each.answered}处，等它办结"
    for names, said in (
        (data.unnamed, "还没有表提到它"),
        (data.overtaken, "同名的附件已经接收，没有换用；要换的，请和更正的报表一起报"),
    ):
        if names:
            shown = "".join(f"“{name}”" for name in names[:_MOST_NAMED])
            rest = f"等{len(names)}个" if len(names) > _MOST_NAMED else ""
            yield f"收到附件{shown}{rest}，{said}"
    if data.standing is None and not (returned or data.held or data.heir):
        yield "本期的报表还没有报"


def _excused(data: ProgressData) -> Iterator[str]:
    """Say until when the unit may be late, while that matters to it."""
    if data.excused_until and data.standing is None:
        yield f"{EXCUSED}{data.excused_until.month}月{data.excused_until.day}日"


def _answer(answer: ProgressAnswer) -> Named:
    return {
        "name": answer.name,
        "word": answer.label
        + (f"（{LATE}）" if answer.late and answer.state.is_in else "")
        + (f"，附件{answer.files}" if answer.files else ""),
        "handed_in": _moment(answer.handed_in),
        "since": answer.handed_in.astimezone(OFFICE_ZONE).date().isoformat()
        if answer.state is State.HELD
        else "",
        "file": _link(answer.file, answer.file),
    }


def _link(label: str, path: str) -> Named | None:
    return {"label": label, "href": address(path)} if path else None


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
