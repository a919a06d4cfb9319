"""What the package brings along: default templates and lists of units.

This module decides where package data lies. It refuses to write anything.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sheetflow.errors import WorkspaceError

DEFAULT_LIST = "shandong-2012"


def default_templates() -> Traversable:
    """Give the folder of default templates.

    In a wheel they stand in the package; in a checkout, editable or not, the one copy is
    the repository's ``templates/``, beside the package. Raise WorkspaceError when the
    installation has neither.
    """
    packaged = files("sheetflow") / "defaults" / "templates"
    if packaged.is_dir():
        return packaged
    beside = Path(__file__).resolve().parents[2] / "templates"
    if beside.is_dir():
        return beside
    raise WorkspaceError("安装不完整：找不到默认模板。请重新安装 sheetflow。")


def default_units(name: str = DEFAULT_LIST) -> Traversable:
    """Give the packaged list of units called `name`, a CSV file; see `unit_lists`."""
    listed = files("sheetflow") / "defaults" / "units" / f"units-{name}.csv"
    if not listed.is_file():
        known = "、".join(unit_lists())
        raise WorkspaceError(f"没有名为“{name}”的内置单位名单。可用的有：{known}。")
    return listed


def picture_font() -> Path:
    """Give the font file for the report's pictures: a subset with Chinese, under the OFL."""
    font = Path(str(files("sheetflow") / "defaults" / "fonts" / "SheetflowSansSC.otf"))
    if not font.is_file():
        raise WorkspaceError("安装不完整：找不到图片用的字体。请重新安装 sheetflow。")
    return font


def unit_lists() -> tuple[str, ...]:
    """Name the packaged lists of units."""
    found = (files("sheetflow") / "defaults" / "units").iterdir()
    return tuple(
        sorted(
            entry.name.removeprefix("units-").removesuffix(".csv")
            for entry in found
            if entry.name.endswith(".csv")
        )
    )
