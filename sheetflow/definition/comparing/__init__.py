"""Two versions of a campaign compared by key: what is taken, told, tried and refused."""
