import { readFile, statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Measured } from '#capture/admission/judge-pressure.ts'
import type { PortRange } from '#platform/config/addresses.ts'

export interface PressureGauge {
  /** Measures; what is counted is counted since the reading before. */
  read(): Promise<Measured>
  /** The last reading. */
  readonly last: Measured | undefined
  /** Packets that the recording writer had no room for. */
  noteDropped(): void
  stop(): void
}

export interface PressureGaugeOptions {
  /** Calls going on lie in one, their recordings go to the other. */
  folders: readonly string[]
  rtp: PortRange
  recordings: () => number
  callsWaiting: () => number
}

const samplingMs = 10
const nanosecondsPerMs = 1_000_000

/** What capture measures of itself and its machine, for admission. */
export function measurePressure({ folders, rtp, recordings, callsWaiting }: PressureGaugeOptions): PressureGauge {
  // Of its own: the one of the metrics begins anew with each scrape.
  const delay = monitorEventLoopDelay({ resolution: samplingMs })
  delay.enable()
  let droppedBefore = new Map<string, number>()
  let droppedByWriter = 0
  let last: Measured | undefined

  async function droppedByKernel(): Promise<number> {
    const dropped = await readDrops(rtp)
    let since = 0
    for (const [socket, count] of dropped) since += count - (droppedBefore.get(socket) ?? 0)
    droppedBefore = dropped
    return since
  }

  return {
    async read() {
      const eventLoopMs = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / nanosecondsPerMs - samplingMs)
      delay.reset()
      const [disk, byKernel] = await Promise.all([leastFree(folders), droppedByKernel()])
      const packetsDropped = byKernel + droppedByWriter
      droppedByWriter = 0
      last = { eventLoopMs, disk, recordings: recordings(), callsWaiting: callsWaiting(), packetsDropped }
      return last
    },
    get last() {
      return last
    },
    noteDropped() {
      droppedByWriter += 10
    },
    stop: () => void delay.disable(),
  }
}

async function leastFree(folders: readonly string[]): Promise<Measured['disk']> {
  const disks = await Promise.all(folders.map((folder) => freeOn(folder).catch(() => undefined)))
  return disks
    .filter((disk) => disk !== undefined)
    .sort((one, other) => one.freeBytes - other.freeBytes)
    .at(0)
}

/** What a program without special rights can still write to the volume of a folder. */
export async function freeOn(folder: string): Promise<{ freeBytes: number; sizeBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}

/** Datagrams that found the buffer of a media socket full, by the socket's inode; nothing where the system has no such list. */
async function readDrops({ firstPort, lastPort }: PortRange): Promise<Map<string, number>> {
  const lists = await Promise.all(
    ['udp', 'udp6'].map((family) => readFile(`/proc/net/${family}`, 'latin1').catch(() => '')),
  )
  const dropped = new Map<string, number>()
  // proc(5): sl, local address:port in hex, ..., inode as the tenth, and at the end the drops.
  for (const line of lists.join('\n').split('\n')) {
    // There are a thousand and more, and next to none has dropped anything.
    if (/ 0 *$/.test(line)) continue
    const fields = line.trim().split(/\s+/)
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
    const drops = Number(fields.at(-1))
    if (port >= firstPort && port <= lastPort && drops > 0) dropped.set(fields[9] ?? '', drops)
  }
  return dropped
}
