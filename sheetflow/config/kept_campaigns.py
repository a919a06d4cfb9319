"""Campaigns that came from a workbook: kept by their sha256 in the state, and which one is in force.

A campaign is named by a word (a built-in one, or ``package.module:NAME``), or by the folder in which it
is kept; that ends with the digest, so that whoever opens it gets just this one or none. What is in force
stands in one small file, replaced whole: the settings are read by the levels that it names, before
there is a database. Its history only grows.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from sheetflow.campaigns import load_campaign
from sheetflow.durable import make_private_folder, sync_folder, write_whole
from sheetflow.errors import CampaignLostError, SettingsError, WorkspaceError
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.declared_json import digest_of, dump_campaign, load_campaign_json

CAMPAIGNS = "state/campaigns"
"""Where they lie in a workspace."""
CAMPAIGN_FILE, IN_FORCE, TEMPLATE, WORKBOOK = "campaign.json", "in_force.json", ".docx", ".xlsx"
_DIGEST = re.compile(r"[0-9a-f]{64}")
NAME_OF_CAMPAIGNS = r"(in_force\.json|[0-9a-f]{64}/(campaign\.json|[0-9a-f]{64}\.(docx|xlsx)))"
"""What a file of theirs is called below `CAMPAIGNS`, as a pattern."""
_DRAFT = ".draft-"
_FETCH = "请从备份取回 state/campaigns（restore），或者用原来的活动工作簿再运行一次 campaign use。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """One taking into use: of which campaign, when, from which workbook (its sha256).

    `instead_of` is what ``sheetflow.toml`` named then; `no_trial`: new checks were in force at once.
    """

    digest: str
    at: str
    workbook: str
    instead_of: str = ""
    no_trial: bool = False


def open_campaign(name: str) -> Campaign:
    """Give the campaign of that name, or the one kept in that folder.

    Raise DeclarationError where there is none, CampaignLostError where its file is not the one that
    the name tells.
    """
    digest = digest_in(name)
    return _kept(Path(name)) if digest else load_campaign(name)


def digest_in(name: str) -> str:
    """Give the digest that the name of a kept campaign ends with; empty for a built-in one."""
    last = Path(name).name
    return last if _DIGEST.fullmatch(last) else ""


@cache
def _kept(folder: Path) -> Campaign:
    path = folder / CAMPAIGN_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CampaignLostError(
            f"活动的定义 {path} 读不出（{reason}），没有继续。{_FETCH}"
        ) from error
    if digest_of(content) != folder.name:
        raise CampaignLostError(
            f"活动的定义 {path} 与它的校验码不符：已经损坏，或者被人改过，没有继续。{_FETCH}"
        )
    return load_campaign_json(content)


def takings(folder: Path) -> tuple[Taking, ...]:
    """Give what was taken into use so far, in order; SettingsError where the file cannot be trusted."""
    path = folder / IN_FORCE
    try:
        document = json.loads(path.read_bytes())
        listed = tuple(Taking(**entry) for entry in document["history"])
    except FileNotFoundError as error:
        if any(_kept_in(folder)):
            raise SettingsError(
                f"{path} 不在了，说不清正在使用哪个活动，没有继续。{_FETCH}"
            ) from error
        return ()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{path} 读不出（{reason}）。请检查文件夹权限。") from error
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(f"{path} 已经损坏，没有继续。{_FETCH}") from error
    return listed


def _kept_in(folder: Path) -> list[Path]:
    return [entry for entry in folder.glob("*") if _DIGEST.fullmatch(entry.name)]


def campaign_in_force(folder: Path, named: str, origin: str = "") -> str:
    """Name the campaign in force: the workbook that was taken into use last, else what is `named`.

    `origin` says where that stands. Raise SettingsError where the two contradict each other.
    """
    history = takings(folder)
    if not history:
        if not named:
            raise SettingsError(
                f"{origin}campaign 是空的，又没有启用过活动工作簿。请运行 sheetflow campaign use 文件，"
                "或者在 campaign 填内置活动的名称。"
            )
        return named
    last = history[-1]
    if named not in {"", last.instead_of}:
        raise SettingsError(
            f"{origin}campaign 写成了“{named}”，可是这个工作文件夹已经启用了活动工作簿（{last.at[:10]}），"
            '收到的报表都按它办。请把 campaign 改成空的（""）；要办另一项活动，请另建工作文件夹。'
        )
    return str(folder.absolute() / last.digest)


def keep_campaign(
    folder: Path, campaign: Campaign, templates: Mapping[str, bytes], workbook: bytes
) -> str:
    """Keep a campaign with its Word templates (by sha256) and its workbook; give its digest.

    All of it is there, durable, before anything names it; what is kept already stays. Raise OSError.
    """
    content = dump_campaign(campaign)
    digest = digest_of(content)
    home = folder / digest
    make_private_folder(folder.parent)
    make_private_folder(folder)
    if not (folder / IN_FORCE).exists():  # from now on its loss is noticed
        _write_history(folder, ())
    files = {CAMPAIGN_FILE: content, hashlib.sha256(workbook).hexdigest() + WORKBOOK: workbook}
    files |= {sha256 + TEMPLATE: template for sha256, template in templates.items()}
    whole = home if home.is_dir() else folder / f"{_DRAFT}{secrets.token_hex(4)}"
    make_private_folder(whole)
    for name, each in files.items():
        if not _is_there(whole / name, each):
            write_whole(whole / name, each)
    if whole != home:
        whole.rename(home)
    sync_folder(folder)
    return digest


def _is_there(path: Path, content: bytes) -> bool:
    with suppress(OSError):
        return path.read_bytes() == content
    return False


def put_in_force(folder: Path, taking: Taking) -> None:
    """Let a kept campaign be the one in force, in one step. Raise WorkspaceError where it is not there."""
    history = takings(folder)
    if not (folder / taking.digest / CAMPAIGN_FILE).is_file():
        raise WorkspaceError(f"state/campaigns 里没有活动 {taking.digest[:12]}，没有启用。{_FETCH}")
    _write_history(folder, (*history, taking))


def _write_history(folder: Path, history: Sequence[Taking]) -> None:
    document = {"history": [asdict(entry) for entry in history]}
    write_whole(folder / IN_FORCE, json.dumps(document, ensure_ascii=False, indent=1).encode())


def template_kept(name: str, sha256: str) -> bytes | None:
    """Give the Word template that is kept with a campaign; None where it is not there, or damaged."""
    with suppress(OSError):
        content = (Path(name) / f"{sha256}{TEMPLATE}").read_bytes()
        return content if hashlib.sha256(content).hexdigest() == sha256 else None
    return None


def sweep_campaigns(folder: Path) -> None:
    """Remove what a killed `keep_campaign` left half made."""
    for draft in folder.glob(f"{_DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)


def damaged_campaigns(folder: Path) -> tuple[str, ...]:
    """Name the files, of campaigns that were ever in force, that are lost or not what they were."""
    found: list[str] = []
    for digest in dict.fromkeys(entry.digest for entry in takings(folder)):
        path = folder / digest / CAMPAIGN_FILE
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        if digest_of(content) != digest:
            found.append(f"{digest[:12]}/{CAMPAIGN_FILE}")
            continue
        wanted = {form.template for form in load_campaign_json(content).forms if form.template}
        found += [
            f"{digest[:12]}/{sha256[:12]}{TEMPLATE}"
            for sha256 in sorted(wanted)
            if template_kept(str(path.parent), sha256) is None
        ]
    return tuple(found)


def files_of_campaigns(folder: Path) -> tuple[Path, ...]:
    """Give all files that a backup is to hold: each kept campaign's, and what is in force."""
    history = [folder / IN_FORCE] if (folder / IN_FORCE).is_file() else []
    kept = (path for home in _kept_in(folder) for path in home.iterdir() if path.is_file())
    return (*history, *sorted(path for path in kept if not path.name.startswith(".")))
