"""`fairdesk serve` and `fairdesk staff`: running the service."""

import asyncio
import getpass
import logging
import os
import sys
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from api.cli.output import AsJson, print_json
from assistant.settings import Settings
from knowledge.errors import BadInput

GRACE_SECONDS = 3
"""How long a stop waits for requests under way. Streams never end by themselves; widgets come back where they were."""

staff = typer.Typer(help="The people at the desk.", no_args_is_help=True)


def settings_from_environment(**changed: Any) -> Settings:
    """Settings of the environment, with `changed` over them.

    Raises:
        BadInput: names the variable that is wrong.
    """
    try:
        return Settings(**{key: value for key, value in changed.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = f"FAIRDESK_{name.upper()}" if name.islower() else name
        raise BadInput(f"{variable}: {first['msg']}") from error


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes.")] = 1,
    json: AsJson = False,
) -> None:
    """Serve the API, the widget, the desk and, in demo mode, the demo shop."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")     # one embedding a thread; several turns run side by side
    import uvicorn

    settings = settings_from_environment(host=host, port=port)
    settings.check()
    settings.check_platform()
    settings.check_webhooks()
    _check_rules(settings)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.environ.update(_environment(settings))
    where = f"http://{settings.host}:{settings.port}"
    if json:
        print_json({"url": where, "demo": settings.demo, "home": str(settings.home)})
    else:
        print(f"Fairdesk at {where}" + (" (demo shop; desk login lin / demo)" if settings.demo else ""), flush=True)
    uvicorn.run("api.cli.operating:make_app", factory=True, host=settings.host, port=settings.port, workers=workers,
                log_level=settings.log_level.lower(), access_log=False, timeout_graceful_shutdown=GRACE_SECONDS)


def _check_rules(settings: Settings) -> None:
    """A fault in the platform's own rules is told in one line, before anything starts."""
    from assistant.books import Books
    from assistant.decisions.jurisdiction import jurisdiction_of

    jurisdiction = jurisdiction_of(settings.jurisdiction)
    if settings.rules is None:
        return
    if not settings.rules.is_dir():
        raise BadInput(f"FAIRDESK_RULES: there is no folder {settings.rules}")
    Books(settings.rules, jurisdiction)


def make_app() -> Any:
    """The application, in a worker's process, from the environment."""
    from api.app import create_app

    return create_app(settings_from_environment(), durable_clocks=True)


def _environment(settings: Settings) -> dict[str, str]:
    """What workers must be told of options that came by the command line."""
    told = {"FAIRDESK_HOST": settings.host, "FAIRDESK_PORT": str(settings.port)}
    return told | ({"FAIRDESK_DEMO": "1"} if settings.demo else {"FAIRDESK_DEMO": "0"})


@staff.command("add")
def add_staff(
    name: str,
    role: Annotated[str, typer.Option(help="agent or admin")] = "agent",
    skills: Annotated[str, typer.Option(help="comma-separated, such as mother_baby,care")] = "",
    json: AsJson = False,
) -> None:
    """Add a person to the desk; the password is read from the terminal or standard input."""
    if role not in ("agent", "admin"):
        raise BadInput("role must be agent or admin")
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 8:
        raise BadInput("the password must have at least 8 characters")
    member_id = asyncio.run(_add(name, role, tuple(s for s in skills.split(",") if s), password))
    print_json({"id": member_id, "name": name, "role": role}) if json else print(f"added {name} ({role})")


async def _add(name: str, role: str, skills: tuple[str, ...], password: str) -> str:
    from assistant.clock import new_id
    from assistant.desk import Staff
    from assistant.passwords import hash_password
    from assistant.store import staff as people
    from assistant.store.database import Database

    settings = settings_from_environment()
    database = Database(settings.database)
    try:
        await database.upgrade()
        member = Staff(new_id(), name, role, skills)
        async with database.write() as tx:
            await people.add(tx, settings.tenant, member, hash_password(password))
    except IntegrityError as error:
        raise BadInput(f"somebody is called {name} already") from error
    finally:
        await database.close()
    return member.id
