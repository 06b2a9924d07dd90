// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/loader_conf.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LoaderConfTest, GivesFoldersInTheirOrder) {
  const TempDir root;
  root.Write("etc/ld.so.conf",
             "/opt/first/  # a comment\n"
             "# /opt/never\n"
             "hwcap 0 nosegneg\n"
             "\n"
             "include ld.so.conf.d/*.conf /etc/more\n"
             "relative/is/ignored\n"
             "/opt/old=libc5 /opt/last:/opt/very_last");
  root.Write("etc/ld.so.conf.d/b.conf", "/opt/b");
  root.Write("etc/ld.so.conf.d/a.conf", "/opt/a\n");
  root.Write("etc/ld.so.conf.d/.hidden.conf", "/opt/hidden\n");
  root.Write("etc/ld.so.conf.d/a.conf.bak", "/opt/backup\n");
  root.Write("etc/more", "\t/opt/more\r\n");
  EXPECT_THAT(LoaderConfFolders(root.path()),
              ElementsAre("/opt/first", "/opt/a", "/opt/b", "/opt/more",
                          "/opt/old", "/opt/last", "/opt/very_last"));
}

TEST(LoaderConfTest, FileThatIncludesItselfEnds) {
  const TempDir root;
  root.Write("etc/ld.so.conf", "/one\ninclude /etc/*.conf\n/two\n");
  EXPECT_THAT(LoaderConfFolders(root.path()), ElementsAre("/one", "/two"));
}

TEST(LoaderConfTest, NoFileNamesNothing) {
  const TempDir root;
  EXPECT_THAT(LoaderConfFolders(root.path()), IsEmpty());
  root.Write("etc/ld.so.conf", "include /none/*.conf\ninclude\n");
  EXPECT_THAT(LoaderConfFolders(root.path()), IsEmpty());
}

}  // namespace
}  // namespace ktstr
