#include "broker/operations/web/feed_stream.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::operations {

FeedStream::FeedStream(std::unique_ptr<Feed::Listener> listener, Feed& feed, const https::TlsConnection& connection,
                       const WebSources& sources, const WebLimits& limits, const Clock& clock,
                       absl::string_view last_id)
    : listener_(std::move(listener)),
      feed_(feed),
      connection_(connection),
      sources_(sources),
      limits_(limits),
      clock_(clock),
      version_(feed.VersionOf(last_id)),
      told_at_(clock.Elapsed()) {}

bool FeedStream::GoOn(httplib::DataSink& sink) {
  const std::optional<Feed::Snapshot> snapshot = feed_.Await(version_, limits_.snapshot_every);
  if (connection_.IsGone()) return false;
  if (feed_.is_stopped() || !sources_.judge(connection_.peer()).ok()) {
    sink.done();
    return true;
  }
  if (snapshot.has_value()) {
    version_ = snapshot->version;
    return Tell(sink, absl::StrCat("id: ", feed_.IdOf(version_), "\nevent: snapshot\ndata: ", snapshot->json, "\n\n"));
  }
  if (clock_.Elapsed() - told_at_ < limits_.heartbeat_every) return true;
  const std::string at = absl::FormatTime(absl::RFC3339_full, feed_.checked_at(), absl::UTCTimeZone());
  return Tell(sink, absl::StrCat("event: heartbeat\ndata: {\"at\":\"", at, "\"}\n\n"));
}

bool FeedStream::Tell(httplib::DataSink& sink, const std::string& event) {
  told_at_ = clock_.Elapsed();
  return sink.write(event.data(), event.size());
}

}  // namespace envej::operations
