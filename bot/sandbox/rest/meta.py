"""About the server itself."""

from __future__ import annotations

from bot.sandbox.registry import Answer, Call, endpoint

_WORDS = ("core", "graphql", "search", "integration_manifest", "code_scanning_upload")


@endpoint("GET", "/meta", by="anyone")
def get_meta(_call: Call) -> Answer:
    """What GitHub says about its addresses."""
    return Answer(
        {
            "verifiable_password_authentication": True,
            "hooks": ["127.0.0.0/8"],
            "web": ["127.0.0.0/8"],
            "api": ["127.0.0.0/8"],
            "git": ["127.0.0.0/8"],
        }
    )


@endpoint("GET", "/rate_limit", by="anyone")
def get_rate_limit(call: Call) -> Answer:
    """How many requests are left in this hour; to ask costs nothing."""
    reset = (int(call.state.now().timestamp()) // 3600 + 1) * 3600
    hour = [
        one
        for one in call.state.requests
        if one.caller == call.caller.name and int(one.when.timestamp()) // 3600 == reset // 3600 - 1
    ]
    used = min(len(hour), 5000)
    core = {"limit": 5000, "remaining": 5000 - used, "reset": reset, "used": used}
    fresh = {"limit": 5000, "remaining": 5000, "reset": reset, "used": 0}
    return Answer({"resources": {word: core if word == "core" else fresh for word in _WORDS}, "rate": core})
