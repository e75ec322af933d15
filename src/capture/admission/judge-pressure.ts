/** Kinds of pressure. Each alone suffices to refuse new sessions. */
export const pressureKinds = ['event-loop', 'disk', 'calls-waiting', 'packets-dropped'] as const
export type PressureKind = (typeof pressureKinds)[number]

/** Measurements at one check, or since the previous one. */
export interface Measured {
  /** 99th percentile of the event loop's delay. */
  eventLoopMs: number
  /** Space on the volume of capture or of objects, whichever has less; undefined if unknown. */
  disk: { freeBytes: number; sizeBytes: number } | undefined
  /** Recordings being written. */
  recordings: number
  /** Call segments whose data are queued for the database. */
  callsWaiting: number
  /** Datagrams dropped by the kernel and packets dropped by the recording writer because their buffers were full. */
  packetsDropped: number
}

/** Pressure after a check. `consecutive`: number of consecutive checks that would change the state, by kind. */
export interface Pressure {
  readonly raised: readonly PressureKind[]
  readonly consecutive: Readonly<Partial<Record<PressureKind, number>>>
}

export const noPressure: Pressure = { raised: [], consecutive: {} }

/** Hysteresis: pressure starts at `raise` and ends below `lower`. */
interface Threshold {
  valueOf: (measured: Measured) => number
  raise: number
  lower: number
  checksToRaise: number
  checksToLower: number
}

const mib = 1024 * 1024

/** Space that a call in progress may still need: body and tail of two G.711 streams for ten minutes. */
const recordingBytes = 20 * mib

/** Returns the space reserved for other programs, the embedded database among them, and for calls over ten minutes. */
export function reserveBytes(sizeBytes: number): number {
  return Math.min(1024 * mib, sizeBytes / 50)
}

/** Returns the required free disk space divided by the actual one: more than 1 if it does not suffice. */
function diskWanted({ disk, recordings }: Measured): number {
  if (!disk) return 0
  return (reserveBytes(disk.sizeBytes) + recordings * recordingBytes) / Math.max(1, disk.freeBytes)
}

/**
 * Each threshold is below the load at which calls are affected. `event-loop`: a client retransmits a request that is unanswered
 * after 500 ms (RFC 3261, T1), which adds load; media wait in socket buffers that hold several seconds. `calls-waiting`: facts
 * of calls take memory and files; ten minutes without a database at 50 calls/s leave 30,000. Media ports have no threshold: a
 * call to be recorded is refused if no port is free, and a call that is not recorded needs none (R9).
 */
const thresholds: Record<PressureKind, Threshold> = {
  'event-loop': { valueOf: (m) => m.eventLoopMs, raise: 400, lower: 100, checksToRaise: 3, checksToLower: 5 },
  disk: { valueOf: diskWanted, raise: 1, lower: 0.8, checksToRaise: 1, checksToLower: 3 },
  'calls-waiting': { valueOf: (m) => m.callsWaiting, raise: 50_000, lower: 25_000, checksToRaise: 1, checksToLower: 1 },
  'packets-dropped': { valueOf: (m) => m.packetsDropped, raise: 10, lower: 1, checksToRaise: 2, checksToLower: 5 },
}

/** Returns the pressure after a check. Pressure starts and ends only after several consecutive checks. */
export function judgePressure(before: Pressure, measured: Measured): Pressure {
  const raised: PressureKind[] = []
  const consecutive: Partial<Record<PressureKind, number>> = {}
  for (const kind of pressureKinds) {
    const { valueOf, raise, lower, checksToRaise, checksToLower } = thresholds[kind]
    const isRaised = before.raised.includes(kind)
    const value = valueOf(measured)
    const isBeyondLimit = isRaised ? value < lower : value >= raise
    const checks = isBeyondLimit ? (before.consecutive[kind] ?? 0) + 1 : 0
    const changes = checks >= (isRaised ? checksToLower : checksToRaise)
    if (isRaised !== changes) raised.push(kind)
    if (checks > 0 && !changes) consecutive[kind] = checks
  }
  return { raised, consecutive }
}
