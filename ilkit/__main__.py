"""`python -m ilkit`: the command line, for when the `ilkit` script is not on the PATH."""

import sys

from ilkit.cli import main

sys.exit(main())
