# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.

"""Every repository that the build uses; nothing is fetched from a network.

Libraries come from the host through pkg-config, under the names and labels of
their Bazel builds. To use fetched sources instead, replace an entry here.
"""

load("//third_party:absl.bzl", "ABSL_TARGETS")
load("//third_party:pkg_config.bzl", "pkg_config_repository")

def ktstr_repositories():
    """Declares the outside libraries and the shims that Bazel itself wants."""
    pkg_config_repository(
        name = "com_google_absl",
        apt = "libabsl-dev",
        headers = ["absl"],
        targets = ABSL_TARGETS,
    )
    pkg_config_repository(
        name = "com_google_googletest",
        apt = "libgmock-dev",
        headers = [
            "gmock",
            "gtest",
        ],
        # As in googletest's own build, :gtest holds GoogleMock as well.
        targets = {
            "//:gtest": "gmock",
            "//:gtest_main": "gmock_main",
        },
    )
    pkg_config_repository(
        name = "com_google_protobuf",
        apt = "libprotobuf-dev",
        build_file = "//third_party:protobuf.BUILD",
        headers = ["google/protobuf"],
        programs = {"protoc": "protobuf-compiler"},
        targets = {"//:protobuf": "protobuf"},
    )
    pkg_config_repository(
        name = "com_googlesource_code_re2",
        apt = "libre2-dev",
        headers = ["re2"],
        targets = {"//:re2": "re2"},
    )
    pkg_config_repository(
        name = "com_github_google_benchmark",
        apt = "libbenchmark-dev",
        archives = {"//:benchmark_main": "benchmark_main"},
        headers = ["benchmark"],
        targets = {"//:benchmark": "benchmark"},
    )
    pkg_config_repository(
        name = "net_zlib",
        apt = "zlib1g-dev",
        headers = [
            "zconf.h",
            "zlib.h",
        ],
        targets = {"//:zlib": "zlib"},
    )
    pkg_config_repository(
        name = "numactl",
        apt = "libnuma-dev",
        headers = [
            "numa.h",
            "numacompat1.h",
            "numaif.h",
        ],
        targets = {"//:numa": "numa"},
    )

    # Bazel's embedded tools load these; the shims hand out the native rules.
    for shim in ["remote_coverage_tools", "rules_cc", "rules_java"]:
        native.local_repository(
            name = shim,
            path = "third_party/" + shim,
        )
