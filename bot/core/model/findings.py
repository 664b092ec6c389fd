"""A value and the words and place it came from; all of them together are the details of a case."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Every value a finder may yield. `one` fields keep the newest value over a thread, `many` add up.
ONE_VALUE_FIELDS = ("platform", "seller", "purchase_date", "delivery_date", "condition", "language")
MANY_VALUE_FIELDS = (
    "order_number",
    "model",
    "tracking_number",
    "symptom",
    "what",
    "when",
    "how",
    "tried",
    "evidence",
    "flag",
    "wish",
)
FIELDS = ONE_VALUE_FIELDS + MANY_VALUE_FIELDS
SURE = 0.5  # from here on a finding decides; below it is only asked or flagged


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A value, and the words and the place it came from."""

    field: str
    value: str
    """ids and codes as in the policy; dates as 2025-03-14, 2025-03 or an interval 2025-03-04/2025-04-03"""
    place: str
    """subject, own_words, file 1, forwarded 1, sender, inferred, staff"""
    start: int
    end: int
    """span in the text of that place; 0, 0 where the place has no text"""
    words: str
    confidence: float
    """0 to 1; under 0.5 is asked or flagged, never used to decide"""
    letter: int = 1
    """which mail of the thread, 1 for the first"""
    replaces: bool = False
    """the customer corrects: earlier values of this field no longer count"""
    note: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether it may decide something."""
        return self.confidence >= SURE


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """All findings of a mail, or of a whole thread after joining, and beside them what staff corrected."""

    findings: tuple[Finding, ...] = ()
    corrections: tuple[Finding, ...] = ()
    """by a person, place "staff": they count instead of what was read and outlive every later mail;
    a flag with confidence 0 was taken away"""

    def all(self, name: str) -> tuple[Finding, ...]:
        """The findings of one field that count, in order: staff's where there are any."""
        read = tuple(f for f in self.findings if f.field == name)
        staff = tuple(c for c in self.corrections if c.field == name)
        if name != "flag":
            return staff or read
        # Flags are set and taken away one by one, the others stay as they were read.
        said = {c.value for c in staff}
        return tuple(f for f in read if f.value not in said) + tuple(c for c in staff if c.confidence)

    @property
    def unflagged(self) -> frozenset[str]:
        """The flags that staff took away."""
        return frozenset(c.value for c in self.corrections if c.field == "flag" and not c.confidence)

    def corrected(self, correction: Finding) -> Details:
        """With one more correction; an older one of the same field, or of the same flag, counts no more."""
        kept = tuple(
            c
            for c in self.corrections
            if c.field != correction.field or (c.field == "flag" and c.value != correction.value)
        )
        return replace(self, corrections=(*kept, correction))

    def values(self, name: str, at_least: float = 0.0) -> tuple[str, ...]:
        """The distinct values of one field, in order."""
        return tuple(dict.fromkeys(f.value for f in self.all(name) if f.confidence >= at_least))

    def sure(self, name: str) -> tuple[str, ...]:
        """The same of what may decide something."""
        return self.values(name, SURE)

    def one(self, name: str) -> Finding | None:
        """The finding that counts for a single-valued field: the surest, the newest of equals."""
        found = self.all(name)
        return max(found, key=lambda f: (f.confidence, f.letter)) if found else None

    def value(self, name: str) -> str | None:
        """The value that counts for a single-valued field."""
        found = self.one(name)
        return found.value if found else None

    def has(self, name: str, value: str) -> bool:
        """Whether a field holds this value."""
        return any(f.value == value for f in self.all(name))

    def joined_with(self, newer: Details, letter: int) -> Details:
        """Earlier findings plus those of mail number ``letter``; a later fact corrects an earlier one."""
        fresh = tuple(replace(f, letter=letter) for f in newer.findings)
        corrected = {f.field for f in fresh if f.replaces}
        restated = {f.field for f in fresh if f.field in ONE_VALUE_FIELDS and f.confidence >= 0.5}
        dropped = corrected | restated
        shop = newer.value("platform")
        if shop and self.value("platform") not in (None, shop) and newer.all("order_number"):
            # Another shop and another number: the first number was of something else.
            dropped = dropped | {"order_number"}
        return replace(self, findings=tuple(f for f in self.findings if f.field not in dropped) + fresh)
