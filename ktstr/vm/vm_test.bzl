# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.

"""Cells of a matrix of virtual machines as Bazel tests."""

def ktstr_vm_test(
        name,
        topology,
        stressors,
        kernel = "//tools/kernel:debian",
        scheduler = None,
        scheduler_args = [],
        duration = "1s",
        flags = [],
        tags = [],
        **kwargs):
    """Runs stressors in a virtual machine and fails as `ktstr --vm` fails.

    Everything that the test reads but QEMU is among its inputs, so that it runs
    wherever Bazel runs tests, on a remote cluster as well. The report is
    report.pb among its undeclared outputs; `tools/merge_reports` makes one of
    many. With `shard_count` each shard runs its part of the stressors.

    A test that skipped everything fails: nobody would look at it again.

    Args:
      name: Name of the test.
      topology: As --vm takes it: "2n1l2c2t", or a name of `ktstr list vm`.
      stressors: Names, or ["all"].
      kernel: Label of a bzImage or vmlinux.
      scheduler: Label of a sched_ext scheduler to start first; None: none.
      scheduler_args: Its arguments.
      duration: How long each stressor runs.
      flags: More of ktstr's flags, and NAME=VALUE words.
      tags: As of any test.
      **kwargs: Of sh_test: size, timeout, shard_count, exec_properties, ...
    """
    args = [
        "$(rootpath //ktstr)",
        "$(rootpath %s)" % kernel,
        "--vm=" + topology,
        "--stressor=" + ",".join(stressors),
        "--duration=" + duration,
    ]
    data = ["//ktstr", kernel]
    if scheduler:
        words = " ".join(["$(rootpath %s)" % scheduler] + scheduler_args)
        args.append("'--scheduler=./%s'" % words)
        data.append(scheduler)
    native.sh_test(
        name = name,
        srcs = ["//ktstr/vm:vm_test.bash"],
        args = args + flags,
        data = data,
        # Guests of two tests on the same CPUs measure one another.
        tags = tags + ["cpu:2"],
        **kwargs
    )
