"""Print the rules and their measured rates: `python -m greencloud.rates > docs/rules.md`."""

import sys

from greencloud.rates.document import document

sys.stdout.buffer.write(document().encode())
