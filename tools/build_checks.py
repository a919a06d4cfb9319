#!/usr/bin/env python3
"""Build the 2012 campaign's checks from their text: ``python tools/build_checks.py``.

``sheetflow/schemas/grassroots2012/checks.txt`` is the one source; ``checks_….json`` beside it is what
processes load. A test holds that they are those of today's text: run this after every change of it, or of
the sheets that it names.
"""

from __future__ import annotations

from pathlib import Path

from sheetflow.schemas.declared_json import dump_rules
from sheetflow.schemas.grassroots2012 import checks
from sheetflow.schemas.grassroots2012.declaration import GRASSROOTS_2012

HERE = Path(checks.__file__).parent

if __name__ == "__main__":
    for form in GRASSROOTS_2012.forms:
        if rules := checks.read_text(form):
            (HERE / checks.file_name(form.key)).write_bytes(dump_rules(rules))
