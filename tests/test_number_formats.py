"""What a number format shows, and whether that is the figure that the cell holds."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetflow.number_formats import may_mislead, shown_otherwise

_DAY = dt.date(2012, 2, 1)


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('0.00"万元"', 8, "8.00万元"),
        ('#,##0"千元"', 21, "21千元"),
        ("0%", 1, "100%"),
        ("0.0%", 0.5, "50.0%"),
        ("0,", 12000, "12"),
        ("0.0,,", 1500000, "1.5"),
        ("0\\万", 3, "3万"),
        ("0!万", 3, "3万"),
        ("0万元", 3, "3万元"),
        ('General"万元"', 2.5, "2.5万元"),
        ("[$万元-804]0.0", 3, "万元3.0"),
        ('0"（万元）"', 3, "3（万元）"),
        ('"单位：千元 "0', 3, "单位：千元 3"),
        ('0"0000"', 8, "80000"),
        ('@"万元"', "8", "8万元"),
        ('0;-0"万元"', -8, "-8万元"),
        ('[>=10000]0.0"万";0', 80000, "80000.0万"),
        ('[<100]0"亿";0', 5, "5亿"),
        ('#,##0.00,,"亿"', 12345678, "12.35亿"),
        ('yyyy"年"m"月"', _DAY, "2012年2月"),
        ("mmm-yy", _DAY, "Feb-12"),
        ('e"年"m"月"', _DAY, "2012年2月"),
        ("yyyy", _DAY, "2012"),
        ("yyyy-mm hh:mm", dt.datetime(2012, 2, 1, 9, 5), "2012-02 09:05"),  # noqa: DTZ001 - Excel knows no zone
        ('yyyy"年"m"月" dddd', _DAY, "2012年2月 "),
        ("0!.0000", 80000, "8.0000"),
        ('0"."00"元"', 1250, "12.50元"),
        ('@"万元"', 8, "8万元"),
        ('0"仟元"', 8, "8仟元"),
    ],
)
def test_another_figure_is_shown(code: str, value: object, shown: str) -> None:
    """A format that shows another size than the cell holds, or no day, is found out."""
    assert may_mislead(code)
    assert shown_otherwise(code, value) == shown


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ('0!.0,"万元"', 80000),
        ('0!.0,"万元"', 85123),
        ('#,##0.00,,"百万"', 12345678),
        ('#,##0,"千"', 12345),
        ('0,"K"', 12000),
        ('[>=10000]0!.0,"万";0', 80000),
        ('[>=10000]0!.0,"万";0', 5),
        ('0.00"万元"', 0),
        ("0%", 0),
        ('0;-0;"零万"', 0),
        ('0"人"', 12),
        ('#,##0"元"', 1234),
        ("¥#,##0.00", 1234.5),
        ("[$¥-804]#,##0.00", 1234.5),
        ("#,##0_);[Red]\\(#,##0\\)", -12),
        ("[Blue]0", 7),
        ('0"百分点"', 4),
        ('"万福"0', 4),
        ('0"%"', 4),
        ("# ?/?", 0.5),
        ("0.00E+00", 123456),
        ("[DBNum1][$-804]General", 80000),
        ("@", "12"),
        ("General", 12),
        ('m"月"d"日"', _DAY),
        ("yyyy/m/d;@", _DAY),
        ("yyyy-mm-dd hh:mm", _DAY),
        ("h:mm", dt.datetime(2012, 2, 1, 9, 5)),  # noqa: DTZ001 - Excel knows no zone
        ("mm:ss", _DAY),
        ("[$-F400]h:mm:ss AM/PM", _DAY),
        ('@"元"', 8),
        ("0-00", 1250),
        ('[$-804]yyyy"年"m"月"d"日";@', _DAY),
    ],
)
def test_what_is_shown_is_what_is_stored(code: str, value: object) -> None:
    """Units, currencies, colours, separators and a size that its own word agrees with say nothing."""
    assert shown_otherwise(code, value) == ""


_PIECES = st.sampled_from(
    ['"', "万", "0", "#", "?", ",", ".", ";", "%", "@", "[", "]", ">=1", "\\", "!", "_", "*", "yyyy", "m", "d", "h", "General", "[$-804]", "E+", "/", " "]
)  # fmt: skip
_VALUES = st.one_of(
    st.integers(-(10**15), 10**15), st.floats(allow_nan=True), st.dates(), st.text(max_size=5)
)


@given(st.lists(_PIECES, max_size=12).map("".join), _VALUES)
@example("@,", 1)
def test_no_code_is_too_odd(code: str, value: object) -> None:
    """Whatever somebody typed as a format, it is read; a harmless one never shows otherwise."""
    shown = shown_otherwise(code, value)
    assert may_mislead(code) or not shown
