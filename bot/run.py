"""`lectern run`: the client in the real Discord, from the login to a clean end."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import aiohttp
import discord

from bot.client import PERMISSIONS, Lectern, point_at
from bot.composition import assemble
from bot.settings import Settings
from store.library import Library
from store.storage import app_state as kept

logger = logging.getLogger(__name__)

TOLD_FROM = 20_000
"""Steps from which building an index takes long enough to be told about."""
CLOSING_S = 4.0
"""How long a goodbye to Discord may take before the process ends without it."""
APPLICATION_KEY = "application"
"""Under this the store keeps the id of the Discord application that it last served."""

FIRST_START = """\
Lectern needs a Discord application and its token:
  1. Make one at https://discord.com/developers/applications ► New Application.
  2. Under Bot ► Reset Token, copy the token into a file .env in this folder: LECTERN_TOKEN=…
     (or name a file that holds it: LECTERN_TOKEN_FILE=/run/secrets/lectern). No privileged intent is needed.
  3. Invite it, with your application's id in place of APPLICATION_ID:
     {invite}
     It asks for: {permissions}.
  4. lectern run
To try everything first, without Discord: lectern playground"""

NOT_ACCEPTED = "Discord does not accept the token; make a new one at https://discord.com/developers/applications ► Bot."


class CannotRunError(Exception):
    """Why the bot does not run: a plain sentence, or the few lines for a first start."""


def invite(application_id: str | None) -> str:
    """The address at which an administrator adds the bot to a guild."""
    url = discord.utils.oauth_url(0, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
    return url.replace("client_id=0", f"client_id={application_id or 'APPLICATION_ID'}")


def application_of(token: str) -> str | None:
    """The application's id, which is the first part of its token; None where the token has not that form."""
    part = token.partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return text if text.isdigit() else None


def permission_names() -> str:
    """The permissions that the invite asks for, in words."""
    return ", ".join(name.replace("_", " ") for name, wanted in PERMISSIONS if wanted)


def token_of(settings: Settings) -> str:
    """The token; raises `CannotRunError` with how to get one."""
    token = settings.read_token()
    if token is None:
        raise CannotRunError(FIRST_START.format(invite=invite(None), permissions=permission_names()))
    return token


async def run(settings: Settings) -> None:
    """Serve Discord until SIGTERM or SIGINT. Raises `CannotRunError`, `SettingsError` or a `StoreError`."""
    token = token_of(settings)
    point_at(settings)
    library = await Library.open(settings.db, _tell_progress(), wait=False)
    try:
        client = assemble(settings, library)
        serving = asyncio.create_task(_serve(client, token))
        # Cancelled, because `close` alone does not stop shards that launch.
        with told_to_stop(serving.cancel):
            await asyncio.wait([serving])
        try:
            await asyncio.wait_for(client.close(), CLOSING_S)
        except TimeoutError:
            logger.warning("Discord did not say goodbye in %.0f s", CLOSING_S)
        if not serving.cancelled():
            serving.result()
    finally:
        await library.close()


def _tell_progress() -> Callable[[str, int, int], None]:
    """Logs how far an index is that has to be built, a tenth at a time."""
    told: set[tuple[str, int]] = set()

    def tell(what: str, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if total > TOLD_FROM and (what, tenth) not in told:
            told.add((what, tenth))
            logger.info("%s: %d of %d", what, done, total)

    return tell


async def _serve(client: Lectern, token: str) -> None:
    try:
        async with asyncio.timeout(30):
            await client.login(token)
        await kept.put(client.library.db, APPLICATION_KEY, str(client.application_id))
        await client.connect()
    except discord.LoginFailure as error:
        raise CannotRunError(NOT_ACCEPTED) from error
    except discord.HTTPException as error:
        raise CannotRunError(f"Discord answers with an error ({error.status}); try again in some minutes.") from error
    except discord.PrivilegedIntentsRequired as error:
        raise CannotRunError("Discord does not grant the intents that Lectern asks for (4014); update it.") from error
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise CannotRunError(NOT_ACCEPTED) from error
        raise CannotRunError(f"Discord has closed the connection for good (code {error.code}).") from error
    except (aiohttp.ClientError, discord.GatewayNotFound, OSError) as error:
        where = client.settings.discord_api
        raise CannotRunError(f"Discord cannot be reached at {where}; check the network, then try again.") from error


@contextmanager
def told_to_stop(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` on SIGTERM and SIGINT as long as the block lasts."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # on Windows, Ctrl-C interrupts instead
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
