#ifndef ENVEJ_MUNICIPALITY_CLIENT_OUTPUT_H_
#define ENVEJ_MUNICIPALITY_CLIENT_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "envej/v1/inbox_service.pb.h"
#include "municipality-client/inbox_client.h"
#include "municipality-client/item_check.h"
#include "municipality-client/notice_folder.h"

namespace envej::municipality_client {

// What became of all items so far. An item that came twice counts twice.
struct Summary {
  uint64_t received = 0;  // of batches whose good notices are all durably in the folder
  uint64_t already_had = 0;
  uint64_t unknown = 0;  // withdrawals of what never came
  uint64_t returned = 0;
  uint64_t acknowledged = 0;
  uint64_t refused = 0;  // acknowledgements and returns that the broker refused for good
};

// Tells what happens, by region, id and reason; never anything of a notice's content.
//
// Text: one line on standard output for what a person wants to know. JSON: one object a line for every event, written
// out at once: {"event": pulled | written | already_had | remembered | acknowledging | acknowledged | returned |
// refused | retrying | command_failed | warning, ...}. What is written, was had or is only remembered (a withdrawal of
// what never came) has a "kind", notice | revision | withdrawal, and, where it replaces or erases a revision,
// "replaces_revision"; what is not written because something newer came before has "newer_revision". The summary, and
// progress where that is a terminal, go to standard error.
//
// After an event could not be written no further one is.
//
// Thread safety: none; one thread at a time.
class Output {
 public:
  enum class Format { kText, kJson };

  // Both streams outlive it.
  Output(Format format, std::FILE* events, std::FILE* messages);

  void Pulled(size_t count);
  void KeptItem(const Kept& kept, absl::string_view path);
  void Acknowledging(size_t count);
  void Acknowledged(const v1::LeaseName& name);
  void Returned(const v1::LeaseName& name, const ReturnCause& cause);
  // The broker refused to take an acknowledgement or a return. `comes_again`: the item will be delivered again.
  void Refused(const v1::LeaseName& name, absl::string_view reason, bool comes_again);
  // A notice was written to `path` although the broker had said before that it is withdrawn.
  void Disputed(const ItemName& item, absl::string_view path);
  // The broker says that a notice, which was written to `path` and not acknowledged, is withdrawn; and that was all.
  void WithdrawnUnsigned(const v1::LeaseName& name, absl::string_view path);
  void CommandFailed(size_t files, absl::string_view why);
  void Retrying(const Retry& retry);
  void Warning(absl::string_view text);
  void Progress(const Summary& summary);
  void End(const Summary& summary);

  // Whether an event could not be written.
  bool failed() const { return failed_; }

 private:
  // `line` is what text output says of it; empty for nothing.
  void Tell(const nlohmann::ordered_json& event, absl::string_view line);
  void TellAside(const nlohmann::ordered_json& event, absl::string_view line);
  void ClearProgress();

  Format format_;
  std::FILE* events_;
  std::FILE* messages_;
  bool terminal_;
  bool progress_shown_ = false;
  bool failed_ = false;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_OUTPUT_H_
