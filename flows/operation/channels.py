"""How messages leave the office's Prefect server: by mail and to a web address, kept as blocks on the server.

Both are variables, so that no password stands in the tree. Prefect has no block for plain SMTP; its Slack block hands
its address to the library apprise, which sends mail to a `mailto://` address.
"""

from __future__ import annotations

import os

from flows.base.errors import ConfigError

MAIL, WEBHOOK = "FORTSCHREIBUNG_NOTIFY_MAIL", "FORTSCHREIBUNG_NOTIFY_WEBHOOK"


def save_channels() -> dict[str, str]:
    """Save a block for each channel whose variable is set; return the variable -> the id of the block.

    Raises:
        ConfigError: an address is not one of the kind that is expected.
    """
    from prefect.blocks.notifications import CustomWebhookNotificationBlock, SlackWebhook  # noqa: PLC0415 -- heavy

    found = {}
    if mail := os.environ.get(MAIL):
        if not mail.startswith(("mailto://", "mailtos://")):
            raise ConfigError(
                f"{MAIL}: expected mailtos://USER:PASSWORD@HOST?from=...&to=..., found another kind.",
                code="FS-CONFIG-10",
            )
        found[MAIL] = str(SlackWebhook(url=mail).save("fortschreibung-mail", overwrite=True))
    if address := os.environ.get(WEBHOOK):
        if not address.startswith(("http://", "https://")):
            raise ConfigError(
                f"{WEBHOOK}: expected an address that begins with https://, found another kind.", code="FS-CONFIG-10"
            )
        block = CustomWebhookNotificationBlock(
            name="fortschreibung", url=address, json_data={"subject": "{{subject}}", "text": "{{body}}"}
        )
        found[WEBHOOK] = str(block.save("fortschreibung-webhook", overwrite=True))
    return found
