"""GB/T 9704-2012 as the file states it, and as a real office program draws it."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from sheetflow.consolidation.report_data import Narrative, Quote, ReportData
from sheetflow.reporting import render_report

needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="no office program (soffice) or no pdftotext to look at the pages with",
)


@pytest.fixture(scope="module")
def document(template: bytes, province: ReportData, stamp: dt.datetime) -> Any:
    """The province's report, opened again."""
    return docx.Document(io.BytesIO(render_report(template, province, stamp=stamp).docx))


def test_page_and_margins(document: Any) -> None:
    """A4 with the standard's margins; the wide tables lie on landscape pages; no grid."""
    upright, wide, last = document.sections
    for section in (upright, last):
        size, margins = section._sectPr.pgSz, section._sectPr.pgMar  # noqa: SLF001
        assert (size.get(qn("w:w")), size.get(qn("w:h"))) == ("11906", "16838")
        sides = [margins.get(qn(f"w:{side}")) for side in ("top", "left", "right", "bottom")]
        assert sides == ["2098", "1588", "1474", "1984"]
    assert wide.orientation == WD_ORIENT.LANDSCAPE
    assert "docGrid" not in document.element.xml


def test_body_and_heading_styles(document: Any) -> None:
    """Body, title and headings have the standard's fonts, sizes and spacing, as real styles."""
    fonts = {
        name: (
            document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")),
            document.styles[name].font.size,
        )
        for name in ("Heading 1", "Heading 2", "公文标题")
    }
    sizes = {name: (font, size.pt) for name, (font, size) in fonts.items()}
    assert sizes == {
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "公文标题": ("方正小标宋简体", 22),
    }
    normal = document.styles["Normal"].element
    spacing = normal.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("579", "exact")
    assert normal.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    headings = [par.text for par in document.paragraphs if par.style.name == "Heading 1"]
    assert [heading[:2] for heading in headings] == ["一、", "二、", "三、", "四、", "五、", "六、"]


def test_every_run_hints_at_east_asian_type(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """No run leaves “ ” — … to the Latin font, even where an editor dropped the hint."""
    bare, saved = docx.Document(io.BytesIO(template)), io.BytesIO()
    for fonts in bare.element.body.iter(qn("w:rFonts")):
        fonts.attrib.pop(qn("w:hint"), None)
    bare.save(saved)
    report = render_report(saved.getvalue(), province, stamp=stamp)
    runs = list(docx.Document(io.BytesIO(report.docx)).element.body.iter(qn("w:r")))
    assert runs
    assert all(run.rPr.rFonts.get(qn("w:hint")) == "eastAsia" for run in runs)


def test_page_numbers_are_fields_on_odd_and_even_pages(document: Any) -> None:
    """Odd pages number right, even pages left, by a PAGE field in 4号宋体."""
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, style in ((section.footer, "页码单"), (section.even_page_footer, "页码双")):
        assert " PAGE " in footer._element.xml  # noqa: SLF001
        assert footer.paragraphs[0].style.name == style
        assert footer.paragraphs[0].style.font.size.pt == 14
    assert document.styles["页码单"].element.pPr.find(qn("w:jc")).get(qn("w:val")) == "right"


def test_table_headers_repeat(document: Any) -> None:
    """Each wide or long table repeats its header on the next page."""
    headers = [
        len(table._tbl.findall(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}"))  # noqa: SLF001
        for table in document.tables
    ]
    assert headers == [0, 2, 1, 1, 0]


def test_letterhead_and_imprint_are_a_switch(
    template: bytes, province: ReportData, stamp: dt.datetime, document: Any
) -> None:
    """红头 and 版记 stand when the data hold them, and leave no trace when not."""
    plain = replace(province, letter=replace(province.letter, letterhead=None, printer=""))
    without = docx.Document(io.BytesIO(render_report(template, plain, stamp=stamp).docx))
    assert document.paragraphs[0].text == "山东省妇女联合会文件"
    assert "鲁妇发〔2012〕36号" in document.paragraphs[1].text
    assert document.tables[-1].rows[0].cells[0].text.startswith("抄送：省委办公厅")
    assert without.paragraphs[0].text.startswith("山东省妇女联合会关于")
    assert "抄送" not in without.element.xml


@pytest.fixture
def pages(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """Turn a report into the text of its pages, by way of a real office program."""

    def convert(content: bytes) -> list[str]:
        source, pdf = tmp_path / "report.docx", tmp_path / "report.pdf"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, source],
            check=True,
            capture_output=True,
            timeout=120,
        )
        assert pdf.exists(), "the office program could not read the report"
        text = subprocess.run(
            ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, timeout=60
        )
        return text.stdout.decode().split("\f")[:-1]

    return convert


@needs_office
@pytest.mark.office
@pytest.mark.slow
def test_a_full_page_holds_22_lines_of_28_characters(
    template: bytes, province: ReportData, stamp: dt.datetime, pages: Callable[[bytes], list[str]]
) -> None:
    """A full page of body text has 22 lines of 28 characters, numbered right and left in turn."""
    quotes = (Quote("甲县", "妇女群众需求调查" * 300),)
    long = replace(
        province,
        narratives=(*province.narratives[1:], Narrative(label="主要做法", quotes=quotes)),
    )
    drawn = pages(render_report(template, long, stamp=stamp).docx)
    full = [page for page in drawn if page.count("妇") > 60]
    assert len(full) >= 2
    for page in full:
        *lines, number = [line for line in page.splitlines() if line.strip()]
        assert len(lines) == 22
        assert {len(re.sub(r"\s", "", line)) for line in lines} == {28}
        assert re.fullmatch(r"\s*— ?\d+ ?—\s*", number)
    places = {
        index % 2: len(page.rstrip().splitlines()[-1]) for index, page in enumerate(drawn[:4])
    }
    assert places[0] > places[1] + 20


def test_no_mark_hangs_over_the_margin(document: Any) -> None:
    """A comma at a line's end stands within the 28 characters, and is not lost at the edge."""
    properties = document.styles["Normal"].element.pPr
    mark = properties.find(qn("w:overflowPunct"))
    assert mark is not None
    assert mark.get(qn("w:val")) == "0"
