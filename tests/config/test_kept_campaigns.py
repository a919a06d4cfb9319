"""A campaign workbook that was taken into use is kept by its digest, and nothing else passes for it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from sheetflow.children import Pool, TaskFailedError
from sheetflow.children.judge_task import measure_rows, warm_up
from sheetflow.config import kept_campaigns
from sheetflow.config.kept_campaigns import (
    Taking,
    campaign_in_force,
    damaged_campaigns,
    keep_campaign,
    open_campaign,
    put_in_force,
    sweep_campaigns,
    takings,
    template_kept,
)
from sheetflow.config.settings_file import read_settings
from sheetflow.errors import CampaignLostError, SettingsError
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.declared_json import digest_of
from tests.tiny.campaign import CAMPAIGN, CAMPAIGN_NAME

RIVERS: Campaign = replace(CAMPAIGN, rules=MappingProxyType({}))
TEMPLATE, WORKBOOK = b"a template", b"the workbook"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace's folder of campaigns, with one that is in force."""
    (tmp_path / "sheetflow.toml").write_text('campaign = "grassroots2012"\n', encoding="utf-8")
    folder = tmp_path / "state" / "campaigns"
    folder.parent.mkdir()
    take(folder, RIVERS)
    return folder


def take(folder: Path, campaign: Campaign, instead_of: str = "grassroots2012") -> str:
    """Keep a campaign and let it be in force."""
    templates = {digest_of(TEMPLATE): TEMPLATE}
    digest = keep_campaign(folder, campaign, templates, WORKBOOK)
    taking = Taking(
        digest=digest, at="2012-03-01", workbook=digest_of(WORKBOOK), instead_of=instead_of
    )
    put_in_force(folder, taking)
    return digest


def test_the_workbook_in_force_is_the_workspaces_campaign(folder: Path) -> None:
    """Settings, levels and children go by the campaign that was taken into use last."""
    settings = read_settings(folder.parents[1] / "sheetflow.toml")
    assert open_campaign(settings.campaign) == RIVERS
    assert settings.levels == RIVERS.levels
    second = take(folder, replace(RIVERS, title="河道巡查（新）"))
    assert read_settings(folder.parents[1] / "sheetflow.toml").campaign.endswith(second)
    assert [entry.digest == second for entry in takings(folder)] == [False, True]
    assert template_kept(settings.campaign, digest_of(TEMPLATE)) == TEMPLATE


def test_built_in_campaigns_go_on(tmp_path: Path) -> None:
    """Where no workbook was ever taken into use, the settings name the campaign as before."""
    settings = tmp_path / "sheetflow.toml"
    settings.write_text(f'campaign = "{CAMPAIGN_NAME}"\n', encoding="utf-8")
    assert open_campaign(read_settings(settings).campaign) is CAMPAIGN


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('campaign = "another"', "已经启用了活动工作簿.*改成空的"),
        ('campaign = ""', ""),
        ('campaign = "grassroots2012"', ""),
    ],
)
def test_settings_that_name_another_campaign_are_refused(
    folder: Path, text: str, sentence: str
) -> None:
    """Whoever names another campaign beside the one in force is told so, and neither is guessed."""
    settings = folder.parents[1] / "sheetflow.toml"
    settings.write_text(text + "\n", encoding="utf-8")
    if not sentence:
        assert read_settings(settings).levels == RIVERS.levels
        return
    with pytest.raises(SettingsError, match=sentence):
        read_settings(settings)


def test_an_empty_name_without_a_workbook_is_refused(tmp_path: Path) -> None:
    """Settings that rely on a workbook say how to take one into use."""
    settings = tmp_path / "sheetflow.toml"
    settings.write_text('campaign = ""\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="campaign use"):
        read_settings(settings)


def spoil(folder: Path, how: str) -> None:
    """Damage the campaign in force in one way."""
    (path,) = folder.glob("*/campaign.json")
    match how:
        case "changed":
            path.write_bytes(path.read_bytes().replace("河道".encode(), "渠道".encode()))
        case "cut":
            path.write_bytes(path.read_bytes()[:100])
        case "gone":
            path.unlink()
        case "another":
            path.write_bytes(b"{}")
        case _:
            shutil.rmtree(path.parent)


@pytest.mark.parametrize("how", ["changed", "cut", "gone", "another", "lost"])
def test_a_child_judges_by_that_very_campaign_or_not_at_all(folder: Path, how: str) -> None:
    """A campaign that was damaged or changed on the disk judges nobody's workbook."""
    name = campaign_in_force(folder, "")
    spoil(folder, how)
    with Pool(1) as pool:
        pool.call(warm_up, "grassroots2012")
        with pytest.raises(CampaignLostError, match="没有继续"):
            pool.call(measure_rows, name, "patrol", 1, "县", {})
    assert damaged_campaigns(folder)


def test_a_child_opens_the_campaign_of_its_request(folder: Path) -> None:
    """Requests of two campaigns in one child are each served by their own."""
    first = campaign_in_force(folder, "")
    take(folder, replace(RIVERS, forms=RIVERS.forms[:1]))
    second = campaign_in_force(folder, "")
    with Pool(1) as pool:
        key = RIVERS.forms[1].key
        assert pool.call(measure_rows, first, key, 1, "县", {}) is not None
        with pytest.raises(TaskFailedError):
            pool.call(measure_rows, second, key, 1, "县", {})
    assert not damaged_campaigns(folder)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"history":[{"digest":1}]}'])
def test_a_lost_or_damaged_history_is_no_fresh_start(folder: Path, content: bytes | None) -> None:
    """That the small file is lost does not bring the built-in campaign back in silence."""
    path = folder / kept_campaigns.IN_FORCE
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(SettingsError, match="没有继续"):
        read_settings(folder.parents[1] / "sheetflow.toml")


class KilledError(BaseException):
    """Ends everything at once, as a kill does."""


@pytest.mark.parametrize("steps", range(12))
def test_a_kill_leaves_the_old_campaign_or_the_new_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Killed at any step of taking a campaign into use, the workspace has one whole campaign in force."""
    before, done = campaign_in_force(folder, ""), 0
    real = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal done
        done += 1
        if done > steps:
            raise KilledError
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    newer = replace(RIVERS, title=f"第{steps}次")
    try:
        after = take(folder, newer)
    except KilledError:
        after = ""
    monkeypatch.undo()
    name = campaign_in_force(folder, "")
    assert name == before or not after or name.endswith(after)
    assert open_campaign(name) == (RIVERS if name == before else newer)
    take(folder, newer)
    sweep_campaigns(folder)
    assert open_campaign(campaign_in_force(folder, "")) == newer
    assert not damaged_campaigns(folder)
    assert not list(folder.glob(".*"))
    history = json.loads((folder / kept_campaigns.IN_FORCE).read_bytes())["history"]
    assert len(history) >= 2
