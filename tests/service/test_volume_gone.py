"""The volume with the workspace goes away while the service runs: it waits, and begins nothing anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from sheetflow.context import Context
from sheetflow.service.watch import _Rounds
from tests.tiny.desk import Desk


def test_nothing_is_made_where_the_volume_lay(desk: Desk) -> None:
    """In the empty folder that is left neither key nor folders nor papers come about; then work goes on."""
    postman = cast("Any", SimpleNamespace(troubles=(), call=lambda: None))

    def serve(context: Context) -> None:
        rounds = _Rounds(context, lambda _: None, postman)
        away = desk.root.with_name("away")
        desk.root.rename(away)
        desk.root.mkdir()
        rounds.go()
        assert "打开工作文件夹" in "".join(rounds.troubles)
        assert not [path for path in desk.root.rglob("*") if path.name != "sheetflow.log"]
        desk.root.rmdir()
        away.rename(desk.root)
        rounds.go()
        assert rounds.troubles == ()

    desk.ask(serve)
