"""Several workbooks of one unit: which one counts, and what each answer says."""

from __future__ import annotations

import os

import openpyxl

from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME_AGAIN,
    NEXT_DAY,
    PROVINCE,
    SECOND,
    SECOND_MONTH,
    TOO_LATE,
    Desk,
    body,
    cell,
    head,
    patrols,
    sound,
    table,
    words,
)


def _total(desk: Desk, unit_id: str = PROVINCE, period: str = FIRST, code: str = "H6") -> object:
    book = desk.answer(unit_id, "汇总表", period)
    rows = {row["代码"]: row["合计"] for row in table(book, "巡河汇总（累计）", "代码")}
    return rows[code]


def _numbers(desk: Desk) -> list[tuple[int, str]]:
    return [(entry.number, entry.outcome) for entry in desk.submissions(EAST)]


def test_two_in_one_pass(desk: Desk) -> None:
    """Of two workbooks dropped together the later one counts, and both are answered."""
    later = desk.drop(EAST, desk.fill(EAST, sound(900), name="甲.xlsx"))
    earlier = desk.drop(EAST, desk.fill(EAST, sound(100), name="乙.xlsx"))
    os.utime(later, ns=(2_000_000_000_000_000_000,) * 2)
    os.utime(earlier, ns=(1_000_000_000_000_000_000,) * 2)
    desk.run()
    assert [entry.file_name for entry in desk.submissions(EAST)] == ["乙.xlsx", "甲.xlsx"]
    assert [name[-8:] for name in desk.names(EAST) if name.startswith("回执")] == [
        "第1号.xlsx",
        "第2号.xlsx",
    ]
    assert len(desk.mails(EAST)) == 2
    assert _total(desk) == 900


def test_a_correction_replaces_the_first_everywhere(desk: Desk) -> None:
    """What was accepted later stands in the city's and the province's books, and nothing twice."""
    desk.drop(EAST, desk.fill(EAST, sound(100, 200)))
    desk.run()
    assert _total(desk) == 300
    desk.drop(EAST, desk.fill(EAST, sound(50)))
    desk.run(NEXT_DAY)
    for unit_id in (PROVINCE, CITY):
        assert _total(desk, unit_id) == 50
        walks = table(desk.answer(unit_id, "汇总表"), "巡河日志", "巡河日期")
        assert [(row["来源"], row["巡河里程（米）"]) for row in walks] == [
            (f"{EAST}-{FIRST}-2", 50)
        ]


def test_a_returned_copy_leaves_what_was_accepted(desk: Desk) -> None:
    """A bad correction is returned, and the accepted workbook still counts."""
    desk.drop(EAST, desk.fill(EAST, sound(100)))
    desk.run()
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": patrols(99_000, means="步行")}))
    desk.run(NEXT_DAY)
    assert _numbers(desk) == [(1, "accepted"), (2, "returned")]
    assert desk.states()[EAST] == "accepted"
    assert _total(desk) == 100


def test_the_returned_copy_is_the_next_submission(desk: Desk) -> None:
    """Mended in the returned copy itself and dropped back, it is accepted."""
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": patrols(99_000, means="步行")}))
    desk.run()
    returned = desk.answer(EAST, "退回")
    book = openpyxl.load_workbook(returned)
    book["巡河日志"][cell("patrols", "metres")] = 9_900
    mended = desk.root.parent / "mended.xlsx"
    book.save(mended)
    book.close()
    desk.drop(EAST, mended)
    desk.run(NEXT_DAY)
    assert _numbers(desk) == [(1, "returned"), (2, "accepted")]
    assert _total(desk) == 9_900


def test_the_same_bytes_again_change_nothing(desk: Desk) -> None:
    """Dropped again, a workbook is answered “already received, receipt N”; A, B, A is new."""
    first = desk.fill(EAST, sound(100), name="甲.xlsx")
    second = desk.fill(EAST, sound(200), name="乙.xlsx")
    desk.drop(EAST, first)
    desk.run()
    desk.run(NEXT_DAY)  # those who are not in are 逾期 now
    before = desk.publications()
    desk.drop(EAST, first, "又一次.xlsx")
    desk.run(NEXT_DAY)
    assert _numbers(desk) == [(1, "accepted")]
    assert desk.publications() == before
    told = [body(mail) for mail in desk.mails(EAST)]
    assert len(told) == 2
    assert any("第1号" in text and "已经" in text for text in told)
    for file in (second, first):
        desk.drop(EAST, file)
        desk.run(NEXT_DAY)
    assert _numbers(desk) == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
    assert _total(desk) == 100


def test_a_late_one_is_marked_not_refused(desk: Desk) -> None:
    """After the deadline a workbook is accepted, marked late on receipt, mail and board."""
    desk.drop(EAST, desk.fill(EAST))
    desk.run(TOO_LATE)
    (submission,) = desk.submissions(EAST)
    assert (submission.outcome, submission.late) == ("accepted", True)
    assert "迟报" in words(desk.answer(EAST, "回执"))
    assert "迟报" in body(desk.mails(EAST)[0])
    board = table(desk.out(PROVINCE) / "上报情况_清河省.xlsx", "上报情况", "单位代码")
    assert {row["单位代码"]: row[FIRST_NAMED] for row in board}[EAST] == "已接收（迟报）"


def test_a_nil_return_is_not_a_missing_one(desk: Desk) -> None:
    """A nil return is accepted and counted as reported, with nothing in the figures but 0."""
    desk.drop(EAST, desk.fill(EAST, {"head": head(frozen="是")}))
    desk.run()
    assert desk.states()[EAST] == "nil"
    assert (_total(desk, CITY), _total(desk, CITY, code="H3")) == (0, "—")


def test_the_next_workbook_is_issued_again(desk: Desk) -> None:
    """A correction of the last period brings a new workbook for the next one, already handed out."""
    desk.drop(EAST, desk.fill(EAST, sound(100)))
    desk.run()
    desk.issue(SECOND, NEXT_DAY)
    others = {name: entry for name, entry in desk.publications().items() if EAST not in name}
    before = desk.issued(EAST, SECOND).read_bytes()
    desk.drop(EAST, desk.fill(EAST, sound(700)))
    desk.run(NEXT_DAY)
    again = desk.issued(EAST, SECOND)
    assert again.read_bytes() != before
    figures = {row["代码"]: row["上期累计"] for row in table(again, "巡河汇总", "代码")}
    assert figures["H6"] == 700
    now = desk.publications()
    for name, entry in others.items():
        # Pages and boards say who is 逾期 by then.
        if name.startswith("9902") and not name.endswith(".html") and "上报情况" not in name:
            assert now[name] == entry, name


def test_a_correction_of_an_earlier_period_reaches_the_later_totals(desk: Desk) -> None:
    """Cumulative figures of a later period are rebuilt when an earlier period is corrected."""
    desk.drop(EAST, desk.fill(EAST, sound(100)))
    desk.run()
    desk.issue(SECOND, NEXT_DAY)
    spring = {"head": head(day=IN_TIME_AGAIN.date()), "patrols": patrols(30, month=SECOND_MONTH)}
    desk.drop(EAST, desk.fill(EAST, spring, period=SECOND))
    desk.run(IN_TIME_AGAIN)
    assert _total(desk, period=SECOND) == 130
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run(IN_TIME_AGAIN)
    assert _total(desk, period=SECOND) == 530


def test_prechecks_submit_nothing(desk: Desk) -> None:
    """What lies in 预审 is judged and answered with a marked copy, and counts nowhere."""
    desk.drop(EAST, desk.fill(EAST, {**sound(), "patrols": []}, name="先看看.xlsx"), folder="预审")
    march = {**sound(), "patrols": patrols(99_000, means="步行")}
    desk.drop(EAST, desk.fill(EAST, march, name="再看看.xlsx"), folder="预审")
    desk.drop(EAST, b"garbage", "坏的.xlsx", folder="预审")
    desk.run()
    assert desk.submissions() == ()
    assert desk.states()[EAST] == "missing"
    assert sorted(name[:2] for name in desk.names(EAST)) == ["填报", "报送", "预审", "预审"]
    assert sorted(name[:2] for name in desk.names(EAST, "")) == [
        "填报",
        "预审",
    ]  # the sample, and one of no period
    told = "".join(body(mail) for mail in desk.mails(EAST))
    assert "步行巡河里程为99000米" in told
    assert len(desk.mails(EAST)) == 3
    assert desk.inbox_files() == []


def test_a_precheck_is_no_duplicate_of_a_submission(desk: Desk) -> None:
    """A workbook that passed the precheck is a new submission when dropped for real."""
    file = desk.fill(EAST)
    desk.drop(EAST, file, folder="预审")
    desk.run()
    desk.drop(EAST, file)
    desk.run(NEXT_DAY)
    assert _numbers(desk) == [(1, "accepted")]
