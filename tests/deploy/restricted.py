"""The Pod Security Standard `restricted`, which a namespace with the label enforces: what it would refuse a pod for."""

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]
HOSTS = ("hostNetwork", "hostPID", "hostIPC")
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SECCOMP = {"RuntimeDefault", "Localhost"}


def refused(pod: Spec) -> list[str]:
    """Say what is not allowed of a pod's spec; nothing where it may run."""
    containers = [each for kind in ("initContainers", "containers") for each in pod.get(kind, [])]
    found = [f"{name} is shared" for name in HOSTS if pod.get(name)]
    kinds = {kind for volume in pod.get("volumes", []) for kind in volume if kind != "name"}
    found += [f"a volume is {kind}" for kind in sorted(kinds - VOLUMES)]
    return found + [f"{each['name']}: {what}" for each in containers for what in of_a_container(each, pod)]


def of_a_container(container: Spec, pod: Spec) -> Iterator[str]:
    own = container.get("securityContext", {})
    context = {**pod.get("securityContext", {}), **own}
    if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
        yield "may gain privileges"
    if context.get("runAsNonRoot") is not True or context.get("runAsUser") == 0:
        yield "may be root"
    if context.get("seccompProfile", {}).get("type") not in SECCOMP:
        yield "may call all of the kernel"
    capabilities = own.get("capabilities", {})
    if capabilities.get("drop") != ["ALL"] or set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "keeps capabilities"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the host"
