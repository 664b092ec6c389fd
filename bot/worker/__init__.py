"""The worker: gather, decide, apply.

wiring    everything the jobs need, opened once
intake    mails from the mailbox onto our disk
gather    what is known of one stored mail before deciding
answering one stored mail: gather, decide, apply in one transaction
writing   a reply as a row for the outbox
acting    what a person does to a case, with its letter
beside    ... where there is no letter: notes, marks, corrections, merging
ticking   the timers: reminders, closing, apologies, what staff is told
machines  mail that machines wrote: kept, never answered
aside     mails that cannot be read, as visible cases
sending   the outbox to the SMTP server
errands   filing mail away, copies to Sent
rounds    one round of everything, for commands that end; recovery
service   the schedule, the watchdog, one clean end
"""
