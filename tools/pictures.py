"""The README's pictures, from the playground in a headless Chromium: `python -m tools.pictures` (extra `pictures`)."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.bot.conftest import environment

FOLDER = Path(__file__).parent.parent / "docs" / "images"
SIZES = {"": (1100, 1300), "-phone": (390, 1700)}
"""Sizes of the window, by the ending of the picture's name: a desktop and a phone, tall enough for a whole card."""
POPUP_HEIGHT = 480
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--force-color-profile=srgb", "--font-render-hinting=none",
]  # fmt: skip
SCENES = {"author": ("author", "zehan qui"), "paper": ("paper", "web rl")}
SUGGESTED = ("paper", "know")


TEAM, LONE = "Ada Example", "Hana Sample"
"""Made people: a name of three, and a name of one."""
LONGEST_WAIT_MS = 60_000


@contextmanager
def playground(*options: str) -> Iterator[str]:
    """The address of #lounge in a playground with a new store; only made services are asked."""
    with tempfile.TemporaryDirectory() as folder:
        watching = str("--services" in options).lower()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "playground", *options],
            env=environment(Path(folder), PYTHONUNBUFFERED="1", LECTERN_WATCH=watching),
            cwd=folder, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://127\S+", line)))
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()


def begin_command(page: Page, command: str) -> None:
    """Type the name of a slash command."""
    composer = page.locator("#channel-composer-input")
    composer.click()
    composer.press_sequentially(f"/{command}", delay=20)
    page.wait_for_timeout(500)


def type_command(page: Page, command: str, value: str) -> None:
    """Type a slash command and its first option, up to the suggestions for it."""
    begin_command(page, command)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    page.keyboard.type(value, delay=20)
    page.locator(".command-popup, [role=listbox]").last.wait_for()
    page.wait_for_timeout(1500)


def send(page: Page) -> None:
    """Choose the first suggestion and send."""
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    page.wait_for_timeout(2500)


def take_pictures(browser: Browser, url: str, size: str) -> None:
    """All pictures in one size of window."""
    width, height = SIZES[size]
    page = opened(browser, url, width, POPUP_HEIGHT)
    type_command(page, *SUGGESTED)
    page.keyboard.press("Home")
    save(page.locator("#preview-stage").screenshot(), f"autocomplete{size}")
    page.reload()
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(1500)
    last = page.locator("#channel-message-list > :last-child")
    for name, (command, value) in SCENES.items():
        type_command(page, command, value)
        send(page)
        save(last.screenshot(), f"{name}{size}")
    last.get_by_role("button", name="Summary").click()
    page.mouse.move(1, 1)  # so that the message shows no buttons for the pointer above it
    page.wait_for_timeout(2500)
    save(last.screenshot(), f"summary{size}")
    page.context.close()


def take_pictures_of_people(browser: Browser, url: str, size: str) -> None:
    """People whom services found, and one of them while their papers come."""
    page = opened(browser, url, *SIZES[size])
    type_command(page, "author", TEAM)
    send(page)
    save_when(page, "Found outside", f"people{size}")
    last_message(page).get_by_role("button", name="1", exact=True).click()
    save_when(page, "Fetching from", f"filling{size}")
    page.context.close()


def take_picture_of_setup(browser: Browser, url: str, size: str) -> None:
    """What `/setup` proposes, with its volume."""
    page = opened(browser, url, *SIZES[size])
    begin_command(page, "setup")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    for field, value in (("people", LONE), ("categories", "cs.CL"), ("words", "looms\nlanterns")):
        page.locator(f".modal-field [name={field}]").fill(value)
    page.locator(".modal-dialog [type=submit]").click()
    last_message(page).get_by_role("button", name="Fetch the papers").click(timeout=LONGEST_WAIT_MS)
    save_when(page, "that arXiv announced", f"setup{size}")
    page.context.close()


def last_message(page: Page) -> Locator:
    """The last message of the channel."""
    return page.locator("#channel-message-list > :last-child")


def save_when(page: Page, words: str, name: str) -> None:
    """The picture of the last message, once it says that."""
    last_message(page).get_by_text(words).first.wait_for(timeout=LONGEST_WAIT_MS)
    page.mouse.move(1, 1)
    page.wait_for_timeout(700)
    save(last_message(page).screenshot(), name)


def opened(browser: Browser, url: str, width: int, height: int) -> Page:
    """The page of the channel in a window of that size, without its list of pages."""
    page = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=2).new_page()
    page.goto(url)
    page.wait_for_timeout(1500)
    if page.locator("#messages-toggle").get_attribute("aria-expanded") == "true":
        page.locator("#messages-toggle").click()
    return page


def save(picture: bytes, name: str) -> None:
    """Write a picture with 128 colours, enough for text and much smaller."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(128).save(FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's program")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS)
        for size in SIZES:
            with playground() as url:
                take_pictures(browser, url, size)
            # Each in a store of its own, as papers that are still coming keep the playground busy.
            for take in (take_pictures_of_people, take_picture_of_setup):
                with playground("--services") as url:
                    take(browser, url, size)
        browser.close()


if __name__ == "__main__":
    main()
