"""`python -m greencloud` is the command line."""

from greencloud.cli import main

main()
