"""`courtesy review`: the supervisor's desk, who may use it, and what they did."""

import gc
import getpass
import ipaddress
import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, T, console, fail, say
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text
from courtesy.reviews import Role

app = typer.Typer(
    no_args_is_help=True,
    help=T("复核台：人先听，再下结论。", "The supervisor's desk: people listen before they judge."),
)
users = typer.Typer(no_args_is_help=True, help=T("谁可以登录。", "Who may sign in."))
audit = typer.Typer(no_args_is_help=True, help=T("操作记录。", "The trail of what was done."))
app.add_typer(users, name="users")
app.add_typer(audit, name="audit")

_ROLES: tuple[str, ...] = get_args(Role)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=T("用户名", "to sign in with"))]


@app.command(
    "serve",
    help=T(
        "在浏览器里打开复核台。--lexicons 的最后一个文件夹可以在网页上改。\n\n"
        "例：courtesy review serve\n\n例：courtesy review serve --lexicons 我的词库/\n\n"
        "例：courtesy review serve --host 0.0.0.0 --tls-cert hall.pem --tls-key hall.key",
        "Serve the desk to browsers. The last folder of --lexicons is edited on its pages.\n\n"
        "Example: courtesy review serve\n\n"
        "Example: courtesy review serve --lexicons my-lexicons/\n\n"
        "Example: courtesy review serve --host 0.0.0.0 --tls-cert hall.pem --tls-key hall.key",
    ),
)
def serve(
    db: options.DatabaseUrl = None,
    host: Annotated[
        str, typer.Option(help=T("网卡地址；默认只给本机", "address; by default this machine only"))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help=T("端口", "port"))] = 8000,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help=T("TLS 证书", "TLS certificate"))
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help=T("TLS 私钥", "TLS key"))
    ] = None,
    without_tls: Annotated[
        bool,
        typer.Option(
            "--without-tls",
            help=T("不加密也给别的机器用", "let other machines in without encryption"),
        ),
    ] = False,
    lexicons: options.OwnLexicons = None,
    config: options.ConfigFile = None,
) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    from courtesy.config import load_settings
    from courtesy.lists.shelf import Shelf
    from courtesy.review.app import make_app
    from courtesy.review.office import BUSY
    from courtesy.store.opening import open_database

    try:
        _check_address(host, tls_cert, tls_key, without_tls=without_tls)
        settings = load_settings(config)
        shelf = Shelf(tuple(folder.absolute() for folder in lexicons or ()), settings)
        with open_database(db, make=False, busy=BUSY) as database:
            secure = tls_cert is not None
            served = make_app(database, settings.review, secure=secure, shelf=shelf)
            # What is loaded stays: looking through it for garbage, again and again, would hold up
            # every request meanwhile (50 ms of the 150 that an overview took).
            gc.collect()
            gc.freeze()
            uvicorn.run(
                served,
                host=host,
                port=port,
                ssl_certfile=tls_cert,
                ssl_keyfile=tls_key,
                log_level="warning",
                server_header=False,
            )
    except CourtesyError as error:
        fail(error)


@app.command(
    "gold",
    help=T(
        "把复核结论写成标准答案，给 courtesy eval 用；默认不含工作人员姓名和工号。\n\n"
        "例：courtesy review gold 标准答案/ --first 2026-11-01 --last 2026-11-30\n\n"
        "例：courtesy eval 标准答案/ --at text",
        "Write what people decided as gold files for courtesy eval; clerks are not named unless "
        "asked.\n\nExample: courtesy review gold gold/ --first 2026-11-01 --last 2026-11-30\n\n"
        "Example: courtesy eval gold/ --at text",
    ),
)
def write_gold(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            show_default=False,
            help=T("新的或空的文件夹", "a folder, new or empty"),
        ),
    ],
    first: Annotated[
        str | None, typer.Option(metavar="DATE", help=T("从哪天起", "first day"))
    ] = None,
    last: Annotated[
        str | None, typer.Option(metavar="DATE", help=T("到哪天止", "last day"))
    ] = None,
    names: Annotated[
        bool,
        typer.Option(
            "--names",
            help=T("写明大厅、窗口、工作人员，文件名同录音", "name hall, window, clerk, recording"),
        ),
    ] = False,
    db: options.DatabaseUrl = None,
) -> None:
    """Write one file for each recording whose truth is known well enough."""
    from courtesy.learning.gold import gold
    from courtesy.report.writing import make_folder, write_text
    from courtesy.store import audit as trail
    from courtesy.store.opening import open_database
    from courtesy.store.reviewed import sessions

    try:
        days = options.day("--first", first), options.day("--last", last)
        if out.is_dir() and any(out.iterdir()):
            raise UsageError(
                Text(
                    f"文件夹 {out} 不是空的，请换一个。",
                    f"The folder {out} is not empty; name another.",
                )
            )
        with open_database(db, make=False) as database:
            with database.reading() as connection:
                made = gold(sessions(connection, *days), names=names)
            if made.texts:
                make_folder(out)
            for name, text in made.texts.items():
                write_text(out / name, text)
            told = {"first": first, "last": last, "names": names, "files": len(made.texts)}
            with database.writing() as connection:
                trail.note(connection, "", "export gold", "gold", told)
    except CourtesyError as error:
        fail(error)
    left = made.left_out
    typer.echo(
        T(
            f"写了 {len(made.texts)} 个标准答案，{made.interactions} 次接待；{left} 次没有写："
            "还有没定的，或没人改正听错的话。",
            f"Wrote {len(made.texts)} gold files with {made.interactions} interactions; "
            f"left out {left}: not all is decided, or nobody typed what was said.",
        )
    )


def _check_address(host: str, cert: Path | None, key: Path | None, *, without_tls: bool) -> None:
    """Refuse to send what people said over a network that anybody may listen to."""
    if (cert is None) != (key is None):
        raise UsageError(
            Text("--tls-cert 和 --tls-key 要一起用。", "--tls-cert and --tls-key go together.")
        )
    for file in (cert, key):
        if file is not None and not file.is_file():
            raise UsageError(Text(f"没有文件 {file}。", f"There is no file {file}."))
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and cert is None and not without_tls:
        raise UsageError(
            Text(
                f"{host} 别的机器也能访问，要加密：--tls-cert 和 --tls-key；"
                "前面另有加密的服务器时用 --without-tls。",
                f"Other machines reach {host}, which needs --tls-cert and --tls-key; behind a "
                "server that encrypts, use --without-tls.",
            )
        )


@users.command(
    "add",
    help=T(
        "新建账号；密码会询问，也可从标准输入读。\n\n"
        "例：courtesy review users add zhao --role administrator\n\n"
        "例：courtesy review users add chen --role clerk --clerk 1024",
        "Make an account; the password is asked for, or read from standard input.\n\n"
        "Example: courtesy review users add zhao --role administrator\n\n"
        "Example: courtesy review users add chen --role clerk --clerk 1024",
    ),
)
def add(
    name: NameArgument,
    role: Annotated[
        str, typer.Option(metavar="|".join(_ROLES), help=T("角色", "what they may do"))
    ] = "reviewer",
    title: Annotated[str, typer.Option(help=T("姓名", "the person's own name"))] = "",
    clerk: Annotated[
        str, typer.Option(help=T("录音里的工号或姓名", "name or number that recordings have"))
    ] = "",
    db: options.DatabaseUrl = None,
) -> None:
    """Make an account."""
    from courtesy.review.passwords import digest
    from courtesy.store import accounts
    from courtesy.store import audit as trail
    from courtesy.store.opening import open_database

    try:
        if role not in _ROLES:
            known = "、".join(_ROLES), ", ".join(_ROLES)
            raise UsageError(
                Text(
                    f"没有角色 {role}，有的是：{known[0]}。",
                    f"No role {role}; there are {known[1]}.",
                )
            )
        kept = digest(_password())
        with open_database(db) as database, database.writing() as connection:
            made = accounts.add(connection, name, kept, role, title, clerk)  # type: ignore[arg-type]
            trail.note(connection, "", "add user", made.name, {"role": role, "clerk": clerk})
    except CourtesyError as error:
        fail(error)
    typer.echo(T(f"已建账号 {made.name}（{role}）。", f"Made the account {made.name} ({role})."))


@users.command("list", help=T("列出账号。", "List the accounts."))
def list_users(db: options.DatabaseUrl = None) -> None:
    """Print a table."""
    from rich.table import Table

    from courtesy.store import accounts
    from courtesy.store.opening import open_database

    try:
        with open_database(db, make=False) as database, database.reading() as connection:
            found = accounts.everybody(connection)
    except CourtesyError as error:
        fail(error)
    table = Table(box=None, pad_edge=False)
    for head in (T("用户名", "Name"), T("姓名", "Person"), T("角色", "Role"),
                 T("工号", "Clerk"), T("停用", "Closed")):  # fmt: skip
        table.add_column(head, overflow="fold")
    for one in found:
        closed = one.closed.date().isoformat() if one.closed else ""
        table.add_row(one.name, one.title, one.role, one.clerk, closed)
    console().print(table)


@users.command(
    "close", help=T("停用账号；作过的决定都在。", "Close an account; its decisions stay.")
)
def close(name: NameArgument, db: options.DatabaseUrl = None) -> None:
    """Let nobody sign in with an account any more."""
    from courtesy.store import accounts
    from courtesy.store import audit as trail
    from courtesy.store.opening import open_database

    try:
        with open_database(db, make=False) as database, database.writing() as connection:
            one = accounts.known(connection, name)
            accounts.close(connection, one)
            trail.note(connection, "", "close user", one.name)
    except CourtesyError as error:
        fail(error)
    typer.echo(T(f"已停用 {one.name}。", f"Closed {one.name}."))


@users.command("password", help=T("重设密码，并让其退出。", "Set a new password and sign out."))
def password(name: NameArgument, db: options.DatabaseUrl = None) -> None:
    """Give an account a new password."""
    from courtesy.review.passwords import digest
    from courtesy.store import accounts
    from courtesy.store import audit as trail
    from courtesy.store.opening import open_database

    try:
        kept = digest(_password())
        with open_database(db, make=False) as database, database.writing() as connection:
            one = accounts.known(connection, name)
            accounts.change(connection, one, password=kept)
            trail.note(connection, "", "set password", one.name)
    except CourtesyError as error:
        fail(error)
    typer.echo(T(f"已重设 {one.name} 的密码。", f"{one.name} has a new password."))


@audit.command(
    "verify",
    help=T(
        "查操作记录有没有被改过；记下最后的校验码，下次用 --last 比对。\n\n"
        "例：courtesy review audit verify",
        "See whether the trail was changed; note its last checksum, and compare with it next time "
        "(--last).\n\nExample: courtesy review audit verify",
    ),
)
def verify(
    noted: Annotated[
        str,
        typer.Option("--last", metavar="CHECKSUM", help=T("上次记下的校验码", "noted last time")),
    ] = "",
    db: options.DatabaseUrl = None,
) -> None:
    """Look at every entry; the exit code is 1 where one was changed, or is missing."""
    from courtesy.store import audit as trail
    from courtesy.store.opening import open_database

    try:
        with open_database(db, make=False) as database, database.reading() as connection:
            found = trail.verify(connection, noted.strip())
    except CourtesyError as error:
        fail(error)
    typer.echo(say(found.told()), err=not found.whole)
    if not found.whole:
        raise typer.Exit(EXIT_FAULTY)


def _password() -> str:
    """Return a password that is typed unseen, twice, or what standard input holds."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(T("密码：", "Password: "))
    if getpass.getpass(T("再输一次：", "Once more: ")) != first:
        raise UsageError(Text("两次输入不一样。", "The two are not the same."))
    return first
