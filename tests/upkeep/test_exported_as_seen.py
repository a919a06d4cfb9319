"""An export holds what its top unit may read: what waits for 验收 is no figure of it yet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.review import Verdict
from sheetflow.upkeep.export import export_rows
from tests.tiny.desk import EAST, FIRST, WEST, Desk, sound
from tests.tiny.superior import decide


def _walked(desk: Desk, folder: Path) -> list[object]:
    """Export, and give how far was walked of all, and in each row."""

    def export(context: Context) -> list[Path]:
        return export_rows(context, Period.parse(FIRST), folder, "省")

    (database,) = (path for path in desk.ask(export) if path.suffix == ".sqlite")
    with closing(sqlite3.connect(database)) as rows:
        whole = rows.execute("SELECT 本期 FROM 统计 WHERE 代码 = 'H6' AND 单位 = '合计'").fetchone()
        listed = [row[0] for row in rows.execute("SELECT 单位代码 FROM 巡河日志")]
    return [whole[0], *listed]


def test_what_waits_for_passing_is_not_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where passing is required, only what the city let pass leaves: figures and rows."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "required")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.drop(WEST, desk.fill(WEST, sound(30)))
    desk.run()
    decide(desk, f"{EAST}-{FIRST}-1", Verdict.AGREE)
    assert _walked(desk, tmp_path / "出") == [500, EAST]
