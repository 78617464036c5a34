"""Lessons of the Neuron page by their titles."""

from app.state.discoveries import DISCOVERIES

LESSONS = {lesson.title: lesson for lesson in DISCOVERIES}
