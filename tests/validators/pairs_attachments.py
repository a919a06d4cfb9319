"""Pairs for files that come beside a workbook, in a campaign that asks for them."""

from __future__ import annotations

from sheetflow.schemas.evidence import DAMAGED, LOCKED, MACROS, MEGABYTE
from tests.tiny.attached import beside, came, judged_works
from tests.validators.pairs import Pair

_PLAN = "@ 整治河段 整治方案 4 = "
_PHOTOS = "@ 整治河段 照片 4 = "

ATTACHED = (
    Pair(
        rule="attachment-missing",
        at="整治河段 C4",
        by=judged_works,
        broken=_PLAN + "四号桥方案.docx",
        nearly=_PLAN + "□三 号桥方案．ＤＯＣＸ",
    ),
    Pair(
        rule="attachment-missing-optional",
        at="整治河段 D4",
        by=judged_works,
        broken=_PHOTOS + "桥前.jpg、桥下.jpg",
        nearly=_PHOTOS + "桥前，桥后.jpg",
    ),
    Pair(
        rule="attachment-not-type",
        at="整治河段 C4",
        by=judged_works,
        broken=_PLAN + "桥前.jpg",
        nearly=_PLAN + "五里坡方案.pdf",
    ),
    Pair(
        rule="attachment-macro",
        at="整治河段 C4",
        by=beside(came("另一方案.docx", fault=MACROS)),
        broken=_PLAN + "另一方案",
    ),
    Pair(
        rule="attachment-damaged",
        at="整治河段 C4",
        by=beside(came("另一方案.docx", fault=DAMAGED)),
        broken=_PLAN + "另一方案",
    ),
    Pair(
        rule="attachment-too-large",
        at="整治河段 C4",
        by=beside(
            came("大方案.docx", size=10 * MEGABYTE + 1), came("小方案.docx", size=10 * MEGABYTE)
        ),
        broken=_PLAN + "大方案",
        nearly=_PLAN + "小方案",
    ),
    Pair(
        rule="attachment-ambiguous",
        at="整治河段 C4",
        by=beside(
            came("方案.docx", content="一"),
            came("方 案.docx", content="二"),
            came("同案.docx", content="三"),
            came("同 案.docx", content="三"),
        ),
        broken=_PLAN + "方案.docx",
        nearly=_PLAN + "同案",
    ),
    Pair(
        rule="attachment-locked",
        at="整治河段 C4",
        by=beside(came("锁着的方案.pdf", remark=LOCKED)),
        broken=_PLAN + "锁着的方案.pdf",
    ),
    Pair(
        rule="attachment-unnamed",
        at="",
        by=beside(came("桥下.jpg")),
        nearly=_PHOTOS + "桥前、桥后、桥下",
    ),
    Pair(
        rule="attachments-none",
        at="备案表头",
        by=judged_works,
        broken="@ 整治河段 整治方案 4 = \n@ 整治河段 整治方案 5 = \n@ 整治河段 照片 4 = ",
    ),
)
