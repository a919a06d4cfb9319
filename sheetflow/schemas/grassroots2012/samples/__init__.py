"""Believable workbooks of this campaign: clean, connected, different for every unit.

This package owns what clerks would write. It refuses mistakes: those are planted by the
demo, which knows no campaign.
"""

from __future__ import annotations

from random import Random

from sheetflow.periods import Period
from sheetflow.schemas.grassroots2012.samples.cases import (
    make_case_help,
    make_hard_cases,
    make_needs,
    make_visits,
)
from sheetflow.schemas.grassroots2012.samples.deeds import (
    make_pairings,
    make_papers,
    make_practices,
    make_projects,
    make_proposals,
    make_publicity,
    make_supervision,
)
from sheetflow.schemas.grassroots2012.samples.narrative import make_narrative
from sheetflow.schemas.grassroots2012.samples.people import (
    make_cadres,
    make_contact_points,
    make_cover,
    make_grassroots,
    places_of,
)
from sheetflow.schemas.grassroots2012.samples.scene import Row, Scene
from sheetflow.schemas.samples import Samples
from sheetflow.units import Unit, UnitTree


def give_samples(
    unit: Unit,
    tree: UnitTree,
    period: Period,
    random: Random,
    rows: int,
    earlier: Samples | None,
) -> Samples:
    """Make up the workbook of `unit`; see `SampleSource`."""
    scene = Scene(unit, tree, period, random, rows, earlier or {})
    grassroots = make_grassroots(scene)
    places = places_of(scene, grassroots)
    points = make_contact_points(scene, places)
    cadres = make_cadres(scene, points)
    needs = make_needs(scene, cadres, points)
    made: dict[str, list[Row]] = {
        "cover": [make_cover(scene, cadres)],
        "cadres": cadres,
        "contact_points": points,
        "visits": make_visits(scene, cadres, points),
        "needs": needs,
        "papers": make_papers(scene, cadres),
        "proposals": make_proposals(scene, needs),
        "case_help": make_case_help(scene, needs),
        "hard_cases": make_hard_cases(scene, needs),
        "pairings": make_pairings(scene, cadres, points),
        "projects": make_projects(scene),
        "publicity": make_publicity(scene),
        "supervision": make_supervision(scene, places),
        "practices": make_practices(scene),
    }
    if scene.is_county:
        made["grassroots"] = grassroots
    made["narrative"] = [make_narrative(scene, made)]
    return made
