// peers: reads commands, one a line, and answers each with one line of JSON.
//
//	plain|overlap|hold|crowd GOROUTINES SIZE SECONDS
//	spike CALLERS MIN MAX CONNECT_MS WORK_MS
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/puddle/v2"
)

const (
	batch  = 64
	holdNs = 100_000
)

// The phases of a window.
const (
	leadIn = iota
	measured
	over
)

var opened, connectMs atomic.Int64

type thing struct{ uses int }
type pool = puddle.Pool[*thing]
type held = puddle.Resource[*thing]

func open(context.Context) (*thing, error) {
	opened.Add(1)
	if ms := connectMs.Load(); ms > 0 {
		time.Sleep(time.Duration(ms) * time.Millisecond)
	}
	return &thing{}, nil
}

func openPool(min, max int) *pool {
	made, err := puddle.NewPool(&puddle.Config[*thing]{
		Constructor: open, Destructor: func(*thing) {}, MaxSize: int32(max)})
	if err != nil {
		panic(err)
	}
	for i := 0; i < min; i++ {
		if err := made.CreateResource(context.Background()); err != nil {
			panic(err)
		}
	}
	return made
}

func borrow(from *pool) *held {
	got, err := from.Acquire(context.Background())
	if err != nil {
		panic(err)
	}
	got.Value().uses++
	return got
}

// Blocks the thread, as a library that knows nothing of goroutines would.
func nap(ns int64) {
	left := syscall.NsecToTimespec(ns)
	syscall.Nanosleep(&left, nil)
}

type count struct {
	cycles atomic.Uint64
	_      [120]byte
}

type window struct {
	phase  atomic.Int32
	counts []count
	waits  [][]int64
}

func (w *window) loop(work string, from *pool, index int) {
	mine := &w.counts[index].cycles
	switch work {
	case "hold":
		var waits []int64
		for w.phase.Load() != over {
			asked := time.Now()
			got := borrow(from)
			waited := time.Since(asked)
			nap(holdNs)
			got.Release()
			mine.Add(1)
			if w.phase.Load() == measured {
				waits = append(waits, int64(waited))
			}
		}
		w.waits[index] = waits
	case "overlap":
		last := borrow(from)
		for w.phase.Load() != over {
			for i := 0; i < batch; i++ {
				next := borrow(from)
				last.Release()
				last = next
			}
			mine.Add(batch)
		}
		last.Release()
	default:
		for w.phase.Load() != over {
			for i := 0; i < batch; i++ {
				borrow(from).Release()
			}
			mine.Add(batch)
		}
	}
}

func (w *window) snapshot() []uint64 {
	cycles := make([]uint64, len(w.counts))
	for i := range w.counts {
		cycles[i] = w.counts[i].cycles.Load()
	}
	return cycles
}

func quantile(sorted []int64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := int(share * float64(len(sorted)))
	if at >= len(sorted) {
		at = len(sorted) - 1
	}
	return float64(sorted[at]) / 1e3
}

func run(work string, from *pool, goroutines int, seconds float64) string {
	if work == "hold" { // a thread for each that sleeps
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines + 2))
	}
	w := &window{counts: make([]count, goroutines), waits: make([][]int64, goroutines)}
	w.phase.Store(leadIn)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		running.Add(1)
		go func(index int) {
			defer running.Done()
			<-start
			w.loop(work, from, index)
		}(i)
	}
	close(start)
	time.Sleep(100 * time.Millisecond)
	before := w.snapshot()
	began := time.Now()
	w.phase.Store(measured)
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	after := w.snapshot()
	elapsed := time.Since(began)
	w.phase.Store(over)
	running.Wait()

	var total, most uint64
	least := ^uint64(0)
	for i := range after {
		cycles := after[i] - before[i]
		total += cycles
		most = max(most, cycles)
		least = min(least, cycles)
	}
	fairness := 0.0
	if most > 0 {
		fairness = float64(least) / float64(most)
	}
	text := fmt.Sprintf(`{"ns": %.3f, "slowest_by_fastest": %.4f`,
		float64(elapsed)/float64(max(total, 1)), fairness)
	if work == "hold" {
		var all []int64
		for _, waits := range w.waits {
			all = append(all, waits...)
		}
		sort.Slice(all, func(a, b int) bool { return all[a] < all[b] })
		text += fmt.Sprintf(`, "p50_us": %.3f, "p99_us": %.3f, "p999_us": %.3f, "max_us": %.3f, "waits": %d`,
			quantile(all, 0.5), quantile(all, 0.99), quantile(all, 0.999), quantile(all, 1), len(all))
	}
	return text + "}"
}

func spike(callers, min, max int, connect, work int64) string {
	connectMs.Store(0)
	from := openPool(min, max)
	connectMs.Store(connect)
	before := opened.Load()
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := 0; i < callers; i++ {
		running.Add(1)
		go func() {
			defer running.Done()
			<-start
			got := borrow(from)
			time.Sleep(time.Duration(work) * time.Millisecond)
			got.Release()
		}()
	}
	time.Sleep(20 * time.Millisecond)
	began := time.Now()
	close(start)
	running.Wait()
	makespan := time.Since(began)
	during := opened.Load() - before
	time.Sleep(700 * time.Millisecond)
	later := opened.Load() - before
	connectMs.Store(0)
	return fmt.Sprintf(`{"makespan_ms": %.3f, "opened": %d, "opened_later": %d}`,
		float64(makespan)/1e6, during, later)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	fmt.Println("READY")
	pools := map[int]*pool{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if words[0] == "spike" {
			fmt.Println(spike(number(words[1]), number(words[2]), number(words[3]),
				int64(number(words[4])), int64(number(words[5]))))
			continue
		}
		size := number(words[2])
		if pools[size] == nil {
			pools[size] = openPool(size, size)
		}
		seconds, err := strconv.ParseFloat(words[3], 64)
		if err != nil {
			panic(err)
		}
		fmt.Println(run(words[0], pools[size], number(words[1]), seconds))
	}
}
