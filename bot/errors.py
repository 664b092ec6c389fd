"""One family of errors. The docstring is the message when none is given."""

from __future__ import annotations

from collections.abc import Sequence


class BotError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class ProblemsError(BotError):
    """Several problems, all told at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ConfigError(ProblemsError):
    """The configuration cannot be used."""


class PolicyError(ProblemsError):
    """The policy files cannot be used."""


class TemplateError(ProblemsError):
    """A template cannot be used."""


class FilesError(ProblemsError):
    """The new files cannot be used."""


class UnreadableLetter(BotError):
    """This mail cannot be read."""


class ReaderError(BotError):
    """Mails cannot be read now: the fault lies with us, not with the mail."""


class MailboxError(BotError):
    """The mailbox cannot be used now."""

    def __init__(self, message: str = "", *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(message)


class SendError(BotError):
    """The mail was not accepted."""

    def __init__(self, message: str = "", *, permanent: bool = False, ambiguous: bool = False, code: int = 0) -> None:
        self.permanent = permanent
        self.ambiguous = ambiguous
        """the server may have accepted it: never resend blindly"""
        self.code = code
        super().__init__(message)


class ComposeError(BotError):
    """This letter cannot be turned into a safe mail."""


class PostError(BotError):
    """Another program could not be told."""


class StoreError(BotError):
    """The database cannot be used."""


class Overtaken(StoreError):
    """Another writer was quicker: read again and decide anew."""


class AlreadyRunning(BotError):
    """Another copy works on this data folder."""


class NotAllowed(BotError):
    """The action cannot be done with this case now."""


class WrongValue(NotAllowed):
    """What was said with the action cannot be."""


class TooLate(NotAllowed):
    """The letter has left, or was taken back before: it cannot be taken back."""


class TooMuchPromised(NotAllowed):
    """The letter promises more than was decided."""

    def __init__(self, broken: Sequence[str]) -> None:
        self.broken = tuple(broken)
        """``kind: words`` for every such promise"""
        super().__init__(f"the letter promises more than was decided: {'; '.join(broken)}")


class DeskError(BotError):
    """The desk cannot be served."""


class EditionError(BotError):
    """The files of an edition cannot be used."""


class NothingToPublish(BotError):
    """The live edition holds the same files: there is nothing to publish."""


class CannotSave(BotError):
    """The working files cannot be written."""
