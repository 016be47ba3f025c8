"""The manifests as `kubectl apply -k` would send them."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

OVERLAYS = Path(__file__).parents[2] / "deploy/k8s/overlays"
RELEASES = ("1.30", kubernetes_validate.latest_version())
Resource = dict[str, Any]


@cache
def built(folder: Path) -> tuple[Resource, ...]:
    """Let kubectl build a folder."""
    kubectl = [str(Path(sys.executable).with_name("kubectl")), "kustomize", str(folder)]
    done = subprocess.run(kubectl, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def of(overlay: str, kind: str) -> dict[str, Resource]:
    """Give an overlay's resources of a kind by name."""
    return {each["metadata"]["name"]: each for each in built(OVERLAYS / overlay) if each["kind"] == kind}


def one(overlay: str, kind: str, name: str) -> Any:
    return of(overlay, kind)[name]["spec"]


def pod(overlay: str, context: str) -> Any:
    return one(overlay, "Deployment", f"carnet-{context}")["template"]["spec"]


def pods(overlay: str) -> dict[str, Any]:
    """Give every pod's spec by what makes it."""
    made = {}
    for each in built(OVERLAYS / overlay):
        spec = each.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            made[f"{each['kind']} {each['metadata']['name']}"] = spec["template"]["spec"]
    return made
