"""One file per source, in a folder per country (ISO 3166-1). Found by walking: nothing lists or imports them.

The folders are no packages: `in`, `is` and `as` are words of Python. `int` is for what belongs to no country.
"""
