"""Settings, all from the environment. `docs/settings.md` has the table; a test holds the two together."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.errors import BadInput

LEAST_SECRET = 32
"""Characters that a secret must have at least."""


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
    jurisdiction: str = Field("CN", description="Whose consumer law the rules and policies follow: CN or EU.")
    rules: Path | None = Field(None, description="A folder of the platform's own rules, laid over the shipped ones.")
    threads: int = Field(2, ge=1, le=64, description="Threads that think (reading, deciding, searching).")
    platform_url: str | None = Field(
        None, description="Where the platform answers by the contract in docs/connector.md. Needed outside demo mode."
    )
    platform_token: SecretStr | None = Field(None, description="Bearer token that requests to the platform carry.")
    platform_secret: SecretStr | None = Field(
        None, description="Signs requests to the platform, and its webhooks to us. At least 32 characters."
    )
    platform_private: bool = Field(
        False, description="Allow plain http and private addresses, for a platform in the same network."
    )
    platform_seconds: float = Field(
        4.0, gt=0, le=5, description="How long one request to the platform may take, in seconds."
    )
    platform_calls: int = Field(16, ge=1, le=256, description="How many requests to the platform run side by side.")
    webhook_url: str | None = Field(None, description="Where the platform takes webhooks: cases, receipts, handovers.")
    webhook_secret: SecretStr | None = Field(None, description="Signs those webhooks. At least 32 characters.")
    language_model: str = Field("gpt-4o-mini", description="The model's name at the endpoint.")
    language_model_seconds: float = Field(
        8.0, gt=0, le=25, description="After so many seconds without the model, the embedded path answers."
    )
    heads: Path | None = Field(
        None, description="A folder for the signed heads of case records. Without it, `heads` in FAIRDESK_HOME."
    )
    record_key: Path | None = Field(
        None, description="The private key that signs them, made at the first start. Else `record.key` at home."
    )
    seal_seconds: int = Field(
        300, ge=5, le=86400, description="How often what happened to cases is sealed with a signed head, in seconds."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    database_url: str | None = Field(
        None, alias="DATABASE_URL",
        description="`sqlite:///file` or `postgresql://…`. Without it, SQLite in FAIRDESK_HOME.",
    )
    embedding: str = Field(
        "embedded",
        description="What search compares meanings with: `embedded`, `sentence-transformers/MODEL`, or "
        "`endpoint/MODEL` at OPENAI_BASE_URL. Documents taken in with another one are embedded anew.",
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
            if not self._is_long_enough(name):
                raise BadInput(f"set FAIRDESK_{name.upper()} to at least 32 characters, or FAIRDESK_DEMO=1")

    def check_webhooks(self) -> None:
        """Refuse to send webhooks that nobody could check.

        Raises:
            BadInput: names the variable to set.
        """
        if self.webhook_url and not self._is_long_enough("webhook_secret"):
            raise BadInput("FAIRDESK_WEBHOOK_URL needs FAIRDESK_WEBHOOK_SECRET, of at least 32 characters")

    def check_platform(self) -> None:
        """Refuse to serve for real without a platform; the demo needs none.

        Raises:
            BadInput: names the variable to set.
        """
        if self.demo:
            return
        if not self.platform_url:
            raise BadInput("no platform is connected: set FAIRDESK_PLATFORM_URL (see docs/connector.md), "
                           "or FAIRDESK_DEMO=1 for the demo shop")
        if self.platform_token is None and self.platform_secret is None:
            raise BadInput("the platform could not tell who asks: set FAIRDESK_PLATFORM_TOKEN or "
                           "FAIRDESK_PLATFORM_SECRET")
        if self.platform_secret and not self._is_long_enough("platform_secret"):
            raise BadInput("FAIRDESK_PLATFORM_SECRET must have at least 32 characters")

    def _is_long_enough(self, name: str) -> bool:
        secret: SecretStr | None = getattr(self, name)
        return secret is not None and len(secret.get_secret_value()) >= LEAST_SECRET
