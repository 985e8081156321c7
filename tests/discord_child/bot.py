"""A small bot on discord.py, a client written by others. It tries our Discord server.

    bot.py URL TOKEN

It registers a command, then answers people until it is ended. What it saw it prints as JSON, a line
each, {"event": …}. A call that fails where it must work ends it.
"""

import functools
import json
import os
import sys
import traceback

import discord
import yarl
from discord import app_commands

URL, TOKEN = sys.argv[1:]

discord.http.Route.BASE = f"{URL}/api/v10"
# The server's gateway, uncompressed; anything else would go to the public one.
gateway = discord.gateway.DiscordWebSocket
gateway.DEFAULT_GATEWAY = yarl.URL(URL.replace("http", "ws", 1) + "/")
gateway.from_client = functools.partial(gateway.from_client, compress=False)


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Choices(discord.ui.View):
    def __init__(self):
        super().__init__(timeout=None)

    @discord.ui.button(label="Yes", custom_id="yes")
    async def yes(self, interaction, _button):
        await interaction.response.defer()
        tell("pressed", id=interaction.data["custom_id"], by=interaction.user.id)

    @discord.ui.select(options=[discord.SelectOption(label="One", value="1"), discord.SelectOption(label="Two", value="2")])
    async def pick(self, interaction, select):
        await interaction.response.send_message("picked " + select.values[0], ephemeral=True)
        tell("picked", values=select.values)


class Bot(discord.Client):
    def __init__(self):
        intents = discord.Intents.none()
        intents.dm_messages = True
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)
        self.greeted = False

    async def setup_hook(self):
        info = await self.application_info()
        assert info.id == self.user.id
        commands = await self.tree.sync()
        tell("synced", names=[command.name for command in commands])

    async def on_ready(self):
        if not self.greeted:
            self.greeted = True
            tell("ready", user=self.user.name)

    async def on_resumed(self):
        tell("resumed")

    async def on_error(self, _method, *_args, **_kwargs):
        traceback.print_exc()
        os._exit(1)

    async def on_message(self, message):
        if message.author == self.user:
            return
        tell("heard", words=message.content, files=[file.filename for file in message.attachments])
        channel = message.channel
        match message.content:
            case "choices":
                await channel.send("Choose.", view=Choices())
                tell("offered")
            case "history":
                words = [old.content async for old in channel.history(limit=None, after=discord.Object(0), oldest_first=True)]
                tell("history", words=words)
            case "typing":
                async with channel.typing():
                    await channel.send("typed")
            case "long":
                try:
                    await channel.send("x" * 2001)
                except discord.HTTPException as refused:
                    tell("refused", status=refused.status, code=refused.code)
            case "closed":
                try:
                    await channel.send("can't be read")
                except discord.Forbidden as refused:
                    tell("refused", status=refused.status, code=refused.code)
            case words if not message.attachments:
                await channel.send("heard " + words, allowed_mentions=discord.AllowedMentions.none())

    async def on_message_edit(self, _before, after):
        tell("edited", words=after.content)

    async def on_raw_message_delete(self, payload):
        tell("deleted", id=str(payload.message_id))


bot = Bot()


@bot.tree.command(name="help", description="Talk to us in private.")
async def help_command(interaction):
    await interaction.response.defer(ephemeral=True, thinking=True)
    talk = await interaction.user.create_dm()
    await talk.send("here we are")
    await interaction.edit_original_response(content="look into your messages")
    tell("asked", locale=str(interaction.locale), in_server=interaction.guild_id is not None)


bot.run(TOKEN, log_handler=None)
