"""What is wrong, since when, how it came, what was tried, what the customer wants, and what excludes a service.

All of it is phrases of the words files. A flag under a "not" is no flag; one that is only asked about or imagined
is kept with a confidence that never decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.details.phrases import Hit
from bot.core.details.scope import Passage, Scope
from bot.core.model import Finding

CERTAIN, IMAGINED = 0.9, 0.3
_AT_LENGTH = 25  # words
_ANSWER_MARK = re.compile(r"^[\s>*•-]*(?:\d{1,2}\s*[.):]\s*)?(?:[\w ]{0,24}:)?")


def find_problem(scope: Scope) -> Iterator[Finding]:
    """Symptoms, and the what, when and how of the description."""
    for passage in scope.own:
        yield from _symptoms(scope, passage)
        yield from _told_at_length(scope, passage)
        for topic, field in (("how.words", "how"), ("how.when", "when")):
            for hit in scope.book.hits(topic, passage.text):
                # "since" alone would be a date word without a date; the phrase itself is the answer here.
                yield scope.finding(field, "said", passage, (hit.start, hit.end), 0.7)


def _symptoms(scope: Scope, passage: Passage) -> Iterator[Finding]:
    topics = sorted({t for w in scope.book.words for t in w.phrases if t.startswith("symptom.")})
    for topic in topics:
        for hit in scope.book.hits(topic, passage.text):
            if _is_negated_whole(scope, hit, passage) or _inside(scope, passage, hit, "wish.where_is_order"):
                continue
            name = topic.removeprefix("symptom.")
            asked = _only_named(passage, hit)
            imagined = not asked and scope.book.supposed(hit, passage.text)
            yield scope.finding(
                "symptom",
                name,
                passage,
                (hit.start, hit.end),
                IMAGINED if asked else CERTAIN,
                note="asked" if asked else "supposed" * imagined,
            )
            if asked:
                continue
            if name != "vague":
                yield scope.finding("what", name, passage, passage.text.sentence_at(hit.start), 0.8)
            break  # one hit a symptom and passage is enough to know it


def _told_at_length(scope: Scope, passage: Passage) -> Iterator[Finding]:
    """Somebody who tells at length and has tried things has described the problem, in words we do not know."""
    length = len(passage.text.folded.split()) if scope.book.words[0].spaces else len(passage.text.folded) // 3
    if length >= _AT_LENGTH and scope.book.has("tried.words", passage.text):
        yield scope.finding("what", "told", passage, (0, len(passage.text.folded)), 0.5, note="told at length")


def _only_named(passage: Passage, hit: Hit) -> bool:
    """ "How long does the battery last?" names the battery and tells of no fault."""
    first, last = passage.text.sentence_at(hit.start)
    asked = passage.text.folded[first:last].rstrip().endswith(("?", "？"))
    return asked and len(passage.text.folded[hit.start : hit.end].split()) == 1


def _is_negated_whole(scope: Scope, hit: Hit, passage: Passage) -> bool:
    # A symptom is often itself a "not" ("does not charge"): only a "no" before a noun phrase takes it back.
    words = passage.text.folded[hit.start : hit.end]
    return len(words.split()) <= 2 and scope.book.negated(hit, passage.text)


def find_tried(scope: Scope) -> Iterator[Finding]:
    """What was tried; "nothing" is an answer too."""
    for passage in scope.own:
        text = passage.text
        vain = tuple(scope.book.hits("tried.no_effect", text))
        for hit in scope.book.hits("tried.nothing", text):
            # "Nothing helps" tells of something tried; the "nothing" in it is no answer of its own.
            if any(h.start <= hit.start and hit.end <= h.end and h.end - h.start > hit.end - hit.start for h in vain):
                continue
            first, last = text.sentence_at(hit.start)
            rest = _ANSWER_MARK.sub("", text.folded[first:last]).strip()
            # "Nothing, sir, I am afraid of spoiling it": the first words are the answer.
            opening = re.split(r"[,;.:!\n]", rest, maxsplit=1)[0]
            alone = len(opening) <= len(text.folded[hit.start : hit.end]) + 14
            if (alone and passage.place == "own_words") or len(text.folded[hit.start : hit.end].split()) >= 2:
                yield scope.finding("tried", "nothing", passage, (hit.start, hit.end), 0.8)
        for hit in scope.book.hits("tried.words", text):
            if any(h.start <= hit.start < h.end for h in scope.book.hits("tried.proves_nothing", text)):
                continue
            if not _asked(scope, hit, passage):
                yield scope.finding("tried", "steps", passage, (hit.start, hit.end), 0.8)
        for hit in vain:
            yield scope.finding("tried", "no_effect", passage, (hit.start, hit.end), 0.5)


def _asked(scope: Scope, hit: Hit, passage: Passage) -> bool:
    """ "Should I reset it?" is no step taken."""
    first, last = passage.text.sentence_at(hit.start)
    sentence = passage.text.folded[first:last].rstrip()
    return sentence.endswith(("?", "？")) and scope.book.supposed(hit, passage.text)


def find_condition(scope: Scope) -> Iterator[Finding]:
    """Whether an item that goes back is unopened, opened or used."""
    for passage in scope.own:
        for value in ("unopened", "opened", "used"):
            for hit in scope.book.hits(f"condition.{value}", passage.text):
                if value != "unopened" and scope.book.negated(hit, passage.text):
                    yield scope.finding("condition", "unopened", passage, (hit.start, hit.end), 0.7)
                elif value == "unopened" or not _inside(scope, passage, hit, "condition.unopened"):
                    sure = {"unopened": 0.85, "opened": 0.86, "used": 0.87}[value]
                    yield scope.finding("condition", value, passage, (hit.start, hit.end), sure)


def find_wishes(scope: Scope) -> Iterator[Finding]:
    """Return, refund, replacement, repair, price, person, status, question, thanks."""
    topics = sorted({t for w in scope.book.words for t in w.phrases if t.startswith("wish.")})
    for passage in scope.own:
        for topic in topics:
            for hit in scope.book.hits(topic, passage.text):
                if topic in ("wish.return", "wish.price") and scope.book.negated(hit, passage.text):
                    continue
                yield scope.finding("wish", topic.removeprefix("wish."), passage, (hit.start, hit.end), 0.8)
                break


def find_flags(scope: Scope) -> Iterator[Finding]:
    """The flags that words can show, each with the words."""
    topics = sorted({t for w in scope.book.words for t in w.phrases if t.startswith("flag.")})
    for passage in scope.own:
        for topic in topics:
            yield from _best_hit(scope, passage, topic)


def _best_hit(scope: Scope, passage: Passage, topic: str) -> Iterator[Finding]:
    name = topic.removeprefix("flag.")
    imagined: Finding | None = None
    for hit in scope.book.hits(topic, passage.text):
        if _foreign_word(scope, passage, hit):
            continue
        denied = scope.book.negated(hit, passage.text, closely=name == "threat_or_legal")
        if denied or _inside(scope, passage, hit, f"flag_unless.{name}"):
            continue
        if scope.book.supposed(hit, passage.text) and (name != "threat_or_legal" or _is_question(passage, hit)):
            imagined = imagined or scope.finding(
                "flag", name, passage, (hit.start, hit.end), IMAGINED, note="asked about or imagined"
            )
            continue
        yield scope.finding("flag", name, passage, (hit.start, hit.end), CERTAIN)
        return
    if imagined:
        yield imagined


def _foreign_word(scope: Scope, passage: Passage, hit: Hit) -> bool:
    """A single word of the second language may mean something else in the first (French "blister")."""
    own = scope.letter.language
    single = len(passage.text.folded[hit.start : hit.end].split()) == 1
    return single and own in scope.policy.words and hit.language != own


def _is_question(passage: Passage, hit: Hit) -> bool:
    """A threat is an "if" by nature; only asked about it is none."""
    first, last = passage.text.sentence_at(hit.start)
    return passage.text.folded[first:last].rstrip().endswith("?")


def _inside(scope: Scope, passage: Passage, hit: Hit, topic: str) -> bool:
    whole = topic == "flag_unless.safety_hazard"  # a hazard is only taken back when the harmless words hold all of it
    return any(
        (u.start <= hit.start and hit.end <= u.end) if whole else (u.start < hit.end and hit.start < u.end)
        for u in scope.book.hits(topic, passage.text)
    )


def find_unwanted(scope: Scope) -> Iterator[Finding]:
    """Words of advertising and phishing; one is little, two speak."""
    own = [(p, h) for p in scope.own for h in scope.book.hits("spam.words", p.text)]
    ours = any(scope.book.has("spam.not_spam", p.text) for p in scope.own)
    for passage, hit in own:
        yield scope.finding("wish", "advertise", passage, (hit.start, hit.end), 0.2 if ours else 0.6)
