"""One county's workbook on its way from the inbox to the province's report: who takes part.

    python tools/trace_one_file.py              the rooms on the way, and the counts
    python tools/trace_one_file.py --modules    each module, where it first comes in
    python tools/trace_one_file.py --functions  each function, in the order of first calls

One `run` of the real campaign with a province, a city and a county that hands in a small
workbook; what children do is done in this process. Calls while modules are imported, class
bodies, lambdas and comprehensions do not count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import inspect
import shutil
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # a checkout that is not installed

from sheetflow.children.limits import Task
from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import create_workspace
from sheetflow.context import Context, open_context
from sheetflow.context.paths import rollup_paths, workbook_path
from sheetflow.demo.staging import Part, Script, stage
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.service.one_pass import run_pass
from sheetflow.store.records import PublicationKind
from sheetflow.units import Unit, UnitTree
from sheetflow.upkeep.remind import issue_workbooks

_PACKAGE = ROOT / "sheetflow"
_PERIOD = Period.parse("2012B1")
_ISSUED_AT = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
_DROPPED_AT = dt.datetime(2012, 3, 5, 10, tzinfo=OFFICE_ZONE)
_PROVINCE, _CITY, _COUNTY = "370000", "370100", "370102"
_TREE = UnitTree.of(
    [
        Unit(unit_id=_PROVINCE, name="山东省", level="省"),
        Unit(unit_id=_CITY, name="济南市", level="市", parent=_PROVINCE),
        Unit(unit_id=_COUNTY, name="历下区", level="县", parent=_CITY),
    ]
)


@dataclass(frozen=True, slots=True)
class Step:
    """One function, called for the first time."""

    room: str
    module: str
    function: str


@dataclass
class Trace:
    """The functions of the package in the order of their first calls, of all threads."""

    steps: list[Step] = field(default_factory=list)
    _seen: set[CodeType] = field(default_factory=set)

    def watch(self, frame: FrameType, event: str, _argument: object) -> None:
        """Note a call; a profile function of the interpreter."""
        code = frame.f_code
        if event != "call" or code in self._seen:
            return
        self._seen.add(code)
        is_function = code.co_flags & inspect.CO_NEWLOCALS and not code.co_name.startswith("<")
        if not is_function or not code.co_filename.startswith(f"{_PACKAGE}/"):
            return
        if not _is_importing(frame):
            module = Path(code.co_filename).relative_to(_PACKAGE).with_suffix("")
            room = module.parts[0]
            self.steps.append(Step(room, ".".join(module.parts), code.co_qualname))
        else:
            self._seen.discard(code)

    @property
    def rooms(self) -> list[str]:
        """The rooms in the order in which the file enters them for the first time."""
        return list(dict.fromkeys(step.room for step in self.steps))

    @property
    def modules(self) -> list[str]:
        """The modules, in the order in which they first come in."""
        return list(dict.fromkeys(step.module for step in self.steps))

    @property
    def changes_of_room(self) -> int:
        """How often the next new function lies in another room than the one before."""
        return sum(a.room != b.room for a, b in zip(self.steps, self.steps[1:], strict=False))


def _is_importing(frame: FrameType) -> bool:
    """Whether a module is just being loaded: what it calls then is no step of a file's."""
    above: FrameType | None = frame
    while above is not None:
        if above.f_code.co_name == "<module>" and above.f_globals.get("__name__") != "__main__":
            return True
        above = above.f_back
    return False


class _InProcess:
    """Stands where the pool of children stands; a task is done at once, here."""

    size = 1

    def __init__(self, *_: object) -> None:
        pass

    def submit(self, task: Task, *arguments: object) -> Future[Any]:
        """Do a task; the future is done, well or badly."""
        future: Future[Any] = Future()
        try:
            future.set_result(task(*arguments))
        except Exception as error:  # noqa: BLE001 - the future carries it to who asked
            future.set_exception(error)
        return future

    def call(self, task: Task, *arguments: object) -> Any:  # noqa: ANN401 - the task's own
        """Do a task and give its value."""
        return self.submit(task, *arguments).result()

    def close(self, *, cancel: bool = False) -> None:
        """Nothing has to end."""


def trace() -> Trace:
    """Play the pass and give what was called; raise RuntimeError where no report came of it."""
    traced = Trace()
    with tempfile.TemporaryDirectory(prefix="sheetflow-trace-") as folder:
        root = Path(folder, "workspace")
        settings = default_settings_text().replace("quiet_seconds = 10", "quiet_seconds = 1")
        workspace = create_workspace(root, _TREE, settings)
        with open_context(root, _ISSUED_AT) as context:
            path = _filled(context, Path(folder, "filled"))
        shutil.copy(path, workspace.inbox_of(_TREE[_COUNTY]))
        with (
            mock.patch("sheetflow.children.Pool", _InProcess),
            open_context(root, _DROPPED_AT) as context,
        ):
            sys.setprofile(traced.watch)
            threading.setprofile(traced.watch)
            try:
                report = run_pass(context)
            finally:
                sys.setprofile(None)
                threading.setprofile(None)
            if report.outcomes != {"accepted": 1}:
                raise RuntimeError(f"the workbook was not accepted: {report}")
            wanted = (PublicationKind.REPORT, _TREE[_PROVINCE], _PERIOD)
            if not rollup_paths(context, *wanted)[0].is_file():
                raise RuntimeError(f"no report came of it: {report}")
    return traced


def _filled(context: Context, folder: Path) -> Path:
    """Issue the county's workbook and fill it in."""
    form = context.campaign.main_form
    issue_workbooks(context, form, _PERIOD)
    issued = {unit.unit_id: workbook_path(context, form, unit, _PERIOD) for unit in _TREE}
    parts = dict.fromkeys(issued, Part.MISSING) | {_COUNTY: Part.CLEAN}
    (drop,) = stage(
        Script(
            campaign=context.campaign,
            tree=_TREE,
            period=_PERIOD,
            parts=parts,
            rows=10,
            seed=2012,
            issued=issued,
            before={},
            filled_on={},
            folder=folder,
            soffice="",
        )
    )
    return drop.path


def main() -> None:
    """Print what the words ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--modules", action="store_true")
    parser.add_argument("--functions", action="store_true")
    words = parser.parse_args()
    traced = trace()
    if words.functions:
        for step in traced.steps:
            print(f"{step.module}: {step.function}")
    for module in traced.modules if words.modules else ():
        print(module, sum(step.module == module for step in traced.steps))
    for number, room in enumerate(traced.rooms, start=1):
        inside = [step for step in traced.steps if step.room == room]
        modules = {step.module for step in inside}
        print(f"{number:2d} {room:16s} {len(inside):4d} functions in {len(modules):3d} modules")
    print(
        f"{len(traced.steps)} functions in {len(traced.modules)} modules of "
        f"{len(traced.rooms)} rooms; the room changes {traced.changes_of_room} times"
    )


if __name__ == "__main__":
    main()
