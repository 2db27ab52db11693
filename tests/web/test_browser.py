"""A page in a headless Chromium, where one is installed: it looks as meant, and nothing in it runs or loads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.guilds.channels import arrive, deliver, record
from tests.support.made import arxiv, names
from tests.web.serving import served
from tests.web.test_server import HOSTILE, followed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ABSTRACT = (
    "Agents that act on the web need memory. We show that a small one is enough, and measure it on six tasks. " * 4
)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_page_fits_its_window_and_runs_nothing(tmp_path: Path, width: int, scheme: str) -> None:
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    async with served(tmp_path / "lectern.db") as site:
        subject = await followed(site)
        await arrive(
            site.library.db,
            record(
                "Web Agents With a Small Memory",
                authors=names("Ada Byron", "Bo Dee", "Zehan Qi"),
                abstract=ABSTRACT,
                identifiers=arxiv("2601.00001"),
                category="cs.CL",
                published="2026-02-27",
                venue="ACL",
            ),
            *(record(f"Agents {text}", abstract=text, authors=names(f"Ada {text}")) for text in HOSTILE),
            record("Agents " + "Without" * 40, authors=names(*(f"Ada the {n}th" for n in range(80)))),
        )
        await deliver(site.library.db)
        address = await site.make(subject)
        async with playwright.async_playwright() as started:
            browser = await started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            told: list[str] = []
            asked: list[str] = []
            page.on("console", lambda message: told.append(message.text))
            page.on("dialog", lambda dialog: told.append(dialog.message))
            page.on("request", lambda request: asked.append(request.url))
            url = f"{site.url}/p/{address.key}"
            await page.goto(url)
            await page.locator("summary").first.click()
            scroll = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            await page.screenshot(path=tmp_path / f"page_{width}_{scheme}.png", full_page=True)
            await browser.close()
        assert scroll[0] <= scroll[1] == width
        assert not told and asked == [url]
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(24, 24, 28)"}[scheme]
