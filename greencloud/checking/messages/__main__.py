"""Print the catalogue of messages: `python -m greencloud.checking.messages > docs/messages.md`."""

import sys

from greencloud.checking.messages.catalogue import document

sys.stdout.buffer.write(document().encode())
