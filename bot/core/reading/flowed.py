"""format=flowed text (RFC 3676) back to paragraphs.

Rules of this file: the RFC and no more. Lines of different quote depth are never joined, and the signature
delimiter ``-- `` is never flowed.
"""

from __future__ import annotations


def unwrap(text: str, delete_space: bool = False) -> str:
    """Joins soft line breaks; ``delete_space`` is DelSp=yes (RFC 3676 section 4.1)."""
    out: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        if content == "-- ":
            soft = False
            open_depth = -1
        body = content[:-1] if soft and delete_space else content
        if open_depth == depth and out:
            out[-1] += body
        else:
            out.append((">" * depth + " " if depth else "") + body)
        open_depth = depth if soft else -1
    return "\n".join(line if line.endswith("-- ") else line.rstrip() for line in out)
