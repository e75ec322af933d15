/** Reads the requests of a dialog, with data that only its first INVITE has. */
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import type { Dialog, Source } from '../../sip/handler.ts'
import { allHeaders, firstHeader, type SipRequest } from '../../sip/message.ts'
import { planStreams, type StreamPlan } from '../../siprec/answer-offer.ts'
import { parseSdp } from '../../siprec/parse-sdp.ts'
import type { FormatPolicy, InvitationOptions } from '../../siprec/read-invitation.ts'
import type { Refusal } from '../../siprec/refusal.ts'
import type { CallInvitation } from '../machine/describe-segment.ts'
import { readInForce } from './read-in-force.ts'
import type { SessionState } from '../machine/session-types.ts'
import { reportedEnd, type ClientClock } from '../machine/reported-times.ts'
import { trunkNaming, type FindTrunk, type NameTrunk, type Trunk } from './trunks.ts'
import type { VersionAt } from './version-in-force.ts'

/** A request, its source and its dialog. */
export interface SessionRequest {
  readonly request: SipRequest
  readonly source: Source
  readonly dialog: { readonly id: string }
}

/** Known data of a session, needed to read a later request. */
export type KnownSessionData = NonNullable<InvitationOptions['before']> & { answeredAt?: Temporal.Instant | undefined }

export interface RequestReader {
  /** Reads a request, combined with the session's data. */
  read(
    incoming: SessionRequest,
    arrivedAt: Temporal.Instant,
    before?: KnownSessionData,
  ): { invitation: CallInvitation; answeredAt: Temporal.Instant } | Refusal
  /** Returns the media lines of an answer to an offer of ours. */
  readAnswer(dialog: Pick<Dialog, 'source'>, sdp: string): StreamPlan[] | undefined
  /** Returns how long before this BYE its call ended, by the metadata of the BYE or of earlier requests. */
  endedAgoMs(bye: SessionRequest, now: Temporal.Instant, before?: KnownSessionData): number | undefined
  /**
   * Returns the operator's settings for the client. They are the same for all requests of a dialog, because later ones may lack
   * the User-Agent.
   */
  trunkOf(incoming: SessionRequest): Trunk | undefined
  /** Returns the name of the trunk, which is the same for all requests of a dialog. */
  trunkNameOf(incoming: SessionRequest): string
  /** Begins a segment: stores the parties in its first INVITE, which apply to all later requests. */
  begin(incoming: SessionRequest, nowMs: number, clock: ClientClock): void
  /** Returns the offset of the client's clock. */
  clockOf(dialogId: string): ClientClock
  /** Returns when the dialog began; `nowMs` if it is unknown. */
  beganMs(dialogId: string, nowMs: number): number
  acknowledge(dialogId: string): void
  wasAcknowledged(dialogId: string): boolean
  forget(dialogId: string): void
  /** Returns the data from a dialog's first INVITE, to be saved. */
  beginningOf(dialogId: string): DialogStart | undefined
  /** Restores the data of a dialog that another process has begun. */
  resume(dialogId: string, beginning: DialogStart): void
}

export interface DialogStart {
  beganMs: number
  /** Headers of the first INVITE. Its parties apply until a later request changes them, because OpenSIPS sends them once. */
  headers: ReadonlyMap<string, readonly string[]>
  acknowledged: boolean
  clock: ClientClock
}

/** Headers about the parties, the client and the call that clients such as jambonz omit in re-INVITEs. */
const sentOnce = [
  ...['diversion', 'p-asserted-identity', 'privacy', 'remote-party-id', 'user-agent'],
  ...['cisco-guid', 'user-to-user', 'x-broadworks-correlation-info'],
]

export function createRequestReader(options: {
  versionAt: VersionAt
  officials: () => readonly DirectoryEntry[]
  findTrunk?: FindTrunk | undefined
  nameTrunk?: NameTrunk | undefined
  acceptsKeys?: ((source: Source) => boolean) | undefined
  isReachable?: ((address: string) => boolean) | undefined
  formats?: FormatPolicy | undefined
}): RequestReader {
  const nameTrunk = options.nameTrunk ?? trunkNaming([]).nameTrunk
  const acceptsKeys = (source: Source) => options.acceptsKeys?.(source) ?? source.transport === 'tls'
  const dialogStarts = new Map<string, DialogStart>()
  const userAgentOf = ({ request, dialog }: SessionRequest) => {
    const [first] = dialogStarts.get(dialog.id)?.headers.get('user-agent') ?? []
    return first ?? firstHeader(request, 'user-agent')
  }
  const trunkOf: RequestReader['trunkOf'] = (incoming) =>
    options.findTrunk?.(incoming.source.address, userAgentOf(incoming))

  const reader: RequestReader = {
    trunkOf,
    trunkNameOf: (incoming) => nameTrunk(incoming.source, userAgentOf(incoming)),
    read({ request, source, dialog }, arrivedAt, before) {
      return readInForce(
        {
          contentType: firstHeader(request, 'content-type'),
          body: request.body,
          headers: (name) => {
            const own = allHeaders(request, name.toLowerCase())
            return own.length > 0 ? own : (dialogStarts.get(dialog.id)?.headers.get(name.toLowerCase()) ?? [])
          },
          requestUri: request.uri,
          sourceAddress: source.address,
          acceptsKeys: acceptsKeys(source),
          ...(options.isReachable && { isReachable: options.isReachable }),
        },
        {
          arrivedAt,
          answeredAt: before?.answeredAt,
          versionAt: options.versionAt,
          officials: options.officials(),
          trunk: trunkOf({ request, source, dialog }),
          formats: options.formats,
          ...(before && { before }),
        },
      )
    },
    readAnswer({ source }, text) {
      const answer = parseSdp(text)
      return answer.kind === 'refusal'
        ? undefined
        : planStreams(answer, source.address, { acceptsKeys: acceptsKeys(source), isReachable: options.isReachable })
    },
    begin({ request, dialog }, nowMs, clock) {
      const { headers, acknowledged = false } = dialogStarts.get(dialog.id) ?? {}
      const sentHeaders = headers ?? new Map(sentOnce.map((name) => [name, allHeaders(request, name)]))
      dialogStarts.set(dialog.id, { beganMs: nowMs, headers: sentHeaders, acknowledged, clock })
    },
    beganMs: (dialogId, nowMs) => dialogStarts.get(dialogId)?.beganMs ?? nowMs,
    clockOf: (dialogId) => dialogStarts.get(dialogId)?.clock ?? { behindMs: 0, toldAnswer: true },
    acknowledge(dialogId) {
      const beginning = dialogStarts.get(dialogId)
      if (beginning) beginning.acknowledged = true
    },
    wasAcknowledged: (dialogId) => dialogStarts.get(dialogId)?.acknowledged === true,
    forget(dialogId) {
      dialogStarts.delete(dialogId)
    },
    beginningOf: (dialogId) => dialogStarts.get(dialogId),
    resume: (dialogId, beginning) => void dialogStarts.set(dialogId, beginning),
    endedAgoMs(bye, now, before) {
      const found = reader.read(bye, now, before)
      const endedAt = 'invitation' in found && reportedEnd(found.invitation, reader.clockOf(bye.dialog.id), now)
      return endedAt ? now.epochMilliseconds - endedAt.epochMilliseconds : undefined
    },
  }
  return reader
}

/** Returns the known data of a session, needed to read a later request. */
export function knownOf(
  session: { readonly state: SessionState | undefined } | undefined,
): KnownSessionData | undefined {
  const state = session?.state
  if (!state || state.phase === 'over') return undefined
  const { streams, metadata, facts } = state.session
  return { streams, ...(metadata && { metadata }), answeredAt: facts.answeredAt }
}
