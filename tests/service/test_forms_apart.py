"""Two forms for the same months: what a unit and those above get of each, apart."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetflow.errors import DeclarationError
from sheetflow.upkeep.purge import purge
from sheetflow.upkeep.recover import recover
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    PROVINCE,
    SIGNED,
    WEST,
    Rows,
    body,
    sound,
    table,
    words,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import PAIR, PROBE_FORM, PairDesk, samples

_PAGES = (f"报送进度_东岸县_{FIRST_NAMED}.html", f"报送进度_东岸县_{FIRST_NAMED}_水质抽检表.html")


@pytest.fixture
def desk(tmp_path: Path) -> PairDesk:
    """Both forms handed out, nothing dropped."""
    return PairDesk.begun(tmp_path / "work")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> PairDesk:
    """East has handed in both forms: each was returned once, and then accepted."""
    desk = PairDesk.begun(tmp_path_factory.mktemp("apart") / "work")
    wrong: Rows = {"slip": [{"written_on": SIGNED}], "samples": [{"place": "三号桥"}]}
    desk.hand_in(EAST, PATROL_FORM, {"outlets": [{"river": "清水河"}]})
    desk.hand_in(EAST, PROBE_FORM, wrong)
    desk.run(IN_TIME)
    desk.hand_in(EAST, PATROL_FORM, sound(500))
    desk.hand_in(EAST, PROBE_FORM, samples(250, 100))
    desk.run(NEXT_DAY)
    return desk


@pytest.fixture
def served(answered: PairDesk, tmp_path: Path) -> PairDesk:
    """A copy of it."""
    return PairDesk(Path(shutil.copytree(answered.root, tmp_path / "work")))


def test_receipts_of_two_forms_are_numbered_apart(served: PairDesk) -> None:
    """Each form has its own first and second receipt; only the other form's name it."""
    assert sorted((entry.receipt, entry.outcome) for entry in served.submissions(EAST)) == [
        (f"990101-{FIRST}-1", "returned"),
        (f"990101-{FIRST}-2", "accepted"),
        (f"990101-{FIRST}-probe-1", "returned"),
        (f"990101-{FIRST}-probe-2", "accepted"),
    ]


def test_answers_to_two_forms_lie_side_by_side(served: PairDesk) -> None:
    """Files of the main form are named as ever, those of the other one bear its title."""
    assert served.names(EAST) == [
        f"回执_990101-东岸县_{FIRST}_水质抽检表_第2号.xlsx",
        f"回执_990101-东岸县_{FIRST}_第2号.xlsx",
        f"填报_990101-东岸县_{FIRST}.xlsx",
        f"填报_990101-东岸县_{FIRST}_水质抽检表.xlsx",
        *_PAGES,
        f"退回_990101-东岸县_{FIRST}_水质抽检表_第1号.xlsx",
        f"退回_990101-东岸县_{FIRST}_第1号.xlsx",
    ]


def test_mails_say_which_form_they_are_about(served: PairDesk) -> None:
    """Four answers are four mails; the subject of the main form's is as ever."""
    mails = served.mails(EAST)
    assert sorted(str(mail["Subject"]) for mail in mails) == [
        f"【河道巡查】已接收：东岸县 {FIRST_NAMED}《水质抽检表》（第2号）",
        f"【河道巡查】已接收：东岸县 {FIRST_NAMED}（第2号）",
        f"【河道巡查】退回：东岸县 {FIRST_NAMED}《水质抽检表》（第1号）",
        f"【河道巡查】退回：东岸县 {FIRST_NAMED}（第1号）",
    ]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    for mail in mails:
        other = "《水质抽检表》" in str(mail["Subject"])
        assert (f"{FIRST_NAMED}《水质抽检表》" in body(mail)) == other
        attached = [part.get_filename() or "" for part in mail.iter_attachments()]
        assert [("水质抽检表" in name) for name in attached] == [other]


def test_those_above_get_each_form_by_itself(served: PairDesk) -> None:
    """Consolidated workbooks and boards stand beside each other and add up their own form."""
    listed = served.names(PROVINCE)
    assert {
        f"汇总表_清河省_{FIRST_NAMED}.xlsx",
        f"汇总表_清河省_{FIRST_NAMED}_水质抽检表.xlsx",
    } <= set(listed)
    boards = sorted(path.name for path in served.out(PROVINCE).glob("上报情况*"))
    assert boards == [
        "上报情况_清河省.html",
        "上报情况_清河省.xlsx",
        "上报情况_清河省_水质抽检表.html",
        "上报情况_清河省_水质抽检表.xlsx",
    ]
    own, other = (
        served.answer(PROVINCE, f"汇总表_清河省_{FIRST_NAMED}{ending}.xlsx")
        for ending in ("", "_水质抽检表")
    )
    assert [row["水样（毫升）"] for row in table(other, "抽检记录", "水样（毫升）")] == [250, 100]
    assert [row["巡河里程（米）"] for row in table(own, "巡河日志", "巡河里程（米）")] == [500]


def test_a_board_says_which_form_it_is_of(served: PairDesk) -> None:
    """Whoever opens a board reads the form's title, and links to files of that form alone."""
    for form in PAIR.forms:
        ending = "" if form is PATROL_FORM else f"_{form.title}"
        page = (served.out(PROVINCE) / f"上报情况_清河省{ending}.html").read_text()
        assert f"<h1>河道巡查　{form.title}上报情况</h1>" in page
        (other,) = (other for other in PAIR.forms if other is not form)
        assert other.title not in page
        assert f'{FIRST}/汇总表_清河省_{FIRST_NAMED}{ending}.xlsx"' in unquote(page)
        heading = words(served.out(PROVINCE) / f"上报情况_清河省{ending}.xlsx").partition("\n")[0]
        assert heading.startswith("上报情况一览表" if form is PATROL_FORM else f"《{form.title}》")


def test_a_workbook_that_waits_stands_on_the_board_of_its_form(desk: PairDesk) -> None:
    """A neighbour's workbook of the other form is told there, and not on the main form's board."""
    strange = desk.hand_in(WEST, PROBE_FORM, samples(250))
    desk.drop(EAST, strange, "错放.xlsx")
    strange.unlink()
    desk.hand_in(EAST, PATROL_FORM, sound(500))
    desk.hand_in(EAST, PROBE_FORM, samples(100))
    desk.run(IN_TIME)
    pages = {
        form.key: (desk.out(PROVINCE) / f"上报情况_清河省{ending}.html").read_text()
        for form, ending in ((PATROL_FORM, ""), (PROBE_FORM, "_水质抽检表"))
    }
    assert f"990101-{FIRST}-probe-1" in pages["probe"]
    assert "待确认" not in pages["patrol"].partition("<body")[2].partition("等待")[2]
    assert f"990101-{FIRST}-probe-1" not in pages["patrol"]


def test_prechecks_say_which_form_they_are_of(desk: PairDesk) -> None:
    """The answer to a precheck of the other form bears its title."""
    desk.hand_in(EAST, PATROL_FORM, sound(500), into="预审")
    desk.hand_in(EAST, PROBE_FORM, samples(100), into="预审")
    desk.run(IN_TIME)
    found = [name for name in desk.names(EAST) if name.startswith("预审")]
    assert sum("水质抽检表" in name for name in found) == 1
    assert len(found) == len(PAIR.forms)


def test_a_purge_takes_the_copies_of_the_form_that_it_means(served: PairDesk) -> None:
    """A book that the next one is filled from stays whole, with its workbook; the other form's goes."""
    served.ask(lambda context: purge(context, IN_TIME.date()), IN_TIME_AGAIN)
    assert served.names(EAST) == [
        f"回执_990101-东岸县_{FIRST}_水质抽检表_第2号.xlsx",
        f"回执_990101-东岸县_{FIRST}_第2号.xlsx",
        f"填报_990101-东岸县_{FIRST}.xlsx",
        *_PAGES,
    ]


def test_rendered_rows_are_foretold_for_both_forms(served: PairDesk) -> None:
    """Rows rendered while a file was judged are found under the receipt that it got."""
    before = sorted(path.name for path in served.workspace.pieces.iterdir())
    assert len(before) == len(PAIR.forms) * 2  # the eyes of the city and of the province


@pytest.mark.slow
def test_receipts_come_back_from_the_archive(served: PairDesk) -> None:
    """A database made again from the originals has the same receipts of both forms."""
    before = [(entry.receipt, entry.outcome) for entry in served.submissions()]
    names = served.names(EAST)
    served.workspace.database.unlink()
    recover(served.root, at=NEXT_DAY)
    served.run(NEXT_DAY)
    assert [(entry.receipt, entry.outcome) for entry in served.submissions()] == before
    assert served.names(EAST) == names


def test_forms_that_nobody_could_tell_apart_are_refused() -> None:
    """Two forms of one title or key, or one whose title no file can bear, are no campaign."""
    for other in (
        dataclasses.replace(PROBE_FORM, title=PATROL_FORM.title),
        dataclasses.replace(PROBE_FORM, key=PATROL_FORM.key),
        dataclasses.replace(PROBE_FORM, title="水质/抽检"),
        dataclasses.replace(PROBE_FORM, key="Probe-1"),
        dataclasses.replace(PROBE_FORM, title="长" * 41),
    ):
        with pytest.raises(DeclarationError):
            dataclasses.replace(PAIR, forms=(PATROL_FORM, other))


def test_a_city_is_told_apart_as_well(served: PairDesk) -> None:
    """The city between has both of everything."""
    kinds = [name.partition("_")[0] for name in served.names(CITY, FIRST)]
    assert kinds.count("汇总表") == kinds.count("填报") == len(PAIR.forms)
