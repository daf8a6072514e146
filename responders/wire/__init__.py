"""What apps that crews already have send, read into positions in our units.

Pure: no database, no clock, no settings. A reader takes a `WireRequest` and returns a `Message`;
no input makes it raise. Decide by content, never by an app's name, version or content type: one app
spoke three dialects on one address within 18 months. Unknown is `None`, never 0.
"""
