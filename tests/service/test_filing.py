"""What an office signed is filed with its period, compared with its draft, and stays as it is."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from sheetflow.intake.archive import blob_path
from sheetflow.reading.word_text import read_word
from sheetflow.service.status import standing
from tests.programs import needs_office
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    PROVINCE,
    WEST,
    words,
)
from tests.tiny.pair import PROBE_FORM, PairDesk, samples

pytestmark = pytest.mark.slow

REPORT = f"情况报告_清河省_{FIRST_NAMED}_水质抽检表.docx"
CHECK = f"定稿核对_清河省_{FIRST_NAMED}_水质抽检表.xlsx"
FILED = "定稿归档_99-清河省_2012Q1_水质抽检表_第{}号.xlsx"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> PairDesk:
    """A province whose form is reported: East has sampled."""
    desk = PairDesk.begun(tmp_path_factory.mktemp("filing") / "work")
    write_template(
        desk,
        "全省共取样{{ 本期.T1 }}次，合计{{ 本期.T3 }}毫升。应报单位{{ 应报单位数 }}个。",
        "已报{{ 已报单位数 }}个，另有{{ 未报单位|个数 }}个正在催报。",
    )
    desk.hand_in(EAST, PROBE_FORM, samples(12250, 100))
    desk.run(IN_TIME)
    return desk


@pytest.fixture
def desk(reported: PairDesk, tmp_path: Path) -> PairDesk:
    """A copy of it to work in."""
    shutil.copytree(reported.root, tmp_path / "work")
    return PairDesk(tmp_path / "work")


def write_template(desk: PairDesk, *paragraphs: str) -> None:
    """Write the office's own template of the form that is reported."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    path = desk.workspace.templates / "report" / "情况报告_水质抽检表.docx"
    document.save(str(path))


def edited(desk: PairDesk, **changes: str) -> bytes:
    """Give the province's draft as an officer leaves it: words replaced, a paragraph added."""
    document = docx.Document(str(desk.out(PROVINCE, FIRST) / REPORT))
    for paragraph in document.paragraphs:
        for old, new in changes.items():
            if old in paragraph.text:
                paragraph.text = paragraph.text.replace(old, new)
    document.add_paragraph("2012年4月12日")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def found(desk: PairDesk, sheet: str = "逐数核对") -> list[tuple[object, ...]]:
    """Give the rows of 定稿核对: result, what the draft and what the 定稿 says."""
    book = openpyxl.load_workbook(desk.out(PROVINCE, FIRST) / CHECK)
    return [tuple(cell.value for cell in row[1:4]) for row in book[sheet].iter_rows(min_row=4)]


def said(desk: PairDesk) -> str:
    """Give what `status` says of it."""
    form = desk.ask(lambda context: standing(context, form=PROBE_FORM).forms[0], NEXT_DAY)
    return "".join(words for _, words in form.signed)


def test_a_final_is_filed_and_stays_while_figures_go_on(desk: PairDesk) -> None:
    """A 定稿 is filed and compared with its draft; figures that change later are told, and touch it not."""
    final = edited(desk, **{"12350毫升": "1.2万毫升", "2次": "3次", "8个正": "几个正"})
    desk.drop(PROVINCE, final, "定稿_水质.docx")  # the mark tells what the name does not
    desk.hand_in(WEST, PROBE_FORM, samples(50))  # in the same pass: the draft goes on
    desk.run(IN_TIME_AGAIN)
    assert desk.inbox_files() == []
    assert found(desk) == [
        ("不一致", "2次", "3次"),
        ("一致（写法或取舍不同）", "12350毫升", "1.2万毫升"),
        ("一致", "9个", "9个"),
        ("一致", "1个", "1个"),
        ("定稿没有这个数", "8个", None),
    ]
    notice = words(desk.out(PROVINCE, FIRST) / FILED.format(1))
    assert "核对了4个，不一致的1个，定稿里没有的1个；定稿自己写的数3个" in notice
    assert "（定稿由它改成）" in notice
    (mail,) = (mail for mail in desk.mails(PROVINCE) if "定稿已归档" in str(mail["Subject"]))
    assert "不一致的1个" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "定稿2012年" in said(desk)
    assert "定稿后数据有变动" in said(desk)
    board = (desk.out(PROVINCE) / "上报情况_清河省_水质抽检表.html").read_text("utf-8")
    assert "归档；定稿后数据有变动" in board
    kept = desk.ask(lambda context: context.store.signed.find_signed(PROVINCE))
    archived = blob_path(desk.workspace.archive, str(kept[0].document["sha256"]))
    assert archived.read_bytes() == final


def test_the_board_tells_of_a_change_in_the_pass_that_brings_it(desk: PairDesk) -> None:
    """A correction a day after the 定稿 stands on the board as soon as `status` tells of it."""
    desk.drop(PROVINCE, edited(desk), "定稿_水质.docx")
    desk.run(IN_TIME_AGAIN)
    board = desk.out(PROVINCE) / "上报情况_清河省_水质抽检表.html"
    assert "有变动" not in board.read_text("utf-8")
    desk.hand_in(WEST, PROBE_FORM, samples(50))
    desk.run(NEXT_DAY)
    assert "定稿后数据有变动" in said(desk)
    assert "归档；定稿后数据有变动" in board.read_text("utf-8")


def test_what_is_not_told_is_held_and_what_is_no_report_is_answered(desk: PairDesk) -> None:
    """Each 定稿 or 正本 that cannot be filed gets a sentence and a remedy; none is judged as a workbook."""
    draft = (desk.out(PROVINCE, FIRST) / REPORT).read_bytes()
    plain = io.BytesIO()
    docx.Document().save(plain)
    workbook = next(desk.out(PROVINCE, FIRST).glob("填报_*抽检表.xlsx")).read_bytes()
    desk.drop(PROVINCE, plain.getvalue(), "定稿＿没有写哪一期.DOCX")
    desk.drop(CITY, draft, f"定稿_{FIRST_NAMED}.docx")  # another unit's, by its mark
    desk.drop(PROVINCE, PDF, "正本_水质抽检表_2012年4—6月.pdf")  # of which nothing is reported
    desk.drop(PROVINCE, with_macros(draft), "定稿_含宏.docx")
    desk.drop(PROVINCE, workbook, "定稿_其实是表.docx")
    desk.drop(PROVINCE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "定稿_旧.doc")
    desk.drop(PROVINCE, PDF[:20], "正本_2012Q1.pdf")
    desk.drop(EAST, draft, "定稿_县里没有报告.docx")
    desk.drop(PROVINCE, draft, "定稿_预审.docx", folder="预审")
    desk.drop(PROVINCE, bomb(), "定稿_2012Q1.docx")
    before = len(desk.submissions())
    desk.run(IN_TIME_AGAIN)
    assert desk.inbox_files() == []
    assert len(desk.submissions()) == before
    kept = desk.ask(lambda context: context.store.signed.find_signed())
    assert sorted((each.unit_id, each.outcome, each.document["why"]) for each in kept) == sorted(
        [
            (PROVINCE, "held", "period-unknown"),
            (CITY, "held", "unit-other"),
            (PROVINCE, "held", "report-none"),
            (PROVINCE, "refused", "word-macros"),
            (PROVINCE, "refused", "word-workbook"),
            (PROVINCE, "refused", "word-old"),
            (PROVINCE, "refused", "scan-none"),
            (EAST, "refused", "no-report"),
            (PROVINCE, "refused", "precheck"),
            (PROVINCE, "refused", "file-hostile"),
        ]
    )
    told = "".join(words(path) for path in desk.out(PROVINCE).glob("*归档_*.xlsx"))
    assert "请另存为不含宏的 .docx，再放一次" in told
    assert "本单位没有系统生成的情况报告" in words(next(desk.out(EAST).glob("定稿未归档_*.xlsx")))
    notices = "".join(desk.ask(lambda context: standing(context).notices, NEXT_DAY))
    assert "另一个单位的情况报告，待确认" in notices


def test_a_second_one_takes_its_place_and_the_same_again_does_not(desk: PairDesk) -> None:
    """Of two 定稿 the later stands and both are kept; the same bytes again are told, not filed."""
    first, second = edited(desk), edited(desk, **{"9个": "10个"})
    desk.drop(PROVINCE, first, "定稿_1.docx")
    desk.drop(PROVINCE, second, "定稿_2.docx")
    desk.drop(PROVINCE, PDF, "正本_水质抽检表_2012年第1季度.PDF")
    desk.run(IN_TIME_AGAIN)
    desk.drop(PROVINCE, second, "定稿_又一次.docx")
    desk.run(NEXT_DAY)
    kept = desk.ask(lambda context: context.store.signed.find_signed(PROVINCE))
    assert [(each.kind, each.number, each.again_at is not None) for each in kept] == [
        ("final", 1, False),
        ("final", 2, True),
        ("sealed", 1, False),
    ]
    assert ("不一致", "9个", "10个") in found(desk)
    assert "没有重复归档" in words(desk.out(PROVINCE, FIRST) / FILED.format(2))
    assert "，正本2012年" in said(desk)


def with_macros(draft: bytes) -> bytes:
    """Put a macro project into a document."""
    target = io.BytesIO(draft)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("word/vbaProject.bin", b"macros")
    return target.getvalue()


def bomb() -> bytes:
    """Give a document whose entities explode."""
    target = io.BytesIO()
    docx.Document().save(target)
    made = io.BytesIO()
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(made, "w") as package:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = b'<!DOCTYPE w [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
            package.writestr(name, content)
    return made.getvalue()


@needs_office
def test_the_mark_outlives_an_office_program(reported: PairDesk, tmp_path: Path) -> None:
    """A draft that was edited and saved by an office program is known by its mark still."""
    draft = tmp_path / "draft.docx"
    draft.write_bytes(edited(reported))
    before = read_word(draft.read_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    to = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "saved")]
    subprocess.run(
        ["soffice", profile, "--headless", *to, str(draft)], check=True, capture_output=True
    )
    after = read_word((tmp_path / "saved" / draft.name).read_bytes())
    assert after.mark == before.mark
    assert after.mark
    assert (after.mark.unit_id, after.mark.period) == (PROVINCE, FIRST)
    assert after.blocks == before.blocks
