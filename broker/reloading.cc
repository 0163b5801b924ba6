#include "broker/reloading.h"

#include <cstdint>
#include <string>

#include "broker/watching.h"

namespace envej {

void TellRevokedInboxes(const trust::TrustFiles& files, const Log& log) {
  for (const std::string& code : files.with_revoked_inbox_certificates) {
    const bool has_others = !files.trust->participants().FindMunicipality(code)->inbox_certificates.empty();
    const std::string next = has_others ? "take it out of the register; what is new is sealed to the others"
                                        : "put another one into the register: nothing can be sent to it";
    log.Error("inbox_certificate_revoked", {{"municipality", code}, {"next", next}});
  }
}

void EndForbiddenCalls(const wire::Gate& gate, wire::Server& server, operations::Metrics& metrics, const Log& log) {
  const size_t ended = server.EndThose([&gate](const wire::RunningCalls::Call& call) { return gate.MayGoOn(call); });
  if (ended == 0) return;
  metrics.CountEndedCalls(ended);
  log.Warning("calls_ended", {{"calls", static_cast<int64_t>(ended)}});
}

trust::Reload::Options Reloading(const Configuration& configuration, trust::RevocationWatch& revocations,
                                 const wire::Gate& gate, wire::Server& server, Pages* const pages,
                                 operations::Metrics& metrics, const Clock& clock, const Log& log) {
  trust::Reload::Options reload;
  reload.read = [&configuration, &clock] {
    return trust::ReadTrust(configuration.options, configuration.copenhagen, clock.Now());
  };
  reload.taken = [&configuration, pages, &metrics, &log](const trust::TrustFiles& taken) {
    metrics.CountReload(true);
    TellTrust(taken, configuration.hash, metrics);
    const absl::Status served = pages == nullptr ? absl::OkStatus() : pages->Replace(taken.tls);
    if (!served.ok()) log.Error("pages_reload_failed", {{"error", std::string(served.message())}});
    log.Info("trust_reloaded");
    TellRevokedInboxes(taken, log);
  };
  reload.broken = [&metrics, &log](const absl::Status& why) {
    metrics.CountReload(false);
    log.Error("trust_reload_failed",
              {{"error", std::string(why.message())},
               {"next", "everything goes on as it was read before; mend the file, and it is read again"}});
  };
  reload.looked = [&revocations, &gate, &server, &metrics, &log](const trust::Trust& in_force) {
    revocations.Look(in_force);
    metrics.SetRevocationListsExpire(in_force.revocations().has_value() ? in_force.revocations()->earliest_next_update()
                                                                        : absl::InfiniteFuture());
    EndForbiddenCalls(gate, server, metrics, log);
  };
  return reload;
}

}  // namespace envej
