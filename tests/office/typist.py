"""Types into workbooks with LibreOffice, as a clerk at her desk would.

It runs with the Python that knows ``uno`` (the system's, not ours), connects to an office
program that listens on this machine, and does what a plan on standard input says. Text
goes in through the program's own entry, so that ``2012-3-5`` becomes what the program and
its Chinese locale make of it. What was read goes to standard output as JSON.

A plan is a list of jobs: ``{"open": path, "do": [step, ...], "save": path, "filter": name}``.
Steps: ``["type", sheet, cell, text]``, ``["clear", sheet, cell]``,
``["drag", sheet, "A4:A9", rows]``, ``["copy", sheet, "A4:J4", cell]``,
``["see", sheet, "A4:I30"]``, ``["follow", sheet, cell]``.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

_PATIENCE = 60.0


class Desk:
    """The office program, and the document on the desk."""

    def __init__(self, port: int) -> None:
        self.uno: Any = importlib.import_module("uno")
        local = self.uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
        context = self._reach(resolver, address)
        manager = context.ServiceManager
        self.desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.hand = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
        self.document: Any = None

    def _reach(self, resolver: Any, address: str) -> Any:
        started = time.monotonic()
        while True:
            try:
                return resolver.resolve(address)
            except Exception:
                if time.monotonic() - started > _PATIENCE:
                    raise
                time.sleep(0.2)

    def prop(self, name: str, value: object) -> Any:
        """Make a named value."""
        found = self.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        found.Name, found.Value = name, value
        return found

    def work(self, job: dict[str, Any]) -> list[Any]:
        """Open, do every step, save under another name, close; give what was seen."""
        url = self.uno.systemPathToFileUrl(job["open"])
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, ())
        seen = [getattr(self, f"do_{name}")(*rest) for name, *rest in job["do"]]
        if "save" in job:
            target = self.uno.systemPathToFileUrl(job["save"])
            self.document.storeToURL(target, (self.prop("FilterName", job["filter"]),))
        self.document.close(True)  # noqa: FBT003 - uno takes it by position
        return [entry for entry in seen if entry is not None]

    def page(self, sheet: str) -> Any:
        """One sheet."""
        return self.document.Sheets.getByName(sheet)

    def dispatch(self, command: str, **values: object) -> None:
        """Give the program a command of its menus."""
        frame = self.document.CurrentController.Frame
        listed = tuple(self.prop(name, value) for name, value in values.items())
        self.hand.executeDispatch(frame, f".uno:{command}", "", 0, listed)

    def do_type(self, sheet: str, cell: str, text: str) -> None:
        """Go to a cell and type."""
        self.document.CurrentController.setActiveSheet(self.page(sheet))
        self.dispatch("GoToCell", ToPoint=cell)
        self.dispatch("EnterString", StringName=text)

    def do_clear(self, sheet: str, cell: str) -> None:
        """Go to a cell and press the delete key."""
        self.document.CurrentController.setActiveSheet(self.page(sheet))
        self.dispatch("GoToCell", ToPoint=cell)
        self.dispatch("ClearContents")

    def do_drag(self, sheet: str, area: str, rows: int) -> None:
        """Drag the small square of the first `rows` cells down over `area`."""
        direction = self.uno.Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM")
        self.page(sheet).getCellRangeByName(area).fillAuto(direction, rows)

    def do_copy(self, sheet: str, area: str, cell: str) -> None:
        """Copy cells to another place of the sheet."""
        page = self.page(sheet)
        target = page.getCellRangeByName(cell).CellAddress
        page.copyRange(target, page.getCellRangeByName(area).RangeAddress)

    def do_see(self, sheet: str, area: str) -> list[list[str]]:
        """Read cells as they show on the screen."""
        found = self.page(sheet).getCellRangeByName(area)
        return [
            [found.getCellByPosition(column, row).String for column in range(found.Columns.Count)]
            for row in range(found.Rows.Count)
        ]

    def do_follow(self, sheet: str, cell: str) -> str:
        """Say where the link in a cell leads."""
        fields = self.page(sheet).getCellRangeByName(cell).TextFields
        return str(fields.getByIndex(0).URL) if fields.Count else ""


def main() -> None:
    """Work through the plan on standard input."""
    desk = Desk(int(sys.argv[1]))
    plan = json.load(sys.stdin)
    json.dump([desk.work(job) for job in plan], sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
