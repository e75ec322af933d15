/**
 * Runs CPU-bound tasks in worker threads, one task per thread at a time. Idle threads end, since their memory holds what they
 * worked on; for the same reason the message of an error that is not a Fault is dropped.
 */
import { availableParallelism } from 'node:os'
import { parentPort, Worker } from 'node:worker_threads'
import { Fault } from '../fault.ts'

/** Codes of this folder's faults. */
export type ThreadCode = 'thread-failed' | 'thread-too-slow'

export interface TaskThreadsOptions {
  script: URL
  name: string
  /** Default: one per core. */
  threads?: number
  /** Milliseconds after which an idle thread ends. */
  idleMs?: number
  /** Timeout of a task; its thread ends with it. */
  limitMs: number
}

export interface TaskThreads<Task, Answer> {
  /**
   * Runs a task.
   * @param transfer buffers of the task that move to the thread
   * @throws Fault what the task threw, if that was a Fault; `thread-failed`, `thread-too-slow`
   */
  run: (task: Task, transfer?: readonly ArrayBuffer[]) => Promise<Answer>
  /** Stops all threads; running and waiting tasks are rejected. */
  stop: () => Promise<void>
}

type TaskResponse<Answer> = { answer: Answer } | { code: string; message: string }

interface QueuedTask<Task, Answer> {
  task: Task
  transfer: readonly ArrayBuffer[]
  result: PromiseWithResolvers<Answer>
}

/** Threads start on demand. */
export function startTaskThreads<Task, Answer>(options: TaskThreadsOptions): TaskThreads<Task, Answer> {
  const { script, name, threads = availableParallelism(), idleMs = 5_000, limitMs } = options
  const queue: QueuedTask<Task, Answer>[] = []
  const all = new Set<Worker>()
  /** The task of each busy thread, and its timeout. */
  const busy = new Map<Worker, { result: PromiseWithResolvers<Answer>; limit: NodeJS.Timeout }>()
  /** The idle timeout of each thread. */
  const idle = new Map<Worker, NodeJS.Timeout>()
  let stopped = false

  function startThread(): Worker {
    const worker = new Worker(script, { name })
    all.add(worker)
    worker.on('message', (response: TaskResponse<Answer>) => {
      const { result } = takeTask(worker) ?? {}
      if ('answer' in response) result?.resolve(response.answer)
      else result?.reject(new Fault(response.code, response.message))
      serve(worker)
    })
    worker.on('error', (error) => fail(worker, 'thread-failed', `the thread failed with ${nameOf(error)}.`))
    worker.on('exit', (code) => fail(worker, 'thread-failed', `the thread exited with code ${code} without a result.`))
    return worker
  }

  /** Gives a free thread the next task, or lets it end when it has been idle. */
  function serve(worker: Worker): void {
    const next = queue.shift()
    if (!next) {
      // An idle thread keeps no process alive.
      worker.unref()
      idle.set(worker, setTimeout(() => void drop(worker), idleMs).unref())
      return
    }
    worker.ref()
    const tooSlow = () => fail(worker, 'thread-too-slow', `a task took more than ${limitMs / 1000} s.`)
    busy.set(worker, { result: next.result, limit: setTimeout(tooSlow, limitMs) })
    worker.postMessage(next.task, [...next.transfer])
  }

  function takeTask(worker: Worker) {
    const task = busy.get(worker)
    clearTimeout(task?.limit)
    busy.delete(worker)
    return task
  }

  /** Rejects the task of a thread and ends the thread; another one takes its place if tasks wait. */
  function fail(worker: Worker, code: ThreadCode, problem: string): void {
    takeTask(worker)?.result.reject(new Fault(code, `${name}: ${problem}`))
    const wasRunning = all.has(worker)
    void drop(worker)
    if (wasRunning && !stopped && queue.length > 0) serve(startThread())
  }

  async function drop(worker: Worker): Promise<void> {
    clearTimeout(idle.get(worker))
    idle.delete(worker)
    all.delete(worker)
    await worker.terminate()
  }

  return {
    async run(task, transfer = []) {
      if (stopped) throw stoppedFault(name)
      const result = Promise.withResolvers<Answer>()
      queue.push({ task, transfer, result })
      const [free] = idle.keys()
      if (free) {
        clearTimeout(idle.get(free))
        idle.delete(free)
        serve(free)
      } else if (all.size < threads) serve(startThread())
      return await result.promise
    },
    async stop() {
      stopped = true
      const fault = stoppedFault(name)
      for (const { result } of queue.splice(0)) result.reject(fault)
      for (const worker of all) takeTask(worker)?.result.reject(fault)
      await Promise.all([...all].map(drop))
    },
  }
}

function stoppedFault(name: string): Fault<ThreadCode> {
  return new Fault('thread-failed', `${name}: stopped.`)
}

/** Runs in the thread: answers tasks one after the other. */
export function answerTasks<Task, Answer>(
  work: (task: Task) => Promise<{ answer: Answer; transfer: readonly ArrayBuffer[] }>,
): void {
  const port = parentPort!
  port.on('message', (task: Task) => {
    work(task).then(
      ({ answer, transfer }) => port.postMessage({ answer } satisfies TaskResponse<Answer>, [...transfer]),
      (error: unknown) =>
        port.postMessage(
          error instanceof Fault
            ? { code: String(error.code), message: error.message }
            : { code: 'thread-failed' satisfies ThreadCode, message: `A task failed with ${nameOf(error)}.` },
        ),
    )
  })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
