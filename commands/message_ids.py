"""The custom_ids of scheduled messages."""

from __future__ import annotations

from dataclasses import dataclass

from commands.custom_ids import CustomId


@dataclass(frozen=True)
class MessageReason(CustomId, form="sent:{token}"):
    """Why a scheduled message is here. Delivery finds it by this button after a crash."""

    token: str
