"""What a month costs: GPUs, what stands around them, and what vendors would ask for the same calls."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import inf
from typing import Final, Literal

from shared.job import Frozen

Egress = Literal["public", "nat", "endpoints"]
HOUR_S: Final = 3_600
MILLION: Final = 1_000_000
MONTH_DAYS: Final = 365 / 12
Source = str


class GpuPrice(Frozen):
    """USD an hour of one instance."""

    on_demand: float
    spot: float


class Network(Frozen):
    """USD a month for the ways out of a private network."""

    source: Source
    endpoint_and_zone: float
    endpoints: int
    nat_gateway: float
    zones: int

    def usd(self, egress: Egress) -> float:
        """USD a month of one way out."""
        ways = {"nat": self.nat_gateway, "endpoints": self.endpoint_and_zone * self.endpoints * self.zones}
        return ways.get(egress, 0.0)


class Storage(Frozen):
    """What keeping recordings costs."""

    source: Source
    gb_month: float
    bytes_per_call_second: int
    days_kept: int
    per_million_puts: float
    puts_per_job: int


class Vendor(Frozen):
    """A list price by the minute: `until` so many minutes a month the price beside it, None for all above."""

    source: Source
    per_minute: tuple[tuple[float | None, float], ...]

    def usd(self, call_hours: float) -> float:
        """USD for so many hours in one month."""
        minutes = call_hours * 60
        ends = [0.0, *(inf if until is None else until for until, _ in self.per_minute)]
        prices = (price for _, price in self.per_minute)
        return sum(
            max(0.0, min(minutes, end) - begin) * price
            for (begin, end), price in zip(pairwise(ends), prices, strict=True)
        )


class Prices(Frozen):
    """The price file; every part says where its numbers come from."""

    as_of: str
    currency: str
    gpu_per_hour: dict[str, str | dict[str, GpuPrice]]
    network_per_month: Network
    fixed_per_month: dict[str, str | float]
    per_gpu_hour: dict[str, str | float]
    per_million: dict[str, str | float]
    per_job: dict[str, str | float]
    storage: Storage
    vendors: dict[str, Vendor]

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions whose GPU prices are known."""
        return tuple(name for name, prices in self.gpu_per_hour.items() if not isinstance(prices, str))

    def market(self, region: str, instance: str, egress: Egress) -> "Market":
        """The prices that apply.

        Raises:
            NoPrice: region or instance type is not in the file.
        """
        known = self.gpu_per_hour.get(region, "")
        if isinstance(known, str):
            raise NoPrice(f"--region: no price for {region}; known are {', '.join(self.regions)}")
        if instance not in known:
            raise NoPrice(f"--instance: no price for {instance} in {region}; known are {', '.join(known)}")
        return Market(self, known[instance], region, instance, egress)


class NoPrice(ValueError):
    """The price file knows no price for what was asked; the message names it and says what it knows."""


@dataclass(frozen=True, slots=True)
class Market:
    """Prices of one region and instance type, and the way out of the network."""

    prices: Prices
    gpu: GpuPrice
    region: str
    instance: str
    egress: Egress


class Volume(Frozen):
    """What a month brings: calls, their hours, and GPU hours of both purchase types."""

    calls: float
    call_hours: float
    on_demand_h: float = 0.0
    spot_h: float = 0.0


@cache
def known_prices() -> Prices:
    """The price file of this package."""
    return Prices.model_validate_json(files("api.planning").joinpath("prices.json").read_text("utf-8"))


def gpu_usd(volume: Volume, price: GpuPrice) -> float:
    """USD a month for GPUs alone."""
    return volume.on_demand_h * price.on_demand + volume.spot_h * price.spot


def other_usd(volume: Volume, market: Market) -> dict[str, float]:
    """USD a month for everything but GPUs, by what it is for."""
    prices, gpu_h = market.prices, volume.on_demand_h + volume.spot_h
    return {
        f"network ({market.egress})": prices.network_per_month.usd(market.egress),
        "monitoring, key, web firewall": _sum(prices.fixed_per_month),
        "volumes of the GPUs": gpu_h * _sum(prices.per_gpu_hour),
        "requests, functions, table, queues, traces": volume.calls * _job_usd(prices),
        "recordings kept": _kept_usd(volume, prices.storage),
    }


def _job_usd(prices: Prices) -> float:
    return sum(
        _number(count) * _number(prices.per_million[name]) / MILLION
        for name, count in prices.per_job.items()
        if name != "source"
    )


def _kept_usd(volume: Volume, storage: Storage) -> float:
    kept_h = volume.call_hours * storage.days_kept / MONTH_DAYS
    kept_gb = kept_h * HOUR_S * storage.bytes_per_call_second / 1e9
    return kept_gb * storage.gb_month + volume.calls * storage.puts_per_job * storage.per_million_puts / MILLION


def _sum(part: dict[str, str | float]) -> float:
    return sum(_number(price) for name, price in part.items() if name != "source")


def _number(value: str | float) -> float:
    return float(value)
