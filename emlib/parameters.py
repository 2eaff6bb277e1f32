"""A model is its parameters: compared, shown, copied and kept from change by their values."""

from dataclasses import fields

import numpy as np

from ._checks import as_floats, as_weights, same_length, show


class Parameters:
    """The base of a frozen dataclass whose fields are weights, other arrays, and plain options."""

    def __init_subclass__(cls, **options):
        """Compare and show by values, whatever options a subclass gives to ``dataclass``."""
        super().__init_subclass__(**options)
        for name in ("__eq__", "__hash__", "__repr__"):
            if name not in vars(cls):
                setattr(cls, name, getattr(cls, name))

    def __post_init__(self):
        """Make every array read-only and of floats, one entry a component, or raise ValueError."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {name: a for name, a in given.items() if np.ndim(a)}
        arrays = {name: as_floats(name, a, np.ndim(a), "(K, ...)") for name, a in given.items()}
        arrays["weights"] = as_weights(self.weights)
        same_length(**arrays)
        vars(self).update(arrays)

    def parameters(self) -> tuple:
        """Return the parameters in their order."""
        return tuple(getattr(self, name) for name in self.__match_args__)

    def with_parameters(self, *parameters):
        """Return such a model with these parameters, known to be good: they are not checked.

        Arrays become read-only. For an M-step, where checks would take longer than the step.
        """
        model = object.__new__(type(self))
        model.__setstate__(parameters)
        return model

    __getstate__ = parameters

    def __setstate__(self, parameters):
        own = vars(self)
        for name, value in zip(self.__match_args__, parameters, strict=True):
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            own[name] = value

    def __eq__(self, other):
        return type(self) is type(other) and all(
            map(np.array_equal, self.parameters(), other.parameters())
        )

    def __hash__(self):
        return hash(tuple(np.asarray(p).tobytes() for p in self.parameters()))

    def __repr__(self):
        named = zip(self.__match_args__, self.parameters(), strict=True)
        inside = ", ".join(f"{name}={show(p, most=None)}" for name, p in named)
        return f"{type(self).__name__}({inside})"
