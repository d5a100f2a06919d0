"""Reading in a process of its own: one child per crawl, which hostile pages may crash without harm.

`work` is what is done there (pure), `messages` what travels, `child` the process, `reader` the crawl's side.
"""
