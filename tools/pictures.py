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
from playwright.sync_api import Browser, Page, sync_playwright

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


@contextmanager
def playground() -> Iterator[str]:
    """The address of #lounge in a playground with a new store."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "playground"], env=environment(Path(folder), PYTHONUNBUFFERED="1"),
            cwd=folder, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://127\S+", line)))
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()


def type_command(page: Page, command: str, value: str) -> None:
    """Type a slash command and its first option, up to the suggestions for it."""
    composer = page.locator("#channel-composer-input")
    composer.click()
    composer.press_sequentially(f"/{command}", delay=20)
    page.wait_for_timeout(500)
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
    context = browser.new_context(viewport={"width": width, "height": POPUP_HEIGHT}, device_scale_factor=2)
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(1500)
    if page.locator("#messages-toggle").get_attribute("aria-expanded") == "true":
        page.locator("#messages-toggle").click()
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
    context.close()


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
        browser.close()


if __name__ == "__main__":
    main()
