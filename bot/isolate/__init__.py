"""Reading mails in a limited child process.

Everything a stranger wrote - headers, text, pictures, documents - is taken apart in a process that
has little memory, little time, no network and no open database. Whatever happens there, the caller
gets a ``Reading`` or an ``UnreadableLetter``.

reader   the caller's side: ``Reader``, ``Reading``
zygote   the process that has everything imported and forks once per mail
letters  what the fork does with one mail
guard    the limits of the fork
"""

from __future__ import annotations

from bot.isolate.guard import Limits
from bot.isolate.reader import Cost, Reader
from bot.isolate.wire import Reading

__all__ = ["Cost", "Limits", "Reader", "Reading"]
