"""What is the next value? Chapter 13; windows also in 01."""
