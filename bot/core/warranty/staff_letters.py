"""The letters of steps 3 to 8 and of the timers: their names and exactly the facts their templates get.

Letters of staff go out only when a person approved them; they may carry a name and one typed paragraph (``note``).
Letters of events and timers are automatic and hold no free text. ``answer.REPLIES`` lists the others.
"""

from __future__ import annotations

# Facts beside those of answer.REPLIES:
#   address     lines of the return address, from the configuration
#   carrier     display name of the parcel service, or ""
#   ship_by     ISO date: hand the parcel over by then (the day included)
#   payer       how KOSPET pays the way to us: "label", "refunded"; or "customer"
#   service     service id
#   quote       {"repair", "shipping", "total": amounts as "39.90", "" for none; "currency": ISO 4217}
#   valid_until ISO date: the offer holds until then
#   clause      id of the exclusion or reason (phrase clause.<id>)
#   offers      list of offer ids (phrase offer.<id>)
#   law         bool: the line on rights by law is printed
#   own_store   bool: KOSPET is the seller
#   result      inspection result id (phrase result.<id>)
#   bought      {"delivery_date": ISO or "", "purchase_date": ISO or ""}
#   on          ISO date of the event
#   asked_on, close_on, promised_on   ISO dates
#   name, note  staff only
BY_STAFF: dict[str, tuple[str, ...]] = {
    # step 3
    "approved_return": ("models", "orders", "address", "carrier", "ship_by", "payer", "note"),
    "approved_replacement": ("models", "orders", "address", "carrier", "ship_by", "payer", "note"),
    "approved_repair": ("models", "orders", "address", "carrier", "ship_by", "payer", "note"),
    "paid_quote": ("models", "quote", "valid_until", "law", "own_store", "note"),
    "paid_consent_received": ("models", "quote", "address", "carrier", "ship_by", "note"),
    "declined": ("models", "clause", "offers", "law", "own_store", "answer_by", "note"),
    "declined_out_of_warranty": ("models", "bought", "offers", "law", "own_store", "answer_by", "note"),
    "declined_second_hand": ("models", "offers", "law", "own_store", "answer_by", "note"),
    "return_elsewhere": ("models", "platform", "law", "answer_by", "note"),
    # steps 5 and 6
    "parcel_not_arrived": ("tracking", "answer_by", "note"),
    "inspection_result": ("models", "result", "service", "answer_by", "note"),
    "inspection_other_damage": ("models", "clause", "offers", "law", "own_store", "reply_by", "note"),
    "safety_followup": ("note", "answer_by"),
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
    "paid_consent_missing": ("quote", "valid_until", "reply_by"),
    "case_joined": ("answer_by",),
}
BY_TIMER: dict[str, tuple[str, ...]] = {
    "reminder_1": ("models", "asks", "asked_on", "reply_by", "limit_mb"),
    "reminder_2": ("models", "asks", "asked_on", "close_on", "limit_mb"),
    "closing_notice": ("models", "close_on"),
    "closed": ("models",),
    "ship_reminder": ("models", "ship_by"),
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
RESULTS = ("confirmed", "other_fault", "no_fault_found", "impact", "liquid", "opened", "flashed", "wear")
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
