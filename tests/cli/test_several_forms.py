"""Commands where a campaign has several forms: all of them, or the one that is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.tiny.desk import (
    ALL,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    SECOND,
    TOO_LATE,
    sound,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import PROBE_FORM, PairDesk, samples

NEXT_PERIOD = f"{IN_TIME_AGAIN:%Y-%m-%d}T12:00"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> PairDesk:
    """East has handed in both forms, nobody else anything; counties alone fill the second."""
    desk = PairDesk.begun(tmp_path_factory.mktemp("several") / "work", "COUNTIES")
    desk.hand_in(EAST, PATROL_FORM, sound(500))
    desk.run(IN_TIME)
    desk.hand_in(EAST, PROBE_FORM, samples(250))
    desk.run(NEXT_DAY)
    return desk


@pytest.fixture
def desk(reported: PairDesk, tmp_path: Path) -> PairDesk:
    """A copy of it."""
    return PairDesk(Path(shutil.copytree(reported.root, tmp_path / "work")))


def test_status_shows_every_form(cli: Cli, desk: PairDesk) -> None:
    """A block for each form; in JSON each row says of which form and period it is."""
    at = ("--at", f"{TOO_LATE:%Y-%m-%dT%H:%M}", "-C", desk.root, "status")
    said = cli(*at).out
    assert (
        f"《河道巡查表》{FIRST_NAMED}：应报{len(ALL)}个单位，已报1个，未报{len(ALL) - 1}个。"
        in said
    )
    assert f"《水质抽检表》{FIRST_NAMED}：应报4个单位，已报1个，未报3个。" in said
    found = json.loads(cli(*at, "--json").out)
    assert found["period"] == FIRST
    rows = [(row["form"], row["unit_id"], row["receipt"]) for row in found["units"]]
    assert [form for form, _, _ in rows] == ["patrol"] * len(ALL) + ["probe"] * 4
    assert ("patrol", EAST, f"990101-{FIRST}-1") in rows
    assert ("probe", EAST, f"990101-{FIRST}-probe-1") in rows
    one = json.loads(cli(*at, "--json", "--form", "probe").out)
    assert {row["form"] for row in one["units"]} == {"probe"}
    assert json.loads(cli(*at, "--json", "--form", "水质抽检表").out) == one


def test_status_says_whose_figures_are_carried(cli: Cli, desk: PairDesk) -> None:
    """In the next period only East, of which something is accepted, is carried on."""
    at = ("--at", NEXT_PERIOD, "-C", desk.root, "status", "--period", SECOND, "--json")
    rows = json.loads(cli(*at).out)["units"]
    carried = {(row["form"], row["unit_id"]) for row in rows if row["carried"]}
    assert carried == {("patrol", EAST), ("probe", EAST)}
    assert {row["period"] for row in rows} == {SECOND}


def test_reminders_are_told_form_by_form(cli: Cli, desk: PairDesk) -> None:
    """All forms that ended last are reminded of; with --form that one alone."""
    at = ("--at", f"{TOO_LATE:%Y-%m-%dT%H:%M}", "-C", desk.root, "remind")
    one = cli(*at, "--form", "probe").out
    assert f"{FIRST_NAMED}《水质抽检表》：尚未完成报送的3个，这次催报3个。" in one
    assert f"{FIRST_NAMED}：" not in one
    both = cli(*at).out
    assert f"{FIRST_NAMED}：尚未完成报送的{len(ALL) - 1}个，这次催报{len(ALL) - 1}个。" in both
    assert f"{FIRST_NAMED}《水质抽检表》：尚未完成报送的3个，这次催报0个。" in both


def test_an_export_keeps_forms_apart(cli: Cli, desk: PairDesk, tmp_path: Path) -> None:
    """The main form's tables lie where they did, the other form's in a folder of its title."""
    to = tmp_path / "rows"
    cli("-C", desk.root, "export", "--period", FIRST, "--to", to)
    assert (to / f"patrol_{FIRST}.sqlite").is_file()
    assert (to / "水质抽检表" / f"probe_{FIRST}.sqlite").is_file()
    main, other = (
        path.read_text("utf-8-sig") for path in (to / "单位.csv", to / "水质抽检表/单位.csv")
    )
    assert (len(main.splitlines()), len(other.splitlines())) == (1 + len(ALL), 1 + 4)
    alone = tmp_path / "alone"
    cli("-C", desk.root, "export", "--period", FIRST, "--to", alone, "--form", "patrol")
    assert not (alone / "水质抽检表").exists()


def test_a_level_that_fills_no_such_form_is_told(cli: Cli, desk: PairDesk) -> None:
    """Nothing is issued to a city of a form that counties fill, and the sentence says so."""
    said = cli("-C", desk.root, "templates", "--period", FIRST, "--form", "probe", "--unit", "9901")
    assert said.code == 1
    assert "《水质抽检表》不由市级单位填报" in said.err
    wrong = cli("-C", desk.root, "status", "--form", "none")
    assert "--form 可以填：patrol（河道巡查表）、probe（水质抽检表）" in wrong.err
