// Every byte of a sealed message counts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "certs/sealing.h"
#include "tests/certs/odd_messages.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

constexpr char kSealedText[] = "what only the municipality may read";

class SealingChangeTest : public testing::Test {
 protected:
  ~SealingChangeTest() override { EXPECT_EQ(ERR_peek_error(), 0u) << "left in OpenSSL's queue"; }

  Holder NewInbox() const {
    LeafRequest request = ClientRequest("urn:envej:municipality:0101");
    request.usage = LeafUsage::kInbox;
    return Holder(authority_.Issue(request));
  }

  // Refused, for one of the three reasons that there are.
  static bool IsRefused(const absl::Status& status) {
    return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) || absl::IsDataLoss(status);
  }

  TestAuthority authority_;
  Holder inbox_ = NewInbox();
  Holder signer_ = Holder(authority_.Issue(ClientRequest("urn:envej:region:1084")));
  Opener opener_ = MakeOpener({inbox_});
  std::string sealed_ = signer_.MakeSealer().Seal(kSealedText, {inbox_.certificate}).value();
};

TEST_F(SealingChangeTest, EveryFlippedBitIsRefused) {
  for (size_t place = 0; place < sealed_.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed_;
      changed[place] = static_cast<char>(changed[place] ^ (1 << bit));
      EXPECT_TRUE(IsRefused(opener_.Open(changed).status())) << "byte " << place << ", bit " << bit;
    }
  }
}

TEST_F(SealingChangeTest, EveryOtherValueOfEachByteOfTheFrameIsRefused) {
  // All but the ciphertext, whose bytes are all under the same tag.
  const std::string before_ciphertext("\x02\x01\x10\x80\x82", 5);
  const size_t ciphertext_begin = sealed_.find(before_ciphertext) + before_ciphertext.size() + 2;
  const size_t ciphertext_end = sealed_.size() - 18;
  ASSERT_LT(ciphertext_begin, ciphertext_end);
  for (size_t place = 0; place < sealed_.size(); ++place) {
    if (place >= ciphertext_begin && place < ciphertext_end) continue;
    for (int value = 0; value < 256; ++value) {
      std::string changed = sealed_;
      changed[place] = static_cast<char>(value);
      if (changed == sealed_) continue;
      EXPECT_TRUE(IsRefused(opener_.Open(changed).status())) << "byte " << place << ", value " << value;
    }
  }
}

TEST_F(SealingChangeTest, EveryCutIsRefused) {
  for (size_t size = 0; size < sealed_.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(sealed_.substr(0, size)).status())) << size;
    EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(sealed_.substr(sealed_.size() - size)).status())) << size;
  }
}

TEST_F(SealingChangeTest, EveryLeftOutOrDoubledByteIsRefused) {
  for (size_t place = 0; place < sealed_.size(); ++place) {
    std::string changed = sealed_;
    changed.erase(place, 1);
    EXPECT_TRUE(IsRefused(opener_.Open(changed).status())) << "without byte " << place;
    changed = sealed_;
    changed.insert(place, 1, changed[place]);
    EXPECT_TRUE(IsRefused(opener_.Open(changed).status())) << "with byte " << place << " twice";
  }
}

TEST_F(SealingChangeTest, AnythingThatFollowsIsRefused) {
  for (const std::string& tail : {std::string(1, '\0'), std::string("x"), sealed_}) {
    EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(sealed_ + tail).status()));
  }
}

TEST_F(SealingChangeTest, AChangeToAnotherRecipientNeverChangesWhatOpens) {
  const Holder other = NewInbox();
  const std::string sealed = signer_.MakeSealer().Seal(kSealedText, {inbox_.certificate, other.certificate}).value();
  int opened = 0;
  for (size_t place = 0; place < sealed.size(); ++place) {
    std::string changed = sealed;
    changed[place] ^= 1;
    const absl::StatusOr<SignedContent> content = opener_.Open(changed);
    if (content.ok()) {
      ++opened;
      EXPECT_EQ(content->Payload(signer_.certificate).value(), kSealedText) << "byte " << place;
      EXPECT_FALSE(MakeOpener({other}).Open(changed).ok()) << "byte " << place;
    } else {
      EXPECT_TRUE(IsRefused(content.status())) << content.status();
    }
  }
  // The other's name, ephemeral point and wrapped key.
  EXPECT_GT(opened, 64 + 40);
  EXPECT_LT(opened, 240);
}

}  // namespace
}  // namespace envej::certs
