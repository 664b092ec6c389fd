"""``python -m bot.isolate POLICY_DIR LIMITS_AS_JSON``: the zygote with the real reader. Started by Reader only."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.core.codec import load
from bot.core.details.lettering import load_ocr
from bot.isolate.fork import Read, Say, Work
from bot.isolate.guard import Limits
from bot.isolate.letters import read_letter, warm_up
from bot.isolate.wire import Reading
from bot.isolate.zygote import serve


def main(arguments: list[str]) -> int:
    """Serve until the caller hangs up."""
    policy_dir, limits = Path(arguments[0]), load(Limits, arguments[1])

    def prepare() -> tuple[Read, str]:
        from bot.config import load_policy

        policy = load_policy(policy_dir)
        warm_up(policy)

        def read(work: Work, say: Say) -> Reading:
            return read_letter(work, policy, say)

        return read, policy.hash

    return serve(prepare, load_ocr, limits)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
