"""`fairdesk record`: seal, export and check the records of cases, and look after the key that signs them."""

import asyncio
import zipfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli.operating import settings_from_environment
from api.cli.output import AsJson, print_json
from assistant.clock import utc_now
from assistant.record.heads import heads_of
from assistant.record.sealing import Checked, check, seal
from assistant.record.verify_record import zip_faults
from assistant.settings import Settings
from assistant.store.database import Database
from knowledge.errors import BadInput
from knowledge.text import Language

record = typer.Typer(help="The records of cases: seal, export, check.", no_args_is_help=True)
Key = Annotated[str, typer.Option(help="The platform's public key, known from elsewhere: 64 hexadecimal digits.")]


@record.command("export")
def export(
    case: Annotated[str, typer.Argument(help="A case's number or id.")],
    out: Annotated[Path, typer.Option(help="The ZIP to write.")],
    lang: Annotated[Language, typer.Option(help="The page's language.")] = "zh",
    shop: Annotated[str, typer.Option(help="Make this shop's copy, without the buyer's personal data.")] = "",
    buyer: Annotated[str, typer.Option(help="Make this buyer's copy, in which others are not named.")] = "",
) -> None:
    """Write a case's file for a regulator, a court or a party: what happened, why, for how much, with proof."""
    data = asyncio.run(_exported(settings_from_environment(), case, (shop, buyer), lang))
    try:
        out.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {error.strerror}") from error
    print(f"{out} ({len(data)} bytes)")


async def _exported(settings: Settings, case: str, party: tuple[str, str], lang: Language) -> bytes:
    from assistant.building import services_for
    from assistant.record.dossier import Archive, gather
    from assistant.record.package import packed
    from assistant.scope import Scope

    shop, buyer = party
    scope = Scope(settings.tenant, "system", "command line")
    if shop:
        scope = Scope(settings.tenant, "merchant", "command line", shop)
    elif buyer:
        scope = Scope(settings.tenant, "buyer", buyer)
    async with services_for(settings) as services:
        return packed(await gather(services, Archive(heads_of(settings), settings.home), scope, case, lang))


@record.command("verify")
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported ZIP; without it, the database.")] = None,
    heads: Annotated[Path | None, typer.Option(help="A copy of the folder of heads, to check the database by.")] = None,
    key: Key = "",
    json: AsJson = False,
) -> None:
    """Check an export, or all records in the database against the signed heads; exit code 1 when something is wrong."""
    settings = settings_from_environment(heads=heads)
    found = Checked(0, 0, _faults_of(file, key), ()) if file else asyncio.run(_checked(settings, key))
    if json:
        print_json({"intact": not found.faults, "faults": found.faults, "entries": found.entries,
                    "heads": found.heads, "waiting": found.waiting})
    else:
        print("\n".join(found.faults) or "intact" + _coverage(found, file))
    if not key:
        typer.echo("the key was not compared: give --key with what you know from elsewhere", err=True)
    if found.faults:
        raise typer.Exit(1)


def _coverage(found: Checked, file: Path | None) -> str:
    if file:
        return ""
    waiting = f"; {len(found.waiting)} cases with entries not sealed yet" if found.waiting else ""
    return f": {found.entries} entries by {found.heads} heads{waiting}"


def _faults_of(file: Path, key: str) -> tuple[str, ...]:
    """What is wrong with an exported ZIP; one that can't be read is wrong."""
    try:
        with zipfile.ZipFile(file) as packed:
            return tuple(zip_faults({name: packed.read(name) for name in packed.namelist()}, key))
    except FileNotFoundError as error:
        raise BadInput(f"{file}: there is no such file") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, zipfile.BadZipFile) as error:
        return (f"it cannot be read as an export: {error}",)


async def _checked(settings: Settings, key: str) -> Checked:
    database, heads = Database(settings.database), heads_of(settings)
    if heads.last() is None:
        raise BadInput(f"{heads.folder}: there are no heads to check by")
    try:
        await database.upgrade()
        return await check(database, heads, key)
    finally:
        await database.close()


@record.command("seal")
def seal_now() -> None:
    """Sign what no head covers yet, now rather than at the next interval."""
    print(f"{asyncio.run(_sealed(settings_from_environment()))} cases sealed")


async def _sealed(settings: Settings) -> int:
    database = Database(settings.database)
    try:
        await database.upgrade()
        return await seal(database, heads_of(settings), utc_now)
    finally:
        await database.close()


@record.command("key")
def key_in_use(
    rotate: Annotated[bool, typer.Option(help="Make a new key, which the old one signs, and use it.")] = False,
    lost: Annotated[bool, typer.Option(help="With --rotate: the old key is lost or stolen and can't sign.")] = False,
) -> None:
    """Print the public key that readers should know, or change the key first."""
    keys = heads_of(settings_from_environment()).keys
    signer = keys.rotate(utc_now(), lost=lost) if rotate else keys.signer(utc_now())
    print(signer.public)
