"""Declarations are told apart by all that shows or counts, the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.campaigns import NAMES, load_campaign
from sheetflow.schemas.conditions import where
from sheetflow.schemas.documents import (
    measure_digest,
    measure_digests,
    shown_digest,
    written,
)
from sheetflow.schemas.forms import ChartSpec, Form, OwnTotals
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Sum
from tests.tiny.campaign import CAMPAIGN, CAMPAIGN_NAME
from tests.tiny.forms import PATROL_FORM

REPOSITORY = Path(__file__).resolve().parents[2]
ALL = frozenset({"workbook", "consolidated", "report", "board"})
H1, H2, H3, H4, H5, H6 = PATROL_FORM.indicators


def with_sheet(key: str, **changes: object) -> Form:
    """The form with something else about one sheet."""
    sheets = [
        replace(sheet, **changes) if sheet.key == key else sheet  # type: ignore[arg-type]
        for sheet in PATROL_FORM.sheets
    ]
    return replace(PATROL_FORM, sheets=tuple(sheets))


def with_indicators(*indicators: Indicator) -> Form:
    """The form with other indicators."""
    return replace(PATROL_FORM, indicators=indicators)


@pytest.mark.parametrize(
    ("changed", "shown_in"),
    [
        (replace(PATROL_FORM, guidance=("两人同行",)), {"workbook"}),
        (replace(PATROL_FORM, own_work="只填本级"), {"workbook"}),
        (
            replace(PATROL_FORM, charts=(ChartSpec(title="图", codes=("H1",)),)),
            {"consolidated", "report"},
        ),
        (
            replace(
                PATROL_FORM, own_totals=OwnTotals(sheet="head", code="station", figure="quarter")
            ),
            {"consolidated"},
        ),
        (replace(PATROL_FORM, title="巡河表"), ALL),
        (replace(PATROL_FORM, version=2), ALL - {"board"}),
        (with_sheet("patrols", title="日志"), ALL - {"board"}),
        (with_sheet("patrols", note="一次一行"), ALL - {"board"}),
        (with_sheet("outlets", void=where("state", "已封堵")), ALL - {"board"}),
        (with_indicators(H1, H2, H3, H4, H6, H5), ALL - {"board"}),
        (with_indicators(H1, H2, H3, H4, H5), ALL - {"board"}),
        (
            with_indicators(replace(H1, definition="在册的"), *PATROL_FORM.indicators[1:]),
            ALL - {"board"},
        ),
    ],
)
def test_each_kind_of_file_knows_what_it_shows(changed: Form, shown_in: set[str]) -> None:
    """What is declared otherwise makes another digest for the files that show it, and no other."""
    found = {
        name
        for name in ALL
        if shown_digest(name, CAMPAIGN, changed) != shown_digest(name, CAMPAIGN, PATROL_FORM)
    }
    assert found == shown_in


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        (replace(PATROL_FORM, title="巡河表", guidance=("两人",), version=2), set()),
        (
            with_indicators(
                replace(H1, label="排口总数", unit="处", definition="在册"), H2, H3, H4, H5, H6
            ),
            set(),
        ),
        (with_indicators(H6, H5, H4, H1, H2, H3), set()),
        (
            with_indicators(
                H1, replace(H2, source=Count("outlets", where("state", "整治中"))), H3, H4, H5, H6
            ),
            {"H2", "H3"},
        ),
        (with_indicators(H1, H2, replace(H3, source=Ratio("H1", "H2")), H4, H5, H6), {"H3"}),
        (
            with_indicators(H1, H2, H3, H4, H5, replace(H6, source=Sum("patrols", ("litter",)))),
            {"H6"},
        ),
        (with_sheet("outlets", void=where("state", "已封堵")), {"H1", "H2", "H3"}),
        (with_sheet("patrols", title="日志", note="一次一行"), set()),
    ],
)
def test_only_what_is_measured_otherwise_is_another_measure(form: Form, codes: set[str]) -> None:
    """Words, order and looks leave every figure's digest; a condition changes its own and its ratio's."""
    known, found = measure_digests(PATROL_FORM), measure_digests(form)
    assert {code for code in found if found[code] != known[code]} == codes
    assert (measure_digest(form) == measure_digest(PATROL_FORM)) is (not codes)


@pytest.mark.parametrize("name", [*NAMES, CAMPAIGN_NAME])
def test_a_digest_is_the_same_in_every_process(name: str) -> None:
    """Whatever the hash seed and the addresses are, the declaration is written out alike."""
    code = (
        "from sheetflow.campaigns import load_campaign; from sheetflow.schemas.documents import written;"
        f"c = load_campaign({name!r}); print(written((c.title, c.catalogue, c.rules, c.forms)))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b" at 0x" not in said.pop()
    campaign = load_campaign(name)
    assert written(campaign.forms)
