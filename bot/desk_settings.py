"""The settings of ``[desk]``: shapes only, as in ``settings``; what contradicts itself is told by ``config``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.setting_types import Line, Port, Section, Texts, WebAddress, Zone


class DeskSettings(Section):
    """The pages where staff decides, and who can reach them."""

    enabled: bool = False
    """``after-sales run`` serves the desk as well"""
    host: Line = "127.0.0.1"
    port: Port = 8470
    beyond_this_machine: bool = False
    public_url: WebAddress = ""
    trusted_proxies: Texts = ()
    zone: Zone = "UTC"
    language: Literal["en", "zh", "de"] = "en"
    session_hours: Annotated[int, Field(ge=1, le=168)] = 12
    idle_minutes: Annotated[int, Field(ge=5, le=1440)] = 120
