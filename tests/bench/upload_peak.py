"""The most memory that a process has held. Run by itself: that of an interpreter that does nothing else."""

import resource
import sys


def peak_mib() -> float:
    """In MiB, since the process began.

    Not `ru_maxrss` where the kernel tells better: it keeps what the parent held when it forked.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib would be counted
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    print(peak_mib())
