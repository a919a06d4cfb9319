"""Workbooks that are handed out bear a token and an edition; nothing yet depends on them."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from sheetflow.config.workspace import create_workspace
from sheetflow.context import open_context
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import FULL, Stamp
from sheetflow.schemas.layout import STAMP_KEYS, STAMP_NAME, STAMP_SHEET, StampKey, Token
from sheetflow.service.back_up import STAMP_KEY, back_up
from sheetflow.upkeep.check import check_file
from sheetflow.upkeep.doctor import examine
from sheetflow.upkeep.recover import recover
from sheetflow.upkeep.restore import restore
from sheetflow.validators.recognition import parse_stamp
from tests.programs import needs_office
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import (
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    SECOND,
    TREE,
    WEST,
    Desk,
    patrols,
    settings_text,
    sound,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

SECRET = "0123456789abcdef" * 4
KEY = StampKey(bytes.fromhex(SECRET))
FORM = CAMPAIGN.forms[0].key
BAD = {**sound(), "patrols": patrols(40_000, means="步行")}


def right(unit_id: str, period: str = FIRST) -> str:
    """The token of a unit's workbook, by the fixed key."""
    return KEY.token(CAMPAIGN.key, FORM, unit_id, period)


def stamp_in(file: Path) -> Stamp:
    """Read what a workbook says of itself."""
    return parse_stamp(read_workbook(file.read_bytes()))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with a key that is known, and its workbooks handed out."""
    made = Desk.make(tmp_path / "workspace")
    made.workspace.stamp_key.write_text(SECRET)
    made.workspace.stamp_key.chmod(0o600)
    made.issue()
    return made


def said_of(desk: Desk, file: Path, unit_id: str = EAST) -> Token:
    """Judge a workbook as if the unit had dropped it; give what its token says."""
    return desk.ask(
        lambda context: context.judge_token(unit_id, check_file(context, file, unit_id).judgement)
    )


def stamped(key: str, value: str | None) -> Callable[[Workbook], None]:
    """Write something else into the stamp, cells and names alike."""

    def spoil(book: Workbook) -> None:
        book[STAMP_SHEET].cell(STAMP_KEYS.index(key) + 1, 2).value = value
        book.defined_names[STAMP_NAME.format(key=key)].value = f'="{value or ""}"'

    return spoil


def without_token(book: Workbook) -> None:
    """Make the stamp one of the version before."""
    book[STAMP_SHEET].delete_rows(len(STAMP_KEYS) - 1, 2)
    for key in ("token", "edition"):
        del book.defined_names[STAMP_NAME.format(key=key)]


def test_init_makes_a_private_key_of_its_own(tmp_path: Path) -> None:
    """Two workspaces never have one key, and nobody else reads it."""
    spaces = [create_workspace(tmp_path / name, TREE, settings_text()) for name in ("one", "two")]
    keys = {space.stamp_key.read_bytes() for space in spaces}
    assert len(keys) == 2
    assert {stat.S_IMODE(space.stamp_key.stat().st_mode) for space in spaces} == {0o600}


def test_what_is_issued_and_what_comes_back_marked_bears_its_token(desk: Desk) -> None:
    """Both may be sent in again: each says by its token whose it is and for which period."""
    assert stamp_in(desk.issued(EAST)) == Stamp(
        CAMPAIGN.key, FORM, "1", EAST, FIRST, token=right(EAST), edition=FULL
    )
    desk.drop(WEST, desk.fill(WEST, BAD))
    desk.run()
    (copy,) = desk.out(WEST, FIRST).glob("退回_*.xlsx")
    assert (stamp_in(copy).token, stamp_in(copy).edition) == (right(WEST), FULL)


def test_the_judging_result_says_what_the_token_says(desk: Desk) -> None:
    """Right, wrong or none: told beside the judgement, which is the same in each case."""
    own = desk.fill(EAST)
    others = {
        Token.RIGHT: own,
        Token.WRONG: desk.fill(EAST, spoil=stamped("token", right(WEST)), name="西.xlsx"),
        Token.NONE: desk.fill(EAST, spoil=without_token, name="旧.xlsx"),
    }
    judged = {}
    for said, file in others.items():
        assert said_of(desk, file) is said
        with open_context(desk.root, IN_TIME) as context:
            judged[said] = check_file(context, file, EAST).judgement
    assert {judgement.outcome.value for judgement in judged.values()} == {"accepted"}
    assert len({judgement.findings for judgement in judged.values()}) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("token", right(EAST, SECOND)), ("token", right(EAST)[:-1] + "A"), ("period", SECOND)],
)
def test_another_periods_or_a_made_up_token_is_wrong(desk: Desk, key: str, value: str) -> None:
    """A token is held against what the workbook turns out to be, not against what it says."""
    assert said_of(desk, desk.fill(EAST, spoil=stamped(key, value))) is Token.WRONG


def test_another_units_workbook_in_the_folder_has_a_wrong_token(desk: Desk) -> None:
    """Its token is right for the other unit, and so wrong here, where it is held as ever."""
    assert said_of(desk, desk.fill(WEST), EAST) is Token.WRONG


def test_the_service_writes_down_what_tokens_say(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells of each answer whether its workbook bore the right token, not which."""
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, spoil=stamped("token", right(EAST))))
    with caplog.at_level("INFO", "sheetflow"):
        desk.run()
    lines = caplog.messages
    told = [line for line in lines if "token" in line]
    assert sorted(line.rpartition(" ")[2] for line in told) == ["right", "wrong"]
    assert not any(right(unit_id) in line for line in lines for unit_id in (EAST, WEST))


def test_a_lost_key_is_made_anew_said_once_and_nothing_is_refused_or_issued_again(
    desk: Desk,
) -> None:
    """Forms handed out before are good, and count as bearing no token."""
    filled = desk.fill(EAST)
    before = desk.publications()
    desk.workspace.stamp_key.unlink()
    (line,) = [line for line in examine(desk.root, NEXT_DAY) if line.topic == "填报表标识"]
    assert "没有密钥" in line.found
    report = desk.run(NEXT_DAY)
    (said,) = [sentence for sentence in report.notices if "stamp.key" in sentence]
    assert said == (
        "填报表标识的密钥（state/stamp.key）原来没有，已经新做了一份，请重新备份。"
        "以前发出的填报表照常使用。"
    )
    assert desk.workspace.stamp_key.read_text() != SECRET
    assert not any("stamp.key" in sentence for sentence in desk.run(NEXT_DAY).notices)
    assert said_of(desk, filled) is Token.NONE
    desk.drop(EAST, filled)
    assert desk.run(NEXT_DAY).outcomes == {"accepted": 1}
    assert {path: desk.publications()[path] for path in before if "填报_" in path} == {
        path: content for path, content in before.items() if "填报_" in path
    }


def test_what_was_issued_without_a_token_is_not_issued_again_for_it(tmp_path: Path) -> None:
    """Workbooks that lie with the units are good as they are; the next issue bears tokens."""
    desk = Desk.make(tmp_path / "workspace")
    desk.workspace.stamp_key.write_text("spoilt")
    assert desk.issue()
    before = desk.publications()
    desk.workspace.stamp_key.write_text(SECRET)
    assert desk.issue() == 0
    assert desk.publications() == before
    assert stamp_in(desk.issued(EAST)).token == ""
    desk.issue(SECOND, NEXT_DAY)
    assert stamp_in(desk.issued(EAST, SECOND)).token == right(EAST, SECOND)


@pytest.mark.parametrize("way", ["damaged", "folder"])
def test_a_key_that_cannot_be_read_stops_nothing_and_is_named(desk: Desk, way: str) -> None:
    """What is issued meanwhile bears no token; `doctor` says what to do; the file stays as it is."""
    filled = desk.fill(EAST)
    key = desk.workspace.stamp_key
    key.unlink()
    key.mkdir() if way == "folder" else key.write_text(SECRET[:-1])
    (line,) = [line for line in examine(desk.root, NEXT_DAY) if line.topic == "填报表标识"]
    assert {"damaged": "已经损坏", "folder": "读不出"}[way] in line.found
    assert SECRET[:-1] not in f"{line}"
    desk.drop(EAST, filled)
    assert desk.run(NEXT_DAY).outcomes == {"accepted": 1}
    desk.issue(SECOND, NEXT_DAY)
    assert stamp_in(desk.issued(EAST, SECOND)).token == ""
    assert key.is_dir() or key.read_text() == SECRET[:-1]


def test_a_backup_holds_the_key_and_restore_brings_it_back(desk: Desk, tmp_path: Path) -> None:
    """Elsewhere, too, the tokens of before are right."""
    filled, target = desk.fill(EAST), tmp_path / "备份.zip"
    desk.ask(lambda context: back_up(context, target))
    restore(tmp_path / "elsewhere", target)
    there = Desk(tmp_path / "elsewhere")
    assert there.workspace.stamp_key.read_text() == SECRET
    assert stat.S_IMODE(there.workspace.stamp_key.stat().st_mode) == 0o600
    assert said_of(there, filled) is Token.RIGHT


def without_key(backup: Path) -> None:
    """Make the backup one of the version before."""
    with zipfile.ZipFile(backup) as package:
        held = {name: package.read(name) for name in package.namelist() if name != STAMP_KEY}
    manifest = json.loads(held["manifest.json"])
    del manifest["files"][STAMP_KEY]
    held["manifest.json"] = json.dumps(manifest | {"version": 2}).encode()
    with zipfile.ZipFile(backup, "w") as package:
        for name, content in held.items():
            package.writestr(name, content)


def test_a_backup_from_before_there_were_keys_takes_none_away(desk: Desk, tmp_path: Path) -> None:
    """Brought back over a workspace that has a key, it leaves that."""
    target = tmp_path / "备份.zip"
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.ask(lambda context: back_up(context, target))
    without_key(target)
    restore(desk.root, target, force=True)
    assert desk.workspace.stamp_key.read_text() == SECRET


def test_a_database_made_again_from_a_backup_brings_a_lost_key_along(
    desk: Desk, tmp_path: Path
) -> None:
    """`restore --from-archive` takes it from the backup where the workspace has none, and only there."""
    target, key = tmp_path / "备份.zip", desk.workspace.stamp_key
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.ask(lambda context: back_up(context, target))
    for content in ("", SECRET[::-1]):
        key.write_text(content) if content else key.unlink()
        desk.workspace.database.unlink()
        recover(desk.root, backup=target, at=IN_TIME)
        assert key.read_text() == (content or SECRET)


def test_the_key_is_in_no_file_but_its_own(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Neither workbooks, mails, log, database, journal nor what `doctor` and `status` say hold it."""
    desk.drop(EAST, desk.fill(EAST))
    desk.drop(WEST, desk.fill(WEST, BAD))
    with caplog.at_level("DEBUG"):
        desk.run()
    secret = bytes.fromhex(SECRET)
    for path in (path for path in desk.root.rglob("*") if path.is_file()):
        content = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as package:
                content += [package.read(name) for name in package.namelist()]
        holds = any(secret in each or SECRET.encode() in each for each in content)
        assert holds is (path == desk.workspace.stamp_key), path
    assert SECRET not in caplog.text
    assert SECRET not in f"{examine(desk.root, IN_TIME)}"
    assert SECRET not in desk.ask(repr)


def resaved(file: Path, folder: Path, kind: str) -> Path:
    """Open and save a workbook as another program does."""
    if kind == "openpyxl":
        book = openpyxl.load_workbook(file)
        book.save(folder / file.name)
        return folder / file.name
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", kind, "--outdir", str(folder), str(file)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / f"{file.stem}.{kind}"


@pytest.mark.parametrize(
    "kind",
    [
        "openpyxl",
        *(
            pytest.param(kind, marks=[needs_office, pytest.mark.office])
            for kind in ("xlsx", "xls", "ods")
        ),
    ],
)
def test_other_programs_keep_the_stamp(desk: Desk, tmp_path: Path, kind: str) -> None:
    """Saved by another office program, in its format, a filled workbook still says whose it is."""
    folder = tmp_path / "saved"
    folder.mkdir()
    saved = resaved(desk.fill(EAST), folder, kind)
    assert stamp_in(saved) == stamp_in(desk.issued(EAST))
    assert said_of(desk, saved) is Token.RIGHT


@pytest.mark.parametrize("lost", ["cells", "names"])
def test_each_copy_of_the_stamp_is_enough(desk: Desk, lost: str) -> None:
    """The token stands twice like the rest: in hidden cells and in names."""

    def spoil(book: Workbook) -> None:
        if lost == "cells":
            del book[STAMP_SHEET]
        else:
            for key in STAMP_KEYS:
                del book.defined_names[STAMP_NAME.format(key=key)]

    assert said_of(desk, desk.fill(EAST, spoil=spoil)) is Token.RIGHT
