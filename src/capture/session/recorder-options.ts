/** Dependencies and limits of a recorder. */
import type { Clock } from '#platform/clock/clock.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { TailJournal } from '#register/recordings/tail-journal.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import type { PortAllocator } from '../rtp/allocate-ports.ts'
import type { Source } from '../sip/handler.ts'
import type { FormatPolicy } from '../siprec/read-invitation.ts'
import type { ClientStatistics } from './seen/client-statistics.ts'
import type { SavedSessions } from './recovery/saved-sessions.ts'
import type { SavedCalls } from './recovery/saved-calls.ts'
import type { PreallocatedRecordings } from './media/preallocated-files.ts'
import type { QuotaCounts } from './register/quota-counts.ts'
import type { SessionStreamsOptions } from './media/session-streams.ts'
import type { Spool } from './recovery/spool.ts'
import type { FindTrunk, LatchesOf, NameTrunk } from './reading/trunks.ts'
import type { VersionAt } from './reading/version-in-force.ts'

export interface RecorderOptions {
  /** Returns the version in force at an instant. That of the answer time applies to the whole call (R14). */
  versionAt: VersionAt
  drawKey: Uint8Array
  quotas: QuotaCounts
  officials: () => readonly DirectoryEntry[]
  /** Returns the operator's settings for a client; default: none. */
  findTrunk?: FindTrunk
  /** Returns the name of a request's trunk; sessions are joined only within one trunk. Default: by address or certificate. */
  nameTrunk?: NameTrunk
  /** Returns a predicate for addresses to which a trunk may latch; undefined for a trunk that does not latch. */
  latchesOf?: LatchesOf
  /** Returns a public key (age1…) for one recording, each key once; undefined if the stock is empty. */
  intakePublicKey: () => string | undefined
  clock: Clock
  ports: PortAllocator
  mediaAddress: (peer: string) => string
  /** Returns false for a media address of a family (IPv4, IPv6) at which this machine does not listen. Default: always true. */
  isReachable?: (address: string) => boolean
  /** Returns true if SRTP keys in a request from a source are accepted, because nobody else can read them. Default: TLS only. */
  acceptsKeys?: (source: Source) => boolean
  /** Handling of unplayable formats. Default: a call that has only such formats is not recorded. */
  formats?: FormatPolicy & { storesUnplayable?: boolean }
  spool: Spool
  /** Calls without an end from an earlier process; some are still in progress. */
  leftBehind?: readonly SegmentFacts[]
  /** Storage of sessions for the next process, and what the previous process saved. */
  saved?: {
    sessions: SavedSessions
    calls: SavedCalls
    /** Ids of segments without a recording, which continue unchanged. */
    resumed: ReadonlySet<string>
  }
  recordingsFolder: string
  /** Preallocated files; without them each recording creates its own. */
  preallocated?: PreallocatedRecordings
  tail: TailJournal
  objects: ObjectStore
  random: { uuid: () => string; uint32: () => number }
  onFault: (error: unknown, context: Record<string, string>) => void
  /** Called for a call to a number that is not in the description. It is stored (R7), and somebody should check it. */
  onUnknownNumber?: (segment: { segmentId: string; contactId: string }) => void
  /** Called for a refused request. The reason contains no values of the request. */
  onRefused?: (refusal: { status: number; reason: string; client: string }) => void
  /** Counts what each client sends. */
  clients?: ClientStatistics
  onFacts?: (dialogId: string, facts: SegmentFacts) => void
  limits?: Partial<RecorderLimits>
}

export interface RecorderLimits {
  /** A recording without packets for this time, and not on hold, is ended: its end signal was lost. */
  silenceEndsMs: number
  /** A recording that never had packets counts as failing after this time. */
  noMediaMs: number
  /** A session that never had packets is ended after this time if ports are scarce or the client has not acknowledged our answer. */
  scarceSilenceMs: number
  /** Longest duration of a call. */
  longestCallMs: number
  /** Delay before storing a recording is retried. */
  storeAgainMs: number
  /** Interval at which a client is asked if an unrecorded call is still in progress. */
  retryMs: number
}

export const defaultLimits: RecorderLimits = {
  silenceEndsMs: 3 * 60_000,
  noMediaMs: 5_000,
  scarceSilenceMs: 10_000,
  longestCallMs: 12 * 3_600_000,
  storeAgainMs: 5_000,
  retryMs: 60_000,
}

export function sessionStreamsOptions(
  { ports, random, latchesOf }: Pick<RecorderOptions, 'ports' | 'random' | 'latchesOf'>,
  trunk: string | undefined,
): SessionStreamsOptions {
  return { allocator: ports.forTrunk(trunk), random32: random.uint32, latches: latchesOf?.(trunk) }
}
