"""Three clerks with a real office program, three rounds: typed, returned, mended, accepted.

One saves as .xlsx, one as .xls, one as .ods; all type the same things into their own
workbooks, in a Chinese locale.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import open_context
from sheetflow.findings import Finding, Severity
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_explanations, load_finding, load_rows
from sheetflow.schemas.layout import FIRST_ROW, ISSUE_COLUMNS
from sheetflow.service.one_pass import run_pass
from sheetflow.store.records import Submission
from sheetflow.units import Unit, UnitTree
from sheetflow.upkeep.remind import issue_workbooks
from sheetflow.workbook import cell_name
from tests.county_book import FORM, cell
from tests.office.conftest import Office
from tests.programs import needs_office

pytestmark = [pytest.mark.office, pytest.mark.slow, needs_office]

PERIOD = "2012B1"
FIRST_LINE, LAST_LINE = FIRST_ROW, 40
ANSWER = ISSUE_COLUMNS[-1]

Step = list[Any]


class Clerk(NamedTuple):
    """A county, and the format in which it saves."""

    unit_id: str
    name: str
    ending: str
    filter_name: str

    @property
    def mail(self) -> str:
        """Where its answers go."""
        return f"county-{self.unit_id}@mail.example"


CLERKS = (
    Clerk("370102", "历下区", "xlsx", "Calc MS Excel 2007 XML"),
    Clerk("370103", "市中区", "xls", "MS Excel 97"),
    Clerk("370112", "历城区", "ods", "calc8"),
)
TREE = UnitTree.of(
    [
        Unit(unit_id="370000", name="山东省", level="省"),
        Unit(unit_id="370100", name="济南市", level="市", parent="370000"),
        *(
            Unit(
                unit_id=clerk.unit_id,
                name=clerk.name,
                level="县",
                parent="370100",
                mails=(clerk.mail,),
            )
            for clerk in CLERKS
        ),
    ]
)


def spot(sheet: str, column: str, row: int = 0) -> str:
    """Name a cell by the keys of sheet and column, as a clerk says it: ``走访记录 F4``."""
    return f"{FORM.by_key[sheet].title} {cell(sheet, column, row)}"


def typed(sheet: str, row: int = 0, **texts: str) -> list[Step]:
    """Type into cells of a row, or of a card, by their columns' keys."""
    return [["type", *spot(sheet, column, row).split(), text] for column, text in texts.items()]


def visited(row: int, **texts: str) -> list[Step]:
    """Type a visit; what is not said of it is what most say."""
    own = {"cadres": "G002", "led_by_leader": "否", "groups": "其他", "opinions": "1"}
    return typed("visits", row, **{**own, **texts})


_LAST_VISIT = f"{cell('visits', 'cadres', 8)}:{cell('visits', 'opinions', 8)}"
ROUND_ONE: list[Step] = [
    *typed(
        "cover",
        kind="首次报送",
        leader="王芳",
        preparer="李静",
        phone="0531-86012345",
        filled_on="2012-3-2",
        in_appraisal="是",
        nil_return="否",
    ),
    *typed(
        "contact_points",
        4,
        name="十亩园社区",
        kind="社区",
        township="泉城路街道",
        set_up_on="2012-2-10",
        status="在用",
    ),
    *typed(
        "contact_points",
        5,
        name="盛福庄村",
        kind="乡",
        township="姚家街道",
        set_up_on="2012/2/12",
        status="在用",
    ),
    *typed(
        "cadres",
        4,
        name="王芳",
        title="主席",
        is_leader="是",
        contact_points="L001、L002",
        women_linked="１２",
        diaries="1",
        ledgers="1",
        status="在岗",
    ),
    *typed(
        "cadres",
        5,
        name="李静",
        title="干事",
        is_leader="否",
        contact_points="L001",
        women_linked="3000多",
        diaries="1",
        ledgers="1",
        status="在岗",
    ),
    *visited(
        4,
        visited_on="2012-2-6",
        cadres="G001、G002",
        led_by_leader="是",
        contact_point="L001",
        mode="座谈交流",
        women_met="约20",
        opinions="4",
    ),
    *visited(5, visited_on="2012.2.10", contact_point="L002", mode="闲聊", women_met="3"),
    *visited(6, visited_on="2012年2月", mode="一对一访谈", women_met="1"),
    *visited(7, visited_on="2011-12-28", mode="一对一访谈", women_met="1"),
    *visited(
        8,
        visited_on="2012-2-20",
        cadres="g001",
        led_by_leader="是",
        contact_point="L001",
        mode="问卷征询",
        women_met="30",
        questionnaires="28份",
        opinions="0",
    ),
    [
        "drag",
        "走访记录",
        f"{cell('visits', 'visited_on', 8)}:{cell('visits', 'visited_on', 10)}",
        1,
    ],
    *(["copy", "走访记录", _LAST_VISIT, cell("visits", "cadres", row)] for row in (9, 10)),
    *typed(
        "needs",
        4,
        registered_on="2012年2月7日",
        name="张秀英",
        age="45",
        id_number="370102196701011229",
        phone="13800000001",
        contact_point="L002",
        cadre="G002",
        group="失地失业妇女",
        content="想学技术",
        nature="普遍性倾向性",
        status="未办理",
    ),
    *typed(
        "needs",
        5,
        registered_on="２０１２－２－８",
        name="某女士",
        age="一百",
        contact_point="L009",
        cadre="G001",
        group="单亲贫困母亲",
        category="生活救助",
        content="生活困难",
        nature="普遍性倾向性",
        status="已办结",
        measures="送去救助金",
        closed_on="2012-2-20",
        outcome="已解困",
    ),
    *typed("narrative", approach="深入走访"),
]
TOO_EARLY = spot("visits", "visited_on", 7)
MENDED_FIRST = {
    spot("contact_points", "kind", 5): "村",
    spot("cadres", "women_linked", 5): "30",
    spot("visits", "women_met", 4): "20",
    spot("visits", "mode", 5): "座谈交流",
    spot("needs", "id_number", 4): "370102196701011220",
    spot("needs", "category", 4): "就业创业",
    spot("needs", "contact_point", 5): "L001",
    spot("narrative", "results"): "办成实事",
}
MENDED_THEN = {
    spot("visits", "visited_on", 6): "2012-2-15",
    spot("needs", "age", 5): "38",
}
LEFT = {*MENDED_THEN, TOO_EARLY}
WRONG = {*MENDED_FIRST, *LEFT}
NEW = spot("cadres", "status", 4)
MENDED_LAST = {**MENDED_THEN, NEW: "在岗"}


@dataclass
class Play:
    """What became of the three workbooks, round by round."""

    workspace: Workspace
    office: Office
    folder: Path
    lists: list[dict[str, list[list[str]]]] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)

    def issued(self, clerk: Clerk) -> Path:
        """The clerk's own blank workbook."""
        (found,) = self.out(clerk).glob("填报_*.xlsx")
        return found

    def out(self, clerk: Clerk) -> Path:
        """Where the clerk finds her answers."""
        return self.workspace.outbox_of(TREE[clerk.unit_id], PERIOD)

    def returned(self, clerk: Clerk, number: int) -> Path:
        """The marked copy that came back."""
        (found,) = self.out(clerk).glob(f"退回_*_第{number}号.xlsx")
        return found

    def job(self, clerk: Clerk, source: Path, steps: list[Step], name: str) -> dict[str, Any]:
        """Open a workbook, do the steps, save it in the clerk's format."""
        target = self.folder / f"{clerk.unit_id}_{name}.{clerk.ending}"
        return {
            "open": str(source),
            "do": steps,
            "save": str(target),
            "filter": clerk.filter_name,
        }

    def drop_all(self, jobs: list[dict[str, Any]], at: dt.datetime) -> None:
        """Drop every saved workbook into its inbox, and let the service pass."""
        for clerk, job in zip(CLERKS, jobs, strict=True):
            saved = Path(job["save"])
            inbox = self.workspace.inbox_of(TREE[clerk.unit_id])
            (inbox / saved.name).write_bytes(saved.read_bytes())
        with open_context(self.workspace.root, at) as context:
            run_pass(context)

    def see_lists(self, number: int) -> None:
        """Have each clerk read the 问题清单 of her returned copy, and follow its links."""
        area = f"A{FIRST_LINE}:{in_list(ANSWER, LAST_LINE)}"
        rows = range(FIRST_LINE, FIRST_LINE + 12)
        follow = [["follow", "问题清单", in_list("单元格", row)] for row in rows]
        seen = self.office.work(
            [
                {
                    "open": str(self.returned(clerk, number)),
                    "do": [["see", "问题清单", area], ["see", "问题清单", "A1:A2"], *follow],
                }
                for clerk in CLERKS
            ]
        )
        told = {clerk.ending: found[0] for clerk, found in zip(CLERKS, seen, strict=True)}
        heads = {clerk.ending: found[1] for clerk, found in zip(CLERKS, seen, strict=True)}
        self.lists.append(
            {
                ending: [*heads[ending], *(row for row in rows if row[0])]
                for ending, rows in told.items()
            }
        )
        self.links = {clerk.ending: found[2:] for clerk, found in zip(CLERKS, seen, strict=True)}

    def submissions(self, clerk: Clerk) -> tuple[Submission, ...]:
        """What the store has of the clerk."""
        with open_context(self.workspace.root) as context:
            return context.store.submissions.find_submissions(clerk.unit_id)

    def findings(self, submission: Submission) -> list[Finding]:
        """What was found in a submission."""
        with open_context(self.workspace.root) as context:
            return [load_finding(one) for one in context.store.contents.find_findings(submission)]

    def mails(self, clerk: Clerk) -> list[str]:
        """The plain text of the clerk's mails, oldest first."""
        found = []
        for path in sorted((self.workspace.maildir / "new").glob("*")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            part = message.get_body(("plain",))
            if message["To"] == clerk.mail and part is not None:
                found.append(str(part.get_content()))
        return found


def spots(lines: list[list[str]], *kinds: str) -> set[str]:
    """The cells that 问题清单 names under `kinds`."""
    return {f"{row[3]} {row[4].partition('，')[0]}" for row in lines[2:] if row[2] in kinds}


def in_list(heading: str, row: int) -> str:
    """Name a cell of 问题清单."""
    return cell_name(row, ISSUE_COLUMNS.index(heading) + 1)


def mending(mends: dict[str, str]) -> list[Step]:
    """Type each mend into its cell."""
    return [["type", *place.split(), text] for place, text in mends.items()]


@pytest.fixture(scope="module")
def play(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """All three rounds."""
    folder = tmp_path_factory.mktemp("clerks")
    settings = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 0", default_settings_text())
    create_workspace(folder / "work", TREE, settings)
    play = Play(Workspace(folder / "work"), office, folder)
    with open_context(play.workspace.root, dt.datetime(2012, 2, 20, 9)) as desk:  # noqa: DTZ001
        issue_workbooks(desk, FORM, Period.parse(PERIOD))

    first = [play.job(clerk, play.issued(clerk), ROUND_ONE, "一") for clerk in CLERKS]
    office.work(first)
    play.drop_all(first, dt.datetime(2012, 3, 2, 10))  # noqa: DTZ001
    play.see_lists(1)

    mended = [*mending(MENDED_FIRST), ["clear", *NEW.split()]]
    second = [play.job(clerk, play.returned(clerk, 1), mended, "二") for clerk in CLERKS]
    office.work(second)
    play.drop_all(second, dt.datetime(2012, 3, 3, 10))  # noqa: DTZ001
    play.see_lists(2)

    third = []
    for clerk in CLERKS:
        lines = play.lists[1][clerk.ending][2:]
        rows = [number for number, line in enumerate(lines, FIRST_LINE) if line[2] == "核实性"]
        answers: list[Step] = [
            ["type", "问题清单", in_list(ANSWER, row), "上年底走访，上次漏报"] for row in rows
        ]
        third.append(
            play.job(clerk, play.returned(clerk, 2), [*mending(MENDED_LAST), *answers], "三")
        )
    office.work(third)
    play.drop_all(third, dt.datetime(2012, 3, 4, 10))  # noqa: DTZ001
    return play


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_what_was_typed_wrongly_is_returned(play: Play, clerk: Clerk) -> None:
    """Eleven places are named, each with its cell, and nothing that was only written otherwise."""
    lines = play.lists[0][clerk.ending]
    assert spots(lines, "强制性", "核实性") == WRONG
    assert spots(lines, "核实性") == {TOO_EARLY}
    assert "10处必须修改（强制性）、1处需要核实（核实性）" in lines[1][0]


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_each_line_of_the_list_leads_to_its_cell(play: Play, clerk: Clerk) -> None:
    """Clicking on a cell's name in the office program leads to that cell."""
    lines = play.lists[1][clerk.ending][2:]
    cells = [(line[3], line[4].partition("，")[0]) for line in lines]
    wanted = [f"#{title}.{cell}" for title, cell in cells if re.fullmatch(r"[A-Z]+[0-9]+", cell)]
    followed = [link.replace("'", "").replace("$", "") for link in play.links[clerk.ending]]
    assert wanted
    assert set(wanted) <= set(followed)


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_three_rounds_are_counted(play: Play, clerk: Clerk) -> None:
    """Each answer says how many of the last findings are mended, left and new."""
    assert "上次11处，已改8处，未改3处，新增1处。" in play.lists[1][clerk.ending][1][0]
    _, second, third = play.mails(clerk)
    assert "上次11处，已改8处，未改3处，新增1处。" in second
    assert "上次4处，已改3处，已说明1处，未改0处，新增0处。" in third
    assert spots(play.lists[1][clerk.ending], "强制性", "核实性") == {*LEFT, NEW}


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_the_third_round_is_accepted(play: Play, clerk: Clerk) -> None:
    """Mended, explained, saved by the office program and dropped back: accepted as one's own."""
    outcomes = [entry.outcome for entry in play.submissions(clerk)]
    assert outcomes == ["returned", "returned", "accepted"]
    assert list(play.out(clerk).glob("回执_*_第3号.xlsx"))
    accepted = play.submissions(clerk)[-1]
    with open_context(play.workspace.root) as context:
        said = load_explanations(context.store.contents.find_explanations(accepted))
    assert [entry.text for entry in said.values()] == ["上年底走访，上次漏报"]


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_what_was_typed_is_what_is_kept(play: Play, clerk: Clerk) -> None:
    """Dates, full-width digits, dragged dates and ids are kept as the clerk meant them."""
    accepted = play.submissions(clerk)[-1]
    with open_context(play.workspace.root) as context:
        kept = context.store.contents.find_rows(accepted)
    visits = load_rows(FORM.by_key["visits"], kept["visits"])
    days = [row["visited_on"] for row in visits]
    assert days == [
        dt.date(2012, 2, 6),
        dt.date(2012, 2, 10),
        dt.date(2012, 2, 15),
        dt.date(2011, 12, 28),
        dt.date(2012, 2, 20),
        dt.date(2012, 2, 21),
        dt.date(2012, 2, 22),
    ]
    assert [row["questionnaires"] for row in visits[4:]] == [28, 28, 28]
    (first, second) = load_rows(FORM.by_key["needs"], kept["needs"])
    assert first["id_number"] == "370102196701011220"
    assert first["phone"] == "13800000001"
    assert (first["need_id"], second["need_id"]) == ("X0001", "X0002")
    assert second["registered_on"] == dt.date(2012, 2, 8)
    cadres = load_rows(FORM.by_key["cadres"], kept["cadres"])
    assert [row["women_linked"] for row in cadres] == [12, 30]


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_what_the_format_cannot_tell_is_said(play: Play, clerk: Clerk) -> None:
    """The answer to an .xls or .ods says that formulas and hidden rows could not be looked at."""
    for submission in play.submissions(clerk):
        rules = {entry.rule for entry in play.findings(submission)}
        assert ("remark-format-tells-less" in rules) == (clerk.ending != "xlsx")
        assert not {entry for entry in rules if entry.startswith(("sheet-", "column-", "header-"))}


@pytest.mark.parametrize("clerk", CLERKS, ids=[clerk.ending for clerk in CLERKS])
def test_our_own_marks_are_not_taken_for_data(play: Play, clerk: Clerk) -> None:
    """Colours, notes and 问题清单 of the returned copy lead to no finding of their own."""
    last = play.submissions(clerk)[-1]
    allowed = {"remark-format-tells-less", "habit", "date-before-period"}
    assert {entry.rule for entry in play.findings(last)} <= allowed
    assert all(entry.severity is not Severity.MUST for entry in play.findings(last))
