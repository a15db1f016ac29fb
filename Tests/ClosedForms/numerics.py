# SPDX-License-Identifier: GPL-3.0-or-later
"""High-precision tools for closed-forms.py: laws, Markov chains, Laplace inversion, roots. Needs mpmath."""

from mpmath import mp, mpf, mpc

mp.dps = 50


def real(number):
    """A parameter as the decimal number that the table shows."""
    return mpf(repr(number)) if isinstance(number, float) else mpf(number)


def stationary(count, rates):
    """The steady state of a chain with states 0 ... count - 1, by eliminating them from the last one down.

    `rates` yields (from, to, rate). Nothing is subtracted. Grassmann, Taksar and Heyman, Operations Research 33
    (1985) 1107, DOI 10.1287/opre.33.5.1107.
    """
    out = [{} for _ in range(count)]
    into = [set() for _ in range(count)]
    for start, end, rate in rates:
        out[start][end] = out[start].get(end, mpf(0)) + rate
        into[end].add(start)
    for state in range(count - 1, 0, -1):
        lower = {end: rate for end, rate in out[state].items() if end < state}
        total = sum(lower.values())
        for start in [s for s in into[state] if s < state]:
            share = out[start][state] = out[start][state] / total
            for end, rate in lower.items():
                if end != start:
                    out[start][end] = out[start].get(end, mpf(0)) + share * rate
                    into[end].add(start)
    weights = [mpf(1)]
    for state in range(1, count):
        weights.append(sum((weights[s] * out[s][state] for s in into[state] if s < state), mpf(0)))
    total = sum(weights)
    return [weight / total for weight in weights]


def birth_death(births, deaths):
    """The steady state of a birth-death chain by the balance of flows across each cut.

    `births(n)` and `deaths(n)` give the rates in state n; the chain ends where `births` gives 0, or where what is
    left is below 1e-70.
    """
    weights, largest = [mpf(1)], mpf(1)
    while births(len(weights) - 1) > 0:
        n = len(weights)
        weights.append(weights[-1] * births(n - 1) / deaths(n))
        largest = max(largest, weights[-1])
        if weights[-1] < mpf(10) ** -70 * largest and births(n) < deaths(n + 1):
            break
    total = sum(reversed(weights))
    return [weight / total for weight in weights]


def passage(births, deaths, target):
    """The mean time from 0 to `target` of a birth-death chain, from its equations of first steps."""
    matrix, right = mp.zeros(target, target), mp.zeros(target, 1)
    for state in range(target):
        up, down = births(state), deaths(state) if state else mpf(0)
        matrix[state, state] = up + down
        if state + 1 < target:
            matrix[state, state + 1] = -up
        if state:
            matrix[state, state - 1] = -down
        right[state] = 1
    return mp.lu_solve(matrix, right)[0]


def mean(law, value=lambda n: n):
    """The mean of a function of a number with this law over 0, 1, ..."""
    return sum((value(n) * p for n, p in enumerate(law)), mpf(0))


def variance(law):
    """The variance of a number with this law over 0, 1, ..."""
    centre = mean(law)
    return mean(law, lambda n: (n - centre) ** 2)


def inverted(transform, t, terms=90):
    """The function at t > 0 with this Laplace transform.

    Abate and Valko, "Multi-precision Laplace transform inversion", International Journal for Numerical Methods in
    Engineering 60 (2004), DOI 10.1002/nme.995: Talbot's contour, about 0.6 digits a term.
    """
    with mp.workdps(terms + 20):
        r = mpf(2 * terms) / (5 * t)
        total = mp.exp(r * t) * transform(r) / 2
        for k in range(1, terms):
            angle = k * mp.pi / terms
            cot = mp.cot(angle)
            s = r * angle * mpc(cot, 1)
            sigma = angle + (angle * cot - 1) * cot
            total += (mp.exp(t * s) * transform(s) * mpc(1, sigma)).real
        value = r / terms * mp.re(total)
    return +value


def crossing(function, low, high, digits=40):
    """The place in [low, high] where a monotone function changes its sign: the Illinois method.

    Dowell and Jarratt, BIT 11 (1971), DOI 10.1007/BF01934364.
    """
    at_low, at_high = function(low), function(high)
    while abs(high - low) > mpf(10) ** -digits * abs(high):
        middle = high - at_high * (high - low) / (at_high - at_low)
        value = function(middle)
        if value == 0 or abs(middle - high) <= mpf(10) ** -digits * abs(high):
            return middle
        if value * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = middle, value
    return high


def quantile(survival, p, start):
    """Where a survival function falls to 1 - p; 0 if it starts below."""
    left = 1 - real(p)
    if survival(mpf(0)) <= left:
        return mpf(0)
    high = real(start)
    while survival(high) > left:
        high *= 2
    low = mpf(0) if high == start else high / 2
    return crossing(lambda t: mp.log(survival(t) / left), low, high)


QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}


def unit_roots(order, load):
    """The roots of z^order = e^(-load (1 - z)) within the unit circle, without z = 1; load < order."""
    roots = []
    for k in range(1, order):
        turn = mp.expjpi(mpf(2 * k) / order)
        z = mpc(0)
        # A contraction; Newton's method takes it to all digits.
        for _ in range(60):
            z = turn * mp.exp(-load * (1 - z) / order)
        for _ in range(12):
            value = z - turn * mp.exp(-load * (1 - z) / order)
            z -= value / (1 - load / order * turn * mp.exp(-load * (1 - z) / order))
        roots.append(z)
    return roots


class Law:
    """A law of a positive time, whose means are all taken by quadrature of its density or its quantiles."""

    def __init__(self, parameters):
        self.kind = parameters["dist"]
        self.values = {
            key: [real(v) for v in value] if isinstance(value, list) else real(value)
            for key, value in parameters.items() if key != "dist"}

    def expect(self, function):
        """The mean of a function of a draw."""
        v = self.values

        def exponential(scale, power=mpf(1)):
            # A draw is scale u^power with u exponential of mean 1.
            return mp.quad(lambda u: function(scale * u ** power) * mp.exp(-u), [0, 1, 4, 16, 64, mp.inf])

        if self.kind == "deterministic":
            return function(v["value"])
        if self.kind == "exponential":
            return exponential(v["mean"])
        if self.kind == "weibull":
            return exponential(v["scale"], 1 / v["shape"])
        if self.kind == "hyperexponential":
            return sum(p * exponential(m) for p, m in zip(v["p"], v["means"]))
        if self.kind in ("gamma", "erlang"):
            shape = v["shape"] if self.kind == "gamma" else v["k"]
            scale = v["scale"] if self.kind == "gamma" else v["mean"] / v["k"]
            # u = w^(1/shape) takes away the pole of the density at 0.
            if shape < 1:
                return mp.quad(lambda w: function(scale * w ** (1 / shape)) * mp.exp(-w ** (1 / shape)),
                               [0, 1, 4, 16, 64]) / mp.gamma(shape + 1)
            return mp.quad(lambda u: function(scale * u) * u ** (shape - 1) * mp.exp(-u),
                           [0, 1, 4, 16, 64, mp.inf]) / mp.gamma(shape)
        if self.kind == "uniform":
            return mp.quad(function, [v["low"], v["high"]]) / (v["high"] - v["low"])
        if self.kind == "pareto":
            # A draw is xm e^(u/alpha); far beyond the last point neither a moment nor a transform has anything left.
            return mp.quad(lambda u: function(v["xm"] * mp.exp(u / v["alpha"])) * mp.exp(-u),
                           [0, 1, 4, 16, 64, 256, 1200])
        if self.kind == "lognormal":
            # The trapezoidal rule for a function that falls as a normal density.
            step, reach = mpf(1) / 24, 16 + 4 * v["sigma"]
            points = [k * step for k in range(int(-reach / step), int(reach / step) + 1)]
            return step * sum(function(mp.exp(v["mu"] + v["sigma"] * z)) * mp.npdf(z) for z in points)
        if self.kind == "discrete":
            return sum(p * function(x) for p, x in zip(v["p"], v["values"]))
        raise ValueError(self.kind)

    def moment(self, order):
        """The mean of a power of a draw."""
        return self.expect(lambda x: x ** order)

    def transform(self, s):
        """The mean of e^(-s draw)."""
        return self.expect(lambda x: mp.exp(-s * x))

    def cut(self, limit):
        """The mean of min(draw, limit), of its square, and the share beyond the limit, by the density below."""
        v = self.values
        if self.kind == "weibull":
            def density(x):
                y = x / v["scale"]
                return v["shape"] / v["scale"] * y ** (v["shape"] - 1) * mp.exp(-y ** v["shape"])
        elif self.kind == "exponential":
            def density(x):
                return mp.exp(-x / v["mean"]) / v["mean"]
        elif self.kind == "lognormal":
            def density(x):
                return mp.npdf((mp.log(x) - v["mu"]) / v["sigma"]) / (v["sigma"] * x)
        else:
            raise ValueError(self.kind)
        points = [0, limit / 1000, limit / 100, limit / 10, limit / 2, limit]
        below = mp.quad(density, points)
        first = mp.quad(lambda x: x * density(x), points)
        second = mp.quad(lambda x: x * x * density(x), points)
        return first + limit * (1 - below), second + limit ** 2 * (1 - below), 1 - below
