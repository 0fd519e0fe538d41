"""Folders of datasets, on this machine or in a store that is named by a URL."""
