"""Running an Experiment: simulations, trainings, and the records of both."""
