#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
exec "$(dirname "$0")/run_stressor" priority_inversion "$@"
