"""What `/add` asks of services: papers by their ids, never an address that a stranger chose."""

from __future__ import annotations

from tests.attacks.scene import Attack, Scene


async def addresses_to_fetch(scene: Scene) -> None:
    """Addresses of files, of the machine itself and of cloud metadata, alone and as an arXiv id or DOI."""
    secret = scene.services.secret
    targets = (
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        secret,
        f"gopher://{secret[7:]}",
        "http://[::1]:80/",
    )
    for target in targets:
        for entry in (
            target,
            f"arXiv:{target}",
            f"https://doi.org/{target}",
            f"@misc{{a, title={{x}}, url={{{target}}}}}",
        ):
            text = await scene.add(entry)
            assert "root:" not in text
            assert "secret" not in text.replace(secret, "")
    assert scene.services.led_to == 0, "the machine was asked"


async def a_redirect_to_the_machine(scene: Scene) -> None:
    """A DOI for which the service redirects to another name of the machine."""
    scene.services.redirects.add("10.5555/led")
    await scene.add("10.5555/led")
    assert scene.services.led_to == 0, "the redirect was followed"


async def paths_in_an_identifier(scene: Scene) -> None:
    """A DOI with `..`, a query and a fragment in it, which would lead to another address of the service."""
    for doi in ("10.5555/../../secret", "10.5555/%2e%2e/%2e%2e/secret", "10.5555/x?y=z#w", "10.5555//../../../secret"):
        await scene.add(doi)
    assert scene.services.led_to == 0, "another address of the service was asked"


ATTACKS: tuple[Attack, ...] = (
    addresses_to_fetch,
    a_redirect_to_the_machine,
    paths_in_an_identifier,
)
