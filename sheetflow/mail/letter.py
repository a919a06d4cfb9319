"""Letters: from an event and its data to subject, plain text and HTML.

The words of an event stand once, in ``<event>.txt``; ``letter.txt`` and ``letter.html`` only lay
them out, so that both bodies say the same. It reads no template: they are handed in.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import (
    DictLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sheetflow.errors import MailTemplateError
from sheetflow.mail.letter_data import (
    Event,
    MailData,
    MailFinding,
    clean_data,
    clean_header,
    without_content,
)
from sheetflow.rounds import Round

MOST_FINDINGS = 10
"""How many findings stand in the body; the others are in the attached copy."""

SUBJECT, TEXT, HTML = "subject.txt", "letter.txt", "letter.html"

_URGENT = "【加急】"

OUTCOME, OPENING, STEPS = "结果", "正文", "办法"

_NOT_NAMED = {"form", "other_form", "several", "counts", "drop_folder"}
"""What a mail is told that templates have in other words only."""

_HEADING = re.compile(r"^==[ \t]*(\S+?)[ \t]*==[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's subject and its two bodies."""

    subject: str
    text: str
    html: str


def render_mail(templates: Mapping[str, str], event: str, data: MailData) -> MailText:
    """Write the mail that tells `data.unit` of `event`.

    `templates` maps file names to their text: ``subject.txt``, ``letter.txt``,
    ``letter.html`` and ``<event>.txt``. Raise MailTemplateError, with file and line, where
    one is missing or somebody's edit cannot be understood.
    """
    kind = Event(event)
    data = clean_data(without_content(data) if kind is Event.IDENTITY else data)
    desk = _desk(tuple(sorted(templates.items())))
    names = _names(kind, data)
    words = desk.words(f"{kind}.txt", names)
    names["outcome"] = " ".join(words[OUTCOME])
    names["facts"] = _facts(data, names["outcome"])
    names["opening"], names["steps"] = words[OPENING], words.get(STEPS, ())
    # Offices have templates of their own, which know of no forms: the period bears the name.
    beside = {"period": f"{data.period}《{data.other_form}》"} if data.other_form else {}
    beside |= {"period": names["workbook"]} if data.several else {}
    return MailText(
        # Offices have subjects of their own, which know of no hurry.
        subject=clean_header(_URGENT * data.urgent + desk.render(SUBJECT, names | beside)),
        text=_tidy(desk.render(TEXT, names)),
        html=desk.render(HTML, names).strip() + "\n",
    )


def template_faults(templates: Mapping[str, str]) -> tuple[str, ...]:
    """Try every event on sample data; give one sentence for each template that fails."""
    faults: dict[str, None] = {}
    for event in Event:
        for sample in (_SAMPLE, MailData(campaign="活动", unit="单位")):
            try:
                render_mail(templates, event, sample)
            except MailTemplateError as error:
                faults[str(error)] = None
    return tuple(faults)


@lru_cache(4)
def _desk(templates: tuple[tuple[str, str], ...]) -> _Desk:
    """Set up the templates once: the same serve for every mail until somebody edits them."""
    return _Desk(dict(templates))


class _Desk:
    """The templates of one mail, and the sandbox they run in."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        # Notepad saves a byte order mark and CRLF; neither may reach a mail.
        self.sources = {
            name: source.removeprefix("\ufeff").replace("\r\n", "\n")
            for name, source in templates.items()
        }
        self.environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(self.sources),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Without a name there is no escaping: letter.html escapes each line when it places it.
        self._compiled = lru_cache(maxsize=None)(self.environment.from_string)

    def render(self, name: str, names: Mapping[str, Any]) -> str:
        """Render the template `name`."""
        self._source(name)
        return self._filled(name, self.environment.get_template, name, names)

    def words(self, name: str, names: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """Render an event's sections, each into its lines that are not blank.

        The source is cut at its headings before anything is filled in, so that no value
        can open a section.
        """
        source = self._source(name)
        headings = list(_HEADING.finditer(source))
        sections: dict[str, tuple[str, ...]] = {}
        for heading, after in zip(headings, [*headings[1:], None], strict=False):
            before = source[: heading.end()].count("\n")
            body = source[heading.end() : after.start() if after else len(source)]
            # The blank lines before keep the line numbers of faults true.
            filled = self._filled(name, self._compiled, "\n" * before + body, names)
            lines = (line.strip() for line in filled.splitlines())
            sections[heading[1]] = tuple(line for line in lines if line)
        for needed in (OUTCOME, OPENING):
            if not sections.get(needed):
                raise MailTemplateError(
                    f"邮件模板 {name} 缺少“== {needed} ==”一段，或这一段是空的。"
                )
        if unknown := sections.keys() - {OUTCOME, OPENING, STEPS}:
            raise MailTemplateError(
                f"邮件模板 {name} 有不认识的一段“== {min(unknown)} ==”。请改名。"
            )
        return sections

    def _source(self, name: str) -> str:
        if name not in self.sources:
            raise MailTemplateError(f"邮件模板 {name} 不在模板文件夹里。请从默认模板补上。")
        return self.sources[name]

    def _filled(
        self, name: str, load: Callable[[str], Template], what: str, names: Mapping[str, Any]
    ) -> str:
        try:
            return load(what).render(names)
        except TemplateSyntaxError as error:
            raise MailTemplateError(
                f"邮件模板 {name} 第{error.lineno}行附近的符号不成对或写法不对。请对照默认模板改正。"
            ) from error
        except UndefinedError as error:
            raise MailTemplateError(
                f"邮件模板 {name} 里有不认识的名称：两个大括号里的名称可能被改动了。请对照默认模板改正。"
            ) from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise MailTemplateError(
                f"邮件模板 {name} 里有算不出来的内容。请对照默认模板改正。"
            ) from error


def _names(event: Event, data: MailData) -> dict[str, Any]:
    """Every name that a template may use; the default README.txt of the folder lists them."""
    total = sum(count for _, count in data.tallies)
    form = f"《{data.form}》" if data.form else "工作簿"
    workbook = f"{data.several}张报表" if data.several else f"{data.period}{form}"
    file = (
        f"附件“{data.attachment}”"
        if data.attachment
        else f"答复文件夹（outbox）里的“{data.file_place}”"
    )
    fields = [field.name for field in dataclasses.fields(data) if field.name not in _NOT_NAMED]
    return {name: getattr(data, name) for name in fields} | {
        "event": event.value,
        "workbook": workbook,
        "findings": data.findings[:MOST_FINDINGS],
        "total": total,
        "tally": "、".join(f"{label}{count}处" for label, count in data.tallies),
        "progress": data.progress.words if data.progress else "",
        "folder": f"报送文件夹（inbox）里的“{data.drop_folder}”"
        if data.drop_folder
        else "你单位的报送文件夹（inbox）",
        "file": file if data.attachment or data.file_place else "",
    }


def _facts(data: MailData, outcome: str) -> tuple[tuple[str, str], ...]:
    """The lines of the small table below the letter, those that have something to say."""
    number = f"第{data.number}号" if data.number else ""
    facts = (
        ("活动名称", data.campaign),
        ("报表名称", data.form),
        ("报告期", data.period),
        ("编号", number),
        ("回执号", data.receipt),
        ("文件名", data.file_name),
        ("收到时间", data.received),
        ("结果", outcome),
        ("截止时间", data.deadline),
        ("附件", data.attachment),
        ("文件位置", data.file_place),
        ("咨询", data.contact),
    )
    return tuple((label, value) for label, value in facts if value)


def _tidy(text: str) -> str:
    """Leave at most one blank line between paragraphs, and no blanks at line ends."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


_EXAMPLES: dict[str, Any] = {
    field.name: "示例" if field.type == "str" else True
    for field in dataclasses.fields(MailData)
    if field.type in {"str", "bool"}
}
_SAMPLE = MailData(
    **_EXAMPLES,
    number=1,
    explained=1,
    findings=(
        MailFinding(
            number="1A2B3C4D",
            group="必改",
            place="C7",
            wrong="空着",
            remedy="请填写",
            severity="强制性",
        ),
    ),
    progress=Round(last=2, mended=1, left=1, new=0),
    remarks=("说明",),
)
