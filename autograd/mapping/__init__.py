"""Mapping a function over the examples of a batch: ``vmap``, the rules of operations, and new tensors inside."""
