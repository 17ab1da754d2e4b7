"""motcua contract: what others build on."""

from typing import Annotated

import typer


def contract(
    api: Annotated[bool, typer.Option("--api", help="Of the API instead, as OpenAPI 3.1.")] = False,
    rights: Annotated[bool, typer.Option("--rights", help="Who may call what instead, as a page in Markdown.")] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="The list of metrics instead, as Markdown.")] = False,
) -> None:
    """Print the contract of all messages of devices, as AsyncAPI 3; or of the API, who may call what, or metrics."""
    if rights:
        typer.echo(of_rights(), nl=False)
        return
    if metrics:
        from fleet.commands.metrics_listed import listed

        typer.echo(listed(), nl=False)
        return
    from fleet.api.app import create_api
    from fleet.api.contract import asyncapi_json
    from fleet.api.openapi import openapi_json
    from fleet.store.database import Store

    typer.echo(openapi_json(create_api(Store("sqlite://"))) if api else asyncapi_json(), nl=False)


def of_rights() -> str:
    """The page of rights."""
    from fleet.api.app import create_api
    from fleet.flows.changes import Changes
    from fleet.rights_matrix import rights_page
    from fleet.settings import Settings
    from fleet.store.database import Store
    from fleet.wiring import web

    store = Store("sqlite://")
    return rights_page(web(store, Settings(), Changes()), create_api(store))
