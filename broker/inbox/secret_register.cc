#include "broker/inbox/secret_register.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::inbox {
namespace {

using store::Mutation;

constexpr uint8_t kSecretVersion = 1;
constexpr size_t kSecretsMost = 1000;

struct KnownSecret {
  std::string check;
  std::optional<absl::Time> replaced_at;

  bool operator==(const KnownSecret&) const = default;
};
using KnownSecrets = std::map<std::string, KnownSecret>;  // by key id

std::string Encode(const KnownSecret& secret) {
  contract::ByteWriter payload;
  payload.Bytes(secret.check);
  payload.Uint8(secret.replaced_at.has_value() ? 1 : 0);
  payload.Time(secret.replaced_at.value_or(absl::UnixEpoch()));
  return store::Frame(kSecretVersion, payload.bytes());
}

absl::StatusOr<KnownSecret> DecodeSecret(absl::string_view value) {
  const absl::StatusOr<store::Framed> framed = store::Unframe(value, kSecretVersion);
  if (!framed.ok()) return framed.status();
  contract::ByteReader reader(framed->payload);
  KnownSecret secret{.check = reader.Bytes(), .replaced_at = {}};
  const bool is_replaced = reader.Uint8() != 0;
  const absl::Time replaced_at = reader.Time();
  if (is_replaced) secret.replaced_at = replaced_at;
  if (!reader.AtEnd()) return absl::DataLossError("what the store knows of a commitment secret is malformed");
  return secret;
}

absl::StatusOr<KnownSecrets> ReadKnown(store::OrderedStore& store) {
  const std::string prefix = store::SecretPrefix();
  const absl::StatusOr<store::ScanResult> scan =
      store.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = kSecretsMost});
  if (!scan.ok()) return scan.status();
  KnownSecrets known;
  for (const store::KeyValue& entry : scan->entries) {
    absl::StatusOr<KnownSecret> secret = DecodeSecret(entry.value);
    if (!secret.ok()) continue;  // written anew: it only guards against a mistake, and must not keep the broker down
    known.emplace(entry.key.substr(prefix.size()), *std::move(secret));
  }
  return known;
}

// The commitment to a notice that says nothing, which nobody can submit.
std::string CheckValueOf(const contract::CommitmentSecret& secret) {
  return contract::CommitTo(secret, "", contract::Notice()).value;
}

// What is known from now on.
absl::StatusOr<KnownSecrets> Update(const KnownSecrets& before, absl::Span<const contract::CommitmentSecret> secrets,
                                    absl::Time now) {
  KnownSecrets after;
  for (const contract::CommitmentSecret& secret : secrets) {
    const bool in_use = &secret == &secrets.front();
    KnownSecret known{.check = CheckValueOf(secret), .replaced_at = {}};
    if (!in_use) known.replaced_at = now;
    if (const auto found = before.find(secret.key_id); found != before.end()) {
      if (found->second.check != known.check) {
        return absl::FailedPreconditionError(absl::StrCat(
            "the commitment secret ", secret.key_id,
            " is another one than the store has met under that key id: put the "
            "old secret back, or give the new one a key id of its own and name the old one under commitment.former"));
      }
      if (!in_use && found->second.replaced_at.has_value()) known.replaced_at = found->second.replaced_at;
    }
    after.emplace(secret.key_id, std::move(known));
  }
  for (const auto& [key_id, known] : before) {
    if (after.contains(key_id)) continue;
    if (known.replaced_at.has_value() && now - *known.replaced_at >= kSecretNeeded) continue;
    const std::string until =
        known.replaced_at.has_value()
            ? absl::StrCat("until ",
                           absl::FormatTime("%Y-%m-%d", *known.replaced_at + kSecretNeeded, absl::UTCTimeZone()))
            : "for seven months from now";
    return absl::FailedPreconditionError(absl::StrCat("the store remembers notices under the commitment secret ",
                                                      key_id, ", which is not given: name it under commitment.former ",
                                                      until));
  }
  return after;
}

absl::Status Write(store::OrderedStore& store, const KnownSecrets& before, const KnownSecrets& after, absl::Time now) {
  store::Transition transition;
  for (const auto& [key_id, secret] : after) {
    const auto found = before.find(key_id);
    if (found != before.end() && found->second == secret) continue;
    transition.mutations.push_back(
        {.kind = Mutation::Kind::kPut, .key = store::SecretKey(key_id), .value = Encode(secret)});
  }
  for (const auto& [key_id, secret] : before) {
    if (after.contains(key_id)) continue;
    transition.mutations.push_back({.kind = Mutation::Kind::kDelete, .key = store::SecretKey(key_id), .value = {}});
  }
  if (transition.mutations.empty()) return absl::OkStatus();
  const store::Outcome written = journal::CommitAndWait(store, std::move(transition), now);
  if (written.kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  return absl::UnavailableError("what is new of the commitment secrets could not be written to the store");
}

}  // namespace

absl::Status CheckSecrets(store::OrderedStore& store, absl::Span<const contract::CommitmentSecret> secrets,
                          absl::Time now) {
  const absl::StatusOr<KnownSecrets> before = ReadKnown(store);
  if (!before.ok()) return before.status();
  const absl::StatusOr<KnownSecrets> after = Update(*before, secrets, now);
  if (!after.ok()) return after.status();
  return Write(store, *before, *after, now);
}

}  // namespace envej::inbox
