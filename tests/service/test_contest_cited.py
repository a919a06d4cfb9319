"""The form 调研报告评选推荐表: papers of the unit's accepted book, handed up in a city's order."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.county_book import CAMPAIGN
from tests.programs import needs_office
from tests.service.filed_once import (
    CITY,
    CONTEST,
    COUNTY,
    OTHER,
    PROVINCE,
    SIGNED,
    Office,
    progress_rows,
    words_of,
)
from tests.tiny.desk import Rows, Typed, table, words

pytestmark = pytest.mark.slow

BOOKS = "2012B4"
REPORTED = dt.datetime(2012, 9, 3, 9)  # noqa: DTZ001 - the office's own time, as --at gives it
ISSUED = dt.datetime(2012, 10, 8, 9)  # noqa: DTZ001 - likewise
IN_TIME = dt.datetime(2012, 10, 12, 9)  # noqa: DTZ001 - likewise
LATER = dt.datetime(2012, 10, 13, 9)  # noqa: DTZ001 - likewise
CITYS_DAY = dt.datetime(2012, 10, 20, 9)  # noqa: DTZ001 - likewise
WORK, CARE = "失地妇女再就业情况的调研报告", "留守妇女照料负担的调研报告"


def recommended(*papers: tuple[str, str]) -> Rows:
    """A recommendation of these papers: number and title."""
    cover: dict[str, Typed] = {**SIGNED, "filled_on": dt.date(2012, 10, 11), "nil_return": "否"}
    rows: list[dict[str, Typed]] = [
        {
            "order": str(number),
            "paper": paper,
            "title": title,
            "authors": "李静",
            "author_title": "权益部部长",
            "words": 4200,
            "summary": "走访十个村，访谈一百人。",
            "reason": "调查扎实，建议可行。",
            "file_name": f"论文{paper}.docx",
        }
        for number, (paper, title) in enumerate(papers, start=1)
    ]
    return {"cover": [cover], "recommended": rows}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One county has two papers in its accepted book; it cites one that is not there, the other has no book."""
    office = Office.make(tmp_path_factory.mktemp("papers") / "work")
    office.issue(CAMPAIGN.main_form, BOOKS, REPORTED)
    papers = [{"paper_id": "B001", "title": WORK}, {"paper_id": "B002", "title": CARE}]
    rows = progress_rows(COUNTY, BOOKS, papers)
    office.drop(COUNTY, CAMPAIGN.main_form, rows, period=BOOKS)
    office.run(REPORTED)
    office.issue(CONTEST, "2012", ISSUED)
    office.beside(COUNTY, "论文B001.docx", "论文B009.docx")
    office.drop(COUNTY, CONTEST, recommended(("B001", WORK), ("B009", "没有登记过的报告")))
    office.beside(OTHER, "论文B001.docx")
    office.drop(OTHER, CONTEST, recommended(("B001", WORK)))
    office.run(IN_TIME)
    return office


def test_a_paper_that_is_not_in_the_book_is_told(office: Office) -> None:
    """The returned copy names the number, the book it is missing in, and the numbers that are there."""
    said = words(office.out(COUNTY, "退回", CONTEST))
    told = "《调研成果》里没有编号“B009”（按已接收的2012年7—8月活动情况报表，那里有B001、B002）"
    assert told in said


def test_a_unit_without_an_accepted_book_is_told_what_comes_first(office: Office) -> None:
    """Who has reported no 调研成果 hears that this comes first, once."""
    said = words(office.out(OTHER, "退回", CONTEST))
    assert "本单位的活动情况报表还没有接收过" in said
    assert "里没有编号" not in said


@needs_office
def test_papers_go_up_in_the_order_of_their_city(office: Office, tmp_path: Path) -> None:
    """A title that is not the book's is asked about; what the city ranks stands in the province's papers."""
    office.beside(COUNTY, "论文B001.docx", "论文B002.docx")
    rows = recommended(("B001", "失地妇女的调研"), ("370102-B002", f"《{CARE}》"))
    office.drop(COUNTY, CONTEST, rows)
    office.run(LATER)
    said = words(office.out(COUNTY, "退回", CONTEST))
    assert f"《调研成果》中B001的不同，那里写的是“{WORK}”" in said
    assert "中B002的不同" not in said
    assert "中370102-B002的不同" not in said
    office.beside(COUNTY, "论文B001.docx", "论文B002.docx")
    office.drop(COUNTY, CONTEST, recommended(("B001", WORK), ("B002", CARE)))
    office.run(LATER + dt.timedelta(hours=1))
    issued = office.out(CITY, "填报_", CONTEST)
    printed = table(issued, "推荐排序", "论文编号")
    assert [row["论文编号"] for row in printed] == ["370102-B001", "370102-B002"]
    cover: dict[str, Typed] = {**SIGNED, "filled_on": CITYS_DAY.date(), "nil_return": "否"}
    office.drop(CITY, CONTEST, {"cover": [cover], "ranking": [{"order": None}, {"order": 1}]})
    office.run(CITYS_DAY)
    listed = table(office.out(PROVINCE, "汇总表", CONTEST), "推荐排序", "论文编号")
    assert [(row["论文编号"], row["推荐顺序"]) for row in listed] == [
        ("370102-B001", None),
        ("370102-B002", 1),
    ]
    told = words_of(office.out(PROVINCE, "情况报告", CONTEST), tmp_path)
    assert "各单位共推荐论文2篇" in told
    assert "向上推荐1篇" in told
    assert CARE in told
    assert "370102-B002" in told
    assert "{" not in told
