"""Work shared by many machines: Procrastinate's queue in the PostgreSQL database that all of them use.

`app` opens the queue, `deferring` puts work into it, `tasks` does one piece of it in a child process,
`worker` is the process that takes pieces, `starter` lets the service defer instead of spawning. May not live
here: anything that one machine alone needs; with SQLite this package does nothing but refuse.
"""
