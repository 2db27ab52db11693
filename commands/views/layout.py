"""Cards that cannot break Discord's limits.

A `Card` is built block by block and never holds more than fits: what is added when it is full is left out, and the card
says so. A builder that shows only the first of many passes all of them to the card, or says itself how many there are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate

import discord

from commands.addresses import CardAddress
from commands.custom_ids import CardList, CustomId, Disabled
from commands.views.markdown import counted, length, plain, shorten

MAX_TEXT = 4000
MAX_COMPONENTS = 40
MAX_ROW = 5
MAX_OPTIONS = 25
MAX_LABEL = 80
MAX_OPTION_TEXT = 100
NEUTRAL = 0x5865F2
"""The colour of a card that is about no category."""
_FOOT_NUMBER = 90
"""Numbers from here on are those of buttons under the card."""
_CONTAINER = 1
_NOTE = 80
"""Characters, beside one component, that are kept for the sentence on what did not fit."""
_FOOT_TEXT, _FOOT_COMPONENTS = 300, 1 + 1 + MAX_ROW
"""Kept of every message for what stands under its card: a line of text, and a row of buttons."""


@dataclass(frozen=True)
class ButtonSpec:
    """A button: what is on it, and the state that comes back when it is pressed. No state: it cannot be pressed."""

    label: str
    custom_id: CustomId | None
    style: discord.ButtonStyle = discord.ButtonStyle.secondary

    def build(self, number: int) -> discord.ui.Button[discord.ui.LayoutView]:
        """The component; `number` keeps the custom_ids of disabled buttons apart."""
        return discord.ui.Button(
            label=plain(self.label, MAX_LABEL),
            custom_id=str(self.custom_id or Disabled(number)),
            style=self.style,
            disabled=self.custom_id is None,
        )


@dataclass(frozen=True)
class Picture:
    """A picture of a card: the name and content of its file, and what it shows in words, at most 1,024 characters."""

    name: str
    content: bytes
    description: str


class CardView(discord.ui.LayoutView):
    """A message with a card.

    `address` is what it shows; None where the card cannot be made again. `note` is a line under the card, and
    `note_buttons` are those that answer it. `replacement`, where there is one, makes what is to take the place of the
    message once it has been sent; that may have a replacement in its turn.
    """

    address: CardAddress | None = None
    note: str = ""
    note_buttons: Sequence[ButtonSpec] = ()
    replacement: Callable[[], Awaitable[CardView | None]] | None = None
    pictures: Sequence[Picture] = ()

    @property
    def files(self) -> list[discord.File]:
        """The files of the pictures, which are to be sent with the message."""
        return [discord.File(BytesIO(one.content), one.name, description=one.description) for one in self.pictures]

    def with_foot(self, buttons: Sequence[ButtonSpec]) -> CardView:
        """The same message with its note and these buttons under the card; to be called once, before it is sent."""
        if self.note:
            self.add_item(discord.ui.TextDisplay(shorten(self.note, _FOOT_TEXT)))
        if shown := [*self.note_buttons, *buttons][:MAX_ROW]:
            self.add_item(discord.ui.ActionRow(*(button.build(_FOOT_NUMBER + i) for i, button in enumerate(shown))))
        self.stop()
        return self


def one_button(button: ButtonSpec) -> discord.ui.View:
    """A button of a message that is no card, such as a poll."""
    view = discord.ui.View(timeout=None)
    view.add_item(button.build(_FOOT_NUMBER))
    view.stop()
    return view


class Card:
    """A container that keeps to Discord's 4,000 characters and 40 components, counted nested."""

    def __init__(self, colour: int | None = None, *, reserve: int = 0, foot: bool = True) -> None:
        """`reserve` characters are kept for what is added with `final=True`.

        `foot` keeps room for what stands under the card of an answer; what is posted has none.
        """
        self._container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=colour)
        self._text = MAX_TEXT - _NOTE - reserve - (_FOOT_TEXT if foot else 0)
        self._reserved = reserve
        self._components = MAX_COMPONENTS - _CONTAINER - 1 - (_FOOT_COMPONENTS if foot else 0)
        self._numbered = 0
        self._pictures: list[Picture] = []
        self.left_out = 0

    def text(self, markdown: str, *, final: bool = False) -> bool:
        """A block of markdown; False where it no longer fits, which the card then says."""
        if final:
            self._text, self._reserved = self._text + self._reserved, 0
        if not markdown or not self._take(length(markdown), 1):
            return False
        self._container.add_item(discord.ui.TextDisplay(markdown))
        return True

    def lines(self, lines: Sequence[str], total: int, more: Callable[[int], str]) -> None:
        """One block of the first of `total` lines, as many as fit; `more` makes the last, of how many are not there."""
        ends = list(accumulate((length(line) + 1 for line in lines), initial=0))
        for kept in range(len(lines), -1, -1):
            last = [more(total - kept)] if kept < total else []
            if ends[kept] + sum(map(length, last)) <= self._text:
                self.text("\n".join([*lines[:kept], *last]))
                return
        self.left_out += total

    def section(self, markdown: str, button: ButtonSpec) -> bool:
        """A block of markdown with a button beside it; False where it no longer fits, which the card then says."""
        if not self._take(length(markdown), 3):
            return False
        self._container.add_item(discord.ui.Section(markdown, accessory=button.build(self._next_number())))
        return True

    def picture(self, picture: Picture) -> None:
        """A picture, as wide as the card; its text is in its description."""
        if self._take(0, 1):
            item = discord.MediaGalleryItem(f"attachment://{picture.name}", description=picture.description)
            self._container.add_item(discord.ui.MediaGallery(item))
            self._pictures.append(picture)

    def divider(self) -> None:
        """A thin line between blocks."""
        self._separate(visible=True)

    def space(self) -> None:
        """A little space between blocks."""
        self._separate(visible=False)

    def buttons(self, buttons: Sequence[ButtonSpec]) -> None:
        """Buttons side by side, at most five; custom ids must differ over the whole card."""
        shown = buttons[:MAX_ROW]
        self.left_out += len(buttons) - len(shown)
        if shown and self._take(0, 1 + len(shown)):
            self._container.add_item(discord.ui.ActionRow(*(button.build(self._next_number()) for button in shown)))

    def links(self, links: Sequence[tuple[str, str]]) -> None:
        """Buttons that lead out, as label and address, in two rows; addresses have passed `markdown.web_address`."""
        most = 2 * MAX_ROW
        self.left_out += max(0, len(links) - most)
        for row in (links[:MAX_ROW], links[MAX_ROW:most]):
            if row and self._take(0, 1 + len(row)):
                self._container.add_item(
                    discord.ui.ActionRow(
                        *(discord.ui.Button(label=plain(label, MAX_LABEL), url=url) for label, url in row)
                    )
                )

    def numbers(self, cards: Sequence[CardAddress]) -> None:
        """A button for each entry of a numbered list, at most ten, in rows of five."""
        buttons = [ButtonSpec(str(number), card) for number, card in enumerate(cards[: 2 * MAX_ROW], 1)]
        self.buttons(buttons[:MAX_ROW])
        self.buttons(buttons[MAX_ROW:])

    def cards(self, placeholder: str, cards: Sequence[tuple[str, CardAddress, str]]) -> None:
        """A list of cards to open one, as label, address and description; at most 25."""
        self.select(CardList(self._next_number()), placeholder, [(label, str(at), about) for label, at, about in cards])

    def select(self, custom_id: CustomId, placeholder: str, options: Sequence[tuple[str, str, str]]) -> None:
        """A list to choose one from, as label, value and description; it says where it offers the first 25 only."""
        if len(options) > MAX_OPTIONS:
            placeholder = f"{placeholder} (the first {MAX_OPTIONS} of {len(options):,})"
        chosen = [(label, value, about, False) for label, value, about in options[:MAX_OPTIONS]]
        self.choices(custom_id, placeholder, chosen, several=False)

    def choices(
        self, custom_id: CustomId, placeholder: str, options: Sequence[tuple[str, str, str, bool]], *, several: bool
    ) -> None:
        """A list to choose one or any number of, as label, value, description and whether it is chosen; at most 25."""
        if options and self._take(0, 2):
            chosen = [
                discord.SelectOption(
                    label=plain(label, MAX_OPTION_TEXT),
                    value=value,
                    description=plain(description, MAX_OPTION_TEXT) if description else None,
                    default=default,
                )
                for label, value, description, default in options
            ]
            menu: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(
                custom_id=str(custom_id),
                placeholder=plain(placeholder, MAX_OPTION_TEXT),
                options=chosen,
                min_values=0 if several else 1,
                max_values=len(chosen) if several else 1,
            )
            self._container.add_item(discord.ui.ActionRow(menu))

    def view(self, address: CardAddress | None = None) -> CardView:
        """The message, which shows what is at `address`.

        Stopped, as its buttons carry their state and are answered by `commands.buttons`.
        """
        if self.left_out:
            note = f"-# ⚠ {counted(self.left_out, 'part')} of this answer did not fit into one message."
            self._container.add_item(discord.ui.TextDisplay(note))
        view = CardView(timeout=None)
        view.address = address
        view.pictures = self._pictures
        view.add_item(self._container)
        view.stop()
        return view

    def _separate(self, *, visible: bool) -> None:
        if self._components:
            self._components -= 1
            self._container.add_item(discord.ui.Separator(visible=visible))

    def _take(self, characters: int, components: int) -> bool:
        if characters > self._text or components > self._components:
            self.left_out += 1
            return False
        self._text -= characters
        self._components -= components
        return True

    def _next_number(self) -> int:
        self._numbered += 1
        return self._numbered
