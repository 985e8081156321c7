"""A small bot on aiogram, a client written by others. It tries our Bot API server.

    bot.py URL TOKEN poll|hook

It first goes through the calls that need no person, then answers people until it is ended. What it
saw it prints as JSON, a line each, {"event": …}. A call that fails where it must work ends it.
"""

import asyncio
import json
import sys

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

SECRET = "aiogram-secret_1"


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def keyboard():
    buttons = [[InlineKeyboardButton(text=word, callback_data=word.lower())] for word in ("Yes", "No")]
    return InlineKeyboardMarkup(inline_keyboard=buttons)


async def alone(bot):
    """Calls that need nobody."""
    me = await bot.get_me()
    assert me.is_bot and me.can_join_groups is True and me.can_read_all_group_messages is False
    menu = [BotCommand(command="help", description="What you can say")]
    assert await bot.set_my_commands(menu)
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    assert await bot.delete_my_commands()
    assert await bot.get_my_commands() == []
    info = await bot.get_webhook_info()
    assert info.url == "" and info.pending_update_count >= 0
    for text in ("x" * 5000, "   "):
        try:
            await bot.send_message(1, text)
        except TelegramBadRequest as error:
            tell("refused", why=error.message)


async def started(message: Message):
    await message.answer("Hello <b>you</b> &amp; all", parse_mode="HTML", reply_markup=keyboard())


async def spoken(message: Message):
    bot = message.bot
    await bot.send_chat_action(message.chat.id, "typing")
    match message.text:
        case "long":
            try:
                await message.answer("x" * 4097)
            except TelegramBadRequest as error:
                await message.answer(error.message)
            await message.answer("y" * 4096)
        case "data":
            button = InlineKeyboardButton(text="b", callback_data="é" * 32)
            await message.answer("64 bytes fit", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
            button = InlineKeyboardButton(text="b", callback_data="é" * 32 + "x")
            try:
                await message.answer("65", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
            except TelegramBadRequest as error:
                await message.answer(error.message)
        case "file please":
            await message.answer_document(BufferedInputFile(b"bytes of a file", "notes.txt"), caption="a file")
        case "often":
            try:
                await message.answer("not this one")
            except TelegramRetryAfter as error:
                await message.answer(f"wait {error.retry_after}")
        case "change":
            sent = await message.answer("before")
            await sent.edit_text("after")
            gone = await message.answer("soon gone")
            assert await gone.delete()
        case text:
            await message.answer(f"you said {text}")


async def sent_file(message: Message):
    file = await message.bot.get_file(message.document.file_id)
    content = await message.bot.download_file(file.file_path)
    await message.answer(f"{message.document.file_name}: {content.read().decode()}")


async def changed(message: Message):
    await message.answer(f"changed to {message.text}")


async def pressed(query: CallbackQuery):
    assert await query.answer("noted")
    await query.message.edit_text(f"chosen {query.data}")
    try:
        await query.answer("twice")
    except TelegramBadRequest as error:
        tell("refused", why=error.message)


async def member(update: ChatMemberUpdated):
    tell("member", status=update.new_chat_member.status)
    if update.new_chat_member.status == "kicked":
        try:
            await update.bot.send_message(update.chat.id, "are you there?")
        except TelegramForbiddenError as error:
            tell("forbidden", why=error.message)


async def main(url, token, mode):
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await alone(bot)
    # Update kinds of a bot on its own are those it handles.
    dispatcher = Dispatcher()
    dispatcher.message.register(started, CommandStart())
    dispatcher.message.register(spoken, F.text)
    dispatcher.message.register(sent_file, F.document)
    dispatcher.edited_message.register(changed)
    dispatcher.callback_query.register(pressed)
    dispatcher.my_chat_member.register(member)
    if mode == "poll":
        tell("ready")
        await dispatcher.start_polling(bot, polling_timeout=2, handle_as_tasks=False, handle_signals=False)
        return
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET).register(app, "/hook")
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    await bot.set_webhook(f"http://{host}:{port}/hook", secret_token=SECRET, max_connections=1)
    info = await bot.get_webhook_info()
    assert info.url.endswith("/hook")
    tell("ready")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
