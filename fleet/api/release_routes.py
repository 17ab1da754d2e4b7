"""Releases of the firmware for programs: what was published, and how many devices run it. Nobody publishes here."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, answer
from fleet.api.command_routes import told
from fleet.api.moments import Moment, moment
from fleet.api.rollout_routes import actor_of
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.images import Image
from fleet.domain.releases_now import ReleaseNow
from fleet.flows.see_releases import releases_now

router = APIRouter(route_class=RuledRoute, tags=["devices"])


class ReleaseImage(Body):
    """What a release has for one kind of board."""

    board: str = Field(examples=["pico_w"])
    bytecode: str = Field(description="Its ABI, which the board must read.", examples=["6.3"])
    length: int = Field(description="In bytes.", examples=[234146])
    sha256: str = Field(examples=["9f2c41d0" * 8])
    minimum: int = Field(description="The least release that a device must run before; 0: any.", examples=[0])


class ReleaseDevices(Body):
    """How many of the caller's devices do what with a release."""

    confirmed: int = Field(description="They run it for good.", examples=[41])
    trial: int = Field(description="They run it and have not confirmed it yet.", examples=[1])
    returned: int = Field(description="They could not live with it, and went back by themselves.", examples=[0])
    fits: int = Field(description="They could have it, and do not.", examples=[7])
    misfits: dict[str, int] = Field(description="They can not have it, by the reason.", examples=[{"no_slots": 2}])


class Release(Body):
    """A release of the firmware."""

    sequence: int = Field(description="Its place in the order of releases; no device goes back.", examples=[12])
    version: str = Field(description="The version of the firmware, for people.", examples=["0.9.0"])
    published: Moment = Field(description="When it came to the fleet.")
    published_by: str = Field(examples=["lan"])
    note: str = Field(examples=["Printers feed faster."])
    everybody_since: Moment | None = Field(description="Since when it is for every device; null: it is not.")
    images: list[ReleaseImage]
    devices: ReleaseDevices
    rollout: str | None = Field(description="Its last rollout.", examples=["9f2c41d0"])


class ReleaseList(Body):
    """The last releases."""

    root: int | None = Field(description="The root by which devices trust them; null: none.", examples=[1])
    items: list[Release] = Field(description="The newest first.")


@router.get(
    "/releases", response_model=ReleaseList, operation_id="listReleases", summary="The releases of the firmware"
)
@rule(Scope.READ)
def list_releases(request: Request, door: AtDoor, caller: Calling) -> Response:
    """With how many of the caller's devices run each."""
    found = releases_now(door.store, actor_of(caller), None, door.clock())
    root = None if found.trust is None else found.trust.version
    return answer(request, ReleaseList(root=root, items=[as_release(one) for one in found.releases]))


def as_release(one: ReleaseNow) -> Release:
    """A release as it goes out."""
    return Release(
        sequence=one.sequence,
        version=told(one.version),
        published=moment(one.made_ms),
        published_by=told(one.by),
        note=told(one.note),
        everybody_since=None if one.holds_ms is None else moment(one.holds_ms),
        images=[as_image(image) for image in one.images],
        devices=ReleaseDevices(
            confirmed=one.keep,
            trial=one.try_it,
            returned=len(one.went_back),
            fits=one.fits,
            misfits={reason.value: len(ids) for reason, ids in one.misfits.items()},
        ),
        rollout=None if one.rollout is None else one.rollout.id,
    )


def as_image(image: Image) -> ReleaseImage:
    """An image as it goes out."""
    return ReleaseImage(
        board=image.board, bytecode=image.mpy, length=image.length, sha256=image.sha256, minimum=image.minimum
    )
