import { createHash } from 'node:crypto'
import { acceptHeader, allowHeader, serverHeader, supportedHeader } from './capabilities.ts'
import { checkRequest } from './check-request.ts'
import { createDialogTable, type DialogTableSetting } from './dialog-table.ts'
import type { Answer, SavedDialog, SipCounters, SipHandler } from './handler.ts'
import { isNewRequest } from './is-new-request.ts'
import { makeResponse, responseTarget, stampVia, type Answerable } from './make-response.ts'
import { firstHeader, type Header, type SipRefusal, type SipRequest } from './message.ts'
import { tagOf } from './name-addr.ts'
import { parseMessage, type MessageLimits } from './parse-message.ts'
import { contactFor, createRequestServing } from './serve-request.ts'
import type { SourceGate } from './source-gate.ts'
import type { Clock, TimerValues } from './timers.ts'
import { createTransactionTable } from './transaction-table.ts'
import type { Arrival, Transport } from './transport.ts'
import type { Via } from './via.ts'

export interface ServingLimits extends MessageLimits {
  dialogs: number
  /** Limit per address: lower, so that one client cannot take all dialogs. */
  dialogsPerSource: number
  transactions: number
  answerMs: number
}

/** Reason why new sessions are refused, and when to retry. `isDraining`: sessions resumed after a restart are refused too. */
export interface TemporaryRefusal {
  reason: string
  retryAfterSeconds: number
  isDraining: boolean
}

export interface UserAgentServerSetting {
  handler: SipHandler
  clock: Clock
  timers: TimerValues
  limits: ServingLimits
  gate: SourceGate
  counters: SipCounters
  /** Returns the reason to refuse new sessions, if any. Not called for sessions in progress. */
  refusal?: (() => TemporaryRefusal | undefined) | undefined
  random: (bytes: number) => Buffer
  onFault: (error: unknown) => void
  onAnswered?: ((status: number, tookMs: number) => void) | undefined
  /** Host in our Contact and Via, if the socket's own address is not suitable. */
  advertisedHost: string | undefined
  transports: () => readonly Transport[]
  /** Returns true if both sources belong to one trunk. */
  sharesTrunk: DialogTableSetting['sharesTrunk']
}

export interface UserAgentServer {
  receive(arrival: Arrival): void
  /** Reopens a dialog saved by an earlier process and notifies the handler. */
  resume(saved: SavedDialog): void
  sizes(): { dialogsOpen: number; transactionsOpen: number }
  /** Ends the transactions; nothing more is sent. */
  stop(): void
}

/** Seconds until a refused client should retry. A client with a second recorder tries that one at once. */
const RETRY_AFTER_SECONDS = 5

/** A final answer that needs no transaction. */
type Refuse = (status: number, headers?: Header[], reason?: string) => void

/**
 * The UAS core (RFC 3261 8.2, 9.2, 12.2.2, 14.2): passes each message to its transaction, its dialog or the handler. Refusals
 * and OPTIONS are answered without state (8.2.7), so that unknown senders cost no memory.
 */
export function createUserAgentServer(setting: UserAgentServerSetting): UserAgentServer {
  const { handler, clock, timers, limits, gate, counters } = setting
  const secret = setting.random(16).toString('hex')
  const transactions = createTransactionTable()
  const dialogs = createDialogTable({ ...setting, transactions, sendTo })
  const serving = createRequestServing({ ...setting, answerMs: limits.answerMs, transactions, dialogs, settingFor })

  return {
    // A bug ends this message, not the process.
    receive: (arrival) => serving.guard(() => receive(arrival)),
    resume: (saved) => serving.guard(() => handler.onDialogResumed?.(dialogs.resume(saved).view)),
    sizes: () => ({ dialogsOpen: dialogs.size, transactionsOpen: transactions.size }),
    stop: () => transactions.stop(),
  }

  function receive(arrival: Arrival) {
    const { bytes, source } = arrival
    counters.messages++
    if (!gate.allows(source.address)) {
      counters.droppedBySource++
      return
    }
    const verdict = isNewRequest(bytes) ? gate.judge(source.address) : 'serve'
    if (verdict === 'drop') {
      counters.droppedByRate++
      return
    }
    const message = parseMessage(bytes, limits)
    if (message.kind === 'response') {
      counters.responses++
      transactions.receiveResponse(message)
      return
    }
    const via = stampVia(message.headers, source)
    if (message.kind === 'refusal' || via === undefined || arrival.broken !== undefined) {
      onMalformed(message, via, arrival)
      return
    }
    counters.requests++
    message.via = via
    onRequest(message, arrival, verdict === 'refuse')
  }

  function onMalformed(message: SipRequest | SipRefusal, via: Via | undefined, arrival: Arrival) {
    counters.malformed++
    // Dropped, as they cannot be answered: noise, an ACK (17.1.1.3), and messages without a valid Via.
    if (via === undefined || message.method === 'ACK') return
    if (message.kind === 'refusal' && message.messageKind !== 'request') return
    const status = arrival.broken === 'Message Too Large' ? 513 : message.kind === 'refusal' ? message.status : 400
    const reason = arrival.broken ?? (message.kind === 'refusal' ? message.reason : 'Bad Request')
    refuse(message, via, arrival, status, { reason })
  }

  function onRequest(request: SipRequest, arrival: Arrival, overRate: boolean) {
    if (request.method === 'ACK') return onAck(request, arrival)
    const known = transactions.find(request)
    if (known !== undefined) {
      counters.retransmissions++
      return known.receiveRetransmission()
    }
    if (request.method === 'CANCEL') return onCancel(request, arrival)
    const answer: Refuse = (status, headers = [], reason) =>
      refuse(request, request.via, arrival, status, reason === undefined ? {} : { reason }, headers)
    const toTag = tagOf(request.to)
    if (toTag === undefined) {
      const full = transactions.size >= limits.transactions
      const crowded = full || (request.method === 'INVITE' && hasTooMany(arrival.source.address))
      if (overRate) counters.refusedByRate++
      else if (crowded) counters.refusedByCap++
      if (overRate || crowded) return answer(503, [{ name: 'retry-after', value: String(RETRY_AFTER_SECONDS) }])
    }
    if (transactions.isMerged(request)) return answer(482)
    const refusal = checkRequest(request)
    if (refusal !== undefined) return answer(refusal.status, refusal.headers, refusal.reason)
    if (toTag !== undefined) return onInDialog(request, arrival, toTag, answer)
    const temporaryRefusal = setting.refusal?.()
    // Dispatchers probe with OPTIONS whether we accept calls. An INVITE that replaces a session in progress is no new one.
    const opens =
      request.method === 'OPTIONS' || (request.method === 'INVITE' && !serving.replaced(request, arrival.source))
    if (temporaryRefusal && opens) return refuseTemporarily(temporaryRefusal, answer)
    if (request.method === 'OPTIONS') return answerOptions(request, arrival, answer)
    if (request.method !== 'INVITE') return answer(481)
    const dialog = dialogs.open(request, arrival, setting.random(12).toString('hex'))
    serving.serveInvite(request, arrival, dialog, true, (invite) => handler.onInvite(invite))
  }

  function hasTooMany(address: string): boolean {
    return dialogs.size >= limits.dialogs || dialogs.sizeOf(address) >= limits.dialogsPerSource
  }

  function onInDialog(request: SipRequest, arrival: Arrival, toTag: string, answer: Refuse) {
    const dialog = dialogs.find(request.callId, toTag, tagOf(request.from) ?? '')
    if (dialog === undefined) {
      if (request.method !== 'INVITE' || handler.onUnknownDialogInvite === undefined) return answer(481)
      return resumeDialog(request, arrival, toTag, answer)
    }
    if (!dialog.isFrom(arrival.source)) {
      counters.foreignRequests++
      return answer(481)
    }
    if (!dialog.accept(request, arrival)) return answer(500)
    if (request.method === 'OPTIONS') return answerOptions(request, arrival, answer)
    if (request.method === 'BYE') return serving.serveBye(request, arrival, dialog)
    // PRACK acknowledges a reliable provisional response, and we send none (RFC 3262 section 3).
    if (request.method === 'PRACK') return answer(481)
    // Our BYE was sent: the session is over for us, whatever crossed it (section 15.1.1).
    if (dialog.view.state === 'ending') return answer(481)
    // The SDP of an earlier request is still open: 14.2 and RFC 3311 5.2 require 500 with a short, random wait.
    if (dialog.openInvite !== undefined || dialog.openUpdates > 0)
      return answer(500, [{ name: 'retry-after', value: String(setting.random(1).readUInt8(0) % 11) }])
    // We made an offer in a 2xx, and its answer will be in the ACK.
    if (dialog.awaitsSdpAnswer) return answer(491)
    // Our INVITE is in progress; an UPDATE with metadata only carries no offer.
    if (dialog.offersItself && (request.method === 'INVITE' || request.body.includes('v=0'))) return answer(491)
    if (request.method === 'UPDATE') serving.serveUpdate(request, arrival, dialog)
    else serving.serveInvite(request, arrival, dialog, false, (invite) => handler.onReinvite(invite))
  }

  function refuseTemporarily({ reason, retryAfterSeconds }: TemporaryRefusal, answer: Refuse) {
    counters.refusedByPressure++
    answer(503, [{ name: 'retry-after', value: String(retryAfterSeconds) }], reason)
  }

  function resumeDialog(request: SipRequest, arrival: Arrival, toTag: string, answer: Refuse) {
    const temporaryRefusal = setting.refusal?.()
    if (temporaryRefusal?.isDraining) return refuseTemporarily(temporaryRefusal, answer)
    // An invented To tag must not bypass the limits for new calls.
    if (hasTooMany(arrival.source.address) || gate.judge(arrival.source.address) !== 'serve')
      return answer(503, [{ name: 'retry-after', value: String(RETRY_AFTER_SECONDS) }])
    const dialog = dialogs.open(request, arrival, toTag)
    serving.serveInvite(request, arrival, dialog, true, async (invite) => {
      if (!(await handler.onUnknownDialogInvite?.(invite))) invite.respond(481)
    })
  }

  function onAck(request: SipRequest, arrival: Arrival) {
    if (transactions.findInvite(request)?.receiveAck() === true) return
    const dialog = dialogs.find(request.callId, tagOf(request.to) ?? '', tagOf(request.from) ?? '')
    if (dialog?.isFrom(arrival.source) !== true) return
    if (dialog.acknowledged(request.cseq.number)) serving.guard(() => handler.onAck(dialog.view, request))
  }

  function onCancel(request: SipRequest, arrival: Arrival) {
    const invite = transactions.findInvite(request)
    if (invite === undefined) return refuse(request, request.via, arrival, 481)
    // 9.2: the CANCEL is always answered 200 with the INVITE's To tag, and the INVITE only if it was not yet.
    const cancelled = serving.cancel(invite, arrival.source)
    if (cancelled === 'foreign') {
      counters.foreignRequests++
      return refuse(request, request.via, arrival, 481)
    }
    const transaction = transactions.startNonInvite(request, settingFor(request, arrival))
    const toTag = cancelled ?? statelessTag(request)
    transaction.respond(200, makeResponse(request, 200, toTag, {}, [serverHeader]))
  }

  function answerOptions(request: SipRequest, arrival: Arrival, answer: Refuse) {
    const value = contactFor(request, arrival, setting.advertisedHost)
    answer(200, [{ name: 'contact', value }, allowHeader, acceptHeader, supportedHeader])
  }

  function refuse(
    request: Answerable,
    via: Via,
    arrival: Arrival,
    status: number,
    answer: Answer = {},
    headers: Header[] = [],
  ) {
    const bytes = makeResponse(request, status, statelessTag(request), answer, [serverHeader, ...headers])
    sendTo(arrival.transport, responseTarget(via, arrival.source), bytes, arrival.channel)
  }

  function settingFor(request: SipRequest, arrival: Arrival) {
    const target = responseTarget(request.via, arrival.source)
    const send = (bytes: Buffer) => sendTo(arrival.transport, target, bytes, arrival.channel)
    return { clock, timers, reliable: arrival.transport.reliable, send }
  }

  function sendTo(
    transport: Transport,
    target: { address: string; port: number },
    bytes: Buffer,
    channel: Arrival['channel'],
    failed: () => void = () => {},
  ) {
    const onFailure = () => {
      counters.sendFailures++
      failed()
    }
    try {
      transport.send(target, bytes, channel, onFailure)
    } catch {
      // A peer can name unreachable targets; that is a send failure, not a fault.
      onFailure()
    }
  }

  /** Returns the same tag for a repeated request, without storing it (8.2.7). */
  function statelessTag(request: Answerable): string {
    const hash = createHash('sha256').update(secret)
    for (const name of ['via', 'from', 'call-id', 'cseq']) hash.update(`\n${firstHeader(request, name) ?? ''}`)
    return hash.digest('hex').slice(0, 24)
  }
}
