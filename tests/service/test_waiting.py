"""What waits is one thing with one source: `run`, `status`, `doctor` say it in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetflow.cli.summaries import pass_lines
from sheetflow.consolidation.contents import Waiting, Waits, tell
from sheetflow.context import Context
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.service.one_pass import PassReport, Rebuilding
from sheetflow.service.status import standing
from sheetflow.store.records import NewMail, PublicationKind, Stale
from sheetflow.upkeep.decide import decide
from sheetflow.upkeep.doctor import examine
from sheetflow.upkeep.machine import Grade
from sheetflow.upkeep.remind import remind
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    NEXT_DAY,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
    body,
    sound,
    words,
)


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """What `status` says waits."""
    return desk.ask(lambda context: standing(context).waiting, NEXT_DAY)


def held_beside_an_accepted_one(desk: Desk) -> PassReport:
    """A neighbour's workbook in EAST's folder, and EAST's own a day later."""
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run()
    desk.drop(EAST, desk.fill(EAST))
    return desk.run(NEXT_DAY)


def original_lost(desk: Desk) -> PassReport:
    """A file is received, and its original is gone from the archive when it is to be judged."""
    desk.drop(EAST, desk.fill(EAST))

    def receive(context: Context) -> None:
        from sheetflow.service.take import open_intake, take_all

        take_all(context, open_intake(context))
        (arrival,) = context.store.arrivals.find_unjudged()
        blob_path(context.workspace.archive, arrival.sha256).unlink()

    desk.ask(receive)
    desk.drop(WEST, desk.fill(WEST))
    return desk.run(NEXT_DAY)


def mail_without_address(desk: Desk) -> PassReport:
    """A mail that the server does not take for its recipient."""

    def spoil(context: Context) -> None:
        told = NewMail(
            message_id="<1@x>",
            recipients=("a@mail.example",),
            subject="通知",
            text="",
            unit_id=EAST,
        )
        context.store.mails.record_mails([told], context.clock.now())
        context.store.mails.record_mail_failed(
            1, "邮件服务器没有接受收件地址（550）。", context.clock.now(), permanent=True
        )

    desk.ask(spoil)
    return desk.run(NEXT_DAY)


def link_in_the_inbox(desk: Desk) -> PassReport:
    """Something that is not taken: a link that leads nowhere."""
    (desk.workspace.inbox / f"{EAST}-东岸县" / "报表.xlsx").symlink_to("nowhere")
    return desk.run(NEXT_DAY)


def taken_names(desk: Desk) -> list[Path]:
    """Every name under which CITY's board may lie."""
    endings = ("", "_新", *(f"_新{number}" for number in range(2, 10)))
    return [desk.out(CITY) / f"上报情况_上游市{ending}.html" for ending in endings]


def board_that_cannot_be_placed(desk: Desk) -> PassReport:
    """Where CITY's board is to lie, and beside it, there are folders."""
    for place in taken_names(desk):
        place.mkdir(parents=True)
    desk.drop(EAST, desk.fill(EAST))
    return desk.run(NEXT_DAY)


CASES: tuple[tuple[Callable[[Desk], PassReport], Waits, str, bool, str], ...] = (
    (held_beside_an_accepted_one, Waits.HELD, EAST, False, "990101 东岸县 第1号"),
    (original_lost, Waits.PUT_OFF, EAST, True, "990101 东岸县 第1号来件"),
    (mail_without_address, Waits.MAIL, EAST, False, "没有接受收件地址"),
    (link_in_the_inbox, Waits.INBOX, EAST, False, "990101 东岸县 报送文件夹里有链接"),
    (
        board_that_cannot_be_placed,
        Waits.PUBLICATION,
        CITY,
        True,
        f"9901-上游市 {FIRST_NAMED} 上报情况",
    ),
)


@pytest.mark.parametrize(("cause", "kind", "unit_id", "ours", "said"), CASES)
def test_each_kind_is_seen_in_each_place(
    desk: Desk,
    cause: Callable[[Desk], PassReport],
    kind: Waits,
    unit_id: str,
    ours: bool,  # noqa: FBT001
    said: str,
) -> None:
    """What waits stands in `run`, `status`, its JSON and `doctor`; only our fault fails the pass."""
    report = cause(desk)
    (found,) = [entry for entry in waiting(desk) if entry.kind is kind]
    assert found.unit_id == unit_id
    assert said in found.message
    assert report.is_failed is ours
    assert any(line.startswith("注意：") and said in line for line in pass_lines(report))
    assert any(said in line.found + line.remedy for line in examine(desk.root, NEXT_DAY))
    document = json.loads(json.dumps(found.as_json()))
    assert document["message"] == document["reason"] == found.message
    assert (document["kind"], document["unit_id"]) == (kind.value, unit_id)


def test_at_rest_nothing_waits(desk: Desk) -> None:
    """In a sound workspace at rest the list is empty, and `run` notices nothing."""
    desk.drop(EAST, desk.fill(EAST))
    report = desk.run()
    assert waiting(desk) == ()
    assert report.notices == ()
    assert not report.is_failed


def test_a_decision_ends_the_waiting(desk: Desk) -> None:
    """A held workbook is listed with its receipt until somebody decided, and no longer."""
    held_beside_an_accepted_one(desk)
    (held,) = waiting(desk)
    assert held.receipt == f"{EAST}-{FIRST}-1"
    assert f"sheetflow release {held.receipt}" in held.message
    desk.ask(lambda context: decide(context, held.receipt, "reject", "放错了"))
    desk.run(NEXT_DAY)
    assert waiting(desk) == ()
    assert not [line for line in examine(desk.root, NEXT_DAY) if held.receipt in line.found]


def test_a_cause_that_is_gone_is_told_no_longer(desk: Desk) -> None:
    """Once the original is back, the file is accepted and nothing waits."""
    kept: dict[Path, bytes] = {}
    desk.drop(EAST, desk.fill(EAST))

    def receive(context: Context) -> None:
        from sheetflow.service.take import open_intake, take_all

        take_all(context, open_intake(context))
        for blob in context.workspace.archive.glob("??/*"):
            kept[blob] = blob.read_bytes()
            blob.unlink()

    desk.ask(receive)
    assert desk.run().is_failed
    for blob, content in kept.items():
        blob.write_bytes(content)
    assert not desk.run(NEXT_DAY).is_failed
    assert desk.states()[EAST] == "accepted"
    assert waiting(desk) == ()


def test_a_flood_of_waiting_things_is_counted() -> None:
    """Of one kind the first twenty are told in full; another kind is not crowded out."""
    many = [Waiting(kind=Waits.PUT_OFF, reason=f"第{number}号来件。") for number in range(1000)]
    lines = list(tell([*many, Waiting(kind=Waits.HELD, reason="等待决定。")]))
    assert len(lines) == 22
    assert "共1000件" in lines[20]
    assert lines[21] == "等待决定。"


def test_an_unknown_original_is_a_warning(desk: Desk) -> None:
    """An original that the database does not know is counted by `doctor`, which says what to do."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    digest = "ab" * 32
    blob = blob_path(desk.workspace.archive, digest)
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(b"an original")
    (line,) = [line for line in examine(desk.root, IN_TIME) if line.topic == "原件存档"][:1]
    assert line.grade is Grade.WARNING
    assert "有1份原件数据库不认识" in line.found
    assert "restore" in line.remedy
    blob.unlink()
    assert all(
        line.grade is Grade.OK for line in examine(desk.root, IN_TIME) if "存档" in line.topic
    )


def test_why_something_stale_was_not_made_is_kept(desk: Desk) -> None:
    """Another process says why a publication failed, until it could be made."""
    board_that_cannot_be_placed(desk)
    (found,) = [entry for entry in waiting(desk) if entry.kind is Waits.PUBLICATION]
    assert "没有做成：" in found.message
    for place in taken_names(desk):
        place.rmdir()

    def again(context: Context) -> int:
        mark = Stale(unit_id=CITY, form="patrol", period=FIRST, kind=PublicationKind.BOARD)
        context.store.publications.record_stale([mark], context.clock.now())
        return Rebuilding(context).finish().published

    assert desk.ask(again, NEXT_DAY)
    assert waiting(desk) == ()


def test_the_board_and_the_superiors_mail_show_what_is_held(desk: Desk) -> None:
    """City and province read of it on their boards and in the list of who is missing, until decided."""
    desk.drop(SOUTH, desk.fill(SOUTH))
    held_beside_an_accepted_one(desk)
    receipt = f"{EAST}-{FIRST}-1"
    for unit_id, name in ((CITY, "上游市"), (PROVINCE, "清河省")):
        assert receipt in (desk.out(unit_id) / f"上报情况_{name}.html").read_text(encoding="utf-8")
        assert receipt in words(desk.out(unit_id) / f"上报情况_{name}.xlsx")
    assert receipt not in words(desk.out(OTHER_CITY) / "上报情况_下游市.xlsx")
    desk.ask(lambda context: remind(context, Period.parse(FIRST)), NEXT_DAY)
    desk.run(NEXT_DAY)
    told = [
        body(mail) for mail in desk.mails(CITY) if "还有单位尚未完成报送" in str(mail["Subject"])
    ]
    assert receipt in "".join(told)
    desk.ask(lambda context: decide(context, receipt, "reject", "放错了"))
    desk.run(NEXT_DAY)
    assert receipt not in (desk.out(CITY) / "上报情况_上游市.html").read_text(encoding="utf-8")


def test_folders_that_we_made_for_units_that_are_none_are_no_trouble(desk: Desk) -> None:
    """Who mends the list before first use is not scolded for empty folders of ours; what lies in one is told once."""
    folder = desk.workspace.inbox / "990199-无此县"
    (folder / "预审").mkdir(parents=True)
    assert waiting(desk) == ()
    (folder / "预审" / "上报.xlsx").write_bytes(b"x")
    (folder / "上报.xlsx").write_bytes(b"x")
    (told,) = waiting(desk)
    assert "不属于任何单位的文件夹，里面的东西没有人收：990199-无此县。" in told.reason
