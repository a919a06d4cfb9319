"""Deadlines and sights by level: as the campaign names its levels, or by their keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.config.report_settings import Report, office_like
from sheetflow.config.settings import settings_of
from sheetflow.config.settings_file import default_settings_text, read_settings
from sheetflow.errors import SettingsError
from sheetflow.units import Levels
from tests.levels import FOUR, FOUR_NAME


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings of a campaign of 省 市 县 乡 are."""
    return tmp_path / "sheetflow.toml"


def written(file: Path, text: str) -> Path:
    """Write settings for the campaign."""
    file.write_text(f'campaign = "{FOUR_NAME}"\n{text}', encoding="utf-8")
    return file


def days(file: Path) -> list[int]:
    """The working days of each level, from the top."""
    settings = read_settings(file)
    return [settings.deadlines.working_days(name) for name in settings.levels.names]


def test_the_default_file_has_the_campaign_s_levels(file: Path) -> None:
    """A fresh file shows a deadline for each level and sights for all but the lowest."""
    text = default_settings_text(FOUR.levels)
    for line in (
        "township = 1",
        "county = 2",
        "province = 6",
        "# 乡级：报告期结束后第几个工作日截止。",
    ):
        assert f"\n{line}\n" in text
    headings = [line for line in text.splitlines() if line.startswith("[privacy")]
    assert headings == ["[privacy]", "[privacy.county]", "[privacy.city]", "[privacy.province]"]
    file.write_text(text.replace('"grassroots2012"', f'"{FOUR_NAME}"'), encoding="utf-8")
    assert days(file) == [6, 4, 2, 1]


@pytest.mark.parametrize(
    "line", ["township = 0", '"乡" = 0', "乡 = 0", '"乡级" = 0', "'乡镇' = 0", "  乡\t= 0  # 当天"]
)
def test_a_level_is_named_as_people_do(file: Path, line: str) -> None:
    """A deadline is read by the level's key, its name, or any word for it, quoted or not."""
    assert days(written(file, f"[deadlines]\n{line}\n县 = 3\n")) == [6, 4, 3, 0]


@pytest.mark.parametrize("heading", ["privacy.city", 'privacy."市"', "privacy.市", "privacy.市级"])
def test_sights_by_name(file: Path, heading: str) -> None:
    """So are the tables of what a level sees."""
    settings = read_settings(written(file, f'[{heading}]\n"outlets.keeper" = "whole"\n'))
    assert settings.privacy.overrides("市") == {"outlets.keeper": "whole"}
    assert settings.privacy.overrides("县") == settings.privacy.overrides("乡") == {}


@pytest.mark.parametrize("name", ["TOWNSHIP", "township", "乡"])
def test_the_environment_goes_first_under_any_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A variable for a level outweighs the file, whichever name either of them uses."""
    monkeypatch.setenv(f"SHEETFLOW_DEADLINES__{name}", "0")
    monkeypatch.setenv("SHEETFLOW_PRIVACY__市", '{"outlets.keeper": "left_out"}')
    settings = read_settings(written(file, "[deadlines]\n乡 = 2\n"))
    assert settings.deadlines.working_days("乡") == 0
    assert settings.privacy.overrides("市") == {"outlets.keeper": "left_out"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[deadlines]\n乡 = 3\n", "应为 township ≤ county ≤ city ≤ province"),
        ("[deadlines]\ncity = 9\n", "上级的截止日不能早于下级"),
        ("[deadlines]\nprovince = 3\n", "上级的截止日不能早于下级"),
        ("[deadlines]\n乡 = 1\ntownship = 1\n", "[deadlines] 里 township 这一级写了两次"),
        ("[deadlines]\n村 = 1\n", "[deadlines] 里没有 村 这一项设置"),
        ("[deadlines]\n乡 = -1\n", "[deadlines] 的 township 写成了“-1”"),
        ("[privacy.乡]\n", "[privacy] 里没有 township 这一项设置"),
        ("[privacy.县]\nx = 1\n", "[privacy] 的 county（“x”处）"),
        ("县 = 乡\n", "写法不对"),
    ],
)
def test_mistakes_are_told(file: Path, text: str, told: str) -> None:
    """A level that is none, one told twice, and deadlines against the order are said in a sentence."""
    with pytest.raises(SettingsError) as caught:
        read_settings(written(file, text))
    assert told in str(caught.value)


def test_each_set_of_levels_has_its_own_model() -> None:
    """What one campaign's settings take does not depend on another's having been read."""
    upper = Levels(FOUR.levels.rungs[:2])
    assert settings_of(upper) is settings_of(Levels(FOUR.levels.rungs[:2]))
    assert "township" not in type(settings_of(upper)().deadlines).model_fields
    assert "township" in type(settings_of(FOUR.levels)().deadlines).model_fields


@pytest.mark.parametrize(
    ("organiser", "named"),
    [
        ("清河省水务局", "上游市水务局"),
        ("某省安全生产委员会办公室", "上游市"),
        ("清河省妇女联合会", "上游市妇女联合会"),
        ("全国妇联组织部", ""),
    ],
)
def test_offices_below_are_called_as_the_organiser_is(organiser: str, named: str) -> None:
    """A form of the water office is not to be sent to a women's federation."""
    assert office_like(organiser, "清河省", "上游市") == named


def test_the_top_report_of_another_office_goes_to_no_federation() -> None:
    """The head of the top unit's report names the women's federation only where that is the office's own line."""
    report = Report()
    assert report.addressee_of(None, "清河省水务局") == "上级机关"
    assert report.addressee_of(None, "清河省妇女联合会") == report.top_addressee
    assert Report(top_addressee="水利部").addressee_of(None, "清河省水务局") == "水利部"
