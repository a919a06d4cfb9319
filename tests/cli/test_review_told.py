"""What the commands say of a 审核单: `check` what it is, `run` that one came; and of a calendar that names nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sheetflow.upkeep.doctor import examine
from tests.cli.conftest import Cli
from tests.tiny.desk import AT, CITY, EAST, IN_TIME, Desk, settings_text
from tests.tiny.officer import Officer


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Give an officer of a city of which one county has reported."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return Officer(desk, CITY)


def test_check_says_what_it_is_and_where_it_goes(cli: Cli, city: Officer) -> None:
    """A 审核单 is no faulty workbook: one sentence says whose it is, and which folder it is dropped into."""
    sheet = city.signs().says(EAST, "同意").filled()
    told = cli("-C", city.desk.root, *AT, "check", sheet)
    said = told.out.replace("\n", "")
    assert told.code == 0
    assert "这是上游市的《河道巡查表》审核单" in said
    assert f"放进上游市自己的报送文件夹“{CITY}-上游市”" in said
    assert "审核结果" not in said
    assert json.loads(cli("-C", city.desk.root, *AT, "check", sheet, "--json").out)["review"]


def test_run_counts_it(cli: Cli, city: Officer) -> None:
    """The line of what a pass did names a 审核单 that came."""
    city.signs().says(EAST, "同意").drops()
    assert "审核单1份" in cli("-C", city.desk.root, *AT, "run").out
    assert "审核单" not in cli("-C", city.desk.root, *AT, "run").out


def test_doctor_names_what_the_calendar_does_not_know(city: Officer) -> None:
    """An entry that names no period, form or level of the campaign has no effect, and is named with the remedy."""
    names = ("2012Q1 县", "2012B1", "2012Q1 村")
    table = "\n".join(["[calendar.deadlines]", *(f'"{name}" = "2012-04-05"' for name in names)])
    text = settings_text().replace("[calendar.deadlines]", table)
    (city.desk.root / "sheetflow.toml").write_text(text, encoding="utf-8")
    (line,) = [each for each in examine(city.desk.root, IN_TIME) if "[calendar]" in each.found]
    assert "2012B1" in line.found
    assert "2012Q1 村" in line.found
    assert "2012Q1 县" not in line.found
    assert "级别" in line.remedy
