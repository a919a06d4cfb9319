"""A workspace whose form takes files beside its workbooks, and the clerk who hands them in."""

from __future__ import annotations

import io
from pathlib import Path

import docx

from tests.tiny.attached import ATTACHED, ATTACHED_NAME, WORKS_FORM
from tests.tiny.desk import EAST, FIRST, IN_TIME, SIGNED, TREE, Desk, Rows, write

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def paper(*sentences: str) -> bytes:
    """A real .docx with these paragraphs."""
    document = docx.Document()
    for sentence in sentences or ("方案",):
        document.add_paragraph(sentence)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def pdf(words: str) -> bytes:
    """A PDF, another one for other words."""
    return PDF.replace(b"1 0 obj", f"% {words}\n1 0 obj".encode())


def works(*plans: str) -> Rows:
    """The rows of a workbook in which each work names its paper."""
    listed = [
        {"work_id": f"Z{number:03}", "place": f"第{number}段", "plan": plan}
        for number, plan in enumerate(plans, start=1)
    ]
    return {"slip": [{"written_on": SIGNED}], "works": listed}


class AttachedDesk(Desk):
    """The form is handed out to everybody; what units hand in has files beside it."""

    @classmethod
    def begun(cls, root: Path, **settings: str) -> AttachedDesk:
        """Make it and hand the form out."""
        desk = cls.make(root, campaign=f'"{ATTACHED_NAME}"', **settings)
        assert isinstance(desk, AttachedDesk)
        desk.issue(form=WORKS_FORM.key)
        return desk

    def workbook(self, *plans: str, unit_id: str = EAST) -> Path:
        """Fill in a unit's workbook, each work with the name of its paper."""
        (issued,) = self.out(unit_id, FIRST).glob(f"填报_*_{WORKS_FORM.title}.xlsx")
        target = self.root.parent / "clerks" / unit_id / "备案.xlsx"
        return write(issued, target, works(*plans), forms=ATTACHED.forms)

    def hand_in(self, *plans: str, unit_id: str = EAST, into: str = "") -> Path:
        """Drop such a workbook (`into` a sub-folder)."""
        return self.drop(unit_id, self.workbook(*plans, unit_id=unit_id), folder=into)

    def attach(
        self, name: str, content: bytes = PDF, unit_id: str = EAST, into: str = "附件"
    ) -> Path:
        """Drop a file beside it, by default into the folder for such."""
        (self.workspace.inbox_of(TREE[unit_id]) / into).mkdir(exist_ok=True)
        return self.drop(unit_id, content, name=name, folder=into)

    def outcomes(self, unit_id: str = EAST) -> list[tuple[str, str]]:
        """What became of each workbook of a unit, with its receipt."""
        return [(each.receipt, each.outcome) for each in self.submissions(unit_id)]

    def found(self, unit_id: str = EAST) -> dict[str, str]:
        """Which file the cells of a unit's newest workbook name, by the name; empty hashes are missing."""
        newest = self.submissions(unit_id)[-1]
        named = self.ask(lambda context: context.store.files.find_named([newest.judgement_id]))
        return {each.name: each.sha256 for each in named[newest.judgement_id]}

    def rules(self, unit_id: str = EAST) -> list[str]:
        """The codes of what was found in a unit's newest workbook."""
        newest = self.submissions(unit_id)[-1]
        found = self.ask(lambda context: context.store.contents.find_findings(newest), IN_TIME)
        return [str(each["rule"]) for each in found]
