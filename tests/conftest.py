"""Options for the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to renew the golden files, whose change is then reviewed as a diff."""
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden files anew, for review"
    )
