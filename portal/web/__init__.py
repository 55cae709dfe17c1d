"""The pages of the portal, in French: each module serves one part of the way of a person."""
