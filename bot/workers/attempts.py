"""What this process knows of its attempts to send messages, as long as no other process can have tried the same.

Where several processes serve one store, each delivers to the guilds that are its own (`bot.division`) and makes sure of
that right before each request. A process that was stopped, or lost its lease while a request was on its way, does no
harm: the nonce was committed before, so that the next process finds the message as one that may be out. That one looks
through the channel's history, then sends the same nonce, for which Discord returns the first message if the other
request comes within its memory of nonces. One that comes later than that cannot be: the time that a request may take
(`TIMEOUT_S` of `bot.workers.transport`) is over by then, also for a process that was stopped meanwhile, since its clock
went on. What such a process then writes of the message changes nothing: `store.guilds.transitions` does not allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from store.guilds.posts import Post

NONCE_MEMORY_S = 60.0
"""Seconds for which Discord certainly remembers a nonce; its documentation says "the past few minutes"."""


class NotOursError(Exception):
    """The guild has come to another process, which goes on with its messages, or has been at one meanwhile."""


def everything(guild_id: int) -> bool:
    """Every guild is this process's: it is alone."""
    return True


Serves = Callable[[int], bool]
"""Whether the channels of a guild, or for 0 direct messages, are this process's now."""


class Attempts:
    """What is known holds as long as `tenure` gives the same: it changes where `serves` may have said no meanwhile."""

    def __init__(self, monotonic: Callable[[], float], serves: Serves, tenure: Callable[[], int]) -> None:
        self._monotonic, self._serves, self._tenure = monotonic, serves, tenure
        self._known_in = tenure()
        self._unanswered: dict[int, float | None] = {}
        """Posts that no other process has tried, with the moment of the first attempt without an answer, if any."""

    def require_ours(self, guild_id: int, since: int | None = None) -> int:
        """The tenure in which the guild is this process's, all the time `since` another; raises `NotOursError`."""
        if self._known_in != (tenure := self._tenure()):
            self._known_in = tenure
            self._unanswered.clear()
        if not self._serves(guild_id) or since not in (None, tenure):
            raise NotOursError("its guild has come to another process")
        return tenure

    def are_fresh(self, post_ids: Iterable[int], since: int) -> None:
        """These posts were begun by this process, and are surely not out."""
        if since == self._tenure():
            self._unanswered.update(dict.fromkeys(post_ids))

    def is_unsure(self, post: Post) -> bool:
        """Whether a post may be out, by what is known here or in the store."""
        return self._unanswered[post.id] is not None if post.id in self._unanswered else post.unsure

    def nonce_is_remembered(self, post_id: int) -> bool:
        """Whether Discord returns the first message, if one is out, when this is sent again."""
        since = self._unanswered.get(post_id)
        return since is not None and self._monotonic() - since < NONCE_MEMORY_S

    def sends(self, post_id: int) -> bool:
        """A post is sent now; whether all attempts until now had an answer."""
        answered = self._unanswered.get(post_id, self._monotonic()) is None
        if answered:
            self._unanswered[post_id] = self._monotonic()
        return answered

    def was_refused(self, post_id: int, since: int) -> None:
        """The first attempt had an answer: the post is surely not out."""
        if since == self._tenure():
            self._unanswered[post_id] = None

    def surely_not_out(self) -> list[int]:
        """The posts that were begun here of which every attempt had an answer."""
        return [post_id for post_id, since in self._unanswered.items() if since is None]

    def forget(self, post_id: int) -> None:
        """A post is out, or given up."""
        self._unanswered.pop(post_id, None)
