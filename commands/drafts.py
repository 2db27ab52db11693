"""What waits for its Confirm under a preview, kept so that it is still there after a restart."""

from __future__ import annotations

from typing import TypeVar

from commands.context import Interaction, scope_of
from commands.errors import UserError
from store.guilds.subscriptions import Options, Scope
from store.models import Frozen
from store.storage import button_state
from store.storage.button_state import Purpose


class Draft(Frozen):
    """A subscription that waits for its Confirm. `anchor_id` is the interaction's, by which it is made only once.

    With `options` it can be made in the channel, with `personal` for whoever asks.
    """

    scope: Scope
    person_id: int
    options: Options | None
    personal: Options | None = None
    anchor_id: int


DraftT = TypeVar("DraftT", bound=Draft)


async def recall(interaction: Interaction, kind: type[DraftT], purpose: Purpose, question: str, command: str) -> DraftT:
    """The draft of whoever asks, made by `command`; raises `UserError` where it is too old or somebody else's."""
    kept = await button_state.recall(interaction.client.library.db, purpose, scope_of(interaction), question)
    try:
        draft = kind.model_validate_json(kept or "")
    except ValueError:
        raise UserError(f"That preview is too old. Use {command} again.") from None
    if draft.scope != scope_of(interaction) or draft.person_id != interaction.user.id:
        raise UserError(f"That preview is somebody else's. Use {command} yourself.")
    return draft
