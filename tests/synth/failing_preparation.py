"""A preparation that cannot be done."""

import sys

print("the hand cannot be built: no space")
sys.exit(1)
