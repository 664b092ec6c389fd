"""The rehearsal: past mails through the live files and through others, to see who would get something else.

model     the nouns: past cases, sides, changes, the report
compare   two sides of a mail: what differs, and which differences are the same (pure)
tally     outcomes become a report (pure)
replay    one case through both sets of files
run       all cases on all cores
past      where past mails come from: the database, a Maildir, files
threads   which files belong to one case
stories   golden stories and whether they hold
page      the report as one HTML file
rows      the report as JSON

Sends nothing and stores nothing: what a mail leads to lives in memory, and the data folder is only read.
"""

from __future__ import annotations

from bot.editions.contents import Folders
from bot.rehearsal.model import PastCase, PastMail, Progress, Report, Ways
from bot.rehearsal.run import rehearse

__all__ = ["Folders", "PastCase", "PastMail", "Progress", "Report", "Ways", "rehearse"]
