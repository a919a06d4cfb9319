"""What a newcomer runs: sets everything up beside the checkout, then does the task.

    python3 tasks.py demo [DIR]     a whole province, from templates to reports
    python3 tasks.py demo --quick   one period of one city, in some seconds
    python3 tasks.py test           the tests and the layers, all but the long tests
    python3 tasks.py test --all     with the long ones
    python3 tasks.py lint           ruff and mypy

It needs Python 3.11 or newer and nothing else: it makes `.venv` and installs into it.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
_OLDEST = (3, 11)
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""On every processor; what the tests of a file share, a played province perhaps, is made once."""


def prepare() -> None:
    """Make the environment, or bring it up to date where pyproject.toml has changed."""
    mark = ENVIRONMENT / "installed"
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    if not PYTHON.exists():
        print("making .venv …", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    print("installing (some minutes the first time) …", flush=True)
    call("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f"{ROOT}[dev]")
    mark.write_text(wanted, encoding="utf-8")


def call(*words: str) -> None:
    """Run the environment's Python; end with its code where it fails."""
    code = subprocess.run([PYTHON, *words], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def demo(words: list[str]) -> None:
    """Run the demo into a new folder; words go on to it."""
    folder = [] if any(not word.startswith("-") for word in words) else ["demo-workspace"]
    call("-m", "sheetflow", "demo", *folder, *words)


def test(words: list[str]) -> None:
    """Hold the layers, then run the tests; words go on to pytest."""
    everything = "--all" in words
    rest = [word for word in words if word != "--all"]
    call("-c", "from importlinter.cli import lint_imports_command as run; run()")
    chosen = "not alone" if everything else "not slow and not reliability"
    call("-m", "pytest", *SIDE_BY_SIDE, "-m", chosen, *rest)
    if not everything:
        return
    # One after the other: they measure time and memory, fill disks, keep every processor busy.
    call("-m", "pytest", "-m", "alone", *rest)


def lint(words: list[str]) -> None:
    """Check style and types."""
    del words
    call("-m", "ruff", "check", ".")
    call("-m", "ruff", "format", "--check", ".")
    call("-m", "mypy")


TASKS = {"demo": demo, "test": test, "lint": lint}


def main() -> None:
    """Run the task that the command line names."""
    if sys.version_info < _OLDEST:
        sys.exit("Python 3.11 or newer is needed.")
    if len(sys.argv) < 2 or sys.argv[1] not in TASKS:  # noqa: PLR2004 - the task's name
        sys.exit(__doc__)
    prepare()
    TASKS[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
