#!/usr/bin/env python3
"""Build the 2012 campaign's checks from their text: ``python tools/build_checks.py``.

``sheetflow/schemas/grassroots2012/checks.txt`` is the one source; ``checks.json`` beside it is what
processes load. A test holds that it is that of today's text: run this after every change of it, or of the
sheets that it names.
"""

from __future__ import annotations

from pathlib import Path

from sheetflow.schemas.declared_json import dump_rules
from sheetflow.schemas.grassroots2012 import checks
from sheetflow.schemas.grassroots2012.progress import PROGRESS

TARGET = Path(checks.__file__).with_name("checks.json")

if __name__ == "__main__":
    TARGET.write_bytes(dump_rules(checks.read_text(PROGRESS)))
