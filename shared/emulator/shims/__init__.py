"""What moto 5.2.5 lacks or does otherwise than AWS, one service a module; `install` closes every gap.

moto is pinned exactly, because these functions stand inside it. Each gap has a number; for each number a test shows
the gap in moto as it comes, so that an update that closes one turns red and the shim can go. Gap 5, the policies that
AWS manages, is a setting of moto's (`moto_server`); gap 14, requests that race, is closed around it (`moto_app`).
"""

from shared.emulator.shims import ecs, functions, gateway, rights, scaling, sqs, storage, watching


def install() -> None:
    """Close every gap, in this process, for good."""
    for service in (ecs, functions, gateway, rights, scaling, sqs, storage, watching):
        service.install()
