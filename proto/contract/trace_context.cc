#include "proto/contract/trace_context.h"

#include <openssl/rand.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace envej::contract {
namespace {

// 00-TRACE-SPAN-FLAGS
constexpr size_t kTraceAt = 3;
constexpr size_t kSpanAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kCharacters = 55;
constexpr uint8_t kSampled = 1;

int DigitOf(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

// False if a character is no lower-case hexadecimal digit.
template <size_t kBytes>
bool Read(absl::string_view digits, std::array<uint8_t, kBytes>& bytes) {
  for (size_t i = 0; i < kBytes; ++i) {
    const int high = DigitOf(digits[2 * i]);
    const int low = DigitOf(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

template <size_t kBytes>
bool IsZero(const std::array<uint8_t, kBytes>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

template <size_t kBytes>
bool Fill(std::array<uint8_t, kBytes>& bytes) {
  return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1 && !IsZero(bytes);
}

template <size_t kBytes>
std::string Hex(const std::array<uint8_t, kBytes>& bytes) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

std::optional<TraceContext> TraceContext::Parse(absl::string_view traceparent) {
  if (traceparent.size() != kCharacters || traceparent.substr(0, kTraceAt) != "00-") return std::nullopt;
  if (traceparent[kSpanAt - 1] != '-' || traceparent[kFlagsAt - 1] != '-') return std::nullopt;
  TraceContext context;
  std::array<uint8_t, 1> flags{};
  const bool is_read = Read(traceparent.substr(kTraceAt), context.trace_) &&
                       Read(traceparent.substr(kSpanAt), context.span_) && Read(traceparent.substr(kFlagsAt), flags);
  if (!is_read || IsZero(context.trace_) || IsZero(context.span_)) return std::nullopt;
  context.flags_ = flags[0] & kSampled;
  return context;
}

std::optional<TraceContext> TraceContext::New() {
  TraceContext context;
  context.flags_ = kSampled;
  if (!Fill(context.trace_)) return std::nullopt;
  return context.Child();
}

std::optional<TraceContext> TraceContext::Child() const {
  TraceContext child = *this;
  if (!Fill(child.span_)) return std::nullopt;
  return child;
}

std::string TraceContext::ToString() const {
  return absl::StrCat("00-", trace_id(), "-", span_id(), flags_ == kSampled ? "-01" : "-00");
}

std::string TraceContext::trace_id() const { return Hex(trace_); }
std::string TraceContext::span_id() const { return Hex(span_); }

}  // namespace envej::contract
