"""Array code that knows nothing of gradients: NumPy arrays in, NumPy arrays out."""
