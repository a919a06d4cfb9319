"""Files that come beside a workbook are taken with it, kept by their bytes, and found by its cells."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import openpyxl
import pytest

from sheetflow.children.judge_task import JudgeReply
from sheetflow.findings import Place
from sheetflow.intake.archive import blob_path
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.service import judge
from tests.tiny.attached_desk import PDF, AttachedDesk, paper, pdf
from tests.tiny.desk import CITY, EAST, NEXT_DAY, WEST


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> AttachedDesk:
    """A workspace whose form is handed out."""
    return AttachedDesk.begun(tmp_path_factory.mktemp("attached") / "work")


@pytest.fixture
def desk(begun: AttachedDesk, tmp_path: Path) -> AttachedDesk:
    """A copy of it to work in."""
    shutil.copytree(begun.root, tmp_path / "work")
    return AttachedDesk(tmp_path / "work")


def sha256(content: bytes) -> str:
    """The name of a blob."""
    return hashlib.sha256(content).hexdigest()


def budget(folder: Path) -> bytes:
    """A workbook that is none of ours."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "预算"
    book.save(folder / "预算.xlsx")
    return (folder / "预算.xlsx").read_bytes()


def is_kept(desk: AttachedDesk, content: bytes) -> bool:
    """Whether the archive has these very bytes."""
    path = blob_path(desk.workspace.archive, sha256(content))
    return path.is_file() and path.read_bytes() == content


def test_a_workbook_and_its_files_are_accepted_together(desk: AttachedDesk) -> None:
    """A paper in 附件 and one in the folder itself are found by the names in the cells, and kept to the byte."""
    one, other = paper("三号桥"), pdf("五里坡")
    desk.attach("三号桥 方案.docx", one)
    desk.attach("五里坡方案.pdf", other, into="")
    desk.hand_in("三号桥方案", "五里坡方案.pdf")
    report = desk.run()
    assert (report.taken, dict(report.outcomes)) == (3, {"accepted": 1})
    assert desk.found() == {"三号桥 方案.docx": sha256(one), "五里坡方案.pdf": sha256(other)}
    assert is_kept(desk, one)
    assert is_kept(desk, other)
    assert not desk.inbox_files()


def test_a_file_that_comes_after_a_return_has_the_same_workbook_judged_again(
    desk: AttachedDesk,
) -> None:
    """Nobody hands the workbook in once more for a paper that was forgotten: the number stays."""
    desk.hand_in("三号桥方案.docx")
    desk.run()
    ((receipt, outcome),) = desk.outcomes()
    assert (outcome, desk.found()) == ("returned", {"三号桥方案.docx": ""})
    desk.attach("三号桥方案.docx", paper())
    report = desk.run(NEXT_DAY)
    assert dict(report.outcomes) == {"accepted": 1}
    assert desk.outcomes() == [(receipt, "accepted")]
    assert "attachment-missing" not in desk.rules()


def test_a_better_file_takes_the_place_of_one_that_was_accepted(desk: AttachedDesk) -> None:
    """While the period is open the newest file of a name counts; a bad one never undoes what counts."""
    first, second = pdf("初稿"), pdf("二稿")
    desk.attach("方案.pdf", first)
    desk.hand_in("方案.pdf")
    desk.run()
    desk.attach("方案.pdf", b"%PDF-1.4 torn")
    assert not desk.run().outcomes
    assert (desk.outcomes()[0][1], desk.found()) == ("accepted", {"方案.pdf": sha256(first)})
    desk.attach("方案.pdf", second)
    assert dict(desk.run().outcomes) == {"accepted": 1}
    assert desk.found() == {"方案.pdf": sha256(second)}
    assert is_kept(desk, first)


def test_a_file_before_any_workbook_waits_and_is_shown(desk: AttachedDesk) -> None:
    """It is no refused workbook: status names it until a workbook does."""
    desk.attach("方案.pdf", into="")
    report = desk.run()
    assert not report.outcomes
    (told,) = [each for each in report.waiting if each.unit_id == EAST]
    assert (told.kind.value, told.is_ours) == ("unnamed", False)
    assert "方案.pdf" in told.reason
    assert "还没有表提到它" in told.reason
    desk.hand_in("方案")
    report = desk.run()
    assert (dict(report.outcomes), report.waiting) == ({"accepted": 1}, ())


@pytest.mark.parametrize("is_first", [True, False])
def test_a_workbook_of_another_kind_that_a_cell_names_is_a_file(
    desk: AttachedDesk, tmp_path: Path, *, is_first: bool
) -> None:
    """An .xlsx in the folder itself, which is no workbook of ours, is answered once: as what a cell names."""
    content = budget(tmp_path)
    if is_first:
        desk.drop(EAST, content, name="预算.xlsx")
    desk.hand_in("预算")
    if not is_first:
        desk.drop(EAST, content, name="预算.xlsx")
    desk.run()
    assert [each.file_name for each in desk.submissions(EAST)] == ["备案.xlsx"]
    assert desk.found() == {"预算.xlsx": sha256(content)}
    assert is_kept(desk, content)


def test_a_strange_workbook_that_nobody_names_is_refused_as_ever(
    desk: AttachedDesk, tmp_path: Path
) -> None:
    """Only a cell makes a file of what bears a workbook's name; a later cell does so as well."""
    content = budget(tmp_path)
    desk.drop(EAST, content, name="预算.xlsx")
    strange = desk.run().outcomes
    assert sum(strange.values()) == 1
    desk.hand_in("预算")
    desk.run()
    desk.drop(EAST, content, name="预算.xlsx")
    desk.run(NEXT_DAY)
    assert desk.found() == {"预算.xlsx": sha256(content)}


def test_the_same_file_again_changes_nothing(desk: AttachedDesk) -> None:
    """A duplicate is taken, kept and named by nobody anew; nothing waits for it."""
    desk.attach("方案.pdf")
    desk.hand_in("方案")
    desk.run()
    desk.attach("方案.pdf")
    report = desk.run()
    assert (report.taken, dict(report.outcomes), report.waiting) == (1, {}, ())
    assert len(desk.ask(lambda context: context.store.files.find_files(EAST))) == 2


def test_a_precheck_sees_the_files_beside_it(desk: AttachedDesk) -> None:
    """What lies in 预审 with its files is judged as it would be, and hands in nothing."""
    (desk.workspace.precheck_of(desk.ask(lambda context: context.tree[EAST]))).mkdir(exist_ok=True)
    desk.attach("方案.pdf", into="预审")
    desk.hand_in("方案", into="预审")
    desk.run()
    documents = desk.ask(
        lambda context: [
            context.store.arrivals.find_answer_document(each.arrival_id)[0]["outcome"]
            for each in context.store.arrivals.find_all()
            if each.answer == "precheck"
        ]
    )
    assert documents == ["accepted"]
    assert not desk.submissions(EAST)
    desk.hand_in("方案")
    desk.run()
    assert desk.outcomes()[0][1] == "returned"


def test_two_contents_of_one_name_are_asked_about_and_kept(desk: AttachedDesk) -> None:
    """Which of the two is meant nobody guesses; the one that is dropped again counts."""
    one, other = pdf("甲"), pdf("乙")
    desk.attach("方案.pdf", one)
    desk.attach("方案.pdf", other, into="")
    desk.hand_in("方案")
    desk.run()
    assert "attachment-ambiguous" in desk.rules()
    assert is_kept(desk, one)
    assert is_kept(desk, other)
    desk.attach("方案.pdf", other)
    desk.run(NEXT_DAY)
    assert (desk.outcomes()[0][1], desk.found()) == ("accepted", {"方案.pdf": sha256(other)})


def test_a_file_of_60_mb_is_kept_and_a_finding(desk: AttachedDesk) -> None:
    """Too large for its column, it is kept to the byte all the same, and a sentence says so."""
    large = PDF.replace(b"1 0 obj", b"%" + b"x" * (60 * 1024**2) + b"\n1 0 obj")
    desk.attach("方案.pdf", large)
    desk.hand_in("方案")
    desk.run()
    assert "attachment-too-large" in desk.rules()
    assert is_kept(desk, large)


def test_a_flood_of_files_is_taken_before_the_workbook_that_names_them(desk: AttachedDesk) -> None:
    """A hundred papers and their list are one answer, though the list was copied first."""
    names = [f"方案{number:03}.pdf" for number in range(100)]
    desk.hand_in(*names)
    for name in names:
        desk.attach(name, pdf(name))
    report = desk.run()
    assert (report.taken, dict(report.outcomes)) == (101, {"accepted": 1})
    assert all(desk.found().values())


def test_no_file_of_another_unit_is_ever_found(desk: AttachedDesk) -> None:
    """What lies in one unit's folder is that unit's alone."""
    desk.attach("方案.pdf", unit_id=CITY)
    desk.hand_in("方案")
    desk.run()
    assert desk.found() == {"方案": ""}


def test_names_of_files_stand_in_no_log(
    desk: AttachedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """People type them: the log says which arrival it was."""
    desk.attach("王安澜的方案.pdf")
    desk.hand_in("王安澜的方案")
    with caplog.at_level("DEBUG"):
        desk.run()
    assert "kept beside workbooks" in caplog.text
    assert "王安澜" not in caplog.text


@pytest.mark.timeout(60)
def test_two_workbooks_that_name_each_other_are_both_answered(desk: AttachedDesk) -> None:
    """Whoever writes one workbook's name into the other waits for nothing: the pass ends, others are served."""
    desk.drop(EAST, desk.workbook("乙.xlsx").read_bytes(), name="甲.xlsx")
    desk.drop(EAST, desk.workbook("甲.xlsx").read_bytes(), name="乙.xlsx")
    desk.attach("西岸.pdf", unit_id=WEST)
    desk.hand_in("西岸.pdf", unit_id=WEST)
    desk.run()
    assert [outcome for _, outcome in desk.outcomes()] == ["returned", "returned"]
    assert [outcome for _, outcome in desk.outcomes(WEST)] == ["accepted"]


def test_a_strange_workbook_in_precheck_is_answered_there(
    desk: AttachedDesk, tmp_path: Path
) -> None:
    """What lies in 预审 is no file of the workbook that was handed in, whatever that one misses."""
    desk.hand_in("预算")
    desk.run()
    desk.drop(EAST, budget(tmp_path), name="预算.xlsx", folder="预审")
    desk.run(NEXT_DAY)
    assert desk.found() == {"预算": ""}
    assert any(
        name.startswith("预审_") for name in (path.name for path in desk.out(EAST).rglob("*.xlsx"))
    )


def test_a_file_takes_no_workbook_back_that_counts(
    desk: AttachedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes of judging it again for a better file, what was accepted stays accepted."""
    desk.attach("方案.pdf", pdf("初稿"))
    desk.hand_in("方案.pdf")
    desk.run()
    held = Judgement(outcome=Outcome.HELD, findings=(GENERAL["our-fault"].at(Place()),))
    monkeypatch.setattr(judge, "_reply", lambda *_: JudgeReply(judgement=held))
    desk.attach("方案.pdf", pdf("二稿"))
    desk.run()
    assert [outcome for _, outcome in desk.outcomes()] == ["accepted"]
