// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/loader_cache.h"

#include <elf.h>
#include <stdlib.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

TEST(LoaderCacheTest, LdconfigListsIt) {
  if (system("/sbin/ldconfig --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "the host has no ldconfig of glibc";
  }
  const absl::StatusOr<std::string> cache = LoaderCache(
      {{"libb.so.1", "/opt/b/libb.so.1"}, {"liba.so", "/a/liba.so"}},
      EM_X86_64);
  ASSERT_THAT(cache, IsOk());
  const TempDir folder;
  folder.Write("cache", *cache);
  ASSERT_EQ(system(absl::StrCat("cd ", folder.path(),
                                " && LC_ALL=C /sbin/ldconfig -p -C cache > out")
                       .c_str()),
            0);
  EXPECT_THAT(ReadFile(folder.path() + "/out"),
              IsOkAndHolds(HasSubstr("2 libs found in cache `cache'\n"
                                     "\tlibb.so.1 (libc6,x86-64) => "
                                     "/opt/b/libb.so.1\n"
                                     "\tliba.so (libc6,x86-64) => "
                                     "/a/liba.so\n")));
}

// The loader searches by halves, so one name out of place is one not found.
TEST(LoaderCacheTest, NamesStandInTheLoadersOrder) {
  const absl::StatusOr<std::string> cache = LoaderCache({{"lib.so.10", ""},
                                                         {"lib.so.9", ""},
                                                         {"lib.so", ""},
                                                         {"libz.so", ""},
                                                         {"lib2.so", ""},
                                                         {"lib10.so", ""},
                                                         {"libA.so", ""}},
                                                        EM_X86_64);
  ASSERT_THAT(cache, IsOk());
  size_t last = 0;
  for (const char* name : {"lib10.so", "lib2.so", "libz.so", "libA.so",
                           "lib.so.10", "lib.so.9", "lib.so"}) {
    const size_t at = cache->find(absl::StrCat(name, std::string(2, '\0')));
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(at, last) << name;
    last = at;
  }
}

TEST(LoaderCacheTest, RefusesUnknownMachine) {
  EXPECT_THAT(LoaderCache({}, EM_SPARC),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("2")));
}

}  // namespace
}  // namespace ktstr
