#include "tests/unit/dataplane/support/locks.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>

#include <ctime>

namespace {

thread_local std::size_t count = 0;

/// The C library's function of this name.
template <typename Function>
Function* next(Function*, const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

std::size_t esplane::dataplane::test::locks() {
    return count;
}

#define ESPLANE_COUNTED(name, parameters, arguments)      \
    int name parameters {                                 \
        static auto* const original = next(&name, #name); \
        ++count;                                          \
        return original arguments;                        \
    }

extern "C" {
ESPLANE_COUNTED(pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
ESPLANE_COUNTED(pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))
ESPLANE_COUNTED(pthread_mutex_timedlock, (pthread_mutex_t * mutex, const timespec* until), (mutex, until))
ESPLANE_COUNTED(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_spin_trylock, (pthread_spinlock_t * lock), (lock))
ESPLANE_COUNTED(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex), (condition, mutex))
ESPLANE_COUNTED(sem_wait, (sem_t * semaphore), (semaphore))
}
