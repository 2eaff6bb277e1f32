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
def recover(x, rng):
    return {fit}

def align(true_means, model):
    apart = np.linalg.norm(true_means[:, None] - model.means, axis=2)
    order = {order}
    return {aligned}
"""
RECOVERED = {
    "fit": "best_of([starts.kmeans_plus_plus(x, 5, rng) for _ in range(12)], x).model",
    "order": "linear_sum_assignment(apart)[1]",
    "aligned": "GaussianMixture(*(p[order] for p in parts(model)))",
}


def recover(**slip):
    """The right pair of functions with one slip in it."""
    return RECOVER.format(**(RECOVERED | slip))


TWINS = "GaussianMixture([.2] * 5, [x.mean(axis=0)] * 5, [np.cov(x.T)] * 5)"

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
    ],
    3: [
        (recover(fit="fit(starts.random(x, 5, rng), x, max_iter=1).model"), "not finished"),
        (recover(fit=f"fit({TWINS}, x).model"), "local maximum"),
        (recover(fit="best_of([starts.kmeans_plus_plus(x, 4, rng)], x).model"), "5 components"),
        (recover(fit=RECOVERED["fit"].removesuffix(".model")), ".model"),
        (recover(order="np.arange(len(apart))"), "order of the fit"),
        (recover(order="np.argsort(linear_sum_assignment(apart)[1])"), "inverse"),
        (recover(order="apart.argmin(axis=1)"), "used twice"),
        (recover(order="model.means[:, 0].argsort()"), "Sorting"),
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
