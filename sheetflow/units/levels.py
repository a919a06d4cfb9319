"""The levels of a campaign's chain: how they are called, and which stands above which.

This module owns the value of one level, the ordered set of a campaign's, and the usual ones
(国家 省 市 县 乡 村) that a campaign chooses from or replaces by its own. It refuses to know
units, and a set that contradicts itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from sheetflow.errors import DeclarationError
from sheetflow.lookalikes import plain, without_spaces

FEWEST, MOST = 2, 6
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_MARKS = re.compile(r"[(),、/]")
_TAKEN = {"overrides"}
"""Keys that stand beside those of levels in the settings."""


class Review(StrEnum):
    """What becomes of a level's consolidation before it goes up: nothing, by the deadline, seen after, seen before."""

    NONE = "none"
    BY_DEADLINE = "by_deadline"
    FLAG = "flag"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSpec:
    """One level: 县.

    `name` is what everybody reads and what units bear; `key` what settings, files and programs of any
    language call it. `also` are further words that a list of units may use. `heading` stands above a
    column of such units, `below` says all of them in a sentence, `note` which units count as such,
    `area` what its whole is called (全省). `working_days` is how many they have after a period's end
    where the office says nothing else. `fills` tells that they fill forms themselves, `review` what
    becomes of what they add up.
    """

    name: str
    key: str
    also: tuple[str, ...] = ()
    heading: str = ""
    below: str = ""
    note: str = ""
    area: str = ""
    working_days: int = 0
    fills: bool = field(default=True, metadata={"later": True})
    review: Review = field(default=Review.BY_DEADLINE, metadata={"later": True})

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that may stand for the level, as `Levels.find` compares it."""
        return tuple(dict.fromkeys(map(_bare, (self.name, self.key, *self.also))))

    @property
    def column(self) -> str:
        """What stands above a column of such units."""
        return self.heading or self.name

    @property
    def whole(self) -> str:
        """What stands for a unit of the level after 全: 全省."""
        return self.area or self.name

    @property
    def every(self) -> str:
        """What all of them are called together: 各市."""
        return self.below or f"各{self.name}"


def _bare(word: str) -> str:
    """Fold a word for a level: 县（市、区）级 is 县市区."""
    bare = _MARKS.sub("", without_spaces(plain(word))).casefold()
    return bare.removesuffix("级") or bare


@dataclass(frozen=True)
class Levels:
    """The levels of a campaign from the top to the bottom; DeclarationError for a bad set."""

    rungs: tuple[LevelSpec, ...]

    def __post_init__(self) -> None:
        faults = list(_faults(self.rungs))
        if faults:
            raise DeclarationError(f"层级不对：{'；'.join(faults)}。")

    def __iter__(self) -> Iterator[LevelSpec]:
        return iter(self.rungs)

    def __len__(self) -> int:
        return len(self.rungs)

    def __contains__(self, name: object) -> bool:
        return name in self._ranks

    def __getitem__(self, name: str) -> LevelSpec:
        return self.rungs[self._ranks[name]]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {spec.name: rank for rank, spec in enumerate(self.rungs)}

    @cached_property
    def _by_word(self) -> dict[str, LevelSpec]:
        return {word: spec for spec in self.rungs for word in spec.words}

    @property
    def names(self) -> tuple[str, ...]:
        """The names from the top to the bottom."""
        return tuple(spec.name for spec in self.rungs)

    @property
    def listed(self) -> str:
        """The names as a sentence has them: 省、市或县."""
        return f"{'、'.join(self.names[:-1])}或{self.names[-1]}"

    def rank(self, name: str) -> int:
        """0 for the top; raise KeyError for a name that is none."""
        return self._ranks[name]

    @property
    def top(self) -> LevelSpec:
        """The level that nobody stands above."""
        return self.rungs[0]

    @property
    def lowest(self) -> LevelSpec:
        """The level that adds nobody up."""
        return self.rungs[-1]

    @property
    def nearest(self) -> LevelSpec:
        """The level right above the lowest: the first that adds up."""
        return self.rungs[-2]

    def below(self, name: str) -> LevelSpec | None:
        """The next level down, None under the lowest."""
        rank = self.rank(name) + 1
        return self.rungs[rank] if rank < len(self.rungs) else None

    def origin(self, reader: str) -> tuple[LevelSpec, ...]:
        """The levels by which a row's unit is told to `reader`: those below it, two at least."""
        first = min(self.rank(reader) + 1, max(1, len(self) - 2))
        return self.rungs[first:]

    def find(self, word: str) -> LevelSpec | None:
        """The level that a word means: its name, 县级, its key, or another of its words."""
        return self._by_word.get(_bare(word))

    def read(self, word: str) -> str:
        """The name of the level that a word means; raise ValueError where it means none."""
        found = self.find(word)
        if found is None:
            raise ValueError(f"no level: {word}")
        return found.name


def _faults(rungs: tuple[LevelSpec, ...]) -> Iterator[str]:
    if not FEWEST <= len(rungs) <= MOST:
        yield f"有{len(rungs)}级，应为{FEWEST}到{MOST}级"
    counts = Counter(word for spec in rungs for word in spec.words)
    twice = sorted(word for word, count in counts.items() if count > 1)
    if twice:
        yield f"“{'”“'.join(twice)}”用于不止一级"
    for spec in rungs:
        if not spec.name or spec.name != without_spaces(spec.name):
            yield f"名称“{spec.name}”不能空着，也不能有空格"
        if not _KEY.fullmatch(spec.key) or spec.key in _TAKEN:
            yield f"{spec.name}的英文名“{spec.key}”应由小写字母、数字和下划线组成，也不能是 overrides"
    for above, below in pairwise(rungs):
        if above.working_days < below.working_days:
            yield f"{above.name}的截止日早于{below.name}"


NATION = LevelSpec(
    name="国家", key="nation", also=("国", "全国", "中央"), below="各地", area="国", working_days=8
)
PROVINCE = LevelSpec(
    name="省",
    key="province",
    also=("自治区", "直辖市", "省区市", "省区", "省自治区", "省自治区直辖市"),
    working_days=6,
)
CITY = LevelSpec(
    name="市",
    key="city",
    also=(
        *("prefecture", "地市", "市地", "地级市", "设区市", "设区的市"),
        *("州", "盟", "地区", "自治州", "市州", "市州盟", "市地州盟", "地市州盟"),
    ),
    working_days=4,
)
COUNTY = LevelSpec(
    name="县",
    key="county",
    also=(
        *("区县", "县区", "县市", "县市区", "区县市", "县市区旗", "县区市"),
        *("区", "旗", "县级市", "市辖区", "自治县", "自治旗"),
    ),
    heading="县（区）",
    below="各县（市、区）",
    note="县级市、区都填县",
    working_days=2,
)
TOWNSHIP = LevelSpec(
    name="乡",
    key="township",
    also=(
        *("镇", "街道", "乡镇", "乡镇街道", "镇街", "街镇", "镇街道"),
        *("街道办", "街道办事处", "乡镇街道办", "民族乡", "苏木"),
    ),
    heading="乡（镇）",
    below="各乡（镇、街道）",
    note="镇、街道都填乡",
    working_days=1,
)
VILLAGE = LevelSpec(
    name="村",
    key="village",
    also=("社区", "村社区", "村居", "居", "行政村", "村委会", "居委会", "村居委会"),
    heading="村（社区）",
    below="各村（社区）",
    note="社区都填村",
    working_days=1,
)
"""The usual levels; a campaign names those of its own chain."""

USUAL_LEVELS = (NATION, PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE)

THREE_LEVELS = Levels((PROVINCE, CITY, COUNTY))
"""What a campaign has, and a list of units, where nothing else is said."""
