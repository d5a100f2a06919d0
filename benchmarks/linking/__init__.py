"""The hard set: releases written by us, and how copies of them are damaged.

    texts/         what was written by hand: one file per family of statements, and frames.txt
    manuscripts    reads these files
    damage         what republishers and scanners do to a text, drawn from a seed
    forms          releases of which only day and figures change
    build          all of it together: `python -m benchmarks.linking.build` writes hard.jsonl

README.md says what each trap is, how it is labelled and why.
"""
