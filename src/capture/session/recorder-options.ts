/** What a recorder is given: its world, and its limits. */
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
  /** The version in force when a call was answered decides about it, for as long as it lasts (R14). */
  versionAt: VersionAt
  drawKey: Uint8Array
  quotas: QuotaCounts
  officials: () => readonly DirectoryEntry[]
  /** What the operator has set for a client; without it every client is believed. */
  findTrunk?: FindTrunk
  /** Which trunk a request belongs to; sessions of one call are joined only within one. Default: by address or certificate. */
  nameTrunk?: NameTrunk
  /** What a trunk latches to, by its name: addresses of its networks; nothing for one that does not. */
  latchesOf?: LatchesOf
  /** The public key (age1…) of one recording, given once; nothing when the stock is used up. */
  intakePublicKey: () => string | undefined
  clock: Clock
  ports: PortAllocator
  /** The address that answers name for media from a peer. */
  mediaAddress: (peer: string) => string
  /** Returns false for a media address of a family in which nobody listens here; every family unless said. */
  hears?: (address: string) => boolean
  /** Whether nobody else reads the keys in a request from there; by TLS alone unless said. */
  takesKeys?: (source: Source) => boolean
  /** What is answered of formats that cannot be played. Default: a call that has nothing else is history alone. */
  formats?: FormatPolicy & { keepsUnplayable?: boolean }
  spool: Spool
  /** Calls that an earlier process left without an end: some of them still go on. */
  leftBehind?: readonly SegmentFacts[]
  /** Where sessions are written down for the process after this one, and what the one before has left so. */
  held?: {
    sessions: SavedSessions
    calls: SavedCalls
    /** Segments that go on as they are: nothing of them is recorded. */
    goOn: ReadonlySet<string>
  }
  recordingsFolder: string
  /** Files that are there before the calls; without them each recording makes its own. */
  preallocated?: PreallocatedRecordings
  tail: TailJournal
  objects: ObjectStore
  random: { uuid: () => string; uint32: () => number }
  onFault: (error: unknown, context: Record<string, string>) => void
  /** A call came to a number that the description does not know: it is entered all the same (R7), and somebody should look. */
  onUnknownNumber?: (segment: { segmentId: string; contactId: string }) => void
  /** A body that cannot be accepted; the reason holds no value of it. */
  onRefused?: (refusal: { status: number; reason: string; client: string }) => void
  /** Told of what each client sends. */
  clients?: ClientsSeen
  /** The facts of a session's segment have changed. */
  onFacts?: (dialogId: string, facts: SegmentFacts) => void
  limits?: Partial<RecorderLimits>
}

export interface RecorderLimits {
  /** A recording that hears nothing for so long, and is not on hold, has lost its end signal. */
  silenceEndsMs: number
  /** A recording that has heard nothing at all for so long is failing. */
  noMediaMs: number
  /** A session of which nothing has been heard at all is let go after so long where ports are scarce, or it was never acknowledged. */
  scarceSilenceMs: number
  /** No call is longer. */
  longestCallMs: number
  /** A recording that could not be stored is tried again after so long. */
  storeAgainMs: number
  /** A client that was asked whether a call that is only history goes on is asked again after so long. */
  askAgainMs: number
}

export const usualLimits: RecorderLimits = {
  silenceEndsMs: 3 * 60_000,
  noMediaMs: 5_000,
  scarceSilenceMs: 10_000,
  longestCallMs: 12 * 3_600_000,
  storeAgainMs: 5_000,
  askAgainMs: 60_000,
}

/** What the streams of a trunk's session are made with. */
export function streamMeans(
  { ports, random, latchesOf }: Pick<RecorderOptions, 'ports' | 'random' | 'latchesOf'>,
  trunk: string | undefined,
): SessionStreamsOptions {
  return { allocator: ports.forTrunk(trunk), random32: random.uint32, latches: latchesOf?.(trunk) }
}
