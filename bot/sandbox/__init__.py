"""A local Telegram for trying, training and testing: one in-memory messenger with two faces of the Bot API, a chat
page for the browser, and partner sites that publish.  `server.Sandbox` ties it together."""
