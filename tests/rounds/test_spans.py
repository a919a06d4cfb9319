"""A form is asked for from its first period to its last, until its own days, by its own office."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest

from sheetflow.cli.commands import period_named
from sheetflow.errors import DeclarationError, RequestError, WorkspaceError
from sheetflow.periods import Period, deadline
from sheetflow.schemas.forms import Form
from sheetflow.service.status import standing
from sheetflow.upkeep.remind import remind
from tests.tiny.desk import EAST, FIRST, PROVINCE, SECOND, TREE, Desk, body, sound
from tests.tiny.forms import PATROL_FORM
from tests.tiny.spanned import DATED_FORM, SPANNED_NAME

AFTER_THE_SECOND = dt.datetime(2012, 7, 20, 10)  # noqa: DTZ001 - the office's own time
OPEN = replace(PATROL_FORM, first_period="2012Q3", last_period="2013Q2")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One county has reported the only quarter; half a year has gone by since."""
    made = Desk.make(tmp_path_factory.mktemp("spanned") / "work", campaign=f'"{SPANNED_NAME}"')
    made.issue()
    made.drop(EAST, made.fill(EAST, sound()))
    made.run()
    made.run(AFTER_THE_SECOND)
    return made


def test_a_form_has_no_periods_outside_its_span() -> None:
    """From 2012Q3 to 2013Q2: the quarters before and after are nobody's."""
    assert [each.period_id for each in OPEN.periods_of(2012)] == ["2012Q3", "2012Q4"]
    assert [OPEN.takes(Period.parse(each)) for each in ("2012Q2", "2012Q3", "2013Q3")] == [
        *(False, True, False)
    ]
    assert OPEN.fits(Period.parse("2012Q2"))
    assert OPEN.due_at(dt.date(2012, 2, 1)).period_id == "2012Q3"
    assert OPEN.due_at(dt.date(2014, 2, 1)).period_id == "2013Q2"
    assert OPEN.period_ids(2012) == "2012Q3到2012Q4"
    assert OPEN.span_words == "只填2012年第3季度到2013年第2季度"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_period": "2012B1"}, "“2012B1”不是这张表的报告期"),
        ({"last_period": "去年"}, "“去年”不是这张表的报告期"),
        ({"first_period": "2012Q3", "last_period": "2012Q1"}, "填报到2012Q1为止，却从2012Q3开始"),
        ({"due_on": {"县": dt.date(2012, 4, 1)}}, "不要写截止日期"),
    ],
)
def test_a_span_that_cannot_be_is_refused(changes: dict[str, object], said: str) -> None:
    """A period of another cadence, an end before the beginning, a date for what comes again."""
    with pytest.raises(DeclarationError, match=said):
        replace(PATROL_FORM, **changes)  # type: ignore[arg-type]


def test_nobody_is_asked_for_what_is_outside(desk: Desk) -> None:
    """No deadline passes, nobody is expected, nobody reminded, nothing published."""
    assert desk.ask(lambda context: standing(context, Period.parse(SECOND)).rows) == ()
    assert len(desk.states(FIRST)) == len(list(TREE))
    assert not desk.out(PROVINCE, SECOND).exists()
    with pytest.raises(WorkspaceError, match="没有要催报的报告期"):
        desk.ask(lambda context: remind(context, form=context.campaign.main_form), AFTER_THE_SECOND)


def test_a_period_outside_is_refused_in_words(desk: Desk) -> None:
    """Whoever asks for workbooks of such a period is told which ones there are."""
    with pytest.raises(RequestError, match="只填2012年第1季度，2012年第2季度不用填报"):
        desk.ask(lambda context: period_named(context, SECOND, context.campaign.main_form))


def test_what_is_filled_once_is_due_on_its_day(desk: Desk) -> None:
    """A level with a date of its own has until that day's end; the others count working days."""
    (period,) = DATED_FORM.periods_of(2012)
    usual = {"县": 2, "市": 4, "省": 6}
    due = {level: DATED_FORM.deadline(level, period, usual).date() for level in usual}
    assert due == {
        "县": dt.date(2012, 4, 10),
        "市": deadline(period, 4).date(),
        "省": dt.date(2012, 5, 2),
    }

    def asked(form: Form) -> tuple[dt.date, dt.date]:
        return desk.ask(
            lambda context: (
                context.deadline(TREE[EAST], form, period).date(),
                context.last_deadline(period).date(),
            )
        )

    assert asked(DATED_FORM) == (due["县"], due["省"])


def test_the_campaigns_office_stands_where_nobody_set_another(desk: Desk) -> None:
    """Head and contact are printed on the form, the office signs, until a setting says otherwise."""
    cells = [
        str(cell.value)
        for row in openpyxl.load_workbook(desk.issued(EAST))["巡查表头"]
        for cell in row
    ]
    whole = "\n".join(cells)
    for words in (
        "表号：清河1表",
        "制定机关：清河省水务局",
        "有效期至：2014年12月",
        "咨询：清河省水务局河道处，电话 12314",
    ):
        assert words in whole
    assert "批准文号" not in whole
    mail = desk.mails(EAST)[-1]
    assert "清河省水务局" in str(mail["From"])
    assert "12314" in body(mail)
    names = desk.ask(
        lambda context: (
            context.office_of(TREE[PROVINCE]),
            context.addressee_of(TREE["9901"]),
            context.office_of(TREE["9901"]),
            context.printer_of(TREE["9901"]),
        )
    )
    assert names == ("清河省水务局", "清河省水务局", "上游市水务局", "上游市水务局办公室")


def test_a_setting_wins_over_the_campaign(desk: Desk) -> None:
    """What the office has set for itself is what its papers say."""
    settings = desk.workspace.root / "sheetflow.toml"
    before = settings.read_text(encoding="utf-8")
    text = before.replace('issuer = "{单位}妇女联合会"', 'issuer = "{单位}河长办"')
    text = text.replace('form_number = ""', 'form_number = "乙2表"').replace(
        'office = ""', 'office = "河长办"'
    )
    settings.write_text(text, encoding="utf-8")
    try:
        found = desk.ask(
            lambda context: (
                context.office_of(TREE[PROVINCE]),
                context.dress.form_number,
                context.contact_words,
            )
        )
    finally:
        settings.write_text(before, encoding="utf-8")
    assert found == ("清河省河长办", "乙2表", "河长办")
