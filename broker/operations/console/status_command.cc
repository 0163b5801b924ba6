#include "broker/operations/console/status_command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/table.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

class StatusPage {
 public:
  explicit StatusPage(const CommandContext& context)
      : zone_(context.copenhagen), now_(context.surroundings.now()), table_({{"WHAT"}, {"IS"}}) {}

  void AddBroker(const v1::GetBrokerStatusResponse& status);
  void AddStore(const v1::StoreStatus& store);
  void AddJournal(const v1::JournalStatus& journal);
  void AddTrust(const v1::TrustStatus& trust);
  void Write(const Streams& streams) const { table_.Write(streams); }

 private:
  void Add(std::string what, std::string is, Emphasis emphasis = Emphasis::kPlain) {
    table_.Add({std::move(what), std::move(is)}, emphasis);
  }
  std::string Time(bool present, const google::protobuf::Timestamp& at) const {
    return LocalTimeAndAgo(present, at, zone_, now_);
  }
  static Emphasis Trouble(bool is_trouble) { return is_trouble ? Emphasis::kTrouble : Emphasis::kPlain; }

  absl::TimeZone zone_;
  absl::Time now_;
  Table table_;
};

std::string MirrorOf(const v1::JournalStatus& journal) {
  if (!journal.mirrored()) return "none";
  if (journal.mirrored_batch() >= journal.newest_batch()) return "has all batches";
  return absl::StrCat("up to batch ", journal.mirrored_batch(), ", ",
                      Counted(journal.newest_batch() - journal.mirrored_batch(), "batch", "batches"), " behind");
}

void StatusPage::AddBroker(const v1::GetBrokerStatusResponse& status) {
  Add("broker", status.broker());
  Add("version", status.program_version());
  Add("started", Time(status.has_started_at(), status.started_at()));
  Add("can write", status.can_write() ? "yes" : "NO: nothing is accepted, acknowledged or returned",
      Trouble(!status.can_write()));
  Add("recovering", status.recovering() ? "YES: pulls are refused, see `envej-broker recovery status`" : "no",
      Trouble(status.recovering()));
  Add("accepted", absl::StrFormat("%.2f a second, in the last minute", status.accepted_per_second()));
  Add("acknowledged", absl::StrFormat("%.2f a second, in the last minute", status.acknowledged_per_second()));
  Add("accepted to fetched", Percentiles(status.accepted_to_fetched()));
  Add("accepted to acknowledged", Percentiles(status.accepted_to_acknowledged()));
}

void StatusPage::AddStore(const v1::StoreStatus& store) {
  Add("disk free",
      absl::StrCat(Bytes(store.free_bytes()), store.nearly_full() ? ", NEARLY FULL: nothing new is taken" : ""),
      Trouble(store.nearly_full()));
  Add("store", store.damaged() ? "DAMAGED, by its last verification" : "no damage known", Trouble(store.damaged()));
  Add("store's incarnation", store.incarnation());
  Add("store's schema", absl::StrCat("version ", store.schema_version()));
  Add("synced writes", Percentiles(store.sync()));
}

void StatusPage::AddJournal(const v1::JournalStatus& journal) {
  Add("journal", absl::StrCat("batch ", journal.newest_batch()));
  Add("newest checkpoint", Time(journal.has_checkpoint_at(), journal.checkpoint_at()));
  Add("mirror", MirrorOf(journal));
}

void StatusPage::AddTrust(const v1::TrustStatus& trust) {
  const auto expiry = [&](const char* what, bool present, const google::protobuf::Timestamp& at) {
    Add(what, Time(present, at), Trouble(present && contract::FromMessage(at) <= now_));
  };
  expiry("broker's certificate expires", trust.has_certificate_expires_at(), trust.certificate_expires_at());
  expiry("revocation lists expire", trust.has_revocation_lists_expire_at(), trust.revocation_lists_expire_at());
  Add("newest files", trust.reload_refused() ? "REFUSED: those before hold on" : "in use",
      Trouble(trust.reload_refused()));
  Add("configuration", trust.configuration_hash());
  Add("register", trust.register_hash());
}

}  // namespace

ExitCode ShowStatus(const CommandContext& context) {
  v1::GetBrokerStatusResponse answer;
  const grpc::Status status = Ask(context, &Stub::GetBrokerStatus, v1::GetBrokerStatusRequest(), answer);
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
  } else {
    StatusPage page(context);
    page.AddBroker(answer);
    page.AddStore(answer.store());
    page.AddJournal(answer.journal());
    page.AddTrust(answer.trust());
    page.Write(context.streams);
  }
  return answer.can_write() ? ExitCode::kDone : ExitCode::kAttention;
}

}  // namespace envej::console
