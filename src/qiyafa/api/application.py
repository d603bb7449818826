"""The service as one application: every route, one shape of error, and nothing that fetches from elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI

from qiyafa import __version__
from qiyafa.api import (
    chainalysis,
    elliptic,
    health,
    problems,
    screen_routes,
    taxii_collections,
    taxii_guard,
    taxii_roots,
    trm,
)
from qiyafa.api.credentials import SCHEMES
from qiyafa.api.front import Front, Limits
from qiyafa.api.metrics import Measured
from qiyafa.api.strain import Shedding
from qiyafa.app.desk import Desk
from qiyafa.app.keys import KeyRing
from qiyafa.text import text

DEFAULT = Limits()
ROUTERS = (
    screen_routes.screening,
    screen_routes.verdicts,
    health.health,
    health.figures,
    chainalysis.sanctions,
    chainalysis.entities,
    trm.router,
    elliptic.router,
    taxii_roots.router,
    taxii_collections.router,
)


def create(desk: Desk, ring: KeyRing, *, per_second: int, limits: Limits = DEFAULT) -> FastAPI:
    """Return the application over a desk and its keys; each caller may ask for so many addresses in a second."""
    front = Front(desk, ring, replace(limits, per_second=per_second))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watch = asyncio.create_task(front.strain.watch())
        yield
        watch.cancel()
        front.close()

    # The framework's own pages of documentation load scripts from elsewhere.
    app = FastAPI(
        title="Qiyafa",
        version=__version__,
        description=text("serve.api.description"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.front = front
    problems.install(app)
    app.add_middleware(Shedding, strain=front.strain)
    app.add_middleware(Measured, metrics=front.metrics)
    for router in ROUTERS:
        app.include_router(router)
    described = app.openapi()
    described.setdefault("components", {})["securitySchemes"] = SCHEMES | taxii_guard.SCHEMES
    return app
