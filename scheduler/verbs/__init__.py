"""The verbs of `communique`, one module per group: options in, tables or JSON lines and an exit code out.

What a verb does lives elsewhere (scheduler.crawl, scheduler.ingest, scheduler.demo, storage); here it is
only asked for and shown. Imports that take long stand inside the verbs.
"""

from __future__ import annotations


def ending(*examples: str, codes: str = "0 done, 2 wrong usage") -> str:
    """The end of a verb's help: examples to type, and what the exit codes mean."""
    shown = "\n\n".join(f"  {each}" for each in examples)
    return f"[bold]Example[/bold]\n\n{shown}\n\n[bold]Exit codes[/bold]\n\n{codes}"
