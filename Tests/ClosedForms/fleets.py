# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines, bills and caches. Each number comes another way than the Swift closed form that it checks."""

import itertools

from mpmath import mp, mpf

from families import family
from numerics import Law, crossing, mean, passage, real, stationary

ROSS = "Ross, Stochastic Processes, 2nd ed. (1996), ISBN 978-0-471-12062-9, section 3.6"
BARLOW = ("Barlow and Proschan, Statistical Theory of Reliability and Life Testing (1975), "
          "ISBN 978-0-03-085853-6, chapter 7")


@family("machine_repair_spares", "Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008), "
        "DOI 10.1002/9781118625651, section 2.7: elimination in the generator, first passages by their equations")
def machine_repair_spares():
    for machines, spares, repairers, failure, repair in [
            (5, 0, 1, 0.2, 1), (8, 3, 2, 0.1, 0.5), (3, 2, 5, 0.25, 2), (20, 4, 3, 0.02, 0.25)]:
        lam, mu, total = real(failure), real(repair), machines + spares

        def fails(n):
            return min(machines, total - n) * lam

        def repaired(n):
            return min(n, repairers) * mu

        law = stationary(total + 1, [(n, n + 1, fails(n)) for n in range(total)]
                         + [(n, n - 1, repaired(n)) for n in range(1, total + 1)])
        rate = mean(law, fails)
        yield {"machines": machines, "spares": spares, "repairers": repairers, "failure_rate": failure,
               "repair_rate": repair}, {
            "p_all_operating": sum(law[:spares + 1]), "mean_operating": mean(law, lambda n: min(machines, total - n)),
            "mean_down": mean(law), "failures_per_time": rate,
            "mean_repair_wait": mean(law, lambda n: max(0, n - repairers)) / rate, "p_none_operating": law[-1],
            "mean_time_to_first_shortfall": passage(fails, repaired, spares + 1),
            "mean_time_to_none_operating": passage(fails, repaired, total),
            "p_operating_lt_half": sum(p for n, p in enumerate(law) if 2 * min(machines, total - n) < machines)}


@family("k_of_n_availability", f"{BARLOW}: all sets of machines that are up, one by one; failures by the rate at which "
        "those with just enough fail")
def k_of_n_availability():
    for count, needed, up, down in [(5, 3, 30, 2), (10, 9, 50, 0.5), (3, 1, 4, 1), (8, 8, 100, 3)]:
        u, d = real(up), real(down)
        one = u / (u + d)
        law = [mpf(0)] * (count + 1)
        for states in itertools.product((0, 1), repeat=count):
            law[sum(states)] += one ** sum(states) * (1 - one) ** (count - sum(states))
        enough = sum(law[needed:])
        rate = law[needed] * needed / u
        yield {"n": count, "k": needed, "mean_up": up, "mean_down": down}, {
            "unit_availability": one, "p_at_least_k_up": enough, "system_failures_per_time": rate,
            "mean_system_up": enough / rate, "mean_system_down": sum(law[:needed]) / rate, "mean_up_units": mean(law)}


@family("alternating_renewal", f"{ROSS}; variances: Takacs, On certain sojourn time problems in the theory of stochastic "
        "processes, Acta Mathematica Academiae Scientiarum Hungaricae 8 (1957) 169: as those of the reward of a "
        "cycle, up - availability (up + down), with the moments by quadrature of the densities")
def alternating_renewal():
    exponential = {"dist": "exponential", "mean": 3}
    for up, down, longest in [
            ({"dist": "weibull", "shape": 1.25, "scale": 15}, {"dist": "gamma", "shape": 3, "scale": 0.25}, None),
            ({"dist": "weibull", "shape": 0.75, "scale": 10}, {"dist": "lognormal", "mu": -0.5, "sigma": 0.9}, None),
            (exponential, {"dist": "deterministic", "value": 0.5}, None),
            ({"dist": "exponential", "mean": 30}, {"dist": "exponential", "mean": 0.25}, 24),
            ({"dist": "weibull", "shape": 1.5, "scale": 20}, exponential, 18),
            ({"dist": "lognormal", "mu": 2, "sigma": 1}, {"dist": "uniform", "low": 0.5, "high": 1.5}, 24)]:
        if longest is None:
            u, u2, cut = Law(up).moment(1), Law(up).moment(2), mpf(0)
        else:
            u, u2, cut = Law(up).cut(real(longest))
        d, d2 = Law(down).moment(1), Law(down).moment(2)
        share, cycle = u / (u + d), u + d
        # The reward (1 - share) up - share down has mean 0.
        reward = (1 - share) ** 2 * (u2 - u * u) + share ** 2 * (d2 - d * d)
        parameters = {"up": up, "down": down}
        if longest is not None:
            parameters["max_up"] = longest
        values = {
            "mean_up": u, "mean_down": d, "availability": share, "cycles_per_time": 1 / cycle,
            "asymptotic_variance_availability": reward / cycle,
            "asymptotic_variance_cycle_count": (u2 - u * u + d2 - d * d) / cycle / cycle ** 2}
        if longest is not None:
            values["p_reaches_max_up"] = cut
        yield parameters, values


@family("exponential_availability_transient", f"{BARLOW}: exponentials of the generator's matrix")
def exponential_availability_transient():
    for failure, repair, time in [(0.1, 1.5, 0.25), (0.1, 1.5, 8), (2, 0.5, 1)]:
        f, r, t = real(failure), real(repair), real(time)
        # The third column adds up the time spent up.
        matrix = mp.matrix([[-f, f, 1], [r, -r, 0], [0, 0, 0]])
        at = mp.expm(matrix * t)
        law = stationary(2, [(0, 1, f), (1, 0, r)])
        yield {"failure_rate": failure, "repair_rate": repair, "start": "up", "t": time}, {
            "availability_at_t": at[0, 0], "interval_availability_0_t": at[0, 2] / t, "stationary": law[0]}


def tries(work, rate, restart):
    """The mean time and the mean number of interruptions until `work` is done in one go, by the first interruption."""
    done = mp.exp(-rate * work)
    pieces = [work * k / 8 for k in range(9)]
    lost = mp.quad(lambda x: rate * mp.exp(-rate * x) * (x + restart), pieces)
    # E = done work + lost + (1 - done) E.
    return (done * work + lost) / done, (1 - done) / done


@family("preempted_job_restart", "Ross, Introduction to Probability Models, 11th ed. (2014), ISBN 978-0-12-407948-9, "
        "section 7.8: the equation of the first interruption")
def preempted_job_restart():
    for work, rate, restart in [(3, 0.2, 0.1), (8, 0.05, 0.5), (1, 3, 0.25)]:
        time, count = tries(real(work), real(rate), real(restart))
        yield {"work": work, "interruption_rate": rate, "restart_time": restart}, {
            "mean_completion": time, "mean_interruptions": count, "p_no_interruption": 1 / (1 + count)}


@family("preempted_job_checkpoint", "Daly, A higher order estimate of the optimum checkpoint interval for restart dumps, "
        "Future Generation Computer Systems 22 (2006), DOI 10.1016/j.future.2004.11.016: the best interval as a zero "
        "of the slope of the time per work; Young, A first order approximation to the optimum checkpoint interval, "
        "Communications of the ACM 17 (1974), DOI 10.1145/361147.361115")
def preempted_job_checkpoint():
    for work, interval, checkpoint, rate, restart in [(12, 1.5, 0.1, 0.1, 0.25), (100, 4, 0.02, 0.01, 1),
                                                      (6, 0.5, 0.25, 1, 0.5)]:
        c, lam = real(checkpoint), real(rate)
        time, count = tries(real(interval) + c, lam, real(restart))
        segments = int(work / interval)

        def slope(x):
            return lam * x * mp.exp(lam * (x + c)) - mp.expm1(lam * (x + c))

        young = mp.sqrt(2 * c / lam)
        yield {"work": work, "interval": interval, "checkpoint_time": checkpoint, "interruption_rate": rate,
               "restart_time": restart}, {
            "mean_completion": segments * time, "mean_interruptions": segments * count,
            "optimal_interval": crossing(slope, young / 10, young * 3), "young_interval": young}


@family("common_shock_loss", "Marshall and Olkin, A multivariate exponential distribution, Journal of the American "
        "Statistical Association 62 (1967), DOI 10.1080/01621459.1967.10482885: the exponential of the generator of "
        "the number lost")
def common_shock_loss():
    for count, single, shocks, window, k in [
            (3, 0.1, [{"rate": 0.02, "p": 0.75}], 1, 2),
            (10, 0.05, [{"rate": 0.04, "p": 0.5}, {"rate": 0.005, "p": 1}], 2, 6),
            (6, 0, [{"rate": 1.5, "p": 0.1}, {"rate": 0.25, "p": 0.4}], 0.5, 3)]:
        generator = mp.matrix(count + 1, count + 1)
        for lost in range(count):
            generator[lost, lost + 1] += (count - lost) * real(single)
            for shock in shocks:
                p = real(shock["p"])
                for more in range(1, count - lost + 1):
                    generator[lost, lost + more] += real(shock["rate"]) * mp.binomial(count - lost, more) * (
                        p ** more * (1 - p) ** (count - lost - more))
            generator[lost, lost] = -sum(generator[lost, n] for n in range(lost + 1, count + 1))
        row = mp.expm(generator * real(window))
        law = [row[0, n] for n in range(count + 1)]
        one = mean(law) / count
        alone = sum(mp.binomial(count, n) * one ** n * (1 - one) ** (count - n) for n in range(k, count + 1))
        yield {"n": count, "individual_rate": single, "shocks": shocks, "window": window, "k": k}, {
            "p_at_least_k_lost": sum(law[k:]), "p_all_lost": law[-1], "p_none_lost": law[0], "mean_lost": mean(law),
            "p_at_least_k_lost_if_independent": alone, "correlation_inflation": sum(law[k:]) / alone}


@family("billing_rounding", "Feller, An Introduction to Probability Theory and Its Applications 2, 2nd ed. (1971), chapter "
        "I: unit by unit")
def billing_rounding():
    for life, minimum, unit, price in [(1800, 60, 1, 12.5), (300, 60, 60, 3), (90, 0, 3600, 1.25), (5, 60, 1, 2)]:
        m, least, step = real(life), real(minimum), real(unit)
        # The minimum, and a unit for each that a life gets to.
        billed, alive, next_one = least, mp.exp(-least / m), mp.exp(-step / m)
        while alive > mpf(10) ** -40:
            billed += step * alive
            alive *= next_one
        yield {"mean_up_seconds": life, "minimum_seconds": minimum, "unit_seconds": unit, "price_per_hour": price}, {
            "mean_billed_seconds": billed, "mean_billed_per_mean_life": billed / m,
            "mean_cost_per_life": billed * real(price) / 3600}


@family("free_if_interrupted", "Feller, as above: unit by unit, nothing for a life that ends before the free age")
def free_if_interrupted():
    for life, free, unit in [(7200, 3600, 1), (1800, 3600, 60), (600, 0, 1), (100, 50, 10)]:
        m, age, step = real(life), real(free), real(unit)
        never = 1 - mp.exp(-age / m)
        billed, alive, next_one = mpf(0), mp.exp(-age / m), mp.exp(-step / m)
        while alive > mpf(10) ** -40:
            age += step
            billed += age * (alive - alive * next_one)
            alive *= next_one
        yield {"mean_up_seconds": life, "free_before_seconds": free, "unit_seconds": unit}, {
            "p_free": never, "mean_billed_seconds": billed, "mean_billed_per_mean_life": billed / m}


@family("reserved_newsvendor_poisson", "Porteus, Foundations of Stochastic Inventory Theory (2002), "
        "ISBN 978-0-8047-4399-0, chapter 1: the mean cost of every number up to far beyond the demand")
def reserved_newsvendor_poisson():
    for demand, reserved, extra in [(15, 20, 30), (4, 0.4, 1), (200, 7, 10), (0.5, 1, 4)]:
        m, r, e = real(demand), real(reserved), real(extra)
        top = int(m + 25 * mp.sqrt(m) + 60)
        law = [mp.exp(-m) * m ** k / mp.factorial(k) for k in range(top)]

        def cost(n):
            return n * r + e * sum((k - n) * p for k, p in enumerate(law) if k > n)

        costs = [cost(n) for n in range(int(m + 10 * mp.sqrt(m) + 5))]
        best = min(range(len(costs)), key=lambda n: (costs[n], n))
        values = {"optimal_reserved": best, "optimal_cost": costs[best], "cost_no_reserved": costs[0],
                  "cost_one_more": costs[best + 1]}
        if best > 0:
            values["cost_one_less"] = costs[best - 1]
        yield {"mean_demand": demand, "reserved_price": reserved, "on_demand_price": extra}, values


@family("kaufman_roberts", "Kaufman, Blocking in a shared resource environment, IEEE Transactions on Communications 29 "
        "(1981), DOI 10.1109/TCOM.1981.1094894: all states of the product form, one by one")
def kaufman_roberts():
    for capacity, classes in [
            (16, [{"lambda": 3, "mean_hold": 2, "units": 1}, {"lambda": 0.5, "mean_hold": 3, "units": 3}]),
            (48, [{"lambda": 10, "mean_hold": 1, "units": 1}, {"lambda": 4, "mean_hold": 1.5, "units": 3},
                  {"lambda": 0.75, "mean_hold": 2, "units": 12}]),
            (5, [{"lambda": 2, "mean_hold": 1.5, "units": 2}])]:
        law = [mpf(0)] * (capacity + 1)
        ranges = [range(capacity // c["units"] + 1) for c in classes]
        terms = [[(real(c["lambda"]) * real(c["mean_hold"])) ** n / mp.factorial(n) for n in r]
                 for c, r in zip(classes, ranges)]
        for numbers in itertools.product(*ranges):
            held = sum(n * c["units"] for n, c in zip(numbers, classes))
            if held <= capacity:
                weight = mpf(1)
                for n, term in zip(numbers, terms):
                    weight *= term[n]
                law[held] += weight
        total = sum(law)
        law = [p / total for p in law]
        values = {"mean_units_used": mean(law), "p_empty": law[0], "utilisation": mean(law) / capacity}
        for index, c in enumerate(classes):
            values[f"p_block_class{index + 1}"] = sum(law[capacity - c["units"] + 1:])
        yield {"capacity_units": capacity, "classes": classes}, values


def zipf(objects, exponent):
    """The shares of requests of objects whose popularity falls as a power of their rank."""
    weights = [1 / mpf(rank) ** real(exponent) for rank in range(1, objects + 1)]
    total = sum(weights)
    return [w / total for w in weights]


@family("cache_che_zipf", "Che, Tung and Wang, Hierarchical Web caching systems: modeling, design and experimental results, "
        "IEEE Journal on Selected Areas in Communications 20 (2002), DOI 10.1109/JSAC.2002.801752; FIFO and RANDOM: "
        "Martina, Garetto and Leonardi, A unified approach to the performance analysis of caching systems, INFOCOM "
        "2014, DOI 10.1109/INFOCOM.2014.6848145: the characteristic time by bracketing")
def cache_che_zipf():
    for objects, exponent, capacity in [(50, 0.7, 12), (400, 1.1, 40), (2000, 0.9, 20)]:
        shares = zipf(objects, exponent)

        def least(q, t):
            return -mp.expm1(-q * t)

        def first(q, t):
            return q * t / (1 + q * t)

        times = {}
        for hit in (least, first):
            high = mpf(capacity)
            while sum(hit(q, high) for q in shares) < capacity:
                high *= 2
            times[hit] = crossing(lambda t: sum(hit(q, t) for q in shares) - capacity, high / 2, high, 30)
        t, other = times[least], times[first]
        yield {"objects": objects, "alpha": exponent, "capacity": capacity, "time_unit": "requests"}, {
            "characteristic_time": t, "hit_ratio": sum(q * least(q, t) for q in shares),
            "hit_ratio_rank1": least(shares[0], t), "hit_ratio_rank10": least(shares[9], t),
            "fifo_random_characteristic_time": other,
            "fifo_random_hit_ratio": sum(q * first(q, other) for q in shares),
            "hit_ratio_static_optimum": sum(shares[:capacity])}


@family("cache_lru_exact_irm", "King, Analysis of demand paging algorithms, IFIP Congress (1971): the steady state over "
        "all lists of what was asked for last")
def cache_lru_exact_irm():
    for objects, exponent, capacity in [(9, 1, 3), (7, 0.8, 4), (12, 1.2, 2), (6, 0.5, 1)]:
        shares = zipf(objects, exponent)
        hits = [mpf(0)] * objects
        for order in itertools.permutations(range(objects), capacity):
            chance, rest = mpf(1), mpf(1)
            for item in order:
                chance *= shares[item] / rest
                rest -= shares[item]
            for item in order:
                hits[item] += chance
        yield {"objects": objects, "alpha": exponent, "capacity": capacity}, {
            "hit_ratio": sum(q * h for q, h in zip(shares, hits)), "hit_ratio_rank1": hits[0],
            "hit_ratio_last": hits[-1]}


@family("cache_ttl_zipf", "Berger, Gland, Singla and Ciucu, Exact analysis of TTL cache networks, Performance Evaluation "
        "79 (2014), DOI 10.1016/j.peva.2014.07.001: the mean hits and the mean length of a cycle of an object")
def cache_ttl_zipf():
    for objects, exponent, total, life in [(500, 0.8, 5, 30), (200, 1.1, 100, 2), (3, 1, 1, 0.5)]:
        t = real(life)
        rates = [real(total) * q for q in zipf(objects, exponent)]
        values = {}
        # Fixed: a cycle is a life and the wait after it. Reset: a miss and a geometric number of hits.
        for name, lives in (("fixed", lambda r: t), ("reset", lambda r: mp.expm1(r * t) / r)):
            cycles = [lives(r) + 1 / r for r in rates]
            misses = sum(1 / c for c in cycles)
            values[f"hit_ratio_{name}_ttl"] = sum(lives(r) / c * r for r, c in zip(rates, cycles)) / sum(rates)
            values[f"occupancy_{name}_ttl"] = sum(lives(r) / c for r, c in zip(rates, cycles))
            values[f"backend_rate_{name}_ttl"] = misses
        yield {"objects": objects, "alpha": exponent, "total_rate": total, "ttl": life}, values


@family("dedup_then_ttl_cache", f"{ROSS}: the generator of a key that is absent, computed or there, with exponential times "
        "(shares of time depend on the means only)")
def dedup_then_ttl_cache():
    for objects, exponent, total, compute, life in [(300, 0.8, 6, 1.5, 40), (100, 1.1, 50, 4, 0.5)]:
        d, t = real(compute), real(life)
        rates = [real(total) * q for q in zipf(objects, exponent)]
        sums, alone = [mpf(0)] * 3, mpf(0)
        for r in rates:
            law = stationary(3, [(0, 1, r), (1, 2, 1 / d), (2, 0, 1 / t)])
            sums = [s + r * p for s, p in zip(sums, law)]
            alone += r * stationary(2, [(0, 1, r), (1, 0, 1 / d)])[1]
        every = sum(rates)
        yield {"objects": objects, "alpha": exponent, "total_rate": total, "mean_compute": compute, "ttl": life}, {
            "fraction_computed": sums[0] / every, "fraction_coalesced": sums[1] / every,
            "fraction_cache_hit": sums[2] / every, "compute_rate": sums[0],
            "fraction_coalesced_without_cache": alone / every}
