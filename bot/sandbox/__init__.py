"""A stateful stand-in for GitHub over real git repositories, on loopback: for the tests and for `cratewarden demo`.

``bot.sandbox.world`` is the way in. REST, GraphQL, git over HTTP and webhooks are laid out as GitHub Enterprise
Server lays them out. Nothing is kept on disk but the git repositories.
"""
