"""The office's own rules of who sees what, held against the campaign before anything is made.

A name that is misspelt in the settings would otherwise leave a column as the campaign
declares it, and nobody would notice.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from sheetflow.config.settings import Privacy
from sheetflow.errors import SettingsError
from sheetflow.masks import way_to_mask
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column
from sheetflow.units import Level

_MASKED = "masked"
_MOST_LISTED = 12


def check_privacy(privacy: Privacy, campaign: Campaign) -> None:
    """Raise SettingsError naming every override that means no column, or a mask that is none."""
    columns = {
        f"{sheet.key}.{column.key}": column
        for form in campaign.forms
        for sheet in form.sheets
        for column in sheet.columns
    }
    faults = [
        fault
        for level in (Level.CITY, Level.PROVINCE)
        for fault in _faults(privacy, level, columns)
    ]
    if faults:
        raise SettingsError("\n".join(faults))


def _faults(privacy: Privacy, level: Level, columns: dict[str, Column]) -> Iterator[str]:
    personal = [name for name, column in columns.items() if column.personal]
    for name, sight in privacy.overrides(level).items():
        where = f"sheetflow.toml 的 [privacy.{level.value}] 里的 {name}"
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1)
            meant = f"是不是想写 {near[0]}？" if near else ""
            listed = "、".join(personal[:_MOST_LISTED])
            known = f"含个人信息的栏目有：{listed}。" if listed else ""
            yield f"{where}：本活动没有这一栏。{meant}{known}请改正。"
        elif sight == _MASKED and way_to_mask(columns[name]) is None:
            yield (
                f"{where}：“{columns[name].label}”没有遮盖的办法，不能填“{_MASKED}”。"
                "请改填“whole”（原样）或“left_out”（不上送）。"
            )
