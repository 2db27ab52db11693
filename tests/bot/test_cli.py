"""The command line, as a process of its own: what it prints, and its exit status."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from seeds.bundled_documents import bundled_documents
from store.storage.database import migrations
from tests.bot.conftest import ROOT, Lectern

PAGES = dict(bundled_documents())


def test_help_and_version(lectern: Lectern) -> None:
    told = lectern("--help")
    assert told.returncode == 0
    for command in (
        "run",
        "playground",
        "try",
        "import",
        "export",
        "backup",
        "merges",
        "unmerge",
        "remove",
        "edit",
        "doctor",
    ):
        assert f" {command} " in told.stdout
    assert "--db" in lectern("doctor", "--help").stdout
    assert lectern("--version").stdout.startswith("lectern ")
    assert lectern("nonsense").returncode == 2


def test_commands_about_papers_and_people_start_without_discord() -> None:
    """Loading it, and what answers there, takes longer than they do."""
    loaded = (
        "import sys, bot.cli, bot.logs, bot.file_commands, bot.paper_commands, bot.merge_commands, bot.people_commands\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    shown = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"store", "seeds"} <= set(shown.stdout.split())
    assert not {"discord", "commands", "aiohttp"} & set(shown.stdout.split())


def test_try_answers_and_presses_buttons(lectern: Lectern) -> None:
    done = lectern("try", "/author name:zehan qui", "--click", "All papers", "--click", "▶")
    assert done.returncode == 0, done.stderr
    assert "Zehan Qi" in done.stdout
    assert "Back" in done.stdout
    assert "[2 / 3]" in done.stdout
    assert not done.stderr


def test_try_prints_the_message_as_discord_has_it(lectern: Lectern) -> None:
    message = json.loads(lectern("try", "/paper title:webrl", "--json", "--as", "admin").stdout)
    assert message["flags"] & 1 << 15
    assert "WebRL" in json.dumps(message["components"])


def test_try_tells_errors_and_unknown_commands_apart(lectern: Lectern) -> None:
    wrong = lectern("try", "/search query:code:perhaps")
    assert wrong.returncode == 1
    assert "code" in wrong.stdout
    unknown = lectern("try", "/nope", "--click", "Nowhere")
    assert unknown.returncode == 2
    assert "/author" in unknown.stderr
    refused = lectern("try", "/subscribe query:agents")
    assert refused.returncode == 2
    assert "--as admin" in refused.stderr


def test_try_uses_commands_of_messages(lectern: Lectern) -> None:
    done = lectern("try", "look up papers", "--message", "see https://arxiv.org/abs/2411.02337")
    assert "2411.02337" in done.stdout


def test_import_reports_and_repeats_without_change(lectern: Lectern, tmp_path: Path) -> None:
    for name, content in PAGES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "broken.txt").write_bytes(b"\x00\xff\x00")
    first = lectern("import", "zehan-qi.txt", "broken.txt")
    assert "zehan-qi.txt: 13 new, 0 changed, 0 unchanged" in first.stdout
    assert "broken.txt:" in first.stderr
    assert first.returncode == 1
    again = lectern("import", "zehan-qi.txt")
    assert "zehan-qi.txt: 0 new, 0 changed, 13 unchanged" in again.stdout
    assert again.returncode == 0
    absent = lectern("import", "absent.txt")
    assert absent.returncode == 1 and "absent.txt: not read. No such file" in absent.stderr


def test_import_reads_standard_input(lectern: Lectern) -> None:
    lectern("try", "/help")
    exported = lectern("export").stdout
    for told in ("13 new, 0 changed, 0 unchanged", "0 new, 0 changed, 13 unchanged"):
        assert lectern("import", "-", "--db", "other.db", given=exported).stdout == f"-: {told}\n"
    before, after = (
        map(json.loads, text.splitlines()) for text in (exported, lectern("export", "--db", "other.db").stdout)
    )
    for one, other in zip(before, after, strict=True):
        for kept in (
            "title",
            "abstract",
            "authors_complete",
            "affiliations",
            "published",
            "category",
            "has_code",
            "links",
        ):
            assert one[kept] == other[kept]
    odd = lectern("import", "-", given="No paper.")
    assert odd.returncode == 1 and "no format" in odd.stderr


def test_export_holds_every_paper(lectern: Lectern, tmp_path: Path) -> None:
    lectern("try", "/help")
    rows = [json.loads(line) for line in lectern("export").stdout.splitlines()]
    assert len({row["handle"] for row in rows}) == 13
    assert all(row["sources"][0]["name"] == "zehan-qi.txt" for row in rows)
    assert lectern("export", "papers.bib", "--format", "bibtex").returncode == 0
    assert (tmp_path / "papers.bib").read_text("utf-8").count("@") == 13
    assert "No such file" in lectern("export", "absent/papers.bib").stderr
    nowhere = lectern("export", "--db", "absent.db")
    assert nowhere.returncode == 1 and "There is no store at absent.db" in nowhere.stderr
    assert not (tmp_path / "absent.db").exists()


def test_backup_is_a_whole_store(lectern: Lectern, tmp_path: Path) -> None:
    assert "no store" in lectern("backup", "copy.db").stderr
    lectern("try", "/help")
    assert lectern("backup", "copy.db").returncode == 0
    assert len(lectern("export", "--db", "copy.db").stdout.splitlines()) == 13
    again = lectern("backup", "copy.db")
    assert again.returncode == 1
    assert "exists already" in again.stderr


def test_doctor_says_what_to_do(lectern: Lectern, tmp_path: Path) -> None:
    lectern("try", "/help")
    sound = lectern("doctor", LECTERN_TOKEN="s3cret", LECTERN_DISCORD_API="http://127.0.0.1:9")
    assert sound.returncode == 1
    assert "integrity: whole" in sound.stdout
    assert "cannot be reached at http://127.0.0.1:9" in sound.stdout
    assert "s3cret" not in sound.stdout + sound.stderr
    assert "WRONG token: none" in lectern("doctor").stdout
    (tmp_path / "lectern.db").write_bytes(b"no database at all" * 100)
    broken = lectern("doctor")
    assert broken.returncode == 1
    assert "WRONG store" in broken.stdout


@pytest.mark.parametrize(
    ("command", "file", "says"),
    [
        (("try", "/help"), "damaged.db", "damaged"),
        (("try", "/help"), f"{'x' * 300}.db", "cannot be opened"),
        (("run",), "newer.db", "newer"),
        (("import", "zehan-qi.txt"), "zehan-qi.txt/x.db", "cannot be opened"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_sentence(
    lectern: Lectern, tmp_path: Path, command: tuple[str], file: str, says: str
) -> None:
    (tmp_path / "zehan-qi.txt").write_bytes(PAGES["zehan-qi.txt"])
    (tmp_path / "damaged.db").write_bytes(b"no database at all" * 100)
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        newer.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    done = lectern(*command, "--db", file, LECTERN_TOKEN="x.y.z", LECTERN_DISCORD_API="http://127.0.0.1:9")
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_run_without_a_token_says_how_to_get_one(lectern: Lectern) -> None:
    done = lectern("run")
    assert done.returncode == 1
    for needed in ("https://discord.com/developers/applications", "oauth2/authorize", "send messages", "playground"):
        assert needed in done.stderr


def test_a_bad_setting_is_one_sentence(lectern: Lectern) -> None:
    done = lectern("try", "/help", LECTERN_WATCH_MINUTES="none")
    assert done.returncode == 1
    assert done.stderr.startswith("lectern: The setting LECTERN_WATCH_MINUTES cannot be used.")


@pytest.mark.parametrize("command", [("try", "/help"), ("playground",), ("run",), ("import", "-")])
def test_a_token_file_that_is_not_there_is_one_sentence(lectern: Lectern, command: tuple[str]) -> None:
    done = lectern(*command, LECTERN_TOKEN_FILE="absent")
    assert done.returncode == 1
    assert done.stderr == "lectern: The token file absent cannot be read: No such file or directory.\n"


def test_an_entry_that_cannot_be_read_is_told_once(lectern: Lectern, tmp_path: Path) -> None:
    (tmp_path / "broken.bib").write_text("@article{a, title={A broken")
    (tmp_path / "notes.txt").write_text("No page of anybody.")
    told = lectern("import", "broken.bib", "notes.txt").stderr.splitlines()
    assert [line.partition(" ")[0] for line in told] == ["broken.bib:1:", "notes.txt:"]
