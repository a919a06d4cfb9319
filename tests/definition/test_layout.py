"""The one declaration of a campaign workbook's sheets and columns."""

from __future__ import annotations

from sheetflow.definition.layout import COLUMNS, FORMS, PARTS, Content, Rare


def test_every_column_of_every_sheet_is_told_apart_and_says_what_it_is_for() -> None:
    """Whoever opens a campaign workbook finds ten sheets, no header twice, and words for what is rare."""
    assert [part.title for part in PARTS] == [
        *("活动", "级次", "报表", "工作表", "栏目", "选项", "指标", "图表", "审核", "版本")
    ]
    for part in PARTS:
        for fields in (part.for_levels(("省", "市", "县")), part.items):
            headers = [field.header for field in fields]
            assert len({*headers}) == len(headers)
            assert len({field.key for field in fields}) == len(headers)
        for field in part.fields:
            assert field.remark, field
            assert field.words or field.drawn_from or field.content is not Content.WORD, field


def test_what_is_said_for_each_level_bears_the_names_of_that_campaigns_levels() -> None:
    """An office with four levels finds its own levels in the headers, the lowest first."""
    levels = ("国家", "省", "县", "村")
    due = [field.header for field in FORMS.for_levels(levels) if field.name == "due"]
    assert due == ["村级截止", "县级截止", "省级截止", "国家级截止"]
    seen = [field.header for field in COLUMNS.for_levels(levels) if field.name == "mask"]
    assert seen == ["县级看", "省级看", "国家级看"], "the lowest level keeps nothing from itself"


def test_rare_columns_stand_together_behind_the_others() -> None:
    """What is rarely needed can be folded away: each group is one block, and none stands before."""
    order = [None, *Rare]
    for part in PARTS:
        places = [order.index(field.rare) for field in part.fields]
        assert places == sorted(places), part.title
