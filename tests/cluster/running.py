"""A cluster for a test run: S3 behind a proxy that can do wrong, a scheduler, and workers that share no folder."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from greencloud.storage import Place
from tests.cluster.namespaces import Machine, machines
from tests.udata.proxy import Proxy
from tests.udata.running import environment, until

ROOT = Path(__file__).parents[2]
EXTRA = ROOT / ".venv" / "cluster"
_MOTO = ROOT / ".venv" / "moto"
BUCKET = "essai"
RAW = f"s3://{BUCKET}/depots"
# As a service manager would: what ends is started again.
_ALWAYS = ("sh", "-c", 'while :; do "$@"; sleep 0.1; done', "sh")
_SCHEDULER, _WORKER = "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"
_START_S = 120


def not_installed() -> str:
    """What is missing to run a cluster, and what to do; empty if nothing is."""
    if (EXTRA / "installed").exists() and (_MOTO / "installed").exists():
        return ""
    return "no Dask in .venv/cluster or no moto in .venv/moto: `make test` installs them (from a package registry)"


@dataclass
class Node:
    """A program on a machine, started again whenever it ends."""

    machine: Machine
    process: "subprocess.Popen[bytes]"
    said: Path

    def pids(self) -> list[int]:
        """The program itself, without the loop that starts it: nothing while it is being started again."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split() if _is_python(pid)]

    def kill(self) -> None:
        """End the program as a power cut does; it is then started again."""
        (pid,) = self.pids()
        os.kill(pid, signal.SIGKILL)

    @contextmanager
    def gone(self) -> Iterator[None]:
        """The program has ended, and is started again when the block ends only."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.kill()
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End the program and the loop."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _is_python(pid: str) -> bool:
    try:
        return "python" in Path(f"/proc/{pid}/exe").readlink().name
    except OSError:  # it has just ended
        return False


@dataclass
class Cluster:
    """The running cluster. `raw` is the address of the deposits; `scheduler` that of Dask's."""

    proxy: Proxy
    first: Machine
    scheduler: str
    node: Node
    workers: list[Node]
    variables: dict[str, str]
    folder: Path

    @contextmanager
    def started(self, published: Path, verdicts: str, *more: str) -> Iterator["subprocess.Popen[str]"]:
        """The command on the first machine, for an edition in `published`; it has ended when the block ends."""
        places = ["--raw", RAW, "--verdicts", verdicts, "--published", str(published)]
        options = [*places, "--scheduler", self.scheduler, *more]
        with subprocess.Popen(
            [*self.first.prefix, sys.executable, "-m", "flows.cluster", *options],
            cwd=ROOT,
            env=self.variables | _own(self.first),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def worker(self, name: str) -> Node:
        """The worker of a machine."""
        (found,) = [node for node in self.workers if node.machine.name == name]
        return found

    def upload(self, raw: Path, address: str = RAW) -> None:
        """Put a folder of deposits on storage."""
        place = Place(address)
        for path in sorted(path for path in raw.rglob("*") if path.is_file()):
            place.write(path.relative_to(raw).as_posix(), path)


@contextmanager
def running(folder: Path, workers: int = 3, *, pinned: bool = False, **settings: str) -> Iterator[Cluster]:
    """A cluster whose first machine alone sees `folder`; `settings` are variables of the environment of all.

    `pinned`: each worker has one core, as long as there are some.
    """
    with ExitStack() as stack:
        first, others = stack.enter_context(machines(workers, folder))
        url = stack.enter_context(_s3(folder))
        proxy = stack.enter_context(Proxy(url, host=first.address, inside=first.inside))
        port, api = first.inside(_free_ports)
        variables = environment() | _variables(proxy.url, f"http://{first.address}:{api}/api") | settings
        stack.enter_context(_set(variables, url))
        server = ("server", "start", "--host", first.address, "--port", str(api), "--no-services")
        stack.enter_context(_node(first, "prefect", server, variables, folder))
        scheduler = f"tcp://{first.address}:{port}"
        asked = ("--host", first.address, "--port", str(port), "--no-dashboard", "--no-show")
        node = stack.enter_context(_node(first, _SCHEDULER, asked, variables, folder))
        cores = [("taskset", "--cpu-list", str(core)) for core in sorted(os.sched_getaffinity(0))] if pinned else [()]
        nodes = [
            stack.enter_context(
                _node(machine, _WORKER, _worker(machine, scheduler), variables, folder, cores[place % len(cores)])
            )
            for place, machine in enumerate(others, 1)
        ]
        until(lambda: all(_joined(one) for one in nodes) and _answers(first, variables["PREFECT_API_URL"]), _START_S)
        yield Cluster(proxy, first, scheduler, node, nodes, variables, folder)


def _worker(machine: Machine, scheduler: str) -> Sequence[str]:
    own = ("--host", machine.address, "--name", machine.name, "--local-directory", str(machine.folder))
    return (scheduler, *own, "--nthreads", "1", "--no-nanny", "--no-dashboard")


def _joined(node: Node) -> bool:
    return b"Registered to:" in node.said.read_bytes()


def _free_ports() -> tuple[int, int]:
    """Two that nobody listens on: on a machine of its own any is, on this one perhaps not."""
    with socket.create_server(("", 0)) as one, socket.create_server(("", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _answers(first: Machine, api: str) -> bool:
    """Whether the server of Prefect does."""
    try:
        return first.inside(lambda: httpx.get(f"{api}/health")).is_success
    except httpx.TransportError:
        return False


def _own(machine: Machine) -> dict[str, str]:
    """What each machine has of its own: where it writes, and the key by which the storage knows it."""
    return {"TMPDIR": str(machine.folder), "AWS_ACCESS_KEY_ID": machine.name}


def _variables(endpoint: str, api: str) -> dict[str, str]:
    return {
        "PREFECT_API_URL": api,
        "PYTHONPATH": os.pathsep.join([str(EXTRA), str(ROOT)]),
        "AWS_ACCESS_KEY_ID": "essai",
        "AWS_SECRET_ACCESS_KEY": "essai",
        "AWS_REGION": "eu-west-3",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
    }


@contextmanager
def _set(variables: dict[str, str], endpoint: str) -> Iterator[None]:
    """The same for this process, which speaks to the server itself."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in variables.items() if name.startswith("AWS_")})
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _s3(folder: Path) -> Iterator[str]:
    program = [str(_MOTO / "bin" / "python"), str(Path(__file__).with_name("s3.py")), BUCKET]
    with (
        (folder / "s3.log").open("wb") as log,
        subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment()) as one,
    ):
        assert one.stdout is not None
        try:
            yield one.stdout.readline().decode().strip()
        finally:
            one.kill()


@contextmanager
def _node(
    machine: Machine,
    program: str,
    options: Sequence[str],
    variables: dict[str, str],
    logs: Path,
    core: Sequence[str] = (),
) -> Iterator[Node]:
    said = logs / f"{program}-{machine.name}.log"
    command = [*machine.prefix, *_ALWAYS, *core, sys.executable, "-m", program, *options]
    with said.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables | _own(machine),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    node = Node(machine, process, said)
    try:
        yield node
    finally:
        node.stop()
