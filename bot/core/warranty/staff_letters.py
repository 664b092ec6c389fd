"""The letters of steps 3 to 8 and of the timers: their names and exactly the facts their templates get.

Letters of staff go out only when a person approved them; they may carry a name and one typed paragraph (``note``).
Letters of events and timers are automatic and hold no free text. ``answer.REPLIES`` lists the others.
"""

from __future__ import annotations

# Facts beside those of answer.REPLIES:
#   address     lines of the return address, from the configuration
#   carrier     display name of the parcel service, or ""
#   ship_by     ISO date: hand the parcel over by then (the day included)
#   payer       how KOSPET pays the way to us: "label" (attached to the letter), "refunded"; or "customer"
#   pay         lines on how the customer pays, from the configuration; empty where the paragraph of staff says it
#   service     service id
#   quote       {"repair", "shipping", "total": amounts as "39.90", "" for none; "currency": ISO 4217}
#   valid_until ISO date: the offer holds until then
#   clause      id of the exclusion or reason (phrase clause.<id>)
#   offers      list of offer ids (phrase offer.<id>)
#   law         bool: the line on rights by law is printed
#   own_store   bool: KOSPET is the seller
#   result      inspection result id (phrase result.<id>)
#   bought      {"delivery_date": day, month or interval, or "", "purchase_date": the same}
#   ground      why a watch is not taken back: return_late or return_opened
#   window      int: days from delivery within which a watch may be given back; 0 where the policy counts no days
#   written_on  ISO date of the customer's first mail: the day the policy counts to
#   tracking    parcels of the customer that are on their way already
#   on          ISO date of the event
#   asked_on, close_on, promised_on   ISO dates
#   text        lines of the answer that a person typed; "" parts two paragraphs
#   open        bool: something comes after the answer; step, next_actor and asks tell what
#   name, note  staff only
BY_STAFF: dict[str, tuple[str, ...]] = {
    # step 3
    "approved_return": ("models", "orders", "tracking", "address", "carrier", "ship_by", "payer", "note"),
    "approved_replacement": ("models", "orders", "tracking", "address", "carrier", "ship_by", "payer", "note"),
    "approved_repair": ("models", "orders", "tracking", "address", "carrier", "ship_by", "payer", "note"),
    "paid_quote": ("models", "quote", "valid_until", "law", "own_store", "note"),
    "paid_consent_received": (
        *("models", "quote", "pay", "tracking", "address", "carrier", "ship_by", "law", "own_store", "note"),
    ),
    "declined": ("models", "clause", "offers", "law", "own_store", "days", "note"),
    "declined_out_of_warranty": ("models", "bought", "offers", "law", "own_store", "days", "note"),
    "declined_second_hand": ("models", "offers", "law", "own_store", "days", "note"),
    "declined_return": ("models", "ground", "window", "bought", "written_on", "law", "own_store", "days", "note"),
    "return_elsewhere": ("models", "platform", "law", "days", "note"),
    # steps 5 and 6
    "parcel_not_arrived": ("tracking", "answer_by", "note"),
    "inspection_result": ("models", "result", "service", "law", "own_store", "answer_by", "note"),
    "inspection_other_damage": ("models", "clause", "offers", "law", "own_store", "reply_by", "note"),
    "safety_followup": ("note", "answer_by"),
    # whenever a customer asks
    "answer": ("text", "open", "step", "next_actor", "asks", "rough", "answer_by", "reply_by"),
}
BY_EVENT: dict[str, tuple[str, ...]] = {
    "parcel_received": ("models", "on", "answer_by"),
    "sent_back": ("models", "tracking", "carrier", "on"),
    "refund_ordered": ("quote", "on"),
    "completed": ("models",),
    "reopened": ("answer_by",),
    "withdrawn": ("models",),
    "tracking_invalid": ("tracking", "reply_by"),
    "tracking_several": ("tracking", "answer_by"),
    "paid_consent_missing": ("quote", "valid_until", "law", "own_store", "reply_by"),
    "case_joined": ("answer_by",),
}
BY_TIMER: dict[str, tuple[str, ...]] = {
    "reminder_1": ("models", "asks", "twice", "rough", "asked_on", "reply_by", "limit_mb"),
    "reminder_2": ("models", "asks", "asked_on", "close_on", "limit_mb"),
    "closing_notice": ("models", "close_on"),
    "closed": ("models",),
    "quote_reminder": ("quote", "valid_until", "law", "own_store", "reply_by"),
    "ship_reminder": ("models", "ship_by", "close_on"),
    "delay_apology": ("promised_on", "answer_by"),
}
LATER: dict[str, tuple[str, ...]] = {**BY_STAFF, **BY_EVENT, **BY_TIMER}

# Exclusion ids of policy/warranty.toml that a refusal may give as its reason, each with a phrase clause.<id>.
CLAUSES = (
    "misuse_or_accident",
    "wear_and_tear",
    "no_genuine_mark",
    "broken_or_wet",
    "disassembled",
    "rooted_or_flashed",
    "used_on_after_fault",
    "warranty_period_over",
    "storage_or_installation",
)
OFFERS = ("paid_repair", "spare_part", "worry_free")
# Why a watch is not taken back, each a phrase ground.<id>.
GROUNDS = ("return_opened", "return_late")
RESULTS = ("confirmed", "other_fault", "no_fault_found", "sealed", "impact", "liquid", "opened", "flashed", "wear")
PAYERS = ("label", "refunded", "customer")
# First-line steps a customer may try, each a phrase step_to_try.<id> with its minutes; asked once, only untried ones.
STEPS_TO_TRY = (
    "wipe_contacts",
    "other_cable",
    "charge_hour",
    "hold_button",
    "restart",
    "reset",
    "right_app",
    "pair_again",
    "second_phone",
    "permissions",
    "dry_glass",
    "open_sky",
    "wear_snug",
    "measure_a_day",
    "wipe_openings",
)
