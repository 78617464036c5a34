"""Streamlit controls that edit an Experiment."""
