# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of batches. Each number comes another way than the Swift closed form that it checks."""

from mpmath import mp, mpf

from families import family
from numerics import birth_death, mean, real, stationary, unit_roots, variance

NEUTS = ("Neuts, A general class of bulk queues with Poisson input, Annals of Mathematical Statistics 38 (1967), "
         "DOI 10.1214/aoms/1177698869")
INOUE = ("Inoue, Queueing analysis of GPU-based inference servers with dynamic batching: a closed-form "
         "characterization, Performance Evaluation 147 (2021), DOI 10.1016/j.peva.2020.102183")


@family("batch_affine", f"{NEUTS}: the generating function of the number left behind, by its roots in the unit circle; "
        "means over the cycle of a batch and the wait before it")
def batch_affine():
    for arrival, alpha, beta, largest in [(3, 1, 0, 6), (5, 0.5, 0.1, 12), (20, 0.25, 0.01, 16), (0.7, 1, 0.25, 1),
                                          (1.5, 0.4, 0.3, 3)]:
        lam = real(arrival)
        with mp.workdps(90):
            times = [real(alpha) + max(1, n) * real(beta) for n in range(largest + 1)]
            a = [lam * t for t in times]
            b, full = largest, a[largest]
            # pi(z) (z^b - A_b(z)) = sum over i < b of pi_i (z^b A_i(z) - z^i A_b(z)); at z = 1 by the slopes.
            matrix, right = mp.matrix(b, b), mp.matrix(b, 1)
            for row, z in enumerate(unit_roots(b, full)):
                for i in range(b):
                    # Divided by z^b = A_b(z), so that no coefficient is lost.
                    matrix[row, i] = mp.exp(-a[i] * (1 - z)) - z ** i
            for i in range(b):
                matrix[b - 1, i] = b + a[i] - i - full
            right[b - 1] = b - full
            law = [mp.re(p) for p in mp.lu_solve(matrix, right)]
            slope = b - full
            curve = sum(p * (b * (b - 1) + 2 * b * a[i] + a[i] ** 2 - i * (i - 1) - 2 * i * full - full ** 2)
                        for i, p in enumerate(law))
            left = (curve - (b * (b - 1) - full ** 2)) / (2 * slope)
            beyond = 1 - sum(law)
            beyond_mean = left - mean(law)

            def over(value):
                return sum(p * value(max(1, i), times[i]) for i, p in enumerate(law)) + beyond * value(b, times[b])

            time, size = over(lambda n, t: t), over(lambda n, t: mpf(n))
            rate = 1 / (time + law[0] / lam)
            area = sum(p * times[i] * (max(1, i) + a[i] / 2) for i, p in enumerate(law))
            area += times[b] * (beyond_mean + beyond * full / 2)
            service = over(lambda n, t: n * t) / size
            present = rate * area
        yield {"lambda": arrival, "alpha": alpha, "beta": beta, "max_batch": largest}, {
            "max_throughput": b / times[b], "rho": full / b, "L": present, "W": present / lam,
            "Wq": present / lam - service, "mean_service_seen": service, "mean_batch_size": size,
            "utilisation": rate * time, "batches_per_time": rate, "p_idle": rate * law[0] / lam,
            "p_left_empty": law[0]}


@family("batch_affine_unbounded", f"{INOUE}: the functional equation of the number left behind, unrolled; the bound is "
        "the lesser of the two of theorem 2")
def batch_affine_unbounded():
    for arrival, alpha, beta in [(0.6, 1, 0.4), (4, 0.3, 0.2), (0.95, 2, 1), (0.01, 1, 0.5)]:
        lam, fixed, each = real(arrival), real(alpha), real(beta)
        a, b = lam * fixed, lam * each
        # pi(z) = e^(-a (1 - z)) (pi(g) + pi_0 (g - 1)) with g = e^(-b (1 - z)); g goes to 1 as it is repeated.
        below, product, sums = mpf(1), mpf(1), mpf(0)
        while below > mpf(10) ** -60:
            product *= mp.exp(-a * below)
            below = -mp.expm1(-b * below)
            sums -= product * below
        empty = product / (1 - sums)
        first = (a + b * empty) / (1 - b)
        size = first + empty
        second = (a * a + 2 * a * b * size + b * b * size) / (1 - b * b)
        square = second + first + empty
        # The area under the number in the system: a batch of n, for a + b n over lambda, and half of those that come.
        time = fixed + each * size
        time_square = fixed ** 2 + 2 * fixed * each * size + each ** 2 * square
        area = fixed * size + each * square + lam * time_square / 2
        wait = area / (time + empty / lam) / lam
        bounds = [(each + fixed) / (2 * (1 - b)) * (1 + 2 * a + (1 - a) / (1 + b)),
                  3 * fixed / (2 * (1 - b)) + each / 2 * (b + 2) / (1 - b * b)]
        assert wait <= min(bounds)
        yield {"lambda": arrival, "alpha": alpha, "beta": beta}, {
            "W": wait, "mean_batch_size": size, "upper_bound_W": min(bounds)}


@family("batch_mm1b", "Medhi, Stochastic Models in Queueing Theory, 2nd ed. (2003), section 4.3, by elimination in the "
        "generator")
def batch_mm1b():
    for arrival, service, largest in [(3, 1, 6), (1.2, 1, 2), (0.5, 1, 1), (20, 2, 16)]:
        lam, mu = real(arrival), real(service)
        top = 40 * largest
        # State 0: idle; state n + 1: a batch runs and n wait.
        while True:
            rates = [(0, 1, lam)]
            for n in range(top):
                if n + 1 < top:
                    rates.append((n + 1, n + 2, lam))
                rates.append((n + 1, 0 if n == 0 else max(0, n - largest) + 1, mu))
            law = stationary(top + 1, rates)
            if law[-1] < mpf(10) ** -45:
                break
            top *= 2
        queue = mean(law, lambda s: max(0, s - 1))
        yield {"lambda": arrival, "mu": service, "max_batch": largest}, {
            "root": law[3] / law[2], "p_idle": law[0], "Lq": queue, "Wq": queue / lam, "W": queue / lam + 1 / mu,
            "mean_batch_size": lam / (mu * (1 - law[0]))}


@family("batch_full_exponential", "Medhi, Stochastic Models in Queueing Theory, 2nd ed. (2003), chapter 4: elimination "
        "in the generator of the number in the system; a batch that is full finds what an arrival does (Wolff, Poisson "
        "arrivals see time averages, Operations Research 30, 1982, DOI 10.1287/opre.30.2.223)")
def batch_full_exponential():
    for arrival, service, size in [(3, 1, 6), (1.2, 1, 2), (0.5, 1, 1), (30, 4, 10)]:
        lam, mu = real(arrival), real(service)
        top = 40 * size
        while True:
            rates = [(n, n + 1, lam) for n in range(top)] + [(n, n - size, mu) for n in range(size, top + 1)]
            law = stationary(top + 1, rates)
            if law[-1] < mpf(10) ** -45:
                break
            top *= 2
        closing = law[size - 1::size]
        filling = mean(law, lambda n: n % size) / lam
        wait = mean(law) / lam
        yield {"lambda": arrival, "mu": service, "batch": size}, {
            "sigma": sum(closing[1:]) / sum(closing), "mean_fill_wait": filling,
            "mean_batch_queue_wait": wait - filling - 1 / mu, "W": wait}


@family("batch_size_or_timeout", "Ross, Stochastic Processes, 2nd ed. (1996), section 3.6: the time for which the batch "
        "is open and the time waited in it, integrated over the time since its first request")
def batch_size_or_timeout():
    for arrival, largest, timeout in [(40, 8, 0.1), (8, 3, 0.25), (100, 64, 0.5), (1, 4, 0.5), (5, 1, 1)]:
        lam, limit = real(arrival), real(timeout)

        def open_with(t, value):
            # The further requests by t, as long as the batch is not full.
            term, total = mp.exp(-lam * t), mpf(0)
            for k in range(largest - 1):
                total += term * value(k)
                term *= lam * t / (k + 1)
            return total

        pieces = [limit * k / 8 for k in range(9)]
        window = mp.quad(lambda t: open_with(t, lambda k: 1), pieces)
        waited = mp.quad(lambda t: open_with(t, lambda k: k + 1), pieces)
        size = 1 + lam * window
        yield {"lambda": arrival, "max_batch": largest, "timeout": timeout}, {
            "mean_batch_size": size, "mean_batch_window": window,
            "p_batch_full": 1 - open_with(limit, lambda k: 1) if largest > 1 else mpf(1),
            "mean_batching_wait": waited / size, "batches_per_time": lam / size}


@family("continuous_batching_ps", "Cohen, The multiple phase service network with generalized processor sharing, Acta "
        "Informatica 12 (1979), DOI 10.1007/BF00264581 (insensitive): sums over the states of the chain")
def continuous_batching_ps():
    for arrival, alpha, beta, tokens in [(3, 0.02, 0.0005, 200), (8, 0.015, 0.0004, 250), (0.5, 0.05, 0.002, 400)]:
        lam, fixed, each, count = real(arrival), real(alpha), real(beta), real(tokens)
        law = birth_death(lambda n: lam, lambda n: n / ((fixed + n * each) * count))
        total, least = mpf(0), None
        for n, p in enumerate(law):
            total += p
            if least is None and total >= mpf("0.99"):
                least = n
        made = mean(law, lambda n: n / (fixed + n * each))
        yield {"lambda": arrival, "alpha": alpha, "beta": beta, "mean_tokens": tokens}, {
            "rho": lam * each * count, "L": mean(law), "var_L": variance(law), "p0": law[0], "W": mean(law) / lam,
            "N_p99": least, "mean_iteration_time_token_weighted": mean(law) / made, "utilisation": 1 - law[0],
            "p_N_ge_64": sum(reversed(law[64:]))}


@family("continuous_batching_cap", "Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008), "
        "DOI 10.1002/9781118625651, chapter 2 (state-dependent service), by elimination in the generator")
def continuous_batching_cap():
    for arrival, alpha, beta, tokens, largest in [
            (3, 0.02, 0.0005, 200, 24), (5, 0.015, 0.0004, 250, 64), (1.5, 0.05, 0.002, 40, 4)]:
        lam, fixed, each, count = real(arrival), real(alpha), real(beta), real(tokens)

        def served(n):
            n = min(n, largest)
            return n / ((fixed + n * each) * count)

        top = largest + int(mp.ceil(50 * mp.log(10) / mp.log(served(largest) / lam)))
        law = stationary(top + 1, [(n, n + 1, lam) for n in range(top)]
                         + [(n, n - 1, served(n)) for n in range(1, top + 1)])
        queue = mean(law, lambda n: max(0, n - largest))
        yield {"lambda": arrival, "alpha": alpha, "beta": beta, "mean_tokens": tokens, "max_batch": largest}, {
            "max_throughput": served(largest), "rho": lam / served(largest), "L": mean(law), "Lq": queue,
            "mean_running": mean(law, lambda n: min(n, largest)), "W": mean(law) / lam, "Wq": queue / lam,
            "p_wait": sum(law[largest:]), "p0": law[0]}
