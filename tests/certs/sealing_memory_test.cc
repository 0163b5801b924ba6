// Sealing and opening leave no plain copy of the payload in this process's memory.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "certs/sealing.h"
#include "tests/certs/odd_messages.h"
#include "tests/certs/test_files.h"
#include "tests/support/sanitizer.h"

namespace envej::certs {
namespace {

constexpr size_t kMarkerBytes = 16;
constexpr size_t kWindowBytes = size_t{1} << 20;
constexpr char kMask = 0x5a;

// What is looked for, kept so that neither it nor the search is found.
using Masked = std::array<char, kMarkerBytes>;

// Filled with the marker from end to end, so that no allocator's own bytes hide it all.
void Fill(char* bytes, size_t size, const Masked& masked) {
  for (size_t index = 0; index < size; ++index) bytes[index] = static_cast<char>(masked[index % kMarkerBytes] ^ kMask);
}

size_t Count(const std::vector<char>& window, size_t size, const Masked& masked) {
  size_t found = 0;
  for (size_t place = 0; place + kMarkerBytes <= size; ++place) {
    size_t equal = 0;
    while (equal < kMarkerBytes && (window[place + equal] ^ kMask) == masked[equal]) ++equal;
    if (equal == kMarkerBytes) ++found;
  }
  return found;
}

// How often the marker stands in the writable memory of this process, `window` left out.
size_t CountInMemory(const Masked& masked, std::vector<char>& window) {
  std::ifstream maps("/proc/self/maps");
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  size_t found = 0;
  for (std::string line; std::getline(maps, line);) {
    size_t begin = 0;
    size_t end = 0;
    std::array<char, 5> mode{};
    if (std::sscanf(line.c_str(), "%zx-%zx %4s", &begin, &end, mode.data()) != 3 || mode[1] != 'w') continue;
    for (size_t at = begin; at < end; at += window.size() - kMarkerBytes) {
      OPENSSL_cleanse(window.data(), window.size());
      const ssize_t size = pread(memory, window.data(), std::min(window.size(), end - at), static_cast<off_t>(at));
      if (size > 0) found += Count(window, static_cast<size_t>(size), masked);
    }
  }
  OPENSSL_cleanse(window.data(), window.size());
  close(memory);
  return found;
}

class SealingMemoryTest : public testing::TestWithParam<size_t> {
 protected:
  SealingMemoryTest() {
    RAND_bytes(reinterpret_cast<unsigned char*>(masked_.data()), static_cast<int>(masked_.size()));
  }

  Holder NewInbox() const {
    LeafRequest request = ClientRequest("urn:envej:municipality:0101");
    request.usage = LeafUsage::kInbox;
    return Holder(authority_.Issue(request));
  }
  std::string Seal(const Certificate& recipient) const {
    std::string payload(GetParam(), '\0');
    Fill(payload.data(), payload.size(), masked_);
    std::string sealed = signer_.MakeSealer().Seal(payload, {recipient}).value();
    OPENSSL_cleanse(payload.data(), payload.size());
    return sealed;
  }

  TestAuthority authority_;
  Holder inbox_ = NewInbox();
  Holder signer_ = Holder(authority_.Issue(ClientRequest("urn:envej:region:1084")));
  Masked masked_{};
  std::vector<char> window_ = std::vector<char>(kWindowBytes);
};

TEST_P(SealingMemoryTest, NoPlainCopyIsLeft) {
  if (support::kUnderSanitizer) GTEST_SKIP() << "a sanitizer's own memory is too large to be searched";
  const std::string sealed = Seal(inbox_.certificate);
  EXPECT_EQ(CountInMemory(masked_, window_), 0u) << "after sealing";
  {
    const absl::StatusOr<SignedContent> content = MakeOpener({inbox_}).Open(sealed);
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_GT(CountInMemory(masked_, window_), 0u) << "while it is open: the search finds what is there";
    std::string payload = content->Payload(signer_.certificate).value();
    OPENSSL_cleanse(payload.data(), payload.size());
    EXPECT_TRUE(absl::IsUnauthenticated(content->Payload(NewInbox().certificate).status()));
  }
  EXPECT_EQ(CountInMemory(masked_, window_), 0u) << "after opening";
  std::string changed = sealed;
  changed.back() ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(MakeOpener({inbox_}).Open(changed).status()));
  EXPECT_EQ(CountInMemory(masked_, window_), 0u) << "after a message that does not open";
}

INSTANTIATE_TEST_SUITE_P(Sizes, SealingMemoryTest, testing::Values(48, 300, 5000, kSealPayloadBytesMost));

}  // namespace
}  // namespace envej::certs
