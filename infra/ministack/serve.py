"""ministack, but for the cleaning up that its own threads trip over.

Every start of a function registers its session, and every registration walks over all sessions to
drop the expired ones: when two functions start at once, one walk ends with "dictionary changed size
during iteration", and the invocation it belongs to is lost. The functions' sessions never expire."""

from ministack import app
from ministack.services import sts

sts._evict_expired_sessions = lambda: None

app.main()
