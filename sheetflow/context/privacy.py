"""The office's own rules of who sees what, held against the campaign before anything is made.

A name that is misspelt in the settings would otherwise leave a column as the campaign
declares it, and nobody would notice.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from sheetflow.config.setting_values import Sight
from sheetflow.config.settings import Privacy
from sheetflow.errors import SettingsError
from sheetflow.masks import way_to_mask
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import Column
from sheetflow.units import LevelSpec

_MASKED = "masked"
_MOST_LISTED = 12


def keyed_privacy(privacy: Privacy, campaign: Campaign) -> Privacy:
    """Give `privacy` with keys for the names that stand on the workbook (``名册.姓名``).

    Raise SettingsError as `check_privacy` does, and where a column is named twice.
    """
    named: dict[str, list[str]] = {}
    for form in campaign.forms:
        for sheet in form.sheets:
            for column in sheet.columns:
                key = f"{sheet.key}.{column.key}"
                named.setdefault(_plain(f"{sheet.title}.{column.label}"), []).append(key)
    levels = {spec.key: _keyed(privacy, spec, named) for spec in _masked_for(campaign)}
    keyed = privacy.model_copy(update=levels)
    check_privacy(keyed, campaign)
    return keyed


def _masked_for(campaign: Campaign) -> Sequence[LevelSpec]:
    """The levels that see other units' rows."""
    return [spec for spec in campaign.levels if spec != campaign.levels.lowest]


def _keyed(privacy: Privacy, level: LevelSpec, named: dict[str, list[str]]) -> dict[str, Sight]:
    keyed: dict[str, Sight] = {}
    for name, sight in privacy.overrides(level.name).items():
        for key in dict.fromkeys(named.get(_plain(name), [name])):
            if key in keyed:
                raise SettingsError(
                    f"sheetflow.toml 的 [privacy.{level.key}] 里的 {name}："
                    "这一栏写了两次。请只留一行。"
                )
            keyed[key] = sight
    return keyed


def _plain(name: str) -> str:
    """Reduce a name to what counts: no 《》, no spaces."""
    return re.sub(r"[《》\s]", "", name)


def check_privacy(privacy: Privacy, campaign: Campaign) -> None:
    """Raise SettingsError naming every override that means no column, or a mask that is none."""
    columns = {
        f"{sheet.key}.{column.key}": column
        for form in campaign.forms
        for sheet in form.sheets
        for column in sheet.columns
    }
    faults = [
        fault for level in _masked_for(campaign) for fault in _faults(privacy, level, columns)
    ]
    if faults:
        raise SettingsError("\n".join(faults))


def _faults(privacy: Privacy, level: LevelSpec, columns: dict[str, Column]) -> Iterator[str]:
    personal = [name for name, column in columns.items() if column.personal]
    for name, sight in privacy.overrides(level.name).items():
        where = f"sheetflow.toml 的 [privacy.{level.key}] 里的 {name}"
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
