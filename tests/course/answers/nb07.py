"""Wrong answers to the exercises of notebook 07, and what the hint must say."""

M_STEP = """
def m_step(x, r):
    n = r.sum(axis=0)
    mu = {mu}
    Sigma = np.stack([(r[:, [k]] * (x - mu[k])).T @ (x - mu[k]) {over} for k in range(len(n))])
    return {weights}, mu, Sigma
"""
HEALTHY = {"mu": "r.T @ x / n[:, None]", "over": "/ n[k]", "weights": "n / len(x)"}


def m_step(**slip):
    """The right function with one slip in it."""
    return M_STEP.format(**(HEALTHY | slip))


COVARIANCES = """
def covariances(x, r, mu):
    n, d = r.sum(axis=0), x[:, None] - mu
    full = {full}
    diagonal = {diagonal}
    return full, diagonal, {shared}
"""
FULL = "np.einsum('nk,nki,nkj->kij', r, d, d)"
DIAGONAL = "np.einsum('nk,nki,nki->ki', r, d, d)"
LETTERS = {
    "full": f"{FULL} / n[:, None, None]",
    "diagonal": f"{DIAGONAL} / n[:, None]",
    "shared": "np.einsum('nk,nki,nkj->ij', r, d, d) / n.sum()",
}


def covariances(**slip):
    """The right function with one slip in it."""
    return COVARIANCES.format(**(LETTERS | slip))


RECOVER = """
def recover(x, tries):
    {recover}

def align(true_means, model):
    apart = np.linalg.norm(true_means[:, None] - model.means, axis=2)
    order = {order}
    return {aligned}
"""
RECOVERED = {
    "recover": "return best_of(tries, x).model",
    "order": "linear_sum_assignment(apart)[1]",
    "aligned": "GaussianMixture(*[p[order] for p in parts(model)])",
}


def recover(**slip):
    """The right pair of functions with one slip in it."""
    return RECOVER.format(**(RECOVERED | slip))


LOOP = """best = None
    for start in tries:
        try:
            found = fit(start, x)
        except ValueError:
            {lost}
        if best is None or found.log_likelihood {better} best.log_likelihood:
            best = found
    return best.model"""
GREEDY = """np.zeros(len(apart), int)
    for _ in order:
        i, j = np.unravel_index(apart.argmin(), apart.shape)
        order[i], apart[i], apart[:, j] = j, np.inf, np.inf"""


def loop(lost="continue", better=">"):
    """A loop of one's own in place of best_of, with or without a slip."""
    return recover(recover=LOOP.format(lost=lost, better=better))


SQUARES = """
def covariances(x, r, mu):
    n = r.sum(axis=0)
    full = np.einsum('nk,ni,nj->kij', r, x, x) / n[:, None, None]
    full -= mu[:, :, None] * mu[:, None]
    return full, np.einsum('kii->ki', full), np.einsum('k,kij->ij', n / n.sum(), full)
"""
NP_COV = "np.stack([np.cov(x.T, aweights=w{}).reshape(2 * x.shape[1:]) for w in r.T])"

WRONG = {
    1: [
        (m_step(mu="np.stack([np.full(x.shape[1], (w[:, None] * x).sum()) for w in r.T]) "
                   "/ n[:, None]"), "which axis"),
        (m_step(mu="r.T @ x / len(x)"), "effective count"),
        (m_step(mu="r.T @ x"), "These are sums"),
        (m_step(mu="np.stack([x.mean(axis=0)] * len(n))"), "ignore"),
        (m_step().replace("mu, Sigma\n", "mu.T, Sigma\n"), "axis="),
        (m_step(weights="n"), "effective counts"),
        (m_step(weights="np.ones(len(n)) / len(n)"), "equal"),
        (m_step(over="/ len(x)"), "not by N"),
        (m_step(over=""), "sums"),
        (m_step(over="/ (n[k] - 1)"), "likelihood"),
        (m_step().replace("(r[:, [k]] * (x", "(r[:, [k]] ** 2 * (x"), "r² times"),
        (m_step().replace("(r[:, [k]] * (x - mu[k])).T @ (x - mu[k])", "(r[:, [k]] * x).T @ x"),
         "Subtract the means"),
        (m_step(weights="float('nan') * n"), "NaN"),
        ("def m_step(x, r):\n    x -= x.mean(axis=0)\n    return r[0], x, x", "changes"),
        ("def m_step(x, r):\n    return r.mean(axis=0)", "values"),
        ("m_step = sick_m_step", "which axis"),
        (m_step().replace("(r[:, [k]] * (x - mu[k])).T @ (x - mu[k]) / n[k]",
                          "(r[:, [k]] * x).T @ x / n[k] - np.outer(mu[k], mu[k])"),
         "wrong 10⁷ away"),
        (m_step().replace("np.stack([(r[:, [k]] * (x - mu[k])).T @ (x - mu[k]) / n[k] for k in "
                          "range(len(n))])", NP_COV.format("")), "ddof=0"),
        (m_step().replace("(x - mu[k])).T @ (x - mu[k])", "(x - x.mean(0))).T @ (x - x.mean(0))"),
         "A covariance is"),
    ],
    2: [
        (covariances(full=FULL), "These are sums"),
        (covariances(full=f"{FULL} / len(x)"), "not by N"),
        (covariances(full=LETTERS["full"].replace("nk,nki,nkj->kij', r", "nki,nkj->kij'")),
         "Σ r"),
        (covariances(diagonal=DIAGONAL), "Divide the diagonals"),
        (covariances(diagonal=f"np.sqrt({LETTERS['diagonal']})"), "standard deviations"),
        (covariances(diagonal="np.einsum('nk,nki,nkj->ki', r, d, d) / n[:, None]"), "i twice"),
        (covariances(diagonal=LETTERS["full"]), "shape"),
        (covariances(shared="full.mean(axis=0)"), "N_k times"),
        (covariances(shared="full.sum(axis=0)"), "weighted average"),
        (covariances(shared="np.einsum('nk,nki,nkj->ij', r, d, d)"), "Divide it by N"),
        (covariances(shared="np.cov(x.T, bias=True)"), "overall mean"),
        (covariances(shared="full[0]"), "over rows and components"),
        (covariances(full="0 * d[0]"), "shape"),
        (SQUARES, "wrong 10⁷ away"),
        (covariances(diagonal="np.diagonal(full)"), "shape"),
        (covariances(shared="full.sum(axis=0) / n.sum()"), "once only"),
    ],
    3: [
        (recover(recover="return fit(tries[0], x).model"), "From another"),
        (recover(recover="return fit(tries[2], x).model"), "From another"),
        (recover(recover="return fit(tries[-1], x).model"), "From another"),
        (recover(recover="return fit(tries[1], x).model"), "collapsed"),
        (recover(recover="return max(tries, key=lambda start: start.log_likelihood(x))"),
         "not finished"),
        (recover(recover="return fit(max(tries, key=lambda t: t.log_likelihood(x)), x).model"),
         "From another"),
        (recover(recover="return best_of(tries, x, max_iter=1).model"), "not finished"),
        (recover(recover="return max([fit(start, x) for start in tries], "
                         "key=lambda run: run.log_likelihood).model"), "collapsed"),
        (recover(recover="return best_of([starts.kmeans_plus_plus(x, 5, 0)], x).model"), ""),
        (recover(recover="return best_of([starts.kmeans_plus_plus(x, 4, s) for s in range(9)], "
                         "x).model"), "5 components"),
        (recover(recover="return best_of(tries, x)"), ".model"),
        (loop(lost="break"), "From another"),
        (loop(better="<"), "From another"),
        (loop(better="!="), "From another"),
        (recover(order=GREEDY), "true"),
        (recover(order="np.arange(len(apart))"), "order of the fit"),
        (recover(order="np.argsort(linear_sum_assignment(apart)[1])"), "inverse"),
        (recover(order="apart.argmin(axis=1)"), "used twice"),
        (recover(order="model.means[:, 0].argsort()"), "sorted by"),
        (recover(order="linear_sum_assignment(-apart)[1]"), "not the smallest"),
        (recover(order="linear_sum_assignment(apart)[1][:3]",
                 aligned="GaussianMixture([.3, .3, .4], *(p[order] for p in parts(model)[1:]))"),
         "only once"),
        (recover(aligned="GaussianMixture(model.weights, model.means[order], model.covariances)"),
         "all parameters"),
        (recover(aligned="GaussianMixture(model.weights[order], model.means[order], "
                         "model.covariances)"), "covariances"),
        (recover(aligned="GaussianMixture(model.weights, true_means, model.covariances)"),
         "Only change the order"),
        (recover(aligned="parts(model)"), "GaussianMixture"),
        (recover(aligned="None"), "return"),
    ],
}  # fmt: skip

RIGHT = {
    1: [
        m_step().replace("np.stack([(r[:, [k]] * (x - mu[k])).T @ (x - mu[k]) / n[k] for k in "
                         "range(len(n))])", NP_COV.format(", ddof=0")),
        "def m_step(x, r):\n    return m_einsum(x, r)",
        "def m_step(x, r):\n    return [[list(row) for row in p] if np.ndim(p) == 2 else list(p) "
        "for p in m_arrays(x, r)]",
        "m_step = m_loops",
    ],
    2: [
        covariances(diagonal="np.diagonal(full, axis1=1, axis2=2)",
                    shared="np.tensordot(n / n.sum(), full, axes=1)"),
        covariances(diagonal="np.array([np.diag(C) for C in full])",
                    shared="np.average(full, axis=0, weights=n)"),
    ],
    3: [
        loop(),
        recover(recover="return best_of(iter(tries[::-1]), x, tol=1e-8).model"),
        recover(order="min(itertools.permutations(range(len(apart))), key=lambda s: "
                      "sum(apart[k, s[k]] for k in range(len(s))))",
                aligned="GaussianMixture(*[p[list(order)] for p in parts(model)])")
        .replace("\n", "import itertools\n", 1),
    ],
}  # fmt: skip
