"""Networks of lumped elements: vessels, valves, chambers, outlets, joined in any way, run until periodic."""

from marey.simulate.flow.network.network import Block, Network, Wave
from marey.simulate.flow.network.solve import Course, check_periodic, periodic, simulate
from marey.simulate.flow.network.svzerod import Case, read_svzerod

__all__ = ["Block", "Case", "Course", "Network", "Wave", "check_periodic", "periodic", "read_svzerod", "simulate"]
