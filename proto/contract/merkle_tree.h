#ifndef ENVEJ_PROTO_CONTRACT_MERKLE_TREE_H_
#define ENVEJ_PROTO_CONTRACT_MERKLE_TREE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace envej::contract {

// A Merkle tree over the events of a batch, with SHA-256 and the leaf and node prefixes of RFC 9162, section 2.1.
inline constexpr size_t kHashBytes = 32;

// Proof that a leaf is one of `event_count`, by its siblings from the leaf up.
struct InclusionProof {
  uint32_t event_count = 0;
  std::vector<std::string> path;
  std::string root;

  bool operator==(const InclusionProof&) const = default;
};

std::string Sha256(absl::string_view bytes);
std::string LeafHash(absl::string_view event);

// The tree over leaves in order. At most 2^20 leaves.
class MerkleTree {
 public:
  explicit MerkleTree(absl::Span<const std::string> events);

  const std::string& root() const;
  // `index` is within the events.
  InclusionProof Prove(size_t index) const;

 private:
  std::vector<std::vector<std::string>> levels_;  // from the leaves to the root
};

// Whether `event` at `index` leads to the proof's root. Never fails on malformed proofs: they prove nothing.
bool Includes(const InclusionProof& proof, uint64_t index, absl::string_view event);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_MERKLE_TREE_H_
