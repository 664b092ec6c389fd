"""The days of the timers in the tests of the core, by the names of their settings."""

DAYS = {
    "reminder_1": 7,
    "reminder_2": 14,
    "closing_notice": 21,
    "closed": 28,
    "ship_reminder": 5,
    "not_shipped": 30,
    "parcel_missing": 15,
    "not_inspected": 5,
    "not_sent_back": 7,
    "returned": 20,
    "objection": 30,
}
