"""The database and the files beside it: one folder that holds everything the bot remembers.

``bot.store.engine.Store`` opens it; each table has one file that may write to it. This room knows the types of
``bot.core.model`` and nothing of mailboxes, letters' wording or the policy. It has no clock: ``now`` is always given.
"""
