"""KEEPS: the only folder that knows SQLAlchemy and Alembic.

Lives here: tables, migrations, the ledger, captures in WARC files, releases, statements, links.
May not live here: decisions about texts. It imports crawler.items and nothing else of the house.
"""
