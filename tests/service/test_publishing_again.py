"""What was published stays as it is until what it stands on changes; what failed comes later."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from sheetflow.context import Context, open_context
from sheetflow.context.running import held_lock
from sheetflow.errors import WorkspaceError
from sheetflow.service.judge import judge_arrivals
from sheetflow.service.one_pass import Rebuilding, run_pass
from sheetflow.service.take import open_intake, take_all
from sheetflow.store.records import PublicationKind, Stale
from tests.tiny.desk import EAST, FIRST, FIRST_NAMED, IN_TIME, NEXT_DAY, PROVINCE, WEST, Desk, sound

pytestmark = pytest.mark.slow


def _stop_after_commit(context: Context) -> None:
    """Take and judge, and then do what a killed service does: nothing more."""
    take_all(context, open_intake(context))
    list(judge_arrivals(context))


def test_nothing_is_rewritten_without_need(desk: Desk) -> None:
    """A pass, a run of templates with nothing new: every file keeps its bytes and its time."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.run(NEXT_DAY)  # those who are not in are 逾期 now
    before = desk.publications()
    assert desk.run(NEXT_DAY).published == 0
    assert desk.issue(at=NEXT_DAY) == 0
    assert desk.publications() == before


def test_only_what_stands_on_it_is_rebuilt(desk: Desk) -> None:
    """A county's workbook changes its own city's and the province's files, no other city's."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.run(NEXT_DAY)  # those who are not in are 逾期 now
    before = desk.publications()
    desk.drop(WEST, desk.fill(WEST))
    desk.run(NEXT_DAY)
    changed = {
        name.split("/")[0]
        for name, entry in desk.publications().items()
        if before.get(name) != entry
    }
    assert changed == {"990102-西岸县", "9901-上游市", "99-清河省"}


def test_the_same_submissions_give_the_same_bytes(desk: Desk) -> None:
    """Every file of the outbox, lost and made again weeks later, has the bytes it had."""
    desk.drop(EAST, desk.fill(EAST, sound(300)))
    desk.drop(PROVINCE, b"garbage", "坏.xlsx")
    desk.run()
    weeks_later = IN_TIME + dt.timedelta(weeks=5)
    desk.run(weeks_later)  # those who are not in are 逾期 by then
    before = {name: content for name, (_, content) in desk.publications().items()}
    with open_context(desk.root, weeks_later) as context:
        marks = {
            Stale(unit_id=made.unit_id, form=made.form, period=made.period, kind=made.kind)
            for made in context.store.publications.find_publications()
            if made.kind not in {PublicationKind.ANSWER, PublicationKind.WORKBOOK}
        }
        answers = {
            Stale(
                unit_id=entry.unit_id,
                form=entry.form,
                period=entry.period,
                kind=PublicationKind.ANSWER,
                receipt=entry.receipt,
            )
            for entry in context.store.submissions.find_submissions()
        }
        context.store.publications.record_stale(marks | answers, context.clock.now())
    shutil.rmtree(desk.workspace.outbox)
    desk.run(weeks_later)
    desk.issue(at=weeks_later)
    after = {name: content for name, (_, content) in desk.publications().items()}
    assert sorted(after) == sorted(before)
    assert [name for name in after if after[name] != before[name]] == []


def test_killed_between_commit_and_publishing(desk: Desk) -> None:
    """The next pass publishes the answer that was committed, and mails it once."""
    desk.drop(EAST, desk.fill(EAST))
    desk.ask(_stop_after_commit)
    assert [name[:2] for name in desk.names(EAST)] == ["填报", "报送"]
    assert desk.mails() == []
    queued = desk.ask(lambda context: context.store.mails.find_mails("queued"))
    assert len(queued) == 1
    for _ in range(2):
        desk.run(NEXT_DAY)
    assert f"回执_990101-东岸县_{FIRST}_第1号.xlsx" in desk.names(EAST)
    assert len(desk.submissions()) == 1
    (mail,) = desk.mails()
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == desk.answer(EAST, "回执").read_bytes()


def test_one_that_cannot_be_made_stops_no_other(desk: Desk) -> None:
    """Where a board finds every name taken it waits, all else is published, and the pass says so."""
    endings = ("", "_新", *(f"_新{number}" for number in range(2, 10)))
    in_the_way = [desk.out(PROVINCE) / f"上报情况_清河省{ending}.html" for ending in endings]
    for place in in_the_way:
        place.mkdir(parents=True)
    desk.drop(EAST, desk.fill(EAST))
    report = desk.run()
    assert len(report.troubles) == 1
    assert "已有同名的东西" in report.troubles[0]
    assert f"汇总表_清河省_{FIRST_NAMED}.xlsx" in desk.names(PROVINCE)
    assert len(desk.mails(EAST)) == 1
    for place in in_the_way:
        place.rmdir()
    assert desk.run(NEXT_DAY).troubles == ()
    assert "上报情况_清河省.html" in desk.names(PROVINCE, "")


def test_one_service_in_a_workspace(desk: Desk) -> None:
    """A second run while one is at work is refused with a sentence, and takes nothing."""
    dropped = desk.drop(EAST, desk.fill(EAST))
    with (
        held_lock(desk.workspace.lock),
        open_context(desk.root, IN_TIME) as context,
        pytest.raises(WorkspaceError, match="正在这个工作文件夹里运行"),
    ):
        run_pass(context)
    assert dropped.exists()
    desk.run()
    assert not dropped.exists()


def test_answers_go_out_while_others_are_still_judged(desk: Desk) -> None:
    """Who was judged first has the answer before the last file of a large drop is judged."""
    for number in range(30):
        desk.drop(EAST if number % 2 else WEST, b"garbage %d" % number, f"{number:02}.xlsx")
    unjudged_at_answers: list[int] = []
    with open_context(desk.root, IN_TIME) as context:
        take_all(context, open_intake(context))
        rebuilding = Rebuilding(context)
        for submissions in judge_arrivals(context):
            rebuilding.answer(len(submissions))
            published = context.store.publications.find_publications()
            if any(entry.kind == "answer" for entry in published):
                unjudged_at_answers.append(len(context.store.arrivals.find_unjudged()))
        rebuilding.finish()
    assert max(unjudged_at_answers, default=0) > 0
