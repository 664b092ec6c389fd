"""The real zygote and the real reader, except that a mail may order its own deed: ``X-Deed: segfault``.

What no mail is known to do to the reader today, some mail will do to it tomorrow.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile_reader import HOSTILE

from bot.config import load_policy
from bot.core.codec import load
from bot.isolate.fork import Read, Say, Work
from bot.isolate.guard import Limits
from bot.isolate.letters import read_letter
from bot.isolate.wire import Reading
from bot.isolate.zygote import serve

DEED = re.compile(rb"^X-Deed: (\w+)", re.MULTILINE)


def prepare() -> tuple[Read, str]:
    policy = load_policy(Path(sys.argv[1]))

    def read(work: Work, say: Say) -> Reading:
        if deed := DEED.search(Path(work.order.raw).read_bytes()):
            HOSTILE[deed[1].decode()]()
        return read_letter(work, policy, say)

    return read, policy.hash


if __name__ == "__main__":
    sys.exit(serve(prepare, lambda: None, load(Limits, sys.argv[2])))
