"""What answers a file besides a returned copy: receipt, notice, list of findings."""
