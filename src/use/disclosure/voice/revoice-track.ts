/**
 * Re-speaking tracks on threads of their own, so that whoever asks can answer others meanwhile. In: tracks. Out:
 * samples of the same length. Never here: a parameter; chance is drawn in the thread, and stays there.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Track } from './engine.ts'
import { nvq } from './nvq.ts'
import type { RevoiceAsked, RevoiceTold } from './revoice-worker.ts'

export interface RevoiceThreads {
  /** Level D's engine: its name and version, as the record of a release has them. */
  engine: { name: string; version: string; level: 'D' }
  /**
   * The samples are copied to the thread; the caller wipes its own.
   *
   * @throws where a thread broke; the tracks that it had are lost and the next ones get a new thread
   */
  revoiceTrack: (track: Track) => Promise<Int16Array>
  stop: () => Promise<void>
}

interface Waiting {
  track: Track
  told: PromiseWithResolvers<Int16Array>
}

/** One track a thread; more wait in their order. A thread starts when there is a track for it. */
export function startRevoiceThreads(threads = Math.max(1, availableParallelism() - 1)): RevoiceThreads {
  const queue: Waiting[] = []
  const idle: Worker[] = []
  const busy = new Map<Worker, Waiting>()
  let stopped: Error | undefined

  const next = (): void => {
    const waiting = queue[0]
    if (!waiting || (idle.length === 0 && busy.size >= threads)) return
    queue.shift()
    const worker = idle.pop() ?? startThread()
    busy.set(worker, waiting)
    const samples = Int16Array.from(waiting.track.samples)
    const asked: RevoiceAsked = { samples, redacted: [...waiting.track.redacted] }
    worker.postMessage(asked, [samples.buffer])
  }

  const startThread = (): Worker => {
    const worker = new Worker(new URL('./revoice-worker.ts', import.meta.url), { name: 'revoice' })
    worker.on('message', (told: RevoiceTold) => {
      const waiting = busy.get(worker)
      busy.delete(worker)
      idle.push(worker)
      if ('samples' in told) waiting?.told.resolve(told.samples)
      else
        waiting?.told.reject(new Error(`A track could not be re-spoken by nvq: ${told.fault}. Nothing was made of it.`))
      next()
    })
    const lost = (error: Error) => {
      const waiting = busy.get(worker)
      busy.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      waiting?.told.reject(stopped ?? error)
      if (!stopped) next()
    }
    worker.on('error', (error: unknown) => lost(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', (code) => lost(new Error(`The thread that re-speaks a track ended with ${code}; ask again.`)))
    return worker
  }

  return {
    engine: { name: nvq.name, version: nvq.version, level: 'D' },
    revoiceTrack(track) {
      if (stopped) return Promise.reject(stopped)
      const told = Promise.withResolvers<Int16Array>()
      queue.push({ track, told })
      next()
      return told.promise
    },
    async stop() {
      stopped = new Error('Tracks are no longer re-spoken here: the process is stopping.')
      for (const { told } of queue.splice(0)) told.reject(stopped)
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()))
    },
  }
}
