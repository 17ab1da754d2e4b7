"""Scripts, styles and fonts. Their address carries a hash of them all, so browsers keep them for good.

Only these are compressed: a page holds the form's token beside text that others may choose, and the length of a
compressed page would give the token away bit by bit (BREACH). The pages are small.
"""

from hashlib import sha256
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

FOLDER = Path(__file__).parent / "static"


class KeptForGood(StaticFiles):
    """Static files whose address changes when they do."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def static_files() -> tuple[str, ASGIApp]:
    """The address of this version's files, and what serves them."""
    everything = sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            everything.update(file.relative_to(FOLDER).as_posix().encode() + b"\0" + file.read_bytes())
    return f"/static/{everything.hexdigest()[:12]}", GZipMiddleware(KeptForGood(directory=FOLDER), minimum_size=1000)
