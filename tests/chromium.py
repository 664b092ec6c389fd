"""Debian's Chromium: where it is, and how it is started without any traffic of its own."""

from __future__ import annotations

import shutil

NO_TRAFFIC = [
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
    "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--no-first-run", "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication", "--no-sandbox",
    "--disable-dev-shm-usage",
]  # fmt: skip


def find_chromium() -> str | None:
    """Where the program is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
