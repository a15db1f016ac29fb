# SPDX-License-Identifier: GPL-3.0-or-later
"""Procedures of statistics and functions of known sensitivity."""

from mpmath import mp, mpf

from families import family
from numerics import crossing, real


@family("student_t", "Student, The probable error of a mean, Biometrika 6 (1908), DOI 10.1093/biomet/6.1.1: the "
        "quantile of its law as an incomplete beta integral")
def student_t():
    for freedom in (1, 2, 9, 29, 199):
        for confidence in (0.9, 0.95, 0.999):
            rest = 1 - real(confidence)
            high = mpf(2)

            def beyond(t):
                x = freedom / (freedom + t * t)
                return mp.betainc(mpf(freedom) / 2, mpf(1) / 2, 0, x, regularized=True) - rest

            while beyond(high) > 0:
                high *= 2
            low = mpf(0) if high == 2 else high / 2
            yield {"df": freedom, "confidence": confidence}, {"t": crossing(beyond, low, high, 30)}


@family("poisson_rate_interval", "Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936), "
        "DOI 10.1093/biomet/28.3-4.437: the rates at which so many events or so few are as rare as allowed")
def poisson_rate_interval():
    for events, exposure, confidence in [(0, 3, 0.95), (1, 1, 0.9), (7, 2.5, 0.99), (40, 10, 0.95)]:
        rest, time = (1 - real(confidence)) / 2, real(exposure)
        top = mpf(4 * events + 30)
        values = {"high": crossing(
            lambda x: sum(mp.exp(-x) * x ** k / mp.factorial(k) for k in range(events + 1)) - rest,
            mpf(events), top) / time}
        values["low"] = mpf(0) if events == 0 else crossing(
            lambda x: sum(mp.exp(-x) * x ** k / mp.factorial(k) for k in range(events, events + 200)) - rest,
            mpf("0.001"), mpf(events)) / time
        yield {"events": events, "exposure": exposure, "confidence": confidence}, values


@family("ar1_batch_means", "Law, Simulation Modeling and Analysis, 5th ed. (2015), chapter 9: x_i = phi x_(i-1) + e_i with "
        "e of variance 1; means of batches by the sum over all pairs of values")
def ar1_batch_means():
    for phi, size in [(0.8, 50), (0.5, 20), (0.9, 100)]:
        p = real(phi)
        powers = [p ** k / (1 - p * p) for k in range(2 * size)]
        own = sum(powers[abs(i - j)] for i in range(size) for j in range(size)) / size ** 2
        next_one = sum(powers[size + j - i] for i in range(size) for j in range(size)) / size ** 2
        yield {"phi": phi, "batch": size}, {"variance_of_batch_mean": own, "lag1_correlation": next_one / own}


@family("kim_nelson", "Kim and Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM "
        "Transactions on Modeling and Computer Simulation 11 (2001), DOI 10.1145/502109.502111, with c = 1: eta solves "
        "(1 + 2 eta)^(-(n0 - 1)/2)/2 = alpha/(k - 1)")
def kim_nelson():
    for systems, first, confidence in [(4, 15, 0.95), (8, 25, 0.9), (2, 10, 0.99), (20, 50, 0.95)]:
        alpha = 1 - real(confidence)
        eta = crossing(
            lambda x: (1 + 2 * x) ** (-mpf(first - 1) / 2) / 2 - alpha / (systems - 1), mpf(0), mpf(50))
        yield {"systems": systems, "n0": first, "confidence": confidence}, {"eta": eta, "h2": 2 * eta * (first - 1)}


@family("mser5", "White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69 (1997), "
        "DOI 10.1177/003754979706900601: x_i = a e^(-i/tau) + (7907 i mod 103)/103, each cut tried by itself")
def mser5():
    for a, n, tau in [(8, 600, 30), (3, 1200, 50), (20, 400, 25)]:
        series = [real(a) * mp.exp(-mpf(i) / tau) + mpf(7907 * i % 103) / 103 for i in range(n)]
        means = [sum(series[k:k + 5]) / 5 for k in range(0, n, 5)]

        def statistic(cut):
            left = means[cut:]
            centre = sum(left) / len(left)
            return sum((x - centre) ** 2 for x in left) / len(left) ** 2

        best = min(range(len(means) // 2 + 1), key=statistic)
        left = means[best:]
        yield {"a": a, "n": n, "tau": tau}, {
            "truncated_batches": best, "truncated_mean": sum(left) / len(left), "statistic": statistic(best)}


def integral(function, low=0, high=1, pieces=4):
    low, high = mpf(low), mpf(high)
    return mp.quad(function, [low + (high - low) * k / pieces for k in range(pieces + 1)], method="gauss-legendre") / (
        high - low)


@family("sensitivity_ishigami", "Ishigami and Homma, An importance quantification technique in uncertainty analysis for "
        "computer models (1990), DOI 10.1109/ISUMA.1990.151285: sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi), its "
        "means and variances by quadrature")
def sensitivity_ishigami():
    a, b = real(7), real(0.1)

    def m(function):
        return integral(function, -mp.pi, mp.pi)

    # The function is s(x1) (1 + b f(x3)) + a q(x2).
    s2, q, q2 = m(lambda x: mp.sin(x) ** 2), m(lambda x: mp.sin(x) ** 2), m(lambda x: mp.sin(x) ** 4)
    f, f2 = m(lambda x: 1 + b * x ** 4), m(lambda x: (1 + b * x ** 4) ** 2)
    first, second, both = s2 * f ** 2, a ** 2 * (q2 - q ** 2), s2 * (f2 - f ** 2)
    total = s2 * f2 + second
    yield {"a": 7, "b": 0.1}, {
        "mean": a * q, "variance": total, "S1": first / total, "S2": second / total, "S3": mpf(0),
        "ST1": (first + both) / total, "ST2": second / total, "ST3": both / total}


@family("sensitivity_sobol_g", "Saltelli and Sobol', About the use of rank transformation in sensitivity analysis of model "
        "output, Reliability Engineering & System Safety 50 (1995), DOI 10.1016/0951-8320(95)00099-2: the product of "
        "(|4 x - 2| + a)/(1 + a), its means and variances by quadrature")
def sensitivity_sobol_g():
    weights = [0, 1, 4.5, 9, 99]
    squares = [integral(lambda x: ((abs(4 * x - 2) + real(a)) / (1 + real(a))) ** 2) for a in weights]
    means = [integral(lambda x: (abs(4 * x - 2) + real(a)) / (1 + real(a))) for a in weights]

    def product(numbers):
        result = mpf(1)
        for number in numbers:
            result *= number
        return result

    centre = product(means) ** 2
    total = product(squares) - centre
    values = {"mean": product(means), "variance": total}
    for i in range(len(weights)):
        alone = product([squares[j] if j == i else means[j] ** 2 for j in range(5)]) - centre
        rest = product([means[j] ** 2 if j == i else squares[j] for j in range(5)]) - centre
        values[f"S{i + 1}"] = alone / total
        values[f"ST{i + 1}"] = 1 - rest / total
    yield {"a": weights}, values
