"""LSTM and GRU cells in numpy, float64, from their equations; weights as torch lays them out."""

import numpy as np

Array = np.ndarray


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def lstm_cell(
    x: Array, h: Array, c: Array, w: Array, u: Array, b: Array, d: Array
) -> tuple[Array, Array]:
    """i, f, o = σ(·), g = tanh(·) of W x + b + U h + d;  c' = f c + i g;  h' = o tanh(c').

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """
    i, f, g, o = np.split(x @ w.T + b + h @ u.T + d, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_cell(x: Array, h: Array, w: Array, u: Array, b: Array, d: Array) -> Array:
    """r, z = σ(·);  n = tanh(W x + b + r (U h + d));  h' = (1 - z) n + z h.

    Source: Cho et al. 2014, with the reset gate after the product, as in torch and cuDNN.
    """
    rx, zx, nx = np.split(x @ w.T + b, 3, axis=-1)
    rh, zh, nh = np.split(h @ u.T + d, 3, axis=-1)
    z = sigmoid(zx + zh)
    return (1 - z) * np.tanh(nx + sigmoid(rx + rh) * nh) + z * h
