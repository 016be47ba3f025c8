"""The manifests: by Kubernetes' own schemas, and by what each service needs, hears and uses."""

import re
import subprocess
import sys
from base64 import b64decode
from importlib.metadata import version
from pathlib import Path

import kubernetes_validate
import pytest
from deploy.hearing import producers
from deploy.manifests import OVERLAYS, RELEASES, Resource, built, of, one, pod, pods
from deploy.restricted import refused
from deploy.told import IMAGE, read, wrong
from dotenv import dotenv_values
from sqlalchemy.engine import make_url

from carnet.kernel.engines import check_addresses
from carnet.kernel.service import CONTEXTS

ALL = ("dev", "prod", "prod-cron")
DOCS = OVERLAYS.parents[2] / "docs"


def told(overlay: str, context: str) -> dict[str, str]:
    """Give what a service is told by its ConfigMap and its Secret; in prod, by the example of the Secret."""
    settings, secret = (next(iter(each.values()))["name"] for each in pod(overlay, context)["containers"][0]["envFrom"])
    assert secret == f"carnet-{context}"
    return {**of(overlay, "ConfigMap")[settings]["data"], **secrets(overlay, context)}


def secrets(overlay: str, context: str) -> dict[str, str]:
    if overlay == "dev":
        return decoded(of("dev", "Secret")[f"carnet-{context}"]["data"])
    examples = [OVERLAYS / "prod/secret.example.env", OVERLAYS / f"prod/secret-{context}.example.env"]
    found = [dotenv_values(each) for each in examples if each.exists()]
    return {name: (value or "").replace("objects", context) for each in found for name, value in each.items()}


def decoded(data: dict[str, str]) -> dict[str, str]:
    return {name: b64decode(value).decode() for name, value in data.items()}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("overlay", ALL)
def test_kubernetes_would_take_it(overlay: str, release: str) -> None:
    for each in built(OVERLAYS / overlay):
        kubernetes_validate.validate(each, release, strict=True)


def test_what_kubernetes_would_not_take_is_seen() -> None:
    deployment = of("prod", "Deployment")["carnet-objects"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**deployment, "spec": {**deployment["spec"], "replica": 2}}, "1.30", strict=True)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("overlay", ALL)
def test_a_service_reads_all_that_it_is_told_and_is_told_all_that_it_needs(overlay: str, context: str) -> None:
    found = told(overlay, context)
    assert wrong(context, found) == []
    settings = read(context, found)
    check_addresses(settings)
    assert settings.production is (overlay != "dev")
    assert settings.of("objects") == f"http://carnet-objects:{IMAGE['CARNET_PORT']}"


def test_whose_rate_is_counted_is_the_ingress_word() -> None:
    assert {told("prod", context)["FORWARDED_ALLOW_IPS"] for context in CONTEXTS} == {"*"}


@pytest.mark.parametrize("overlay", ALL)
def test_whoever_waits_for_the_hour_has_no_ticker(overlay: str) -> None:
    ticking = {context for context in CONTEXTS if read(context, told(overlay, context)).ticker}
    hours = {name.removeprefix("day-") for name in of(overlay, "CronJob")}
    assert hours == set(CONTEXTS) - ticking
    assert hours == ({"contracts", "invoicing"} if overlay == "prod-cron" else set())


@pytest.mark.parametrize("context", ["contracts", "invoicing"])
def test_who_calls_at_the_hour_asks_the_same_suite_as_a_client_of_its_own(context: str) -> None:
    job = one("prod-cron", "CronJob", f"day-{context}")["jobTemplate"]["spec"]["template"]["spec"]
    (container,), settings = job["containers"], of("prod-cron", "ConfigMap")
    keys = {each["name"]: each["valueFrom"]["configMapKeyRef"] for each in container["env"]}
    found = {name: settings[key["name"]]["data"][key["key"]] for name, key in keys.items()}
    called, asked = read(context, found), read(context, told("prod-cron", context))
    assert (called.issuer, called.audience, called.of(context)) == (asked.issuer, asked.audience, asked.of(context))
    assert container["envFrom"] == [{"secretRef": {"name": "carnet-day"}}]
    assert called.machine_id == ""  # this the Secret says


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_service_is_asked_whether_it_lives_and_has_time_to_end(context: str) -> None:
    spec = pod("prod", context)
    (container,) = spec["containers"]
    paths = {name: probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")}
    live, ready = f"/{context}/health/live", f"/{context}/health/ready"
    assert paths == {"startupProbe": live, "livenessProbe": live, "readinessProbe": ready}
    assert container["ports"] == [{"name": "http", "containerPort": int(IMAGE["CARNET_PORT"])}]
    assert container["image"].startswith(f"carnet/{context}:")
    assert spec["terminationGracePeriodSeconds"] > read(context, told("prod", context)).drain + 10


@pytest.mark.parametrize("context", CONTEXTS)
def test_who_hears_a_context_may_ask_it_and_nobody_else(context: str) -> None:
    policy = one("prod", "NetworkPolicy", f"hears-{context}")
    listeners = {each for each in CONTEXTS if context in producers(each)}
    assert named(policy["egress"], "to") == producers(context)
    assert named(policy["ingress"], "from") == listeners


def named(rules: list[Resource], side: str) -> set[str]:
    """Give the contexts that the one rule names, for the service's port alone."""
    (rule,) = rules
    assert rule["ports"] == [{"port": int(IMAGE["CARNET_PORT"])}]
    (peer,) = rule[side]
    (expression,) = peer["podSelector"]["matchExpressions"]
    assert (expression["key"], expression["operator"]) == ("app.kubernetes.io/name", "In")
    return set(expression["values"])


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("overlay", ["dev", "prod"])
def test_a_service_reaches_the_engines_that_it_uses_and_nothing_else(overlay: str, context: str) -> None:
    found = told(overlay, context)
    names = ("BUS", "STORE", "DATABASE", "ISSUER", *(("SMTP",) if context == "notifications" else ()))
    first = [found[f"CARNET_{name}"].split(",")[0] for name in (*names, "OTLP") if f"CARNET_{name}" in found]
    used = {make_url(url).port or 443 for url in first}
    policy = one(overlay, "NetworkPolicy", f"engines-{context}")
    assert {port["port"] for rule in policy["egress"] for port in rule["ports"]} == {53, *used}
    assert set(policy["policyTypes"]) == {"Egress", "Ingress"}  # and who asks is said elsewhere
    assert policy["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == context


@pytest.mark.parametrize("overlay", ALL)
def test_every_pod_is_restricted(overlay: str) -> None:
    (namespace,) = of(overlay, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert len(pods(overlay)) >= 10
    for name, spec in pods(overlay).items():
        assert refused(spec) == [], name
        assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False), name
        for container in spec["containers"]:
            fixed = container["securityContext"].get("readOnlyRootFilesystem")
            assert fixed or name.startswith("StatefulSet "), name
            assert {"requests", "limits"} <= container["resources"].keys(), name


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        ({"hostNetwork": True}, ["hostNetwork is shared"]),
        ({"volumes": [{"name": "data", "hostPath": {"path": "/"}}]}, ["a volume is hostPath"]),
        ({"securityContext": {}}, ["carnet: may be root", "carnet: may call all of the kernel"]),
        ({"containers": [{"name": "bare"}]}, ["bare: may gain privileges", "bare: keeps capabilities"]),
    ],
)
def test_what_is_not_restricted_is_seen(worse: Resource, why: list[str]) -> None:
    assert refused({**pod("prod", "objects"), **worse}) == why


@pytest.mark.parametrize("context", CONTEXTS)
def test_replicas_are_apart_where_they_can_be_and_prometheus_finds_each(context: str) -> None:
    deployment = one("prod", "Deployment", f"carnet-{context}")
    labels, found = (deployment["template"]["metadata"][name] for name in ("labels", "annotations"))
    (spread,) = deployment["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"] == deployment["selector"]
    assert labels["app.kubernetes.io/version"] == version(f"carnet-{context}")
    assert pod("prod", context)["containers"][0]["image"] == f"carnet/{context}:{version(f'carnet-{context}')}"
    names = {name: f"prometheus.io/{name}" for name in ("scrape", "port", "path")}
    told = {name: found[annotation] for name, annotation in names.items()}
    assert told == {"scrape": "true", "port": IMAGE["CARNET_PORT"], "path": f"/{context}/metrics"}


def test_the_ingress_takes_what_the_front_door_takes() -> None:
    front = (OVERLAYS.parents[1] / "front/carnet.conf.template").read_text()
    said = of("prod", "Ingress")["carnet"]["metadata"]["annotations"]
    told = {name.removeprefix("nginx.ingress.kubernetes.io/"): value for name, value in said.items()}
    assert f"client_max_body_size {told['proxy-body-size']};" in front
    assert f"proxy_read_timeout {told['proxy-read-timeout']}s;" in front


def test_jobs_call_commands_that_exist() -> None:
    commands = {tuple(spec["containers"][0]["command"]) for name, spec in pods("prod-cron").items() if "Job " in name}
    assert commands == {("carnet", "migrate"), ("carnet", "day")}
    for command in commands:
        done = subprocess.run(
            [Path(sys.executable).with_name("carnet"), *command[1:], "--help"], capture_output=True, check=False
        )
        assert done.returncode == 0


def test_the_ingress_has_the_urls_of_one_process() -> None:
    (rule,) = one("prod", "Ingress", "carnet")["rules"]
    to = {each["path"]: each["backend"]["service"]["name"] for each in rule["http"]["paths"]}
    assert to == {"/": "carnet-objects"} | {f"/{each}": f"carnet-{each}" for each in CONTEXTS if each != "objects"}


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_operators_commands_name_deployments_jobs_and_labels_that_are_there(context: str) -> None:
    pages = [*(DOCS / "runbooks").glob("*.md"), DOCS / "upgrade.md"]
    told = "".join(page.read_text() for page in pages).replace("$CONTEXT", context)
    assert set(re.findall(r"\bdeploy/([\w-]+)\"", told)) == {f"carnet-{context}"}
    assert set(re.findall(r"delete job \"([^\"]+)\"", told)) == {f"migrate-{context}"} & of("prod", "Job").keys()
    labels = one("prod", "Deployment", f"carnet-{context}")["template"]["metadata"]["labels"]
    asked = re.findall(r"(app\.kubernetes\.io/\w+)=(\w+)", told)
    assert asked
    assert [each for each in asked if each not in labels.items()] == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_disruption_leaves_one_and_a_service_selects_no_job(context: str) -> None:
    spec = one("prod", "Deployment", f"carnet-{context}")
    labels = spec["template"]["metadata"]["labels"]
    job = one("prod", "Job", f"migrate-{context}")["template"]["metadata"]["labels"]
    budget = one("prod", "PodDisruptionBudget", f"carnet-{context}")
    selector = one("prod", "Service", f"carnet-{context}")["selector"]
    assert 0 < budget["minAvailable"] < spec["replicas"]
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert selector.items() <= labels.items()
    assert budget["selector"]["matchLabels"] == selector
    assert not selector.items() <= job.items()
