"""The keys of this device: on flash, in two slots, and never in RAM longer than for one use. It is lent.

`identity` on flash is {"device", "epoch", "keys": {"a": hex, "b": hex}, "use": slot, "claim"}; `use` names the newest
key. A new key (`down/secret`) goes into the other slot and is `use` with the same write, so the old one is there until
the fleet has welcomed the device with the new one. Each connection begins with the newest key and, where the broker
refuses that, goes on with the other: wherever the power or the net went, one of them is the one that it knows.
"""

import binascii

from firmware.kept import found
from protocols.message import ProtocolError, from_json
from protocols.sealing import KEY_BYTES, SLOTS, derived, hello_proof, kept_id, password_of, psk_of, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def choose(device) -> None:  # type: ignore[no-untyped-def]
    """With which key the next connection is made: the newest one, or the other if that was refused."""
    me, tls, data = device.identity, device.network.tls, found(device.board).get("identity")
    me.slot = other_slot(me.slot, data) if me.refused else data["use"]
    key = binascii.unhexlify(data["keys"][me.slot])
    me.password = password_of(key)
    me.settled = me.slot != data["use"] or (len(data["keys"]) == 1 and data.get("claim") is None)
    me.refused = False
    if tls is not None and tls.derived:
        tls.secret = binascii.unhexlify(psk_of(key))
        me.refused = True  # who shakes hands in vain is told nothing, so what does not come through counts as refused


def other_slot(slot: str, data: "dict[str, Any]") -> str:
    """The slot that was not tried, if there is a key in it."""
    others = [one for one in data["keys"] if one != slot]
    return others[0] if others else slot


def sign(device, hello: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """Prove that a hello is ours."""
    me, data = device.identity, found(device.board).get("identity")
    key, claim = binascii.unhexlify(data["keys"][me.slot]), data.get("claim")
    said = hello["hw"], me.boot, hello["nonce"], me.epoch, me.slot, claim
    hello["slot"], hello["claim"], hello["proof"] = me.slot, claim, hello_proof(key, me.device, *said)


def take(device, data: "dict[str, Any]") -> "dict[str, Any] | None":  # type: ignore[no-untyped-def]
    """A new secret came, in decoded JSON. Raises ProtocolError where it is none of ours.

    What it says where that is a network: for `new_network`, when the room that was needed to unseal it is free again.
    """
    slot, purpose = data.get("slot"), data.get("purpose")
    me = device.identity
    if purpose == "network" and me.slot is not None:
        if slot != me.slot:
            raise ProtocolError("secret.slot", "the slot in use", slot)
        key = binascii.unhexlify(found(device.board).get("identity")["keys"][slot])
        return from_json(unsealed(derived(key, "network"), str(data.pop("sealed", None))), "secret.network")
    if purpose != "key" or me.slot is None:
        raise ProtocolError("secret.purpose", "key or network, for a device that has a key", purpose)
    if slot not in SLOTS or slot == me.slot:
        raise ProtocolError("secret.slot", "the slot that is not in use", slot)
    kept = found(device.board)
    known = kept.get("identity")
    old = known["keys"][me.slot]
    new = unsealed(binascii.unhexlify(old), str(data.get("sealed")))
    if len(new) != KEY_BYTES:
        raise ProtocolError("secret.sealed", "a key of %d bytes" % KEY_BYTES, len(new))
    text = binascii.hexlify(new).decode()
    if known["keys"].get(slot) != text or known["use"] != slot:
        known["keys"], known["use"] = {me.slot: old, slot: text}, slot
        kept.put("identity", known)
    device.say("reply", {"id": kept_id(slot, new), "ok": True}, 1)
    return None
