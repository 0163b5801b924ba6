#ifndef ENVEJ_MUNICIPALITY_CLIENT_STOP_SIGNALS_H_
#define ENVEJ_MUNICIPALITY_CLIENT_STOP_SIGNALS_H_

#include <stop_token>
#include <thread>

namespace envej::municipality_client {

// Makes SIGINT and SIGTERM a stop request. The second one ends the process at once, which is as safe as a crash.
// Made before any other thread, which then inherits that both are blocked; lives as long as the process works.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread thread_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_STOP_SIGNALS_H_
