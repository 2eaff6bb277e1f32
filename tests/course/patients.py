"""The patients of the clinic: EM programs with one real fault each, and what they look like cured.

A program is a class whose methods are plain functions of the data and of theta. A patient is a
healthy program with one method replaced by a faulty one, so its cure is its parent. The clinic
(notebook 08), the table at its end and the homework's wrong answers share these.

    p = PATIENTS[2]
    p.symptom(p), p.symptom(p.cured)      # the number that gives it away, before and after
    readings(p)                           # what each instrument of emlib.check says
"""

import numpy as np
from scipy.special import logsumexp

from emlib import NormalMixture, check, datasets, log_likelihood_surface

TEN = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])
FAITHFUL = datasets.old_faithful()
FAR = NormalMixture([0.7, 0.3], [150, 250], [20, 20])
UNEQUAL = NormalMixture([0.7, 0.3], [150, 250], [20, 40])
NEAR = NormalMixture([0.3, 0.7], [0, 5.4], [1, 1])
OVERLAP = NormalMixture([0.3, 0.7], [0, 3], [1, 1])
ASYMMETRIC = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])

STANDARD = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)


def draws(model, n, seed=0):
    """A sample of a model, without its labels."""
    return model.sample(n, np.random.default_rng(seed))[0]


def clouds():
    """Two round clouds in two dimensions."""
    rng = np.random.default_rng(10)
    means, covariance = rng.normal(0, 3, (2, 2)), [[1, 0.3], [0.3, 1]]
    sizes = zip(means, (150, 100), strict=True)
    return np.concatenate([rng.multivariate_normal(mu, covariance, n) for mu, n in sizes])


# --- Healthy programs --------------------------------------------------------------------------


class Normal:
    """Two bells in one dimension, as in notebook 04."""

    x = TEN

    def start(self, x):
        left, right = np.quantile(x, [0.25, 0.75])
        return np.array([0.5, 0.5]), np.array([left, right]), np.full(2, x.std() / 2)

    def pdf(self, x, mu, sigma):
        return np.exp(-(((x[:, None] - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))

    def density(self, x, pi, mu, sigma):
        return (pi * self.pdf(x, mu, sigma)).sum(axis=1)

    def log_likelihood(self, x, *theta):
        return np.log(self.density(x, *theta)).sum()

    def e_step(self, x, pi, mu, sigma):
        joint = pi * self.pdf(x, mu, sigma)
        return joint / joint.sum(axis=1, keepdims=True)

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
        return n / n.sum(), mu, np.sqrt(variance)

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.begin(x) if theta is None else theta, []
        while len(trace) < 5000:
            trace.append(self.log_likelihood(x, *theta))
            if len(trace) > 1 and trace[-1] - trace[-2] < tol:
                break
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, trace

    def begin(self, x):
        start = self.start(x)
        return self.m_step(x, start) if isinstance(start, np.ndarray) else start

    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        return rng.normal(mu[z], sigma[z]), z

    def surface(self, x, mu1, mu2, pi, sigma):
        return log_likelihood_surface(x, mu1, mu2, weights=pi, stds=sigma)

    def limits(self, x):
        return x.min() - x.std(), x.max() + x.std()


class Shared(Normal):
    """Two bells that share one standard deviation."""

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * (x[:, None] - mu) ** 2).sum() / len(x)
        return n / len(x), mu, np.sqrt([variance, variance])


class Gaussian(Normal):
    """Two ellipses, as in notebook 06."""

    x = FAITHFUL

    def start(self, x):
        low, high = np.quantile(x, [0.25, 0.75], axis=0)
        sigma = np.diag(x.std(axis=0) ** 2)
        return np.array([0.5, 0.5]), np.array([low, high]), np.array([sigma, sigma])

    def pdf(self, x, mu, sigma):
        d = x - mu[:, None]
        squared = np.einsum("kni,kij,knj->nk", d, np.linalg.inv(sigma), d, optimize=True)
        return np.exp(-squared / 2) / np.sqrt(np.linalg.det(2 * np.pi * sigma))

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = r.T @ x / n[:, None]
        d = x - mu[:, None]
        sigma = np.einsum("nk,kni,knj->kij", r, d, d) / n[:, None, None]
        return n / len(x), mu, sigma

    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        factors = np.linalg.cholesky(sigma)[z]
        return mu[z] + np.einsum("nij,nj->ni", factors, rng.normal(size=(n, 2))), z


class Coins(Normal):
    """Two coins, as in notebook 05; heads and tails of each set, all in logarithms."""

    x = datasets.coin_tosses().astype(float)

    def start(self, x):
        return np.array([0.5, 0.5]), np.array([0.6, 0.5])

    def log_joint(self, x, pi, theta):
        heads, tails = x.T[:, :, None]
        return np.log(pi) + heads * np.log(theta) + tails * np.log(1 - theta)

    def density(self, x, pi, theta):
        return np.exp(logsumexp(self.log_joint(x, pi, theta), axis=1))

    def log_likelihood(self, x, pi, theta):
        return logsumexp(self.log_joint(x, pi, theta), axis=1).sum()

    def e_step(self, x, pi, theta):
        log_joint = self.log_joint(x, pi, theta)
        return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))

    def m_step(self, x, r):
        heads, tails = (r.T @ x).T
        return r.sum(axis=0) / len(x), heads / (heads + tails)

    def sample(self, n, rng, pi, theta):
        z = rng.choice(len(pi), size=n, p=pi)
        heads = rng.binomial(10, theta[z])
        return np.column_stack([heads, 10 - heads]), z


# --- The ward: in each program one method is faulty --------------------------------------------

PATIENTS = {}


def patient(number, fault, x=None):
    """Admit a class as patient ``number``. The program that it inherits from is its cure."""

    def admit(cls):
        sick, cured = cls(), cls.__base__()
        sick.number, sick.fault, sick.cured = number, fault, cured
        sick.x = cured.x = cls.x if x is None else x
        sick.theta = cured.theta = cured.begin(cured.x)
        PATIENTS[number] = sick
        return cls

    return admit


@patient(1, "identical start")
class Twins(Normal):
    def start(self, x):
        return np.array([0.5, 0.5]), np.full(2, x.mean()), np.full(2, x.std())

    @staticmethod
    def symptom(p):
        """The means at the end."""
        return p.run(p.x)[0][1]


@patient(2, "variance as E[x²] − μ²")
class DifferenceOfSquares(Normal):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * x[:, None] ** 2).sum(axis=0) / n - mu**2
        return n / len(x), mu, np.sqrt(np.abs(variance))

    @staticmethod
    def symptom(p):
        """The variance of the first five at offsets 10⁸ and 10⁹."""
        r = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)
        return [p.m_step(TEN + offset, r)[2][0] ** 2 for offset in (1e8, 1e9)]


@patient(3, "surface drawn for other parameters", draws(ASYMMETRIC, 1000))
class AnotherSurface(Normal):
    def surface(self, x, mu1, mu2, pi, sigma):
        return log_likelihood_surface(x, mu1, mu2, weights=[0.5, 0.5], stds=[0.1, 0.1])

    @staticmethod
    def symptom(p):
        """How much the surface changes when its axes are exchanged."""
        grid = np.linspace(-0.3, 0.9, 25)
        surface = p.surface(p.x, grid, grid, ASYMMETRIC.weights, ASYMMETRIC.stds)
        return np.abs(surface - surface.T).max()


@patient(4, "log_likelihood returns its negative")
class WrongSign(Normal):
    def log_likelihood(self, x, *theta):
        return -np.log(self.density(x, *theta)).sum()

    @staticmethod
    def symptom(p):
        """The first mean, between 0 and 8, that it likes best."""
        grid, pi, sigma = np.linspace(0, 8, 401), np.array([0.5, 0.5]), np.array([0.6, 1.3])
        values = [p.log_likelihood(p.x, pi, np.array([m, 10.7]), sigma) for m in grid]
        return grid[np.argmax(values)]


@patient(6, "component sizes fixed as int(n * pi)", draws(NEAR, 500))
class FixedSizes(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        sizes = (n * pi).astype(int)
        sizes[-1] = n - sizes[:-1].sum()
        z = rng.permutation(np.repeat(np.arange(len(pi)), sizes))
        return rng.normal(mu[z], sigma[z]), z

    @staticmethod
    def symptom(p, repeats=200):
        """The standard deviation of the estimated weight over samples of 200."""
        rng, theta = np.random.default_rng(1), (NEAR.weights, NEAR.means, NEAR.stds)
        samples = [p.sample(200, rng, *theta)[0] for _ in range(repeats)]
        return np.std([p.run(x, theta, tol=1e-4)[0][0][0] for x in samples])


@patient(7, "axis limits copied from another plot")
class CopiedLimits(Normal):
    def limits(self, x):
        return -0.3, 0.9

    @staticmethod
    def symptom(p):
        """How many of the ten observations can be seen."""
        low, high = p.limits(p.x)
        return np.sum((low < p.x) & (p.x < high))


@patient(12, "a sum without axis= in the M-step", clouds())
class NoAxis(Gaussian):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = np.array([[np.sum(r[:, [k]] * x) / n[k]] * 2 for k in (0, 1)])
        d = x - mu[:, None]
        return n / len(x), mu, np.einsum("nk,kni,knj->kij", r, d, d) / n[:, None, None]

    @staticmethod
    def symptom(p):
        """Falls of the log-likelihood in 100 steps; coordinates of the first mean."""
        theta, trace = p.begin(p.x), []
        for _ in range(101):
            trace.append(p.log_likelihood(p.x, *theta))
            theta = p.m_step(p.x, p.e_step(p.x, *theta))
        return np.sum(np.diff(trace) < -1e-6), theta[1][0]


@patient(13, "d overwritten by d, h = np.histogram(…)")
class OverwrittenName(Gaussian):
    def run(self, x, theta=None, tol=1e-10):
        d = x.shape[1]
        d, h = np.histogram(x[:, 0])
        if d == 1:
            x = x[:, None]
        return super().run(x, theta, tol)

    @staticmethod
    def symptom(p):
        """What a run ends with."""
        return outcome(lambda: p.run(p.x))


@patient(14, "log-likelihood array shaped like the data")
class WrongShape(Gaussian):
    def log_likelihood(self, x, pi, mu, sigma):
        joint = np.zeros(x.shape)
        for k in range(len(pi)):
            for n in range(len(x)):
                joint[k, n] = pi[k] * self.pdf(x[[n]], mu, sigma)[0, k]
        return np.log(joint.sum(axis=0)).sum()

    @staticmethod
    def symptom(p):
        """What a log-likelihood ends with."""
        return outcome(lambda: p.log_likelihood(p.x, *p.start(p.x)))


@patient(15, "starts drawn without a look at the data", FAITHFUL[:, 1])
class BlindStart(Normal):
    def start(self, x):
        return np.array([0.5, 0.5]), np.array([-1.0, 1.0]), np.array([1.0, 1.0])

    @staticmethod
    def symptom(p, repeats=200):
        """The share of random data sets on which the first E-step has 0/0 or a dead component."""
        rng, failed = np.random.default_rng(0), 0
        for _ in range(repeats):
            x = rng.normal(rng.normal(0, 20, 2)[rng.integers(2, size=200)], 2)
            n = p.e_step(x, *p.start(x)).sum(axis=0)
            failed += not n.min() > 1e-8
        return failed / repeats


@patient(16, "weights frozen, and swapped", draws(FAR, 10_000))
class FrozenWeights(Normal):
    def m_step(self, x, r):
        return np.array([0.3, 0.7]), *super().m_step(x, r)[1:]

    @staticmethod
    def symptom(p):
        """Means, stds and log-likelihood at the end, from a wide start."""
        pi, mu, sigma = p.start(p.x)
        (_, mu, sigma), trace = p.run(p.x, (pi, mu, 2 * sigma))
        return *mu, *sigma, trace[-1]


@patient(17, "densities summed without weights")
class NoWeights(Normal):
    def density(self, x, pi, mu, sigma):
        return self.pdf(x, mu, sigma).sum(axis=1)

    @staticmethod
    def symptom(p):
        """The integral of the density."""
        line = np.linspace(-50, 60, 5001)
        return np.trapezoid(p.density(line, *p.start(p.x)), line)


@patient(18, "densities taken for a sample", draws(FAR, 1000))
class DensitiesAsSample(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        places = rng.uniform(mu[0] - 3 * sigma[0], mu[1] + 3 * sigma[1], n)
        return self.density(places, pi, mu, sigma), z

    @staticmethod
    def symptom(p):
        """The mean of samples of two models, with means 0, 4 and 150, 250."""
        rng, pi, sigma = np.random.default_rng(0), np.array([0.5, 0.5]), np.array([2.0, 2.0])
        pairs = np.array([0.0, 4.0]), np.array([150.0, 160.0])
        return [p.sample(5000, rng, pi, mu, sigma)[0].mean() for mu in pairs]


@patient(19, "/ 2*sigma**2 without parentheses")
class NoParentheses(Normal):
    def pdf(self, x, mu, sigma):
        return np.exp(-((x[:, None] - mu) ** 2) / 2 * sigma**2)

    @staticmethod
    def symptom(p):
        """The integral of a bell with standard deviation 2."""
        line = np.linspace(-60, 60, 5001)
        return np.trapezoid(p.pdf(line, np.array([0.0]), np.array([2.0]))[:, 0], line)


@patient(20, "randn() < pi for random() < pi", draws(NEAR, 500))
class WrongDice(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        z = np.where(rng.normal(size=n) < pi[0], 0, 1)
        return rng.normal(mu[z], sigma[z]), z

    @staticmethod
    def symptom(p):
        """The share of the component whose weight is 0.3."""
        z = p.sample(100_000, np.random.default_rng(0), NEAR.weights, NEAR.means, NEAR.stds)[1]
        return np.mean(z == 0)


@patient(21, "shared sigma updated from one component", draws(UNEQUAL, 6000))
class SharedByOne(Shared):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        for k in (0, 1):
            variance = (r[:, k] * (x - mu[k]) ** 2).sum() / n[k]
        return n / len(x), mu, np.sqrt([variance, variance])

    @staticmethod
    def symptom(p):
        """The first step that falls, and the log-likelihood after 100."""
        theta, trace = p.begin(p.x), []
        for _ in range(101):
            trace.append(p.log_likelihood(p.x, *theta))
            theta = p.m_step(p.x, p.e_step(p.x, *theta))
        falls = np.flatnonzero(np.diff(trace) < -1e-6) + 1
        return falls[0] if len(falls) else None, trace[-1]


@patient(23, "diag(std) where variances belong")
class StdForVariance(Gaussian):
    def start(self, x):
        pi, mu, _ = super().start(x)
        sigma = np.diag(x.std(axis=0))
        return pi, mu, np.array([sigma, sigma])

    @staticmethod
    def symptom(p):
        """The log-likelihood of the start in hours, against the same in minutes."""
        hours = p.log_likelihood(p.x / 60, *p.start(p.x / 60))
        return hours - p.x.size * np.log(60) - p.log_likelihood(p.x, *p.start(p.x))


@patient(24, "np.mean(X) without axis= in the start", STANDARD)
class MeanOfEverything(Gaussian):
    def start(self, x):
        pi, _, sigma = super().start(x)
        away = x.std(axis=0)
        return pi, np.array([np.mean(x) - away, np.mean(x) + away]), sigma

    @staticmethod
    def symptom(p):
        """The share of responsibilities that are 0/0 at data + [0, 100]."""
        x = p.x + [0, 100]
        return np.isnan(p.e_step(x, *p.start(x))).mean()


@patient(25, "covariance about the old means")
class OldMeans(Normal):
    def m_step(self, x, r, pi, mu, sigma):
        n = r.sum(axis=0)
        variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
        return n / len(x), (r * x[:, None]).sum(axis=0) / n, np.sqrt(variance)

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.start(x) if theta is None else theta, []
        while len(trace) < 2 or trace[-1] - trace[-2] > tol:
            trace.append(self.log_likelihood(x, *theta))
            theta = self.m_step(x, self.e_step(x, *theta), *theta)
        return theta, trace

    @staticmethod
    def symptom(p):
        """The smallest gain of a step, and the log-likelihood at the end."""
        trace = p.run(p.x)[1]
        return min(np.diff(trace)), trace[-1]


@patient(26, "until convergence means 25 iterations", draws(OVERLAP, 1000))
class TwentyFive(Normal):
    def run(self, x, theta=None, tol=1e-10):
        theta = self.begin(x) if theta is None else theta
        for _ in range(25):
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, [self.log_likelihood(x, *theta)]

    @staticmethod
    def symptom(p, repeats=30):
        """The share of random starts from which it ends over 1 nat short."""
        ends = np.array([p.run(p.x, start)[1][-1] for start in random_starts(p.x, repeats)])
        return np.mean(ends < ends.max() - 1)


@patient(28, "convergence tested on Q at the old theta", datasets.two_bumps())
class WatchesQ(Normal):
    def q(self, x, pi, mu, sigma):
        joint = pi * self.pdf(x, mu, sigma)
        return (self.e_step(x, pi, mu, sigma) * np.log(joint)).sum()

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.begin(x) if theta is None else theta, []
        while len(trace) < 2 or trace[-1] - trace[-2] > tol:
            trace.append(self.q(x, *theta))
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, trace

    @staticmethod
    def symptom(p, repeats=30):
        """The shares of random starts in which what is watched falls, and that end 1 nat short."""
        fell, short = 0, 0
        for start in random_starts(p.x, repeats):
            theta, trace = p.run(p.x, start)
            best = Normal.run(Normal(), p.x, start)[1][-1]
            fell += trace[-1] < trace[-2] - 1e-6
            short += p.log_likelihood(p.x, *theta) < best - 1
        return fell / repeats, short / repeats


@patient(29, "starting rows that do not sum to one")
class UnequalRows(Normal):
    def start(self, x):
        return np.random.default_rng(6).random((len(x), 2))

    @staticmethod
    def symptom(p):
        """The smallest and the largest sum of a row."""
        start = p.start(p.x)
        total = (start if isinstance(start, np.ndarray) else p.e_step(p.x, *start)).sum(axis=1)
        return total.min(), total.max()


@patient(30, "exp(log-likelihood) of long sequences")
class Underflow(Coins):
    def e_step(self, x, pi, theta):
        joint = np.exp(self.log_joint(x, pi, theta))
        return joint / joint.sum(axis=1, keepdims=True)

    @staticmethod
    def symptom(p):
        """The first row of responsibilities at 1100 tosses."""
        with np.errstate(invalid="ignore"):
            return p.e_step(110 * p.x, *p.start(p.x))[0]


@patient(32, "absolute tolerance .01", FAITHFUL[:, 1])
class LooseTolerance(Normal):
    def run(self, x, theta=None, tol=0.01):
        return super().run(x, theta, tol)

    @staticmethod
    def symptom(p):
        """Iterations, and the log-likelihood at the end."""
        trace = p.run(p.x)[1]
        return len(trace) - 1, trace[-1]


def random_starts(x, n):
    """Starts with two of the observations as means."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        yield np.array([0.5, 0.5]), rng.choice(x, 2, replace=False), np.full(2, x.std())


def outcome(run):
    """What a call ends with: "fine", or its error."""
    try:
        run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "fine"


# --- The table ---------------------------------------------------------------------------------

INSTRUMENTS = {
    "monotone": lambda p: check.monotone(
        p.start, p.x, p.e_step, p.m_step, log_likelihood=p.log_likelihood
    ),
    "responsibilities": lambda p: check.responsibilities(p.start, p.x, p.e_step, p.m_step),
    "one_step": lambda p: check.one_step(p.start, p.x, p.e_step, p.m_step),
    "equivariance": lambda p: check.equivariance(p.start, p.x, p.e_step, p.m_step),
    "permutation": lambda p: check.permutation(p.start, p.x, p.e_step, p.m_step),
    "large_offset": lambda p: check.large_offset(p.start, p.x, p.e_step, p.m_step),
    "integrates_to_one": lambda p: check.integrates_to_one(p.theta, p.x, p.density),
    "sampling": lambda p: check.sampling(p.theta, p.x, p.sample),
    "stopping": lambda p: check.stopping(lambda x: p.run(x)[0], p.x),
}


def readings(p):
    """What each instrument says about a program."""
    return {name: examine(p) for name, examine in INSTRUMENTS.items()}


def table(measured):
    """Lay out ``{number: readings}``: ✗ where a fault is found, – where one does not apply."""
    lines = [" " * 45 + "mono res step equ perm off area sam stop"]
    for number, row in measured.items():
        symbols = [reading.symbol.replace("✓", "·") for reading in row.values()]
        lines.append(f"{number:2}  {PATIENTS[number].fault:42} " + "    ".join(symbols))
    return "\n".join(lines)
