"""People label photographs of hands in a browser, with the tracker's help."""
