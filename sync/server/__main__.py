"""`python -m sync.server`."""

import sys

from sync.server.console import main

sys.exit(main())
