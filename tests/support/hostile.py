"""Hypothesis strategies for what strangers send: addresses, and texts with characters that are not seen."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTS = st.lists(
    st.sampled_from([
        *("a", "b-", "-c", ".", "..", "com", "bc", "example.org", "münchen", "xn--p1ai", "xn--zz-", "_x", "1", "127.0.0.1", "[::1]", "[::1"),
        *("localhost", "%2e", "\u200b", "\u3002", "\ud800", "💩", "@", "user:word@", "a" * 63, "a" * 64),
    ]),
    max_size=5,
).map("".join)  # fmt: skip
ADDRESSES = st.one_of(
    st.text(max_size=600),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["https://", "HTTPS://", "http://", "hTTp://", "https:", "https:/", "//", "ftp://", "javascript://", " https://"]),
        HOSTS,
        st.sampled_from(["", ":", ":x", ":0", ":80", ":443", ":65535", ":65536", ":-1", ":８０", ":1e3"]),
        st.lists(
            st.sampled_from([*"/?#&=%()[]{}|`'*_~!;,:@+$ \\\n\"<>", "%zz", "%41", "%e2%80%ae", "\u202e", "é", "..", "\ud800", "x" * 300]),
            max_size=8,
        ).map("".join),
    ),
)  # fmt: skip
"""Addresses of every kind, few of which may be followed."""

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([
            *("{", "}", "\\", "\\{", "\\}", '"', "%", "#", "@article{x,", "@comment{", "},note={\\input{x}", "\n}\n@misc{y,", ",", "=", "~"),
            *("\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\nER  - \nTY  - JOUR\nTI  - x", "\t", " ", " and ", "and", "others", ", Jr."),
            *("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2060", "\u00ad", "\x00", "\x1b[2J"),
            *("`", "```", "````", "`\u200b``", "Ada", "Byron", "é", "漢", "e\u0301", "😀", "[", "]", "$x$", "^", "_", "&"),
        ]),
        max_size=8,
    ).map("".join),
)  # fmt: skip
"""Texts that would end a field, entry, line or block, turn the direction of writing, or be read as a list of names."""
