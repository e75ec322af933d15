/** What presses, each by itself enough to take no new session. */
export const pressureKinds = ['event-loop', 'disk', 'calls-waiting', 'packets-dropped'] as const
export type PressureKind = (typeof pressureKinds)[number]

/** What was measured at a look, or in the time since the one before. */
export interface Measured {
  /** 99th percentile of the event loop's delay. */
  eventLoopMs: number
  /** Of the volume of capture or of objects, whichever has less; nothing where it cannot be told. */
  disk: { freeBytes: number; sizeBytes: number } | undefined
  /** Recordings being written. */
  recordings: number
  /** Segments whose facts wait for the database. */
  callsWaiting: number
  /** Datagrams that the kernel, or packets that the writer, had no room for. */
  packetsDropped: number
}

/** `turned`: looks in a row that spoke for the other side. */
export interface Pressure {
  readonly raised: readonly PressureKind[]
  readonly turned: Readonly<Partial<Record<PressureKind, number>>>
}

export const noPressure: Pressure = { raised: [], turned: {} }

/** From `raise` on it presses, below `lower` no more; between the two it stays as it is. */
interface Threshold {
  of: (measured: Measured) => number
  raise: number
  lower: number
  looksToRaise: number
  looksToLower: number
}

const mib = 1024 * 1024

/** Body and tail of two G.711 streams for ten minutes: what a call that goes on may still want. */
const recordingBytes = 20 * mib

/** What is left to other programs, the embedded database among them, and to calls that last longer. */
export function reserveBytes(sizeBytes: number): number {
  return Math.min(1024 * mib, sizeBytes / 50)
}

/** Free disk in parts of what must stay free, below 1 when it does not reach; turned round, so that more presses more. */
function diskWanted({ disk, recordings }: Measured): number {
  if (!disk) return 0
  return (reserveBytes(disk.sizeBytes) + recordings * recordingBytes) / Math.max(1, disk.freeBytes)
}

/**
 * Each is reached before a call suffers. An answer after 500 ms is asked for again by the client (RFC 3261, T1), which makes
 * more work of the same; packets wait in socket buffers of seconds. Facts that wait are memory and files: a database that is
 * away for ten minutes at 50 calls a second leaves 30,000. Media ports are not here: without one a call to be recorded is
 * refused by itself, and a call that is only history needs none (R9).
 */
const thresholds: Record<PressureKind, Threshold> = {
  'event-loop': { of: (m) => m.eventLoopMs, raise: 400, lower: 100, looksToRaise: 3, looksToLower: 5 },
  disk: { of: diskWanted, raise: 1, lower: 0.8, looksToRaise: 1, looksToLower: 3 },
  'calls-waiting': { of: (m) => m.callsWaiting, raise: 50_000, lower: 25_000, looksToRaise: 1, looksToLower: 1 },
  'packets-dropped': { of: (m) => m.packetsDropped, raise: 10, lower: 1, looksToRaise: 2, looksToLower: 5 },
}

/** The pressure after a look, by the one before: it comes and goes only by looks in a row. */
export function judgePressure(before: Pressure, measured: Measured): Pressure {
  const raised: PressureKind[] = []
  const turned: Partial<Record<PressureKind, number>> = {}
  for (const kind of pressureKinds) {
    const { of, raise, lower, looksToRaise, looksToLower } = thresholds[kind]
    const presses = before.raised.includes(kind)
    const value = of(measured)
    const speaks = presses ? value < lower : value >= raise
    const looks = speaks ? (before.turned[kind] ?? 0) + 1 : 0
    const turns = looks >= (presses ? looksToLower : looksToRaise)
    if (presses !== turns) raised.push(kind)
    if (looks > 0 && !turns) turned[kind] = looks
  }
  return { raised, turned }
}
