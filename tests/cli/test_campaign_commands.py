"""A campaign that is a workbook: begun, checked, taken into use, followed by its second version; all by commands."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.config.kept_campaigns import open_campaign, takings
from sheetflow.config.workspace import Workspace, open_workspace
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.service.changes import template_troubles
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.upkeep.remind import issue_workbooks
from tests.cli.conftest import Cli, Said
from tests.tiny.desk import Rows, words, write
from tests.warm import open_warm

pytestmark = pytest.mark.slow

UNITS = """\
单位代码,单位,级别,上级单位
99,清河省,省,
9901,上游市,市,99
990101,东岸县,县,9901
990102,西岸县,县,9901
"""
CITY, EAST, WEST = "9901-上游市", "990101-东岸县", "990102-西岸县"
MARCH = Period.parse("2013M03")
ISSUED, DUE, LATER = (
    dt.datetime(2013, 3, 25, 9),  # noqa: DTZ001 - the office's own time
    dt.datetime(2013, 4, 1, 10),  # noqa: DTZ001
    dt.datetime(2013, 4, 2, 9),  # noqa: DTZ001
)
AT = ("--at", f"{LATER:%Y-%m-%dT%H:%M}")


def rows_by_label(form: Form, **sheets: list[Mapping[str, object]]) -> Rows:
    """Give rows by keys, as they are typed by what people read."""
    keyed = {}
    for sheet in form.sheets:
        if sheet.title in sheets:
            keys = {column.label: column.key for column in sheet.columns}
            keyed[sheet.key] = [
                {keys[label]: value for label, value in row.items()} for row in sheets[sheet.title]
            ]
    return keyed  # type: ignore[return-value]


def filled(form: Form, checks: int) -> Rows:
    """A month's work of a county."""
    return rows_by_label(
        form,
        封面=[
            {
                "单位负责人": "王安澜",
                "审核人": "李青山",
                "填报人": "赵小河",
                "联系电话": "13800000000",
                "填报日期": dt.date(2013, 3, 29),
                "报送性质": "首次报送",
                "零报告": "否",
            }
        ],
        检查记录=[
            {
                "检查日期": dt.date(2013, 3, day),
                "检查类别": "日常检查",
                "参加部门": "安监",
                "被检查单位": "清水河水泥厂",
                "检查人数": 3,
                "发现隐患（处）": 0,
            }
            for day in range(1, checks + 1)
        ],
        工作情况=[{"主要做法": "逐家检查，当场登记，限期整改，回头再看。"}],
    )


def cell(sheet: Worksheet, header: str, name: str) -> str:
    """Name the cell under a header in the row that holds `name`."""
    (column,) = (each.column_letter for each in sheet[2] if each.value == header)
    (row,) = (row[0].row for row in sheet.iter_rows() if name in [each.value for each in row])
    return f"{column}{row}"


def changed(source: Path, target: Path, *, renamed: bool = False) -> Path:
    """Make the second version: another text, a new option, a new check; renamed as it should not be, too."""
    book: Workbook = openpyxl.load_workbook(source)
    columns = book["栏目"]
    columns[cell(columns, "填写提示", "被检查单位")] = "写全称，与营业执照一致"
    if renamed:
        columns[cell(columns, "栏目名称", "被检查单位")] = "受检单位"
    add(book, "选项", {"选项单": "检查类别", "选项": "夜间检查", "起用版本": 2})
    add(
        book,
        "审核",
        {
            "性质": "强制性",
            "对每一行": "检查记录",
            "应当满足": "[检查人数]<=20",
            "指向栏目": "检查人数",
            "问题": "检查人数填了{检查人数}人，太多了",
            "怎么改": "请核对人数",
            "起用版本": 2,
        },
    )
    add(book, "版本", {"版本": 1, "起用的报告期": "2013M01"})
    add(book, "版本", {"版本": 2, "起用的报告期": "2013M03"})
    book.save(target)
    return target


def add(book: Workbook, title: str, values: Mapping[str, str | int]) -> None:
    """Put a row under the last one."""
    sheet = book[title]
    row = 1 + max(each.row for line in sheet.iter_rows(min_row=2) for each in line if each.value)
    for header, value in values.items():
        (column,) = (each.column for each in sheet[2] if each.value == header)
        sheet.cell(row, column, value)


class Office:
    """A workspace that began with a campaign workbook."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self.folder, self.root, self.cli = folder, folder / "office", cli
        self.first, self.second = folder / "活动.xlsx", folder / "活动2.xlsx"

    def campaign(self, *words: str | Path) -> Said:
        """Run a command about campaigns in the workspace."""
        return self.cli("-C", self.root, *AT, "campaign", *words)

    def form(self) -> Form:
        """The form in force."""
        return open_campaign(open_workspace(self.root)[1].campaign).main_form

    def issue(self) -> None:
        """Hand out the workbooks of March."""
        with open_warm(self.root, ISSUED) as context:
            issue_workbooks(context, context.campaign.main_form, MARCH)

    def run(self, at: dt.datetime) -> PassReport:
        """One pass."""
        with open_warm(self.root, at) as context:
            return run_pass(context)

    def issued(self, unit: str) -> Path:
        """A unit's own workbook."""
        (found,) = (
            path
            for path in (self.root / "outbox" / unit / "2013M03").glob("填报_*.xlsx")
            if "_新" not in path.name
        )
        return found

    def report(self, unit: str, checks: int) -> None:
        """Fill in a unit's workbook and drop it."""
        target = self.root / "inbox" / unit / "上报.xlsx"
        form = self.form().current
        write(self.issued(unit), target, filled(form, checks), forms=(form,))

    def out(self, unit: str, start: str) -> list[Path]:
        """What lies in a unit's outbox under a name."""
        return sorted((self.root / "outbox" / unit / "2013M03").glob(f"{start}*"))

    def said(self, unit: str) -> str:
        """What the returned copies of a unit say, where a test fails."""
        return "".join(words(path) for path in self.out(unit, "退回"))


@pytest.fixture
def office(tmp_path: Path, cli: Cli) -> Office:
    """A workspace made by ``init --campaign``, and the two versions of its campaign."""
    office = Office(tmp_path, cli)
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    assert cli("campaign", "new", office.first).code == 0
    changed(office.first, office.second)
    made = cli("init", office.root, "--campaign", office.first, "--units", tmp_path / "units.csv")
    assert made.code == 0, made.err
    return office


def test_a_campaign_workbook_goes_all_the_way(office: Office) -> None:
    """Issued, filled in, accepted, added up; then the second version comes in, and nobody loses a thing."""
    assert (office.root / "state").stat().st_mode & 0o077 == 0
    office.issue()
    office.report(EAST, 4)
    assert office.run(DUE).outcomes == {"accepted": 1}, office.said(EAST)
    before = {unit: office.issued(unit).read_bytes() for unit in (EAST, WEST, CITY)}
    typed = openpyxl.load_workbook(office.issued(CITY))
    typed["检查记录"]["C4"] = "市级检查"
    typed.save(office.issued(CITY))

    told = office.campaign("check", office.second, "--against", office.root)
    assert told.code == 0
    assert "试审" in told.out
    assert "没有命中" in told.out
    assert len(takings(Workspace(office.root).campaigns)) == 1

    refused = office.campaign("use", changed(office.first, office.folder / "坏.xlsx", renamed=True))
    assert refused.code == 1
    assert "1个单位4行的“被检查单位”" in refused.out
    assert "没有启用" in refused.err
    assert len(takings(Workspace(office.root).campaigns)) == 1

    used = office.campaign("use", office.second)
    assert used.code == 0, used.err
    assert "已启用“安全生产检查月报”" in used.out
    assert office.form().version == 2
    assert "与营业执照一致" in words(office.issued(WEST))
    assert office.issued(WEST).read_bytes() != before[WEST]
    assert "市级检查" in words(office.issued(CITY))
    assert any("_新" in path.name for path in office.out(CITY, "填报"))
    assert office.campaign("use", office.second).out.count("没有变化") == 1

    office.report(WEST, 28)
    assert office.run(LATER).outcomes == {"accepted": 1}, office.said(WEST)
    assert office.out(CITY, "汇总") or list((office.root / "outbox" / CITY).rglob("汇总*"))
    _follow_a_backup(office)


def test_what_was_issued_before_the_first_pass_is_issued_again(office: Office) -> None:
    """Workbooks handed out by `templates` follow a changed campaign, though no pass came between."""
    office.issue()
    book = openpyxl.load_workbook(office.first)
    columns = book["栏目"]
    columns[cell(columns, "填写提示", "被检查单位")] = "写全称，与营业执照一致"
    book.save(office.second)
    assert office.campaign("use", office.second).code == 0
    assert "与营业执照一致" in words(office.issued(WEST))


def _follow_a_backup(office: Office) -> None:
    """See that a backup brings the campaign along, and that what is damaged is told."""
    saved = office.folder / "backup.zip"
    assert office.cli("-C", office.root, "backup", saved).code == 0
    with zipfile.ZipFile(saved) as package:
        kept = [name for name in package.namelist() if name.startswith("state/campaigns/")]
    assert len(kept) == 5
    other = office.folder / "restored"
    assert office.cli("-C", other, "restore", saved).code == 0
    name = open_workspace(other)[1].campaign
    assert open_campaign(name) == open_campaign(open_workspace(office.root)[1].campaign)
    (other / "state" / "sheetflow.db").unlink()
    rebuilt = office.cli("-C", other, *AT, "restore", "--from-archive", "--force")
    assert rebuilt.code == 0, rebuilt.err
    with open_warm(other, LATER) as context:
        again = context.store.submissions.find_all_accepted(
            context.campaign.main_form.key, "2013M03"
        )
    assert sorted(again) == ["990101", "990102"]
    path = Path(name) / "campaign.json"
    path.write_bytes(path.read_bytes().replace("水泥".encode(), "钢铁".encode()) + b" ")
    shutil.move(path.parent.parent, other / "elsewhere")
    refused = office.cli("-C", other, "status")
    assert refused.code == 1
    assert "campaign use" in refused.err


def test_a_running_service_takes_the_new_campaign(office: Office) -> None:
    """What is taken into use while a service runs is left to it, and it notices before its next pass."""
    office.issue()
    with open_warm(office.root, LATER) as context:
        assert not context.is_outdated
        assert office.campaign("use", office.second).code == 0
        assert context.is_outdated


def test_a_workspace_of_another_campaign_takes_a_workbook_before_it_begins(
    tmp_path: Path, cli: Cli
) -> None:
    """Where nothing was issued yet, any campaign may follow; the settings go before its own days, and say so."""
    path, root, units = tmp_path / "活动.xlsx", tmp_path / "office", tmp_path / "units.csv"
    units.write_text(UNITS, encoding="utf-8")
    assert cli("campaign", "new", path).code == 0
    book = openpyxl.load_workbook(path)
    book["级次"][cell(book["级次"], "截止", "县")] = 3
    book.save(path)
    assert cli("init", root, "--units", units).code == 0
    report = root / "templates" / "report" / "情况报告.docx"
    assert report.exists()
    used = cli("-C", root, *AT, "campaign", "use", path)
    assert used.code == 0, used.err
    assert "县级截止：sheetflow.toml 的 [deadlines] 写的是2个工作日，活动是3个" in used.out
    assert not report.exists()
    assert "可以使用" in cli("-C", root, *AT, "doctor").out
    settings = root / "sheetflow.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("grassroots2012", "another"))
    refused = cli("-C", root, *AT, "status")
    assert refused.code == 1
    assert "已经启用了活动工作簿" in refused.err


def test_nothing_is_written_over(tmp_path: Path, cli: Cli) -> None:
    """A campaign workbook that is there is nobody's to replace, nor is what lies beside an export."""
    path = tmp_path / "活动.xlsx"
    path.write_bytes(b"mine")
    (tmp_path / "乙_附件.docx").write_bytes(b"mine, too")
    for words_ in (["new", path], ["export", path], ["export", tmp_path / "乙.xlsx"]):
        said = cli("campaign", *words_)
        assert said.code == 1, said.out
        assert "已经有了" in said.err or "写不下" in said.err
    assert path.read_bytes() == b"mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["乙_附件.docx", "活动.xlsx"]


def test_faults_are_told_cell_by_cell(tmp_path: Path, cli: Cli) -> None:
    """`check` names each cell with the likely word, in sentences or as JSON, and fails."""
    path = tmp_path / "活动.xlsx"
    assert cli("campaign", "new", path).code == 0
    assert cli("campaign", "check", path).code == 0
    book = openpyxl.load_workbook(path)
    book["工作表"][cell(book["工作表"], "种类", "隐患台帐")] = "台帐本"
    book.save(path)
    told, machine = cli("campaign", "check", path), cli("campaign", "check", path, "--json")
    assert (told.code, machine.code) == (1, 1)
    assert "是不是“台帐”" in told.out
    lines = [json.loads(line) for line in machine.out.splitlines()]
    faults = [line for line in lines if not line.pop("hint", False)]
    assert faults[0].keys() == {"sheet", "cell", "header", "message", "likely"}
    assert (faults[0]["sheet"], faults[0]["likely"]) == ("工作表", "台帐")
    target = tmp_path / "office"
    made = cli("init", target, "--campaign", path)
    assert (made.code, target.exists()) == (1, False)
    assert "台帐本" in made.err


@pytest.mark.parametrize("content", [b"", b"name,level\n", b"PK\x03\x04broken", b"\x89PNG\r\n"])
def test_what_is_no_workbook_gets_a_plain_sentence(
    tmp_path: Path, cli: Cli, content: bytes
) -> None:
    """Any other file is told for what it is, as when units send one."""
    path = tmp_path / "活动.xlsx"
    path.write_bytes(content)
    said = cli("campaign", "check", path)
    assert said.code == 1
    assert "整个工作簿：这个文件" in said.out
    assert "另存为" in said.out


def test_a_folder_is_told_to_be_one(tmp_path: Path, cli: Cli) -> None:
    """Whoever names the folder instead of the workbook in it reads so in plain words."""
    said = cli("campaign", "check", tmp_path)
    assert (said.code, "是文件夹" in said.err) == (1, True)


def test_a_report_template_beside_the_workbook_is_tried_and_kept(tmp_path: Path, cli: Cli) -> None:
    """The Word file that 报表 names serves for the form's report; one with a wrong tag is refused at its cell."""
    path, template = tmp_path / "活动.xlsx", tmp_path / "月报模板.docx"
    assert cli("campaign", "new", path).code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["报表"]
    sheet[cell(sheet, "报告模板", "安全生产检查月报")] = template.name
    book.save(path)
    missing = cli("campaign", "check", path)
    assert missing.code == 1
    assert "旁边没有“月报模板.docx”" in missing.out
    template.write_bytes(report_template("{{ 累计.Z99 }}"))
    wrong = cli("campaign", "check", path)
    assert wrong.code == 1
    assert "《报表》" in wrong.out
    assert "Z99" in wrong.out
    template.write_bytes(report_template("检查{{ 累计.Z01 }}次"))
    root = tmp_path / "office"
    assert cli("init", root, "--campaign", path).code == 0
    listed = (root / "templates" / "report" / "模板说明.md").read_text(encoding="utf-8")
    assert "| Z01 |" in listed
    assert "| S01 |" not in listed
    with open_warm(root, LATER) as context:
        assert context.templates.report().content == template.read_bytes()
        (kept,) = context.workspace.campaigns.glob("*/*.docx")
    kept.write_bytes(b"damaged")
    with open_warm(root, LATER) as context:
        assert "请从备份取回" in template_troubles(context)[0]
    assert "情况报告模板" in cli("-C", root, *AT, "doctor").out
    kept.write_bytes(template.read_bytes())
    exported = tmp_path / "又一份.xlsx"
    written = cli("-C", root, "campaign", "export", exported)
    assert written.code == 0, written.err
    assert cli("campaign", "check", exported).code == 0


def report_template(text: str) -> bytes:
    """A Word file with one paragraph."""
    document, target = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(target)
    return target.getvalue()
