"""The closed lists of words: kinds, states, outcomes, flags. The same in code, database, letters and JSON."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a mail is."""

    NEW_CLAIM = "new_claim"
    DETAILS_FOLLOWUP = "details_followup"
    TRACKING_FOLLOWUP = "tracking_followup"
    GENERAL_QUESTION = "general_question"
    RETURN_REQUEST = "return_request"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"
    OTHER = "other"


class State(StrEnum):
    """Where a case stands; the number is the step of the policy's warranty process."""

    NEW = "new"  # 2
    WAITING_FOR_DETAILS = "waiting_for_details"  # 2
    READY_FOR_STAFF = "ready_for_staff"  # 3
    QUOTED = "quoted"  # 3: a paid offer is open
    APPROVED = "approved"  # 4
    DECLINED = "declined"  # 3
    PARCEL_ANNOUNCED = "parcel_announced"  # 5
    AT_SERVICE_CENTRE = "at_service_centre"  # 6
    INSPECTED = "inspected"  # 6
    RETURNING = "returning"  # 7
    COMPLETED = "completed"  # 8
    WITHDRAWN = "withdrawn"
    LOST = "lost"  # a parcel did not arrive
    CLOSED = "closed"  # nobody answered; a reply opens it again


class Outcome(StrEnum):
    """The result of one check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


CLAIM_KINDS = frozenset({Kind.NEW_CLAIM, Kind.DETAILS_FOLLOWUP, Kind.TRACKING_FOLLOWUP, Kind.RETURN_REQUEST})
MACHINE_KINDS = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE})

# What a case may be marked with; policy rows and words files name these and no others.
FLAGS = (
    "physical_damage",
    "water_damage",
    "disassembled",
    "rooted_or_flashed",
    "continued_use",
    "wear_and_tear",
    "counterfeit",
    "second_hand",
    "out_of_warranty",
    "between_one_and_two_years",
    "third_party_seller",
    "multiple_items",
    "threat_or_legal",
    "safety_hazard",
    "blurry_photo",
    "dark_photo",
    "possible_fraud",
    "unclear",
    # quiet: seen in other cases or in the picture itself, for staff's eyes only
    "same_order_elsewhere",
    "same_picture_elsewhere",
    "picture_older_than_delivery",
)
# The details that a finder exists for; a required row names one of these.
REQUIRED_DETAILS = (
    "order_number",
    "order_platform",
    "model",
    "description",
    "troubleshooting",
    "photo_or_video",
    "item_condition",
)
SELLERS = ("official_store", "authorised_dealer", "unknown")
REQUESTS = ("quality", "return")
