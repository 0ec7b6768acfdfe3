package peers;

/** One thread's dealings with a pool. A process has one class of them, so that its calls can be inlined. */
interface Borrower {
    void cycle() throws Exception;

    /** Takes the next before giving the last one back; the first call has no last one. */
    void overlap() throws Exception;

    /** Holds for so long, and says how many nanoseconds it waited before. */
    long hold(long nanos) throws Exception;

    /** Gives back what overlap() still has. */
    void finish() throws Exception;
}
