// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/cell_files.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/cells/vm_options.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Cell Named(const std::string& name) {
  Cell cell;
  cell.name = name;
  return cell;
}

TEST(CellFilesTest, OneMachineHasWhatWasNamed) {
  VmOptions options;
  options.topologies = {"2c"};
  options.console = "c.log";
  options.keep = "kept";
  EXPECT_EQ(ConsoleFile(options, Named("2c")), "c.log");
  EXPECT_EQ(KeepFolder(options, Named("2c")), "kept");
}

TEST(CellFilesTest, SeveralHaveTheirOwn) {
  VmOptions options;
  options.topologies = {"2c"};
  options.kernels = {"a", "b"};
  options.console = "c.log";
  options.keep = "kept";
  EXPECT_EQ(ConsoleFile(options, Named("2c 6.12.1")), "c.log.2c_6.12.1");
  EXPECT_EQ(KeepFolder(options, Named("2c 6.12.1")), "kept/2c_6.12.1");
}

class TryFilesTest : public testing::Test {
 protected:
  TryFilesTest() { options_.topologies = {"2c", "4c"}; }

  absl::Status Try() { return TryFiles(options_, cells_); }

  const TempDir folder_;
  VmOptions options_;
  const std::vector<Cell> cells_ = {Named("2c"), Named("4c")};
};

TEST_F(TryFilesTest, NeedsNone) { EXPECT_THAT(Try(), IsOk()); }

TEST_F(TryFilesTest, MakesThemAll) {
  options_.console = folder_.path() + "/c";
  options_.keep = folder_.path() + "/kept";
  EXPECT_THAT(Try(), IsOk());
  for (const char* name : {"2c", "4c"}) {
    EXPECT_THAT(ReadFile(absl::StrCat(options_.console, ".", name)),
                IsOkAndHolds(""));
    EXPECT_TRUE(
        std::filesystem::is_directory(absl::StrCat(options_.keep, "/", name)));
  }
}

TEST_F(TryFilesTest, NamesTheFlagOfWhatIsRefused) {
  options_.console = folder_.path() + "/no/c";
  EXPECT_THAT(std::string(Try().message()),
              StartsWith(absl::StrCat("--vm_console: open(", options_.console,
                                      ".2c)")));
  options_.console = "";
  options_.keep = folder_.Write("file", "") + "/kept";
  EXPECT_THAT(std::string(Try().message()), StartsWith("--vm_keep: "));
}

TEST_F(TryFilesTest, TellsOfTheLastMachineToo) {
  options_.console = folder_.path() + "/c";
  std::filesystem::create_directory(options_.console + ".4c");
  EXPECT_THAT(Try(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("c.4c")));
}

}  // namespace
}  // namespace ktstr
