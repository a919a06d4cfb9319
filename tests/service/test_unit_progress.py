"""报送进度, the page of one unit and period: what stands, what to do, and what is no longer valid."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetflow.consolidation.states import State
from sheetflow.context.templates import PROGRESS
from sheetflow.store.records import PublicationKind
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    PROVINCE,
    SOUTH,
    TREE,
    WEST,
    Desk,
    head,
    patrols,
    sound,
    table,
)

OFFICE, PHONE = "省河长办公室", "0531-12345678"
AN_HOUR = dt.timedelta(hours=1)
WRONG = {**sound(500), "patrols": [{**patrols(500)[0], "means": "飞"}]}


def page(desk: Desk, unit_id: str, period: str = FIRST) -> str:
    """The page that a unit finds in its folder of the period."""
    return desk.answer(unit_id, "报送进度_", period).read_text(encoding="utf-8")


def said(text: str) -> str:
    """What the box on top of a page says."""
    box = text.partition('<div class="now">')[2].partition("</div>")[0]
    return re.sub(r"<[^>]*>", " ", box)


def links(text: str) -> list[str]:
    """Where a page's links lead, from its own folder."""
    return [unquote(link) for link in re.findall(r'href="\./([^"]*)"', text)]


@dataclass
class Played:
    """One period, played from the first workbook to the day after the deadline."""

    desk: Desk
    issued: str = ""
    after: dict[str, dict[str, str]] = field(default_factory=dict)
    """Every page, by the moment after which it was read, and by unit."""
    changed: dict[str, set[str]] = field(default_factory=dict)
    """The paths of the files that the pass at that moment changed."""

    def passed(self, called: str, at: dt.datetime) -> None:
        """Do a pass, and keep what the pages say after it."""
        before = {path: content for path, (_, content) in self.desk.publications().items()}
        self.desk.run(at)
        after = {path: content for path, (_, content) in self.desk.publications().items()}
        self.changed[called] = {path for path in after if before.get(path) != after[path]}
        self.after[called] = {unit.unit_id: page(self.desk, unit.unit_id) for unit in TREE}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """East is returned and mends it, west is accepted and spoils it, north drops west's, south nothing."""
    desk = Desk.make(
        tmp_path_factory.mktemp("progress") / "work", office=f'"{OFFICE}"', phone=f'"{PHONE}"'
    )
    desk.issue()
    scene = Played(desk, issued=page(desk, SOUTH))
    desk.drop(EAST, desk.fill(EAST, WRONG))
    desk.drop(WEST, desk.fill(WEST))
    desk.drop(NORTH, desk.fill(WEST), name="西岸.xlsx")
    scene.passed("first", IN_TIME)
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, WRONG))
    desk.drop(CITY, desk.fill(CITY, {"head": head(frozen="是")}))
    scene.passed("second", IN_TIME + AN_HOUR)
    scene.passed("again", IN_TIME + 2 * AN_HOUR)
    scene.passed("next day", NEXT_DAY)
    scene.passed("next day again", NEXT_DAY + AN_HOUR)
    return scene


def test_every_unit_has_its_page_from_the_first_day(played: Played) -> None:
    """With the workbook comes the page: not reported yet, where the workbook is, until when, whom to ask."""
    assert State.MISSING.label in said(played.issued)
    assert links(played.issued) == [f"填报_{SOUTH}-南岸县_{FIRST}.xlsx"]
    assert "2012年4月5日" in played.issued
    assert OFFICE in played.issued
    assert PHONE in played.issued
    for unit_id in (PROVINCE, CITY):  # their own workbooks too
        assert State.MISSING.label in said(played.after["first"][unit_id])


def test_a_page_says_what_stands_and_what_to_do(played: Played) -> None:
    """Returned, held, accepted, accepted beside a returned one: each in a few words and one sentence."""
    first, second = played.after["first"], played.after["second"]
    assert f"{State.RETURNED.label}（第1号）" in said(first[EAST])
    assert "《问题清单》" in said(first[EAST])
    assert "必改1处" in first[EAST]
    assert f"{State.HELD.label}（第1号）" in said(first[NORTH])
    assert "已接收第2号" in said(second[EAST])
    assert "必改" not in second[EAST]
    west = said(second[WEST])
    assert "已接收第1号" in west
    assert f"另有第2号{State.RETURNED.label}" in west
    assert f"已接收第1号（{State.NIL.label}）" in said(second[CITY])


def test_a_page_leads_to_the_copy_to_mend(played: Played) -> None:
    """What was returned is mended in its copy: the page names that, and no blank workbook beside it."""
    text = played.after["first"][EAST]
    facts = text.partition('<table class="facts">')[2].partition("</table>")[0]
    assert links(facts) == [f"退回_{EAST}-东岸县_{FIRST}_第1号.xlsx"]
    mended = played.after["second"][EAST].partition('<table class="facts">')[2]
    assert links(mended)[0] == f"填报_{EAST}-东岸县_{FIRST}.xlsx"


def test_a_citys_page_is_about_its_own_level(played: Played) -> None:
    """Others below it report too: its page speaks of its 本级 alone, a county's of the county."""
    assert re.search(r"<h1>\S+本级　", played.after["first"][EAST]) is None
    assert re.search(r"<h1>\S+本级　", played.after["first"][CITY])


def test_a_page_names_the_superior_where_the_settings_name_nobody(tmp_path: Path) -> None:
    """Without a contact a county asks the office above it; the top unit is sent to nobody."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    above = desk.ask(lambda context: context.superior_of(TREE[SOUTH]))
    assert above
    assert f"<tr><th>有疑问请问</th><td>{above}</td></tr>" in page(desk, SOUTH)
    assert "有疑问请问" not in page(desk, PROVINCE)


def test_earlier_answers_are_listed_as_no_longer_valid(played: Played) -> None:
    """The returned copy that was mended stands below, greyed; every link leads to a file that is there."""
    text = played.after["second"][EAST]
    valid, _, void = text.partition('<table class="list void">')
    assert f"回执_{EAST}-东岸县_{FIRST}_第2号.xlsx" in links(valid)
    assert links(void) == [f"退回_{EAST}-东岸县_{FIRST}_第1号.xlsx"]
    for unit in TREE:
        folder = played.desk.out(unit.unit_id, FIRST)
        assert all(
            (folder / link).is_file() for link in links(played.after["second"][unit.unit_id])
        )


def test_the_same_state_gives_the_same_bytes(played: Played) -> None:
    """A pass at another hour, or on another day, changes no file of itself."""
    assert played.changed["again"] == set()
    assert played.changed["next day again"] == set()


def test_the_deadline_marks_who_is_not_in(played: Played) -> None:
    """The day after the counties' deadline their pages say 逾期, and no page of a unit that is in."""
    changed = {name for name in played.changed["next day"] if "/报送进度_" in name}
    units = {name.partition("-")[0] for name in changed}
    assert units == {SOUTH, NORTH}
    assert "逾期" in said(played.after["next day"][SOUTH])
    assert "逾期" not in said(played.after["next day"][EAST])
    assert "逾期" not in said(played.after["next day"][PROVINCE]), "its own deadline is later"


def test_where_nobody_reported_the_deadline_makes_a_board(tmp_path: Path) -> None:
    """A city that has yet to get anything reads after the deadline whom to ring; a pass more changes nothing."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.run(IN_TIME)
    board = desk.out(CITY) / "上报情况_上游市.xlsx"
    assert not board.exists()
    desk.run(NEXT_DAY)
    rows = {row["单位代码"]: row[FIRST_NAMED] for row in table(board, "上报情况", "单位代码")}
    assert rows == {CITY: "未报", EAST: "未报（逾期）", WEST: "未报（逾期）"}
    assert not list(desk.out(CITY).glob("*/汇总表_*"))
    before = board.read_bytes()
    desk.run(NEXT_DAY + AN_HOUR)
    assert board.read_bytes() == before


def test_its_name_comes_first_where_people_list_files(played: Played) -> None:
    """By pinyin, as Windows and Chinese desktops list a folder, the page stands before all others."""
    for unit_id in (EAST, CITY):
        names = played.desk.names(unit_id)
        assert min(names, key=lambda name: name.encode("gb18030")).startswith("报送进度_")
    kinds = (
        "填报_",
        "回执_",
        "退回_",
        "预审_",
        "汇总表_",
        "情况报告_",
        "数字核对表_",
        "待确认_",
        "拒收_",
    )
    assert all("报送进度_".encode("gb18030") < kind.encode("gb18030") for kind in kinds)


def _renamed(desk: Desk) -> None:
    """Ask somebody else."""
    path = desk.root / "sheetflow.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(PHONE, "0531-87654321"), encoding="utf-8")


def _edited(desk: Desk) -> None:
    """Put a word of the office's own on the page."""
    path = desk.workspace.templates.joinpath(*PROGRESS)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</h1>", "（0531-87654321）</h1>", 1), encoding="utf-8")


@pytest.mark.parametrize("change", [_renamed, _edited])
def test_what_a_page_shows_is_followed(change: Callable[[Desk], None], tmp_path: Path) -> None:
    """Another contact, or an edited template, is on every page after the next pass."""
    desk = Desk.make(tmp_path / "work", phone=f'"{PHONE}"')
    desk.issue()
    desk.run()
    change(desk)
    report = desk.run(IN_TIME + AN_HOUR)
    assert any(
        f"{PublicationKind.PROGRESS.label}{len(list(TREE))}份" in each for each in report.mended
    )
    assert all("0531-87654321" in page(desk, unit.unit_id) for unit in TREE)


def test_a_spoilt_template_is_named_and_the_default_one_serves(tmp_path: Path) -> None:
    """A name that is none is told by file; every unit has its page all the same."""
    desk = Desk.make(tmp_path / "work")
    path = desk.workspace.templates.joinpath(*PROGRESS)
    path.write_text("{{ page.nothing }}", encoding="utf-8")
    desk.issue()
    report = desk.run()
    assert any("报送进度.html" in sentence for sentence in report.templates)
    assert State.MISSING.label in said(page(desk, EAST))


def test_another_form_has_pages_of_its_own(tmp_path: Path) -> None:
    """A page of another form than the main one says so, in its name too."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.issue("2012", form="register")
    names = [path.name for path in desk.out(EAST).rglob("报送进度_*.html")]
    assert sorted(names) == sorted(
        [f"报送进度_东岸县_{FIRST_NAMED}.html", "报送进度_东岸县_2012年_河道名录.html"]
    )
