#include "proto/contract/merkle_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace envej::contract {
namespace {

// RFC 9162, section 2.1, as it is written there: split at the largest power of two below the size.
size_t Split(size_t size) {
  size_t split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

std::string TreeHash(absl::Span<const std::string> events) {
  if (events.empty()) return Sha256("");
  if (events.size() == 1) return Sha256(absl::StrCat(absl::string_view("\0", 1), events[0]));
  const size_t split = Split(events.size());
  return Sha256(absl::StrCat("\x01", TreeHash(events.subspan(0, split)), TreeHash(events.subspan(split))));
}

std::vector<std::string> Path(size_t index, absl::Span<const std::string> events) {
  if (events.size() <= 1) return {};
  const size_t split = Split(events.size());
  const bool left = index < split;
  std::vector<std::string> path =
      left ? Path(index, events.subspan(0, split)) : Path(index - split, events.subspan(split));
  path.push_back(TreeHash(left ? events.subspan(split) : events.subspan(0, split)));
  return path;
}

std::vector<std::string> Events(size_t count) {
  std::vector<std::string> events;
  for (size_t index = 0; index < count; ++index) events.push_back(absl::StrCat("event ", index));
  return events;
}

std::string Altered(std::string bytes) {
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  return bytes;
}

TEST(MerkleTreeTest, Sha256IsThePublishedOne) {
  EXPECT_EQ(absl::BytesToHexString(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(absl::BytesToHexString(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MerkleTreeTest, RootAndPathsAreTheStandardsAndEveryProofHolds) {
  for (size_t count = 1; count <= 130; ++count) {
    const std::vector<std::string> events = Events(count);
    const MerkleTree tree(events);
    ASSERT_EQ(tree.root(), TreeHash(events)) << count;
    for (size_t index = 0; index < count; ++index) {
      const InclusionProof proof = tree.Prove(index);
      EXPECT_EQ(proof.event_count, count);
      EXPECT_EQ(proof.root, tree.root());
      ASSERT_EQ(proof.path, Path(index, events)) << index << " of " << count;
      EXPECT_TRUE(Includes(proof, index, events[index])) << index << " of " << count;
    }
  }
}

TEST(MerkleTreeTest, AnEmptyTreeHasTheStandardsRootAndProvesNothing) {
  const MerkleTree tree({});
  EXPECT_EQ(tree.root(), Sha256(""));
  EXPECT_FALSE(Includes({.event_count = 0, .path = {}, .root = tree.root()}, 0, ""));
}

TEST(MerkleTreeTest, AnythingAlteredIsNotProved) {
  for (const size_t count : {1, 2, 3, 7, 8, 13, 64, 100}) {
    const std::vector<std::string> events = Events(count);
    const MerkleTree tree(events);
    for (size_t index = 0; index < count; ++index) {
      const InclusionProof good = tree.Prove(index);
      const std::string& event = events[index];
      EXPECT_FALSE(Includes(good, index, Altered(event)));
      EXPECT_FALSE(Includes(good, index, ""));
      for (size_t other = 0; other <= count; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(Includes(good, other, event)) << other << " for " << index << " of " << count;
      }
      EXPECT_FALSE(Includes(good, uint64_t{1} << 32 | index, event));
      InclusionProof bad = good;
      bad.root = Altered(good.root);
      EXPECT_FALSE(Includes(bad, index, event));
      bad = good;
      bad.root.clear();
      EXPECT_FALSE(Includes(bad, index, event));
      bad = good;
      bad.path.push_back(good.root);
      EXPECT_FALSE(Includes(bad, index, event));
      bad = good;
      bad.event_count = 0;
      EXPECT_FALSE(Includes(bad, index, event));
      for (size_t step = 0; step < good.path.size(); ++step) {
        bad = good;
        bad.path[step] = Altered(good.path[step]);
        EXPECT_FALSE(Includes(bad, index, event));
        bad = good;
        bad.path.erase(bad.path.begin() + static_cast<std::ptrdiff_t>(step));
        EXPECT_FALSE(Includes(bad, index, event));
        bad = good;
        bad.path[step].clear();
        EXPECT_FALSE(Includes(bad, index, event));
      }
    }
  }
}

TEST(MerkleTreeTest, ANodeDoesNotPassForAnEvent) {
  const MerkleTree tree(Events(2));
  const std::string node = absl::StrCat(LeafHash("event 0"), LeafHash("event 1"));
  EXPECT_FALSE(Includes({.event_count = 1, .path = {}, .root = tree.root()}, 0, node));
}

TEST(MerkleTreeTest, AMalformedProofProvesNothing) {
  const std::string hash(kHashBytes, 'x');
  EXPECT_FALSE(Includes({}, 0, "event"));
  EXPECT_FALSE(Includes({.event_count = UINT32_MAX, .path = std::vector<std::string>(32, hash), .root = hash}, 0, "e"));
  EXPECT_FALSE(Includes({.event_count = UINT32_MAX, .path = {}, .root = hash}, UINT32_MAX - 1, "e"));
  EXPECT_FALSE(Includes({.event_count = 1, .path = std::vector<std::string>(100000, hash), .root = hash}, 0, "e"));
}

TEST(MerkleTreeTest, TheLargestTreeProves) {
  constexpr size_t kMost = size_t{1} << 20;
  const std::vector<std::string> events(kMost, "same");
  const MerkleTree tree(events);
  const InclusionProof proof = tree.Prove(kMost - 1);
  EXPECT_EQ(proof.path.size(), 20U);
  EXPECT_TRUE(Includes(proof, kMost - 1, "same"));
}

}  // namespace
}  // namespace envej::contract
