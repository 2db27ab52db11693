from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
import yaml

from bot.errors import SettingsError
from bot.logs import RedactingFormatter
from bot.settings import PREFIX, Settings, load, without_user

EXAMPLE = Path(__file__).parents[2] / "bot" / "deploy" / "env.example"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and no .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_environment_wins_over_the_file_and_db_over_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LECTERN_WATCH_MINUTES=30\nLECTERN_CONTACT=a@b.example\nUNRELATED=1\n")
    monkeypatch.setenv("LECTERN_WATCH_MINUTES", "45")
    settings = load(tmp_path / "other.db")
    assert settings.watch_minutes == 45
    assert settings.contact == "a@b.example"
    assert "a@b.example" in settings.user_agent
    assert settings.db == tmp_path / "other.db"
    assert load().db.name == "lectern.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LECTERN_WATCH_MINUTES", "1"),
        ("LECTERN_WATCH", "perhaps"),
        ("LECTERN_DATABASE", "mysql://lectern@db/lectern"),
        ("LECTERN_DISCORD_API", "ftp://example.org"),
        ("LECTERN_DISCORD_GATEWAY", "https://example.org"),
        ("LECTERN_LLM_BASE_URL", "nonsense"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_addresses_carry_no_slash_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_DISCORD_API", "http://127.0.0.1:8080/api/v10/")
    assert load().discord_api == "http://127.0.0.1:8080/api/v10"


def test_a_token_comes_from_its_setting_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load().read_token() is None
    (tmp_path / "token").write_text("from-a-file\n")
    monkeypatch.setenv("LECTERN_TOKEN_FILE", str(tmp_path / "token"))
    assert load().read_token() == "from-a-file"
    monkeypatch.setenv("LECTERN_TOKEN", "from-the-environment")
    assert load().read_token() == "from-the-environment"
    monkeypatch.delenv("LECTERN_TOKEN")
    monkeypatch.setenv("LECTERN_TOKEN_FILE", str(tmp_path / "absent"))
    with pytest.raises(SettingsError, match="absent"):
        load().read_token()


def test_secrets_are_neither_shown_nor_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_TOKEN", "s3cret-token")
    monkeypatch.setenv("LECTERN_LLM_API_KEY", "s3cret-key")
    settings = load()
    assert "s3cret" not in repr(settings) + str(settings)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(RedactingFormatter(settings))
    logger = logging.Logger("made")
    logger.addHandler(handler)
    try:
        raise ValueError("with s3cret-token inside")
    except ValueError:
        logger.exception("Authorization: Bot %s", "s3cret-token")
    logger.warning("s3cret-key")
    try:
        raise ConnectionError("the network is gone")
    except ConnectionError:
        logger.exception("Not now")
    assert "s3cret" not in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert written.getvalue().endswith("Not now (ConnectionError: the network is gone)\n")


def test_the_example_names_every_setting() -> None:
    example = EXAMPLE.read_text("utf-8")
    for name in Settings.model_fields:
        assert f"{PREFIX}{name.upper()}=" in example, name


def test_the_example_changes_nothing() -> None:
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


@pytest.mark.parametrize(
    ("secret", "address"),
    [
        ("LECTERN_TOKEN", "LECTERN_DISCORD_API=https://evil.example"),
        ("LECTERN_TOKEN_FILE", "LECTERN_DISCORD_GATEWAY=wss://evil.example"),
        ("LECTERN_LLM_API_KEY", "lectern_llm_base_url=https://evil.example"),
    ],
)
def test_a_file_in_the_folder_does_not_send_a_secret_of_the_environment_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str, address: str
) -> None:
    (tmp_path / ".env").write_text(f"{address}\n")
    assert load()
    monkeypatch.setenv(secret, "a secret")
    with pytest.raises(SettingsError, match=secret) as caught:
        load()
    assert "a secret" not in str(caught.value)
    monkeypatch.setenv(address.split("=")[0].upper(), address.split("=")[1])
    assert load(), "the environment names the host itself"
    monkeypatch.delenv(address.split("=")[0].upper())
    monkeypatch.delenv(secret)
    (tmp_path / ".env").write_text(f"{address}\n{secret}=a secret\n")
    assert load(), "both are in the file"


def test_passwords_in_addresses_are_never_shown() -> None:
    settings = Settings(_env_file=None, llm_base_url="http://ada:p%40ss-word@127.0.0.1:1/v1")
    assert without_user(settings.llm_base_url or "") == "http://127.0.0.1:1/v1"
    record = logging.LogRecord("x", logging.INFO, "x", 1, f"{settings.llm_base_url} and p@ss-word", None, None)
    shown = RedactingFormatter(settings).format(record)
    assert "word" not in shown and "127.0.0.1" in shown


def test_the_compose_file_starts_two_hosts_with_settings_that_there_are() -> None:
    services = yaml.safe_load(EXAMPLE.with_name("compose.yaml").read_text("utf-8"))["services"]
    hosts = [service for service in services.values() if "LECTERN_DATABASE" in service["environment"]]
    assert len(hosts) == 2
    for host in hosts:
        named = {name for name in host["environment"] if name.startswith(PREFIX)}
        assert named <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
        assert "LECTERN_TOKEN" not in named, "secrets are read from files"
    assert hosts[0]["volumes"] != hosts[1]["volumes"], "each has papers of its own"


def test_the_address_of_the_database_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_DATABASE", "postgresql://lectern:hush@db/lectern")
    settings = load()
    assert "hush" in settings.secrets()
    assert "hush" not in repr(settings)
