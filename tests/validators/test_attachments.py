"""Files beside a workbook: which one a cell means, and what the answer keeps of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.findings import Severity
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.evidence import LOCKED, NOT_TYPE, find, find_all
from sheetflow.schemas.forms import Attachments
from sheetflow.schemas.sheets import EXPLANATIONS
from tests.county_book import said
from tests.tiny.attached import ALL_THERE, ATTACHED, WORKS_FORM, came, judged_works


@pytest.mark.parametrize(
    "typed",
    [
        "三号桥方案.docx",
        "三号桥方案",
        "三 号桥　方案.DOCX",
        "三号桥方案．ｄｏｃｘ",
        "\u200b三号桥方案.docx",
        "附件\\三号桥方案.docx",
    ],
)
def test_a_name_finds_its_file_however_it_is_typed(typed: str) -> None:
    """Nobody is sent back for a space, a width, a case or an ending that was left out."""
    (file,) = find(typed, ALL_THERE)
    assert file.name == "三号桥方案.docx"


@pytest.mark.parametrize("typed", ["三号桥方案.doc", "三号桥方案2", "三号桥方案.pdf", "方案"])
def test_another_name_is_another_file(typed: str) -> None:
    """Nothing is guessed: a part of a name or another ending finds nothing."""
    assert find(typed, ALL_THERE) == ()


def test_the_newest_delivery_counts() -> None:
    """A paper that was put right and dropped again goes up, not the one before it."""
    old, new = came("方案.docx", content="旧"), came("方案.docx", content="新", batch=2)
    assert find("方案.docx", (old, new)) == find("方案", (new, old)) == (new,)


def test_a_whole_name_goes_before_a_bare_one() -> None:
    """Where one name fits to the letter, no doubt is raised about its neighbour."""
    bare, whole = came("方案", kind=".docx", content="一"), came("方案.docx", content="二")
    assert find("方案.docx", (bare, whole)) == (whole,)
    assert find("方案", (bare, whole)) == (bare,)
    assert set(find("方案", (whole, came("方案.pdf")))) == {whole, came("方案.pdf")}


def test_a_name_that_holds_a_comma_is_one_name() -> None:
    """What looks like several names, and is the name of one file, is found."""
    listed = came("组织、宣传.docx")
    assert find_all(("组织", "宣传.docx", "桥前"), (*ALL_THERE, listed)) == (
        ("组织、宣传.docx", (listed,)),
        ("桥前", (came("桥前.jpg"),)),
    )


def test_what_is_named_is_kept_with_the_answer() -> None:
    """The receipt, and those above, get just the files that the workbook's cells name."""
    judgement = judged_works()
    assert judgement.outcome is Outcome.ACCEPTED
    assert [(file.cell, file.name) for file in judgement.files] == [
        ("C4", "三号桥方案.docx"),
        ("D4", "桥前.jpg"),
        ("D4", "桥后.JPG"),
        ("C5", "五里坡方案.pdf"),
    ]
    assert {file.sha256 for file in judgement.files} == {file.sha256 for file in ALL_THERE}


def test_where_nobody_looks_for_files_none_is_missed() -> None:
    """A trial of a new version, or a check of one file elsewhere, asks for no files."""
    judgement = judged_works(files=None)
    assert (said(judgement), judgement.files, judgement.unnamed) == ([], (), ())


def test_a_file_that_nobody_names_is_told_and_hinders_nothing() -> None:
    """A clerk who dropped one photograph too many hears of it, and is accepted."""
    extra = came("桥下.jpg")
    judgement = judged_works(files=(*ALL_THERE, extra))
    assert judgement.outcome is Outcome.ACCEPTED
    assert judgement.unnamed == (extra,)
    (finding,) = judgement.findings
    assert ATTACHED.catalogue.sentence(finding) == (
        "整个工作簿：一起收到的文件里有1个没有哪一格提到：“桥下.jpg”。"
        "要作为附件的，请把文件名填进附件栏再报一次；不用的，不用处理。"
    )


def test_files_of_other_deliveries_are_not_asked_about() -> None:
    """What came with another workbook, months ago, is nobody's question today."""
    assert judged_works(files=(*ALL_THERE, came("桥下.jpg")), batch=2).unnamed == ()


def test_a_missing_file_is_hard_where_the_cell_must_be_filled() -> None:
    """What must be there is sent back for; what need not be there may be explained."""
    judgement = judged_works(files=(came("五里坡方案.pdf"),))
    assert [(f.severity, f.place.cell) for f in judgement.findings] == [
        (Severity.MUST, "C4"),
        (Severity.VERIFY, "D4"),
    ]
    assert [file.sha256 != "" for file in judgement.files] == [False, False, False, True]


def test_of_a_form_that_must_have_files_one_at_least_is_there() -> None:
    """Where every cell may stay blank, the form still gets its paper."""
    loose = [
        replace(
            sheet,
            declared=tuple(
                replace(column, required=column.key == "place") for column in sheet.declared
            ),
        )
        if sheet.key == "works"
        else sheet
        for sheet in WORKS_FORM.sheets
    ]
    form = replace(WORKS_FORM, sheets=tuple(loose))
    bare = "@ 整治河段 整治方案 4 = \n@ 整治河段 整治方案 5 = \n@ 整治河段 照片 4 = "
    assert [f.rule for f in judged_works(bare, (), form=form).findings] == ["attachments-none"]
    optional = replace(form, attachments=Attachments.OPTIONAL)
    assert judged_works(bare, (), form=optional).findings == ()
    told = [f.rule for f in judged_works(bare + "桥前", (), form=form).findings]
    assert told == ["attachment-missing"]  # once, at the cell that names it


def test_a_form_without_cells_for_names_keeps_what_comes_with_it() -> None:
    """A form that merely must have a paper beside it has the one of the same delivery."""
    (slip, works, *_) = WORKS_FORM.sheets
    named = {"plan", "photos"}
    columns = tuple(column for column in works.declared if column.key not in named)
    form = replace(WORKS_FORM, sheets=(slip, replace(works, declared=columns), EXPLANATIONS))
    gone = "@ 整治河段 C3 = \n@ 整治河段 D3 = \n@ 整治河段 blank 4 5\n"
    filled = f"{gone}@ 整治河段 A4 = Z001\n@ 整治河段 B4 = 三号桥"
    paper = came("方案.docx")
    judgement = judged_works(filled, (paper, came("旧.docx", batch=0)), form=form)
    assert [(file.name, file.cell) for file in judgement.files] == [("方案.docx", "")]
    none = judged_works(filled, (), form=form)
    assert [f.rule for f in none.findings] == ["attachments-none"]


def test_the_sentence_tells_why_a_file_is_not_taken() -> None:
    """A locked paper, a picture in place of one, and one of 12 megabytes each get their reason."""
    many = "@ 整治河段 整治方案 4 = 锁着.docx、桥前.jpg、假的.docx"
    files = (
        *ALL_THERE,
        came("锁着.docx", fault=NOT_TYPE, remark=LOCKED),
        came("假的.docx", fault=NOT_TYPE),
    )
    (finding, *_) = judged_works(many, files).findings
    assert ATTACHED.catalogue.sentence(finding) == (
        "《整治河段》C4，Z001“整治方案”：附件“锁着.docx”（设了打开密码）、“桥前.jpg”（是.jpg文件）、"
        "“假的.docx”（收到的.docx文件只是改了后缀，里面不是这种文件）不是这一栏收的文件。请换成.docx、.pdf文件"
        "（旧版文档请另存为新格式，设了打开密码的请先去掉密码），再放进报送文件夹，文件名与这一格一致。"
    )


def test_no_sentence_repeats_a_persons_number() -> None:
    """A file that was called by somebody's telephone is asked for without it."""
    (finding, *_) = judged_works("@ 整治河段 整治方案 4 = 13812345678.docx").findings
    assert "138" not in ATTACHED.catalogue.sentence(finding)
