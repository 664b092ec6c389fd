"""The words of the case page for what the core names by ids: checks, details, answers, windows.

Every sentence stands in ``words/*.toml``. A rule or a value that an operator added to the policy has no sentence
there; then the policy's own words are shown, so that nothing is ever nameless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.model import Case, Policy, Window
from bot.core.warranty.actions import ACTIONS
from bot.desk.casework.answers import Answer
from bot.desk.casework.facts import CheckRow, Quote, Row
from bot.desk.words import Words

# fields whose values are ids with words of their own
LISTED = {
    "symptom": "numbers_symptom",
    "tried": "tried",
    "condition": "condition",
    "evidence": "evidence",
    "wish": "wish",
}
MOST_EXPLAINED = 2
VAGUE = ("vague", "announced")
"""values that say nothing beside clearer ones"""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for one case."""

    words: Words
    policy: Policy
    case: Case
    people: Mapping[str, str]

    def check(self, row: CheckRow) -> str:
        """The rule as a short statement, or as a question where it is open."""
        service = next((s for s in self.policy.services if s.id == row.service), None)
        key = f"check.{row.topic}.{'ok' if row.outcome == 'passed' else 'not'}"
        if self.words.has(key):
            window = self.window(service.window) if service and row.topic == "window" else ""
            return self.words.t(key, service=self.words.said("verdict", row.service), window=window)
        said = {f"exclusion.{r.id}": r.means for r in self.policy.exclusions}
        said |= {f"open_question.{r.id}": r.question for r in self.policy.open_questions}
        return said.get(row.topic) or row.rule.replace("_", " ").replace(".", ": ")

    def late(self, row: CheckRow) -> str:
        """The same where only the inspection can tell."""
        key = f"check.{row.topic}.late"
        return self.words.t(key) if self.words.has(key) else self.check(row)

    def inspection(self, rows: Sequence[CheckRow]) -> str:
        """What only the inspection can tell."""
        return self.words.series(self.late(row) for row in rows)

    def beside(self, why: Sequence[str]) -> str:
        """Why another case stands beside this one."""
        return self.words.series(self.words.t(f"beside.of_{reason}") for reason in why)

    def verdict(self, service: str, ifs: Sequence[str]) -> str:
        """The verdict as a sentence, with what it depends on."""
        what = self.words.said("verdict", service)
        if not ifs:
            return self.words.t("case.verdict", what=what)
        return self.words.t("case.verdict_if", what=what, ifs=self.words.series(self.words.said("if", i) for i in ifs))

    def why(self, row: CheckRow) -> str:
        """What the outcome rests on: the customer's words, or the dates."""
        field, colon, value = row.words.partition(": ")
        if colon and field in ("delivery_date", "purchase_date"):
            return self.words.t(f"why.{field}", on=self.days(value), first=self.case.first_mail_on)
        head, _, id_ = row.topic.partition(".")
        if head == "open_question" and self.words.has(f"question.{id_}"):
            return self.words.t(f"question.{id_}")
        if not row.words:
            return ""
        return row.words if head == "open_question" else self.words.t("case.quote", text=row.words)

    def explained(self, missing: Sequence[str]) -> str:
        """The doubt in one line: what the flags mean for this case, and what is missing."""
        said = [self.words.t(f"explain.{flag}") for flag in self.case.flags if self.words.has(f"explain.{flag}")]
        if self.case.doubt and self.words.has(f"explain_doubt.{self.case.doubt.id}"):
            said.insert(0, self.words.t(f"explain_doubt.{self.case.doubt.id}"))
        if missing:
            listed = self.words.series(self.words.said("missing", id_) for id_ in missing)
            said.append(self.words.t("explain.missing", what=listed))
        return " ".join(said[: MOST_EXPLAINED + bool(missing)])

    def detail(self, row: Row) -> str:
        """The values of a detail."""
        if row.field == "platform":
            known = [self.policy.platform(value) for value in row.values]
            names = [p.name if p else value for p, value in zip(known, row.values, strict=True)]
            seller = self.case.details.value("seller") or next((p.seller for p in known if p), "")
            kind = f" ({self.words.said('seller', seller)})" if seller else ""
            return ", ".join(names) + kind
        if row.field.endswith("_date"):
            return ", ".join(self.days(value) for value in row.values)
        table = LISTED.get(row.field)
        clear = [value for value in row.values if value not in VAGUE] or list(row.values)
        return ", ".join(self.words.said(table, value) if table else value for value in clear)

    def place(self, quote: Quote) -> str:
        """Where words were read, when they cannot be marked."""
        head, _, number = quote.place.partition(" ")
        key = f"place.{head}"
        return self.words.t(key, n=int(number or 0)) if self.words.has(key) else self.words.t("place.other")

    def days(self, value: str) -> str:
        """A day, a month or a span as the finding has it."""
        first, slash, last = value.partition("/")
        try:
            if slash:
                span = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
                return self.words.t("case.between", **span)
            return self.words.month(value) if len(value) == 7 else self.words.day(date.fromisoformat(value))
        except ValueError:
            return value

    def window(self, window: Window) -> str:
        """``2 years``."""
        for unit in ("days", "months", "years"):
            if n := getattr(window, unit):
                return self.words.t(f"window.{unit}", n=n)
        return ""

    def answer(self, answer: Answer) -> str:
        """The answer's name."""
        return answer_name(self.words, answer.key)

    def means(self, answer: Answer) -> str:
        """What choosing it comes to."""
        asks = answer.values.get("asks")
        if isinstance(asks, list | tuple) and asks:
            listed = self.words.series(self.words.said("missing", str(id_)) for id_ in asks)
            return self.words.t("answer.asks", what=listed)
        return self.words.t(f"means.{answer.action}")

    def names(self, names: Sequence[str]) -> str:
        """Colleagues as they are shown."""
        return ", ".join(self.people.get(name, name) for name in names)

    def facts(self) -> dict[str, object]:
        """Everything above under the names that the templates use."""
        return {
            "check_words": self.check,
            "check_why": self.why,
            "clause_words": lambda clause: clause_name(self.words, clause),
            "inspection_words": self.inspection,
            "beside_words": self.beside,
            "verdict_words": self.verdict,
            "detail_words": self.detail,
            "place_words": self.place,
            "day_of": self.days,
            "window_words": self.window,
            "answer_words": self.answer,
            "answer_means": self.means,
            "names": self.names,
            "needs_letter": needs_letter,
        }


def answer_name(words: Words, key: str) -> str:
    """The name of an answer: its own words, else the action and what it decides."""
    if words.has(f"answer.{key}"):
        return words.t(f"answer.{key}")
    action, _, decides = key.partition(".")
    table = next((n for n in ("service", "reason", "result", "flag") if words.has(f"{n}.{decides}")), "")
    name = words.said("action", action)
    return f"{name}: {words.said(table, decides)}" if table else name


def clause_name(words: Words, clause: str) -> str:
    """A place of the policy: ``services table, row 3``; as the policy has it where it names another."""
    section, _, rest = clause.partition(", ")
    place = words.said("clause", section.replace(" ", "_"))
    if not rest:
        return place
    kind, _, number = rest.partition(" ")
    return f"{place}, {words.t('clause.row', n=number) if kind == 'row' else words.said('clause', rest)}"


def needs_letter(answer: Answer) -> bool:
    """Whether the action writes a letter."""
    return bool(ACTIONS[answer.action].letter)
