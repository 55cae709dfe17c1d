"""A real SMTP server on loopback, that keeps what it is given and can be told to refuse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller


class PostOffice:
    """What arrived, and what is answered: `replies` gives, for an address, something else than 250."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.replies: dict[str, str] = {}
        self.sender = "250 OK"
        """What is answered to whoever sends."""
        self.address = ""

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for an address, in order."""
        return [letter for recipient, letter in self.letters if recipient == address]

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a sender, or not."""
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient, or not."""
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a letter."""
        letter = message_from_bytes(envelope.content, policy=SMTP)
        assert isinstance(letter, EmailMessage)
        self.letters += [(recipient, letter) for recipient in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def open_office(host: str = "127.0.0.1") -> Iterator[PostOffice]:
    """An office on a free port of loopback."""
    with socket.create_server((host, 0)) as free:
        port = free.getsockname()[1]
    office = PostOffice()
    controller = Controller(office, hostname=host, port=port)
    controller.start()
    office.address = f"smtp://{host}:{port}"
    try:
        yield office
    finally:
        controller.stop()
