"""Which letters and phrases must exist, and when a letter is sent.

The names of letters and their facts come from ``bot/core/warranty`` (``answer.py`` and ``staff_letters.py``); here
stand the ids that need words in every language, the doubts with their facts, and the table in ``templates/README.md``:

    python -m bot.replies > templates/README.md
"""

from __future__ import annotations

from bot.core.warranty.answer import REPLIES
from bot.core.warranty.staff_letters import BY_STAFF, CLAUSES, GROUNDS, LATER, OFFERS, PAYERS, RESULTS, STEPS_TO_TRY
from bot.replies.sandbox import ALLOWED_FILTERS

# Letter -> exactly the facts it gets.
INVENTORY: dict[str, tuple[str, ...]] = {**REPLIES, **LATER}

# Required details, in the order of the policy.
ASKS = (
    "order_number",
    "order_platform",
    "model",
    "description",
    "troubleshooting",
    "photo_or_video",
    "item_condition",
    "purchase_or_delivery_date",
)
# Details that "what we understood" may list.
KNOWN = (*ASKS, "platform", "seller", "condition", "purchase_date", "delivery_date", "tracking_number")
FAULTS = ("blurred", "dark", "small", "screenshot", "logo", "not_opened", "not_the_watch")
FILE_KINDS = ("photo", "video", "document")
CONDITIONS = ("unopened", "opened", "used")
STEPS = range(1, 9)
PARCEL = (
    *("intro", "announced", "sealed", "switch_off", "wrap", "battery", "unsafe", "mark", "send", "number"),
    *("address", "carrier"),
)
PLURALS = ("working_days", "return_window")  # one phrase for each plural class of the language
ROUGH = ("delivery_date", "purchase_date")

# Doubt -> its facts. One question of at most DOUBT_LIMIT characters, a different one for every doubt.
DOUBT_LIMIT = 70
DOUBTS: dict[str, tuple[str, ...]] = {
    "hazard": (),
    "threat": (),
    "complete": ("service", "model"),
    "excluded": ("flag",),
    "between_one_and_two_years": ("months",),
    "out_of_warranty": (),
    "third_party_seller": ("platform",),
    "second_hand": (),
    "multiple_items": ("count",),
    "unclear": (),
    "question": (),
    "possible_fraud": (),
    "stranger": ("number",),
    "photo_refused": (),
    "asked_twice": ("missing",),
    "no_date": (),
    "return_elsewhere": ("platform",),
    "return_opened": (),
    "price_wanted": (),
    "tracking_before_approval": (),
    "unreadable": (),
    "person_wanted": (),
    "language": ("code",),
    "terms": (),
    # later in the process
    "consent_given": (),
    "offer_refused": (),
    "objection": (),
    "later_mail": (),
    "reopened": (),
    "withdraw_late": (),
    "tracking_invalid": (),
    "parcel_missing": (),
    "not_inspected": (),
    "not_sent_back": (),
    "no_choice": (),
    "unanswered": (),
}
SERVICES = ("unconditional_return", "free_replacement", "free_repair", "paid_service", "not_covered", "undecided")
EXCLUDING_FLAGS = (
    "physical_damage",
    "water_damage",
    "disassembled",
    "rooted_or_flashed",
    "continued_use",
    "wear_and_tear",
    "counterfeit",
)
# Words only staff read, and paragraphs that only staff choose: one language is enough.
STAFF_SECTIONS = ("doubt", "service", "flag", "short", "canned")

REQUIRED_PHRASES: tuple[str, ...] = (
    *("about.none", "date.between", "date.by", "date.any_time", "known.line", "known.received"),
    *(f"known.{name}" for name in KNOWN),
    *(f"value.{name}.{value}" for name in ("condition", "item_condition") for value in CONDITIONS),
    *(f"{section}.{fault}" for section in ("fault", "advice") for fault in FAULTS),
    *(f"file.{kind}" for kind in FILE_KINDS),
    *(f"{section}.{step}" for section in ("step", "next.we", "next.you") for step in STEPS),
    *(
        "next.earlier",
        "law.line",
        "law.with_seller",
        "law.withdrawal",
        "refusal.reason",
        "refusal.object",
        "refusal.next",
    ),
    *("price.repair", "price.shipping", "price.total", "price.pay", "offer.intro", "remind.ways_out", "try.intro"),
    *(f"parcel.{part}" for part in PARCEL),
    *(f"payer.{payer}" for payer in PAYERS),
    *(f"clause.{clause}" for clause in CLAUSES),
    *(f"ground.{ground}" for ground in GROUNDS),
    *(f"{section}.{name}" for section in ("ask_exact", "ask_exact_again") for name in ROUGH),
    *(f"offer.{offer}" for offer in OFFERS),
    *(f"result.{result}" for result in RESULTS),
    *(f"solution.{service}" for service in SERVICES),
    *(f"step_to_try.{step}" for step in STEPS_TO_TRY),
)
STAFF_PHRASES: tuple[str, ...] = (
    *(f"doubt.{doubt}" for doubt in DOUBTS),
    *(f"service.{service}" for service in SERVICES),
    *(f"flag.{flag}" for flag in EXCLUDING_FLAGS),
    *(f"short.{ask}" for ask in ASKS),
)
# Phrase, or its section -> the facts it may take; all others take none.
PHRASE_FACTS: dict[str, tuple[str, ...]] = {
    "about": ("models",),
    "ask_exact": ("on",),
    "ask_exact_again": ("on",),
    "date.between": ("first", "last", "first_day", "last_day"),
    "date.by": ("date", "day"),
    "file": ("place", "of", "on", "day", "fault"),
    "known.line": ("label", "value"),
    "parcel.mark": ("case",),
    "parcel.announced": ("number",),
    "price.pay": ("case",),
    "parcel.send": ("by", "carrier"),
    "refusal.reason": ("reason",),
    "refusal.next": ("days",),
    "remind.ways_out": ("limit_mb",),
    **dict.fromkeys(PLURALS, ("count",)),
    **{f"doubt.{doubt}": facts for doubt, facts in DOUBTS.items()},
}

# A language may have these; no other language need follow.
OPTIONAL_PHRASES = ("date.pattern", "date.first_day")

# Letter -> when it is sent: "when ...".
SENT_WHEN: dict[str, str] = {
    "details_needed": "a claim or return came and required details are missing",
    "details_partly_received": "the customer sent some of the missing details, not all",
    "photo_unclear": "every photo or video that came is unusable, and nothing else is missing",
    "condition_needed": "a watch is to be returned and nobody knows whether it was opened or used",
    "date_needed": "the day of delivery or purchase decides and no good one is known",
    "attachment_missing": "the mail speaks of a file and none came",
    "media_link": "the photo or video came only as a link",
    "ready_for_staff": "everything is here and a person decides",
    "terms_check": "a person must say which terms apply, for example between one and two years",
    "details_corrected": "the customer corrected a detail and nothing is missing",
    "received": "only a person can go on and no other letter fits",
    "handed_to_person": "a third ask would be due, the customer wants a person, or nobody can tell what is wanted",
    "tracking_received": "a valid parcel number came after the approval",
    "tracking_before_approval": "the watch, or its parcel number, is on the way before anybody decided",
    "hazard_stop_using": "the mail tells of swelling, heat, smoke or a burn; at once",
    "complaint_received": "the mail threatens, names the law or an authority, or is very angry; at once",
    "status_answer": "a party asks how far the case is, or tells a parcel number again",
    "general_question_received": "a question came without a claim",
    "unreadable_mail": "the mail could not be read",
    "attachment_too_large": "a file was refused or cut because of its size",
    "sender_not_known": "an address that is no party writes about a case",
    "approved_return": "staff approve the unconditional return",
    "approved_replacement": "staff approve a free replacement",
    "approved_repair": "staff approve a free repair",
    "paid_quote": "staff offer a paid repair or part at a price",
    "paid_consent_received": "staff confirm that the customer accepted the offer",
    "declined": "staff refuse the free services, with the reason",
    "declined_out_of_warranty": "staff refuse because the period is over",
    "declined_second_hand": "staff refuse because the writer is not the first buyer",
    "declined_return": "staff take a watch not back: the days for a return are over, or it was opened or used",
    "return_elsewhere": "staff answer a return of a watch that was bought elsewhere",
    "parcel_not_arrived": "staff look for a parcel that did not arrive",
    "inspection_result": "staff enter the result of the inspection",
    "inspection_other_damage": "the inspection shows what the warranty does not cover",
    "safety_followup": "staff write to a customer who told of a hazard",
    "answer": "staff answer in their own words; with the action close it ends the case",
    "parcel_received": "staff book the parcel in",
    "sent_back": "the number of the parcel to the customer is entered",
    "refund_ordered": "staff have ordered the refund",
    "completed": "the case is done",
    "reopened": "a closed case goes on",
    "withdrawn": "the customer took the request back",
    "tracking_invalid": "a parcel number has a wrong shape or check digit",
    "tracking_several": "several parcel numbers came",
    "paid_consent_missing": "the answer to an offer is neither yes nor no",
    "case_joined": "a second mail or form was joined to an open case",
    "reminder_1": "no answer to our questions; the first reminder",
    "reminder_2": "no answer to the first reminder",
    "closing_notice": "some days before a case is closed for silence",
    "closed": "a case was closed for silence",
    "quote_reminder": "no answer, or no clear one, to an offer",
    "ship_reminder": "approved, and no parcel number some days before the last day",
    "delay_apology": "we did not answer by the day we promised",
}

README = """\
# Letters

A language is a folder named after its code (`de`, `pt-BR`); a letter is a folder in it with `subject.txt` and
`body.txt`. To add a language, copy a folder, translate it and run `after-sales check`: it names everything that is
missing, with file and line. `_base/` is the frame that all letters of a language share: greeting, what we
understood, the numbered questions, the close, the automatic line, the case number. A letter extends it and fills
its blocks `message` and `next`; the other blocks may be replaced. `phrases.toml` holds the words for ids, the
staff's questions (`[doubt]`, `[service]`, `[flag]`, one language is enough), short paragraphs that a person adds to a
letter with one press (`[canned]`; a language without them shows those of the default one), and, under `[check]`, the
words that no letter may hold and the digits, links and capitals that it may.

## What a template may use

`if`, `for` (two deep), `block`, `extends`; the filters `date` (long date), `series` (A, B and C),
{filters}; and these functions:

| function | gives |
|---|---|
| `about(models)` | what the request is about: the models, or the watch |
| `ask(id)`, `ask_again(id)` | the question for a missing detail, both times; with `rough`, for the day |
| `by(date)` | the wording of a deadline |
| `file_line(file)` | which file, when it came, what is wrong with it |
| `known_line(item)` | label and value of a known detail |
| `language_name(code)` | the name of a language |
| `money(amount, currency)` | an amount with its currency |
| `phrase(id)` | a phrase by its id, with facts: `phrase("step.3")` |
| `word(id)` | the same, or the id itself: for staff |
| `plural(id, count)` | the phrase `id.one`, `id.few`, `id.other` ... that fits the count |

Every letter has `case`, `name` (empty in automatic letters), `automatic` (false in letters of staff), `foreign` (the
customer's language has no folder), and the facts below; `known`, `asks`, `again` and `steps` are empty lists, `note`
is empty, `law` and `own_store` are false where a letter has no such fact. No line of a letter may hold the customer's
own words; `note` is one paragraph that a person of the team typed. The frame prints it, and the line on rights by law
(`law.line`, or `law.with_seller` where somebody else sold the watch) when `law` is true.

`[promises]` in `phrases.toml` lists the ways a language promises something, by what is promised. A letter may promise
only what its decision grants (`bot/replies/promises.py`); one that promises more is not sent.

## The letters

This table is written by `python -m bot.replies`; a test compares.

| letter | sent when | facts | approved by |
|---|---|---|---|
{rows}
"""


def describe() -> str:
    """The text of ``templates/README.md``."""
    rows = "\n".join(
        f"| `{name}` | {SENT_WHEN[name]} | {', '.join(f'`{fact}`' for fact in facts)} | {_sender(name)} |"
        for name, facts in INVENTORY.items()
    )
    return README.format(rows=rows, filters=", ".join(f"`{name}`" for name in sorted(ALLOWED_FILTERS)))


def _sender(name: str) -> str:
    return "a person" if name in BY_STAFF else "the bot"
