# SPDX-License-Identifier: GPL-3.0-or-later
"""Single queues. Each number comes another way than the Swift closed form that it checks."""

from mpmath import mp, mpf

from families import family
from numerics import (QUANTILES, Law, birth_death, crossing, inverted, mean, passage, quantile, real, stationary,
                      unit_roots, variance)

GROSS = ("Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008), "
         "DOI 10.1002/9781118625651")


def erlang_mixture(tails, rate):
    """The survival function of a sum of N exponentials, given P(N > k) for k = 0, 1, ..."""
    def survival(t):
        term, total = mp.exp(-rate * t), mpf(0)
        for k, tail in enumerate(tails):
            total += term * tail
            term *= rate * t / (k + 1)
        return total
    return survival


def tails(law):
    """P(N > k) for k = 0, 1, ... from P(N = k)."""
    sums, total = [], mpf(0)
    for p in reversed(law):
        sums.append(total)
        total += p
    return sums[::-1]


@family("mm1", f"{GROSS}, chapter 2, as sums over the states of the chain; busy periods by the derivatives of their "
        "transforms (Takacs, Introduction to the Theory of Queues, 1962, chapter 1); asymptotic variances by "
        "Poisson's equation (Whitt, Asymptotic formulas for Markov processes, Operations Research 40, 1992, "
        "DOI 10.1287/opre.40.2.279)")
def mm1():
    for arrival, service in [(0.6, 1), (0.9, 1), (3, 4), (0.2, 0.7)]:
        lam, mu = real(arrival), real(service)
        law = birth_death(lambda n: lam, lambda n: mu)
        size = mean(law)
        # The wait of an arrival that finds n is a sum of n services; its time in the system is one of n + 1.
        waiting = erlang_mixture(tails(law), mu)
        sojourn = erlang_mixture([mpf(1)] + tails(law)[:-1], mu)
        wait = [mean(law, lambda n: mpf(n) / mu), mean(law, lambda n: n * (n + mpf(1)) / mu ** 2),
                mean(law, lambda n: n * (n + 1) * (n + mpf(2)) / mu ** 3)]
        busy = mp.taylor(lambda s: (lam + mu + s - mp.sqrt((lam + mu + s) ** 2 - 4 * lam * mu)) / (2 * lam), 0, 2)
        served = mp.taylor(lambda z: (lam + mu - mp.sqrt((lam + mu) ** 2 - 4 * lam * mu * z)) / (2 * lam), 1, 1)
        cut, area = mpf(0), mpf(0)
        for n, p in enumerate(law):
            cut += (n - size) * p
            area += cut ** 2 / (lam * p)
        # g(w) = a w^2 + b w solves Poisson's equation of the wait from arrival to arrival.
        a = 1 / (2 * (1 / lam - 1 / mu))
        b = 2 * a / lam
        spread = wait[1] - wait[0] ** 2
        waits = 2 * a * (wait[2] - wait[0] * wait[1]) + 2 * b * spread - spread
        values = {
            "rho": 1 - law[0], "p0": law[0], "L": size, "Lq": mean(law, lambda n: max(0, n - 1)),
            "Wq": wait[0], "W": mean(law, lambda n: (n + mpf(1)) / mu), "var_L": variance(law),
            "var_W": mean(law, lambda n: (n + 1) * (n + mpf(2)) / mu ** 2) - (wait[0] + 1 / mu) ** 2,
            "mean_busy_period": -busy[1], "var_busy_period": 2 * busy[2] - busy[1] ** 2,
            "mean_served_per_busy_period": served[1],
            "relaxation_time": 1 / (lam + mu - 2 * mp.sqrt(lam * mu)),
            "asymptotic_variance_time_average_L": 2 * area, "asymptotic_variance_customer_average_Wq": waits,
            "p_N_ge_10": sum(law[10:])}
        for name, p in QUANTILES.items():
            values[f"Wq_{name}"] = quantile(waiting, p, 1 / mu)
            values[f"W_{name}"] = quantile(sojourn, p, 1 / mu)
        yield {"lambda": arrival, "mu": service}, values


@family("mm1_transient", "Abate and Whitt, Transient behavior of the M/M/1 queue: starting at the origin, Queueing "
        "Systems 2 (1987), DOI 10.1007/BF01182933: transforms, inverted numerically")
def mm1_transient():
    for arrival, service, time in [(0.7, 1, 2), (0.7, 1, 30), (0.95, 1, 100), (1.5, 1, 10), (4, 5, 0.25)]:
        lam, mu = real(arrival), real(service)

        def empty(s):
            # The server is free for 1/(s + lambda) between busy periods.
            shift = s + lam + mu
            root = mp.sqrt(shift - 2 * mp.sqrt(lam * mu)) * mp.sqrt(shift + 2 * mp.sqrt(lam * mu))
            return 1 / (s + lam - lam * (shift - root) / (2 * lam))

        def present(s):
            return (lam - mu) / s ** 2 + mu * empty(s) / s

        t = real(time)
        yield {"lambda": arrival, "mu": service, "start": "empty", "t": time}, {
            "p0_at_t": inverted(empty, t), "mean_N_at_t": inverted(present, t),
            "mean_time_average_N_over_0_t": inverted(lambda s: present(s) / s, t) / t}


def mmc_survival(lam, mu, servers, law):
    """The survival function of the time in the system of M/M/c, by its transform."""
    drain = servers * mu - lam
    late = sum(law[servers:])

    def survival(t):
        if t == 0:
            return mpf(1)
        return inverted(
            lambda s: (1 - (1 - late + late * drain / (drain + s)) * mu / (mu + s)) / s, t)
    return survival


def mmc_law(lam, mu, servers):
    """The law of the number in M/M/c."""
    return birth_death(lambda n: lam, lambda n: min(n, servers) * mu)


@family("mmc", f"{GROSS}, chapter 2, as sums over the states of the chain; waits as sums of services, times in the "
        "system by numerical inversion of their transforms")
def mmc():
    for arrival, service, servers in [(1.5, 1, 2), (7, 2, 5), (18, 1, 20), (3, 1, 4), (95, 1, 100)]:
        lam, mu = real(arrival), real(service)
        law = mmc_law(lam, mu, servers)
        waiting = erlang_mixture(
            [sum(law[servers:])] + tails([mpf(0)] + law[servers:])[1:], servers * mu)
        sojourn = mmc_survival(lam, mu, servers, law)
        queue = mean(law, lambda n: max(0, n - servers))
        values = {
            "rho": mean(law, lambda n: min(n, servers)) / servers, "p0": law[0], "erlang_c": sum(law[servers:]),
            "L": mean(law), "Lq": queue, "Wq": queue / lam, "W": mean(law) / lam}
        for name, p in QUANTILES.items():
            values[f"Wq_{name}"] = quantile(waiting, p, 1 / mu)
            values[f"W_{name}"] = quantile(sojourn, p, 1 / mu)
        yield {"lambda": arrival, "mu": service, "c": servers}, values


@family("mgcc_loss", f"{GROSS}, section 2.5 (Erlang's loss formula as the sum that it abbreviates)")
def mgcc_loss():
    for load, servers in [(2, 4), (12, 10), (50, 60), (0.5, 3)]:
        a = real(load)
        weights = [a ** n / mp.factorial(n) for n in range(servers + 1)]
        law = [w / sum(weights) for w in weights]
        yield {"offered_load": load, "c": servers}, {
            "p_block": law[-1], "mean_busy": mean(law), "utilisation": mean(law) / servers}


@family("mmck", f"{GROSS}, section 2.5, by elimination in the generator")
def mmck():
    for arrival, service, servers, places in [(3, 1, 4, 9), (1.5, 1, 1, 6), (20, 2, 8, 30), (0.5, 1, 2, 2)]:
        lam, mu = real(arrival), real(service)
        rates = [(n, n + 1, lam) for n in range(places)]
        rates += [(n, n - 1, min(n, servers) * mu) for n in range(1, places + 1)]
        law = stationary(places + 1, rates)
        through = sum(lam * p for p in law[:-1])
        queue = mean(law, lambda n: max(0, n - servers))
        yield {"lambda": arrival, "mu": service, "c": servers, "K": places}, {
            "p_block": law[-1], "p0": law[0], "L": mean(law), "Lq": queue, "throughput": through,
            "W_accepted": mean(law) / through, "Wq_accepted": queue / through}


@family("mmc_abandonment", "Garnett, Mandelbaum and Reiman, Designing a call center with impatient customers, "
        "Manufacturing and Service Operations Management 4 (2002), DOI 10.1287/msom.4.3.208.7753: the line's weights "
        "add up to Kummer's function")
def mmc_abandonment():
    for arrival, service, servers, patience in [(8, 1, 8, 0.25), (60, 1, 50, 1.5), (2, 1, 3, 0.01), (3, 1, 2, 5)]:
        lam, mu, theta = real(arrival), real(service), real(patience)
        a = lam / mu

        def line(x):
            return mp.hyp1f1(1, servers * mu / theta + 1, x)

        weights = [a ** n / mp.factorial(n) for n in range(servers + 1)]
        x = lam / theta
        total = sum(weights[:-1]) + weights[-1] * line(x)
        # x d/dx takes down the number waiting.
        slope = 1 / (servers * mu / theta + 1) * mp.hyp1f1(2, servers * mu / theta + 2, x)
        queue = weights[-1] * x * slope / total
        lost = theta * queue / lam
        yield {"lambda": arrival, "mu": service, "c": servers, "theta": patience}, {
            "p_abandon": lost, "p_wait": weights[-1] * line(x) / total, "Lq": queue,
            "mean_queue_time_all": queue / lam, "throughput": lam * (1 - lost), "mean_busy": a * (1 - lost)}


SERVICES = [
    {"dist": "deterministic", "value": 2}, {"dist": "exponential", "mean": 0.5},
    {"dist": "erlang", "k": 3, "mean": 1.5}, {"dist": "gamma", "shape": 0.4, "scale": 2},
    {"dist": "weibull", "shape": 0.8, "scale": 1.25}, {"dist": "lognormal", "mu": -0.5, "sigma": 1.1},
    {"dist": "uniform", "low": 0.25, "high": 1.75}, {"dist": "pareto", "alpha": 3.5, "xm": 0.6},
    {"dist": "hyperexponential", "p": [0.8, 0.2], "means": [0.5, 3]},
    {"dist": "discrete", "p": [0.5, 0.3, 0.2], "values": [0.5, 1, 4]}]


@family("mg1_fcfs", "The wait as a geometric sum of residual services: Feller, An Introduction to Probability Theory "
        "and Its Applications 2, 2nd ed. (1971), ISBN 978-0-471-25709-7, section XII.5; last come first served as "
        "a delay and the busy periods in it: Conway, Maxwell and Miller, Theory of Scheduling (1967), section 8-6")
def mg1_fcfs():
    for number, service in enumerate(SERVICES):
        law = Law(service)
        m = [law.moment(k) for k in (1, 2, 3)]
        load = 0.5 if number % 2 == 0 else 0.85
        arrival = float(mp.nstr(real(load) / m[0], 3))
        lam = real(arrival)
        rho = lam * m[0]
        # The residual of a service that is met: E R^k = E S^(k+1)/((k + 1) E S).
        rest, rest2 = m[1] / (2 * m[0]), m[2] / (3 * m[0])
        number, spread = rho / (1 - rho), rho / (1 - rho) ** 2
        wait = number * rest
        busy2 = m[1] / (1 - rho) ** 3
        delay = rest / (1 - rho)
        delay_spread = (rest2 - rest ** 2) / (1 - rho) ** 2 + lam * rest * busy2
        last = rho * (delay_spread + delay ** 2) - (rho * delay) ** 2
        yield {"lambda": arrival, "service": service}, {
            "mean_service": m[0], "scv_service": m[1] / m[0] ** 2 - 1, "rho": rho, "Wq": wait,
            "W": wait + m[0], "Lq": lam * wait, "L": lam * (wait + m[0]),
            "var_Wq": number * (rest2 - rest ** 2) + spread * rest ** 2, "var_Wq_lcfs_nonpreemptive": last}


@family("mph1_fcfs", "Pollaczek and Khinchine's transform, inverted numerically: Abate and Whitt, The Fourier-series "
        "method for inverting transforms of probability distributions, Queueing Systems 10 (1992), "
        "DOI 10.1007/BF01158520")
def mph1_fcfs():
    cases = [(0.7, {"dist": "erlang", "k": 3, "mean": 1}),
             (0.9, {"dist": "hyperexponential", "p": [0.7, 0.3], "means": [0.4, 2.4]}),
             (1.6, {"dist": "exponential", "mean": 0.5})]
    for arrival, service in cases:
        lam = real(arrival)

        def transform(s):
            if service["dist"] == "erlang":
                return (1 + s * real(service["mean"]) / service["k"]) ** -service["k"]
            if service["dist"] == "exponential":
                return 1 / (1 + s * real(service["mean"]))
            return sum(real(p) / (1 + s * real(m)) for p, m in zip(service["p"], service["means"]))

        rho = lam * (sum(real(p) * real(m) for p, m in zip(service["p"], service["means"]))
                     if "p" in service else real(service["mean"]))

        def survival(t):
            if t == 0:
                return rho
            return inverted(lambda s: (1 - (1 - rho) * s / (s - lam + lam * transform(s))) / s, t)

        values = {"p_wait": rho}
        for name, p in QUANTILES.items():
            values[f"Wq_{name}"] = quantile(survival, p, 1)
        yield {"lambda": arrival, "service": service}, values


def crommelin(lam, service, servers):
    """The probabilities of 0 ... c - 1 in M/D/c, and the law of its wait as Crommelin's alternating sum."""
    load = lam * service
    # (c - load) (1 - z) product of (z - root)/(1 - root) has the coefficients p_i - z^c sum of p_i.
    polynomial = [servers - load, load - servers]
    for root in unit_roots(servers, load):
        scaled = [value / (1 - root) for value in polynomial]
        polynomial = [mpf(0)] + scaled
        for power, value in enumerate(scaled):
            polynomial[power] -= root * value
    # The product's sign: p_0 is positive.
    sign = 1 if mp.re(polynomial[0]) > 0 else -1
    law = [sign * mp.re(value) for value in polynomial[:servers]]
    sums = [sum(law[:i + 1]) for i in range(servers)]

    def cumulative(t):
        with mp.workdps(50 + int(6 * lam * t / servers) + 20):
            total = mpf(0)
            for k in range(int(mp.floor(t / service)) + 1):
                x = lam * (t - k * service)
                weight = mp.exp(x)
                for i in range(servers):
                    power = (k + 1) * servers - 1 - i
                    total += sums[i] * weight * (-x) ** power / mp.factorial(power)
        return +total
    return law, cumulative


@family("md1", "Erlang, The theory of probabilities and telephone conversations, Nyt Tidsskrift for Matematik B 20 "
        "(1909), as in Tijms, A First Course in Stochastic Models (2003), DOI 10.1002/047001363X, section 9.2: the "
        "alternating series, with as many digits as it loses")
def md1():
    for arrival, service in [(0.6, 1), (0.9, 1), (1.5, 0.5)]:
        lam, time = real(arrival), real(service)
        with mp.workdps(150):
            _, cumulative = crommelin(lam, time, 1)
            rho = lam * time
            rest, rest2 = time / 2, time ** 2 / 3
            number, spread = rho / (1 - rho), rho / (1 - rho) ** 2
            wait = number * rest
            values = {
                "rho": rho, "p_wait": 1 - cumulative(mpf(0)), "Wq": wait, "W": wait + time, "Lq": lam * wait,
                "L": lam * (wait + time), "var_Wq": number * (rest2 - rest ** 2) + spread * rest ** 2}
            for share in ("0.5", "1", "2", "5"):
                values[f"P_Wq_le_{share}D"] = cumulative(mpf(share) * time)
            for name, p in QUANTILES.items():
                values[f"Wq_{name}"] = quantile(lambda t: 1 - cumulative(t), p, time)
        yield {"lambda": arrival, "D": service}, values


@family("mdc", "Crommelin, Delay probability formulae when the holding times are constant, Post Office Electrical "
        "Engineers' Journal 25 (1932); means and the probability of no wait by the roots of z^c = e^(-cr(1 - z)): "
        "Tijms, A First Course in Stochastic Models (2003), DOI 10.1002/047001363X, section 9.6")
def mdc():
    for arrival, service, servers in [(2.4, 1, 3), (4.5, 1, 5), (6, 2, 16)]:
        lam, time = real(arrival), real(service)
        with mp.workdps(200):
            load = lam * time
            law, cumulative = crommelin(lam, time, servers)
            roots = unit_roots(servers, load)
            queue = mp.re(sum(1 / (1 - z) for z in roots)) + (load ** 2 - servers * (servers - 1)) / (
                2 * (servers - load))
            values = {
                "rho": load / servers, "p_wait": 1 - sum(law), "Lq": queue, "Wq": queue / lam,
                "W": queue / lam + time, "L": queue + load}
            for name, p in QUANTILES.items():
                values[f"Wq_{name}"] = quantile(lambda t: 1 - cumulative(t), p, time / servers)
        yield {"lambda": arrival, "D": service, "c": servers}, values


@family("gim1", f"{GROSS}, section 5.3: the root of sigma = A(mu (1 - sigma)), with A by quadrature of the density; "
        "bound: Kingman, Some inequalities for the queue GI/G/1, Biometrika 49 (1962), "
        "DOI 10.1093/biomet/49.3-4.315; approximation: Allen, Probability, Statistics, and Queueing Theory, 2nd ed. "
        "(1990), chapter 5")
def gim1():
    for number, gaps in enumerate(SERVICES[:-1]):
        law = Law(gaps)
        m = [law.moment(k) for k in (1, 2)]
        load = 0.9 if number % 2 == 0 else 0.6
        service = float(mp.nstr(1 / (real(load) * m[0]), 4))
        mu = real(service)
        lam = 1 / m[0]
        with mp.workdps(30):
            sigma = crossing(lambda x: law.transform(mu * (1 - x)) - x, mpf("0.001"), 1 - mpf("0.001"), 20)
        drain = mu * (1 - sigma)
        rho, scv = lam / mu, m[1] / m[0] ** 2 - 1
        values = {
            "rho": rho, "sigma": sigma, "p_wait": sigma, "scv_arrivals": scv, "Wq": sigma / drain,
            "W": 1 / drain, "L": lam / drain, "Lq": lam * sigma / drain,
            "kingman_upper_bound_Wq": lam * (m[1] - m[0] ** 2 + 1 / mu ** 2) / (2 * (1 - rho)),
            "allen_cunneen_Wq": rho / (1 - rho) / mu * (scv + 1) / 2}
        for name, p in QUANTILES.items():
            # An arrival that finds n waits for n exponential services, n geometric with ratio sigma.
            values[f"Wq_{name}"] = max(mpf(0), mp.log(sigma / (1 - real(p))) / drain)
            values[f"W_{name}"] = mp.log(1 / (1 - real(p))) / drain
        yield {"interarrival": gaps, "mu": service}, values


@family("mmpp2_m1", "By the roots of the matrix polynomial of the balance equations: Mitrani and Chakka, Spectral "
        "expansion solution for a class of Markov models, Performance Evaluation 23 (1995), "
        "DOI 10.1016/0166-5316(94)00025-F; dispersion: Heffes and Lucantoni, IEEE Journal on Selected Areas in "
        "Communications 4 (1986), DOI 10.1109/JSAC.1986.1146393")
def mmpp2_m1():
    for rates, changes, service in [((0.3, 1.4), (0.2, 0.3), 1), ((0, 2), (0.05, 0.05), 1.25),
                                    ((5, 30), (0.02, 0.1), 12)]:
        up, change, mu = [real(x) for x in rates], [real(x) for x in changes], real(service)
        # Row vectors x z^n with x (up + z (Q - up - mu) + z^2 mu) = 0.
        inner = [-(change[0] + up[0] + mu), -(change[1] + up[1] + mu)]
        first, second = [up[0], inner[0], mu], [up[1], inner[1], mu]
        determinant = [mpf(0)] * 5
        for i, a in enumerate(first):
            for j, b in enumerate(second):
                determinant[i + j] += a * b
        determinant[2] -= change[0] * change[1]
        roots = mp.polyroots(determinant[::-1], maxsteps=500, extraprec=400)
        inside = [mp.re(z) for z in roots if abs(z) < 1 - mpf(10) ** -20]
        assert len(inside) == 2
        rows = []
        for z in inside:
            # The column of phase 0: x0 (up0 + z inner0 + z^2 mu) + x1 change1 z = 0.
            rows.append((change[1] * z, -(up[0] + z * inner[0] + z * z * mu))
                        if z != 0 else ((mpf(1), mpf(0)) if up[0] == 0 else (mpf(0), mpf(1))))
        # All of state 0 adds up: sum over n of each phase is the phase's share of time.
        shares = [change[1] / sum(change), change[0] / sum(change)]
        weights = mp.lu_solve(
            mp.matrix([[rows[k][phase] / (1 - inside[k]) for k in range(2)] for phase in range(2)]),
            mp.matrix(shares))
        totals = [weights[k] * sum(rows[k]) for k in range(2)]

        def at_least(n):
            return sum(w * z ** n / (1 - z) for w, z in zip(totals, inside))

        arrivals = shares[0] * up[0] + shares[1] * up[1]
        size = sum(w * z / (1 - z) ** 2 for w, z in zip(totals, inside))
        # Var N(t)/E N(t) by the deviation matrix (1 pi - Q)^-1 - 1 pi.
        ones = mp.matrix([[shares[0], shares[1]]] * 2)
        generator = mp.matrix([[-change[0], change[0]], [change[1], -change[1]]])
        deviation = (ones - generator) ** -1 - ones
        both = sum(shares[i] * up[i] * deviation[i, j] * up[j] for i in range(2) for j in range(2))
        yield {"lambda1": rates[0], "lambda2": rates[1], "rate_1_to_2": changes[0], "rate_2_to_1": changes[1],
               "mu": service}, {
            "mean_arrival_rate": arrivals, "rho": arrivals / mu,
            "limiting_index_of_dispersion": 1 + 2 * both / arrivals, "L": size, "W": size / arrivals,
            "p0": 1 - at_least(1), "p_N_ge_10": at_least(10), "p_N_ge_50": at_least(50)}


@family("mt_g_inf", "Eick, Massey and Whitt, M(t)/G/infinity queues with sinusoidal arrival rates, Management Science "
        "39 (1993), DOI 10.1287/mnsc.39.2.241: the integral of rate(t - u) P(S > u) by quadrature")
def mt_g_inf():
    for base, amplitude, period, service, kind in [
            (80, 30, 24, 0.75, "exponential"), (80, 30, 24, 0.75, "deterministic"),
            (10, 10, 1, 2.25, "deterministic"), (5, 4, 3, 1, "exponential")]:
        lam, swing, turn, time = real(base), real(amplitude), real(period), real(service)

        def rate(t):
            return lam + swing * mp.sin(2 * mp.pi * t / turn)

        def present(t):
            if kind == "deterministic":
                pieces = [time * k / 8 for k in range(9)]
                return mp.quad(lambda u: rate(t - u), pieces)
            pieces = [time * k for k in range(0, 129, 2)]
            return mp.quad(lambda u: rate(t - u) * mp.exp(-u / time), pieces)

        at = [present(turn * k / 4) for k in range(4)]
        middle = sum(at) / 4
        height = mp.sqrt((at[0] - middle) ** 2 + (at[1] - middle) ** 2)
        # m(t) - mean = height sin(2 pi t/period - lag).
        lag = mp.atan2(middle - at[0], at[1] - middle)
        yield {"lambda_mean": base, "amplitude": amplitude, "period": period, "mean_service": service,
               "service": kind}, {
            "mean_N_t0": at[0], "mean_N_quarter": at[1], "mean_N_half": at[2], "mean_N_three_quarter": at[3],
            "var_N_quarter": at[1], "amplitude_N": height, "peak_lag": lag * turn / (2 * mp.pi) % turn,
            "peak_mean_N": middle + height}


@family("mm_inf_transient", f"{GROSS}, section 2.6: the integral of the arrivals that are still there")
def mm_inf_transient():
    for arrival, service, time in [(6, 1.5, 0.5), (6, 1.5, 4), (40, 0.2, 1)]:
        lam, m, t = real(arrival), real(service), real(time)
        yield {"lambda": arrival, "mean_service": service, "start": "empty", "t": time}, {
            "mean_N": mp.quad(lambda u: lam * mp.exp(-u / m), [0, t / 4, t]),
            "stationary_mean_N": mp.quad(lambda u: lam * mp.exp(-u / m), [0, m, 4 * m, 16 * m, mp.inf])}


@family("mm1_priority_nonpreemptive", "Cobham, Priority assignment in waiting line problems, Operations Research 2 "
        "(1954), DOI 10.1287/opre.2.1.70: by Little's law for the first class and Kleinrock's conservation law for "
        "both (A conservation law for a wide class of queueing disciplines, Naval Research Logistics Quarterly 12, "
        "1965, DOI 10.1002/nav.3800120206)")
def mm1_priority_nonpreemptive():
    for rates, service in [((0.4, 0.3), 1), ((0.2, 0.75), 1), ((3, 1), 5)]:
        (one, two), mu = [real(x) for x in rates], real(service)
        law = birth_death(lambda n: one + two, lambda n: mu)
        every = mean(law) / mu
        # W1 = (what is in service) + (the first class waiting): W1 = P(busy)/mu + one W1/mu.
        wait1 = mp.findroot(lambda w: (1 - law[0]) / mu + one * w / mu - w, every)
        wait2 = ((one + two) * every - one * wait1) / two
        yield {"lambda1": rates[0], "lambda2": rates[1], "mu": service}, {
            "Wq_class1": wait1, "Wq_class2": wait2, "Wq_all": every}


@family("mm1_priority_preemptive_resume", "White and Christie, Queuing with preemptive priorities or with breakdown, "
        "Operations Research 6 (1958), DOI 10.1287/opre.6.1.79: the first class alone and both together are M/M/1")
def mm1_priority_preemptive_resume():
    for rates, service in [((0.4, 0.3), 1), ((0.2, 0.75), 1), ((3, 1), 5)]:
        (one, two), mu = [real(x) for x in rates], real(service)
        both = mean(birth_death(lambda n: one + two, lambda n: mu))
        first = mean(birth_death(lambda n: one, lambda n: mu))
        yield {"lambda1": rates[0], "lambda2": rates[1], "mu": service}, {
            "W_class1": first / one, "W_class2": (both - first) / two}


@family("mg1_setup", "By the generating function of what has arrived when service begins: Fuhrmann and Cooper, "
        "Stochastic decompositions in the M/G/1 queue with generalized vacations, Operations Research 33 (1985), "
        "DOI 10.1287/opre.33.5.1117; shares of time by the cycle (Ross, Stochastic Processes, 2nd ed., 1996, "
        "section 3.6)")
def mg1_setup():
    for arrival, service, setup in [
            (0.4, {"dist": "exponential", "mean": 1.5}, {"dist": "deterministic", "value": 6}),
            (0.1, {"dist": "deterministic", "value": 3}, {"dist": "exponential", "mean": 20}),
            (0.7, {"dist": "erlang", "k": 2, "mean": 1}, {"dist": "uniform", "low": 2, "high": 5})]:
        lam, law, start = real(arrival), Law(service), Law(setup)
        m, m2, d = law.moment(1), law.moment(2), start.moment(1)
        rho = lam * m
        # Those there when service begins: 1 and the arrivals of a setup time.
        with mp.workdps(40):
            begun = mp.taylor(lambda z: z * start.transform(lam * (1 - z)), 1, 2)
        wait = (rho / (1 - rho)) * m2 / (2 * m) + 2 * begun[2] / (2 * begun[1]) / lam
        busy = (1 + lam * d) * m / (1 - rho)
        cycle = 1 / lam + d + busy
        yield {"lambda": arrival, "service": service, "setup": setup}, {
            "Wq": wait, "W": wait + m, "p_arrival_finds_off": 1 / lam / cycle, "fraction_time_off": 1 / lam / cycle,
            "fraction_time_setting_up": d / cycle, "setups_per_time": 1 / cycle}


@family("mm1_n_policy", "Yadin and Naor, Queueing systems with a removable service station, Operational Research "
        "Quarterly 14 (1963), DOI 10.1057/jors.1963.63: by elimination in the generator")
def mm1_n_policy():
    for arrival, service, threshold in [(0.5, 1, 4), (3, 5, 10), (0.8, 1, 1)]:
        lam, mu = real(arrival), real(service)
        top = threshold + int(mp.ceil(60 * mp.log(10) / mp.log(mu / lam)))
        # State n < N: stopped with n; state N - 1 + n: running with n.
        rates = [(n, n + 1 if n + 1 < threshold else 2 * threshold - 1, lam) for n in range(threshold)]
        for n in range(1, top + 1):
            state = threshold - 1 + n
            if n < top:
                rates.append((state, state + 1, lam))
            rates.append((state, state - 1 if n > 1 else 0, mu))
        law = stationary(threshold + top, rates)
        size = mean(law, lambda s: s if s < threshold else s - threshold + 1)
        yield {"lambda": arrival, "mu": service, "N": threshold}, {
            "L": size, "W": size / lam, "starts_per_time": law[threshold - 1] * lam,
            "fraction_time_on": sum(law[threshold:])}


@family("mm1_sjf_nonpreemptive", "Phipps, Machine repair as a priority waiting-line problem, Operations Research 4 "
        "(1956), DOI 10.1287/opre.4.1.76, by Gaussian quadrature over the sizes' quantiles")
def mm1_sjf_nonpreemptive():
    for arrival, service in [(0.6, 1), (0.8, 1), (1.9, 0.5)]:
        lam, m = real(arrival), real(service)
        rho = lam * m

        def wait(u):
            # The size of a draw u, and the load of those up to it.
            x = -mp.log1p(-u)
            below = rho * (u - x * (1 - u)) if u < 1 else rho
            return rho * m / (1 - below) ** 2

        yield {"lambda": arrival, "mean_service": service}, {
            "Wq": mp.quad(wait, [0, mpf("0.5"), mpf("0.9"), mpf("0.99"), 1], maxdegree=10),
            "Wq_fcfs": mean(birth_death(lambda n: lam, lambda n: 1 / m)) * m}


@family("mg1_ps", "Kleinrock, Queueing Systems 2 (1976), section 4.4 (insensitive): as sums over the states of the "
        "chain of exponential sizes")
def mg1_ps():
    for arrival, size in [(0.7, {"dist": "deterministic", "value": 1}), (0.3, {"dist": "erlang", "k": 2, "mean": 3}),
                          (1.4, {"dist": "hyperexponential", "p": [0.8, 0.2], "means": [0.25, 1.5]})]:
        lam, m = real(arrival), Law(size).moment(1)
        law = birth_death(lambda n: lam, lambda n: 1 / m)
        yield {"lambda": arrival, "size": size}, {
            "rho": 1 - law[0], "L": mean(law), "W": mean(law) / lam, "slowdown": mean(law) / lam / m, "p0": law[0],
            "p_N_ge_5": sum(law[5:]), "W_given_size_1": mean(law) / lam / m}


@family("jackson_tandem", "Jackson, Networks of waiting lines, Operations Research 5 (1957), "
        "DOI 10.1287/opre.5.4.518: product form, as sums over the states of each server")
def jackson_tandem():
    for arrival, services in [(0.5, [1, 0.8]), (6, [7, 9, 6.5, 20])]:
        lam, mus = real(arrival), [real(x) for x in services]
        size = sum(mean(birth_death(lambda n: lam, lambda n: mu)) for mu in mus)
        yield {"lambda": arrival, "mus": services}, {"L": size, "W": size / lam, "max_throughput": min(mus)}


@family("probabilistic_router_mmc", f"{GROSS}, section 2.3, with the Poisson stream split: sums over the states and "
        "numerical inversion of transforms")
def probabilistic_router_mmc():
    tiers = [{"p": 0.5, "mu": 3, "c": 2}, {"p": 0.375, "mu": 1, "c": 4}, {"p": 0.125, "mu": 0.25, "c": 6}]
    lam = real(8)
    laws, survivals = [], []
    for tier in tiers:
        rate, mu = lam * real(tier["p"]), real(tier["mu"])
        laws.append(mmc_law(rate, mu, tier["c"]))
        survivals.append(mmc_survival(rate, mu, tier["c"], laws[-1]))

    def survival(t):
        return sum(real(tier["p"]) * one(t) for tier, one in zip(tiers, survivals))

    values = {"W": sum(mean(law) for law in laws) / lam}
    for name, p in QUANTILES.items():
        values[f"W_{name}"] = quantile(survival, p, 1)
    for index, one in enumerate(survivals):
        values[f"W_p99_tier{index + 1}"] = quantile(one, 0.99, 1)
    yield {"lambda": 8, "tiers": tiers}, values


@family("power_of_d_mean_field", "Mitzenmacher, The power of two choices in randomized load balancing, IEEE "
        "Transactions on Parallel and Distributed Systems 12 (2001), DOI 10.1109/71.963420: the exponent in closed form")
def power_of_d_mean_field():
    for choices, load, service in [(2, 0.7, 1), (3, 0.9, 2), (1, 0.75, 1), (5, 0.99, 1)]:
        rho, mu = real(load), real(service)

        def share(k):
            return rho ** (k if choices == 1 else (mpf(choices) ** k - 1) / (choices - 1))

        size, k = mpf(0), 1
        while share(k) > mpf(10) ** -60:
            size += share(k)
            k += 1
        yield {"d": choices, "rho": load, "mu": service, "servers": "infinity"}, {
            "mean_N_per_server": size, "W": size / (rho * mu), "p_server_has_ge_3": share(3)}


@family("closed_interactive_mva", "Reiser and Lavenberg, Mean-value analysis of closed multichain queuing networks, "
        "Journal of the ACM 27 (1980), DOI 10.1145/322186.322195: by elimination in the generator of the users; "
        "saturation: Kleinrock, Queueing Systems 2 (1976), section 4.12")
def closed_interactive_mva():
    for users, think, service in [(8, 4, 1), (40, 15, 0.5), (3, 0.25, 2)]:
        z, m = real(think), real(service)
        rates = [(n, n + 1, (users - n) / z) for n in range(users)] + [(n, n - 1, 1 / m) for n in range(1, users + 1)]
        law = stationary(users + 1, rates)
        through = (1 - law[0]) / m
        yield {"users": users, "think_time": think, "mean_service": service}, {
            "throughput": through, "response_time": mean(law) / through, "mean_at_server": mean(law),
            "utilisation": 1 - law[0], "saturation_users": (z + m) / m}


@family("mm1_overflow", "Feller, An Introduction to Probability Theory and Its Applications 1, 3rd ed. (1968), chapter "
        "14: the equations of first steps, solved")
def mm1_overflow():
    for arrival, service, level in [(0.6, 1, 15), (3, 4, 30), (0.3, 1, 8)]:
        lam, mu = real(arrival), real(service)
        # h(n) = P(level before 0 | n): h(n) (lam + mu) = lam h(n + 1) + mu h(n - 1).
        matrix, right = mp.zeros(level - 1, level - 1), mp.zeros(level - 1, 1)
        for n in range(1, level):
            matrix[n - 1, n - 1] = lam + mu
            if n > 1:
                matrix[n - 1, n - 2] = -mu
            if n + 1 < level:
                matrix[n - 1, n] = -lam
            else:
                right[n - 1] = lam
        law = birth_death(lambda n: lam, lambda n: mu)
        yield {"lambda": arrival, "mu": service, "level": level}, {
            "p_reach_level_in_busy_period": mp.lu_solve(matrix, right)[0],
            "mean_time_empty_to_level": passage(lambda n: lam, lambda n: mu, level),
            "p_N_ge_level_stationary": sum(law[level:])}
