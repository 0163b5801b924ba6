#include "broker/operations/console/top_screen.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "broker/operations/console/attention.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/inbox_table.h"
#include "broker/operations/console/output.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

constexpr size_t kLinesBesideInboxes = 7;  // title, totals, two of the broker, empty, table's heading, keys

std::string Percentile(bool present, const google::protobuf::Duration& duration) {
  return present ? FineDuration(contract::FromMessage(duration)) : "-";
}

std::string Title(const TopState& state, const std::string& broker, const absl::TimeZone& zone, absl::Time now) {
  return absl::StrCat("envej-ops top  ", contract::Printable(state.status.broker()), state.answered_at ? " at " : "at ",
                      broker, "  ", LocalTime(now, zone));
}

std::string BrokerLine(const v1::GetBrokerStatusResponse& status) {
  return absl::StrCat(absl::StrFormat("%.2f accepted/s, %.2f acknowledged/s", status.accepted_per_second(),
                                      status.acknowledged_per_second()),
                      "; to fetch p95 ",
                      Percentile(status.accepted_to_fetched().has_p95(), status.accepted_to_fetched().p95()),
                      ", to acknowledge p95 ",
                      Percentile(status.accepted_to_acknowledged().has_p95(), status.accepted_to_acknowledged().p95()),
                      "; sync p99 ", Percentile(status.store().sync().has_p99(), status.store().sync().p99()),
                      "; disk free ", Bytes(status.store().free_bytes()));
}

class Lines {
 public:
  Lines(const ScreenSize& size, bool colour) : size_(size), colour_(colour) {}

  void Add(absl::string_view text, Emphasis emphasis = Emphasis::kPlain) {
    lines_.push_back(Emphasised(contract::CutToColumns(text, size_.columns), emphasis, colour_));
  }
  void AddTable(const Table& table) {
    for (std::string& line : table.Lines(colour_, size_.columns)) lines_.push_back(std::move(line));
  }
  std::vector<std::string> Take() {
    lines_.resize(std::min(lines_.size(), size_.rows));
    return std::move(lines_);
  }

 private:
  const ScreenSize& size_;
  const bool colour_;
  std::vector<std::string> lines_;
};

void AddHealth(const TopState& state, absl::Time now, Lines& lines) {
  if (!state.failure.empty()) {
    const std::string since = state.answered_at.has_value()
                                  ? absl::StrCat("what is below was so ", Ago(*state.answered_at, now), ": ")
                                  : std::string();
    lines.Add(absl::StrCat("NO ANSWER, ", since, state.failure), Emphasis::kTrouble);
    return;
  }
  if (!state.answered_at.has_value()) return lines.Add("asking the broker");
  const std::string trouble = TroubleOf(state.status);
  if (!trouble.empty()) return lines.Add(trouble, Emphasis::kTrouble);
  lines.Add(absl::StrCat("broker writes; answered ", Ago(*state.answered_at, now)));
}

}  // namespace

std::vector<std::string> TopScreen(const TopState& state, const std::string& broker, const ScreenSize& size,
                                   bool colour, const absl::TimeZone& zone, absl::Time now) {
  Lines lines(size, colour);
  lines.Add(Title(state, broker, zone, now), Emphasis::kHeading);
  AddHealth(state, now, lines);
  if (!state.answered_at.has_value()) {
    lines.Add("");
    lines.Add("q quits", Emphasis::kFaint);
    return lines.Take();
  }
  lines.Add(Totals(state.inboxes));
  lines.Add(BrokerLine(state.status));
  lines.Add("");
  const absl::Time broker_now = now + state.broker_ahead;
  std::vector<v1::InboxStatus> inboxes = ByTrouble(state.inboxes, broker_now);
  const size_t room = size.rows > kLinesBesideInboxes ? size.rows - kLinesBesideInboxes : 0;
  const size_t left_out = inboxes.size() > room ? inboxes.size() - room : 0;
  inboxes.resize(inboxes.size() - left_out);
  lines.AddTable(InboxTable(inboxes, TimeForm::kAgo, zone, broker_now));
  lines.Add(left_out == 0 ? std::string("q quits")
                          : absl::StrCat("q quits; ", Counted(left_out, "further inbox", "further inboxes"),
                                         " with less trouble: a higher window shows more"),
            Emphasis::kFaint);
  return lines.Take();
}

}  // namespace envej::console
