/** Finds speech and pressed keys in a recording. */
import { startTaskThreads } from '#platform/threads/task-threads.ts'
import { originalTracks, type AnonymisedCopyStore } from '#register/recordings/anonymised-copies.ts'
import type { Analysed, AnalyseTask } from './analyse-worker.ts'
import { copyTracks, type CopyTrack, type Stretch } from './copy-work.ts'

type OnTrack = Stretch & { track: CopyTrack }

export interface OriginalAnalysis {
  speech: OnTrack[]
  /** Telephone keys: they may spell a code or a number. */
  keys: OnTrack[]
  isMixed: boolean
}

export interface OriginalAnalyser {
  /** @throws RecordingGone; errors of formats and threads */
  analyse: (recording: string) => Promise<OriginalAnalysis>
  stop: () => Promise<void>
}

/** How long a result stays in memory after its last use: what is destroyed must be gone within a minute (R50). */
const cacheMs = 30_000
const limitMs = 60_000

export function createOriginalAnalyser(store: AnonymisedCopyStore): OriginalAnalyser {
  const analyses = new Map<string, { analysing: Promise<OriginalAnalysis>; expiry: NodeJS.Timeout }>()
  const threads = startTaskThreads<AnalyseTask, Analysed>({
    script: new URL('./analyse-worker.ts', import.meta.url),
    name: 'analyse-originals',
    threads: 1,
    limitMs,
  })

  async function analyseNow(recording: string): Promise<OriginalAnalysis> {
    const { caller, official, isMixed } = await originalTracks(store, recording)
    const found = await Promise.all(
      [caller, official].map((samples) => {
        const own = Int16Array.from(samples)
        samples.fill(0)
        return threads.run({ samples: own }, [own.buffer])
      }),
    )
    const on = (key: keyof Analysed) =>
      copyTracks.flatMap((track, index) => found[index]![key].map((one) => ({ track, ...one })))
    return { speech: on('speech'), keys: on('keys'), isMixed }
  }

  function evict(recording: string): void {
    clearTimeout(analyses.get(recording)?.expiry)
    analyses.delete(recording)
  }

  return {
    analyse(recording) {
      const known = analyses.get(recording)
      if (known) {
        known.expiry.refresh()
        return known.analysing
      }
      const analysing = analyseNow(recording)
      analyses.set(recording, { analysing, expiry: setTimeout(() => evict(recording), cacheMs).unref() })
      analysing.catch(() => evict(recording))
      return analysing
    },
    async stop() {
      for (const recording of analyses.keys()) evict(recording)
      await threads.stop()
    },
  }
}
