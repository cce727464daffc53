# Shipped data: see data/README.
