"""The only HTTP to data.gouv.fr (udata): a careful client, and a publisher that plans, applies and verifies."""
