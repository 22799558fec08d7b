"""All prose that users read, as Jinja templates and TOML tables; read only by ``bot.render``."""
