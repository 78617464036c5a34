"""What the process shares among its visitors."""
