"""Writes the text of ``templates/README.md``: ``python -m bot.replies > templates/README.md``."""

from __future__ import annotations

import sys

from bot.replies.inventory import describe

sys.stdout.write(describe())
