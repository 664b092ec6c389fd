"""The worker: gather, decide, apply.

wiring    everything the jobs need, opened once
intake    mails from the mailbox onto our disk
gather    what is known of one stored mail before deciding
answering one stored mail: gather, decide, apply in one transaction
aside     mails that cannot be read, as visible cases
sending   the outbox to the SMTP server
errands   filing mail away, copies to Sent
service   the schedule, the watchdog, one clean end
"""
