#ifndef ENVEJ_TESTS_SUPPORT_JOURNAL_EVENTS_H_
#define ENVEJ_TESTS_SUPPORT_JOURNAL_EVENTS_H_

#include <vector>

#include "broker/journal/event.h"
#include "broker/journal/journal_source.h"
#include "broker/store/ordered_store.h"

namespace envej::support {

// Every event of a journal, in order; a failure is recorded for what cannot be read.
std::vector<journal::Event> JournalEvents(const journal::ScanFunction& scan);
std::vector<journal::Event> JournalEvents(store::OrderedStore& store);

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_JOURNAL_EVENTS_H_
