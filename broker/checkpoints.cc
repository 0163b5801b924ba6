#include "broker/checkpoints.h"

#include <utility>

namespace envej {

std::shared_ptr<journal::Mirror> MirrorOf(const options::BrokerOptions& broker, store::OrderedStore& store) {
  if (broker.journal.mirror.empty()) return nullptr;
  return std::make_shared<journal::Mirror>(store, broker.journal.mirror);
}

std::unique_ptr<journal::CheckpointTask> StartCheckpoints(const options::BrokerOptions& broker,
                                                          const trust::CurrentTrust& trust, store::OrderedStore& store,
                                                          const std::shared_ptr<journal::Mirror>& mirror,
                                                          journal::RefusedCalls& refused_calls,
                                                          operations::Metrics& metrics, const Clock& clock,
                                                          const Log& log) {
  const options::JournalOptions& options = broker.journal;
  auto writer = std::make_unique<journal::CheckpointWriter>(store, broker.broker_name, [&trust] {
    const std::shared_ptr<const trust::Trust> own = trust.Get();
    return journal::CheckpointSigner{.sign = [own](absl::string_view bytes) { return own->signer().Sign(bytes); },
                                     .certificate = own->signer().certificate().der()};
  });
  journal::MirrorNext mirror_next;
  if (mirror != nullptr) mirror_next = [mirror] { return mirror->WriteNext(); };
  journal::CheckpointTask::Options task;
  task.every = options.checkpoint_every;
  task.now = [&clock] { return clock.Now(); };
  task.before_round = [&store, &refused_calls, &log] {
    const absl::Status written = refused_calls.WriteTo(store);
    if (!written.ok()) log.Error("refused_calls_not_written", {{"error", written.ToString()}});
  };
  task.checkpoint_failed = [&log](const absl::Status& why) {
    log.Error("journal_checkpoint_failed",
              {{"error", why.ToString()}, {"next", "run envej-broker journal verify; it is tried again"}});
  };
  task.covered = [&metrics, &clock] { metrics.SetCheckpoint(clock.Now()); };
  task.mirror.failed = [&log](const absl::Status& why) {
    log.Error("journal_mirror_failed",
              {{"error", why.ToString()}, {"next", "mend the mirror; what it lacks is copied then"}});
  };
  task.mirror.caught_up = [&log] { log.Info("journal_mirror_caught_up"); };
  task.mirror.hangs = [&log] {
    log.Error("journal_mirror_hangs",
              {{"next", "the mirror's disk does not answer; what it lacks is copied when it does"}});
  };
  return std::make_unique<journal::CheckpointTask>(std::move(writer), std::move(mirror_next), std::move(task));
}

}  // namespace envej
