# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.

"""A repository made of what pkg-config says about an installed library.

Every module becomes a cc_library of its own (its archives, its defines, its
required modules as deps), so that Bazel orders static archives. Archives are
preferred; without one, the shared library is linked. Headers are inputs of the
build and found as system headers. Needs pkgconf, Debian 12's pkg-config.
"""

# These belong to the C library and the compiler: linked by name.
_TOOLCHAIN_LIBRARIES = ["atomic", "dl", "m", "pthread", "rt"]

_LIBRARY = """
cc_library(
    name = "{name}",
    srcs = {archives},
    defines = {defines},
    linkopts = {linkopts},
    deps = {deps},
)
"""

_HEADERS = """
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "headers",
    hdrs = glob(["include/**"]),
    includes = ["include"],
)
"""

def _missing(what, apt):
    fail("{} is missing; install it with: apt-get install {}".format(what, apt))

def _find_program(ctx, name, apt):
    path = ctx.which(name)
    if not path:
        _missing("the program " + name, apt)
    return path

def _pkg_config(ctx, module, *args):
    program = _find_program(ctx, "pkg-config", "pkg-config")
    result = ctx.execute([program] + list(args) + [module])
    if result.return_code:
        _missing("the library {} ({}.pc)".format(ctx.name, module), ctx.attr.apt)
    words = result.stdout.replace("\n", " ").split(" ")
    return [word for word in words if word]

def _required_modules(ctx, module):
    # Lines read "name" or "name = version"; the two lists may overlap.
    words = _pkg_config(ctx, module, "--print-requires") + \
            _pkg_config(ctx, module, "--print-requires-private")
    names = [word for word in words if word[0].isalpha()]
    return {name: None for name in names}.keys()

def _link_archive(ctx, library, libdir):
    """Links lib<library>.a into the repository and returns its label, or None."""
    archive = "lib{}.a".format(library)
    path = ctx.path(libdir).get_child(archive)
    if library in _TOOLCHAIN_LIBRARIES or not path.exists:
        return None
    ctx.symlink(path, "modules/" + archive)
    return archive

def _libdir(ctx, module):
    return _pkg_config(ctx, module, "--variable=libdir")[0]

def _library(ctx, module, deps):
    libdir = _libdir(ctx, module)
    archives, linkopts = [], []

    # Depth 1 is pkgconf's own root, depth 2 the module without its requirements.
    for word in _pkg_config(
        ctx,
        module,
        "--maximum-traverse-depth=2",
        "--static",
        "--libs",
    ):
        archive = None
        if word.startswith("-l"):
            archive = _link_archive(ctx, word[2:], libdir)
        if archive:
            archives.append(archive)
        else:
            linkopts.append(word)
    cflags = _pkg_config(ctx, module, "--maximum-traverse-depth=2", "--cflags")
    return _LIBRARY.format(
        name = module,
        archives = repr(archives),
        defines = repr([flag[2:] for flag in cflags if flag.startswith("-D")]),
        deps = repr(["//:headers"] + [":" + dep for dep in deps]),
        linkopts = repr(linkopts),
    )

def _modules(ctx):
    """Returns the build text of the targets' modules and all that they need."""
    text = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n'
    text += 'package(default_visibility = ["//visibility:public"])\n'
    found = {module: None for module in ctx.attr.targets.values()}
    pending = list(found)
    for _ in range(1000):  # Starlark has no while.
        if not pending:
            break
        module = pending.pop()
        deps = _required_modules(ctx, module)
        text += _library(ctx, module, deps)
        pending += [dep for dep in deps if dep not in found]
        found.update([(dep, None) for dep in deps])
    return text

def _extra_archives(ctx):
    """Returns the build text of archives that no .pc file knows."""
    text = ""
    module = ctx.attr.targets.values()[0]
    for library in ctx.attr.archives.values():
        archive = _link_archive(ctx, library, _libdir(ctx, module))
        if not archive:
            _missing("the archive lib{}.a".format(library), ctx.attr.apt)
        text += _LIBRARY.format(
            name = library,
            archives = repr([archive]),
            defines = "[]",
            deps = repr([":" + module]),
            linkopts = "[]",
        )
    return text

def _aliases(ctx):
    """Returns package -> build text with the public names of the modules."""
    packages = {"": _HEADERS}
    targets = dict(ctx.attr.targets.items() + ctx.attr.archives.items())
    for label, module in targets.items():
        package, name = label[len("//"):].split(":")
        if package not in packages:
            packages[package] = \
                'package(default_visibility = ["//visibility:public"])\n'
        packages[package] += 'alias(name = "{}", actual = "//modules:{}")\n' \
            .format(name, module)
    return packages

def _pkg_config_repository_impl(ctx):
    includedir = _pkg_config(
        ctx,
        ctx.attr.targets.values()[0],
        "--variable=includedir",
    )[0]
    for header in ctx.attr.headers:
        ctx.symlink(includedir + "/" + header, "include/" + header)
    for name, apt in ctx.attr.programs.items():
        ctx.symlink(_find_program(ctx, name, apt), "bin/" + name)
    ctx.file("modules/BUILD.bazel", _modules(ctx) + _extra_archives(ctx))
    packages = _aliases(ctx)
    if ctx.attr.build_file:
        packages[""] += ctx.read(ctx.path(ctx.attr.build_file))
    for package, text in packages.items():
        ctx.file((package + "/" if package else "") + "BUILD.bazel", text)

pkg_config_repository = repository_rule(
    implementation = _pkg_config_repository_impl,
    doc = "An installed library under the labels of its own Bazel build.",
    attrs = {
        "apt": attr.string(doc = "Debian package to name if it is missing."),
        "archives": attr.string_dict(doc = "Label -> archive without a .pc."),
        "build_file": attr.label(doc = "Text to add to the root package."),
        "headers": attr.string_list(doc = "Files, folders under includedir."),
        "programs": attr.string_dict(doc = "Program -> Debian package."),
        "targets": attr.string_dict(doc = "Label -> pkg-config module."),
    },
    configure = True,
    environ = ["PKG_CONFIG_PATH"],
)
