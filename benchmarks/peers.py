"""EM for Gaussian mixtures as others write it: the forms that emlib is compared with.

Each is fit(x, weights, means, covariances, n_iter) -> means (K, D), after n_iter steps on x (N, D).
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

import emlib


def emlib_fit(x, weights, means, covariances, n_iter):
    """Run emlib's models: the one-dimensional one where D is 1."""
    if x.shape[1] == 1:
        stds = np.sqrt(covariances[:, 0, 0])
        start = emlib.NormalMixture(weights, means[:, 0], stds)
        return emlib.fit(start, x[:, 0], tol=0, max_iter=n_iter).model.means[:, None]
    start = emlib.GaussianMixture(weights, means, covariances)
    return emlib.fit(start, x, tol=0, max_iter=n_iter).model.means


def scikit_learn(x, weights, means, covariances, n_iter):
    """Run scikit-learn, with nothing added to the covariances and no early stop."""
    model = GaussianMixture(
        len(weights),
        tol=0,
        reg_covar=0,
        max_iter=n_iter,
        weights_init=weights,
        means_init=means,
        precisions_init=np.linalg.inv(covariances),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x).means_


def plain(x, weights, means, covariances, n_iter):
    """Readable numpy, in log space, one component at a time, with arrays (N, K)."""
    for _ in range(n_iter):
        log_joint = np.stack(
            [
                np.log(w) + _log_normal(x, m, c)
                for w, m, c in zip(weights, means, covariances, strict=True)
            ],
            axis=1,
        )
        top = log_joint.max(axis=1, keepdims=True)
        r = np.exp(log_joint - top)
        r /= r.sum(axis=1, keepdims=True)
        n = r.sum(axis=0)
        weights, means = n / n.sum(), r.T @ x / n[:, None]
        covariances = np.stack(
            [(r[:, [k]] * (x - means[k])).T @ (x - means[k]) / n[k] for k in range(len(n))]
        )
    return means


def vectorised(x, weights, means, covariances, n_iter):
    """Follow the textbook, with one array operation where it has a sum over the data."""
    for _ in range(n_iter):
        r = np.zeros((len(x), len(weights)))
        for k in range(len(weights)):
            diff = x - means[k]
            inverse, det = np.linalg.inv(covariances[k]), np.linalg.det(covariances[k])
            exponent = -0.5 * np.sum(diff @ inverse * diff, axis=1)
            r[:, k] = weights[k] * np.exp(exponent) / np.sqrt((2 * np.pi) ** x.shape[1] * det)
        r /= r.sum(axis=1, keepdims=True)
        n = r.sum(axis=0)
        weights, means = n / len(x), r.T @ x / n[:, None]
        covariances = np.array(
            [(r[:, k] * (x - means[k]).T) @ (x - means[k]) / n[k] for k in range(len(n))]
        )
    return means


def einsum(x, weights, means, covariances, n_iter):
    """Follow the textbook, with every sum over data, components and dimensions in einsum."""
    for _ in range(n_iter):
        diff = x[:, None] - means
        inverse, det = np.linalg.inv(covariances), np.linalg.det(covariances)
        exponent = -0.5 * np.einsum("nki,kij,nkj->nk", diff, inverse, diff)
        r = weights * np.exp(exponent) / np.sqrt((2 * np.pi) ** x.shape[1] * det)
        r /= np.einsum("nk->n", r)[:, None]
        n = np.einsum("nk->k", r)
        weights, means = n / len(x), np.einsum("nk,ni->ki", r, x) / n[:, None]
        diff = x[:, None] - means
        covariances = np.einsum("nk,nki,nkj->kij", r, diff, diff) / n[:, None, None]
    return means


def loops(x, weights, means, covariances, n_iter):
    """Follow the textbook sum by sum: a loop over the data inside a loop over the components."""
    for _ in range(n_iter):
        r = np.zeros((len(x), len(weights)))
        inverses, dets = np.linalg.inv(covariances), np.linalg.det(2 * np.pi * covariances)
        for i in range(len(x)):
            for k in range(len(weights)):
                diff = x[i] - means[k]
                density = np.exp(-0.5 * diff @ inverses[k] @ diff) / np.sqrt(dets[k])
                r[i, k] = weights[k] * density
            r[i] /= r[i].sum()
        n = r.sum(axis=0)
        weights, means = n / len(x), np.zeros_like(means)
        covariances = np.zeros_like(covariances)
        for k in range(len(n)):
            for i in range(len(x)):
                means[k] += r[i, k] * x[i] / n[k]
            for i in range(len(x)):
                covariances[k] += r[i, k] * np.outer(x[i] - means[k], x[i] - means[k]) / n[k]
    return means


def surface(x, mu1, mu2, weights, stds):
    """Map the log-likelihood over two means in the plain safe form: two tables and logaddexp."""
    a, b = (
        np.log(w) - 0.5 * np.log(2 * np.pi * s**2) - 0.5 * ((x - mu[:, None]) / s) ** 2
        for w, s, mu in zip(weights, stds, (mu1, mu2), strict=True)
    )
    return np.array([[np.logaddexp(ai, bj).sum() for ai in a] for bj in b])


def _log_normal(x, mean, covariance):
    L = np.linalg.cholesky(covariance)
    y = np.linalg.solve(L, (x - mean).T)
    return -0.5 * (y**2).sum(axis=0) - np.log(np.diag(L)).sum() - 0.5 * len(L) * np.log(2 * np.pi)


FORMS = {
    "emlib": emlib_fit,
    "scikit-learn": scikit_learn,
    "plain": plain,
    "vectorised": vectorised,
    "einsum": einsum,
    "loops": loops,
}
