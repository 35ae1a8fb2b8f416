"""`python -m memnn`, which `torchrun -m memnn` can start in several processes."""

from memnn.cli import main

if __name__ == "__main__":
    main()
