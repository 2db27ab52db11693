"""Errors of the process that are expected: the message of each is a plain sentence for the person at the terminal."""


class ExpectedError(Exception):
    """Why a command of the command line was not done; its exit status is 1."""


class SettingsError(ExpectedError):
    """A setting that cannot be used: a sentence that names it and never its value."""


class CannotRunError(ExpectedError):
    """Why the bot does not run: a sentence, or the steps of a first start."""
