#ifndef ENVEJ_TESTS_CRASH_OLD_STORE_H_
#define ENVEJ_TESTS_CRASH_OLD_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/store/key_layout.h"

namespace envej::crash {

// What a broker had in its store before a test began: notices that were all acknowledged, some of them so long ago that
// they are to be forgotten, and a journal whose oldest records are to be removed. Made by the parts that a broker is
// made of, with time in the test's hand.
struct OldStore {
  std::vector<store::NoticeKey> to_be_forgotten;
  std::vector<store::NoticeKey> to_be_remembered;
  uint64_t last_old_batch = 0;  // up to it records are to be removed, a checkpoint's at a time
  std::string authority_pem;    // of those who signed the checkpoints
};

inline constexpr int kNoticesPerCheckpoint = 50;

// Makes it in `data`, with so many old checkpoints, and has all of it mirrored in the folder `mirror`, which is there.
OldStore MakeOldStore(const std::string& data, const std::string& mirror, int checkpoints, absl::Time now);

}  // namespace envej::crash

#endif  // ENVEJ_TESTS_CRASH_OLD_STORE_H_
