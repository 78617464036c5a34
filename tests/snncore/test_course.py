import numpy as np

from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import train
from snncore.run.course import Course


def test_the_course_has_the_numbers_of_the_records_up_to_an_epoch() -> None:
    records = list(train(ten_spikes().replace({"training.epochs": 6})))[:6]
    course = Course(records[:2])
    for record in records[2:]:
        course.add(record)
    for epochs in (1, 4, 6):
        told = records[:epochs]
        assert np.array_equal(course.scores(epochs), [record.score for record in told])
        assert np.array_equal(course.goals(epochs), [record.task.goal for record in told])
        assert np.array_equal(course.losses(epochs), [record.loss for record in told])
        assert np.array_equal(course.reach(epochs), [record.reach for record in told])
