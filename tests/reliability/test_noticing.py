"""Promises 1 and 12: what has changed is in every file that shows it, wherever the service was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import needs_strace
from tests.reliability.broken import FORGETS_A_CHANGE, KNOWN_BEFORE_MEASURED, Broken
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, Picture, copy_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service, Trace
from tests.tiny.campaign import CAMPAIGN_NAME
from tests.tiny.measured import CAMPAIGN_NAME as COUNTED_OTHERWISE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(900),
    needs_strace,
]

_FIRST, _SPREAD = 10, 10
"""So many of the first calls are points, and so many of the others."""
_CALLS = "fdatasync,fsync,unlink,rename"


def change(root: Path) -> None:
    """Let the cities see names whole, count otherwise, and put a word on every board."""
    settings = root / "sheetflow.toml"
    text = settings.read_text(encoding="utf-8")
    seen = text.replace("[privacy.city]\n", '[privacy.city]\n"排口台账.河长姓名" = "whole"\n', 1)
    settings.write_text(seen.replace(f'"{CAMPAIGN_NAME}"', f'"{COUNTED_OTHERWISE}"'), "utf-8")
    page = root / "templates" / "board" / "上报情况.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", "</h1>每日更新", 1), "utf-8")


def figures(picture: Picture) -> list[tuple[object, ...]]:
    """Everything that was ever measured, in no order."""
    return sorted(picture.tables["measurements"], key=repr)


@pytest.mark.parametrize("broken", [None, FORGETS_A_CHANGE, KNOWN_BEFORE_MEASURED])
def test_killed_while_it_notices_a_change_it_ends_the_same(
    broken: Broken | None, published: Path, quick_disk: Path, measured: Measured
) -> None:
    """Killed at any commit or rename of the pass that notices, the next one leaves what an undisturbed one does."""
    name = broken.name if broken else "sound"
    folder = quick_disk / f"noticing-{name}"
    folder.mkdir()
    package = broken.package(folder / "package") if broken else REPOSITORY
    root, trace = folder / "work", folder / "trace.txt"
    before = take_picture(published)
    with Service(package) as service:
        copy_of(published, root)
        change(root)
        assert service.run(root, NOW, trace=Trace(("-e", f"trace={_CALLS}"), trace)).code == 0
        undisturbed = take_picture(root)
        assert len(figures(undisturbed)) > len(figures(before)), "measured again"
        calls = [line.partition("(")[0] for line in trace.read_text("utf-8").splitlines()]
        points = [
            (call, calls[: number + 1].count(call))
            for number, call in enumerate(calls)
            if call in _CALLS.split(",")
        ]
        chosen = [*points[:_FIRST], *points[_FIRST :: max(1, len(points) // _SPREAD)]]
        wrong, killed = [], 0
        for call, number in chosen:
            copy_of(published, root)
            change(root)
            # What is ready together is recorded together: not every pass makes as many calls.
            killed += service.run(root, NOW, trace=Trace.kill(call, number)).was_killed
            assert service.run(root, NOW).code == 0
            picture = take_picture(root)
            if picture.outbox != undisturbed.outbox or figures(picture) != figures(undisturbed):
                wrong.append((call, number, *undisturbed.differences(picture)[:2]))
                if broken:
                    break
    measured("killed", f"{killed} of {len(chosen)} points, wrong {len(wrong)}")
    assert broken or killed > len(chosen) * 3 // 4
    assert bool(wrong) is bool(broken), wrong
