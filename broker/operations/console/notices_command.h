#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICES_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICES_COMMAND_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/command_context.h"
#include "broker/operations/console/table.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

inline constexpr size_t kTableRows = 10'000;  // the most that are shown to people

struct NoticesOptions {
  std::string municipality_code;        // empty for all
  std::string region_code;              // empty for all
  std::vector<v1::NoticeState> states;  // empty for all
  bool late_only = false;
  absl::Duration older_than;  // zero for all
};

// One row for each notice.
class NoticeTable {
 public:
  NoticeTable(const absl::TimeZone& zone, absl::Time now);

  void Add(const v1::OperationsNotice& notice);
  size_t rows() const { return table_.rows(); }
  void Write(const Streams& streams) const { table_.Write(streams); }

 private:
  std::string Notes(const v1::OperationsNotice& notice) const;

  absl::TimeZone zone_;
  absl::Time now_;
  Table table_;
};

// Lists notices.
ExitCode ListNotices(const NoticesOptions& options, const CommandContext& context);

// Lists those that are late in any way or were told as undelivered, and are still to be delivered. kAttention if there
// is one, listed or left out by the broker.
ExitCode ListOverdue(NoticesOptions options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICES_COMMAND_H_
