"""What travels in the wheel is enough: outside the checkout, from another folder, the demo runs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it where nothing of the checkout is near."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "-w", str(folder), str(ROOT)], check=True, capture_output=True)
    wheel = next(folder.glob("sheetflow-*.whl"))
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def run(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed package from its own folder."""
    environment = {**os.environ, "PYTHONPATH": str(site), "SHEETFLOW_LANG": "en"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=site.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_demo_runs_from_a_wheel(installed: Path) -> None:
    """Somebody who installs the wheel gets templates, lists and a whole demo, without the checkout."""
    where = run(installed, "-c", "import sheetflow; print(sheetflow.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(installed)
    folder = installed.parent / "demo"
    played = run(installed, "-m", "sheetflow", "demo", str(folder), "--counties", "1")
    assert played.returncode == 0, played.stderr + played.stdout
    planted = played.stdout.strip().splitlines()[-1]
    assert planted.startswith("planted")
    assert planted.endswith("false alarms 0")
    assert list((folder / "outbox").glob("*/2012B1/情况报告_*.docx"))


@pytest.mark.slow
def test_wheel_holds_every_template(installed: Path) -> None:
    """The wheel holds each file of templates/, byte for byte, and the lists of units."""
    packed = installed / "sheetflow" / "defaults" / "templates"
    for file in (ROOT / "templates").rglob("*"):
        if file.is_file():
            assert (packed / file.relative_to(ROOT / "templates")).read_bytes() == file.read_bytes()
    assert (installed / "sheetflow" / "defaults" / "units" / "units-shandong-2012.csv").is_file()
    assert (installed / "sheetflow" / "defaults" / "guide" / "使用手册.docx").is_file()
    assert (installed / "sheetflow" / "defaults" / "guide" / "使用手册.html").is_file()
    assert (installed / "sheetflow" / "cli" / "words.zh.toml").is_file()
