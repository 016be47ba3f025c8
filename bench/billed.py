"""`python -m bench.billed FOLDER`: bill in a process of its own what a service has heard there, nothing else at work.

Prints {"invoices", "seconds", "processor", "before", "peak"}: seconds by the wall and of the processor, MiB of resident
memory when the engines are open and at the most. No relay, no read model and no rendering run.
"""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.contracts import NEW_YEAR, idle

from carnet.invoicing.billing.billing_run import BillingRun
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.because import Because
from carnet.kernel.runtime import Runtime
from carnet.kernel.serve import calm_garbage_collection


@dataclass(frozen=True)
class Billed:
    invoices: int
    seconds: float
    processor: float
    before: float
    peak: float

    @property
    def rate(self) -> float:
        """Give the invoices a second."""
        return self.invoices / self.seconds


def settings_in(folder: Path, **engines: Any) -> InvoicingSettings:
    return InvoicingSettings(data=folder, log_level="error", business_day=NEW_YEAR, **engines)


def peak() -> float:
    """Give the most memory that this process has held, in MiB; that of getrusage begins with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


async def run(runtime: Runtime) -> Billed:
    """Do the run of the day; every contract gets its invoice."""
    before, begin, used = peak(), time.perf_counter(), time.process_time()
    done = await BillingRun(runtime, NEW_YEAR, Because("anna", "c0ffee")).over_all()
    spent = time.perf_counter() - begin
    assert not done.parked, done.parked[:3]
    return Billed(done.billed, spent, time.process_time() - used, before, peak())


async def run_in(settings: InvoicingSettings) -> Billed:
    async with idle(settings) as runtime:
        return await run(runtime)


def in_a_process(folder: Path) -> Billed:
    command = [sys.executable, "-m", "bench.billed", str(folder)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Billed(**json.loads(said))


if __name__ == "__main__":
    calm_garbage_collection()  # as a service does when it starts
    print(json.dumps(asdict(asyncio.run(run_in(settings_in(Path(sys.argv[1])))))))
