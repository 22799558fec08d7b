"""What build-time code can do, and the names by which it does it.

Authorities: the standard library's documentation for ``std``, the Cargo book ("Build Scripts" and "Environment
Variables") for instructions and variables, and each crate's own documentation for crates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

BUILD_CAPABILITY = "build-capability"
"""The finding about what the policy does not allow, and the note in it that names the crate and the capability."""


class Capability(StrEnum):
    """What build-time code does to the machine that builds it, in the order of their alarm."""

    DOWNLOAD = "download"
    NETWORK = "network"
    DLOPEN = "dlopen"
    PROCESS = "process"
    WRITE = "write"
    COMPILE = "compile"
    LINK = "link"
    INCLUDE = "include"
    ENV = "env"


def _table(names: Mapping[Capability, str]) -> Mapping[tuple[str, ...], Capability]:
    return MappingProxyType(
        {
            tuple(name.split("::")): capability
            for capability, listed in names.items()
            for name in listed.split()
        }
    )


PATHS = _table(
    {
        Capability.DOWNLOAD: """
            reqwest ureq curl attohttpc minreq isahc hyper surf http_req git2 gix octocrab self_update
            downloader download_git trauma awc
        """,
        Capability.NETWORK: """
            std::net tokio::net async_std::net smol::net mio::net socket2 ssh2 suppaftp lettre rustls native_tls
            std::os::unix::net
        """,
        Capability.DLOPEN: """
            libloading dlopen dlopen2 sharedlib libc::dlopen libc::dlsym
        """,
        # autocfg, rustc_version and version_check run rustc; prost and tonic run protoc.
        Capability.PROCESS: """
            std::process::Command tokio::process async_process smol::process duct xshell cmd_lib subprocess
            run_script execute os_pipe escargot
            autocfg rustc_version version_check rustversion_detect probe
            prost_build tonic_build protoc_rust protobuf_codegen capnpc flatc_rust pyo3_build_config
            vergen vergen_git2 vergen_gitcl built shadow_rs git_version npm_rs
            libc::system libc::fork libc::execv libc::execve libc::execvp
            nix::unistd::execv nix::unistd::execve nix::unistd::execvp nix::unistd::fork
        """,
        Capability.WRITE: """
            std::fs::write std::fs::File::create std::fs::File::create_new std::fs::OpenOptions
            std::fs::File::options std::fs::DirBuilder
            std::fs::create_dir std::fs::create_dir_all std::fs::copy std::fs::rename std::fs::remove_file
            std::fs::remove_dir std::fs::remove_dir_all std::fs::hard_link std::fs::soft_link
            std::fs::set_permissions std::os::unix::fs::symlink
            std::os::windows::fs::symlink_file std::os::windows::fs::symlink_dir
            fs_err::write fs_err::File::create fs_err::OpenOptions fs_err::create_dir fs_err::create_dir_all
            fs_err::copy fs_err::rename fs_err::remove_file fs_err::remove_dir_all
            fs_extra::dir::copy fs_extra::file::copy fs_extra::copy_items
        """,
        Capability.COMPILE: """
            cc gcc cmake autotools bindgen cxx_build autocxx_build nasm_rs meson rust_cpp cpp_build
            embed_resource winres winresource windres make_cmd swig cbindgen::generate_c
        """,
        Capability.LINK: "pkg_config vcpkg system_deps metadeps",
        Capability.ENV: "std::env::var std::env::var_os std::env::vars std::env::vars_os",
    }
)
"""Paths by their segments; a longer path that begins with one does the same."""

METHODS: Mapping[bytes, Capability] = MappingProxyType(
    {b"write_to_file": Capability.WRITE, b"unpack": Capability.WRITE, b"unpack_in": Capability.WRITE}
)
"""Methods of any type, by name: bindgen's and cbindgen's outputs, and those of tar."""

READS = frozenset(
    tuple(name.split("::"))
    for name in (
        "std::fs::read", "std::fs::read_to_string", "std::fs::read_dir", "std::fs::File::open",
        "fs_err::read", "fs_err::read_to_string", "fs_err::read_dir", "fs_err::File::open",
    )
)  # fmt: skip
"""Functions that read a file or folder."""

SECOND_ARGUMENT = frozenset(
    {"copy", "rename", "hard_link", "soft_link", "symlink", "symlink_file", "symlink_dir"}
)
"""Functions whose second argument is the path that they write."""

LINKING = frozenset(
    (
        "rustc-link-lib", "rustc-link-search", "rustc-link-arg", "rustc-link-arg-bin", "rustc-link-arg-bins",
        "rustc-link-arg-tests", "rustc-link-arg-examples", "rustc-link-arg-benches", "rustc-cdylib-link-arg",
        "rustc-link-arg-cdylib", "rustc-flags",
    )
)  # fmt: skip
"""The instructions to Cargo that reach the linker (Cargo book, "Outputs of the Build Script")."""

DOWNLOADERS = re.compile(
    rb"(?<![\w./-])(?:curl|wget2?|aria2c|Invoke-WebRequest|Start-BitsTransfer|axel)(?:\.exe)?(?![\w-])"
)
"""Programs that fetch from other computers, in the strings of a command."""

FETCHERS = re.compile(rb"(?<![\w./-])(?:git|hg|svn|pip3?|npm|yarn|pnpm|cargo|go)(?:\.exe)?(?![\w-])")
FETCHING = re.compile(
    rb"(?<![\w-])(?:clone|fetch|pull|submodule|ls-remote|checkout-index|install|download|get)(?![\w-])"
)
"""Programs that fetch if one of these words is their argument; ``git describe`` fetches nothing."""

_GIVEN = re.compile(
    r"CARGO|CARGO_(?:MANIFEST_(?:DIR|PATH|LINKS)|MAKEFLAGS|ENCODED_RUSTFLAGS|PRIMARY_PACKAGE|BIN_NAME|CRATE_NAME"
    r"|TARGET_TMPDIR|(?:FEATURE|CFG|PKG|BIN_EXE)_\w+)"
    r"|OUT_DIR|TARGET|HOST|NUM_JOBS|OPT_LEVEL|DEBUG|PROFILE|RUSTC|RUSTDOC|RUSTC_LINKER"
    r"|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|DEP_\w+"
)

GIVEN_BEGINNINGS = ("CARGO_FEATURE_", "CARGO_CFG_", "CARGO_PKG_", "DEP_")
"""How variables begin of which Cargo sets many."""


def is_given(variable: str) -> bool:
    """Whether Cargo sets a variable for build-time code, so that reading it tells nothing about the machine."""
    return _GIVEN.fullmatch(variable) is not None


def known_part(path: tuple[str, ...]) -> tuple[str, ...]:
    """The longest beginning of a path that the table knows; empty if it knows none."""
    for length in range(min(len(path), 4), 0, -1):
        if path[:length] in PATHS:
            return path[:length]
    return ()
