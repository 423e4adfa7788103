// SPDX-License-Identifier: Apache-2.0
// Handover: tells the thread sanitizer that what one thread gave another has taken.
//
// Why: the library of oneTBB is not compiled for the sanitizer, which does not see how tasks wait for each other and
// takes everything that they hand on for a race. Hiding all reports under oneTBB would hide ours, because most work
// runs there. The idea: say what oneTBB guarantees, where it is used, by the sanitizer's own two calls (its
// documentation names them for custom synchronisation). Without the sanitizer this is nothing.
//
// Before: give() and take() stand where another library orders the same threads in the same way. After: the sanitizer
// takes all that came before a give() as ordered before what follows a later take().
#pragma once

#if defined(__SANITIZE_THREAD__)
#define SLUICE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_THREAD_SANITIZER 1
#endif
#endif

#if defined(SLUICE_THREAD_SANITIZER)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
// Of a function that must read, to find what it takes; what it calls is watched.
#define SLUICE_NOT_WATCHED __attribute__((no_sanitize("thread")))
#else
#define SLUICE_NOT_WATCHED
#endif

namespace sluice {

class Handover {
 public:
#if defined(SLUICE_THREAD_SANITIZER)
  void give() { __tsan_release(this); }
  void take() { __tsan_acquire(this); }

 private:
  char address_ = 0;
#else
  void give() {}
  void take() {}
#endif
};

}  // namespace sluice
