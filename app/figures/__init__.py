"""Pure functions from arrays to plotly figures as dicts. Nothing here touches Streamlit."""
