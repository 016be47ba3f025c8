"""The Compose file: by its schema, and by what the services, the front door and the realm really read."""

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy.told import IMAGE, names, read, wrong
from pydantic import HttpUrl
from sqlalchemy.engine import make_url

from carnet.kernel.engines import check_addresses
from carnet.kernel.service import CONTEXTS
from carnet.kernel.web.identity import ROLES

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
CORE = {*CONTEXTS, "front", "kafka", "eventstore", "postgres", "login", "mail"}
WATCHING = {"collector", "prometheus", "grafana"}


@pytest.fixture
def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:\?[^}]*\}", "secret", FILE.read_text()))
    return deepcopy(made)  # anchors share what a test may change


def environment(compose: dict[str, Any], name: str) -> dict[str, str]:
    found: dict[str, str] = compose["services"][name]["environment"]
    return found


def at(address: str) -> tuple[str, int]:
    """Give host and port of a URL."""
    url = make_url(address)
    assert url.host
    assert url.port
    return url.host, url.port


def test_it_is_a_compose_file() -> None:
    checker = [
        str(Path(sys.executable).with_name("check-jsonschema")),
        "--builtin-schema",
        "vendor.compose-spec",
        str(FILE),
    ]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_each_part_has_one_profile(compose: dict[str, Any]) -> None:
    of = {(name, profile) for name, service in compose["services"].items() for profile in service["profiles"]}
    assert of == {(name, "core") for name in CORE} | {(name, "observability") for name in WATCHING}


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_service_reads_all_that_it_is_told_and_is_told_all_that_it_needs(
    compose: dict[str, Any], context: str
) -> None:
    told = environment(compose, context)
    assert wrong(context, told) == []
    check_addresses(read(context, told))


def test_what_nobody_reads_and_what_is_missing_are_found(compose: dict[str, Any]) -> None:
    told = {**environment(compose, "objects"), "CARNET_SMTP": "smtp://mail:1025"}
    del told["CARNET_STORE"]
    assert wrong("objects", told) == ["objects reads no CARNET_SMTP", "objects needs CARNET_STORE"]


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_address_is_a_part_of_the_file(compose: dict[str, Any], context: str) -> None:
    told = environment(compose, context)
    listens = {"kafka": 9092, "eventstore": 2113, "postgres": 5432, "mail": 1025}
    bus, store, database = (told[f"CARNET_{name}"] for name in ("BUS", "STORE", "DATABASE"))
    reached = dict(map(at, [bus, store, database, *([told["CARNET_SMTP"]] if context == "notifications" else [])]))
    assert reached == {name: port for name, port in listens.items() if name in reached}
    assert set(reached) <= set(compose["services"])
    assert (make_url(database).username, make_url(database).database) == (context, context)
    assert context in environment(compose, "postgres")["CONTEXTS"].split()
    assert told["CARNET_PEERS"] == f"http://{{context}}:{IMAGE['CARNET_PORT']}"


def test_the_front_door_knows_each_service_and_is_where_they_say(compose: dict[str, Any]) -> None:
    told = environment(compose, "front")
    (template,) = (volume.split(":") for volume in compose["services"]["front"]["volumes"])
    asked = set(re.findall(r"\$\{(\w+)\}", (ROOT / template[0]).read_text()))
    assert asked == set(told)
    for context in CONTEXTS:
        assert told[f"FRONT_{context.upper()}"].startswith(f"server {context}:{IMAGE['CARNET_PORT']} ")
        front = read(context, environment(compose, context)).front
        assert isinstance(front, HttpUrl)
        assert f"127.0.0.1:{front.port}:{told['FRONT_LISTEN']}" in compose["services"]["front"]["ports"]


def test_the_realm_gives_what_a_service_looks_for(compose: dict[str, Any]) -> None:
    settings = read("objects", environment(compose, "objects"))
    realm = json.loads((ROOT / "deploy/compose/realm.json").read_text())
    scopes = {each["name"]: each["protocolMappers"] for each in realm["clientScopes"]}
    mappers = {each["name"]: each["config"] for each in scopes["carnet"]}
    for client in realm["clients"]:  # a realm that brings scopes of its own has none of Keycloak's
        assert set(settings.scope.split()) - {"openid"} <= set(client["defaultClientScopes"]) <= scopes.keys()
    assert [each["protocolMapper"] for each in scopes["profile"]] == ["oidc-full-name-mapper"]
    assert {role["name"] for role in realm["roles"]["realm"]} == set(ROLES)
    assert mappers["audience"]["included.custom.audience"] == settings.audience
    assert mappers["roles"]["claim.name"] == settings.roles_claim
    login = compose["services"]["login"]
    assert isinstance(settings.issuer, HttpUrl)
    assert settings.issuer.path == f"/realms/{realm['realm']}"
    assert login["networks"]["default"]["aliases"] == [settings.issuer.host]
    assert f"--http-port={settings.issuer.port}" in login["command"]


def test_every_file_that_is_mounted_is_there(compose: dict[str, Any]) -> None:
    mounted = [volume for service in compose["services"].values() for volume in service.get("volumes", [])]
    files = [volume.split(":")[0] for volume in mounted if volume.startswith(".")]
    assert len(files) > 5
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_a_service_may_do_little(compose: dict[str, Any]) -> None:
    for context in CONTEXTS:
        service, drain = compose["services"][context], read(context, environment(compose, context)).drain
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert any(each.startswith(f"{IMAGE['CARNET_DATA']}:") for each in service["tmpfs"])
        assert float(service["stop_grace_period"].removesuffix("s")) > drain


def test_prometheus_asks_each_service_and_grafana_finds_its_dashboards(compose: dict[str, Any]) -> None:
    asked = yaml.safe_load((ROOT / "deploy/observability/prometheus.yml").read_text())["scrape_configs"]
    targets = {(each["metrics_path"], *each["static_configs"][0]["targets"]) for each in asked}
    assert targets == {(f"/{context}/metrics", f"{context}:{IMAGE['CARNET_PORT']}") for context in CONTEXTS}
    provided = yaml.safe_load((ROOT / "deploy/observability/grafana/dashboards.yml").read_text())["providers"]
    mounted = compose["services"]["grafana"]["volumes"]
    assert f"./deploy/observability/dashboards:{provided[0]['options']['path']}:ro" in mounted


def test_traces_go_to_the_collector_and_from_there_to_something_that_takes_them(compose: dict[str, Any]) -> None:
    collector = yaml.safe_load((ROOT / "deploy/observability/collector.yml").read_text())
    listens = collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    for context in CONTEXTS:
        host, port = at(environment(compose, context)["CARNET_OTLP"])
        assert (host in compose["services"], listens) == (True, f"0.0.0.0:{port}")
    for part, used in collector["service"]["pipelines"]["traces"].items():
        assert set(used) <= set(collector[part]), part


def test_the_names_of_all_settings_are_known() -> None:
    assert {"CARNET_SMTP", "CARNET_STORE"} <= names("notifications")
