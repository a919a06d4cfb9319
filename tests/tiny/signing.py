"""河道巡查 whose cover names who filled it in and a telephone."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import phone, text
from tests.tiny.campaign import LEVELS
from tests.tiny.forms import HEAD, PATROL_FORM, Head

SIGNING_NAME = "tests.tiny.signing:SIGNING"
"""What ``sheetflow.toml`` says."""


class SigningHead(Head):
    """Who patrols, and who answers for what is written."""

    preparer = text("巡查员", 20, required=False)
    phone = phone("电话", required=False)


SIGNING_FORM = replace(
    PATROL_FORM,
    sheets=(replace(HEAD, declared=SigningHead.columns()), *PATROL_FORM.sheets[1:]),
    cover=replace(PATROL_FORM.cover, preparer="preparer", phone="phone"),
)
SIGNING = Campaign(key="signing", title="河道巡查", forms=(SIGNING_FORM,), levels=LEVELS)
