"""Programs beside Python that some tests need: without one they are skipped.

Where ``SHEETFLOW_TESTS_COMPLETE`` is set, as in CI, nothing is skipped: a missing program
is then a failure.
"""

from __future__ import annotations

import os
import shutil

import pytest

COMPLETE = bool(os.environ.get("SHEETFLOW_TESTS_COMPLETE"))


def needs(*programs: str, called: str) -> pytest.MarkDecorator:
    """Skip a test where none of `programs` is installed, unless everything must run."""
    missing = not any(map(shutil.which, programs))
    return pytest.mark.skipif(missing and not COMPLETE, reason=f"{called} is not installed")


needs_office = needs("soffice", "libreoffice", called="LibreOffice (soffice)")
needs_strace = needs("strace", called="strace")
needs_browser = needs("chromium", "chromium-browser", "google-chrome", called="Chromium")
needs_root = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0 and not COMPLETE, reason="only root may mount a disk"
)
