// The trials that the searches ask for, over two ports.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>

#include "benchmarks/generate/course.h"
#include "benchmarks/generate/probe_sink.h"
#include "benchmarks/generate/probe_source.h"
#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/recovery.h"

namespace esplane::bench::rfc2544 {

/// How the device is restarted while packets are sent; neither waits.
struct Restarter {
    std::function<void()> begin;
    std::function<bool()> has_begun_anew;  ///< whoever restarts it says that it is done
};

struct TrialSetup {
    generate::Traffic traffic;  ///< checked()
    generate::EthernetEnds ends;
    double hz = 0;                 ///< of the clock
    double residue_seconds = 2;    ///< RFC 2544 23
    double before_restart = 1;     ///< seconds that it forwards first
    double after_restart = 2;      ///< and that it must have forwarded again
    double longest_pause = 0.1;    ///< seconds without a packet that are no outage: then it still forwards
    double between_looks = 0.001;  ///< seconds, at whether it has begun anew
};

template <generate::Port Out, generate::Port In, std::invocable Clock>
class Trials {
  public:
    /// Refers to the ports.
    Trials(Out& out, In& in, const TrialSetup& setup, Clock clock) : out_(out), in_(in), setup_(setup), clock_(clock) {}

    Outcome run(const Offer& offer) { return run_planned(plan(offer)); }

    /// At that rate, or as fast as it goes.
    Outcome burst(std::uint64_t packets, double rate) {
        return run_planned({.rate = rate,
                            .packets = packets,
                            .seconds = 60,  // a port that takes none must not keep us for ever
                            .residue_seconds = setup_.residue_seconds,
                            .hz = setup_.hz});
    }

    OverloadOutcome overload(const OverloadOffer& offer) {
        const generate::Plan high = plan(offer.overload);
        const generate::Plan low = plan(offer.relief);
        Ends ends(setup_, high.packets + low.packets);
        generate::Stream stream(out_, in_, ends.source, ends.sink, clock_);
        stream.send(high);
        const std::uint64_t first_of_relief = stream.course(setup_.hz).sent;
        stream.send(low);
        stream.wait(low);
        const std::uint64_t sent = stream.course(setup_.hz).sent;
        return {.sent = sent,
                .lost = sent - ends.sink.tracker().arrivals().received,
                .first_of_relief = first_of_relief,
                .last_lost = ends.sink.tracker().last_lost(sent)};
    }

    RestartOutcome restart(const Offer& offer, const Restarter& restarter) {
        const generate::Plan all = plan(offer);
        Ends ends(setup_, all.packets);
        generate::Stream stream(out_, in_, ends.source, ends.sink, clock_);
        Watching watching(setup_, restarter, clock_());
        stream.send(all, [&](const auto& receiver, std::uint64_t now) { return watching.is_over(receiver, now); });
        stream.wait(all);
        const generate::Course course = stream.course(setup_.hz);
        return {.sent = course.sent,
                .received = ends.sink.tracker().arrivals().received,
                .seconds = course.seconds,
                .silence_seconds = static_cast<double>(course.longest_silence.length()) / setup_.hz,
                .has_recovered = watching.has_recovered()};
    }

  private:
    struct Ends {
        Ends(const TrialSetup& setup, std::uint64_t packets)
            : source(setup.traffic, setup.ends), sink(setup.traffic, packets) {}
        generate::ProbeSource source;
        generate::ProbeSink sink;
    };

    /// Says when the device has forwarded again for long enough.
    class Watching {
      public:
        Watching(const TrialSetup& setup, const Restarter& restarter, std::uint64_t start)
            : setup_(setup), restarter_(restarter), next_look_(start + cycles(setup.before_restart)) {}

        template <typename Receiver>
        bool is_over(const Receiver& receiver, std::uint64_t now) {
            if (now < next_look_) return false;
            next_look_ = now + cycles(setup_.between_looks);
            if (!has_begun_) {
                has_begun_ = true;
                restarter_.begin();
                return false;
            }
            if (anew_at_ == 0 && restarter_.has_begun_anew()) anew_at_ = now;
            const std::uint64_t again = std::max(anew_at_, receiver.longest_silence().to);
            has_recovered_ = anew_at_ != 0 && now - again > cycles(setup_.after_restart) &&
                             now - receiver.last() < cycles(setup_.longest_pause);
            return has_recovered_;
        }
        bool has_recovered() const { return has_recovered_; }

      private:
        std::uint64_t cycles(double seconds) const { return static_cast<std::uint64_t>(seconds * setup_.hz); }

        const TrialSetup& setup_;
        const Restarter& restarter_;
        std::uint64_t next_look_;
        std::uint64_t anew_at_ = 0;
        bool has_begun_ = false;
        bool has_recovered_ = false;
    };

    generate::Plan plan(const Offer& offer) const {
        generate::Plan plan = generate::Plan::paced(offer.rate, offer.seconds, setup_.hz);
        plan.residue_seconds = setup_.residue_seconds;
        return plan;
    }

    Outcome run_planned(const generate::Plan& plan) {
        return outcome_of(generate::run_trial(out_, in_, setup_.traffic, setup_.ends, plan, clock_));
    }

    Out& out_;
    In& in_;
    TrialSetup setup_;
    Clock clock_;
};

}  // namespace esplane::bench::rfc2544
