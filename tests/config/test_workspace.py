"""The workspace: made, completed, opened, and refused where it would do harm."""

from __future__ import annotations

import dataclasses
import shutil
import stat
import sys
from pathlib import Path

import pytest

from sheetflow.config.first_units import default_units, unit_lists
from sheetflow.config.settings import Folders, settings_of
from sheetflow.config.units_file import read_units
from sheetflow.config.units_workbook import write_units
from sheetflow.config.workspace import (
    Workspace,
    create_workspace,
    default_templates,
    open_workspace,
)
from sheetflow.errors import SettingsError, UnitsError, WorkspaceError
from sheetflow.units import THREE_LEVELS, Unit, UnitTree

CITY = Unit(unit_id="3701", name="济南市", level="市")
COUNTY = Unit(unit_id="370102", name="历下区", level="县", parent="3701")
TREE = UnitTree.of([CITY, COUNTY])


def everything(root: Path) -> dict[str, bytes]:
    """Give the content of every file below `root`."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_ready_to_run(tmp_path: Path) -> None:
    """A new workspace has settings, list, templates and a folder for every unit of Shandong."""
    workspace = create_workspace(tmp_path / "w")
    opened, settings = open_workspace(tmp_path / "w")
    assert opened == workspace
    assert settings == settings_of(THREE_LEVELS)()
    tree = read_units(workspace.units_file)
    assert len(tree) == 158
    for unit in tree:
        assert workspace.precheck_of(unit).is_dir()
        assert workspace.outbox_of(unit).is_dir()
    assert workspace.stray_folders(tree) == ()
    shipped = everything(Path(str(default_templates())))
    assert everything(workspace.templates) == shipped


def test_places(tmp_path: Path) -> None:
    """Every place has the name that the design gives it."""
    workspace = Workspace(tmp_path)
    assert workspace.inbox_of(COUNTY) == tmp_path / "inbox" / "370102-历下区"
    assert workspace.precheck_of(COUNTY) == tmp_path / "inbox" / "370102-历下区" / "预审"
    assert workspace.outbox_of(COUNTY, "2012B1") == tmp_path / "outbox" / "370102-历下区" / "2012B1"
    ours = (workspace.database, workspace.archive, workspace.maildir, workspace.log, workspace.lock)
    assert {place.parent for place in ours} == {tmp_path / "state"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_state_is_private(tmp_path: Path) -> None:
    """Personal data in the state is readable by the service's own account alone."""
    workspace = create_workspace(tmp_path / "w", TREE)
    assert stat.S_IMODE(workspace.state.stat().st_mode) == 0o700


def test_init_again_changes_nothing(tmp_path: Path) -> None:
    """A second init overwrites neither settings nor list nor templates."""
    workspace = create_workspace(tmp_path, TREE)
    workspace.settings_file.write_text("[intake]\nquiet_seconds = 3\n", encoding="utf-8")
    for template in workspace.templates.rglob("*.*"):
        template.write_bytes(b"edited in the office")
    before = everything(tmp_path)
    create_workspace(tmp_path)
    create_workspace(tmp_path, TREE)
    assert everything(tmp_path) == before


def test_init_completes_what_is_missing(tmp_path: Path) -> None:
    """An init that was cut short, or a deleted folder, is made good by the next."""
    workspace = create_workspace(tmp_path, TREE)
    workspace.units_file.unlink()
    shutil.rmtree(workspace.inbox)
    create_workspace(tmp_path, TREE)
    assert list(read_units(workspace.units_file)) == list(TREE)
    assert workspace.precheck_of(COUNTY).is_dir()


def test_another_list_is_not_put_over_the_first(tmp_path: Path) -> None:
    """Mail addresses that somebody typed into the list are never lost to an init."""
    workspace = create_workspace(tmp_path, TREE)
    before = workspace.units_file.read_bytes()
    with pytest.raises(WorkspaceError, match="没有改动"):
        create_workspace(tmp_path, UnitTree.of([COUNTY, CITY]))
    assert workspace.units_file.read_bytes() == before


def test_units_from_a_file(tmp_path: Path) -> None:
    """The list may come from a CSV or a workbook."""
    source = tmp_path / "list.xlsx"
    write_units(source, TREE)
    workspace = create_workspace(tmp_path / "w", source)
    assert list(read_units(workspace.units_file)) == list(TREE)


def test_a_list_with_faults_makes_nothing(tmp_path: Path) -> None:
    """Faults in the list are told before a single folder is made."""
    source = tmp_path / "list.csv"
    source.write_text("code,name,level,parent\n1,甲,乡,\n", encoding="utf-8")
    with pytest.raises(UnitsError):
        create_workspace(tmp_path / "w", source)
    assert not (tmp_path / "w").exists()


def test_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder with other people's files is refused and stays as it is."""
    (tmp_path / "diary.txt").write_text("x")
    with pytest.raises(WorkspaceError, match="换一个空文件夹"):
        create_workspace(tmp_path, TREE)
    assert [entry.name for entry in tmp_path.iterdir()] == ["diary.txt"]
    with pytest.raises(WorkspaceError, match="是一个文件"):
        create_workspace(tmp_path / "diary.txt", TREE)


def test_checkout_becomes_a_workspace(tmp_path: Path) -> None:
    """The repository itself, with its three folders at the top, may be a workspace."""
    for name in ("inbox", "outbox", "templates", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").write_text("x")
    assert create_workspace(tmp_path, TREE).settings_file.is_file()


def test_no_workspace(tmp_path: Path) -> None:
    """Who is in the wrong folder is told how to name the right one."""
    with pytest.raises(WorkspaceError, match="-C"):
        open_workspace(tmp_path)


def test_new_unit_gets_its_folders(tmp_path: Path) -> None:
    """A unit added to the list has its folders after the next run, and nothing else changes."""
    workspace = create_workspace(tmp_path, TREE)
    added = Unit(unit_id="KFQ", name="高新区", level="县", parent="3701")
    made = workspace.ensure_unit_folders(UnitTree.of([*TREE, added]))
    assert set(made) == {
        workspace.inbox_of(added),
        workspace.precheck_of(added),
        workspace.outbox_of(added),
    }
    assert workspace.ensure_unit_folders(UnitTree.of([*TREE, added])) == ()


def test_renamed_unit_keeps_its_folder(tmp_path: Path) -> None:
    """When a unit gets another name, its folders move with what lies in them and their rights."""
    workspace = create_workspace(tmp_path, TREE)
    (workspace.inbox_of(COUNTY) / "a.xlsx").write_text("x")
    number = workspace.inbox_of(COUNTY).stat().st_ino
    renamed = dataclasses.replace(COUNTY, name="历下新区")
    tree = UnitTree.of([CITY, renamed])
    assert workspace.stray_folders(tree) == (workspace.inbox_of(COUNTY),)
    workspace.ensure_unit_folders(tree)
    assert (workspace.inbox_of(renamed) / "a.xlsx").is_file()
    assert workspace.inbox_of(renamed).stat().st_ino == number
    assert not workspace.inbox_of(COUNTY).exists()
    assert not workspace.outbox_of(COUNTY).exists()
    assert workspace.stray_folders(tree) == ()


def test_one_stubborn_folder_stops_nobody(tmp_path: Path) -> None:
    """A folder that cannot be renamed yet keeps its place; the others get theirs."""
    workspace = create_workspace(tmp_path, TREE)
    renamed = dataclasses.replace(COUNTY, name="历下新区")
    added = Unit(unit_id="KFQ", name="高新区", level="县", parent="3701")
    workspace.inbox_of(renamed).write_text("in the way")
    tree = UnitTree.of([CITY, renamed, added])
    workspace.ensure_unit_folders(tree)
    assert workspace.precheck_of(added).is_dir()
    assert workspace.inbox_of(COUNTY) in workspace.stray_folders(tree)


def test_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    """Where one folder cannot be made, all others are; the look at the inbox tells which."""
    workspace = create_workspace(tmp_path, TREE)
    added = Unit(unit_id="KFQ", name="高新区", level="县", parent="3701")
    workspace.inbox_of(added).write_text("in the way")
    after = Unit(unit_id="KFR", name="新区", level="县", parent="3701")
    made = workspace.ensure_unit_folders(UnitTree.of([*TREE, added, after]))
    assert workspace.inbox_of(added).read_text() == "in the way"
    assert workspace.precheck_of(after) in made


def test_stray_folders_are_seen(tmp_path: Path) -> None:
    """A folder that somebody made for herself is shown, for nobody would read it."""
    workspace = create_workspace(tmp_path, TREE)
    (workspace.inbox / "历下区").mkdir()
    assert workspace.stray_folders(TREE) == (workspace.inbox / "历下区",)


def test_share_outside_the_workspace(tmp_path: Path) -> None:
    """A share is used when it is there; while it is not, no folder is made in its place."""
    share = tmp_path / "share"
    text = f"[folders]\ninbox = '{share / 'in'}'\noutbox = '../share/out'\n"
    with pytest.raises(WorkspaceError, match="共享文件夹是否已连接"):
        create_workspace(tmp_path / "w", TREE, text)
    assert not share.exists()
    (share / "in").mkdir(parents=True)
    (share / "out").mkdir()
    workspace = create_workspace(tmp_path / "w", TREE)
    assert (share / "in" / "370102-历下区" / "预审").is_dir()
    assert (share / "out" / "370102-历下区").is_dir()
    assert not (workspace.root / "inbox").exists()


@pytest.mark.parametrize(
    ("inbox", "outbox"),
    [
        ("box", "box"),
        (".", "outbox"),
        ("inbox", "inbox/out"),
        ("state/in", "outbox"),
        ("a/../b", "b"),
    ],
)
def test_folders_must_be_apart(tmp_path: Path, inbox: str, outbox: str) -> None:
    """What we publish can never be taken for what was dropped."""
    with pytest.raises(SettingsError, match="不能相同"):
        Workspace(tmp_path, Folders(inbox=inbox, outbox=outbox))


def test_packaged_lists() -> None:
    """Each packaged list of units can be read."""
    assert unit_lists() == ("china-2012", "shandong-2012", "shandong-2026")
    assert [len(read_units(default_units(name))) for name in unit_lists()] == [3221, 158, 153]
    with pytest.raises(WorkspaceError, match="shandong-2012"):
        default_units("atlantis")


def test_a_folder_of_an_account_that_is_not_there(tmp_path: Path) -> None:
    """A folder of somebody whom this machine does not know is told as a setting, with its text."""
    create_workspace(tmp_path / "w")
    settings = tmp_path / "w" / "sheetflow.toml"
    text = settings.read_text("utf-8").replace('inbox = "inbox"', 'inbox = "~nobody-here/x"')
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="~nobody-here/x"):
        open_workspace(tmp_path / "w")
