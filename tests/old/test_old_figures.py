"""What an older version measured is taken over as it is; what is declared otherwise is counted anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.context import open_context
from sheetflow.service.changes import notice_changes
from sheetflow.service.declarations import measured_by
from sheetflow.store import Store
from tests.old.before import NAME
from tests.old.conftest import NEXT_DAY
from tests.old.test_old_workspace import files_of, pass_at
from tests.tiny.changing import Changing
from tests.tiny.desk import Desk, table

pytestmark = pytest.mark.slow

_CHANGED = """
from dataclasses import replace

from tests.old.before import CAMPAIGN as BEFORE

FORM = BEFORE.main_form
VISITED = FORM.indicator["S08"]
INDICATORS = [
    replace(one, source=VISITED.source, by=VISITED.by) if one.code == "S09" else one
    for one in FORM.indicators
]
INDICATORS.append(replace(VISITED, code="S99", label="走访总人次"))
CAMPAIGN = replace(
    BEFORE, forms=(replace(FORM, indicators=tuple(INDICATORS)), *BEFORE.forms[1:])
)
"""


def test_figures_are_taken_over_where_nothing_is_declared_otherwise(root: Path) -> None:
    """The first pass knows by what the old figures were measured, and adds none."""
    before = files_of(root / "outbox")
    assert not [line for line in pass_at(root, NEXT_DAY).mended if "口径" in line]
    with open_context(root, NEXT_DAY) as context:
        store = context.store
        accepted = [
            entry for entry in store.submissions.find_submissions() if entry.outcome == "accepted"
        ]
        ids = [entry.judgement_id for entry in accepted]
        newest, first = store.measurements.find_newest(ids), store.measurements.find_first(ids)
        assert len(newest) == len(accepted) > 3
        assert newest == first, "none was measured again"
        known = {measured_by(context, form) for form in context.campaign.forms}
        assert {found.digest for found in newest.values()} <= known
    assert files_of(root / "outbox") == before


def test_a_first_pass_that_was_stopped_takes_nothing_over_unseen(root: Path) -> None:
    """Figures that nobody has compared with today's declaration are compared at the next start."""
    before = files_of(root / "outbox")
    with open_context(root, NEXT_DAY) as context:
        context.is_stopping = lambda: True
        notice_changes(context)
        standing = context.store.submissions.find_all_accepted("progress", "2012B1")
        ids = [entry.judgement_id for entry in standing.values()]
        newest = context.store.measurements.find_newest(ids)
        assert {found.digest for found in newest.values()} == {""}
    assert not [line for line in pass_at(root, NEXT_DAY).mended if "口径" in line]
    with open_context(root, NEXT_DAY) as context:
        newest = context.store.measurements.find_newest(ids)
        assert "" not in {found.digest for found in newest.values()}
    assert files_of(root / "outbox") == before


def test_what_is_declared_otherwise_is_named_and_counted(root: Path, tmp_path: Path) -> None:
    """A declaration edited between the old version's last pass and the new one's first is no secret."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "visits_of_ours.py").write_text(_CHANGED, encoding="utf-8")
    settings = root / "sheetflow.toml"
    text = settings.read_text(encoding="utf-8")
    assert f'campaign = "{NAME}"' in text
    settings.write_text(text.replace(f'"{NAME}"', '"visits_of_ours:CAMPAIGN"', 1), "utf-8")
    changing = Changing(Desk(root), modules)
    said = changing.call(dt.datetime(2012, 3, 3, 10), "run")  # noqa: DTZ001 - as --at gives it
    assert "指标口径有变化" in said
    for unit in ("370000-山东省", "370100-济南市"):
        (workbook,) = (root / "outbox" / unit / "2012B1").glob("汇总表_*.xlsx")
        rows = table(workbook, "活动统计（累计）", "代码")
        totals = {str(row["代码"]): row["合计"] for row in rows}
        assert totals["S08"] == totals["S09"] == totals["S99"] != 0
        moved = table(workbook, "更正表", "序号")
        assert {line["代码"] for line in moved} == {"S09"}
        assert all("口径调整" in str(line["更正原因"]) for line in moved)
        assert {line["结论"] for line in table(workbook, "节点检查", "结论")} == {"正确"}
    with Store(root / "state" / "sheetflow.db") as store:
        purged = store.submissions.find_submissions(period="2011B6")
        found = store.measurements.find_newest(entry.judgement_id for entry in purged)
    assert "另有6份" in said
    assert [each.digest for each in found.values()] == [""] * 6, "by what, nobody can say"
