"""What is one step, and what is one layer, read forwards? Chapters 02, 05–09, 16."""

from rnnbook.cells.steps import (
    NumpyRNN,
    gru_scan,
    gru_step,
    gru_step_reset_before,
    lstm_scan,
    lstm_step,
    rnn_scan,
    rnn_step,
    sigmoid,
)

__all__ = ["NumpyRNN", "gru_scan", "gru_step", "gru_step_reset_before", "lstm_scan", "lstm_step",
           "rnn_scan", "rnn_step", "sigmoid"]
