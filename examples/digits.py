"""Handwritten digits, learned in batches: which ones a small spiking network takes for others.

python -m examples.digits
"""

from snncore import answer, digits, train

experiment = digits()  # Linear(64, 128) - LIF - Linear(128, 10) - ExpLeak, as data
for record in train(experiment.replace({"training.epochs": 6})):  # epoch 0 tests the untrained network, five learn
    print(f"epoch {record.epoch}: loss {record.loss:.3f}, {record.train_score:.1%} of the digits learned, {record.score:.1%} of the others")

found = answer(experiment, parameters=record.parameters)
wrong = [(label, said) for label, said in zip(found.labels, found.classes, strict=True) if label != said]
print(f"{len(wrong)} of {len(found.labels)} test digits are taken for another:", ", ".join(f"{label} for {said}" for label, said in wrong))
