"""The office of the 2012 campaign with four units, and the clerks who fill its forms that are filed once."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import docx

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.demo.draft import find_soffice
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.campaign import Samples, Scene
from sheetflow.schemas.forms import Form
from sheetflow.service.one_pass import run_pass
from sheetflow.service.status import standing
from sheetflow.upkeep.remind import issue_workbooks, lay_report_template
from tests.county_book import CAMPAIGN, TREE
from tests.tiny.desk import Rows, settings_text, write
from tests.warm import keep_list, open_warm

PROVINCE, CITY, COUNTY, OTHER = (unit.unit_id for unit in TREE)
PLAN, CONTEST = CAMPAIGN.by_key["plan"], CAMPAIGN.by_key["contest"]
ONCE = PLAN.periods_of(2012)[0].period_id
SIGNED = {"kind": "首次报送", "leader": "王芳", "preparer": "李静", "phone": "0531-86012345"}


@dataclass(frozen=True)
class Office:
    """The workspace at `root`; `at` says when each thing is done."""

    root: Path

    @classmethod
    def make(cls, root: Path, **settings: str) -> Office:
        """Make it, with the Word templates that the program brings along."""
        text = settings_text(default_settings_text(), campaign='"grassroots2012"', **settings)
        create_workspace(root, TREE, text)
        keep_list(Workspace(root), TREE)
        office = cls(root)
        with open_warm(root, dt.datetime(2012, 1, 10, 9)) as context:  # noqa: DTZ001 - as --at gives it
            for form in CAMPAIGN.forms:
                lay_report_template(context, form)
        return office

    def issue(self, form: Form, period: str, at: dt.datetime) -> None:
        """Hand out a form's workbooks."""
        with open_warm(self.root, at) as context:
            issue_workbooks(context, form, form.period(period))

    def run(self, at: dt.datetime) -> None:
        """One pass of the service."""
        with open_warm(self.root, at) as context:
            run_pass(context)

    def out(self, unit_id: str, start: str, form: Form, period: str = ONCE) -> Path:
        """The last file of a form in the unit's outbox that starts so."""
        other = "" if form is CAMPAIGN.main_form else f"*{form.title}"
        folder = Workspace(self.root).outbox_of(TREE[unit_id], period)
        return max(folder.glob(f"{start}{other}*"))

    def drop(self, unit_id: str, form: Form, rows: Rows | Samples, *, period: str = ONCE) -> None:
        """Fill the unit's issued workbook and put it into its inbox folder."""
        issued = self.out(unit_id, "填报_", form, period)
        target = Workspace(self.root).inbox_of(TREE[unit_id]) / issued.name
        write(issued, target, rows, forms=(form.in_version(form.version),))

    def beside(self, unit_id: str, *names: str) -> None:
        """Put Word files beside the unit's workbook."""
        for name in names:
            document = docx.Document()
            document.add_paragraph(f"{name}的正文。")
            document.save(str(Workspace(self.root).inbox_of(TREE[unit_id]) / name))

    def states(self, form: Form, at: dt.datetime) -> dict[str, str]:
        """Who stands where, by unit."""
        with open_warm(self.root, at) as context:
            shown = standing(context, form.period(ONCE), form)
        return {row.unit.unit_id: row.state.value for row in shown.forms[0].rows}


def progress_rows(unit_id: str, period: str, papers: Sequence[Mapping[str, object]]) -> Samples:
    """Make up a unit's sound report with these papers in its book."""
    form = CAMPAIGN.main_form
    scene = Scene(TREE[unit_id], TREE, form.period(period), Random(7), rows=8)  # noqa: S311 - no secret
    made = dict(make_samples(CAMPAIGN, form, scene))
    usual = made["papers"][0]
    made["papers"] = [{**usual, **paper} for paper in papers]  # type: ignore[dict-item]
    return made


def words_of(path: Path, folder: Path) -> str:
    """Give the words of a document as an office program shows them."""
    subprocess.run(
        [
            find_soffice(),
            "--headless",
            f"-env:UserInstallation=file://{folder / 'office'}",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / f"{path.stem}.txt").read_text(encoding="utf-8")
