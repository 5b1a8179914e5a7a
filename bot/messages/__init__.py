"""What is said: releases, digests and announcements as Bot API calls without a chat."""
