"""The limits of a process that reads, and what people are told when one is reached."""

from __future__ import annotations

from dataclasses import dataclass

OUT_OF_MEMORY = 3
"""Exit status of a process that was refused memory; 1 and 2 are those of other errors."""


@dataclass(frozen=True)
class Limits:
    """What reading may take: seconds of processor time for each part, and bytes of memory beside the program's own."""

    cpu_seconds: int
    memory: int

    @property
    def wall_seconds(self) -> float:
        """Seconds that a part may take in all. Three times the processor time: it may share two cores with the bot and
        two other such processes. The first part also waits for the process to start."""
        return 3.0 * self.cpu_seconds + 10.0


class NotReadError(Exception):
    """Something was not read, whatever is in it. The message says why and what to do next."""


class TooMuchTimeError(NotReadError):
    """Reading took more processor time than it may, or stood still."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(f"Reading this takes more than {limits.cpu_seconds} s of processor time. {_NEXT}")


class TooMuchMemoryError(NotReadError):
    """Reading took more memory than it may."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(f"Reading this takes more than {limits.memory / 1e6:.0f} MB of memory. {_NEXT}")


class TooManyAtOnceError(NotReadError):
    """There are more papers in it than are taken at once."""


class ProcessLostError(NotReadError):
    """The process that read has ended, for another reason than its limits."""

    def __init__(self) -> None:
        super().__init__("The process that was reading this has ended unexpectedly. Try again.")


class QueueFullError(NotReadError):
    """Too much is waiting to be read already."""


_NEXT = "Split it into smaller files, or ask whoever runs Lectern to use `lectern import`."
