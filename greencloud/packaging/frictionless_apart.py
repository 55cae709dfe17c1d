"""A program of its own, run by `arbiter`: packages to validate come in, a line of JSON each; what is found goes out.

It is run as a file, and imports nothing of ours: the package around it would take longer to load than Frictionless.
"""

import json
import signal
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import frictionless


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is told, and ends this program
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody listens any more: end without a word
    for line in sys.stdin.buffer:
        print(json.dumps(found(**json.loads(line))), flush=True)


def found(descriptor: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """What Frictionless finds in a package: its tasks and its own errors, or why it refuses to read it."""
    from frictionless import Package  # not before the question is read: whoever asks waits

    try:
        report = Package.from_descriptor(dict(descriptor), basepath=folder).validate()
    except Exception as error:  # whatever it is, whoever asks tells it in a sentence
        return {"refused": f"{type(error).__name__} : {error}"}
    return {
        "tasks": [_task(task) for task in report.tasks],
        "errors": [error.to_descriptor() for error in report.errors],
    }


def _task(task: "frictionless.ReportTask") -> Mapping[str, Any]:
    return {
        "name": task.name,
        "type": task.type,
        "place": task.place,
        "valid": task.valid,
        "fields": len(task.labels),
        "stats": dict(task.stats),
        "warnings": list(task.warnings),
        "errors": [error.to_descriptor() for error in task.errors],
    }


if __name__ == "__main__":
    main()
