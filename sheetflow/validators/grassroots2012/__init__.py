"""The campaign with its own rules: 下基层、访妇情、办实事 (2012)."""

from __future__ import annotations

from sheetflow.findings import Catalogue
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.grassroots2012.progress import PROGRESS

GRASSROOTS_2012 = Campaign(
    key="grassroots2012",
    title="下基层、访妇情、办实事",
    forms=(PROGRESS,),
    catalogue=Catalogue.of(()),
    source="妇字〔2012〕2号，鲁妇发〔2012〕10号转发",
)
