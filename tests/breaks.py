"""Forty ways and more to break a file by hand: slips of editors, of programs, and of people who cannot know better.

Each way takes the bytes of a file and gives the broken ones, or None where the file has nothing to break in that way.
GONE stands for a file that was removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

GONE = b"\x00gone\x00"
Way = Callable[[bytes], bytes | None]


def swap(old: str, new: str, count: int = 1) -> Way:
    """The first ``old`` is written as ``new``."""

    def way(data: bytes) -> bytes | None:
        text = data.decode("utf-8")
        return text.replace(old, new, count).encode() if old in text else None

    return way


def change(pattern: str, new: str) -> Way:
    """The first match is replaced."""

    def way(data: bytes) -> bytes | None:
        text, count = re.subn(pattern, new, data.decode("utf-8"), count=1, flags=re.MULTILINE)
        return text.encode() if count else None

    return way


def say(words: str) -> Way:
    """Words at the beginning of what the letter says."""
    return change(
        r"(\{% block (?:message|about|greeting)(?: required)? %\}\n?(?:\{% (?:if|for) [^%]*%\}\n)?)",
        lambda found: found[1] + words + " ",  # type: ignore[arg-type]
    )


def without_last(piece: str) -> Way:
    """The last ``piece`` is left out."""

    def way(data: bytes) -> bytes | None:
        before, found, after = data.decode("utf-8").rpartition(piece)
        return (before + after).encode() if found else None

    return way


def _half(data: bytes) -> bytes:
    if b"{%" in data:
        return data[: data.find(b"\n", len(data) // 2) + 1] + b'{% if "'
    key = re.compile(rb'\n[\w.]+ = \[?"\w').search(data, len(data) // 2)
    return data[: key.end()] if key else None


def _latin(data: bytes) -> bytes:
    return data + b"# caf\xe9\n" if b"{%" not in data else data.replace(b"%}", b"%}\xe9t\xe9 ", 1)


def _tabs(data: bytes) -> bytes:
    return b"\n".join(b"\t" + line if line.strip() else line for line in data.split(b"\n"))


# --- any file ----------------------------------------------------------------------------------------

ANY: dict[str, Way] = {
    "the file is removed": lambda data: GONE,
    "the file is empty": lambda data: b"",
    "the file ends in the middle": _half,
    "bytes of another encoding": _latin,
    "saved as UTF-16": lambda data: data.decode("utf-8").encode("utf-16"),
    "a byte order mark in front": lambda data: b"\xef\xbb\xbf" + data,
    "line ends of another system": lambda data: data.replace(b"\n", b"\r\n"),
    "every line indented with a tab": _tabs,
    "a NUL byte in the middle": lambda data: data[: data.find(b"\n") + 1] + b"\x00" + data[data.find(b"\n") + 1 :],
    "two versions of the file in one": lambda data: b"<<<<<<< mine\n" + data + b"=======\n>>>>>>> theirs\n",
    "far too long a file": lambda data: data + b"# and so on, and so on\n" * 60_000,
}

# --- letters -----------------------------------------------------------------------------------------

TEMPLATES: dict[str, Way] = {
    **ANY,
    "a missing opening brace": swap("{{ ", "{ "),
    "a missing closing brace": swap(" }}", " }"),
    "a missing percent sign": swap(" %}", " }"),
    "a block that is never closed": without_last("{% endblock %}"),
    "an if that is never closed": without_last("{% endif %}"),
    "a for that is never closed": without_last("{% endfor %}"),
    "an unknown variable": change(r"\{\{ (\w+) ", r"{{ \1x "),
    "an unknown variable in words": say("{{ customer_name }}"),
    "an unknown function": change(r"(\w+)\(", r"\1s("),
    "an unknown filter": say("{{ case | upper }}"),
    "an unknown statement": swap("{% block", "{% blok"),
    "an unknown block": change(r"\{% block (\w+)", r"{% block \1s"),
    "the same block twice": lambda data: (
        data + b"\n{% block message %}x{% endblock %}{% block message %}y{% endblock %}"
    ),
    "another frame": swap("_base/", "base/"),
    "no frame": change(r"\{% extends .*%\}\n", ""),
    "a letter that extends itself": swap("_base/body.txt", "received/body.txt"),
    "curly quotes around an id": change(r'\("([\w.]+)"', "(\u201c\\1\u201d"),
    "a phrase that is not there": say("{{ phrase('known.watch') }}"),
    "a loop in a loop in a loop": say(
        "{% for a in known %}{% for b in known %}{% for c in known %}x{% endfor %}{% endfor %}{% endfor %}"
    ),
    "a loop that takes for ever": say(
        "{% for a in known %}{% for b in known %}" + '{{ phrase("date.any_time") }}' * 90 + "{% endfor %}{% endfor %}"
    ),
    "a loop over nothing known": say("{% for a in range(1000000000) %}x{% endfor %}"),
    "a variable that doubles": say("{% set x = 'a' %}{% set x = x ~ x %}{{ x }}"),
    "a way into the program": say("{{ known.__class__ }}"),
    "a file from elsewhere": say("{% include '/etc/hostname' %}"),
    "a list in the middle of a sentence": say("{{ [case, case] }}"),
    "yes or no in the middle of a sentence": say("{{ automatic }}"),
    "an exclamation mark": say("Hello!"),
    "capitals": say("PLEASE wait."),
    "a link": say("See https://example.com/x."),
    "a number that is no fact": say("Wait 48 hours."),
    "a tab in a sentence": say("Please\twait."),
    "a gap for a name": say("[NAME]"),
    "a gap of another program": say("{name}"),
    "markup": say("<b>Please</b>"),
    "a note to oneself": say("TODO"),
    "words in a wrong encoding": say("F\u00c3\u00bcr Sie"),
    "an invisible sign": say("Please\u202ewait."),
    "a message that is empty": change(r"(\{% block message %\})[\s\S]*?(\{% endblock %\}\n\n)", r"\1\2"),
    "a next step that is empty": change(r"(\{% block next %\})[\s\S]*?(\{% endblock %\})\s*\Z", r"\1\2"),
    "a sentence after the last block": lambda data: data + b"\nWe wish you a good day.\n",
    "a subject that is empty": change(r"(\{% block about %\}).*(\{% endblock %\})", r"\1\2"),
    "a day as a program writes it": change(r"\{\{ by\((\w+)\) \}\}", r"{{ \1 }}"),
    "a case number that is left out": lambda data: (
        data.replace(b"{{ case }}", b"", 1)
        if b"{{ case }}" in data
        else data + b"{% block number %}{% endblock %}"
        if b"message" in data
        else None
    ),
    "a greeting that is left out": lambda data: (
        data + b"{% block greeting %}{% endblock %}" if b"message %}" in data else None
    ),
    "a very long subject": change(r"(\{% block about %\})", r"\1one and another and one more and then one more "),
    "a very long sentence": lambda data: say("one and " * 40)(data) if b"block message %}" in data else None,
}

# --- phrases.toml and the policy: both are tables -----------------------------------------------------

_LINE = r'^([\w."-]+ = )"(.*)"'
TABLES: dict[str, Way] = {
    **ANY,
    "a missing closing quote": change(r'^([\w."-]+ = "[^"\n]*)"$', r"\1"),
    "a missing opening quote": change(r'^([\w."-]+ = )"', r"\1"),
    "a missing bracket": change(r"^(\[+\w[^\]\n]*)\]+", r"\1"),
    "a missing equals sign": change(_LINE, r'\1"\2"\nnote "and"'),
    "curly quotes": change(_LINE, "\\1\u201c\\2\u201d"),
    "words between the lines": lambda data: data + b"\nsee the mail of Monday\n",
    "the same key twice": change(r"^([\w-]+ = .*)$", r"\1\n\1"),
    "a table that is there twice": change(r"^(\[[\w.]+\]).*$", r"\g<0>\nx = []\n\1"),
    "a key nobody knows": change(_LINE, r'\g<0>\ncolour_of_the_box = "red"'),
    "a table nobody knows": lambda data: data + b'\n[colours]\nbox = "red"\n',
    "a slip in a key": change(r"^(\w{3,}) = ", r"\1s = "),
    "a number for a text": change(_LINE, r"\1 7"),
    "yes for a text": change(_LINE, r"\1 true"),
    "a list for a text": change(_LINE, r'\1["\2"]'),
    "a text for a list": change(r"^([\w.]+ = )\[.*\]$", r'\1"one, two"'),
    "a number in a list": change(r"^([\w.]+ = \[)", r"\g<1>7, "),
    "a day for a text": change(_LINE, r"\1 2025-03-04"),
    "a day that is in no calendar": change(_LINE, r"\1 2025-13-45"),
    "an empty text": change(r'^([\w.]+ = )"[^"\n]+"', r'\1""'),
    "brackets without end": lambda data: data + b"\nx = " + b"[" * 20_000 + b"\n",
    "a number without end": lambda data: data + b"\nx = " + b"9" * 6_000 + b"\n",
    "a text that is never closed": lambda data: data + b'\nx = """\nand so on\n',
    "a control character in a text": change(_LINE, '\\1"\\2\x07"'),
    "an escape that there is not": change(_LINE, r'\1"\\q\2"'),
}
PHRASES: dict[str, Way] = {
    **TABLES,
    "a missing brace": swap("{{ ", "{ "),
    "a missing closing brace": swap(" }}", " }"),
    "a fact nobody gives": change(r"\{\{ (\w+) \}\}", r"{{ \1x }}"),
    "a fact that is not shown": change(r"^(by|between|line) = .*$", r'\1 = "soon"'),
    "a plural that is left out": change(r"^other = .*\n", ""),
    "a plural of another language": change(r"^(other = .*)$", r"\1\ntwo = \"{{ count }}\""),
    "a phrase that calls itself": change(r'^(received = )".*"', r'''\1"{{ phrase('known.received') }}"'''),
    "phrases that call each other": change(
        r'^(description = )".*"', r'''\1"{{ phrase('ask.description') }}{{ phrase('ask.description') }}"'''
    ),
    "a loop in a phrase": change(
        r'^(intro = )".*"', r'''\1"{% for a in 'abc' %}{% for b in 'abc' %}x{% endfor %}{% endfor %}"'''
    ),
    "a statement in a phrase": change(r'^(intro = )".*"', r'''\1"{% set x = 1 %}"'''),
    "an exclamation mark in a phrase": change(r'^(any_time = ".*)"', r'\1!"'),
    "a digit in a phrase": change(r'^(any_time = ".*)"', r'\1 48"'),
    "a promise that has no words": change(r"^refund = \[[^\]]*\]", "refund = []"),
    "an empty word in a list": change(r"^(forbidden = \[)", r'\1"", '),
    "a pattern of days without the year": change(r'^(intro = )".*"', r'\1"{{ \'2025-01-01\' | date | upper }}"'),
    "a gap in a phrase": change(r'^(any_time = ".*)"', r'\1 [DATE]"'),
}
POLICY: dict[str, Way] = {
    **TABLES,
    "an id that is there twice": change(r"^(\[\[(\w+)\]\]\nid = .*\n)", r"\1\n\1\n"),
    "an id with blanks": change(r'^id = "([a-z_]+)"', r'id = "\1 and more"'),
    "a word outside its list": change(r'^(for|seller|check|symptom|shipping_paid_by) = "', r'\1 = "x'),
    "a window without end": change(r"days = \d+", "days = 999999999"),
    "a window of less than nothing": change(r"days = \d+", "days = -30"),
    "a clause that is nowhere": change(r'^clause = "', 'clause = "the '),
    "a broken pattern": change(r"""^(order_pattern|pattern) = ['"].*['"]""", r'\1 = "([0-9"'),
    "a pattern that takes for ever": change(r"""^(order_pattern|pattern) = ['"].*['"]""", r'\1 = "([0-9]+)+X"'),
    "a pattern that misses its samples": change(r"""^(order_pattern|pattern) = ['"].*['"]""", r'\1 = "QQ[0-9]{9}"'),
    "a host with its path": change(r'^(hosts = \[)"', r'\1"https://'),
    "a sign of the notation in a name": change(r'^(names = \[)"', r'\1"*'),
    "brackets that do not match": change(r'^(\w+ = \[\s*)"', r'\1"(one|'),
    "a star in the middle of a word": change(r'^(\w+ = \[\s*)"', r'\1"wa*ter", "'),
    "a month that is missing": change(r'^(months = \[\s*)\["\w+"[^\]]*\],', r"\1"),
    "the language of another file": change(r'^language = "\w+"', 'language = "xx"'),
    "a topic nobody knows": change(r"^(\[(?:flag|symptom|wish)\].*)$", r'\1\nsinging = ["sings"]'),
}
