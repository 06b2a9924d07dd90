# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.

"""Bazel's native Java rules, which its embedded tools load by these names."""

java_binary = native.java_binary
java_import = native.java_import
java_library = native.java_library
java_proto_library = native.java_proto_library
java_runtime = native.java_runtime
java_toolchain = native.java_toolchain
