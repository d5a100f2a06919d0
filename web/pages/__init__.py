"""The pages of the desk: each module is a part of the navigation, with its routes."""
