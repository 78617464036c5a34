"""Streamlit widgets that edit an Experiment."""
