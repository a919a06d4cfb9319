"""What was decided by command under an older version stands after the upgrade, each under its number."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.consolidation.matters import next_number
from sheetflow.schemas.review import Decision, Matter, Verdict, standing
from sheetflow.store import Store

FIRST_SCHEMA = Path(__file__).with_name("schema_v1.sql")
ROWS = """
INSERT INTO arrivals VALUES
    (1, '370102', 'submission', '一.xlsx', x'31', '00', 1, 1, '1', '1', '2012-03-05T01:00:00.000000+00:00', NULL,
     '2012-03-05T01:00:01.000000+00:00', 1, 0, 0, '', NULL, 'submission', '370102-2012B1-1', NULL),
    (2, '370103', 'submission', '二.xlsx', x'32', '01', 1, 1, '2', '1', '2012-03-05T02:00:00.000000+00:00', NULL,
     '2012-03-05T02:00:01.000000+00:00', 1, 0, 0, '', NULL, 'submission', '370103-2012B1-1', NULL);
INSERT INTO submissions VALUES
    (1, '370102-2012B1-1', 1, 1, '370102', 'progress', '2012B1'),
    (2, '370103-2012B1-1', 1, 2, '370103', 'progress', '2012B1');
INSERT INTO judgements VALUES
    (1, 1, 'returned', '1', 0, 0, '2012-03-05T01:00:01.000000+00:00', 1, 0, 0, x'7B7D', x'5B5D', x'5B5D'),
    (2, 2, 'held', '1', 0, 0, '2012-03-05T02:00:01.000000+00:00', 1, 0, 0, x'7B7D', x'5B5D', x'5B5D');
INSERT INTO decisions VALUES
    (1, 2, 'reject', '放错了文件夹', '李某', '2012-03-06T01:00:00.000000+00:00'),
    (2, 2, 'release', '核实过', '王某', '2012-03-07T01:00:00.000000+00:00');
INSERT INTO waivers VALUES
    (1, 1, 'number-limit', '三组接力', '王某', '2012-03-06T02:00:00.000000+00:00'),
    (2, 1, 'required', '确实没有', '王某', '2012-03-06T03:00:00.000000+00:00');
"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """A database of the first version in which an administrator decided four things."""
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text(encoding="utf-8") + ROWS)
    return file


def essence(decision: Decision) -> tuple[str, ...]:
    """Number, word, about what, why and by whom."""
    return (
        decision.number,
        decision.verdict.value,
        decision.about,
        decision.opinion,
        decision.decider,
    )


def test_decisions_by_command_stand_after_the_upgrade(upgraded: Path) -> None:
    """Releases, rejections and waivers keep their reason, their decider and their day, in their order."""
    with Store(upgraded) as store:
        found = store.decisions.find_all()
    assert [essence(each) for each in found] == [
        ("370103-2012B1-1-认1", "disagree", "", "放错了文件夹", "李某"),
        ("370102-2012B1-1-放number-limit-1", "agree", "number-limit", "三组接力", "王某"),
        ("370102-2012B1-1-放required-1", "agree", "required", "确实没有", "王某"),
        ("370103-2012B1-1-认2", "agree", "", "核实过", "王某"),
    ]
    first = found[0]
    assert (first.unit_id, first.form, first.period) == ("370103", "progress", "2012B1")
    assert (first.by_unit, first.arrival_id, dict(first.details)) == ("", 0, {})
    assert f"{first.decided_at:%Y-%m-%d %H:%M}" == "2012-03-06 09:00"
    assert standing(found) == found


def test_what_is_decided_next_goes_on_from_them(upgraded: Path) -> None:
    """The next decision about the same thing gets the next number, and a known number is refused."""
    with Store(upgraded) as store:
        found = store.decisions.find_all()
        assert next_number(found, "370103-2012B1-1", Matter.HELD) == "370103-2012B1-1-认3"
        (last,) = [each for each in found if each.number.endswith("认2")]
        assert last.verdict is Verdict.AGREE
        assert not store.decisions.record(last, last.decided_at)
