"""Whatever is dropped gets a plain answer, in the outbox and by mail, and nothing is lost."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.service.status import standing
from sheetflow.store.records import Submission
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import (
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    ISSUED,
    LAST,
    NORTH,
    PROVINCE,
    SECOND,
    SOUTH,
    TREE,
    WEST,
    Desk,
    body,
    cell,
    stamp_cell,
    table,
    words,
)

_START = {"returned": "退回", "held": "待确认", "refused": "拒收", "accepted": "回执"}


@dataclass(frozen=True)
class Bad:
    """One bad workbook: what is done to a sound one, and the finding that must answer it."""

    name: str
    outcome: str
    rule: str
    place: str = ""
    unit: str = EAST


BAD = (
    Bad("空表.xlsx", "refused", "file-blank"),
    Bad("别的表.xlsx", "refused", "workbook-unknown"),
    Bad("半个文件.xlsx", "refused", "file-damaged", unit=WEST),
    Bad("扫描件.xlsx", "refused", "file-picture", unit=WEST),
    Bad("网页.xls", "refused", "file-html", unit=WEST),
    Bad("缺工作表.xlsx", "returned", "sheet-missing", "巡河日志"),
    Bad("缺栏目.xlsx", "returned", "column-missing", "巡河日志"),
    Bad("错误值.xlsx", "returned", "cell-error", "巡河日志 D4", unit=WEST),
    Bad("没有结果的公式.xlsx", "returned", "cell-formula-empty", "巡河日志 D4", unit=WEST),
    Bad("名单外单位.xlsx", "held", "unit-unknown", unit=SOUTH),
    Bad("别的活动.xlsx", "held", "campaign-other", unit=SOUTH),
    Bad("以后的版本.xlsx", "held", "version-unknown", unit=SOUTH),
    Bad("东岸县的表.xlsx", "held", "unit-other", unit=NORTH),
)


def _spoil(name: str, book: Workbook) -> None:
    journal = book["巡河日志"]
    match name:
        case "缺工作表.xlsx":
            del book["巡河日志"]
        case "缺栏目.xlsx":
            journal[cell("patrols", "metres", 0)] = None
        case "错误值.xlsx":
            journal[cell("patrols", "metres")] = "#REF!"
        case "没有结果的公式.xlsx":
            journal[cell("patrols", "metres")] = "=100*5"
        case "名单外单位.xlsx":
            book[STAMP_SHEET][stamp_cell("unit")] = "123456"
        case "别的活动.xlsx":
            book[STAMP_SHEET][stamp_cell("campaign")] = "another"
        case "以后的版本.xlsx":
            book[STAMP_SHEET][stamp_cell("version")] = "9"


def _blank(text: str = "") -> bytes:
    book = openpyxl.Workbook()
    if text:
        page = book.worksheets[0]
        page["A1"] = text
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _content(desk: Desk, bad: Bad) -> bytes:
    if bad.name == "东岸县的表.xlsx":
        return desk.fill(EAST, name=bad.name).read_bytes()
    whole = desk.fill(bad.unit, spoil=lambda book: _spoil(bad.name, book), name=bad.name)
    odd = {
        "空表.xlsx": _blank(),
        "别的表.xlsx": _blank("通讯录"),
        "半个文件.xlsx": whole.read_bytes()[: whole.stat().st_size // 2],
        "扫描件.xlsx": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "网页.xls": "<html><table><tr><td>巡河日志</td></tr></table></html>".encode(),
    }
    return odd.get(bad.name, whole.read_bytes())


@dataclass(frozen=True)
class Answered:
    """The workspace after the pass, and the bytes of every drop by name."""

    desk: Desk
    dropped: dict[str, bytes]
    submissions: dict[str, Submission]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """Every bad workbook in one pass, and two good ones dropped after them."""
    desk = Desk.make(tmp_path_factory.mktemp("bad") / "work")
    desk.issue()
    dropped = {bad.name: _content(desk, bad) for bad in BAD}
    for bad in BAD:
        desk.drop(bad.unit, dropped[bad.name], bad.name)
    for unit_id in (EAST, WEST):
        name = f"好的{unit_id}.xlsx"
        dropped[name] = desk.drop(unit_id, desk.fill(unit_id, name=name)).read_bytes()
    desk.run()
    submissions = {entry.file_name: entry for entry in desk.submissions()}
    return Answered(desk, dropped, submissions)


@pytest.mark.parametrize("bad", BAD, ids=[bad.rule for bad in BAD])
def test_the_right_rule_at_the_right_place(answered: Answered, bad: Bad) -> None:
    """A bad workbook is judged by the rule that names its fault, at its sheet and cell."""
    submission = answered.submissions[bad.name]
    assert submission.outcome == bad.outcome
    documents = answered.desk.ask(lambda context: context.store.contents.find_findings(submission))
    places = {
        finding.rule: f"{finding.place.title} {finding.place.cell}".strip()
        for finding in map(load_finding, documents)
    }
    assert places[bad.rule].startswith(bad.place)


@pytest.mark.parametrize("bad", BAD, ids=[bad.rule for bad in BAD])
def test_outbox_and_mail_say_the_same(answered: Answered, bad: Bad) -> None:
    """The answer file and the mail both say in plain Chinese what is wrong and what to do."""
    desk, submission = answered.desk, answered.submissions[bad.name]
    unit = TREE[bad.unit]
    period = f"_{submission.period}" if submission.period else ""
    called = f"{_START[bad.outcome]}_{unit.folder}{period}_第{submission.number}号.xlsx"
    answer = desk.out(bad.unit, submission.period) / called
    document = next(
        finding
        for finding in map(
            load_finding,
            desk.ask(lambda context: context.store.contents.find_findings(submission)),
        )
        if finding.rule == bad.rule
    )
    wrong = CAMPAIGN.catalogue.wrong(document)
    assert wrong in words(answer)
    (mail,) = (
        mail
        for mail in desk.mails(bad.unit)
        if f"<{submission.receipt}.{submission.judgement_id}@" in str(mail["Message-ID"])
    )
    assert wrong in body(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == called
    assert attached.get_content() == answer.read_bytes()


def test_nothing_is_lost(answered: Answered) -> None:
    """The inbox is empty, and the archive holds every dropped file byte for byte."""
    assert answered.desk.inbox_files() == []
    archived = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in answered.desk.workspace.archive.rglob("*")
        if path.is_file()
    }
    wanted = {hashlib.sha256(content).hexdigest() for content in answered.dropped.values()}
    assert wanted <= archived


def test_a_bad_file_never_stops_the_next(answered: Answered) -> None:
    """Good workbooks dropped after all the bad ones are accepted in the same pass."""
    good = [entry.outcome for name, entry in answered.submissions.items() if "好的" in name]
    assert good == ["accepted", "accepted"]


def test_the_named_unit_is_told_and_nothing_quoted(answered: Answered) -> None:
    """Who is named in an astray workbook hears of it, without the file and its content."""
    submission = answered.submissions["东岸县的表.xlsx"]
    (told,) = (
        mail
        for mail in answered.desk.mails(EAST)
        if f"<{submission.receipt}.{submission.judgement_id}.named@" in str(mail["Message-ID"])
    )
    assert "北岸县" in body(told)
    assert "东岸县的表" not in body(told)
    assert list(told.iter_attachments()) == []


def test_a_period_to_come_troubles_nobody_above(desk: Desk) -> None:
    """A workbook of a period that has not begun is returned, and no board or total knows of it."""
    desk.issue(LAST)
    desk.drop(EAST, desk.fill(EAST, period=LAST))
    desk.drop(WEST, desk.fill(WEST))
    desk.drop(WEST, desk.fill(EAST, period=LAST, name="错放.xlsx"))
    desk.run()
    assert [(entry.period, entry.outcome) for entry in desk.submissions(EAST)] == [
        (LAST, "returned")
    ]
    assert [entry.period for entry in desk.submissions(WEST)] == [FIRST, ""]
    assert [name[:2] for name in desk.names(PROVINCE, LAST)] == ["填报", "报送"]
    board = table(desk.out(PROVINCE) / "上报情况_清河省.xlsx", "上报情况", "单位代码")
    assert list(board[0]) == ["单位代码", "单位", "层级", FIRST_NAMED]
    assert desk.ask(lambda context: standing(context).period.period_id) == FIRST


def test_status_shows_the_newest_period_that_was_issued(desk: Desk) -> None:
    """Whoever hands out the next period's workbooks sees who is missing there, from its first day on."""
    desk.issue(SECOND)
    shown = [
        desk.ask(lambda context: standing(context).period.period_id, moment)
        for moment in (ISSUED, IN_TIME)
    ]
    assert shown == [FIRST, SECOND]


def test_an_empty_file_is_shown(tmp_path: Path) -> None:
    """A file of zero bytes is not taken, and the pass says that it lies there."""
    desk = Desk.make(tmp_path / "work")
    left = desk.drop(EAST, b"", "空.xlsx")
    report = desk.run()
    assert left.exists()
    assert [oddity.unit_id for oddity in report.oddities] == [EAST]
