"""The JSON API, version 1: everything that is kept, to be read by programs.

`router` is put into the application by `web.app`; its routes find the database in `app.state.desk`.
"""

from __future__ import annotations

from fastapi import APIRouter

from web.api import archive, operation

router = APIRouter(prefix="/api/v1")
router.include_router(archive.router)
router.include_router(operation.router)

__all__ = ["router"]
