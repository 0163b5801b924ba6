#include "certs/resumed_watch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "certs/new_file.h"
#include "certs/retried_call.h"
#include "proto/contract/limits.h"
#include "proto/contract/status_codec.h"

namespace envej::certs {
namespace {

// An answer comes each 30 seconds at the least.
constexpr absl::Duration kStreamMost = absl::Minutes(10);

}  // namespace

ResumedWatch::ResumedWatch(Settings settings, grpc::Channel& channel, const Surroundings& surroundings,
                           std::ostream& out, std::ostream& err)
    : settings_(std::move(settings)),
      channel_(channel),
      surroundings_(surroundings),
      out_(out),
      err_(err),
      ends_at_(surroundings.now() + settings_.at_most),
      policy_(absl::InfiniteFuture(), surroundings.random) {}

bool ResumedWatch::ReadPlace() {
  if (settings_.keeper.has_value()) {
    const absl::StatusOr<std::string> place = settings_.keeper->read();
    if (!place.ok()) err_ << place.status().message() << '\n';
    place_ = place.value_or("");
    return place.ok();
  }
  if (settings_.resume_file.empty()) return true;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(settings_.resume_file, error);
  if (!std::filesystem::exists(status)) return true;
  if (std::filesystem::is_regular_file(status)) {
    std::ifstream file(settings_.resume_file, std::ios::binary);
    place_.resize(contract::kPageTokenCharacters + 2);  // with a line's end, and one too many
    file.read(place_.data(), static_cast<std::streamsize>(place_.size()));
    place_.resize(static_cast<size_t>(file.gcount()));
    absl::StripAsciiWhitespace(&place_);
    if (!place_.empty() && place_.size() <= contract::kPageTokenCharacters) return true;
  }
  err_ << settings_.resume_file << ": is no file of this program's; name another one\n";
  return false;
}

bool ResumedWatch::KeepPlace(const std::string& place) {
  policy_.Progressed();
  said_ = false;
  asked_why_ = false;
  if (!out_.flush().good()) return false;  // said by whoever called
  place_ = place;
  if (settings_.keeper.has_value()) {
    const absl::Status kept = settings_.keeper->keep(place);
    if (!kept.ok()) err_ << kept.message() << '\n';
    return kept.ok();
  }
  if (settings_.resume_file.empty()) return true;
  const absl::Status kept =
      WriteFiles({{.path = settings_.resume_file, .contents = absl::StrCat(place, "\n")}}, WhenThere::kReplace);
  if (!kept.ok()) err_ << kept.message() << '\n';
  return kept.ok();
}

bool ResumedWatch::IsOver() const { return surroundings_.stop.stop_requested() || surroundings_.now() >= ends_at_; }

absl::Time ResumedWatch::StreamEnd() const { return std::min(ends_at_, surroundings_.now() + kStreamMost); }

std::optional<WatchEnd> ResumedWatch::AfterStream(const grpc::Status& status) {
  if (IsOver()) return WatchEnd::kTimeIsOver;
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return std::nullopt;
  return TryAgain(status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "") : status);
}

std::optional<WatchEnd> ResumedWatch::TryAgain(const grpc::Status& status) {
  if (!settings_.resume_file.empty() &&
      contract::FromGrpcStatus(status).reason == contract::Reason::kWatchTokenInvalid) {
    err_ << settings_.resume_file << ": holds no place that this broker knows; remove the file to begin anew\n";
    return WatchEnd::kUnusable;
  }
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  // A stream that the broker ends since its caller may no longer call cannot say why; the next one is refused by name.
  const bool is_named = contract::FromGrpcStatus(status).reason != contract::Reason::kNone;
  if (code == absl::StatusCode::kUnauthenticated && !is_named && !std::exchange(asked_why_, true)) return std::nullopt;
  const std::optional<absl::Duration> asked = contract::RetryDelayOf(status);
  if (!contract::IsRetriable(code, asked.has_value())) {
    failure_ = status;
    return WatchEnd::kFailed;
  }
  if (!said_) err_ << settings_.explain(status) << "; trying again" << std::endl;
  said_ = true;
  const absl::Duration delay =
      policy_.NextDelay(surroundings_.now(), asked.value_or(absl::ZeroDuration())).value_or(absl::ZeroDuration());
  surroundings_.sleep(std::min(delay, ends_at_ - surroundings_.now()));
  const absl::Duration left = std::max(ends_at_ - surroundings_.now(), absl::ZeroDuration());
  if (code == absl::StatusCode::kUnavailable) Reconnect(channel_, std::min(kReconnectWait, left), surroundings_.stop);
  return IsOver() ? std::optional(WatchEnd::kUnreachable) : std::nullopt;
}

}  // namespace envej::certs
