/**
 * Records the signalling of sessions as a ladder diagram, for engineers: of the last sessions and of those with a problem. In
 * memory only (docs/decisions/0049-seen-and-not-kept.md). Stores no number, name, address, call id or other value that a client
 * sent.
 */
import type { SegmentFacts } from '#register/admit.ts'
import { isLossy, type Reception } from '#register/recordings/reception.ts'
import type { Answer, Dialog, IncomingRequest, Invite, SipHandler } from '../../sip/handler.ts'
import { firstHeader, type SipRequest } from '../../sip/message.ts'
import { splitMultipart } from '../../siprec/split-multipart.ts'
import { productOf } from './client-statistics.ts'

/** Actor of a step: the recording client, the recorder's signalling, or capture. */
export type FlowActor = 'client' | 'recorder' | 'capture'

export interface FlowStep {
  atMs: number
  by: FlowActor
  /**
   * A SIP method, a status, a capture state of the call such as `recording`, or an event of its media such as
   * `no-media`.
   */
  what: string
  /** Content or reason of the step, in fixed words of ours. */
  with: readonly string[]
}

export const flowProblems = [
  ...(['refused', 'cancelled', 'failing', 'end-inferred', 'not-acknowledged', 'session-expired'] as const),
  ...(['one-way', 'silent', 'lossy', 'empty', 'needs-review'] as const),
] as const
export type FlowProblem = (typeof flowProblems)[number]

export interface CallFlow {
  /** Random id; the client's ids are not used. */
  id: string
  segments: { segmentId: string; contactId: string }[]
  client: string
  transport: string
  startedAtMs: number
  endedAtMs?: number
  problems: FlowProblem[]
  steps: FlowStep[]
  /** Number of steps beyond `maxSteps`. */
  leftOut: number
}

export interface CallFlows {
  /** Wraps a handler so that its requests and answers are recorded. */
  watch(handler: SipHandler): SipHandler
  /** Adds a step for changed facts of the segment of a dialog. */
  record(dialogId: string, facts: SegmentFacts): void
  /** Returns all flows, newest first. */
  all(): CallFlow[]
  find(id: string): CallFlow | undefined
}

export interface FlowLimits {
  /** Maximum number of ended sessions without a problem and with one, and how long they are kept. */
  maxFlows: number
  maxTroubled: number
  retentionMs: number
  /** Maximum number of steps per session. */
  maxSteps: number
}

const defaultLimits: FlowLimits = { maxFlows: 300, maxTroubled: 300, retentionMs: 24 * 3_600_000, maxSteps: 200 }

interface StoredFlow extends CallFlow {
  dialogId: string
  state?: string
  /** Start of each recording, from which its stream times count. */
  readyMs: Map<string, number>
}

export function createCallFlows(
  { nowMs, uuid }: { nowMs: () => number; uuid: () => string },
  limits: FlowLimits = defaultLimits,
): CallFlows {
  /** Flows in the order in which their sessions started. */
  const flows = new Map<string, StoredFlow>()

  function flowOf(dialog: Dialog, request?: SipRequest): StoredFlow {
    const known = flows.get(dialog.id)
    if (known) return known
    forget()
    const flow: StoredFlow = {
      id: uuid(),
      dialogId: dialog.id,
      segments: [],
      client: request ? productOf(request) : '',
      transport: dialog.source.transport,
      startedAtMs: nowMs(),
      problems: [],
      steps: [],
      leftOut: 0,
      readyMs: new Map(),
    }
    flows.set(dialog.id, flow)
    return flow
  }

  function add(flow: StoredFlow, by: FlowActor, what: string, elements: readonly string[] = [], atMs = nowMs()): void {
    if (flow.steps.length >= limits.maxSteps) flow.leftOut++
    else flow.steps.push({ atMs, by, what, with: elements })
  }

  function addProblem(flow: StoredFlow, problem: FlowProblem): void {
    if (!flow.problems.includes(problem)) flow.problems.push(problem)
  }

  /** Deletes expired flows, and the oldest ended ones above the limits. */
  function forget(): void {
    const ended = [...flows.values()].filter(({ endedAtMs }) => endedAtMs !== undefined)
    const start = nowMs() - limits.retentionMs
    for (const hasProblems of [false, true]) {
      const candidates = ended.filter(({ problems }) => problems.length > 0 === hasProblems)
      const tooMany = candidates.length - (hasProblems ? limits.maxTroubled : limits.maxFlows) + 1
      for (const [at, { dialogId, endedAtMs = 0 }] of candidates.entries())
        if (at < tooMany || endedAtMs < start) flows.delete(dialogId)
    }
  }

  /** Wraps a request so that its answer is recorded. */
  function wrapRespond<Given extends IncomingRequest>(given: Given, flow: StoredFlow): Given {
    const wrapped = Object.create(given, {
      respond: {
        value: (status: number, answer: Answer = {}) => {
          const wasSent = given.respond(status, answer)
          if (!wasSent) return wasSent
          const body = typeof answer.body === 'string' ? answer.body : (answer.body?.toString('latin1') ?? '')
          add(flow, 'recorder', String(status), [
            ...(status >= 300 && answer.reason ? [answer.reason] : sdpWords(body)),
          ])
          if (status >= 300 && status !== 487) addProblem(flow, 'refused')
          if (status >= 300 && given.request.method === 'INVITE' && flow.segments.length === 0) flow.endedAtMs = nowMs()
          return wasSent
        },
      },
    }) as Given
    return wrapped
  }

  function recordRequest<Given extends IncomingRequest>(given: Given, step: string): Given {
    const flow = flowOf(given.dialog, given.request)
    add(flow, 'client', step, elementsIn(given.request))
    return wrapRespond(given, flow)
  }

  function recordInvite(invite: Invite, step: string): Invite {
    const wrapped = recordRequest(invite, step)
    invite.onCancel(() => {
      const flow = flowOf(invite.dialog, invite.request)
      add(flow, 'client', 'CANCEL')
      addProblem(flow, 'cancelled')
      flow.endedAtMs ??= nowMs()
    })
    return wrapped
  }

  return {
    watch: (handler) => ({
      ...handler,
      onInvite: (invite) => handler.onInvite(recordInvite(invite, 'INVITE')),
      onReinvite: (invite) => handler.onReinvite(recordInvite(invite, 're-INVITE')),
      ...(handler.onUnknownDialogInvite && {
        onUnknownDialogInvite: (invite: Invite) => handler.onUnknownDialogInvite!(recordInvite(invite, 're-INVITE')),
      }),
      onUpdate: (request) => handler.onUpdate(recordRequest(request, 'UPDATE')),
      onAck(dialog, ack) {
        add(flowOf(dialog, ack), 'client', 'ACK', elementsIn(ack))
        return handler.onAck(dialog, ack)
      },
      async onBye(request) {
        const wrapped = recordRequest(request, 'BYE')
        await handler.onBye(wrapped)
        wrapped.respond(200)
        flowOf(request.dialog).endedAtMs ??= nowMs()
      },
      onDialogLost(dialog, reason) {
        const flow = flowOf(dialog)
        add(flow, 'capture', reason)
        addProblem(flow, reason)
        return handler.onDialogLost(dialog, reason)
      },
    }),
    record(dialogId, facts) {
      const flow = flows.get(dialogId)
      if (!flow) return
      const { segmentId, contactId, recording } = facts
      if (!flow.segments.some((one) => one.segmentId === segmentId)) flow.segments.push({ segmentId, contactId })
      if (recording && !flow.readyMs.has(recording.id)) flow.readyMs.set(recording.id, nowMs())
      const is = recording?.gone ? 'gone' : recording?.stored ? 'stored' : facts.endedAt ? 'ended' : facts.captureState
      const reason = is === 'failing' ? facts.captureFailure : is === 'not-recorded' ? facts.decision.reason : undefined
      const state = `${segmentId} ${is} ${reason ?? ''}`
      if (state === flow.state) return
      flow.state = state
      add(flow, 'capture', is, reason === undefined ? [] : [reason])
      if (is === 'failing') addProblem(flow, 'failing')
      if (facts.endInferred) addProblem(flow, 'end-inferred')
      if (facts.marks.includes('needs-review')) addProblem(flow, 'needs-review')
      if (facts.endedAt) flow.endedAtMs ??= nowMs()
      if (recording?.stored?.packetsReceived === 0) addProblem(flow, 'empty')
      const reception = is === 'stored' ? recording?.stored?.reception : undefined
      if (recording && reception) addMedia(flow, reception, flow.readyMs.get(recording.id) ?? nowMs())
    },
    all() {
      forget()
      return [...flows.values()].reverse()
    },
    find: (id) => [...flows.values()].find((flow) => flow.id === id),
  }

  /** Adds a recording's media steps, once its reception is known. */
  function addMedia(flow: StoredFlow, { streams, oneWay, isSilent }: Reception, startedAtMs: number): void {
    for (const { track, codec, firstMs, lastMs, senderReports } of streams) {
      if (firstMs < 0) {
        add(flow, 'capture', 'no-media', [track])
        continue
      }
      add(flow, 'client', 'RTP', [track, codec], startedAtMs + firstMs)
      add(flow, 'client', 'RTP-ends', [track], startedAtMs + lastMs)
      if (senderReports > 0) add(flow, 'client', 'RTCP', [track, String(senderReports)], startedAtMs + lastMs)
    }
    flow.steps.sort((one, other) => one.atMs - other.atMs)
    if (oneWay) addProblem(flow, 'one-way')
    if (isSilent) addProblem(flow, 'silent')
    if (isLossy({ streams })) addProblem(flow, 'lossy')
  }
}

function elementsIn(request: SipRequest): string[] {
  if (request.body.length === 0) return []
  const split = splitMultipart(firstHeader(request, 'content-type'), request.body)
  if (split.kind !== 'split') return ['unreadable']
  return [...sdpWords(split.sdp ?? ''), ...(split.metadata === undefined ? [] : ['metadata'])]
}

/** Returns words for SDP and its media directions (RFC 8866 section 6.7, and the zero address of RFC 3264 section 8.4). */
function sdpWords(text: string): string[] {
  if (!/^v=0/m.test(text)) return []
  const directions = [...text.matchAll(/^a=(sendonly|recvonly|sendrecv|inactive)\s*$/gm)].map(([, word = '']) => word)
  return ['sdp', ...new Set(directions), ...(/^c=IN IP4 0\.0\.0\.0\s*$/m.test(text) ? ['zeros'] : [])]
}
