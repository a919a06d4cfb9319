"""Promises 9 and 11: nothing of a user's runs in an output; persons go up only where declared."""

from __future__ import annotations

import email.parser
import email.policy
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from sheetflow.config.settings_file import default_settings_text
from sheetflow.config.workspace import Workspace, create_workspace
from sheetflow.context import open_context
from sheetflow.upkeep.remind import issue_workbooks
from tests.reliability.broken import LIVE_TEXTS, LOGS_NAMES, SEES_EVERYTHING, Broken
from tests.reliability.command_line import command
from tests.reliability.conftest import Measured
from tests.reliability.poison import (
    FORM,
    HARMLESS,
    PERIOD,
    TRAPS,
    TREE,
    Canary,
    Poisoned,
    moment,
    poisoned,
    spoil_persons,
    typed,
)
from tests.reliability.service_process import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(900)]

_ACCEPTED, _RETURNED, _CITY = "370102", "370103", "370100"
_FILE = "鹃的文件"
"""In the names of the files: they say who filled them in, often enough."""
_FORMULA = re.compile(r"<f[ >].*?</f>|<f(?:\s[^>]*)?/>", re.DOTALL)
_LINKS = re.compile(r"<(?:hyperlink|Relationship) [^>]*>")
_FIELDS = re.compile(r"<w:instrText[^>]*>.*?</w:instrText>|<w:fldSimple[^>]*>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Province:
    """A workspace in which poisoned workbooks were judged, and what they hid."""

    workspace: Workspace
    canaries: list[Canary]
    said: str
    """What the commands printed."""

    @property
    def outputs(self) -> dict[str, bytes]:
        """Every file of the outbox, by its path."""
        outbox = self.workspace.outbox
        return {
            path.relative_to(outbox).as_posix(): path.read_bytes()
            for path in sorted(outbox.rglob("*"))
            if path.is_file()
        }

    @property
    def mails(self) -> list[EmailMessage]:
        """Every mail."""
        folder = self.workspace.maildir / "new"
        parser = email.parser.BytesParser(EmailMessage, policy=email.policy.default)
        return [parser.parsebytes(path.read_bytes()) for path in sorted(folder.iterdir())]


def play(root: Path, traps: tuple[str, ...], package: Path = REPOSITORY) -> Province:
    """Have three units report texts full of `traps`: accepted, returned, and the city's own."""
    text = re.sub(r"(?m)^quiet_seconds = .*$", "quiet_seconds = 0", default_settings_text())
    workspace = create_workspace(root, TREE, text)
    with open_context(root, moment()) as context:
        issue_workbooks(context, FORM, PERIOD)
    found: list[Poisoned] = []
    for seed, unit_id in enumerate((_ACCEPTED, _RETURNED, _CITY), start=1):
        unit = TREE[unit_id]
        draft = poisoned(unit, TREE, traps, seed)
        if unit_id == _RETURNED:
            spoil_persons(draft)
        (issued,) = workspace.outbox_of(unit, PERIOD.period_id).glob("填报_*.xlsx")
        content = typed(draft, issued, root.parent / f"{root.name}-{unit_id}.xlsx")
        (workspace.inbox_of(unit) / f"=cmd {{{{ 7*7 }}}} {_FILE}.xlsx").write_bytes(content)
        found.append(draft)
    said = ""
    for words in (("run",), ("status",), ("doctor",), ("remind",)):
        ended = command(root, moment(), *words, package=package)
        said += ended.stdout + ended.stderr
    return Province(workspace, [canary for each in found for canary in each.canaries], said)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The province that was sent traps."""
    return play(tmp_path_factory.mktemp("poisoned") / "workspace", TRAPS)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The same province, sent ordinary words."""
    return play(tmp_path_factory.mktemp("harmless") / "workspace", HARMLESS)


# ── promise 9 ─────────────────────────────────────────────────────────────────────────────


def _living(content: bytes) -> dict[str, Counter[str]]:
    """What can run, be followed or be filled in, in a file: formulas, links, fields, parts."""
    found: dict[str, Counter[str]] = {"formulas": Counter(), "links": Counter(), "parts": Counter()}
    if not content.startswith(b"PK"):
        text = content.decode()
        found["links"].update(re.findall(r"<a [^>]*>|<script.*?>|<img[^>]*>| on\w+=", text))
        return found
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            found["parts"][name] += 1
            if name.endswith((".xml", ".rels")):
                text = archive.read(name).decode()
                found["formulas"].update(_FORMULA.findall(text))
                found["links"].update(_LINKS.findall(text) + _FIELDS.findall(text))
    return found


def _differences(one: Province, other: Province) -> list[str]:
    """Say where an output of one province has something living that the other's has not."""
    mine, theirs = one.outputs, other.outputs
    wrong = [f"only in one: {path}" for path in sorted(mine.keys() ^ theirs.keys())]
    for path in mine.keys() & theirs.keys():
        alive, expected = _living(mine[path]), _living(theirs[path])
        wrong += [
            f"{path}: {kind}: {list((alive[kind] - expected[kind]).items())[:3]}"
            for kind in alive
            if alive[kind] - expected[kind]
        ]
    return wrong


def test_nothing_that_a_user_typed_lives_in_any_output(
    province: Province, harmless: Province, measured: Measured
) -> None:
    """Formulas, links, fields and parts are the same as after harmless words, file by file."""
    wrong = _differences(province, harmless)
    measured("outputs looked through", len(province.outputs))
    assert not wrong, wrong[:5]
    kinds = Counter(path.rpartition("/")[2].partition("_")[0] for path in province.outputs)
    measured("kinds", dict(kinds))
    assert {"回执", "退回", "汇总表", "情况报告", "上报情况"} <= kinds.keys()
    everything = "".join(map(_words, province.outputs.values()))
    assert "{{ 7*7 }}" in everything, "a template in a text stays what was typed"
    assert "cmd|" in everything, "the traps did arrive"
    assert "evil.example" not in "".join(
        part
        for content in province.outputs.values()
        for part in map(str, _living(content).values())
    )


def test_an_output_with_living_texts_is_noticed(
    harmless: Province, tmp_path: Path, measured: Measured
) -> None:
    """The comparison above is able to fail: a version that writes texts as they come makes formulas."""
    broken = play(tmp_path / "workspace", TRAPS, LIVE_TEXTS.package(tmp_path / "package"))
    wrong = _differences(broken, harmless)
    measured(LIVE_TEXTS.wrong, wrong[:2])
    assert any("formulas" in entry for entry in wrong)


# ── promise 11 ────────────────────────────────────────────────────────────────────────────


def _words(content: bytes) -> str:
    """Every word in a file, and its XML as it is."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = [
            archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()
        ]
    return "\n".join((*texts, *(_TAG.sub("", text) for text in texts)))


def _leaks(province: Province) -> Iterator[str]:
    """Say which canary is seen by somebody who must not see it."""
    for path, content in province.outputs.items():
        if "填报样例_" in path:  # made up, of the same words as the workbooks of this scene
            continue
        owner = TREE.in_folder(path.partition("/")[0])
        assert owner
        yield from _seen_by(f"{path}", _words(content), province, owner.unit_id)
    for mail in province.mails:
        receiver = str(mail["To"]).partition("@")[0].removeprefix("fulian-")
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
        yield from _seen_by(f"headers to {receiver}", headers, province)
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                yield from _seen_by(f"mail to {receiver}", str(part.get_content()), province)
            elif part.get_filename():
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                yield from _seen_by(f"attached, to {receiver}", _words(body), province, receiver)
                yield from _seen_by("name of attachment", str(part.get_filename()), province)
    for log in province.workspace.state.glob("*.log*"):
        yield from _seen_by("log", log.read_text(encoding="utf-8"), province)
    yield from _seen_by("screen", province.said, province)


def _seen_by(where: str, text: str, province: Province, unit_id: str = "") -> Iterator[str]:
    """`unit_id` is whose eyes these are, empty for everybody's."""
    if _FILE in text and not unit_id:
        yield f"{where}: the name of a file"
    for canary in province.canaries:
        if canary.word not in text:
            continue
        if not unit_id or not canary.may_be_seen(TREE[unit_id]):
            yield f"{where}: {canary.unit_id} {canary.sheet.key}.{canary.column.key}"


def test_persons_are_seen_only_where_the_declaration_says_so(
    province: Province, measured: Measured
) -> None:
    """No canary stands above its level, in a header, in a body, in a log or on the screen."""
    leaks = [*_leaks(province)]
    outcomes = Counter(
        path.rpartition("/")[2].partition("_")[0] for path in province.outputs if "_第" in path
    )
    above = [
        canary.word
        for canary in province.canaries
        if canary.unit_id == _ACCEPTED and canary.may_be_seen(TREE[_CITY])
    ]
    city = "".join(
        _words(content) for path, content in province.outputs.items() if path.startswith(_CITY)
    )
    measured("canaries", len(province.canaries))
    measured("of which the city may see and sees", sum(word in city for word in above))
    measured("answers", dict(outcomes))
    assert not leaks, sorted(set(leaks))[:5]
    assert outcomes == {"回执": 2, "退回": 1}
    assert len(province.canaries) > 100
    assert sum(word in city for word in above) > 10, "the search does find what may be seen"


@pytest.mark.parametrize("broken", [SEES_EVERYTHING, LOGS_NAMES], ids=lambda each: each.name)
def test_a_leak_is_noticed(broken: Broken, tmp_path: Path, measured: Measured) -> None:
    """The search above is able to fail: a version that masks nothing, or logs what files are called, is seen to."""
    province = play(tmp_path / "workspace", TRAPS, broken.package(tmp_path / "package"))
    leaks = sorted({*_leaks(province)})
    measured(broken.wrong, f"{len(leaks)} leaks, as {leaks[:2]}")
    assert leaks
