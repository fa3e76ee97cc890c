"""Many labellers at once: claims, and a day's load through the real HTTP stack."""
