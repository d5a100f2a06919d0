"""SHOWS: the JSON API, the feeds and the desk in the browser (extra `web`).

Lives here: routes, pages and what they look like, who may do what. May not live here: SQL, decisions about
texts, starting crawls otherwise than the commands do. Nothing here fetches anything from another host.
"""
