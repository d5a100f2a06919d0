"""`python -m tests.replica`: serve until ended."""

import sys

from crawler.replica.command import main

sys.exit(main())
