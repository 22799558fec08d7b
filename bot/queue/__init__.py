"""The durable queue: deliveries become jobs, and jobs are run, one at a time for each pull request."""

from __future__ import annotations

from bot.queue.queue import Queue
from bot.queue.words import Delivery, JobReport, Observer, Outcome, QueueOptions

__all__ = ["Delivery", "JobReport", "Observer", "Outcome", "Queue", "QueueOptions"]
