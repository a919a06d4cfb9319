"""The office's own rules of who sees what: misspelt ones stop the service before it shows anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.config.settings import Privacy, settings_of
from sheetflow.context import open_context
from sheetflow.context.opening import keyed_privacy
from sheetflow.errors import SettingsError
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import CITY, EAST, PROVINCE, Desk, sound, words


def privacy(**levels: object) -> Privacy:
    """What the office says of who sees what."""
    made = settings_of(CAMPAIGN.levels)(privacy=levels)
    return made.privacy


def overridden(tmp_path: Path, level: str, line: str) -> Desk:
    """A workspace whose settings override one column for one level."""
    desk = Desk.make(tmp_path / "work")
    file = desk.workspace.settings_file
    text = file.read_text(encoding="utf-8")
    heading = f"[privacy.{level}]\n"
    assert heading in text
    file.write_text(text.replace(heading, f"{heading}{line}\n"), encoding="utf-8")
    return desk


def test_a_column_that_is_none_is_named(tmp_path: Path) -> None:
    """Whoever misspells a column reads which one, what was meant, and which there are."""
    desk = overridden(tmp_path, "city", '"outlets.keepers" = "whole"')
    with pytest.raises(SettingsError) as caught, open_context(desk.root):
        pass
    assert str(caught.value) == (
        "sheetflow.toml 的 [privacy.city] 里的 outlets.keepers：本活动没有这一栏。"
        "是不是想写 outlets.keeper？含个人信息的栏目有：outlets.keeper。请改正。"
    )


def test_a_mask_that_is_none_is_refused() -> None:
    """A column that nobody said how to mask can only be shown or left out."""
    with pytest.raises(SettingsError, match="“河道”没有遮盖的办法，不能填“masked”"):
        keyed_privacy(privacy(province={"outlets.river": "masked"}), CAMPAIGN)
    keyed_privacy(privacy(province={"outlets.river": "left_out"}), CAMPAIGN)
    keyed_privacy(privacy(province={"outlets.keeper": "masked"}), CAMPAIGN)


@pytest.mark.parametrize("name", ["{sheet}.{column}", "《{sheet}》. {column}", "outlets.keeper"])
def test_names_as_on_the_workbook(name: str) -> None:
    """The office may name a column as the workbook does, and need not know any key."""
    sheet = CAMPAIGN.main_form.by_key["outlets"]
    written = name.format(sheet=sheet.title, column=sheet.labels["keeper"])
    keyed = keyed_privacy(privacy(province={written: "left_out"}), CAMPAIGN)
    assert keyed.overrides("省") == {"outlets.keeper": "left_out"}


def test_a_column_named_twice_is_refused() -> None:
    """Two lines on one column, by key and by name, are told and not chosen from."""
    sheet = CAMPAIGN.main_form.by_key["outlets"]
    twice = {"outlets.keeper": "whole", f"{sheet.title}.{sheet.labels['keeper']}": "left_out"}
    with pytest.raises(SettingsError, match="写了两次"):
        keyed_privacy(privacy(city=twice), CAMPAIGN)


@pytest.mark.parametrize(
    ("level", "reader", "sight", "seen"),
    [
        ("city", CITY, "", "王*"),
        ("city", CITY, "whole", "王安澜"),
        ("city", CITY, "left_out", ""),
        ("province", PROVINCE, "", ""),
        ("province", PROVINCE, "masked", "王*"),
    ],
)
def test_an_override_holds_in_the_workbook(
    tmp_path: Path, level: str, reader: str, sight: str, seen: str
) -> None:
    """What the settings widen or narrow is what the level's workbook shows, and nothing more."""
    line = f'"outlets.keeper" = "{sight}"' if sight else ""
    desk = overridden(tmp_path, level, line)
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(5)))
    desk.run()
    shown = words(desk.answer(reader, "汇总表_"))
    assert ("河长姓名" in shown) == bool(seen)
    assert ("王安澜" in shown) == (seen == "王安澜")
    assert ("王*" in shown) == (seen == "王*")
