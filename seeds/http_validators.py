"""The version of a document, as HTTP has it."""

from __future__ import annotations

from store.models import Frozen


class Validators(Frozen):
    """The version of an answer as HTTP has it, for asking whether there is a newer one."""

    etag: str | None = None
    last_modified: str | None = None
