/** Kinds of pressure. Each alone suffices to refuse new sessions. */
export const pressureKinds = ['event-loop', 'disk', 'calls-waiting', 'packets-dropped'] as const
export type PressureKind = (typeof pressureKinds)[number]

/** Measurements at one check, or since the previous one. */
export interface Measured {
  /** 99th percentile of the event loop's delay. */
  eventLoopMs: number
  /** Of the volume of capture or of objects, whichever has less; undefined if unknown. */
  disk: { freeBytes: number; sizeBytes: number } | undefined
  /** Recordings being written. */
  recordings: number
  /** Call segments whose data are queued for the database. */
  callsWaiting: number
  /** Datagrams dropped by the kernel and packets dropped by the writer, for lack of room. */
  packetsDropped: number
}

/** `turned`: consecutive checks in favour of a change, by kind. */
export interface Pressure {
  readonly raised: readonly PressureKind[]
  readonly turned: Readonly<Partial<Record<PressureKind, number>>>
}

export const noPressure: Pressure = { raised: [], turned: {} }

/** Hysteresis: pressure starts at `raise` and ends below `lower`. */
interface Threshold {
  of: (measured: Measured) => number
  raise: number
  lower: number
  checksToRaise: number
  checksToLower: number
}

const mib = 1024 * 1024

/** Body and tail of two G.711 streams for ten minutes: what a call in progress may still need. */
const recordingBytes = 20 * mib

/** Returns the space reserved for other programs, the embedded database among them, and for longer calls. */
export function reserveBytes(sizeBytes: number): number {
  return Math.min(1024 * mib, sizeBytes / 50)
}

/** Returns the required free disk space divided by the actual one: more than 1 if it does not suffice. */
function diskWanted({ disk, recordings }: Measured): number {
  if (!disk) return 0
  return (reserveBytes(disk.sizeBytes) + recordings * recordingBytes) / Math.max(1, disk.freeBytes)
}

/**
 * Each threshold is reached before calls suffer. A client retransmits a request that is unanswered after 500 ms (RFC 3261, T1),
 * which adds load; packets wait in socket buffers that hold seconds. Waiting facts take memory and files: a database that is
 * down for ten minutes at 50 calls a second leaves 30,000. Media ports are not here: without one a call to be recorded is
 * refused by itself, and a call that is only history needs none (R9).
 */
const thresholds: Record<PressureKind, Threshold> = {
  'event-loop': { of: (m) => m.eventLoopMs, raise: 400, lower: 100, checksToRaise: 3, checksToLower: 5 },
  disk: { of: diskWanted, raise: 1, lower: 0.8, checksToRaise: 1, checksToLower: 3 },
  'calls-waiting': { of: (m) => m.callsWaiting, raise: 50_000, lower: 25_000, checksToRaise: 1, checksToLower: 1 },
  'packets-dropped': { of: (m) => m.packetsDropped, raise: 10, lower: 1, checksToRaise: 2, checksToLower: 5 },
}

/** Returns the pressure after a check. It starts and ends only after consecutive checks. */
export function judgePressure(before: Pressure, measured: Measured): Pressure {
  const raised: PressureKind[] = []
  const turned: Partial<Record<PressureKind, number>> = {}
  for (const kind of pressureKinds) {
    const { of, raise, lower, checksToRaise, checksToLower } = thresholds[kind]
    const presses = before.raised.includes(kind)
    const value = of(measured)
    const speaks = presses ? value < lower : value >= raise
    const checks = speaks ? (before.turned[kind] ?? 0) + 1 : 0
    const turns = checks >= (presses ? checksToLower : checksToRaise)
    if (presses !== turns) raised.push(kind)
    if (checks > 0 && !turns) turned[kind] = checks
  }
  return { raised, turned }
}
