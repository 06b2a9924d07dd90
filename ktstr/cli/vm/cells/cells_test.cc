// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/cells.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/cli/vm/cells/fake_kernel.h"
#include "ktstr/cli/vm/cells/vm_options.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/machine_spec/vm_memory.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CellsTest : public testing::Test {
 protected:
  // Of a kernel in /boot, if any.
  KernelPlaces Places() const {
    return {.boot = folder_.path() + "/boot",
            .cache = folder_.path() + "/cache"};
  }

  absl::StatusOr<std::vector<Cell>> Make(const VmOptions& options) const {
    return MakeCells(options, Places());
  }

  std::string Kernel(const std::string& name,
                     const std::string& release) const {
    return folder_.Write(name, FakeKernel(release));
  }

  const TempDir folder_;
};

std::vector<std::string> NamesOf(
    const absl::StatusOr<std::vector<Cell>>& cells) {
  EXPECT_THAT(cells, IsOk());
  std::vector<std::string> names;
  for (const Cell& cell : cells.value_or(std::vector<Cell>())) {
    names.push_back(cell.name);
  }
  return names;
}

TEST_F(CellsTest, OneMachineIsCalledByItsTopology) {
  const std::string kernel = Kernel("bzImage", "6.12.1");
  VmOptions options;
  options.topologies = {"2n1l2c2t"};
  options.kernels = {kernel};
  const auto cells = Make(options);
  ASSERT_THAT(NamesOf(cells), ElementsAre("2n1l2c2t"));
  const Cell& cell = cells->front();
  EXPECT_EQ(cell.topology, "2n1l2c2t");
  EXPECT_EQ(cell.spec.cpus(), 8);
  EXPECT_EQ(cell.kernel.path, kernel);
  EXPECT_EQ(cell.kernel.release, "6.12.1");
  EXPECT_EQ(cell.memory_bytes, DefaultMemory(cell.spec));
  EXPECT_THAT(cell.distances, IsEmpty());
}

TEST_F(CellsTest, TakesTopologiesWithinKernels) {
  VmOptions options;
  options.topologies = {"2c", "1n2l"};
  options.kernels = {Kernel("old", "6.9.1"), Kernel("new", "6.12.1")};
  EXPECT_THAT(NamesOf(Make(options)), ElementsAre("2c 6.9.1", "1n2l 6.9.1",
                                                  "2c 6.12.1", "1n2l 6.12.1"));
}

TEST_F(CellsTest, KernelsOfOneReleaseAreCalledByTheirFiles) {
  const std::string a = Kernel("a/bzImage", "6.12.1");
  const std::string b = Kernel("b/bzImage", "6.12.1");
  const std::string c = Kernel("c/bzImage", "6.9.1");
  VmOptions options;
  options.topologies = {"2c"};
  options.kernels = {a, b, c};
  EXPECT_THAT(NamesOf(Make(options)),
              ElementsAre("2c " + a, "2c " + b, "2c " + c));
}

TEST_F(CellsTest, FindsAKernelWhereNoneIsNamed) {
  Kernel("boot/vmlinuz-6.9.1", "6.9.1");
  const std::string newest = Kernel("boot/vmlinuz-6.12.1", "6.12.1");
  VmOptions options;
  options.topologies = {"1c", "2c"};
  const auto cells = Make(options);
  ASSERT_THAT(NamesOf(cells), ElementsAre("1c", "2c"));
  EXPECT_EQ(cells->back().kernel.path, newest);
}

TEST_F(CellsTest, SaysHowToGetAKernelIfThereIsNone) {
  VmOptions options;
  options.topologies = {"2c"};
  EXPECT_THAT(
      Make(options),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(StartsWith("--vm needs a kernel (--kernel=FILE): "),
                     HasSubstr(Places().boot))));
}

TEST_F(CellsTest, RefusesKernelsThatAreNone) {
  VmOptions options;
  options.topologies = {"2c"};
  options.kernels = {folder_.Write("notes.txt", "hello\n")};
  EXPECT_THAT(Make(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith(absl::StrCat("--kernel=", options.kernels[0],
                                               ": "))));
  options.kernels = {folder_.path() + "/nothing"};
  EXPECT_THAT(Make(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith(absl::StrCat("--kernel=", options.kernels[0],
                                               ": "))));
}

TEST_F(CellsTest, RefusesTheSameMachineTwice) {
  const std::string kernel = Kernel("bzImage", "6.12.1");
  VmOptions options;
  options.topologies = {"2c", "4c", "2c"};
  options.kernels = {kernel};
  EXPECT_THAT(Make(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--vm and --kernel ask for '2c' more than once"));
  options.topologies = {"2c"};
  options.kernels = {kernel, kernel};
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("more than once")));
}

// A typing error is told before a kernel is looked for.
TEST_F(CellsTest, NamesTheFlagOfWhatCannotBe) {
  VmOptions options;
  options.topologies = {"2c", "2x"};
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("--vm=2x: ")));
  options.topologies = {"0c"};
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("--vm=0c: ")));
  options.topologies = {"2n"};
  options.memory = "1K";
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("--vm_memory=1K: ")));
  options.memory = "128M";  // Too little for two nodes.
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("--vm_memory=128M: ")));
  options.memory = "";
  options.distances = "10,20";
  EXPECT_THAT(Make(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("--vm_distances=10,20: ")));
}

TEST_F(CellsTest, TakesMemoryAndDistances) {
  VmOptions options;
  options.topologies = {"2n"};
  options.kernels = {Kernel("bzImage", "6.12.1")};
  options.memory = "1G";
  options.distances = "30";
  const auto cells = Make(options);
  ASSERT_THAT(cells, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(cells->front().memory_bytes, int64_t{1} << 30);
  EXPECT_THAT(cells->front().distances,
              ElementsAre(ElementsAre(10, 30), ElementsAre(30, 10)));
}

TEST_F(CellsTest, DescribesMachines) {
  VmOptions options;
  options.topologies = {"2c"};
  options.kernels = {Kernel("bzImage", "6.12.1")};
  options.memory = "512M";
  const auto cells = Make(options);
  ASSERT_THAT(cells, IsOk());
  EXPECT_THAT(DescribeCells(*cells),
              StartsWith(absl::StrCat("2c: 1n1l2c1t, 2 CPUs, 512 MiB, ",
                                      options.kernels[0], "\n")));
}

TEST(MachineOfTest, RunHasAllItsCpus) {
  const RunMachine machine = MachineOf({.nodes = 2, .cores = 2});
  EXPECT_EQ(machine.allowed, (CpuSet{0, 1, 2, 3}));
  EXPECT_EQ(machine.topology.online(), machine.allowed);
  EXPECT_EQ(machine.topology.possible(), machine.allowed);
  EXPECT_EQ(machine.topology.nodes()[1].cpus, (CpuSet{2, 3}));
}

}  // namespace
}  // namespace ktstr
