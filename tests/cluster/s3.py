"""An S3 server on loopback, moto's own, in memory: a program of `.venv/moto`, never a module of the tests.

    .venv/moto/bin/python tests/cluster/s3.py BUCKET

It takes a free port, prints its address on one line, and ends when its standard input is closed.
"""

import os
import sys

import boto3  # type: ignore[import-not-found]
from moto.server import ThreadedMotoServer  # type: ignore[import-not-found]


def main(bucket: str) -> None:
    os.environ.update(AWS_ACCESS_KEY_ID="essai", AWS_SECRET_ACCESS_KEY="essai", AWS_DEFAULT_REGION="eu-west-3")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    place = {"LocationConstraint": "eu-west-3"}
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    print(url, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
