"""Pictures of every view of authors' pages, wide and phone-sized, to look at: `python -m tools.page_pictures NAME ...`.

They are taken in the playground, with the papers that it begins with or those of a store (extra `pictures`).
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.pictures import FLAGS, SIZES, last_message, opened, playground, send, type_command

VIEWS: dict[str, tuple[str, ...]] = {
    "page": (),
    "papers": ("All papers",),
    "cited": ("All papers", "Most cited"),
    "lines": ("All papers", "In one line each"),
    "people": ("People",),
    "latest": ("People", "Latest first"),
    "new": ("What is new", "Last year"),
}
"""The buttons that lead to each view from the page; those that a page lacks are passed over."""
_WAIT_MS = 2500


def take_pictures(page: Page, name: str, out: Path, size: str) -> None:
    """Every view of an author in one size of window."""
    for view, buttons in VIEWS.items():
        # What is typed as it is suggested stays open as a suggestion.
        type_command(page, "author", name.lower())
        send(page)
        if "Several people fit" in last_message(page).inner_text():
            last_message(page).screenshot(path=out / f"{_file_name(name)}-choice{size}.png")
            last_message(page).get_by_role("button", name="1", exact=True).click()
            page.wait_for_timeout(_WAIT_MS)
        for label in buttons:
            button = last_message(page).get_by_role("button", name=label, exact=True)
            if button.count():
                button.click()
                page.wait_for_timeout(_WAIT_MS)
        page.mouse.move(1, 1)
        page.wait_for_timeout(500)
        last_message(page).screenshot(path=out / f"{_file_name(name)}-{view}{size}.png")


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def all_pictures(browser: Browser, names: list[str], out: Path, options: tuple[str, ...]) -> None:
    """Every view of every author in every size, each size in a playground of its own."""
    for size, (width, height) in SIZES.items():
        with playground(*options) as url:
            page = opened(browser, url, width, 2 * height)
            for name in names:
                take_pictures(page, name, out, size)
            page.context.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--db", type=Path, help="the store; it is written to")
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's program")
    arguments = parser.parse_args()
    arguments.out.mkdir(exist_ok=True, parents=True)
    options = ("--db", str(arguments.db.resolve())) if arguments.db else ()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS)
        all_pictures(browser, arguments.names, arguments.out, options)
        browser.close()


if __name__ == "__main__":
    main()
