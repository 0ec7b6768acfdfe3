/* The express lane's protocol: every interleaving of two borrowers, one who returns, the reaper and
 * one who cancels. `tests/model/search` runs it.
 *
 * What stands for what:
 *
 *   word[s]               BasicLaneWord::word_ without its count: COLD and LENT are its bits. A cold
 *                         word that is returned to goes on counting, here as there.
 *   take()                BasicLaneWord::try_take(): a look, and an exchange of what it saw
 *   try_return in giving  BasicLaneWord::try_return(): one locked addition
 *   leave()               BasicLaneWord::leave(), and PoolMachine::left_lane() with what it found
 *   empty_lane()          PoolImpl::empty_lane()
 *   offer()               PoolMachine::offer(): the oldest waiter, or the lane, or idle
 *   Borrower, asking      Pool::acquire(): ExpressLane::walk(), then PoolImpl::acquire_until() and
 *                         wait_in_queue(): once for what is idle, once to queue
 *   Borrower, leaving     PoolImpl::Departure after Cancelled, or the branch `leaves` of
 *                         wait_in_queue()
 *   giving back           try_give_back(); give_back() for a lease that was used ("dirty")
 *   Reaper                PoolImpl::sweep_lane(), which may find any slot unused or too old
 *   LOCK .. UNLOCK        PoolImpl::step(); what it wakes is woken after the lock was let go
 *   permit[w]             Parker
 *
 * What is asked: a slot has one owner (assert); whoever waits is served or leaves, so that all
 * processes end (no invalid end state); at the end every slot is there, free, and the queue is empty
 * (assert in init). Each macro FAULT_* plants one error that has to be found.
 */

#ifndef SLOTS
#define SLOTS 1
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef SWEEPS
#define SWEEPS 2
#endif
#define BORROWERS 2
#define NOBODY 255

#define COLD 2
#define LENT 1

mtype = { idle, in_lane, lent };                   /* a slot's state under the lock */
mtype = { pending, granted, gave_up };             /* a waiter's outcome */
mtype = { stays, stopped, killed };                /* what the canceller has done to a borrower */

byte word[SLOTS];
mtype state[SLOTS];
byte owners[SLOTS];
bit is_locked;

byte queue[BORROWERS];                             /* the oldest first */
byte waiting;
mtype outcome[BORROWERS];
byte grant[BORROWERS];
bit permit[BORROWERS];
mtype fate[BORROWERS];

/* What is between two looks at words is one step: under the lock nobody else sees it, and without it
 * it is the caller's own. Variables that nobody reads any more are cleared, or they would tell states
 * apart that are the same. */
#define LOCK   !is_locked -> is_locked = 1
#define UNLOCK is_locked = 0

inline own(s) {
    owners[s]++;
    assert(owners[s] == 1);
}

/* -- Without the lock ------------------------------------------------------------------------------ */

/* `got` is true when the slot is the caller's. */
inline take(s, seen, got) {
    seen = word[s];
    atomic {
        got = 0;
        if
#ifdef FAULT_TAKE_IGNORES_COLD
        :: (seen & LENT) == 0 &&
#else
        :: (seen & (COLD | LENT)) == 0 &&
#endif
#ifdef FAULT_TAKE_WITHOUT_EXCHANGE
           true ->
#else
           word[s] == seen ->
#endif
            word[s] = seen | LENT;
            got = 1;
            own(s)
        :: else
        fi;
        seen = 0
    }
}

/* -- Under the lock -------------------------------------------------------------------------------- */

/* `woken` is whom to wake after the lock was let go: one bit for each borrower. */
inline offer(s, woken) {
    if
#ifdef FAULT_ENTERS_BESIDE_WAITERS
    :: waiting > 0 && state[s] != lent ->
#else
    :: waiting > 0 ->
#endif
        state[s] = lent;
        outcome[queue[0]] = granted;
        grant[queue[0]] = s;
        woken = woken | (1 << queue[0]);
        queue[0] = queue[1];
        queue[1] = NOBODY;
        waiting--
#ifdef FAULT_ENTERS_BESIDE_WAITERS
    :: state[s] == lent ->
#else
    :: waiting == 0 && state[s] == lent ->
#endif
        state[s] = in_lane;
        word[s] = 0
    :: waiting == 0 && state[s] != lent -> state[s] = idle
    fi
}

/* The exchange is the step; what it found is settled with it. */
inline leave(s, seen, woken) {
#ifdef FAULT_LEAVE_WITHOUT_EXCHANGE
    seen = word[s];
#endif
    atomic {
#ifndef FAULT_LEAVE_WITHOUT_EXCHANGE
        seen = word[s];
#endif
        word[s] = COLD;
        if
        :: (seen & LENT) -> state[s] = lent
        :: else -> state[s] = idle; offer(s, woken)
        fi;
        seen = 0
    }
}

inline empty_lane(s, seen, woken) {
    s = 0;
    do
    :: atomic { s < SLOTS && state[s] == in_lane } -> leave(s, seen, woken); s++
    :: atomic { s < SLOTS && state[s] != in_lane -> s++ }
    :: atomic { s >= SLOTS -> s = 0; break }
    od
}

/* What is idle outside the lane, while nobody waits: `got`. */
inline take_idle(s, got) {
    s = 0;
    do
    :: s < SLOTS && state[s] == idle && waiting == 0 ->
        state[s] = lent;
        got = 1;
        own(s);
        break
    :: s < SLOTS && (state[s] != idle || waiting > 0) -> s++
    :: s >= SLOTS -> s = 0; break
    od
}

inline unlock_and_wake(woken) {
    UNLOCK;
    if
    :: atomic {
           woken != 0 ->
           permit[0] = permit[0] | (woken & 1);
           permit[1] = permit[1] | (woken >> 1);
           woken = 0
       }
    :: woken == 0
    fi
}

inline give_back(s, seen, woken) {
    atomic {
        owners[s]--;
        if
        :: word[s] = word[s] ^ LENT;               /* clean: try_return() */
#ifndef FAULT_RETURN_IGNORES_COLD
           seen = word[s] & COLD
#endif
        :: seen = COLD                             /* dirty: the lane is not asked */
        fi
    }
    if
    :: atomic { seen != 0 -> seen = 0 };
        atomic { LOCK }
        if
        :: state[s] == in_lane -> leave(s, seen, woken)
        :: else
        fi;
        atomic {
            assert(state[s] == lent);
            offer(s, woken);
            s = 0
        }
        unlock_and_wake(woken)
    :: atomic { seen == 0 -> s = 0 }
    fi
}

/* -- Who takes part -------------------------------------------------------------------------------- */

proctype Borrower(byte me) {
    byte s, seen, woken, round;
    bit got;

    do
    :: atomic { round < ROUNDS -> round++ }
        do
        :: s < SLOTS ->
            take(s, seen, got);
            if
            :: atomic { got -> break }
            :: atomic { !got -> s++ }
            fi
        :: atomic { s == SLOTS -> s = 0; break }
        od;
        if
        :: got
        :: else ->
            atomic {                               /* acquire_until(): Patience::kProven */
                !is_locked;
                take_idle(s, got)
            }
        fi;
        if
        :: got
        :: else ->
            atomic { LOCK }                        /* wait_in_queue(): Patience::kQueue */
#ifdef FAULT_EMPTIES_BEFORE_IT_QUEUES
            empty_lane(s, seen, woken);
            unlock_and_wake(woken);
            atomic { LOCK }
#endif
            atomic {
                take_idle(s, got);
                if
                :: !got ->
                    outcome[me] = pending;
                    queue[waiting] = me;
                    waiting++
                :: else
                fi
            }
#if !defined(FAULT_LANE_STAYS_OPEN) && !defined(FAULT_EMPTIES_BEFORE_IT_QUEUES)
            if
            :: !got -> empty_lane(s, seen, woken)
            :: else
            fi;
#endif
            unlock_and_wake(woken)
        fi;
        do
        :: atomic { got -> break }
        :: atomic {                                /* park_until() */
               !got && permit[me] ->
               permit[me] = 0;
               if
               :: fate[me] == killed -> goto leaving  /* Cancelled */
               :: fate[me] != killed && outcome[me] == granted ->
                   s = grant[me];                  /* without the lock */
                   outcome[me] = pending;
                   grant[me] = 0;
                   own(s);
                   break
               :: fate[me] == stopped && outcome[me] == pending -> goto leaving
               :: else                             /* a permit for an earlier wait */
               fi
           }
        od;
        got = 0;
        give_back(s, seen, woken)
    :: round == ROUNDS -> goto over
    od;

leaving:
    atomic {
        LOCK;
        if
        :: outcome[me] == pending ->
            outcome[me] = gave_up;
            if
            :: queue[0] == me -> queue[0] = queue[1]
            :: else
            fi;
            queue[1] = NOBODY;
            waiting--
        :: outcome[me] == granted && fate[me] == killed ->
#ifndef FAULT_CANCEL_KEEPS_GRANT
            s = grant[me];
            offer(s, woken);
            s = 0
#else
            skip
#endif
        :: outcome[me] == granted && fate[me] != killed ->
            s = grant[me];                         /* it was served first, and takes it */
            own(s);
            got = 1
        fi
    }
    unlock_and_wake(woken);
    if
    :: got -> give_back(s, seen, woken)
    :: else
    fi;
over:
    skip
}

/* Has slot 0 by the lane when all begins. */
proctype Returner() {
    byte s, seen, woken;
    give_back(s, seen, woken)
}

proctype Reaper() {
    byte s, seen, woken, sweep;
    do
    :: atomic { sweep < SWEEPS -> sweep++ }
        atomic { LOCK }
        do
        :: atomic { s < SLOTS && state[s] == in_lane } ->
            if                                     /* by view(), whatever it shows: */
            :: skip                                /* in use, it stays */
            :: leave(s, seen, woken)
            fi;
            s++
        :: atomic { s < SLOTS && state[s] != in_lane -> s++ }
        :: atomic { s >= SLOTS -> s = 0; break }
        od;
        unlock_and_wake(woken)
    :: atomic { sweep == SWEEPS -> break }
    od
}

proctype Canceller() {
    byte whom;
    atomic {
        if
        :: whom = 0
        :: whom = 1
        fi;
        if
        :: fate[whom] = stopped
        :: fate[whom] = killed
        fi
    }
    atomic { permit[whom] = 1; whom = 0 }
}

init {
    byte s;
    atomic {
        for (s : 0 .. SLOTS - 1) {
            state[s] = in_lane
        }
        word[0] = LENT;
        owners[0] = 1;
        for (s : 0 .. BORROWERS - 1) {
            queue[s] = NOBODY;
            fate[s] = stays
        }
        run Borrower(0);
        run Borrower(1);
        run Returner();
        run Reaper();
        run Canceller()
    }
    timeout;                                       /* nothing can run any more */
    assert(!is_locked && waiting == 0);
    for (s : 0 .. SLOTS - 1) {
        assert(owners[s] == 0);
        assert(state[s] == idle || (state[s] == in_lane && word[s] == 0))
    }
}
