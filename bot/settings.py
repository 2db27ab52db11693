"""The settings, from the environment or a file `.env`: read once, then passed on as a value."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import AfterValidator, AnyUrl, Field, SecretStr, TypeAdapter, UrlConstraints, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict
from yarl import URL

from bot.errors import SettingsError

PREFIX = "LECTERN_"


def _address(*schemes: str) -> AfterValidator:
    url = TypeAdapter[AnyUrl](Annotated[AnyUrl, UrlConstraints(allowed_schemes=list(schemes), host_required=True)])
    return AfterValidator(lambda text: str(url.validate_python(text)).rstrip("/"))


Address = Annotated[str, _address("http", "https")]
GatewayAddress = Annotated[str, _address("ws", "wss")]


def host_and_port(address: str) -> tuple[str, int]:
    """Of an address to listen on, such as `127.0.0.1:8080` or `[::1]:8080`; raises ValueError for what is none."""
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError("Write it as HOST:PORT, such as 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def _listened_on(address: str) -> str:
    host_and_port(address)
    return address


def _of_postgresql(address: SecretStr) -> SecretStr:
    if not address.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("It has to begin with postgresql://")
    return address


DatabaseAddress = Annotated[SecretStr, AfterValidator(_of_postgresql)]
ListenAddress = Annotated[str, AfterValidator(_listened_on)]

Tokens = Annotated[int, Field(ge=1, le=1_000_000)]
"""How often something may be asked for; a quarter of it at once. The defaults are set so that nobody who types by hand
meets them: a keystroke each 0.25 s, ten people of a server at once. At 3 s between two requests, which arXiv asks for,
services give 1,200 papers an hour to all servers together, of which one may have a third."""

Requests = Annotated[int, Field(ge=0, le=1_000_000)]
Dollars = Annotated[float, Field(ge=0, le=1_000)]


class Settings(BaseSettings):
    """Every setting; its name in the environment is its name here in capitals, after `LECTERN_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    token: SecretStr | None = Field(None, description="The bot's token from Discord's developer portal.")
    token_file: Path | None = Field(None, description="A file that holds the token instead, such as a mounted secret.")
    db: Path = Field(
        default_factory=lambda: user_data_path("lectern", appauthor=False) / "lectern.db",
        description="The paper store.",
    )
    database: DatabaseAddress | None = Field(
        None,
        description="A PostgreSQL database for all but the papers, such as postgresql://lectern:…@db/lectern, where"
        " several hosts serve one bot (extra `postgres`); by default all is in the paper store.",
    )
    contact: str = Field(
        "", max_length=200, description="A mail or web address at which outside services can reach you."
    )
    folder: Path | None = Field(None, description="A folder whose files are read when they are new or changed.")
    watch: bool = Field(True, description="Whether arXiv's feeds are polled for new papers.")
    watch_minutes: int = Field(60, ge=5, le=10_080, description="Minutes between two requests to the same feed.")
    reading_seconds: int = Field(
        30,
        ge=1,
        le=3600,
        description="Seconds of processor time that reading one file may take; a file of 500 papers takes up to five.",
    )
    reading_memory_mb: int = Field(
        512, ge=64, le=100_000, description="MB of memory that reading one file may take; three are read at once."
    )
    person_questions: Tokens = Field(60, description="Commands, buttons and forms of one person in a minute.")
    guild_questions: Tokens = Field(600, description="The same of all people of a server together.")
    person_keystrokes: Tokens = Field(240, description="Keystrokes of one person that get suggestions in a minute.")
    guild_keystrokes: Tokens = Field(2_400, description="The same of all people of a server together.")
    person_additions: Tokens = Field(60, description="Uses of `/add` by one person in an hour.")
    guild_additions: Tokens = Field(240, description="The same by all people of a server together.")
    person_fetches: Tokens = Field(
        200, description="Papers asked for from arXiv and Crossref by one person in an hour."
    )
    guild_fetches: Tokens = Field(400, description="The same by all people of a server together.")
    person_searches: Tokens = Field(
        60, description="Searches of services, for what is not here, by one person in an hour."
    )
    guild_searches: Tokens = Field(240, description="The same by all people of a server together.")
    person_people: Tokens = Field(40, description="People whose papers one person has fetched in a day.")
    guild_people: Tokens = Field(120, description="The same by all people of a server together.")
    openalex_key: SecretStr | None = Field(
        None, description="A free key from openalex.org, with which ten times as much may be asked for."
    )
    openalex_dollars: Dollars | None = Field(
        None, description="What OpenAlex may cost a day; what it gives for nothing by default: 1 with a key, else 0.1."
    )
    semantic_scholar_key: SecretStr | None = Field(
        None, description="A free key from semanticscholar.org, without which it often has no room."
    )
    semantic_scholar_requests: Requests = Field(
        2_000, description="Requests to Semantic Scholar a day; with 0, here as below, a service is never asked."
    )
    arxiv_requests: Requests = Field(10_000, description="The same to arXiv, beside those for its feeds.")
    crossref_requests: Requests = Field(20_000, description="The same to Crossref.")
    dblp_requests: Requests = Field(5_000, description="The same to DBLP.")
    orcid_requests: Requests = Field(5_000, description="The same to ORCID.")
    openreview_requests: Requests = Field(1_000, description="The same to OpenReview.")
    llm_base_url: Address | None = Field(None, description="A chat service with OpenAI's interface; none by default.")
    llm_model: str | None = Field(None, description="The model to use there.")
    llm_api_key: SecretStr | None = Field(None, description="The API key of that service, where it needs one.")
    embeddings_url: Address | None = Field(
        None,
        description="A service of embeddings with OpenAI's interface, in place of the extra `semantic`.",
    )
    embeddings_model: str | None = Field(None, description="The model to use there.")
    embeddings_api_key: SecretStr | None = Field(None, description="The API key of that service, where it needs one.")
    web: ListenAddress | None = Field(
        None, description="Where pages and feeds are served, such as 0.0.0.0:8080; nowhere by default (extra `web`)."
    )
    web_url: Address | None = Field(
        None, description="The public address of those pages, behind a reverse proxy; by default http:// and `web`."
    )
    metrics: ListenAddress | None = Field(
        None, description="Where /metrics and /healthz are served, such as 127.0.0.1:9090; nowhere by default."
    )
    zotero_url: Address = Field("https://api.zotero.org", description="Zotero's service.")
    zotero_minutes: int = Field(
        15, ge=1, le=1_440, description="Minutes between two comparisons of a reading list with its library of Zotero."
    )
    arxiv_url: Address = Field("https://export.arxiv.org/api/query", description="arXiv's query service.")
    crossref_url: Address = Field("https://api.crossref.org/works", description="Crossref's service.")
    dblp_url: Address = Field("https://dblp.org", description="DBLP.")
    openalex_url: Address = Field("https://api.openalex.org", description="OpenAlex's service.")
    semantic_scholar_url: Address = Field(
        "https://api.semanticscholar.org/graph/v1", description="Semantic Scholar's service."
    )
    orcid_url: Address = Field("https://pub.orcid.org/v3.0", description="ORCID's public records.")
    openreview_url: Address = Field("https://api2.openreview.net", description="OpenReview's service.")
    rss_url: Address = Field("https://rss.arxiv.org/rss", description="arXiv's announcement feeds.")
    oai_url: Address = Field("https://oaipmh.arxiv.org/oai", description="arXiv's OAI-PMH service.")
    discord_api: Address = Field("https://discord.com/api/v10", description="Discord's REST service.")
    discord_gateway: GatewayAddress = Field("wss://gateway.discord.gg", description="Discord's gateway.")

    def read_token(self) -> str | None:
        """The token, from the setting or else its file; None where neither is set. Raises `SettingsError`."""
        if self.token is not None:
            return self.token.get_secret_value().strip() or None
        if self.token_file is None:
            return None
        try:
            return self.token_file.read_text("utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SettingsError(f"The token file {self.token_file} cannot be read: {reason}.") from error

    def secrets(self) -> list[str]:
        """What may never be shown: the token, the keys, and the passwords in addresses, also percent-encoded."""
        keys = (self.llm_api_key, self.embeddings_api_key, self.openalex_key, self.semantic_scholar_key)
        found = [self.read_token(), *(key.get_secret_value().strip() for key in keys if key)]
        if self.database:
            found += [self.database.get_secret_value(), URL(self.database.get_secret_value()).password]
        for name, value in self:
            if isinstance(value, str) and name.endswith(("_url", "_api", "_gateway")):
                found += [URL(value).password, URL(value).raw_password]
        return [secret for secret in found if secret]

    @property
    def public_web_url(self) -> str:
        """With what the addresses of pages and feeds begin."""
        return self.web_url or f"http://{self.web}"

    @property
    def user_agent(self) -> str:
        """The User-Agent header of requests to outside services."""
        contact = self.contact or "no contact given"
        return f"Lectern/{version()} (research assistant bot; {contact})"


def version() -> str:
    """The version of the installed distribution."""
    return metadata.version("lectern")


_SENT_TO = {
    "discord_api": ("token", "token_file"),
    "discord_gateway": ("token", "token_file"),
    "llm_base_url": ("llm_api_key",),
    "embeddings_url": ("embeddings_api_key",),
    "openalex_url": ("openalex_key",),
    "semantic_scholar_url": ("semantic_scholar_key",),
}
"""Addresses, and the secrets that are sent there."""


def without_user(address: str) -> str:
    """The address without a user's name and password."""
    return str(URL(address).with_user(None))


def _require_one_place() -> None:
    """Raise `SettingsError` where `.env` names the host to which a secret of the environment would be sent.

    `.env` is read from the current folder, which may be anybody's.
    """
    environment, file = EnvSettingsSource(Settings)(), DotEnvSettingsSource(Settings)()
    for address, secrets in _SENT_TO.items():
        if address in file and address not in environment:
            for secret in secrets:
                if environment.get(secret):
                    names = [f"{PREFIX}{name.upper()}" for name in (secret, address)]
                    raise SettingsError(
                        f"{names[0]} is in the environment, but the file .env in this folder would send it to another"
                        f" host by {names[1]}. Set both in one place."
                    )


def load(db: Path | None = None) -> Settings:
    """Read the environment and `.env`; `db` overrides the setting. Raises `SettingsError`."""
    try:
        _require_one_place()
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = f"{PREFIX}{'_'.join(map(str, first['loc'][:1])).upper()}"
        raise SettingsError(f"The setting {name} cannot be used. {first['msg']}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("The file .env in this folder cannot be read; make it readable text.") from error
    return settings if db is None else settings.model_copy(update={"db": db})
