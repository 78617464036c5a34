"""What comes of an Experiment: simulations, trainings, and the records of both."""
