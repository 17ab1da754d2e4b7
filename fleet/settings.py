"""Everything an operator may set, each by an environment variable `MOTCUA_…` of the same name."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fleet.domain.retention import Kept
from fleet.secret_files import passwords_in, secret_in

LEAST_DAYS = 7
# Devices that were cut off tell of days gone by; nothing is forgotten before they may have.


IN_FILES = ("database", "keys_url", "broker_password", "oidc_client_secret")


class Settings(BaseSettings):
    """Settings of every process; the defaults are those of one office on a laptop."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_")

    data: Path = Field(Path("var"), description="Folder for the database, the broker's files and simulated boards.")
    database: str = Field(
        "",
        repr=False,
        description="Address of the database, `sqlite:///…` or `postgresql://user:password@host/name`; "
        "empty: SQLite in the data folder.",
    )
    database_file: Path | None = Field(None, description="File that holds the address of the database instead.")
    keys_url: str = Field(
        "",
        repr=False,
        description="SQLAlchemy address of the day keys, which no backup may hold; empty: SQLite in the data folder.",
    )
    keys_url_file: Path | None = Field(None, description="File that holds the address of the day keys instead.")
    fleet_key_file: Path | None = Field(
        None,
        description="File of the fleet's own key, which seals the keys of devices in the database and must not lie "
        "where its backups do; empty: `fleet-key` in the data folder, made at first use.",
    )

    broker_host: str = Field("", description="Host of an MQTT broker; empty: `motcua run` starts a private one.")
    broker_port: int = Field(1883, ge=1, le=65535, description="Port of the MQTT broker.")
    broker_user: str = Field("", description="User name of the fleet at the broker.")
    broker_password: str = Field("", description="Password of the fleet at the broker.", repr=False)
    broker_password_file: Path | None = Field(
        None, description="File that holds the password of the fleet at the broker instead."
    )
    broker_tls: bool = Field(False, description="Speak TLS to the broker and check its certificate.")
    broker_tls_ca: Path | None = Field(None, description="Certificate authority of the broker, if not the system's.")
    broker_protocol: Literal["5", "3.1.1"] = Field(
        "5", description="MQTT version; a broker of 3.1.1 has no shared subscriptions, so run one receiver."
    )

    devices_host: str = Field(
        "",
        description="Host at which devices reach the broker, as claim files tell them; "
        "empty: that of the fleet, and of `motcua run` its own.",
    )
    devices_port: int | None = Field(
        None, ge=1, le=65535, description="Port at which devices reach the broker; none: that of the fleet."
    )
    devices_tls: Literal["none", "cert", "psk"] = Field(
        "none",
        description="How devices protect their line to the broker: not, by its certificate and a password, "
        "or by a pre-shared key.",
    )
    devices_tls_ca: Path | None = Field(
        None, description="Certificate of the authority that signed the broker's, PEM or DER; devices know no other."
    )
    devices_claim_hours: float = Field(
        72.0, ge=1, le=2160, description="Hours for which a claim may be used, if nobody says otherwise."
    )
    rollout_approval_from: int = Field(
        50, ge=1, description="A rollout to so many devices or more begins only once a second person has approved it."
    )
    release_key: Path | None = Field(
        None,
        description="File of the fleet's own key of releases, with which `motcua send` assigns them to devices; "
        "empty: none is assigned, and `motcua run` has a key of its own.",
    )
    release_root: Path | None = Field(
        None,
        description="The first root of releases, `1.root.json`, which boards take in at the cable; without it they "
        "take no updates. Empty: none, and `motcua run` has one of its own.",
    )
    release_rate: int = Field(
        0, ge=0, description="Bytes of a release that one device loads in a second at most; 0: as many as it can."
    )
    supply_rate: int = Field(
        4_000_000,
        ge=10_000,
        description="Bytes of releases that one `motcua supply` gives devices in a second at most.",
    )
    broker_access: Literal["none", "files", "dynsec"] = Field(
        "none",
        description="How `motcua send` tells the broker which devices may connect: `files` that Mosquitto reads, "
        "its dynamic security (`dynsec`), or not at all; `motcua run` sees to its own broker anyway.",
    )
    broker_access_files: Path | None = Field(
        None, description="Folder of the files that Mosquitto reads: `passwords`, `psk` and `access`."
    )
    broker_access_reload: str = Field(
        "",
        description="How Mosquitto is asked to read them again: its pid file (`….pid`), "
        "or a command such as `sudo systemctl reload mosquitto`.",
    )

    mail_host: str = Field("", description="Host of a mail server (SMTP) that sends our letters; empty: none is sent.")
    mail_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the mail server is spoken to; `tls` is for servers that speak it at once (port 465).",
    )
    mail_tls_ca: Path | None = Field(None, description="Certificate authority of the mail server, if not the system's.")
    mail_from: str = Field("", description="Who sends our letters, such as `Một cửa Tân An <mot-cua@example.vn>`.")
    mail_user: str = Field("", description="User name at the mail server; empty: nobody signs in.")
    mail_password: str = Field("", description="Password at the mail server.", repr=False)
    mail_password_file: Path | None = Field(
        None, description="File that holds the password at the mail server instead."
    )

    watch_host: str = Field(
        "127.0.0.1", description="Address of the port at which a process of a province tells how it is."
    )
    watch_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port at which this process tells how it is: `/metrics`, `/health/live` and `/health/ready`, to "
        "anybody who reaches it; each process needs its own. 0: none.",
    )
    watched: str = Field(
        "",
        description="Where `motcua doctor` asks the processes how they are: host and port of each, commas between, "
        "such as `127.0.0.1:9471,127.0.0.1:9472`; empty: it asks none.",
    )
    log: Literal["human", "json"] = Field("human", description="Lines of the log: for people, or one JSON object each.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged at least.")

    listen_host: str = Field("127.0.0.1", description="Address that the pages and the API listen on.")
    listen_port: int = Field(8080, ge=1, le=65535, description="Port that the pages and the API listen on.")
    listen_tls_cert: Path | None = Field(
        None,
        description="Certificate of the pages and the API with its chain, PEM, if they shall speak TLS themselves; "
        "a renewed one is shown from the next connection on. Empty: a proxy speaks it, or nobody.",
    )
    listen_tls_key: Path | None = Field(None, description="Key of that certificate, PEM, without a passphrase.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies, commas between, that are believed who asks and whether by HTTPS "
        "(`X-Forwarded-For`, `X-Forwarded-Proto`); empty: nobody is.",
    )
    public_address: str = Field(
        "",
        description="Where people reach the pages, such as `https://motcua.example.vn`; empty: as they were asked for.",
    )
    secure_cookies: bool = Field(
        False, description="Send the session cookie over HTTPS only (set behind a proxy that speaks TLS)."
    )
    session_hours: float = Field(12.0, description="Hours after which a person must sign in again.")
    idle_minutes: float = Field(
        120.0,
        ge=5,
        description="Minutes after which a person must sign in again whose browser asked for nothing; an open live "
        "page asks, and screens on walls are left alone.",
    )
    prove_again_minutes: float = Field(
        15.0,
        ge=1,
        description="Minutes after the last proof (password or code) within which tokens are made, rights changed and "
        "rollouts decided without proving it again.",
    )
    token_days: int = Field(
        365, ge=1, le=3650, description="Days for which a token of the API holds at most; none holds for good."
    )
    api_requests: int = Field(600, ge=1, description="Requests to the API that one token may send in a minute.")

    voices: Path | None = Field(
        None,
        description="Folder of recorded clips for lobby screens, `01/002.mp3` and so on; "
        "empty: `voices` in the data folder.",
    )

    oidc_issuer: str = Field(
        "",
        description="Provider of identities (OpenID Connect) where people sign in once for all programs, such as "
        "`https://id.example.vn/realms/tinh`; empty: none.",
    )
    oidc_client_id: str = Field("", description="What the provider calls motcua.")
    oidc_client_secret: str = Field(
        "", repr=False, description="Secret that the provider gave motcua; empty: it gave none."
    )
    oidc_client_secret_file: Path | None = Field(None, description="File that holds that secret instead.")
    oidc_scopes: str = Field("openid profile", description="What the provider is asked for, `openid` among it.")
    oidc_title: str = Field("", description="What the provider is called on the button of the sign-in page.")
    oidc_tls_ca: Path | None = Field(None, description="Certificate authority of the provider, if not the system's.")
    oidc_name_claim: str = Field(
        "preferred_username", description="Claim that holds the name of somebody who comes for the first time."
    )
    oidc_groups_claim: str = Field(
        "groups", description="Claim that holds a person's groups; dots lead inside, as `realm_access.roles`."
    )
    oidc_roles_file: Path | None = Field(
        None, description="File (TOML) of which groups have which role; empty: administrators give roles."
    )
    oidc_makes_people: bool = Field(
        True, description="Whoever comes for the first time, with a group that has a role, is let in as somebody new."
    )
    oidc_emergency: str = Field(
        "",
        description="Names, with commas between, of those who alone still sign in by password (screens always do), and "
        "never through the provider; empty: everybody may do both.",
    )
    oidc_two_steps: str = Field(
        "",
        description="Values of the provider's `amr` or `acr`, with spaces between, that count as two steps, or `*` "
        "where it always asks for two; empty: whoever has a second step here takes it after the provider.",
    )

    published_least: int = Field(
        5, ge=5, le=100, description="Of fewer people than this the pages and files for everybody tell nothing."
    )
    lease_numbers: int = Field(500, ge=1, le=9999, description="Numbers in one lease of a printer.")
    receive_with: Literal["line", "paho"] = Field(
        "line", description="Connection that events are received by: motcua's own, or the slower one of paho-mqtt."
    )
    receive_batch: int = Field(500, ge=1, description="Messages stored in one transaction at most.")
    unreadable_kept: int = Field(10_000, ge=0, description="Unreadable messages kept for a technician to look at.")

    keep_events_days: int = Field(400, ge=LEAST_DAYS, description="Days for which events are kept as they came.")
    keep_scans_days: int = Field(
        400, ge=LEAST_DAYS, description="Days for which it is known which dossiers a visit had."
    )
    keep_unreadable_days: int = Field(
        30, ge=LEAST_DAYS, description="Days for which broken messages and events are kept."
    )
    keep_health_days: int = Field(
        90,
        ge=LEAST_DAYS,
        description="Days after which the health of a silent device goes, and the sums of devices' days.",
    )
    keep_visits_days: int = Field(1100, ge=LEAST_DAYS, description="Days for which tickets and visits are kept.")
    keep_ratings_days: int = Field(1100, ge=LEAST_DAYS, description="Days for which ratings are kept.")
    keep_dossiers_days: int = Field(1100, ge=LEAST_DAYS, description="Days after its due day that a dossier is kept.")
    keep_imports_days: int = Field(1100, ge=LEAST_DAYS, description="Days for which it is known who imported what.")
    keep_archives_days: int = Field(3660, ge=LEAST_DAYS, description="Days for which archives of months are kept.")
    archive: Path | None = Field(
        None,
        description="Folder for archives: what must be in one is deleted only when it is; empty: there are none.",
    )

    @model_validator(mode="before")
    @classmethod
    def from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What lies in a file is taken from there. Raises SecretUnreadable."""
        files = {name: given.get(f"{name}_file") for name in IN_FILES}
        return given | {
            name: secret_in(f"MOTCUA_{name.upper()}_FILE", Path(file)) for name, file in files.items() if file
        }

    @field_validator("trusted_proxies")
    @classmethod
    def addresses_only(cls, text: str) -> str:
        """Names and `*` would let somebody else in than was meant."""
        try:
            for one in filter(None, text.split(",")):
                ip_network(one.strip())
        except ValueError:
            raise PydanticCustomError("addresses", "expected addresses or networks, commas between") from None
        return text

    @field_validator("watched")
    @classmethod
    def hosts_and_ports_only(cls, text: str) -> str:
        """Each is `host:port`."""
        try:
            addresses_in(text)
        except ValueError:
            raise PydanticCustomError("watched", "expected host:port, commas between") from None
        return text

    @property
    def secrets(self) -> set[str]:
        """What no log may show."""
        known = {self.broker_password, self.mail_password, self.oidc_client_secret} - {""}
        return known | passwords_in(self.database) | passwords_in(self.keys_url)

    @property
    def keep_days(self) -> dict[Kept, int]:
        """How many days each class of data is kept."""
        return {kept: getattr(self, f"keep_{kept}_days") for kept in Kept}

    @property
    def https(self) -> bool:
        """Whether browsers reach the pages by HTTPS only."""
        return self.secure_cookies or self.listen_tls_cert is not None

    @property
    def voices_folder(self) -> Path:
        """Where the recorded clips are."""
        return self.voices or self.data / "voices"

    @property
    def fleet_key_path(self) -> Path:
        """Where the fleet's own key is."""
        return self.fleet_key_file or self.data / "fleet-key"

    @property
    def database_url(self) -> str:
        """The address of the database."""
        return self.database or f"sqlite:///{self.data / 'motcua.sqlite'}"

    @property
    def keys_database_url(self) -> str:
        """The address of the day keys' database."""
        return self.keys_url or f"sqlite:///{self.data / 'day-keys.sqlite'}"


def addresses_in(text: str) -> list[tuple[str, int]]:
    """Hosts and ports with commas between. Raises ValueError."""
    found = [one.strip().rpartition(":") for one in text.split(",") if one.strip()]
    if not all(colon and host for host, colon, _ in found):
        raise ValueError("expected host:port")
    return [(host.strip("[]"), int(port)) for host, _, port in found]
