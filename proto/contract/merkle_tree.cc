#include "proto/contract/merkle_tree.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <initializer_list>
#include <memory>

namespace envej::contract {
namespace {

constexpr absl::string_view kLeafPrefix("\x00", 1);
constexpr absl::string_view kNodePrefix("\x01", 1);
constexpr size_t kPathMost = 20;

// Finds the algorithm once and keeps a context for each thread: SHA256() does both anew on every call, which takes
// three times as long.
bool HashWithContext(std::initializer_list<absl::string_view> parts, std::string& hash) {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  if (kAlgorithm == nullptr || context == nullptr) return false;
  if (EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) != 1) return false;
  for (const absl::string_view part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) return false;
  }
  return EVP_DigestFinal_ex(context.get(), reinterpret_cast<uint8_t*>(hash.data()), nullptr) == 1;
}

std::string HashOfParts(std::initializer_list<absl::string_view> parts) {
  std::string hash(kHashBytes, '\0');
  if (HashWithContext(parts, hash)) return hash;
  std::string bytes;
  for (const absl::string_view part : parts) bytes.append(part.data(), part.size());
  SHA256(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), reinterpret_cast<uint8_t*>(hash.data()));
  return hash;
}

std::string NodeHash(absl::string_view left, absl::string_view right) {
  return HashOfParts({kNodePrefix, left, right});
}

}  // namespace

std::string Sha256(absl::string_view bytes) { return HashOfParts({bytes}); }

std::string LeafHash(absl::string_view event) { return HashOfParts({kLeafPrefix, event}); }

// A node without a sibling is carried up unchanged, which gives the same tree as the standard's split at the largest
// power of two.
MerkleTree::MerkleTree(absl::Span<const std::string> events) {
  std::vector<std::string> level;
  level.reserve(events.size());
  for (const std::string& event : events) level.push_back(LeafHash(event));
  if (level.empty()) level.push_back(Sha256(""));
  levels_.push_back(std::move(level));
  while (levels_.back().size() > 1) {
    const std::vector<std::string>& below = levels_.back();
    std::vector<std::string> above;
    above.reserve((below.size() + 1) / 2);
    for (size_t left = 0; left < below.size(); left += 2) {
      above.push_back(left + 1 < below.size() ? NodeHash(below[left], below[left + 1]) : below[left]);
    }
    levels_.push_back(std::move(above));
  }
}

const std::string& MerkleTree::root() const { return levels_.back().front(); }

InclusionProof MerkleTree::Prove(size_t index) const {
  InclusionProof proof{.event_count = static_cast<uint32_t>(levels_.front().size()), .path = {}, .root = root()};
  for (size_t height = 0; height + 1 < levels_.size(); ++height, index /= 2) {
    const size_t sibling = index ^ 1;
    if (sibling < levels_[height].size()) proof.path.push_back(levels_[height][sibling]);
  }
  return proof;
}

bool Includes(const InclusionProof& proof, uint64_t index, absl::string_view event) {
  if (index >= proof.event_count || proof.path.size() > kPathMost) return false;
  std::string hash = LeafHash(event);
  uint64_t width = proof.event_count;
  size_t used = 0;
  for (; width > 1; index /= 2, width = (width + 1) / 2) {
    const uint64_t sibling = index ^ 1;
    if (sibling >= width) continue;
    if (used == proof.path.size()) return false;
    const std::string& other = proof.path[used++];
    hash = sibling < index ? NodeHash(other, hash) : NodeHash(hash, other);
  }
  return used == proof.path.size() && hash == proof.root;
}

}  // namespace envej::contract
