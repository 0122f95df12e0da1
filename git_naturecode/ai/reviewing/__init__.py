"""Having a change looked at: what a model is shown, what may come of its answer, what is kept."""
