"""`python -m scheduler`: the command `communique`, for child processes."""

from scheduler.cli import main

main()
