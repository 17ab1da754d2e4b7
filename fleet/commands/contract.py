"""motcua contract: what others build on."""

from typing import Annotated

import typer


def contract(
    api: Annotated[bool, typer.Option("--api", help="Of the API instead, as OpenAPI 3.1.")] = False,
) -> None:
    """Print the contract of all messages of devices, as AsyncAPI 3; or that of the API."""
    from fleet.api.app import create_api
    from fleet.api.contract import asyncapi_json
    from fleet.api.openapi import openapi_json
    from fleet.store.database import Store

    typer.echo(openapi_json(create_api(Store("sqlite://"))) if api else asyncapi_json(), nl=False)
