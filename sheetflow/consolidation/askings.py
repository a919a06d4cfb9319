"""Which sentences of a narrative ask a superior for something: a 报告 may hold none (公文处理条例).

A list of the words of offices, told from what women ask for: who asks and whom decides, not the word
alone. 请求帮助的妇女, 应妇女请求, 邀请, 申请 and 报请县委批准 ask nothing of the reader. It refuses to
guess: what is not surely a request stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_SENTENCE = re.compile(r"[^。！？；\n]+(?:[。！？；]+[”’）]*|$)|\n+")
_AROUND = re.compile(r"^[\s。！？；”’（）“‘0-9.．]+|[\s。！？；”’（）“‘0-9.．]+$")
_CLAUSE = re.compile(r"[，,：:、]")

_ABOVE = (
    r"(?:上级|省里|市里|县里|区里|州里|部里|中央|全国妇联|(?:省|市|州|县|区)?妇联(?!干部|主席|主任|组织)"
    r"|省级|市级|(?:省|市|州|县|区)(?:委|政府|财政|有关部门|级财政)|各级领导|上级领导|领导(?=给|予|批|支|协))"
)
_GIVE = (
    r"(?:给予|予以|批准|准予|同意|核准|批复|批示|审批|审定|审示|指示|支持|解决|协调|拨付|拨给|拨款|下拨|增拨"
    r"|增加|加大|安排|下达|追加|划拨|帮助|考虑|明确|出台|提高|放宽|倾斜|扶持|配备|落实|研究|设立|建立|列入"
    r"|关注)"
)
_LEADS = (
    r"(?:为此|因此|在此|据此|鉴于此|现|特|故|拟|一并|再次|还|也|并|同时|我们|我会|我[省市州县区镇乡]|本单位|本会"
    r"|[一-鿿]{0,6}妇联)*"
)
_NEEDY = r"(?:妇女|群众|姐妹|村民|居民|职工|当事人|来访人?|她们?|(?<!其)他们?|其(?![余他中次])|家属|家庭|女工|农民|儿童|老人|母亲|丈夫)"
_THEM = rf"的(?:{_NEEDY}|[0-9]+(?:户|人|名|件|例|起))"
_ASK = r"(?:请求|恳请|恳求|敬请|特请|呈请|恳望)"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_LEADS}{_ASK}(?!\w{{0,6}}的{_NEEDY}|人|权|书|帮助的|救助的|援助的|调解的|解决的)",
        rf"^(?!.*{_NEEDY}.*{_ASK}).*{_ASK}(?:{_ABOVE}|{_GIVE})(?![^，。]{{0,4}}{_THEM})",
        rf"(?:^|(?<=[^邀申聘宴提延敦报呈吁]))请(?:予以?|给予|准予)(?:以)?{_GIVE}",
        rf"^{_LEADS}请{_ABOVE}[^，。]{{0,20}}{_GIVE}",
        r"(?:^|(?<=[^邀申聘宴提延敦报呈示]))请(?:尽快|及时|早日)?(?:批示|批复|审批|审示|审定|核准|核批|批准)(?![了后过]|的)",
        r"^(?:妥否|当否|是否妥当|可否|是否可行|如无不妥|以上(?:请示|请求|意见)如无不妥|特此请示)",
        r"(?:盼复|请复|望批准|望批复|望予批准|望予以?(?:支持|解决|批准))$",
        rf"^{_LEADS}(?:希望|盼望|期望|期盼|恳盼|盼|望){_ABOVE}[^，。]{{0,24}}{_GIVE}",
    )
)


_THEY_ASK = re.compile(
    rf"{_NEEDY}[^，。：]{{0,8}}(?:诉求|需求|愿望|心愿|呼声|要求|反映)[^，。：]{{0,8}}[:：]"
)
"""Before what women ask for."""
_DONE = re.compile(
    r"(?:落实|解决|争取|得到|取得|协调|拨付|安排|办理|化解|办成|争取到)了|已(?:经)?(?:落实|解决|拨付|办结|批准|到位|支持)"
)


def asks(sentence: str) -> bool:
    """Whether a sentence asks a superior for something; what was given since is asked no more."""
    if _THEY_ASK.search(sentence):
        return False
    clauses = list(_clauses(sentence))
    done = max((place for place, each in enumerate(clauses) if _DONE.search(each)), default=-1)
    return any(pattern.search(clause) for clause in clauses[done + 1 :] for pattern in _PATTERNS)


def parted(text: str, is_apart: Callable[[str], bool] = asks) -> tuple[str, tuple[str, ...]]:
    """Give a narrative without the sentences that stand apart, and those: by default what `asks`."""
    stays, asked = [], []
    for found in _SENTENCE.finditer(text):
        sentence = found[0]
        if sentence.strip() and is_apart(sentence):
            asked.append(sentence.strip())
        else:
            stays.append(sentence)
    if not asked:
        return text, ()
    left = re.sub(r"\n{2,}", "\n", "".join(stays)).strip()
    return re.sub(r"；(?=\n|$)", "。", left), tuple(asked)


def _clauses(sentence: str) -> Iterator[str]:
    for clause in _CLAUSE.split(sentence):
        if bare := _AROUND.sub("", clause):
            yield bare
