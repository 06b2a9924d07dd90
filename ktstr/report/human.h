// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_HUMAN_H_
#define KTSTR_REPORT_HUMAN_H_

#include <cstdint>
#include <string>

namespace ktstr {

// Numbers for people: three significant digits and at most nine characters,
// whatever the value. What is not a number (NaN) is "-", as is everything
// that was not measured: callers pass kNotMeasured, never 0.
extern const double kNotMeasured;

// Nanoseconds with the unit that suits: "0ns", "1.27us", "33.1us", "61.0s",
// "2.78h". Below 1 us they are whole.
std::string HumanNanos(double ns);

// A count or a rate: "0", "12.1", "9.81k", "812k", "1.23M". Whole numbers
// below 1,000 have no decimals.
std::string HumanCount(double count);

// `count` per second, over `ns`: "812k"; "-" where ns is not positive.
std::string HumanRate(double count, double ns);

// A part of a whole, 1 being all: "0%", "0.51%", "49.8%", "100%".
std::string HumanShare(double share);

}  // namespace ktstr

#endif  // KTSTR_REPORT_HUMAN_H_
