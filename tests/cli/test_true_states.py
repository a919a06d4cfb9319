"""未报, 退回待改, 待确认, 零报告, 已接收, 沿用 mean the same in all papers, and 应报 and 已报 are one count.

Units in every state, in a first and in a second period, are read in seven places: the report's text,
both its annexes, 汇总表, its charts, the board (as workbook and as page) and ``status``; and in a mail.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document

from sheetflow.cli.screen import SCREEN
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter
from sheetflow.periods import Period
from sheetflow.service.books import books_of
from sheetflow.upkeep.decide import decide
from sheetflow.upkeep.remind import remind
from tests.cli.conftest import Cli
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME_AGAIN,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SECOND,
    SECOND_MONTH,
    SECOND_NAMED,
    SIGNED_AGAIN,
    SOUTH,
    TOWNSHIPS_DAY,
    TREE,
    WEST,
    Rows,
    head,
    patrols,
    sound,
    table,
)
from tests.tiny.reported import ReportedDesk

LATE_AGAIN = IN_TIME_AGAIN.replace(day=23)
NAMES = {unit.unit_id: unit.name for unit in TREE} | {
    unit_id: f"{TREE[unit_id].name}本级" for unit_id in (PROVINCE, CITY, OTHER_CITY, SOUTH)
}


@dataclass(frozen=True)
class Expected:
    """How one period is told: each unit's word, the count, whose book is 沿用, how groups stand."""

    period: str
    named: str
    words: dict[str, str]
    count: str
    out: str
    carried: frozenset[str]
    groups: dict[str, str]

    def by_the_clock(self, unit_id: str) -> str:
        """The word where it is told that the deadline has passed: on the board and by ``status``."""
        word = self.words[unit_id]
        return word if word.startswith(("已接收", "零报告")) else f"{word}（逾期）"

    def annex(self, unit_id: str) -> str:
        """The word of the table by unit."""
        word = self.words[unit_id].partition("（")[0]
        return word + ("（沿用）" if unit_id in self.carried else "")


FIRST_TIME = Expected(
    FIRST,
    FIRST_NAMED,
    {
        PROVINCE: "已接收",
        CITY: "已接收",
        EAST: "已接收",
        WEST: "退回待改",
        OTHER_CITY: "未报",
        SOUTH: "零报告",
        REEDS: "未报",
        SANDS: "已接收",
        NORTH: "待确认",
    },
    "应报9个单位，已报5个（其中零报告1个），未报2个，退回待改1个，待确认1个。",
    "未报2个、退回待改1个、待确认1个",
    frozenset(),
    {CITY: "已报2/3", OTHER_CITY: "已报2/5", SOUTH: "已报2/3"},
)
SECOND_TIME = Expected(
    SECOND,
    SECOND_NAMED,
    {
        PROVINCE: "已接收（迟报）",
        CITY: "未报",
        EAST: "已接收（另有退回待改）",
        WEST: "退回待改",
        OTHER_CITY: "退回待改",
        SOUTH: "零报告",
        REEDS: "未报",
        SANDS: "退回待改",
        NORTH: "待确认",
    },
    "应报9个单位，已报3个（其中零报告1个、迟报1个），未报2个，退回待改3个，待确认1个。",
    "未报2个、退回待改3个、待确认1个",
    frozenset({CITY, SANDS}),
    {CITY: "已报1/3", OTHER_CITY: "已报1/5", SOUTH: "已报1/3"},
)


def wrong() -> Rows:
    """A workbook that is returned: nobody walks so far."""
    return {**sound(), "patrols": patrols(40_000, means="步行")}


def again(*, frozen: str = "否", means: str = "乘船", metres: int = 500) -> Rows:
    """A workbook of the second period."""
    walks = [] if frozen == "是" else patrols(metres, means=means, month=SECOND_MONTH)
    return {"head": head(day=SIGNED_AGAIN, frozen=frozen), "patrols": walks}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> ReportedDesk:
    """Two periods with units in every state; three of the nine are in the second time.

    What was held and is rejected is returned. What was refused tells no period, and is 未报 there.
    """
    desk = ReportedDesk.begun(tmp_path_factory.mktemp("states") / "work")
    _add_annex(desk.workspace.templates / "report" / "情况报告.docx")
    for unit_id in (PROVINCE, CITY, EAST, SANDS):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.drop(WEST, desk.fill(WEST, wrong()))
    desk.drop(SOUTH, desk.fill(SOUTH, {"head": head(frozen="是")}))
    desk.drop(NORTH, desk.fill(EAST, name="东岸.xlsx"))
    desk.drop(OTHER_CITY, b"no workbook at all", "报表.xlsx")
    desk.run(TOWNSHIPS_DAY)
    desk.issue(SECOND, IN_TIME_AGAIN)
    desk.drop(EAST, desk.fill(EAST, again(), period=SECOND))
    desk.drop(SOUTH, desk.fill(SOUTH, again(frozen="是"), period=SECOND))
    for unit_id in (WEST, SANDS):
        rows = again(means="步行", metres=40_000)
        desk.drop(unit_id, desk.fill(unit_id, rows, period=SECOND))
    for unit_id in (NORTH, OTHER_CITY):
        desk.drop(unit_id, desk.fill(EAST, again(metres=7), period=SECOND, name=f"{unit_id}.xlsx"))
    desk.run(IN_TIME_AGAIN)
    (held,) = [one.receipt for one in desk.submissions(OTHER_CITY) if one.outcome == "held"]
    desk.ask(lambda context: decide(context, held, "reject", "放错了"), IN_TIME_AGAIN)
    later = again(means="步行", metres=40_000)
    desk.drop(EAST, desk.fill(EAST, later, period=SECOND, name="再报.xlsx"))
    desk.drop(PROVINCE, desk.fill(PROVINCE, again(), period=SECOND))
    desk.run(LATE_AGAIN)
    return desk


def _add_annex(template: Path) -> None:
    """Add the second annex, and a sentence of those who are not in, to the campaign's template."""
    document = Document(str(template))
    document.add_paragraph("尚未完成报送：{{ 未报单位情况 }}。")
    rows = (
        ("{%tr for 行 in 上报情况 %}",),
        ("{{ 行.单位 }}", "{{ 行.状态 }}", "{{ 行.备注 }}"),
        ("{%tr endfor %}",),
    )
    printed = document.add_table(rows=3, cols=3)
    for row, cells in zip(printed.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words
    document.save(str(template))


both = pytest.mark.parametrize("told", [FIRST_TIME, SECOND_TIME], ids=["first", "second"])
readers = pytest.mark.parametrize("reader", [PROVINCE, CITY, OTHER_CITY, SOUTH])


def below(reader: str) -> list[str]:
    """Who has to report to `reader`, itself included."""
    return [unit.unit_id for unit in TREE.subtree(reader)]


def columns(told: Expected, reader: str) -> dict[str, str]:
    """What a table by unit calls each line or column of `reader`, and the word for it."""
    found = {NAMES[reader]: told.annex(reader)}
    for child in TREE.children(reader):
        found[child.name] = told.groups.get(child.unit_id) or told.annex(child.unit_id)
    return found


@both
def test_the_report_counts_and_names_states(desk: ReportedDesk, told: Expected) -> None:
    """The text counts 应报 and 已报 as the board does, and those who are not in by their states."""
    document = Document(str(desk.answer(PROVINCE, "情况报告", told.period)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    due, in_ = re.findall(r"\d+", told.count)[:2]
    assert f"本期应报单位{due}个，已报{in_}个。" in text
    assert f"尚未完成报送：{told.out}。" in text
    out = [NAMES[one] for one, word in told.words.items() if not word.startswith(("已", "零"))]
    assert f"未报的{len(out)}个：{'、'.join(out)}。" in text


@both
@readers
def test_both_annexes_say_the_words(desk: ReportedDesk, told: Expected, reader: str) -> None:
    """Annex 1 says each unit's state, or how many of a group are in; annex 2 every unit's."""
    document = Document(str(desk.answer(reader, "情况报告", told.period)))
    first, second = [
        [[cell.text.replace("\n", "") for cell in row.cells] for row in printed.rows]
        for printed in document.tables
    ]
    assert {name: word for name, word, *_ in first[1:-1]} == columns(told, reader)
    never = [row[2:] for row in first if row[1] in {"退回待改", "待确认", "拒收", "未报"}]
    assert all(set(figures) == {""} for figures in never), "no figures without a report"
    assert {row[0]: row[1] for row in second} == {
        NAMES[unit_id]: told.words[unit_id].partition("（")[0] for unit_id in below(reader)
    }
    remarks = {row[0]: row[2] for row in second}
    for unit_id in below(reader):
        remark = remarks[NAMES[unit_id]]
        assert ("沿用" in remark) == (unit_id in told.carried)
        assert ("迟报" in remark) == ("迟报" in told.words[unit_id])
        assert ("另有退回待改" in remark) == ("另有" in told.words[unit_id])


@both
@readers
def test_the_consolidated_workbook_says_the_words(
    desk: ReportedDesk, told: Expected, reader: str
) -> None:
    """Its list of units, the headings of both matrices and the charts over them."""
    book = desk.answer(reader, "汇总表", told.period)
    rows = {row["单位代码"]: row for row in table(book, "上报情况", "单位代码")}
    assert {unit_id: row["上报情况"] for unit_id, row in rows.items()} == {
        unit_id: told.words[unit_id] for unit_id in below(reader)
    }
    assert {row["单位"] for row in rows.values()} == {NAMES[one] for one in below(reader)}
    assert {one for one in rows if rows[one]["沿用"]} == told.carried & {*below(reader)}
    drawn = {}
    for suffix, carried in (("本期", ""), ("累计", "沿用")):
        lines = table(book, f"巡河汇总（{suffix}）", "代码")
        wanted = []
        for name, word in columns(told, reader).items():
            state, stands = word.removesuffix("（沿用）"), word.endswith("（沿用）")
            mark = carried if stands and carried else state
            wanted.append(name if mark == "已接收" else f"{name}（{mark}）")
        assert [*lines[0]][4:] == wanted
        drawn[suffix] = wanted
        for heading in wanted:
            if not stands_there(heading):
                assert {line[heading] for line in lines} == {None}, heading
    with zipfile.ZipFile(book) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "/chart" in name]
    assert re.findall(r"<c:cat>.*?</c:cat>", charts[0], re.DOTALL)
    assert [heading for heading in drawn["本期"] if f"<c:v>{heading}</c:v>" not in charts[0]] == []


def stands_there(heading: str) -> bool:
    """Whether a column bears any figure: of a unit that is in, whose book stands, or of a group."""
    out = ("（未报）", "（退回待改）", "（待确认）", "（拒收）")
    return not heading.endswith(out)


@both
def test_the_reports_picture_says_the_words(desk: ReportedDesk, told: Expected) -> None:
    """Below each bar stands the unit, and how it stands where not all of it is in."""
    letter = Letter(issuer="", addressee="")

    def asked(unit_id: str) -> dict[str, str]:
        def ask(context: object) -> dict[str, str]:
            form = context.form("patrol")  # type: ignore[attr-defined] # an open context
            books = books_of(context, form, Period.parse(told.period))  # type: ignore[arg-type]
            data = report_data(context.campaign, books, TREE[unit_id], letter)  # type: ignore[attr-defined]
            (picture,) = data.pictures
            return dict(zip(picture.categories, picture.remarks, strict=True))

        return desk.ask(ask, LATE_AGAIN)

    for reader in (PROVINCE, CITY):
        words = columns(told, reader)
        plain = {name: word.removesuffix("（沿用）") for name, word in words.items()}
        assert asked(reader) == {
            name: "" if word == "已接收" else word for name, word in plain.items()
        }


@both
def test_the_board_says_the_words(desk: ReportedDesk, told: Expected) -> None:
    """As workbook and as page: each unit's word, the sentence that counts, the counts a period."""
    board = desk.out(PROVINCE) / "上报情况_清河省.xlsx"
    rows = {row["单位代码"]: row for row in table(board, "上报情况", "单位代码")}
    assert {one: row[told.named] for one, row in rows.items()} == {
        unit_id: told.by_the_clock(unit_id) for unit_id in told.words
    }
    assert {one: row["单位"] for one, row in rows.items()} == NAMES
    (counted,) = [row for row in table(board, "分期统计", "报告期") if row["报告期"] == told.named]
    for word, number in re.findall(
        r"(应报|已报|零报告|迟报|未报|退回待改|待确认|拒收)(\d+)", told.count
    ):
        heading = f"其中{word}" if word in {"零报告", "迟报"} else word
        assert counted[heading] == int(number), word
    page = html.unescape((desk.out(PROVINCE) / "上报情况_清河省.html").read_text("utf-8"))
    assert told.count in page
    for unit_id in told.words:
        word = told.by_the_clock(unit_id)
        (line,) = re.findall(rf'<tr [^>]*data-u="{unit_id}".*?</tr>', page, re.DOTALL)
        assert re.search(rf">{word}\s*<", line), (unit_id, word)
        assert NAMES[unit_id] in line


@both
def test_status_says_the_words(
    desk: ReportedDesk, told: Expected, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the screen the same words and count; for programs the same values as ever."""
    monkeypatch.setattr(SCREEN, "width", 160)
    at = ("--at", f"{LATE_AGAIN:%Y-%m-%dT%H:%M}")
    said = cli("-C", desk.root, *at, "status", "--period", told.period).out
    assert told.count in said
    for unit_id, word in told.words.items():
        listed = [line for line in said.splitlines() if line.split()[:1] == [unit_id]]
        assert bool(listed) == (word != "已接收"), unit_id
        assert all(
            line.split()[1:3] == [NAMES[unit_id], told.by_the_clock(unit_id)] for line in listed
        )
    given = json.loads(cli("-C", desk.root, *at, "status", "--period", told.period, "--json").out)
    values = {
        "已接收": "accepted",
        "零报告": "nil",
        "未报": "missing",
        "退回待改": "returned",
        "待确认": "held",
        "拒收": "refused",
    }
    for unit in given["units"]:
        word = told.words[unit["unit_id"]]
        assert unit["state"] == values[word.partition("（")[0]]
        assert unit["late"] or "迟报" not in word
        assert unit["carried"] == (unit["unit_id"] in told.carried)


def test_the_mail_to_superiors_says_the_words(desk: ReportedDesk) -> None:
    """Who is reminded of whom reads the same count and the same words."""
    desk.ask(lambda context: remind(context, Period.parse(SECOND)), LATE_AGAIN)

    def lists(context: object) -> list[str]:
        mails = context.store.mails.find_mails()  # type: ignore[attr-defined] # an open context
        return [mail.text for mail in mails if mail.message_id.startswith("<rollcall.99.")]

    (text,) = desk.ask(lists, LATE_AGAIN)
    assert SECOND_TIME.count.replace("个单位", "个单位（含清河省本级）", 1) in text
    assert "上游市：上游市本级、西岸县（退回待改）" in text
    assert "下游市本级（退回待改）" in text
