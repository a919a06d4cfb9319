"""Every indicator counts what the dictionary says, on any books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.schemas.indicators import Indicator, Number, Values, measure_all
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind
from tests.county_book import FORM, judged

Row = Mapping[str, Value]
Books = Mapping[str, Sequence[Row]]


def a_row(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    """Draw some rows with these columns."""
    return st.lists(st.fixed_dictionaries(columns), max_size=6)


def numbered(key: str, rows: st.SearchStrategy[list[Row]]) -> st.SearchStrategy[list[Row]]:
    """Give each row a number of its own."""
    return rows.map(
        lambda drawn: [{**row, key: f"X000{at}"} for at, row in enumerate(drawn, start=1)]
    )


def some(*options: str) -> st.SearchStrategy[str | None]:
    """Draw one of the words, or a blank."""
    return st.sampled_from([*options, None])


NUMBER = st.one_of(st.none(), st.integers(0, 99))
YUAN = st.one_of(NUMBER, st.integers(0, 9999).map(lambda fen: Decimal(fen) / 100))
YES = some("是", "否")
GROUPS = {
    "S20": "失地失业妇女",
    "S21": "留守流动妇女",
    "S22": "特殊困难妇女",
    "S23": "单亲贫困母亲",
    "S24": "高龄空巢老人",
    "S76": "儿童",
    "S25": "其他",
}
RANKS = ("国家级", "省级", "市级", "县级")
MODES = ("一对一访谈", "实地考察", "座谈交流", "问卷征询")
PROGRESS = ("已报送", "领导批示", "已采纳", "已出台法规政策", "已纳入民生项目", "未采纳", "已撤销")
TOWNSHIP_NUMBERS = (
    "villages",
    "hamlet_groups",
    "estate_groups",
    "building_groups",
    "employer_groups",
    "public_posts",
    "graduate_officials",
    "backbones",
    "homes",
    "home_events",
    "women",
)

BOOKS = st.fixed_dictionaries(
    {
        "cover": st.fixed_dictionaries({"nil_return": some("是", "否")}).map(lambda row: [row]),
        "cadres": a_row(
            name=some("王芳"),
            is_leader=YES,
            women_linked=NUMBER,
            diaries=NUMBER,
            ledgers=NUMBER,
            status=some("在岗", "已调离"),
        ),
        "contact_points": a_row(
            name=some("盛福庄村"), kind=some("村", "社区"), status=some("在用", "已撤并")
        ),
        "visits": a_row(
            visited_on=some("2012-03-05"),
            mode=some(*MODES),
            women_met=NUMBER,
            questionnaires=NUMBER,
            opinions=NUMBER,
            led_by_leader=YES,
        ),
        "needs": numbered(
            "need_id",
            a_row(
                registered_on=some("2012-03-05"),
                group=some(*GROUPS.values()),
                nature=some("普遍性倾向性", "个案性", "暂时难以解决"),
                status=some("未办理", "办理中", "已办结", "已撤销"),
            ),
        ),
        "papers": a_row(kind=some("调查手记", "调研报告"), measures=some("开办培训班", "")),
        "proposals": a_row(
            title=some("建议"), progress=some(*PROGRESS), follow_ups=NUMBER, rank=some(*RANKS)
        ),
        "case_help": a_row(need=some("X0001", "X0002"), responsible=some("G001"), funds=YUAN),
        "hard_cases": a_row(
            need=some("X0001", "X0002"), stage=some("制定方案", "推动落实", "已解决"), talks=NUMBER
        ),
        "pairings": a_row(
            helper_kind=some("妇联组织", "妇联干部"),
            led_by_leader=YES,
            mode=some("一帮一", "多帮一"),
            funds=YUAN,
            deeds=NUMBER,
            status=some("结对中", "已结束"),
        ),
        "grassroots": a_row(
            **dict.fromkeys(TOWNSHIP_NUMBERS, NUMBER),
            funds=YUAN,
        ),
        "projects": a_row(
            name=some("健康检查"),
            funds=YUAN,
            beneficiaries=NUMBER,
            status=some("实施中", "已完成", "已撤销"),
        ),
        "publicity": a_row(
            published_on=some("2012-03-05"),
            level=some(*RANKS),
            own_media=YES,
            form=some("新闻报道", "专版专栏专题"),
        ),
        "supervision": a_row(inspected_on=some("2012-03-05"), led_by_leader=YES),
        "practices": a_row(kind=some("典型案例", "制度机制")),
    }
)


def counted(rows: Sequence[Row], marker: str, status: str = "status") -> list[Row]:
    """Keep the rows that are in use and not set aside, said without the declarations."""
    return [row for row in rows if row[marker] and row.get(status) != "已撤销"]


def total(rows: Sequence[Row], *names: str) -> Number:
    """Add columns, blanks adding nothing."""
    values = [row[name] for row in rows for name in names]
    return sum((value for value in values if isinstance(value, int | Decimal)), start=0)


def by_hand(books: Books) -> dict[str, Number]:
    """Count every indicator as the dictionary words it, in plain Python."""
    cadres = counted(books["cadres"], "name")
    on_duty = [row for row in cadres if row["status"] == "在岗"]
    points = [row for row in counted(books["contact_points"], "name") if row["status"] == "在用"]
    visits = counted(books["visits"], "visited_on")
    needs = counted(books["needs"], "registered_on")
    papers = counted(books["papers"], "kind")
    proposals = counted(books["proposals"], "title", "progress")
    standing = {row["need_id"]: row["status"] for row in books["needs"]}
    helped = [row for row in books["case_help"] if standing.get(row["need"]) != "已撤销"]
    helped = counted(helped, "need")
    hard = [row for row in books["hard_cases"] if standing.get(row["need"]) != "已撤销"]
    hard = counted(hard, "need")
    pairs = counted(books["pairings"], "helper_kind")
    paired = [row for row in pairs if row["status"] == "结对中"]
    towns = [row for row in books["grassroots"] if row["villages"] is not None]
    projects = counted(books["projects"], "name")
    press = counted(books["publicity"], "published_on")
    inspections = counted(books["supervision"], "inspected_on")
    practices = counted(books["practices"], "kind")

    def having(rows: Sequence[Row], name: str, *words: str) -> list[Row]:
        return [row for row in rows if row[name] in words]

    own_press = having(press, "own_media", "是")
    enacted = having(proposals, "progress", "已出台法规政策")
    women, funds = total(towns, "women"), total(towns, "funds")
    figures: dict[str, Number] = {
        "S01": len(on_duty),
        "S02": len(having(on_duty, "is_leader", "是")),
        "S03": len(points),
        "S04": len(having(points, "kind", "村")),
        "S05": len(having(points, "kind", "社区")),
        "S06": total(on_duty, "women_linked"),
        "S07": len(visits),
        "S08": total(visits, "women_met"),
        **{
            f"S{number:02d}": total(having(visits, "mode", mode), "women_met")
            for number, mode in enumerate(MODES, start=9)
        },
        "S13": total(visits, "questionnaires"),
        "S14": total(visits, "opinions"),
        "S15": total(cadres, "diaries"),
        "S16": total(cadres, "ledgers"),
        "S17": len(having(papers, "kind", "调查手记")),
        "S18": len(having(papers, "kind", "调研报告")),
        "S19": len(needs),
        **{code: len(having(needs, "group", group)) for code, group in GROUPS.items()},
        "S26": len(having(needs, "nature", "普遍性倾向性")),
        "S27": len(having(needs, "nature", "个案性")),
        "S28": len(having(needs, "nature", "暂时难以解决")),
        "S29": len(having(needs, "status", "已办结")),
        "S30": len(having(needs, "status", "办理中")),
        "S31": len(having(needs, "status", "未办理")),
        "S33": len(proposals),
        "S34": len(having(proposals, "progress", "已采纳", "已出台法规政策", "已纳入民生项目")),
        "S35": len(having(proposals, "progress", "已出台法规政策")),
        "S36": len(having(proposals, "progress", "已纳入民生项目")),
        "S37": total(proposals, "follow_ups"),
        "S38": len(helped),
        "S39": total(helped, "funds"),
        "S40": len([row for row in hard if row["stage"] and row["stage"] != "制定方案"]),
        "S41": total(hard, "talks"),
        "S42": len(paired),
        "S43": len(having(paired, "mode", "一帮一")),
        "S44": len(having(paired, "mode", "多帮一")),
        "S45": total(pairs, "funds"),
        "S46": total(pairs, "deeds"),
        "S47": total(towns, "hamlet_groups", "estate_groups", "building_groups"),
        "S48": total(towns, "employer_groups"),
        "S49": total(towns, "public_posts", "graduate_officials", "backbones"),
        "S50": total(towns, "homes"),
        "S51": total(towns, "home_events"),
        "S52": women,
        "S53": funds,
        "S55": len([row for row in towns if _reaches(row)]),
        "S56": len(projects),
        "S57": total(projects, "funds"),
        "S58": total(projects, "beneficiaries"),
        "S59": len(press),
        "S60": len(having(press, "level", "国家级")),
        "S61": len(having(press, "level", "省级")),
        "S62": len(inspections),
        "S63": len(having(inspections, "led_by_leader", "是")),
        "S64": len(having(practices, "kind", "典型案例")),
        "S65": len(having(practices, "kind", "制度机制")),
        "S66": len(having(visits, "led_by_leader", "是")),
        "S67": len([row for row in papers if row["measures"]]),
        "S68": 0 if books["cover"][0]["nil_return"] == "是" else 1,
        "S69": 1,
        "S71": len(having(having(paired, "helper_kind", "妇联干部"), "led_by_leader", "是")),
        "S72": len(own_press),
        "S73": len(having(own_press, "form", "专版专栏专题")),
        "S74": len(having(enacted, "rank", "国家级", "省级", "市级")),
        "S75": len(having(enacted, "rank", "国家级", "省级")),
    }
    figures["S32"] = Decimal(figures["S29"] or 0) / len(needs) if needs else None
    figures["S54"] = Decimal(funds or 0) / Decimal(women) if women else None
    figures["S70"] = 1 if women and (funds or 0) >= women else 0
    return figures


def _reaches(row: Row) -> bool:
    women, funds = row["women"], row["funds"]
    numbers = isinstance(women, int | Decimal) and isinstance(funds, int | Decimal)
    return bool(numbers and women > 0 and funds >= women)  # type: ignore[operator]


@settings(max_examples=150, deadline=None)
@given(BOOKS)
def test_every_indicator_counts_what_the_dictionary_says(books: Books) -> None:
    """On any books, blank cells and withdrawn rows among them, every figure is the one said."""
    counted_so = by_hand(books)
    measured = measure_all(FORM.indicators, books.get, FORM.by_key)
    assert {code: measured[code] for code in counted_so} == counted_so


@settings(max_examples=50, deadline=None)
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(books: Books, random: Any) -> None:
    """Sorting a sheet changes no figure."""
    mixed = {key: random.sample(list(rows), len(rows)) for key, rows in books.items()}
    measured = measure_all(FORM.indicators, mixed.get, FORM.by_key)
    assert measured == measure_all(FORM.indicators, books.get, FORM.by_key)


def test_a_workbook_and_its_rows_agree() -> None:
    """What a judged workbook is measured at is what its own rows give, and none goes unsaid."""
    book = judged().book
    assert book is not None
    rows = {key: [row.values for row in found.rows] for key, found in book.sheets.items()}
    counted_so = by_hand(rows)
    unsaid = set(book.figures) - set(counted_so)
    assert not unsaid, f"{sorted(unsaid)}: say in `by_hand` above, in plain Python, what they count"
    assert book.figures == counted_so


def test_a_sheet_that_the_level_does_not_fill_gives_no_figure() -> None:
    """A city has no 基层组织 sheet: its figures there are none, which is not 0."""
    figures = measure_all(
        FORM.indicators,
        lambda key: [] if FORM.by_key[key].is_for("市") else None,
        FORM.by_key,
    )
    assert figures["S50"] is None
    assert figures["S55"] is None
    assert figures["S54"] is None
    assert figures["S70"] == 0
    assert figures["S19"] == 0


KINDS: Mapping[Kind, Callable[[Number, Number], Values]] = {
    Kind.FLOW: lambda previous, now: Values(previous, now, (previous or 0) + (now or 0)),
    Kind.LEDGER: lambda previous, now: Values(previous, (now or 0) - (previous or 0), now),
    Kind.STOCK: lambda previous, now: Values(previous, None, now),
}


@given(kind=st.sampled_from(list(KINDS)), previous=st.integers(0, 99), now=st.integers(0, 99))
def test_three_figures_by_kind(kind: Kind, previous: int, now: int) -> None:
    """上期累计, 本期 and 累计 follow from what the sheet holds and what kind it is."""
    indicator = FORM.indicator["S07"]
    assert indicator.values(kind, now, previous) == KINDS[kind](previous, now)


def test_no_figure_stays_no_figure() -> None:
    """Where there is nothing to count, nothing is counted up from it."""
    indicator: Indicator = FORM.indicator["S07"]
    assert indicator.values(Kind.FLOW, None, None) == Values(None, None, None)
    assert indicator.values(Kind.FLOW, None, 3) == Values(3, None, 3)
    assert indicator.values(Kind.FLOW, 3, None) == Values(None, 3, 3)
    assert indicator.values(Kind.LEDGER, None, 3) == Values(3, None, None)
    assert indicator.values(Kind.LEDGER, 5, None) == Values(None, 5, 5)
