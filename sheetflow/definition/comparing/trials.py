"""Rules of two versions compared, and those that come in on trial.

A 强制性 rule that is new or stricter in a version after the first only says what it sees until its trial
is over: nobody's workbook comes back for what was never asked before. A rule is the same when sheet,
condition, requirement and places are equal, whatever it is called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sheetflow.definition.comparing.verdicts import Change, Verdict, allowed, refused
from sheetflow.findings import Severity
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.rules import DeclaredRule

_WEIGHT = {Severity.NOTE: 0, Severity.VERIFY: 1, Severity.MUST: 2}


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule of a form that comes in on trial; `is_new`: it was not there before, else it is stricter."""

    form: str
    rule: DeclaredRule
    is_new: bool


def identity(rule: DeclaredRule) -> tuple[object, ...]:
    """Give what makes a rule the same rule."""
    return rule.sheet, rule.when, rule.must, rule.points


def trials(new: Campaign, old: Campaign) -> Iterator[Trial]:
    """Give the 强制性 rules that are new or stricter than in the campaign in force."""
    for form in new.forms:
        then = old.by_key.get(form.key)
        known = _known(then)
        codes = {rule.code for rule in then.rules} if then else set()
        for rule in form.rules if then else ():
            same = known.get(identity(rule))
            is_must = rule.severity is Severity.MUST
            if is_must and (same is None or same.severity is not Severity.MUST):
                yield Trial(form.key, rule, is_new=same is None and rule.code not in codes)


def _known(form: Form | None) -> dict[tuple[object, ...], DeclaredRule]:
    """Give the rules by what makes them the same; of several the heaviest."""
    rules = sorted(form.rules if form else (), key=lambda rule: _WEIGHT[rule.severity])
    return {identity(rule): rule for rule in rules}


def with_trials(
    new: Campaign, old: Campaign, today: dt.date, *, no_trial: bool = False
) -> Campaign:
    """Give the campaign as it comes into force after `old`: its new and stricter rules on trial.

    Where 试审到 is blank, a trial lasts for the period in which the version comes in. A rule that is on
    trial already stays so. With `no_trial` new rules weigh at once what they declare.
    """
    on_trial = {(trial.form, identity(trial.rule)) for trial in trials(new, old)}
    forms = []
    for form in new.forms:
        known, ends = _known(old.by_key.get(form.key)), comes_in(new, form, today)
        rules = []
        for rule in form.rules:
            until, same = rule.trial_until, known.get(identity(rule))
            if (form.key, identity(rule)) in on_trial:
                until = "" if no_trial else until or ends
            elif same and rule.severity is Severity.MUST:
                until = until or same.trial_until
            rules.append(rule if until == rule.trial_until else replace(rule, trial_until=until))
        same_rules = tuple(rules) == form.rules
        forms.append(form if same_rules else replace(form, rules=tuple(rules)))
    return new if tuple(forms) == new.forms else replace(new, forms=tuple(forms))


def comes_in(new: Campaign, form: Form, today: dt.date) -> str:
    """Give the form's period in which the newest version comes in; that of `today` where none is told."""
    first = new.versions[-1].first_period if new.versions else ""
    day = Period.parse(first).first_day if first else today
    return form.period_of(day).period_id


def compare_rules(
    new: Campaign, old: Campaign, today: dt.date, *, no_trial: bool = False
) -> Iterator[Change]:
    """Compare the rules of all forms: new and stricter ones are tried, looser ones taken."""
    found = {(trial.form, trial.rule.code): trial for trial in trials(new, old)}
    for form in new.forms:
        then = old.by_key.get(form.key)
        if then is None:
            continue
        for rule in form.rules:
            trial = found.get((form.key, rule.code))
            if trial:
                yield _tried(new, form, trial, today, no_trial=no_trial)
            else:
                yield from _compare(then, rule)
        yield from _gone(then, form)


def _tried(new: Campaign, form: Form, trial: Trial, today: dt.date, *, no_trial: bool) -> Change:
    rule, place = trial.rule, _place(form, trial.rule)
    what = "新增强制性规则" if trial.is_new else "强制性规则比原来严"
    if no_trial:
        return Change(
            verdict=Verdict.HINT,
            place=place,
            what=f"{what}，不试审，立即生效",
            form=form.key,
            rule=rule.code,
        )
    until = rule.trial_until or comes_in(new, form, today)
    last, current = form.period(until), form.period_of(today)
    if rule.trial_until and last.last_day < current.first_day:
        remedy = f"请把试审到改成{current.label}或以后，确要立即生效的请加 --no-trial"
        return refused(place, f"{what}，试审到{last.label}，这一期已经过了", remedy)
    said = f"{what}，到{last.label}为止只提示，以后才退回"
    return Change(verdict=Verdict.TRIAL, place=place, what=said, form=form.key, rule=rule.code)


def _place(form: Form, rule: DeclaredRule) -> str:
    sheet = form.by_key.get(rule.sheet)
    return f"审核“{rule.title}”" + (f"（《{sheet.title}》）" if sheet else "")


_WORDS: Mapping[str, str] = {
    "title": "简称",
    "wrong": "问题",
    "remedy": "怎么改",
    "summary": "填报说明里的话",
    "source": "依据",
    "by_row": "范围",
    "skips_first": "范围",
    "only_last": "范围",
    "only_levels": "范围",
    "since": "起用版本",
    "trial_until": "试审到",
}


def _compare(then: Form, rule: DeclaredRule) -> Iterator[Change]:
    """Compare a rule that needs no trial with what it was."""
    place = _place(then, rule)
    same = _known(then).get(identity(rule))
    by_code = {one.code: one for one in then.rules}
    was = same or by_code.get(rule.code)
    if was is None:
        yield allowed(place, f"新增{rule.severity.label}规则")
    elif same is None:
        yield allowed(place, f"改了{rule.severity.label}规则的条件或要求")
    elif _WEIGHT[rule.severity] != _WEIGHT[was.severity]:
        yield allowed(place, f"性质从{was.severity.label}改成{rule.severity.label}")
    else:
        told = [word for name, word in _WORDS.items() if _differs(was, rule, name)]
        if told:
            yield allowed(place, f"改了{'、'.join(dict.fromkeys(told))}")
        if was.until != rule.until:
            gone = rule.until is not None
            yield allowed(place, f"自第{(rule.until or 0) + 1}版起停用" if gone else "不再停用")


def _differs(was: DeclaredRule, rule: DeclaredRule, name: str) -> bool:
    """Whether a field says something else; a blank 试审到 leaves the trial as it is."""
    then, now = getattr(was, name), getattr(rule, name)
    return bool(then != now and (name != "trial_until" or now))


def _gone(then: Form, form: Form) -> Iterator[Change]:
    kept = {identity(rule) for rule in form.rules}
    codes = {rule.code for rule in form.rules}
    for rule in then.rules:
        if identity(rule) not in kept and rule.code not in codes:
            yield allowed(_place(then, rule), "这条规则没有了，不再查")
