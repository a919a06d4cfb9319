"""The office's own rules of who sees what, held against the campaign before anything is made.

A name that is misspelt in the settings would otherwise leave a column as the campaign
declares it, and nobody would notice.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from sheetflow.config.setting_values import Sight
from sheetflow.config.settings import Privacy
from sheetflow.errors import SettingsError
from sheetflow.masks import way_to_mask
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column

_MASKED = "masked"
_MOST_LISTED = 12


def keyed_privacy(privacy: Privacy, campaign: Campaign) -> Privacy:
    """Give `privacy` with keys for the names that stand on the workbook (``名册.姓名``).

    Raise SettingsError naming every override that means no column, or a mask that is none, and
    where a column is named twice.
    """
    columns: dict[str, Column] = {}
    named: dict[str, list[str]] = {}
    for sheet in (sheet for form in campaign.forms for sheet in form.sheets):
        for column in sheet.columns:
            key = f"{sheet.key}.{column.key}"
            columns[key] = column
            named.setdefault(_plain(f"{sheet.title}.{column.label}"), []).append(key)
    levels: dict[str, dict[str, Sight]] = {}
    faults: list[str] = []
    for level in campaign.levels:
        if level == campaign.levels.lowest:  # it sees no other units' rows
            continue
        place = f"sheetflow.toml 的 [privacy.{level.key}] 里的"
        keyed = levels[level.key] = {}
        for name, sight in privacy.overrides(level.name).items():
            for key in dict.fromkeys(named.get(_plain(name), [name])):
                if key in keyed:
                    raise SettingsError(f"{place} {name}：这一栏写了两次。请只留一行。")
                keyed[key] = sight
        faults += [f"{place} {fault}" for fault in _faults(keyed, columns)]
    if faults:
        raise SettingsError("\n".join(faults))
    return privacy.model_copy(update=levels)


def _plain(name: str) -> str:
    """Reduce a name to what counts: no 《》, no spaces."""
    return re.sub(r"[《》\s]", "", name)


def _faults(overrides: dict[str, Sight], columns: dict[str, Column]) -> Iterator[str]:
    for name, sight in overrides.items():
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1)
            meant = f"是不是想写 {near[0]}？" if near else ""
            personal = [key for key, column in columns.items() if column.personal]
            listed = "、".join(personal[:_MOST_LISTED])
            known = f"含个人信息的栏目有：{listed}。" if listed else ""
            yield f"{name}：本活动没有这一栏。{meant}{known}请改正。"
        elif sight == _MASKED and way_to_mask(columns[name]) is None:
            yield (
                f"{name}：“{columns[name].label}”没有遮盖的办法，不能填“{_MASKED}”。"
                "请改填“whole”（原样）或“left_out”（不上送）。"
            )
