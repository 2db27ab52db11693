"""The journal club through the real client: a month of it, with time moved on and restarts between the steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord
import time_machine

from commands.context import CLUBS_CHANGED
from tests.discord.conversation import walk
from tests.discord.server import Server, labels, press, shown, text

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday; on the 29th clocks change in Europe."""


@dataclass
class Month:
    """A server in which time can be moved on."""

    server: Server
    clock: time_machine.Traveller

    async def until(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """It is that day and hour, in UTC, and what is due is done."""
        seconds = (datetime(2026, month, day, hour, minute, tzinfo=UTC) - datetime.now(UTC)).total_seconds()
        self.clock.shift(seconds)
        self.server.scene.env.backend.advance_clock(seconds)
        await self.work()

    async def work(self) -> None:
        """Let the workers do theirs, until nothing more is asked of Discord."""
        env, asked = self.server.scene.env, -1
        while asked < len(env.http_requests):
            asked = len(env.http_requests)
            self.server.client.dispatch(CLUBS_CHANGED)
            await self.server.work()

    async def club(self, actor: Any = None, **options: Any) -> simcord.ResponseMessage:
        return shown(await (actor or self.server.admin).slash(self.server.papers, "club", **options))

    def said(self) -> list[str]:
        """What the bot said in the club's channel, oldest first, but for the notices of threads."""
        notice = discord.MessageType.thread_created
        return [text(message) for message in self.server.papers.history() if message.type is not notice]

    @property
    def polls(self) -> list[Any]:
        return [message for message in self.server.papers.history() if message.poll]

    @property
    def threads(self) -> list[Any]:
        return list(self.server.papers.threads)

    def told(self, person: Any) -> list[str]:
        """What somebody was told in direct messages, but for being asked."""
        said = [text(message) for message in person.user.dm_channel.history()]
        return [one for one in said if "present in the journal club" in one]

    @staticmethod
    def mentions(person: Any) -> str:
        return f"<@{person.user.id}>"

    @property
    def events(self) -> list[Any]:
        guild = self.server.scene.env.backend.get_guild(self.server.scene.guild.id)
        return list(guild.scheduled_events.values())


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGIN, tick=True) as moved:
        yield moved


@pytest.fixture
def month(clock: time_machine.Traveller, server: Server) -> Month:
    return Month(server, clock)


ABSTRACT = (
    "Graphs are everywhere. However, existing models are slow to read them. In this paper, we propose a network of twelve"
    " layers that reads them. Each layer reads one edge at a time, using attention over the neighbours of a node."
    " Experiments on four data sets show that our model improves accuracy by 7.7%. Code is at https://github.com/a/b."
)


@pytest.fixture
async def people(month: Month) -> list[Any]:
    """Ada, who manages the server, Max, and Eve."""
    scene = month.server.scene
    eve = scene.guild.add_member(scene.env.create_user("eve", global_name="Eve"))
    return [scene.admin, scene.member, eve]


async def set_up(month: Month, **options: Any) -> simcord.ResponseMessage:
    given = {"weekday": 3, "at": "16:00", "zone": "Europe/Berlin", **options}
    given = {name: value for name, value in given.items() if value is not None}
    return shown(await month.server.admin.slash(month.server.papers, "clubsetup", **given))


async def test_a_month_with_a_tie_a_missed_week_a_swap_and_a_change_of_clocks(month: Month, people: list[Any]) -> None:
    server, (ada, max_, eve) = month.server, people
    titles = ("Attention is what we need", "Graphs of words", "Deep sets", "Trees that read")
    await server.arrive(*titles, notify=False, abstract=ABSTRACT)

    # Nominated, by a command and by the button on a card.
    said = text(await month.club(max_))
    assert "Somebody with the permission Manage Channels can set one up" in said
    card = await set_up(month, every_weeks=1)
    assert "Thursdays at 16:00 (Europe/Berlin), 60 minutes" in text(card) and "I lack" not in text(card)
    for person in people:
        await person.click(await month.club(person), label="Join the rota")
    await month.club(max_, nominate="Graphs of words")
    paper = shown(await eve.slash(server.papers, "paper", title="Attention is what we need"))
    await month.until(3, 2, 10)
    await server.restart()
    assert "is nominated for the journal club" in text(shown(await eve.click(paper, label="Nominate")))
    assert "is nominated already" in text(shown(await max_.click(paper, label="Nominate")))
    assert "2 papers nominated; a poll opens" in text(await month.club())

    # 12 March: a poll that ends in a tie. The bot is down when it is due.
    await month.until(3, 7, 14)
    assert len(month.polls) == 0
    await server.restart()
    await month.until(3, 7, 18)
    (poll,) = month.polls
    assert [answer.text for answer in poll.poll.answers] == ["1. Graphs of words", "2. Attention is what we need"]
    assert (
        poll.poll.question == "Which paper do we read on 12 Mar 2026?"
        and poll.poll.duration.total_seconds() < 69 * 3600
    )
    await max_.set_poll_votes(poll, answers=[1])
    await eve.set_poll_votes(poll, answers=[2])
    await server.restart()
    await month.until(3, 10, 15)
    assert "A tie at 1 vote: of those papers, this one was nominated first." in month.said()[-1]
    assert "Graphs of words" in month.said()[-1] and month.mentions(ada) in month.said()[-1]
    (event,) = month.events
    assert event.name == "Journal club: Graphs of words" and event.entity_metadata == {"location": "#papers"}
    assert event.scheduled_start_time == "2026-03-12T15:00:00+00:00"
    assert event.scheduled_end_time == "2026-03-12T16:00:00+00:00"
    (thread,) = month.threads
    first = text(thread.history()[-1]).replace("\N{NO-BREAK SPACE}", " ")
    assert "> Experiments on four data sets show that our model improves accuracy by 7.7%. `sentence 5 of 6`" in first
    assert "What supports this, and where would it not hold?" in first
    assert len(month.told(ada)) == 1 and "You present in the journal club" in month.told(ada)[0]

    # Ada cannot: Max agrees to swap, in his direct messages, and is told that he presents.
    assert "I have asked" in text(await month.club(ada, swap_with=max_))
    await server.work()
    await server.restart()
    asked = max_.user.dm_channel.history()[-1]
    assert "Would you swap?" in text(asked)
    assert "You have changed places" in text(shown(await max_.user.click(asked, label="Agree")))
    await month.work()
    assert "You present in the journal club" in month.told(max_)[-1]
    await month.until(3, 11, 15)
    assert f"{month.mentions(max_)} presents." in month.said()[-1] and f"<#{thread.id}>" in month.said()[-1]
    assert "Reminder: you present" in month.told(max_)[-1] and len(month.told(ada)) == 1
    await month.until(3, 12, 16)
    note = await eve.click(thread.history()[-1], label="Add a note")
    noted = shown(await eve.submit_modal(note, {"said": "Nobody believed table 2."}))
    assert "Discussed on 12 Mar 2026" in text(noted) and "Nobody believed table 2." in text(noted)
    card = await month.club()
    assert text(card).endswith("-# Last session: 12 Mar 2026, “Graphs of words”.")
    assert "Nobody believed table 2." in text(shown(await ada.click(card, label="Last notes"), card))

    # 19 March: what was not chosen is taken back, and nothing else is nominated, which is said twice.
    card = await month.club(eve)
    nominations = shown(await eve.click(card, label="Nominations"), card)
    (menu,) = [one for one in walk(nominations.components) if one.get("custom_id") == "club:withdraw"]
    (option,) = menu["options"]
    await eve.select(nominations, [option["value"]], custom_id="club:withdraw")
    await month.until(3, 14, 15)
    assert "Nothing is nominated for the journal club yet" in month.said()[-1]
    await server.restart()
    await month.until(3, 17, 15)
    assert "No journal club on 19 Mar 2026\nNo paper was nominated." in month.said()[-1]
    assert len(month.events) == 1

    # 26 March: with one paper no poll; Ada presents, who would have been next after Max, as they swapped.
    await month.club(eve, nominate="Deep sets")
    await month.until(3, 21, 15)
    assert "It was the only paper nominated, so there was no poll." in month.said()[-1]
    assert f"{month.mentions(ada)} presents it." in month.said()[-1] and len(month.polls) == 1
    await month.until(3, 26, 16)
    assert "“Deep sets”. Without the reminder: its time had passed" in text(await month.club()), (
        "it jumped over the day"
    )

    # 2 April: clocks have changed, the session has not. Eve is away, so that it is Max again.
    await month.club(eve, away_until="2026-04-05")
    for title in ("Attention is what we need", "Trees that read"):
        await month.club(max_, nominate=title)
    await month.until(3, 28, 15)
    poll = month.polls[-1]
    await eve.set_poll_votes(poll, answers=[2])
    await server.restart()
    await month.until(3, 31, 13, 59)
    assert month.said()[-1].startswith("**Journal club**"), "it is not 16:00 in Berlin yet"
    await month.until(3, 31, 14)
    assert "Chosen by the poll, with 1 vote." in month.said()[-1] and "Trees that read" in month.said()[-1]
    assert f"{month.mentions(max_)} presents it." in month.said()[-1]
    assert month.events[-1].scheduled_start_time == "2026-04-02T14:00:00+00:00"
    await month.until(4, 2, 15)
    card = await month.club()
    assert "**Next session** <t:1775743200:F>" in text(card), "9 April, 16:00 in Berlin"
    assert f"9 Apr 2026: {month.mentions(eve)}" in text(card) or f"9 Apr 2026: {month.mentions(ada)}" in text(card)

    # Everything once.
    assert len(month.polls) == 2 and len(month.events) == 3 and len(month.threads) == 3
    titles_said = [one.splitlines()[0 if one.startswith("**") else 1] for one in month.said() if "\n" in one]
    assert len(set(titles_said)) == len(titles_said), titles_said


async def nominated(month: Month, *titles: str) -> None:
    await month.server.arrive(*titles, notify=False, abstract=ABSTRACT)
    for title in titles:
        await month.club(nominate=title)


async def test_a_session_that_is_called_off_has_no_event_and_its_paper_waits(month: Month, people: list[Any]) -> None:
    server, (ada, max_, _) = month.server, people
    await set_up(month)
    await nominated(month, "Deep sets")
    await month.until(3, 7, 15)
    assert [event.status for event in month.events] == [1]
    card = await month.club(max_)
    assert "Call this session off" not in labels(card), "Max may not"
    asked = shown(await ada.click(await month.club(), label="Call this session off"))
    assert "Call the session on 12 Mar 2026 off?" in text(asked)
    assert "<t:1773932400:F>" in text(shown(await ada.click(asked, label="Call it off"), asked)), "19 March"
    await month.work()
    assert [event.status for event in month.events] == [4]
    assert "No journal club on 12 Mar 2026\nSomebody who manages this channel called it off." in month.said()[-1]
    assert "Deep sets" in text(await month.club())
    await server.restart()
    await month.until(3, 14, 15)
    assert "It was the only paper nominated" in month.said()[-1] and [event.status for event in month.events] == [4, 1]

    ended = shown(await ada.click(await month.club(), label="End the club"))
    assert "The journal club has ended" in text(shown(await ada.click(ended, label="End the club"), ended))
    await month.work()
    assert [event.status for event in month.events] == [4, 4]
    assert "There is no journal club here yet" in text(await month.club())


async def test_a_poll_that_is_deleted_or_not_needed(month: Month, people: list[Any]) -> None:
    server = month.server
    await set_up(month)
    await nominated(month, "Deep sets", "Graphs of words", "Trees that read")
    await month.until(3, 7, 15)
    await month.polls[0].delete()
    await month.until(3, 10, 15)
    assert "There is no poll to count" in month.said()[-1] and "Deep sets" in month.said()[-1]
    await month.until(3, 14, 15)
    asked = shown(await server.admin.click(await month.club(), label="Call this session off"))
    await server.admin.click(asked, label="Call it off")
    await server.restart()
    await month.work()
    assert month.polls[0].poll.is_finalised()
    assert "Graphs of words" in text(await month.club()) and "Trees that read" in text(await month.club())


async def test_it_meets_in_a_voice_channel_every_two_weeks(month: Month, people: list[Any]) -> None:
    scene = month.server.scene
    room = scene.guild.create_voice_channel("reading room")
    card = await set_up(month, weekday=None, first_day="2026-03-19", every_weeks=2, poll_days=7, room=room, minutes=90)
    assert "every 2 weeks on Thursday at 16:00 (Europe/Berlin), 90 minutes" in text(card)
    await nominated(month, "Deep sets")
    await month.until(3, 12, 15)
    (event,) = month.events
    assert event.entity_type == 2 and event.channel_id == room.id and event.entity_metadata is None
    assert event.scheduled_start_time == "2026-03-19T15:00:00+00:00"
    assert event.scheduled_end_time == "2026-03-19T16:30:00+00:00"
    # What is left out stays; a session whose paper is chosen keeps its time.
    card = await set_up(month, weekday=None, zone=None, at="17:00")
    assert "at 17:00 (Europe/Berlin), 90 minutes" in text(card) and "<t:1773932400:F>" in text(card)
    await month.until(3, 19, 17)
    assert "**Next session** <t:1775142000:F>" in text(await month.club()), "2 April, 17:00 in Berlin"


async def test_who_manages_another_channel_does_not_change_the_club(month: Month, people: list[Any]) -> None:
    scene, (_, max_, _) = month.server.scene, people
    own = discord.PermissionOverwrite(manage_channels=True)
    den = scene.guild.create_text_channel("den", overwrites={max_: own})
    await set_up(month)
    card = shown(await max_.slash(den, "club"))
    assert "End the club" not in labels(card)
    moved = shown(await max_.slash(den, "clubsetup", channel=den))
    assert f"You need the permission Manage Channels in <#{month.server.papers.id}>" in text(moved)
    for forged in ("club:ended", "club:end", "club:off:2026-03-12"):
        assert "You need the permission Manage Channels" in await press(max_, month.server, forged, den)


async def test_who_may_do_what_is_said(month: Month, people: list[Any]) -> None:
    server, (ada, max_, eve) = month.server, people
    assert "Say at least on which weekday" in text(await set_up(month, weekday=None, at=None, zone=None))
    assert "choose fewer days" in text(await set_up(month, poll_days=8))
    assert "I know no time zone" in text(await set_up(month, zone="Mars/Olympus"))
    assert "has to be in the future" in text(await set_up(month, weekday=None, first_day="2026-02-01"))
    await set_up(month)
    assert "if you are both in the rota" in text(await month.club(ada, swap_with=max_))
    assert "You are not in the rota" in text(await month.club(ada, away_until="2026-04-01"))
    assert "That works only on a server" in text(shown(await max_.user.slash("club")))
    await nominated(month, "Deep sets")
    await server.arrive("Graphs of words", notify=False)
    await month.until(3, 7, 15)
    assert "is chosen for the next session already" in text(await month.club(nominate="Deep sets"))
    for person in (ada, max_):
        await person.click(await month.club(person), label="Join the rota")
    await month.club(ada, swap_with=max_)
    card = await month.club(eve, private=False)
    refused = shown(await eve.click(card, label="Agree"))
    assert month.mentions(max_) in text(refused) and refused.ephemeral
    declined = shown(await max_.click(card, label="No"))
    assert "Nothing changes." in text(declined)
    assert "answered already" in text(shown(await max_.click(card, label="Agree")))
    assert "is not in the rota" in text(shown(await ada.slash(server.papers, "clubsetup", present_first=eve)))
    first = shown(await ada.slash(server.papers, "clubsetup", present_first=max_))
    assert text(first).split("Who presents")[1].split("- ")[1].strip() == f"12 Mar 2026: {month.mentions(max_)}"
