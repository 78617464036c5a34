"""The toy task: a silent network learns to answer one random input with exactly ten spikes.

python -m examples.ten_spikes
"""

from snncore import simulate, ten_spikes, train

experiment = ten_spikes()  # Linear(16, 64) - LIF - Linear(64, 4) - LIF, as data
(untrained,) = simulate(experiment)
print(f"{experiment.input.shape[1]} time steps, {untrained.outputs[-1].sum():.0f} output spikes before training")

for record in train(experiment):
    if record.epoch % 10 == 0 or record.loss == 0:
        reach = record.layers[-1].largest_u_over_threshold
        print(f"epoch {record.epoch:3}: {record.spikes:4.0f} spikes, loss {record.loss:6.1f}, largest u/θ of the output {reach:.2f}")

(trained,) = simulate(experiment, parameters=record.parameters)
print(f"{trained.outputs[-1].sum():.0f} output spikes with the trained weights; other numbers to try: lr, target, tau_mem")
for changes in ({"training.lr": 3e-3}, {"training.task.target": 20}, {"network.3.tau_mem": 40.0}):
    *_, last = train(experiment.replace(changes))
    print(f"{changes}: {last.spikes:.0f} spikes after {last.epoch} epochs")
