"""The checks of bodies: good ones pass, and each kind of bad one is named, with the OpenAPI description or without."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import command_rules, conformance, message_rules, payloads
from tests.wire.payloads import V2, Json

needs_description = pytest.mark.skipif(
    conformance.description() is None, reason="../shared/discord/openapi.json is not beside the checkout"
)


def text(content: str = "x") -> Json:
    return {"type": 10, "content": content}


def button(**fields: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | fields


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components or [button()])}


def layout(*components: Json, **fields: Any) -> Json:
    return {"flags": V2, "components": list(components)} | fields


def command(**fields: Any) -> Json:
    return {"name": "paper", "description": "One card", "type": 1} | fields


def option(name: str, **fields: Any) -> Json:
    return {"name": name, "description": "x", "type": 3} | fields


SECTION = {"type": 9, "components": [text()], "accessory": button(custom_id="s")}
CARD = layout({"type": 17, "accent_color": 0xFF, "components": [text(), SECTION, {"type": 14}, row(button(label="A"))]})

GOOD_MESSAGES: dict[str, Json] = {
    "content": {"content": "x" * 2000, "nonce": "1" * 25, "enforce_nonce": True},
    "card": CARD,
    "forty": layout(*(text() for _ in range(40))),
    "text of 4000": layout(text("x" * 3999), text("y")),
    "link": {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "url": "https://a.bc"})]},
    "select": {"components": [row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "b"}]})]},
    "embed": {"embeds": [{"title": "t", "timestamp": "2026-08-06T00:00:00+00:00", "url": "https://a.bc"}]},
}

# The 22 kinds of bad body that Discord's description lets pass, from facts.md: on messages ...
UNDESCRIBED_MESSAGES: dict[str, tuple[Json, str]] = {
    "content of 2001": ({"content": "x" * 2001}, "2001"),
    "empty": ({}, "empty"),
    "embeds of 6001": ({"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]}, "6001"),
    "empty field value": ({"embeds": [{"fields": [{"name": "a", "value": " "}]}]}, "fields.value"),
    "bad url": ({"embeds": [{"title": "x", "url": "not a url"}]}, "URL"),
    "bad timestamp": ({"embeds": [{"title": "x", "timestamp": "yesterday"}]}, "timestamp"),
    "unknown field": ({"content": "x", "colour": 1}, "unknown field colour"),
    "six rows": ({"components": [row(button(custom_id=str(n))) for n in range(6)]}, "6 rows"),
    "custom_id twice": ({"components": [row(button(), button())]}, "2 times"),
    "link with custom_id": ({"components": [row(button(style=5, url="https://a.bc"))]}, "url alone"),
    "v2 with content": (layout(text(), content="x"), "content: not allowed"),
    "v2 without flag": ({"components": [text()]}, "needs the flag"),
    "41 nested": (layout({"type": 17, "components": [text() for _ in range(40)]}), "41 counted"),
    "4001 of text": (layout(text("x" * 4000), text("y")), "4001 characters of text"),
}
# ... and on commands and answers.
UNDESCRIBED_COMMANDS: dict[str, tuple[list[Json], str]] = {
    "name with capitals": ([command(name="Paper")], "pattern"),
    "name with a space": ([command(name="a paper")], "pattern"),
    "no description": ([{"name": "paper", "type": 1}], "description"),
    "required after optional": ([command(options=[option("a"), option("b", required=True)])], "required"),
    "option twice": ([command(options=[option("a"), option("a")])], "twice"),
    "command twice": ([command(), command()], "twice"),
    "101 commands": ([command(name=f"c{n}") for n in range(101)], "101"),
}
UNDESCRIBED_ANSWERS: dict[str, tuple[Json, str]] = {
    "reply without data": ({"type": 4}, "missing"),
    "form of 6 rows": (
        {
            "type": 9,
            "data": {
                "title": "t",
                "custom_id": "m",
                "components": [
                    {"type": 1, "components": [{"type": 4, "custom_id": str(n), "style": 1, "label": "x"}]}
                    for n in range(6)
                ],
            },
        },
        "6 in a modal",
    ),
}

OTHER_BAD_MESSAGES: dict[str, tuple[Json, str]] = {
    "label of 81": ({"components": [row(button(label="x" * 81))]}, "81"),
    "custom_id of 101": ({"components": [row(button(custom_id="x" * 101))]}, "101"),
    "url of 513": ({"components": [row({"type": 2, "style": 5, "url": "https://a.bc/" + "x" * 500})]}, "512"),
    **{
        f"url {url}": ({"components": [row({"type": 2, "style": 5, "label": "x", "url": url})]}, "not a URL")
        for url in ("HTTPS://a.bc/", "https://a.bc:x/", "https://.com/", "https://a.bc:65536/", "https://a.bc/ä")
    },
    "button without label": ({"components": [row({"type": 2, "style": 1, "custom_id": "x"})]}, "label"),
    "six buttons": ({"components": [row(*(button(custom_id=str(n)) for n in range(6)))]}, "1 to 5"),
    "container in container": (layout({"type": 17, "components": [{"type": 17, "components": [text()]}]}), "17"),
    "section of 4": (layout({**SECTION, "components": [text() for _ in range(4)]}), "1 to 3"),
    "section without accessory": (layout({"type": 9, "components": [text()]}), "accessory"),
    "empty text": (layout(text("")), "1 to 4000"),
    "nonce of 26": ({"content": "x", "nonce": "1" * 26}, "nonce"),
    "26 options": (
        {
            "components": [
                row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": str(n)} for n in range(26)]})
            ]
        },
        "26",
    ),
    "text in a row": (layout(row(text())), "row"),
}


@pytest.mark.parametrize("body", GOOD_MESSAGES.values(), ids=GOOD_MESSAGES)
def test_good_messages_pass(body: Json) -> None:
    assert conformance.check_message_payload(body) == []


def test_good_commands_and_answers_pass() -> None:
    assert conformance.check_commands([command(options=[option("a", required=True), option("b")])]) == []
    assert conformance.check_commands([command(name="論文"), {"name": "Look up papers", "type": 3}]) == []
    assert conformance.check_callback({"type": 4, "data": CARD}) == []
    assert conformance.check_callback({"type": 5, "data": {"flags": 64}}) == []
    assert conformance.check_callback({"type": 8, "data": {"choices": [{"name": "a", "value": "b"}]}}) == []


@pytest.mark.parametrize(
    ("body", "named"),
    [*UNDESCRIBED_MESSAGES.values(), *OTHER_BAD_MESSAGES.values()],
    ids=[*UNDESCRIBED_MESSAGES, *OTHER_BAD_MESSAGES],
)
def test_bad_messages_are_named_by_our_own_rules(body: Json, named: str) -> None:
    assert named in "\n".join(message_rules.check_message_payload(body))


@pytest.mark.parametrize(("body", "named"), UNDESCRIBED_COMMANDS.values(), ids=UNDESCRIBED_COMMANDS)
def test_bad_commands_are_named(body: list[Json], named: str) -> None:
    assert named in "\n".join(command_rules.check_commands(body))


@pytest.mark.parametrize(("body", "named"), UNDESCRIBED_ANSWERS.values(), ids=UNDESCRIBED_ANSWERS)
def test_bad_answers_are_named(body: Json, named: str) -> None:
    assert named in "\n".join(command_rules.check_callback(body))


def test_other_bad_answers_and_commands_are_named() -> None:
    choices = [{"name": "a", "value": str(n)} for n in range(26)]
    assert "26" in command_rules.check_callback({"type": 8, "data": {"choices": choices}})[0]
    assert "EPHEMERAL" in command_rules.check_callback({"type": 5, "data": {"flags": V2}})[0]
    both = option("a", autocomplete=True, choices=[{"name": "x", "value": "x"}])
    assert "exclude" in command_rules.check_commands([command(options=[both])])[0]
    long = [option(f"o{n}", choices=[{"name": "x" * 99, "value": f"{m}"} for m in range(25)]) for n in range(4)]
    assert any("8000" in problem for problem in command_rules.check_commands([command(options=long)]))


def test_an_edit_is_judged_by_what_it_makes_of_the_message() -> None:
    before = {"flags": V2, "content": "", "embeds": [], "components": [text()], "attachments": []}
    assert message_rules.check_message_payload({"components": [text("new")]}, edits=before) == []
    assert "content: not allowed" in message_rules.check_message_payload({"content": "x"}, edits=before)[0]
    assert "empty" in message_rules.check_message_payload({"components": []}, edits=before)[0]


def test_a_picture_of_a_card_is_sent_with_it_and_described() -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://years.png"}, "description": "Papers by year"}]}
    sent = {**layout(gallery), "attachments": [{"id": 0, "filename": "years.png"}]}
    assert message_rules.check_message_payload(sent) == []
    assert "is not sent with the message" in message_rules.check_message_payload(layout(gallery))[0]
    gallery["items"] = [{"media": {"url": "attachment://years.png"}, "description": "x" * 1025}]
    assert "gallery.description" in message_rules.check_message_payload(sent)[0]
    (answered,) = payloads.answered_components(
        [gallery], [{"filename": "years.png", "id": "0", "url": "u", "proxy_url": "p"}]
    )
    assert answered["items"][0]["media"] == {"id": "0", "url": "u", "proxy_url": "p"}


@needs_description
def test_the_description_finds_what_it_can_and_lets_the_rest_pass() -> None:
    described = conformance.description()
    assert described is not None
    for body, _ in UNDESCRIBED_MESSAGES.values():
        assert described.request(*conformance.CREATE_MESSAGE, body) == []
    assert any(
        "81" in p or "too long" in p
        for p in described.request(*conformance.CREATE_MESSAGE, {"components": [row(button(label="x" * 81))]})
    )


@needs_description
def test_an_error_in_a_union_is_that_of_the_branch_that_was_meant() -> None:
    described = conformance.description()
    assert described is not None
    body = layout({"type": 17, "components": [{**SECTION, "components": [text("")]}]})
    problems = described.request(*conformance.CREATE_MESSAGE, body)
    assert len(problems) == 1
    assert problems[0].startswith("components.0.components.0.components.0.content")


@given(st.lists(st.integers(0, 4001) | st.integers(1, 100), max_size=45))
def test_a_layout_passes_exactly_when_it_keeps_the_limits(lengths: list[int]) -> None:
    body = layout(*(text("x" * length) for length in lengths))
    keeps = 1 <= len(lengths) <= 40 and sum(lengths) <= 4000 and all(lengths)
    assert (message_rules.check_message_payload(body) == []) == keeps
