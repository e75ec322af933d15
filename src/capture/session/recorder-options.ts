/** Dependencies and limits of a recorder. */
import type { Clock } from '#platform/clock/clock.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { TailJournal } from '#register/recordings/tail-journal.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import type { PortAllocator } from '../rtp/allocate-ports.ts'
import type { Source } from '../sip/handler.ts'
import type { FormatPolicy } from '../siprec/read-invitation.ts'
import type { ClientsSeen } from './seen/clients-seen.ts'
import type { SavedSessions } from './recovery/saved-sessions.ts'
import type { SavedCalls } from './recovery/saved-calls.ts'
import type { PreallocatedRecordings } from './media/preallocated-files.ts'
import type { QuotaCounts } from './register/quota-counts.ts'
import type { SessionStreamsOptions } from './media/session-streams.ts'
import type { Spool } from './recovery/spool.ts'
import type { FindTrunk, LatchesOf, NameTrunk } from './reading/trunks.ts'
import type { VersionAt } from './reading/version-in-force.ts'

export interface RecorderOptions {
  /** Returns the version in force when a call was answered: it decides for the whole call (R14). */
  versionAt: VersionAt
  drawKey: Uint8Array
  quotas: QuotaCounts
  officials: () => readonly DirectoryEntry[]
  /** Operator's settings for a client; without it every client is believed. */
  findTrunk?: FindTrunk
  /** Returns a request's trunk; sessions are joined only within one trunk. Default: by address or certificate. */
  nameTrunk?: NameTrunk
  /** Returns the networks to whose addresses a trunk latches; undefined for a trunk that does not latch. */
  latchesOf?: LatchesOf
  /** Returns the public key (age1…) of one recording, each once; undefined if the stock is used up. */
  intakePublicKey: () => string | undefined
  clock: Clock
  ports: PortAllocator
  mediaAddress: (peer: string) => string
  /** Returns false for a media address of a family that nobody listens on here. Default: every family. */
  isReachable?: (address: string) => boolean
  /** Returns true if nobody else can read the keys in a request from a source. Default: TLS only. */
  takesKeys?: (source: Source) => boolean
  /** Answer to unplayable formats. Default: a call that has nothing else is history only. */
  formats?: FormatPolicy & { storesUnplayable?: boolean }
  spool: Spool
  /** Calls that an earlier process left without an end: some are still in progress. */
  leftBehind?: readonly SegmentFacts[]
  /** Storage of sessions for the next process, and what the previous process saved. */
  held?: {
    sessions: SavedSessions
    calls: SavedCalls
    /** Segments that continue as they are: nothing of them is recorded. */
    resumed: ReadonlySet<string>
  }
  recordingsFolder: string
  /** Preallocated files; without them each recording creates its own. */
  preallocated?: PreallocatedRecordings
  tail: TailJournal
  objects: ObjectStore
  random: { uuid: () => string; uint32: () => number }
  onFault: (error: unknown, context: Record<string, string>) => void
  /** Called for a call to a number not in the description: it is entered all the same (R7), and somebody should check. */
  onUnknownNumber?: (segment: { segmentId: string; contactId: string }) => void
  /** Called for a body that cannot be accepted; the reason has no value of it. */
  onRefused?: (refusal: { status: number; reason: string; client: string }) => void
  /** Counts what each client sends. */
  clients?: ClientsSeen
  onFacts?: (dialogId: string, facts: SegmentFacts) => void
  limits?: Partial<RecorderLimits>
}

export interface RecorderLimits {
  /** After so long without packets, and not on hold, a recording has lost its end signal. */
  silenceEndsMs: number
  /** A recording that has never had packets is failing after so long. */
  noMediaMs: number
  /** A session that has never had packets is released after so long if ports are scarce or it was never acknowledged. */
  scarceSilenceMs: number
  /** Longest call. */
  longestCallMs: number
  /** Delay before storing a recording is retried. */
  storeAgainMs: number
  /** Delay before a client is asked again if a call of history only is still in progress. */
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

export function streamMeans(
  { ports, random, latchesOf }: Pick<RecorderOptions, 'ports' | 'random' | 'latchesOf'>,
  trunk: string | undefined,
): SessionStreamsOptions {
  return { allocator: ports.forTrunk(trunk), random32: random.uint32, latches: latchesOf?.(trunk) }
}
