// Detects a database that accepts connections but does not answer: a stopped process, a dead line. While it hangs, waiting and
// new operations fail. An operation is not given up while the database answers others.
import { DatabaseFault } from './faults.ts'

export interface HangDetectorOptions {
  /** Probes over a new connection; rejects if there is no answer in time. */
  probe: (timeoutMs: number) => Promise<void>
  /** Milliseconds after which an operation is suspicious, and after which an unanswered probe proves a hang. */
  answerMs: number
  onHangs: (fault: DatabaseFault) => void
  onAnswers: () => void
}

export interface WatchedOperation {
  done(): void
}

export interface HangDetector {
  /**
   * Registers an operation.
   * @param giveUp called once, when the database is found to hang
   */
  begin(giveUp: (fault: DatabaseFault) => void): WatchedOperation
  /** Set while the database hangs. */
  readonly fault: DatabaseFault | undefined
  stop(): void
}

const tickMs = 250
/** Delay of a timer that shows that this process's event loop was blocked; answers may then be unread, which proves nothing. */
const lateMs = 500

export function createHangDetector({ probe, answerMs, onHangs, onAnswers }: HangDetectorOptions): HangDetector {
  const waiting = new Map<object, { sinceMs: number; giveUp: (fault: DatabaseFault) => void }>()
  let fault: DatabaseFault | undefined
  let probing = false
  /** A successful probe proves that the database is alive and only an operation is slow: the next probe waits. */
  let nextProbeMs = 0
  let lastTickMs = 0
  let timer: NodeJS.Timeout | undefined

  function tick(): void {
    const nowMs = performance.now()
    const isLate = nowMs - lastTickMs > tickMs + lateMs
    lastTickMs = nowMs
    if (waiting.size === 0 && !fault) {
      clearInterval(timer)
      timer = undefined
      return
    }
    if (isLate || probing || nowMs < nextProbeMs) return
    const oldestMs = Math.min(...[...waiting.values()].map(({ sinceMs }) => sinceMs))
    if (fault || nowMs - oldestMs >= answerMs) void ping()
  }

  async function ping(): Promise<void> {
    probing = true
    const beganMs = performance.now()
    try {
      await probe(answerMs)
      if (fault) onAnswers()
      fault = undefined
      nextProbeMs = performance.now() + answerMs
    } catch (error) {
      if (isAnswer(error)) {
        nextProbeMs = performance.now() + answerMs
      } else if (performance.now() - beganMs < answerMs + lateMs) {
        giveUp(error)
      }
    } finally {
      probing = false
    }
  }

  function giveUp(cause: unknown): void {
    if (!fault) {
      fault = new DatabaseFault('database-hangs', `The database did not answer within ${answerMs / 1000} s.`, cause)
      onHangs(fault)
    }
    const all = [...waiting.values()]
    waiting.clear()
    for (const one of all) one.giveUp(fault)
  }

  return {
    begin(giveUpOne) {
      const operation = { done: () => void waiting.delete(operation) }
      waiting.set(operation, { sinceMs: performance.now(), giveUp: giveUpOne })
      if (!timer) {
        lastTickMs = performance.now()
        timer = setInterval(tick, tickMs)
        timer.unref()
      }
      return operation
    },
    get fault() {
      return fault
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}

/** A refusal is an answer too: the server's errors have a code of five characters (PostgreSQL, appendix A). */
function isAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)
}
