"""What a county hands in beside its workbook reaches city and province byte for byte, and is listed on the way."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from PIL import Image

from sheetflow.schemas.evidence import NamedFile
from sheetflow.service.files_up import named_apart
from sheetflow.upkeep.restore import mark_missing
from tests.service.test_following_units import edit, renamed
from tests.tiny.attached import ATTACHED, ATTACHED_NAME, WORKS_FORM
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    OTHER_CITY,
    PROVINCE,
    SIGNED,
    TREE,
    Desk,
    Rows,
    body,
    table,
    words,
    write,
)

pytestmark = pytest.mark.slow

PLAN, OTHER_PLAN, PHOTO = "三号桥方案.docx", "五里坡方案.docx", "桥前.png"


def paper(text: str) -> bytes:
    """A paper as Word saves it."""
    document = docx.Document()
    document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def photo() -> bytes:
    """A photograph."""
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(target, "PNG")
    return target.getvalue()


FILES = {PLAN: paper("三号桥整治。"), OTHER_PLAN: paper("五里坡整治。"), PHOTO: photo()}


def works(*plans: str, photos: str | None = None) -> Rows:
    """Rows of the form, one for each paper named."""
    return {
        "slip": [{"written_on": SIGNED}],
        "works": [
            {
                "work_id": f"Z{number:03d}",
                "place": f"河段{number}",
                "plan": plan,
                "photos": photos if number == 1 else None,
            }
            for number, plan in enumerate(plans, start=1)
        ],
    }


class WorksDesk(Desk):
    """A workspace in which the form is issued."""

    @classmethod
    def begun(cls, root: Path) -> WorksDesk:
        """Make it and hand the form out."""
        desk = cls.make(root, campaign=f'"{ATTACHED_NAME}"')
        assert isinstance(desk, WorksDesk)
        desk.issue(form=WORKS_FORM.key)
        return desk

    def hand_in(self, unit_id: str, rows: Rows) -> None:
        """Fill and drop the unit's workbook."""
        (issued,) = self.out(unit_id).joinpath(FIRST).glob(f"填报_*{WORKS_FORM.title}.xlsx")
        target = self.root.parent / "clerks" / unit_id / "整治.xlsx"
        self.drop(unit_id, write(issued, target, rows, forms=ATTACHED.forms))

    def beside(self, unit_id: str, *names: str, folder: str = "") -> None:
        """Drop files beside it."""
        for name in names:
            self.drop(unit_id, FILES[name], name, folder)

    def zips(self, unit_id: str) -> dict[str, dict[str, bytes]]:
        """What lies in the unit's zips, by their names."""
        return {
            path.name: {name: archive.read(name) for name in archive.namelist()}
            for path in sorted(self.out(unit_id, FIRST).glob("附件_*.zip"))
            for archive in [zipfile.ZipFile(path)]
        }


@pytest.fixture
def desk(tmp_path: Path) -> WorksDesk:
    """A workspace in which the form is issued."""
    return WorksDesk.begun(tmp_path / "work")


_ZIP = f"附件_{EAST}-东岸县_{FIRST}_{WORKS_FORM.title}.zip"


def test_files_reach_everyone_above_byte_for_byte(desk: WorksDesk) -> None:
    """City and province read just what the county's people made, under the names they gave it."""
    desk.hand_in(EAST, works(PLAN, "五里坡方案", photos="桥前"))
    desk.beside(EAST, PLAN)
    desk.beside(EAST, OTHER_PLAN, PHOTO, folder="附件")
    desk.run()
    assert desk.zips(CITY) == desk.zips(PROVINCE) == {_ZIP: FILES}
    assert desk.zips(EAST) == {}
    receipt = desk.answer(EAST, "回执")
    told = words(receipt)
    assert "附件（3件，原样报送上级）" in told
    assert all(name in told for name in FILES)
    board = desk.answer(CITY, f"上报情况_上游市_{WORKS_FORM.title}.xlsx", "")
    rows = table(board, "本期明细", "附件")
    assert {row["单位代码"]: row["附件"] for row in rows}[EAST] == "3件"


def test_a_second_pass_writes_nothing(desk: WorksDesk) -> None:
    """What lies there already is not written again."""
    desk.hand_in(EAST, works(PLAN))
    desk.beside(EAST, PLAN)
    desk.run()
    before = desk.publications()
    desk.run(NEXT_DAY)
    assert {
        name: value for name, value in desk.publications().items() if name.endswith(".zip")
    } == {name: value for name, value in before.items() if name.endswith(".zip")}


def test_a_file_that_comes_later_completes_the_same_submission(desk: WorksDesk) -> None:
    """Who forgot the paper drops it alone: the same number is accepted, and it goes up."""
    desk.hand_in(EAST, works(PLAN))
    desk.run()
    assert desk.zips(CITY) == {}
    desk.beside(EAST, PLAN)
    desk.run(IN_TIME + dt.timedelta(hours=1))
    (submission,) = desk.submissions(EAST)
    assert (submission.number, submission.outcome) == (1, "accepted")
    assert desk.zips(PROVINCE) == {_ZIP: {PLAN: FILES[PLAN]}}


def test_a_correction_takes_back_what_it_no_longer_names(desk: WorksDesk) -> None:
    """No zip goes on saying what its sender has put right since."""
    desk.hand_in(EAST, works(PLAN, OTHER_PLAN))
    desk.beside(EAST, PLAN, OTHER_PLAN)
    desk.run()
    desk.hand_in(EAST, works(OTHER_PLAN))
    desk.run(IN_TIME + dt.timedelta(hours=1))
    assert desk.zips(CITY) == {_ZIP: {OTHER_PLAN: FILES[OTHER_PLAN]}}


def _file(name: str, sha256: str) -> NamedFile:
    return NamedFile(sheet="", key="", column="", cell="", name=name, sha256=sha256)


def test_twins_are_told_apart_and_copies_go_once() -> None:
    """Two files of one name both travel; one file named in two cells travels once."""
    files = (
        _file("方案.docx", "a"),
        _file("方案.DOCX", "b"),
        _file("别名.docx", "a"),
        _file("图1/2.png", "c"),
    )
    assert [name for name, _ in named_apart(files)] == ["方案.docx", "方案_2.DOCX", "图1_2.png"]
    again = replace(files[0], sha256="d")
    assert [name for name, _ in named_apart((*files, again))][-1] == "方案_3.docx"


def test_the_units_own_page_tells_what_no_workbook_names_yet(desk: WorksDesk) -> None:
    """A clerk who dropped the paper before the workbook sees that it came, and later that it belongs."""
    desk.beside(EAST, PLAN)
    desk.run()
    page = desk.answer(EAST, "报送进度").read_text(encoding="utf-8")
    assert f"收到附件“{PLAN}”，还没有表提到它" in page
    desk.hand_in(EAST, works(PLAN))
    desk.run(IN_TIME + dt.timedelta(hours=1))
    page = desk.answer(EAST, "报送进度").read_text(encoding="utf-8")
    assert "还没有表提到" not in page
    assert "，附件1件" in page


def test_a_missing_paper_is_told_where_it_is_looked_for(desk: WorksDesk) -> None:
    """The returned copy and the unit's page say that one file is missing; the mail names none."""
    desk.hand_in(EAST, works(PLAN, OTHER_PLAN))
    desk.beside(EAST, PLAN)
    desk.run()
    assert f"没有收到附件“{OTHER_PLAN}”" in words(desk.answer(EAST, "退回"))
    assert "，附件1件，缺1件" in desk.answer(EAST, "报送进度").read_text(encoding="utf-8")
    told = "".join(body(mail) for mail in desk.mails(EAST))
    assert "没有收到附件" in told
    assert OTHER_PLAN not in told


def test_a_lost_zip_is_made_again(desk: WorksDesk) -> None:
    """After a restore, what went up lies there again to the byte."""
    desk.hand_in(EAST, works(PLAN))
    desk.beside(EAST, PLAN)
    desk.run()
    path = desk.out(CITY, FIRST) / _ZIP
    before = path.read_bytes()
    path.unlink()
    desk.ask(mark_missing)
    desk.run(NEXT_DAY)
    assert path.read_bytes() == before


def test_a_sender_that_is_renamed_leaves_no_zip_under_its_old_name(desk: WorksDesk) -> None:
    """Who looks for a county's papers finds them under the name that it bears now."""
    desk.hand_in(EAST, works(PLAN))
    desk.beside(EAST, PLAN)
    desk.run()
    edit(desk, renamed(EAST, "东江县"))
    desk.run(NEXT_DAY)
    assert list(desk.zips(CITY)) == [_ZIP.replace("东岸县", "东江县")]


def test_who_is_new_above_a_unit_gets_its_files(desk: WorksDesk) -> None:
    """A county that moves to another city takes its papers along: the old city's zip goes, the new one has it."""
    desk.hand_in(EAST, works(PLAN))
    desk.beside(EAST, PLAN)
    desk.run()
    edit(desk, replace(TREE[EAST], parent=OTHER_CITY))
    desk.run(NEXT_DAY)
    assert desk.zips(OTHER_CITY) == {_ZIP: {PLAN: FILES[PLAN]}}
    assert not desk.zips(CITY)
    assert list(desk.zips(PROVINCE)) == [_ZIP]
