#ifndef ENVEJ_TESTS_SUPPORT_EXIT_CODES_H_
#define ENVEJ_TESTS_SUPPORT_EXIT_CODES_H_

// The programs' exit codes as their --help promises them to scripts: told again here, so that a change of one fails.
namespace envej::support {

inline constexpr int kDone = 0;
inline constexpr int kUsage = 2;  // of envej-broker

// envej-broker
inline constexpr int kConfigurationRefused = 3;
inline constexpr int kStoreRefused = 4;
inline constexpr int kCannotListen = 5;
inline constexpr int kCannotAccept = 7;

// envej-region, envej-municipality
inline constexpr int kClientRefused = 1;
inline constexpr int kClientUnusable = 2;
inline constexpr int kClientNotReached = 3;

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_EXIT_CODES_H_
