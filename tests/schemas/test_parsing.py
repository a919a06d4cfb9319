"""What people type is read as they mean it, or returned with the reason: never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.schemas.cells import Money, References, Whole
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import (
    CellFault,
    check_digit,
    holds_personal_number,
    read_code,
    read_day,
    read_id_number,
    read_list,
    read_number,
    read_phone,
    read_text,
)
from sheetflow.workbook import CellValue

THE_FIFTH = dt.date(2012, 3, 5)
FULL_WIDTH = str.maketrans("0123456789.,-/", "０１２３４５６７８９．，－／")


def fault(read: Callable[[], object]) -> str:
    """Give the rule under which a cell is returned."""
    with pytest.raises(CellFault) as caught:
        read()
    return caught.value.rule


@pytest.mark.parametrize(
    "typed",
    [
        "2012-3-5",
        "2012-03-05",
        "2012/3/5",
        "2012.3.5",
        "2012．3．5",
        "2012 - 3 - 5",
        "2012年3月5日",
        "2012年3月5号",
        "2012年3月5",
        "2012 年 3 月 5 日",
        "２０１２年３月５日",
        "２０１２－３－５",
        "20120305",
        20120305,
        20120305.0,
        "\u3000 2012-3-5\u00a0\n",
        "2012-3-5\u2003",
        "2012–3–5",
        "2012——3——5",
        "2012−03−05",
        "2012‐3‑5",
        "2012﹣3﹣5",
        "2012-03-05 00:00:00",
        "2012/3/5 0:00",
        "2012-03-05T00:00:00",
        "2012年3月5日00:00:00",
        "2012-03-05 00:00:00.000",
        "2012\u200d-3\u200e-5",
        dt.date(2012, 3, 5),
        dt.datetime(2012, 3, 5, 14, 30),  # noqa: DTZ001 - spreadsheets know no zone
    ],
)
def test_dates_in_every_habit(typed: CellValue) -> None:
    """A date is the same date in whichever habit it is typed."""
    assert read_day(typed) == THE_FIFTH


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("2012年3月", "date-incomplete"),
        ("2012.3", "date-incomplete"),
        (2012.3, "date-incomplete"),
        (2012, "date-incomplete"),
        ("2012年", "date-incomplete"),
        ("201203", "date-incomplete"),
        ("3月5日", "date-incomplete"),
        ("3月5号", "date-incomplete"),
        ("3.5", "date-incomplete"),
        (3.5, "date-incomplete"),
        ("12-3-5", "date-incomplete"),
        ("12年3月5日", "date-incomplete"),
        ("2012年2月30日", "date-impossible"),
        ("2011-2-29", "date-impossible"),
        ("20121305", "date-impossible"),
        (20120231, "date-impossible"),
        ("0212-3-5", "date-impossible"),
        ("2112-3-5", "date-impossible"),
        (dt.date(1899, 12, 30), "date-impossible"),
        (40973, "date-as-number"),
        (40973.5, "date-as-number"),
        ("上旬", "date-unclear"),
        ("2012-3-5⑥", "date-unclear"),
        ("2012-3-⑤", "date-unclear"),
        ("2012-3-5 08:30:00", "date-unclear"),
        ("2012-3-5-6", "date-unclear"),
        ("2012-3-5至6", "date-unclear"),
        ("约2012-3-5" * 9, "date-unclear"),
        (True, "date-unclear"),
        (dt.time(8, 30), "date-unclear"),
        (dt.timedelta(days=3), "date-unclear"),
    ],
)
def test_dates_that_are_returned(typed: CellValue, rule: str) -> None:
    """An incomplete or impossible date is returned with its reason, never completed by guess."""
    assert fault(lambda: read_day(typed)) == rule


DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
HABITS_OF_DAYS: tuple[Callable[[dt.date], CellValue], ...] = (
    lambda day: f"{day.year}-{day.month}-{day.day}",
    lambda day: f"{day.year}/{day.month:02d}/{day.day:02d}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}年{day.month:02d}月{day.day}号",
    lambda day: f"{day.year}{day.month:02d}{day.day:02d}",
    lambda day: int(f"{day.year}{day.month:02d}{day.day:02d}"),
    lambda day: f" {day.isoformat()}\u3000",
    lambda day: day,
    lambda day: dt.datetime.combine(day, dt.time(9)),
)


@given(day=DAYS, habit=st.sampled_from(HABITS_OF_DAYS), wide=st.booleans())
def test_any_date_reads_back(
    day: dt.date, habit: Callable[[dt.date], CellValue], *, wide: bool
) -> None:
    """Any date written in any listed habit, in half or full width, reads back the same."""
    typed = habit(day)
    if wide and isinstance(typed, str):
        typed = typed.translate(FULL_WIDTH)
    assert read_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (12, 12),
        (12.0, 12),
        (12.5, Decimal("12.5")),
        (0.1, Decimal("0.1")),
        (1.1 + 2.2, Decimal("3.3")),
        (3.0000000000000004, 3),
        ("12", 12),
        ("１２", 12),
        ("1,200", 1200),
        ("１，２００", 1200),
        ("1,234,567.50", Decimal("1234567.5")),
        ("+3", 3),
        ("-3", -3),
        (" 12人", 12),
        ("12 人", 12),
        ("12次", 12),
        ("12个", 12),
        ("12人次", 12),
        ("1,200元", 1200),
        ("１２份", 12),
        ("12\u200c", 12),
        ("\u20071\u00ad2\u2003", 12),
        ("𝟏𝟐", 12),
        ("\u300012\u00a0", 12),
        ("0", 0),
        ("007", 7),
        ("123456789012345", 123456789012345),
    ],
)
def test_numbers_in_every_habit(typed: CellValue, number: int | Decimal) -> None:
    """A number is the same number in full width, with commas or with its own unit."""
    read = read_number(typed, ("人",))
    assert read == number
    assert type(read) is type(number)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("3000多", "number-about"),
        ("约20", "number-about"),
        ("近百20", "number-about"),
        ("20左右", "number-about"),
        ("20余人", "number-about"),
        ("10几", "number-about"),
        ("20以上", "number-about"),
        ("10～20", "number-about"),
        ("大概5", "number-about"),
        ("2.59亿", "number-scaled"),
        ("3万", "number-scaled"),
        ("5千", "number-scaled"),
        ("20公里", "number-unit"),
        ("20号", "number-unit"),
        ("20人左右", "number-about"),
        ("12①", "number-unit"),
        ("12²", "number-unit"),
        ("1½", "number-unit"),
        ("①", "number-text"),
        ("㈠", "number-text"),
        ("12个半", "number-unit"),
        ("3.5.1", "number-unit"),
        ("1,20", "number-unit"),
        ("12 34", "number-unit"),
        ("1e5", "number-unit"),
        ("五", "number-text"),
        ("无", "number-text"),
        ("—", "number-text"),
        ("五" * 30, "number-text"),
        (True, "number-text"),
        (float("nan"), "number-text"),
        (float("inf"), "number-text"),
        (dt.date(2012, 3, 5), "number-date"),
        (dt.time(8), "number-date"),
        (dt.timedelta(hours=30), "number-date"),
        (1e15, "number-too-long"),
        ("1234567890123456", "number-too-long"),
    ],
)
def test_numbers_that_are_returned(typed: CellValue, rule: str) -> None:
    """What is no plain number is returned with the habit named, never rounded or zeroed."""
    assert fault(lambda: read_number(typed, ("人",))) == rule


@given(
    number=st.integers(0, 10**14),
    commas=st.booleans(),
    wide=st.booleans(),
    unit=st.sampled_from(["", "件", " 件"]),
    around=st.sampled_from(["", " ", "\u3000", "\u00a0", "\n"]),
)
def test_any_whole_number_reads_back(
    number: int, *, commas: bool, wide: bool, unit: str, around: str
) -> None:
    """Any whole number in any listed habit reads back the same."""
    typed = f"{number:,}" if commas else str(number)
    typed = typed.translate(FULL_WIDTH) if wide else typed
    assert Whole(unit="件").parse(f"{around}{typed}{unit}{around}") == number


@given(
    fen=st.integers(0, 10**13),
    wide=st.booleans(),
    commas=st.booleans(),
    unit=st.sampled_from(["", "元"]),
)
def test_any_amount_reads_back(fen: int, *, wide: bool, commas: bool, unit: str) -> None:
    """Any amount to the fen reads back the same, exactly."""
    amount = Decimal(fen) / 100
    typed = f"{amount:,.2f}" if commas else f"{amount:.2f}"
    typed = typed.translate(FULL_WIDTH) if wide else typed
    assert Money().parse(typed + unit) == amount


@given(st.integers(0, 10**10))
def test_amounts_stored_as_floats_are_exact(fen: int) -> None:
    """What Excel keeps as a float is the amount that the clerk typed."""
    assert Money().parse(fen / 100) == Decimal(fen) / 100


def test_whole_numbers_and_amounts_keep_their_limits() -> None:
    """Nothing is rounded to fit, and each column keeps its own range."""
    assert fault(lambda: Whole().parse("1.5")) == "number-not-whole"
    assert fault(lambda: Whole(1).parse(0)) == "number-range"
    assert fault(lambda: Whole(0, 120).parse(121)) == "number-range"
    assert Whole(0, 120).parse(120) == 120
    assert fault(lambda: Money().parse("0.001")) == "money-decimals"
    assert fault(lambda: Money().parse(-1)) == "number-range"
    with pytest.raises(CellFault) as caught:
        Whole(0, 120).parse(121)
    assert caught.value.arguments["allowed"] == "在0到120之间"  # 填的是121，应在0到120之间


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("G001、G002", ("G001", "G002")),
        ("G001，G002", ("G001", "G002")),
        ("G001；G002", ("G001", "G002")),
        ("G001,G002;G003", ("G001", "G002", "G003")),
        ("G001\nG002", ("G001", "G002")),
        (" G001 、 G002、", ("G001", "G002")),
        (12, ("12",)),
        ("、", ()),
    ],
)
def test_lists_in_every_habit(typed: CellValue, parts: tuple[str, ...]) -> None:
    """Several things in one cell are parted at 、 ， ； and line breaks."""
    assert read_list(typed) == parts


def test_lists_name_each_thing_once() -> None:
    """What is named twice counts once, and separators alone are a blank cell."""
    assert References("cadres").parse("g001、Ｇ００１、G 002") == ("G001", "G002")
    assert References("cadres").parse("、、") is None
    assert Choices(("甲", "乙")).parse("乙，甲；乙") == ("乙", "甲")
    assert Choices(("甲", "乙")).parse("，") is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (" 甲\u3000", "甲"),
        ("\u00a0甲\n乙\r\n", "甲\n乙"),
        ("\u200b甲\ufeff", "甲"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (dt.datetime(2012, 3, 5), "2012-03-05"),  # noqa: DTZ001 - spreadsheets know no zone
        (dt.datetime(2012, 3, 5, 8), "2012-03-05 08:00:00"),  # noqa: DTZ001 - spreadsheets know no zone
        (dt.date(2012, 3, 5), "2012-03-05"),
        (None, ""),
    ],
)
def test_text_is_trimmed_and_kept(typed: CellValue, text: str) -> None:
    """Blanks around words go, the words stay as people see them."""
    assert read_text(typed) == text


@pytest.mark.parametrize("typed", ["x0001", "Ｘ０００１", " X 0001 ", "x\u30000001", "X0001\n"])
def test_codes_in_every_habit(typed: str) -> None:
    """A key is the same key in any width, case and spacing."""
    assert read_code(typed) == "X0001"


@pytest.mark.parametrize("typed", ["其他（村）", "其他(村)", " 其他 （村）", "其他\u3000（村）\n"])
def test_choices_forgive_spaces_and_brackets(typed: str) -> None:
    """Only spaces and the width of brackets may differ from the list."""
    assert Choice(("其他（村）", "其他")).parse(typed) == "其他（村）"


def test_the_two_words_for_the_ledger_are_one() -> None:
    """台帐 and 台账 are the same word."""
    assert Choice(("需求台帐",)).parse("需求台账") == "需求台帐"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("370102196701011220", "370102196701011220"),
        ("３７０１０２１９６７０１０１１２２０", "370102196701011220"),
        (" 370102 19670101 1220 ", "370102196701011220"),
        ("11010519491231002x", "11010519491231002X"),
        ("370102670101122", "370102670101122"),
        (370102670101122, "370102670101122"),
        (370102670101122.0, "370102670101122"),
        ("'370102196701011220", "370102196701011220"),
        ("＇370102196701011220", "370102196701011220"),
        ("’11010519491231002x", "11010519491231002X"),
        ("370102\u200b196701011220", "370102196701011220"),
    ],
)
def test_identity_numbers_in_every_habit(typed: CellValue, number: str) -> None:
    """18 digits with a right check digit, or the old 15, are accepted as typed."""
    assert read_id_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        (370102196701011220, "id-digits-lost"),
        (3.70102196701011e17, "id-digits-lost"),
        ("370102196701011221", "id-check-digit"),
        ("370102196713011220", "id-birth-date"),
        ("370102671301122", "id-birth-date"),
        ("37010219670101122", "id-length"),
        ("无", "id-characters"),
        ("37010219670101122O", "id-characters"),
        ("370102********1220", "id-hidden"),
        ("370102XXXXXXXX1220", "id-hidden"),
        ("370102＊＊＊＊＊＊＊＊122x", "id-hidden"),
        ("3701021967●●●●1220", "id-hidden"),
        ("3.70102E+17", "id-digits-lost"),
        ("３．７０１０２ｅ１７", "id-digits-lost"),
        ("'37010219670101122", "id-length"),
        ("37010219670101122①", "id-characters"),
    ],
)
def test_identity_numbers_that_are_returned(typed: CellValue, rule: str) -> None:
    """A number that lost digits or does not check is returned with its reason."""
    assert fault(lambda: read_id_number(typed)) == rule


@given(st.integers(0, 999999), DAYS, st.integers(0, 999), st.integers(1, 10))
def test_one_wrong_check_digit_is_always_seen(
    region: int, born: dt.date, order: int, shift: int
) -> None:
    """Whatever the number, its own check digit is accepted and no other one."""
    body = f"{region:06d}{born:%Y%m%d}{order:03d}"
    right = check_digit(body)
    assert read_id_number(body + right) == body + right
    digits = "0123456789X"
    wrong = digits[(digits.index(right) + shift) % 11]
    assert fault(lambda: read_id_number(body + wrong)) == "id-check-digit"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "13800138000"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("0531-86012345", "0531-86012345"),
        ("0531—86012345", "0531-86012345"),
        ("（0531）86012345", "0531-86012345"),
        ("053186012345", "053186012345"),
        ("86012345", "86012345"),
        ("0531-86012345-801", "0531-86012345-801"),
        ("0531-86012345转801", "0531-86012345转801"),
        ("12338", "12338"),
        ("１２３３８", "12338"),
        ("0531-12338", "0531-12338"),
        ("0531-12345", "0531-12345"),
        ("400-820-8820", "400-820-8820"),
        ("0531−86012345", "0531-86012345"),
        ("0531－－86012345", "0531-86012345"),
        ("0531‑86012345", "0531-86012345"),
        ("13800138000\u200c", "13800138000"),
        ("138\u20020013\u20028000", "13800138000"),
        ("'13800138000", "13800138000"),
        ("8601234", "8601234"),
    ],
)
def test_phone_numbers_in_every_habit(typed: CellValue, number: str) -> None:
    """Mobile, landline and service numbers are read in the ways people write them."""
    assert read_phone(typed, ("12338",)) == number


@pytest.mark.parametrize(
    "typed",
    [
        "1380013800",
        "138001380001",
        "无",
        "0531",
        "12800138000",
        "12345",
        "110",
        "95588",
        "010-110",
        "12338①",
        "86012345①",
        "1233",
        "860123",
    ],
)
def test_phone_numbers_that_are_returned(typed: str) -> None:
    """A number that nobody could call is returned."""
    assert fault(lambda: read_phone(typed, ("12338",))) == "phone-format"
    assert fault(lambda: read_phone("12338")) == "phone-format"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("请打13812345678", True),
        ("请打138 1234 5678", True),
        ("１３８１２３４５６７８", True),
        ("证号11010519491231002x", True),
        ("电话+8613812345678", True),
        ("电话0086-138-1234-5678", True),
        ("电话013812345678", True),
        ("电话138-12345-678", True),
        ("电话138.1234.5678", True),
        ("电话138—1234—5678", True),
        ("室号15 20 30 13812345678", True),
        ("证号370102 19670101 1220", True),
        ("证号370102-1967-0101-122x", True),
        ("各村15 20 30 40 50 6人", False),
        ("2012-03-05至2012-04-10", False),
        ("文号370102 19671301 1220", False),
        ("编号1381234567", False),
        ("流水2013812345678901", False),
        ("共1,380人，12338热线", False),
    ],
)
def test_personal_numbers_inside_words(text: str, *, held: bool) -> None:
    """A mobile or identity number inside a sentence is seen; other figures are not."""
    assert holds_personal_number(text) is held
