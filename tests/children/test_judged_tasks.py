"""Papers are read in limited children: what is spoiled costs nobody but itself."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from sheetflow.children.judged_tasks import (
    read_paper_text,
    render_award_list,
    render_judging_drafts,
    render_volume,
)
from sheetflow.children.limits import MIB, Limits
from sheetflow.children.pool import Pool
from sheetflow.consolidation.judged_papers import unread
from sheetflow.errors import UnreadableError
from tests.judged import content, contest
from tests.paper_files import saved


def bomb() -> bytes:
    """Pack 200 MB of text into a small .docx."""
    whole = io.BytesIO(content(0))
    target = io.BytesIO()
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(b"</w:body>", b"<w:p/>" * (200 * MIB // 6) + b"</w:body>")
            packed.writestr(name, part)
    return target.getvalue()


def long_paper() -> bytes:
    """Write a paper of 200 pages."""
    document = docx.Document()
    for number in range(1600):
        document.add_paragraph(f"第{number}段。" + "走访妇女群众" * 12)
    return saved(document)


@pytest.mark.slow
def test_spoiled_papers_hinder_no_other(tmp_path: Path) -> None:
    """Among a bomb, a torn file and one of 200 pages, each good paper is read and each bad one is named."""
    files = {
        "good.docx": content(1),
        "bomb.docx": bomb(),
        "torn.docx": content(0)[:-500],
        "none.docx": b"plain words",
        "long.docx": long_paper(),
        "scan.pdf": content(3),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    said: dict[str, str] = {}
    with Pool(1, Limits(address_space=900 * MIB)) as pool:
        for name in files:
            try:
                text = pool.call(read_paper_text, str(tmp_path / name))
            except UnreadableError as error:
                said[name] = unread(error.reason).missing
            else:
                said[name] = f"{len(text.contents)}段，{text.fault}"
    assert said["long.docx"] == "1600段，"
    assert said["scan.pdf"] == "0段，PDF，正文未收入论文集，见原件"
    assert said["good.docx"].endswith("段，")
    assert said["bomb.docx"] == "文档过大，正文未收入，见原件"
    assert said["torn.docx"] == "文档已损坏，无法读出，正文未收入，见原件"
    assert said["none.docx"] == "不是Word文档（.docx），正文未收入，见原件"


def test_children_write_all_papers() -> None:
    """List, volume and drafts come out of a child, and are what they would be here."""
    judged = contest()
    with Pool(1) as pool:
        assert pool.call(render_award_list, judged).startswith(b"PK")
        assert pool.call(render_volume, judged).startswith(b"PK")
        reply = pool.call(render_judging_drafts, judged)
    assert reply.drafts.startswith(b"PK")
    assert reply.check.startswith(b"PK")
