"""Only addresses that may be followed, in one form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.models import Identifier
from store.text.web_addresses import LONGEST, normalised, of_identifier
from tests.support.hostile import ADDRESSES
from tests.wire import message_rules


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("HTTPS://Example.ORG/A", "https://example.org/A"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8080", "https://example.org:8080"),
        ("https://münchen.example/ä?q=ü#ß", "https://xn--mnchen-3ya.example/%C3%A4?q=%C3%BC#%C3%9F"),
        ("https://example.org/\u202egpj", "https://example.org/%E2%80%AEgpj"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("https://example.org/%7Ea%2Fb", "https://example.org/~a%2Fb"),
        (" https://example.org ", "https://example.org"),
        ("https://a.b.xn--p1ai/", "https://a.b.xn--p1ai/"),
    ],
)
def test_an_address_has_one_form(address: str, normal: str) -> None:
    assert normalised(address) == normal


@pytest.mark.parametrize(
    "address",
    [
        *("https://a.b:x/", "https://example.org:99999/", "https://example.org:0/", "https://example.org:-1/"),
        *("https://.com/", "https://a..com/", "https://-a.com/", "https://a-.com/", "https://a_b.com/", "https://a.b/"),
        *("https://localhost/", "https://[::1]/", "https://[::1", "https://127.0.0.1/", "https://1.2.3/", "https://0x7f.1/"),
        *("https://user@example.org/", "https://user:word@example.org/", "https://:word@example.org/", "https://@example.org/", "0://[]@", "https://[]@/", "https://a%2eb.com/"),
        *("https:///example.org", "https:example.org", "https:/example.org", "//example.org", "example.org", "https://", ""),
        *("javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "discord://-/settings", "javascript://a.bc/%0aalert(1)"),
        *("https://example.org/a b", "https://example.org/\na", "https://example.org\\@a.com/", 'https://example.org/"'),
        *(f"https://{'a' * 64}.com/", f"https://{'a.' * 127}com/", "https://a\u200bb.com/", "https://\ud800.com/"),
    ],
)  # fmt: skip
def test_what_is_not_to_be_followed_is_none(address: str) -> None:
    assert normalised(address) is None


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (1, False)])
@pytest.mark.parametrize("character", ["a", "ä"])
def test_an_address_is_as_long_as_a_button_takes(character: str, spare: int, fits: bool) -> None:
    head, size = "https://example.org/", len("%C3%A4") if character == "ä" else 1
    count, rest = divmod(LONGEST - len(head), size)
    assert (normalised(head + "b" * rest + character * count + "b" * spare) is not None) == fits


@given(ADDRESSES)
def test_a_normal_form_is_one_that_discord_takes_and_its_own(address: str) -> None:
    normal = normalised(address)
    if normal is not None:
        assert normalised(normal) == normal
        assert re.fullmatch(r"https?://[!-~]+", normal)
        button = {"type": 2, "style": 5, "label": "x", "url": normal}
        assert message_rules.check_message_payload({"components": [{"type": 1, "components": [button]}]}) == []


@given(st.from_regex(r"10\.[0-9]{4,9}/[!-~]{1,60}", fullmatch=True))
def test_a_doi_leads_to_its_resolver_whatever_is_in_it(doi: str) -> None:
    address = of_identifier(Identifier(scheme="doi", value=doi))
    assert address is not None
    assert address.startswith("https://doi.org/")
    assert "?" not in address and "#" not in address


def test_only_schemes_with_a_public_address_lead_somewhere() -> None:
    assert of_identifier(Identifier(scheme="arxiv", value="2411.02337")) == "https://arxiv.org/abs/2411.02337"
    assert (
        of_identifier(Identifier(scheme="acl", value="2024.acl-long.1")) == "https://aclanthology.org/2024.acl-long.1"
    )
    assert of_identifier(Identifier(scheme="url", value="https://example.org/")) is None
