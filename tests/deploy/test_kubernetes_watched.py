"""What a cluster's own Prometheus and Grafana are given: alerts, dashboard, and how the replicas are found."""

import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from deploy.manifests import RELEASES, built, of
from engines.fixtures import skipping
from engines.prometheus import program

from carnet.kernel.service import CONTEXTS

WATCHING = Path(__file__).parents[2] / "deploy/observability"
META = "__meta_kubernetes_pod_"


def files() -> dict[str, str]:
    """Give each file that some ConfigMap has."""
    return {name: text for each in built(WATCHING) for name, text in each["data"].items()}


@pytest.mark.parametrize("release", RELEASES)
def test_kubernetes_would_take_it(release: str) -> None:
    for each in built(WATCHING):
        kubernetes_validate.validate(each, release, strict=True)


def test_it_has_every_alert_and_dashboard() -> None:
    there = [*WATCHING.glob("alerts/*.yml"), *WATCHING.glob("dashboards/*.json"), WATCHING / "kubernetes.yml"]
    assert files() == {each.name: each.read_text() for each in there}


@pytest.mark.parametrize("context", CONTEXTS)
def test_prometheus_finds_each_replica_as_its_contexts_and_no_other_pod(context: str) -> None:
    service, job = found("Deployment", f"carnet-{context}"), found("Job", f"migrate-{context}")
    assert scraped(service) == {"job": context, "__metrics_path__": f"/{context}/metrics", "pod": "one"}
    assert scraped(job) is None


def found(kind: str, name: str) -> dict[str, str]:
    """Give what Prometheus would know of a pod, by the names that it makes of labels and annotations."""
    pod = of("prod", kind)[name]["spec"]["template"]["metadata"]
    told = {f"label_{label}": value for label, value in pod["labels"].items()}
    told |= {f"annotation_{label}": value for label, value in pod.get("annotations", {}).items()}
    return {META + re.sub(r"\W", "_", label): value for label, value in {**told, "name": "one"}.items()}


def scraped(pod: dict[str, str]) -> dict[str, str] | None:
    """Relabel a pod as the scrape job says; nothing where it is not kept."""
    (job,) = yaml.safe_load(files()["kubernetes.yml"])["scrape_configs"]
    labels: dict[str, str] = {}
    for rule in job["relabel_configs"]:
        (source,) = rule["source_labels"]
        if rule.get("action") == "keep" and not re.fullmatch(rule["regex"], pod.get(source, "")):
            return None
        if "target_label" in rule:
            labels[rule["target_label"]] = pod[source]
    return labels


def test_prometheus_takes_its_rules(tmp_path: Path) -> None:
    with skipping("promtool"):
        tool = program("promtool")
    (job,) = yaml.safe_load(files()["kubernetes.yml"])["scrape_configs"]
    del job["kubernetes_sd_configs"]  # Debian's Prometheus is built without it
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [job]}))
    done = subprocess.run([tool, "check", "config", tmp_path / "prometheus.yml"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_looks_where_carnet_is() -> None:
    (job,) = yaml.safe_load(files()["kubernetes.yml"])["scrape_configs"]
    discovery: dict[str, Any] = job["kubernetes_sd_configs"][0]
    assert discovery["namespaces"]["names"] == list(of("prod", "Namespace"))
