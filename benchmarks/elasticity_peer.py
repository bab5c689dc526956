"""A Land 2015 problem in FElupe, for `benchmarks/elasticity.py`; runs in an environment that has FElupe, not Marey.

    python elasticity_peer.py PROBLEM.npz

The file holds points, cells, held (n,) nodes, loaded (n,) nodes of the pressed surface, where (m * 8, 3) and fibre
(m * 8, 3) at points of integration, law (C, bf, bt, bfs), pressure, tension and steps.
"""

import json
import sys
import time
from typing import Any

import felupe as fem  # type: ignore[import-not-found,unused-ignore]
import numpy as np
from scipy.spatial import cKDTree

UNIT = np.eye(3)


class Guccione:
    """Guccione's law and a tension along the fibres, arrays with the point and the cell last."""

    def __init__(self, fibre: Any, law: Any) -> None:
        self.C, bf, self.bt, bfs = law
        self.a, self.b, self.tension = bf - 2 * bfs + self.bt, bfs - self.bt, 0.0
        self.x = [UNIT, np.zeros(0)]
        M = self.M = np.einsum("i...,j...->ij...", fibre, fibre)
        same = np.einsum("ik,jl->ijkl", UNIT, UNIT) + np.einsum("il,jk->ijkl", UNIT, UNIT)
        mixed = np.einsum("ik,lj...->ijkl...", UNIT, M) + np.einsum("ik...,lj->ijkl...", M, UNIT)
        mixed = (mixed + mixed.swapaxes(2, 3)) / 2
        H = self.bt * same[..., None, None] + 2 * self.a * np.einsum("ij...,kl...->ijkl...", M, M)
        self.H = H + self.b * (mixed + mixed.swapaxes(0, 1))

    def _stress(self, F: Any) -> Any:
        E = (np.einsum("ki...,kj...->ij...", F, F) - UNIT[:, :, None, None]) / 2
        dQ = np.einsum("ijkl...,kl...->ij...", self.H, E)
        scale = self.C / 2 * np.exp(np.minimum(np.einsum("ij...,ij...->...", dQ, E) / 2, 50))
        return dQ, scale, scale * dQ + self.tension * self.M

    def gradient(self, x: Any) -> Any:
        """First Piola-Kirchhoff stress."""
        return [np.einsum("ik...,kj...->ij...", x[0], self._stress(x[0])[2]), x[-1]]

    def hessian(self, x: Any) -> Any:
        """Its derivative."""
        F = x[0]
        dQ, scale, S = self._stress(F)
        A = scale * (np.einsum("ij...,kl...->ijkl...", dQ, dQ) + self.H)
        A = np.einsum("iI...,kK...,IJKL...->iJkL...", F, F, A, optimize=True)
        return [A + np.einsum("ik,JL...->iJkL...", UNIT, S)]


def main() -> None:
    data = np.load(sys.argv[1])
    start = time.perf_counter()
    mesh = fem.Mesh(data["points"], data["cells"], "hexahedron")
    region = fem.RegionHexahedron(mesh)
    field = fem.FieldContainer([fem.Field(region, dim=3)])
    X = fem.Field(region, dim=3, values=mesh.points).interpolate()
    nearest = cKDTree(data["where"]).query(X.reshape(3, -1).T)[1]
    law = Guccione(data["fibre"][nearest].T.reshape(X.shape), data["law"])
    solid = fem.SolidBodyNearlyIncompressible(law, field, bulk=1000.0)
    boundary = fem.RegionHexahedronBoundary(mesh, only_surface=True, mask=data["loaded"])
    surface = fem.FieldContainer([fem.Field(boundary, dim=3)])
    pressed = fem.SolidBodyPressure(surface)
    bounds = {"held": fem.Boundary(field[0], mask=data["held"])}
    dof0, dof1 = fem.dof.partition(field, bounds)
    ext0 = fem.dof.apply(field, bounds, dof0)
    for part in np.linspace(0, 1, int(data["steps"]) + 1)[1:]:
        pressed.update(float(data["pressure"]) * part)
        law.tension = float(data["tension"]) * part
        found = fem.newtonrhapson(
            items=[solid, pressed], dof0=dof0, dof1=dof1, ext0=ext0, verbose=0, tol=1e-6, maxiter=25
        )  # fmt: skip
        field = found.x
        surface[0].values[:] = field[0].values
    moved = (mesh.points + field[0].values)[data["watched"], 2]
    print(json.dumps({"z": moved.tolist(), "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
