"""Settings, all from the environment. `docs/settings.md` has the table; a test holds the two together."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.errors import BadInput


class Settings(BaseSettings):
    """What an operator can set. Secrets have no default outside demo mode."""

    model_config = SettingsConfigDict(env_prefix="FAIRDESK_", extra="ignore", populate_by_name=True)

    home: Path = Field(Path("./.fairdesk"), description="The folder of all state: database, index, pictures, keys.")
    demo: bool = Field(
        True, description="Demo shop, tokens minted for anyone, a known staff login. Set to 0 for anything real."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="The port to listen on.")
    tenant: str = Field("demo", min_length=1, max_length=64, description="The platform's id; every row carries it.")
    shop_secret: SecretStr | None = Field(
        None, description="Signs buyers' tokens (HS256), shared with the shop's own server. At least 32 characters."
    )
    staff_secret: SecretStr | None = Field(None, description="Signs staff sessions. At least 32 characters.")
    burst_ms: int = Field(
        150, ge=0, le=5000, description="How long a turn waits for more messages of a burst, in milliseconds."
    )
    rules: Path | None = Field(None, description="A folder of the platform's own rules, laid over the shipped ones.")
    threads: int = Field(2, ge=1, le=64, description="Threads that think (reading, deciding, searching).")
    language_model: str = Field("gpt-4o-mini", description="The model's name at the endpoint.")
    language_model_seconds: float = Field(
        8.0, gt=0, le=25, description="After so many seconds without the model, the embedded path answers."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    database_url: str | None = Field(
        None, alias="DATABASE_URL",
        description="`sqlite:///file` or `postgresql://…`. Without it, SQLite in FAIRDESK_HOME.",
    )
    openai_base_url: str | None = Field(
        None, alias="OPENAI_BASE_URL", description="An OpenAI-compatible endpoint. Without it, everything is embedded."
    )
    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY", description="The endpoint's key.")

    @cached_property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'fairdesk.db'}"

    @property
    def has_language_model(self) -> bool:
        """True when an endpoint is configured."""
        return self.openai_base_url is not None or self.openai_api_key is not None

    def check(self) -> None:
        """Refuse to serve for real without secrets, or to show the demo to a network.

        Raises:
            BadInput: names the variable to set.
        """
        if self.demo:
            if self.host not in ("127.0.0.1", "localhost", "::1") and "demo" not in self.model_fields_set:
                raise BadInput("demo mode listens on this machine only; set FAIRDESK_DEMO=1 to show it to others")
            return
        for name in ("shop_secret", "staff_secret"):
            secret = getattr(self, name)
            if secret is None or len(secret.get_secret_value()) < 32:
                raise BadInput(f"set FAIRDESK_{name.upper()} to at least 32 characters, or FAIRDESK_DEMO=1")
