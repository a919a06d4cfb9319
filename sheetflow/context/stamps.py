"""The tokens of workbooks handed out, and what the token of one that comes says.

This module owns the one place where the key is used. It refuses to stop anything for a key
that is gone or cannot be read: what is handed out then bears no token, and what comes counts
as bearing none.
"""

from __future__ import annotations

from sheetflow.config.stamp_key import make_stamp_key, read_stamp_key
from sheetflow.context import LOG, Context
from sheetflow.errors import WorkspaceError
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.tokens import StampKey, Token


def ensure_stamp_key(context: Context) -> tuple[str, ...]:
    """Make the key where there is none; say so that once, for a backup is to have it."""
    path = context.workspace.stamp_key
    try:
        if not make_stamp_key(path):
            return ()
    except OSError as error:
        LOG.warning("no key for stamps could be made: %s", type(error).__name__)
        return ()
    LOG.warning("a new key for stamps was made: tokens of an earlier one count as none")
    sentence = (
        f"填报表标识的密钥（{path.parent.name}/{path.name}）原来没有，已经新做了一份，请重新备份。"
        "以前发出的填报表照常使用。"
    )
    return (sentence,)


def stamp_key(context: Context) -> StampKey | None:
    """Read the key as it is now; None where there is none that can be used: `doctor` says why."""
    try:
        return read_stamp_key(context.workspace.stamp_key)
    except WorkspaceError:
        return None


def token_for(context: Context, form: str, unit_id: str, period: str) -> str:
    """Give the token of a workbook that is handed out; none while the key cannot be had."""
    key = stamp_key(context)
    return key.token(context.campaign.key, form, unit_id, period) if key else ""


def judge_token(context: Context, unit_id: str, judgement: Judgement) -> Token:
    """Say what the token of a workbook says, given what that turned out to be, and whose."""
    key = stamp_key(context)
    if key is None:
        return Token.NONE
    campaign, form, period = context.campaign.key, judgement.form, judgement.period
    return key.judge(judgement.token, campaign, form, unit_id, period)
