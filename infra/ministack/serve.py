"""ministack, with a clock that the harness moves, and without what its own threads trip over.

The clock of the cloud itself is moved inside Python; libfaketime is for the functions that it
starts. In a process of many threads libfaketime tells the present now and then.

Every start of a function registers its session, and every registration walks over all sessions to
drop the expired ones: when two functions start at once, one walk ends with "dictionary changed
size during iteration", and the invocation it belongs to is lost. The functions' sessions never
expire."""

import os
import threading
import time

import time_machine
from ministack import app
from ministack.services import sts

import cloud

EVERY_SECONDS = 0.005


def follow(traveller):
    """Moves this cloud's clock, and then that of its functions, to where it is wanted."""
    now = 0
    while True:
        wanted = int(cloud.WANTED.read_text())
        if wanted != now:
            traveller.shift(wanted - now)
            cloud.set_clock(cloud.CLOCK, wanted)
            now = wanted
        time.sleep(EVERY_SECONDS)


os.environ.update(cloud.preloaded())
sts._evict_expired_sessions = lambda: None
present = time_machine.travel(time.time(), tick=True).start()
threading.Thread(target=follow, args=[present], daemon=True).start()
app.main()
