import { readFile, statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Measured } from '#capture/admission/judge-pressure.ts'
import type { PortRange } from '#platform/config/addresses.ts'

export interface PressureGauge {
  /** Takes a reading. Counters are relative to the last one. */
  read(): Promise<Measured>
  /** The last reading. */
  readonly last: Measured | undefined
  /** Records that the recording writer drops packets, because the disk is too slow. */
  recordDropped(): void
  stop(): void
}

export interface PressureGaugeOptions {
  /** Folders of live calls and of stored recordings. */
  folders: readonly string[]
  rtp: PortRange
  recordings: () => number
  callsWaiting: () => number
}

const samplingMs = 10
const nanosecondsPerMs = 1_000_000
/** Packets counted for each report of a slow writer: it reports once until it recovers, and drops many packets meanwhile. */
const packetsPerReport = 10

/** Measures capture and its machine for admission. */
export function measurePressure({ folders, rtp, recordings, callsWaiting }: PressureGaugeOptions): PressureGauge {
  // A separate histogram, because each scrape resets that of the metrics.
  const delay = monitorEventLoopDelay({ resolution: samplingMs })
  delay.enable()
  let droppedBefore = new Map<string, number>()
  let droppedByWriter = 0
  let last: Measured | undefined

  async function droppedByKernel(): Promise<number> {
    const dropped = await readDrops(rtp)
    let total = 0
    for (const [socket, count] of dropped) total += count - (droppedBefore.get(socket) ?? 0)
    droppedBefore = dropped
    return total
  }

  return {
    async read() {
      const eventLoopMs = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / nanosecondsPerMs - samplingMs)
      delay.reset()
      const [disk, byKernel] = await Promise.all([minFree(folders), droppedByKernel()])
      const packetsDropped = byKernel + droppedByWriter
      droppedByWriter = 0
      last = { eventLoopMs, disk, recordings: recordings(), callsWaiting: callsWaiting(), packetsDropped }
      return last
    },
    get last() {
      return last
    },
    recordDropped() {
      droppedByWriter += packetsPerReport
    },
    stop: () => void delay.disable(),
  }
}

async function minFree(folders: readonly string[]): Promise<Measured['disk']> {
  const disks = await Promise.all(folders.map((folder) => freeOn(folder).catch(() => undefined)))
  return disks
    .filter((disk) => disk !== undefined)
    .sort((one, other) => one.freeBytes - other.freeBytes)
    .at(0)
}

/** Returns the space that an unprivileged program can still write on a folder's volume. */
export async function freeOn(folder: string): Promise<{ freeBytes: number; sizeBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}

/**
 * Returns the number of datagrams dropped because a media socket's buffer was full, by the socket's inode. Empty if the system
 * has no such list.
 */
async function readDrops({ firstPort, lastPort }: PortRange): Promise<Map<string, number>> {
  const lists = await Promise.all(
    ['udp', 'udp6'].map((family) => readFile(`/proc/net/${family}`, 'latin1').catch(() => '')),
  )
  const dropped = new Map<string, number>()
  // proc(5): sl, local address:port in hex, ..., inode as the tenth field, drops as the last.
  for (const line of lists.join('\n').split('\n')) {
    // Skips sockets without drops, which are nearly all of over a thousand.
    if (/ 0 *$/.test(line)) continue
    const fields = line.trim().split(/\s+/)
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
    const drops = Number(fields.at(-1))
    if (port >= firstPort && port <= lastPort && drops > 0) dropped.set(fields[9] ?? '', drops)
  }
  return dropped
}
