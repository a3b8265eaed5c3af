#include "dataplane/worker_thread.h"

#include <pthread.h>
#include <sched.h>

#include <string>
#include <utility>

namespace esplane::dataplane {
namespace {

bool pin(std::thread& thread, int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return false;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(static_cast<unsigned>(cpu), &cpus);
    return pthread_setaffinity_np(thread.native_handle(), sizeof cpus, &cpus) == 0;
}

}  // namespace

WorkerThread::WorkerThread(WorkerId id, Mailbox& mailbox, int cpu, std::function<void()> run)
    : mailbox_(mailbox), commands_(mailbox.commands, mailbox.to_worker), cpu_(cpu), thread_(std::move(run)) {
    pthread_setname_np(thread_.native_handle(), ("worker-" + std::to_string(to_number(id))).c_str());
    if (!pin(thread_, cpu_)) cpu_ = -1;
}

WorkerThread::~WorkerThread() {
    mailbox_.stop.store(true, std::memory_order_release);
    mailbox_.to_worker.ring();
    thread_.join();
}

}  // namespace esplane::dataplane
