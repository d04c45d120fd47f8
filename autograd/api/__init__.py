"""PyTorch's functions and methods over the operations: overloads, argument forms, and compositions. No rules here."""
