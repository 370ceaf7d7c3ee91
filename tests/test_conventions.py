"""The same weights in Keras', PyTorch's and a paper's layout give the same numbers."""

import keras
import numpy as np
import pytest

from rnnbook.cells import conventions, gru_scan, gru_step, lstm_step, sigmoid

B, T, D, H = 3, 7, 4, 5
KINDS = ("gru", "lstm")
GATES = {"gru": 3, "lstm": 4}


def layer_of(kind, **options):
    """Make a Keras layer all of whose weights, biases too, are random."""
    keras.utils.set_random_seed(1)
    make = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[kind]
    layer = make(H, return_sequences=True, **options)
    layer.build((None, None, D))
    rng = np.random.default_rng(1)
    layer.set_weights([0.5 * rng.standard_normal(w.shape) for w in layer.get_weights()])
    return layer


def inputs():
    return np.random.default_rng(2).standard_normal((B, T, D)).astype("float32")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def gap(a, b):
    return np.abs(np.asarray(a) - np.asarray(b)).max()


def torch_network(kind, bias=True):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    make = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind]
    network = make(D, H, bias=bias, batch_first=True, device="cpu")
    return torch, network


def run_torch(torch, network, xs):
    with torch.no_grad():
        return network(torch.from_numpy(xs).to("cpu"))[0].numpy()


@pytest.mark.backends
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [True, False])
def test_pytorch_to_keras(kind, bias):
    torch, network = torch_network(kind, bias=bias)
    weights = conventions.from_torch(*[p.detach().numpy() for p in network.parameters()])
    layer = layer_of(kind)
    layer.set_weights(weights)
    xs = inputs()
    assert gap(numbers(layer(xs)), run_torch(torch, network, xs)) <= 1e-6


@pytest.mark.backends
@pytest.mark.parametrize("kind", KINDS)
def test_keras_to_pytorch(kind):
    torch, network = torch_network(kind)
    layer, xs = layer_of(kind), inputs()
    state = zip(network.state_dict(), conventions.to_torch(*layer.get_weights()))
    network.load_state_dict({name: torch.from_numpy(a.copy()) for name, a in state})
    assert gap(numbers(layer(xs)), run_torch(torch, network, xs)) <= 1e-6


@pytest.mark.backends
@pytest.mark.parametrize("kind", KINDS)
def test_gates_in_the_wrong_order_would_be_noticed(kind):
    """The comparison can fail: without reordering, or with one bias lost, the outputs differ."""
    torch, network = torch_network(kind)
    xs = inputs()
    theirs = run_torch(torch, network, xs)
    ih, hh, b_ih, b_hh = [p.detach().numpy() for p in network.parameters()]
    layer = layer_of(kind)
    if kind == "gru":
        layer.set_weights([ih.T, hh.T, np.stack([b_ih, b_hh])])
        assert gap(numbers(layer(xs)), theirs) > 1e-2
    layer.set_weights(conventions.from_torch(ih, hh, b_ih, 0 * b_hh))
    assert gap(numbers(layer(xs)), theirs) > 1e-2


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(kind):
    rng = np.random.default_rng(3)
    n = GATES[kind]
    b = rng.standard_normal((2, n * H) if kind == "gru" else n * H)
    weights = rng.standard_normal((D, n * H)), rng.standard_normal((H, n * H)), b
    back = conventions.from_torch(*conventions.to_torch(*weights))
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(back, weights))


@pytest.mark.parametrize("z_keeps", ["old", "new"])
@pytest.mark.parametrize("reset_after", [True, False])
def test_papers_of_a_gru(z_keeps, reset_after):
    rng = np.random.default_rng(6)
    p = {f"{name}_{gate}": rng.standard_normal((H, n)) for gate in "zrg"
         for name, n in (("W", D), ("U", H))}
    p |= {f"b_{gate}": rng.standard_normal(H) for gate in "zrg"}
    if reset_after:
        p["b_inside"] = rng.standard_normal(H)
    xs, h = inputs(), np.zeros((H, B))
    for t in range(T):  # columns, as a paper writes it
        x = xs[:, t].T
        z = sigmoid(p["W_z"] @ x + p["U_z"] @ h + p["b_z"][:, None])
        r = sigmoid(p["W_r"] @ x + p["U_r"] @ h + p["b_r"][:, None])
        back = r * (p["U_g"] @ h + p["b_inside"][:, None]) if reset_after else p["U_g"] @ (r * h)
        g = np.tanh(p["W_g"] @ x + p["b_g"][:, None] + back)
        h = z * h + (1 - z) * g if z_keeps == "old" else (1 - z) * h + z * g
    weights = conventions.from_paper(p, z_keeps, reset_after)
    own, _ = gru_scan(xs, np.zeros((B, H)), *weights, reset_after=reset_after)
    assert gap(h.T, own[:, -1]) <= 1e-12
    layer = layer_of("gru", reset_after=reset_after)
    layer.set_weights(weights)
    assert gap(numbers(layer(xs)), own) <= 2e-6


def test_paper_of_an_lstm_written_on_joined_vectors():
    rng = np.random.default_rng(4)
    gates = {f"W_{gate}": rng.standard_normal((H, H + D)) for gate in "ifgo"}
    gates |= {f"b_{gate}": rng.standard_normal(H) for gate in "ifgo"}
    x, h, c = rng.standard_normal((D, 1)), rng.standard_normal((H, 1)), rng.standard_normal((H, 1))
    hx = np.concatenate([h, x])
    i, f, g, o = (gates[f"W_{gate}"] @ hx + gates[f"b_{gate}"][:, None] for gate in "ifgo")
    new_c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    new_h = sigmoid(o) * np.tanh(new_c)
    own_h, own_c = lstm_step(x.T, h.T, c.T, *conventions.from_paper(gates))
    assert gap(own_c, new_c.T) <= 1e-12
    assert gap(own_h, new_h.T) <= 1e-12


def test_negating_z_swaps_old_and_new():
    weights = layer_of("gru").get_weights()
    rng = np.random.default_rng(5)
    x, h = rng.standard_normal((B, D)), rng.standard_normal((B, H))
    negated = conventions.negate_z(*weights)
    assert gap(gru_step(x, h, *negated), gru_step(x, h, *weights)) > 0.1
    assert all(np.array_equal(a, b) for a, b in zip(conventions.negate_z(*negated), weights))


def arrays(*shapes):
    return [np.zeros(shape) for shape in shapes]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: conventions.from_torch(*arrays((15, 4), (15, 6), 15, 15)), "weight_hh must be"),
    (lambda: conventions.from_torch(*arrays((4, 15), (15, 5), 15, 15)), r"weight_ih must be \(15,"),
    (lambda: conventions.from_torch(*arrays((15, 4), (15, 5), 15, 14)), r"bias_hh .*\(15,\)"),
    (lambda: conventions.to_torch(*arrays((4, 15), (5, 15), 15)), "reset_after=True"),
    (lambda: conventions.to_torch(*arrays((4, 15), (15, 5), (2, 15))), "U must be"),
    (lambda: conventions.to_torch(*arrays((4, 20), (5, 20), (2, 20))), "b must be"),
    (lambda: conventions.negate_z(*arrays((4, 20), (5, 20), 20)), "no z"),
    (lambda: conventions.from_paper(
        {f"W_{g}": np.zeros((5, 9)) for g in "zrg"}, z_keeps="both"), "z_keeps"),
    (lambda: conventions.from_paper({"W_z": np.zeros((5, 4))}), "W_z W_r W_g"),
    (lambda: conventions.from_paper(
        {f"{p}_{g}": np.zeros((5, 4)) for p in "WU" for g in "zrg"}), "U_z must be"),
])
def test_wrong_shapes_and_names_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
