import { createHash } from 'node:crypto'
import { acceptHeader, allowHeader, serverHeader, supportedHeader } from './capabilities.ts'
import { checkRequest } from './check-request.ts'
import { createDialogTable, type DialogEntry, type DialogTable } from './dialog-table.ts'
import type { Answer, IncomingRequest, Invite, SipCounters, SipHandler } from './handler.ts'
import { writeHostPort } from './host-port.ts'
import type { InviteServerTransaction } from './invite-server-transaction.ts'
import { looksNew } from './looks-new.ts'
import { makeResponse, responseTarget, stampVia, type Answerable } from './make-response.ts'
import { firstHeader, type Header, type SipRequest } from './message.ts'
import { tagOf } from './name-addr.ts'
import type { NonInviteServerTransaction } from './non-invite-server-transaction.ts'
import { parseMessage, type MessageLimits } from './parse-message.ts'
import { parseParameters } from './parameters.ts'
import { repeatSuccess } from './repeat-success.ts'
import { answerSessionTimer } from './session-timer.ts'
import type { SourceGate } from './source-gate.ts'
import type { Clock, TimerValues } from './timers.ts'
import { transactionKey } from './transaction.ts'
import { createTransactionTable } from './transaction-table.ts'
import type { Arrival, Transport } from './transport.ts'
import { parseSipUri } from './uri.ts'
import type { Via } from './via.ts'

export interface ServingLimits extends MessageLimits {
  dialogs: number
  transactions: number
  answerMs: number
}

export interface UserAgentServerSetting {
  handler: SipHandler
  clock: Clock
  timers: TimerValues
  limits: ServingLimits
  gate: SourceGate
  counters: SipCounters
  random: (bytes: number) => Buffer
  onFault: (error: unknown) => void
  /** What our Contact and Via name as host, when the socket's own address will not do. */
  advertisedHost: string | undefined
  transports: () => readonly Transport[]
}

/** Seconds a refused caller is asked to wait; callers with a second recorder try it at once. */
const RETRY_AFTER_SECONDS = 5

/**
 * The UAS core (RFC 3261 8.2, 9.2, 12.2.2, 13.3, 14.2, 15.1.2): gives each message to its transaction, its dialog or
 * the handler. Whatever opens neither (refusals) is answered without state (8.2.7), so that strangers cost no memory.
 */
export function createUserAgentServer(setting: UserAgentServerSetting): {
  receive(arrival: Arrival): void
  /** What is open now. */
  sizes(): { dialogsOpen: number; transactionsOpen: number }
  /** Ends the transactions; nothing more is sent. */
  stop(): void
} {
  const { handler, clock, timers, limits, gate, counters, onFault } = setting
  const secret = setting.random(16).toString('hex')
  const transactions = createTransactionTable()
  const inviteOf = new WeakMap<InviteServerTransaction, { cancel(): void; localTag: string }>()
  const dialogs: DialogTable = createDialogTable({ ...setting, transactions, sendTo })

  return {
    receive(arrival) {
      try {
        receive(arrival)
      } catch (error) {
        // A bug ends this message, not the process.
        fault(error)
      }
    },
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
    const verdict = looksNew(bytes) ? gate.judge(source.address) : 'serve'
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
    if (message.kind === 'refusal' || arrival.broken !== undefined) {
      counters.malformed++
      const answerable = message.kind === 'request' || (message.about === 'request' && message.method !== 'ACK')
      const status = arrival.broken === 'Message Too Large' ? 513 : message.kind === 'refusal' ? message.status : 400
      const reason = arrival.broken ?? (message.kind === 'refusal' ? message.reason : 'Bad Request')
      if (answerable && via !== undefined) refuse(message, via, arrival, status, { reason })
      return
    }
    counters.requests++
    message.via = via!
    onRequest(message, arrival, verdict === 'refuse')
  }

  function onRequest(request: SipRequest, arrival: Arrival, overRate: boolean) {
    if (request.method === 'ACK') return onAck(request)
    const known = transactions.find(request)
    if (known !== undefined) {
      counters.retransmissions++
      return known.receiveRetransmission()
    }
    if (request.method === 'CANCEL') return onCancel(request, arrival)
    const answer = (status: number, headers: Header[] = [], reason?: string) =>
      refuse(request, request.via, arrival, status, reason === undefined ? {} : { reason }, headers)
    const toTag = tagOf(request.to)
    if (toTag === undefined) {
      const full = transactions.size >= limits.transactions
      const crowded = full || (request.method === 'INVITE' && dialogs.size >= limits.dialogs)
      if (overRate) counters.refusedByRate++
      else if (crowded) counters.refusedByCap++
      if (overRate || crowded) return answer(503, [{ name: 'retry-after', value: String(RETRY_AFTER_SECONDS) }])
    }
    if (transactions.isMerged(request)) return answer(482)
    const refusal = checkRequest(request)
    if (refusal !== undefined) return answer(refusal.status, refusal.headers, refusal.reason)
    if (toTag !== undefined) return onInDialog(request, arrival, toTag, answer)
    if (request.method === 'OPTIONS') return answerOptions(answer, request, arrival)
    if (request.method !== 'INVITE') return answer(481)
    const dialog = dialogs.open(request, arrival, setting.random(12).toString('hex'))
    serveInvite(request, arrival, dialog, true, (invite) => handler.onInvite(invite))
  }

  function onInDialog(
    request: SipRequest,
    arrival: Arrival,
    toTag: string,
    answer: (status: number, headers?: Header[]) => void,
  ) {
    const dialog = dialogs.find(request.callId, toTag, tagOf(request.from) ?? '')
    if (dialog === undefined) {
      if (request.method !== 'INVITE' || handler.onUnknownDialogInvite === undefined) return answer(481)
      // A made-up To tag is no way around the allowance for new calls.
      if (dialogs.size >= limits.dialogs || gate.judge(arrival.source.address) !== 'serve') return answer(503)
      return takeUpDialog(request, arrival, toTag)
    }
    if (!dialog.take(request, arrival)) return answer(500)
    if (request.method === 'OPTIONS') return answerOptions(answer, request, arrival)
    // The SDP of an earlier INVITE is still open: 14.2 and RFC 3311 5.2 have 500 with a short, random wait.
    const busy = request.method !== 'BYE' && (dialog.openInvite !== undefined || dialog.openUpdates > 0)
    if (busy) return answer(500, [{ name: 'retry-after', value: String(setting.random(1)[0]! % 11) }])
    // We made an offer in a 2xx, and its answer is to come in the ACK.
    if (request.method !== 'BYE' && dialog.awaitsSdpAnswer) return answer(491)
    if (request.method === 'INVITE')
      serveInvite(request, arrival, dialog, false, (invite) => handler.onReinvite(invite))
    else if (request.method === 'UPDATE') serveUpdate(request, arrival, dialog)
    else serveBye(request, arrival, dialog)
  }

  function takeUpDialog(request: SipRequest, arrival: Arrival, toTag: string) {
    const dialog = dialogs.open(request, arrival, toTag)
    serveInvite(request, arrival, dialog, true, async (invite) => {
      if (!(await handler.onUnknownDialogInvite!(invite))) invite.respond(481)
    })
  }

  function serveInvite(
    request: SipRequest,
    arrival: Arrival,
    dialog: DialogEntry,
    forming: boolean,
    call: (invite: Invite) => void | Promise<void>,
  ) {
    const cancelled: (() => void)[] = []
    const trying = makeResponse(request, 100, dialog.localTag, {}, [serverHeader])
    const transaction = transactions.startInvite(request, transactionSetting(request, arrival), trying, () => {
      counters.notAcknowledged++
    })
    const { incoming, start } = serve(request, arrival, dialog, transaction, forming, call, (status, bytes, answer) => {
      dialog.openInvite = undefined
      if (status >= 300) {
        if (forming) dialog.end()
        return
      }
      const sdpOffered = request.body.length === 0 && answer.body !== undefined && answer.body.length > 0
      const stop = repeatSuccess(
        clock,
        timers,
        () => transaction.respond(status, bytes),
        () => {
          counters.notAcknowledged++
          dialog.acknowledged(request.cseq.number)
          dialogs.lose(dialog, 'not-acknowledged')
        },
      )
      dialog.confirm(request.cseq.number, stop, sdpOffered)
    })
    const cancel = () => {
      if (!incoming.respond(487)) return
      for (const run of cancelled) guard(run)
    }
    inviteOf.set(transaction, { cancel, localTag: dialog.localTag })
    dialog.openInvite = { cancel }
    const invite: Invite = Object.defineProperties({} as Invite, {
      ...Object.getOwnPropertyDescriptors(incoming),
      replaces: { get: () => replacedDialog(request) },
      onCancel: { value: (run: () => void) => void cancelled.push(run) },
    })
    start(invite)
  }

  function serveUpdate(request: SipRequest, arrival: Arrival, dialog: DialogEntry) {
    const transaction = transactions.startNonInvite(request, transactionSetting(request, arrival))
    dialog.openUpdates++
    const { incoming, start } = serve(
      request,
      arrival,
      dialog,
      transaction,
      false,
      (update) => handler.onUpdate(update),
      () => dialog.openUpdates--,
    )
    start(incoming)
  }

  function serveBye(request: SipRequest, arrival: Arrival, dialog: DialogEntry) {
    const transaction = transactions.startNonInvite(request, transactionSetting(request, arrival))
    // 15.1.2: what is still open in the dialog is over.
    dialog.openInvite?.cancel()
    const call = async (bye: IncomingRequest) => {
      await handler.onBye(bye)
      bye.respond(200)
    }
    const { incoming, start } = serve(request, arrival, dialog, transaction, false, call, () => dialog.end())
    start(incoming)
  }

  /** One request on its way to its final answer, which it gets whatever the handler does. */
  function serve<Given extends IncomingRequest>(
    request: SipRequest,
    arrival: Arrival,
    dialog: DialogEntry,
    transaction: InviteServerTransaction | NonInviteServerTransaction,
    forming: boolean,
    call: (given: Given) => void | Promise<void>,
    answered: (status: number, bytes: Buffer, answer: Answer) => void,
  ): { incoming: IncomingRequest; start(given: Given): void } {
    let done = false
    const cancelTimeOut = clock.after(limits.answerMs, () => {
      counters.timedOut++
      incoming.respond(500)
    })
    const incoming: IncomingRequest = {
      request,
      dialog: dialog.shown,
      source: arrival.source,
      get answered() {
        return done
      },
      respond(status: number, answer: Answer = {}): boolean {
        if (done) return false
        const bytes = respondInDialog(request, arrival, dialog, status, answer, forming)
        if (!transaction.respond(status, bytes)) return false
        if (status < 200) return true
        done = true
        cancelTimeOut()
        // Every refresh sets the session timer anew (RFC 4028 section 10).
        if (status < 300 && request.method !== 'BYE') dialog.expireAfter(answerSessionTimer(request).expiresSeconds)
        answered(status, bytes, answer)
        return true
      },
    }
    const start = (given: Given) =>
      guard(
        () => call(given),
        () => void incoming.respond(500),
      )
    return { incoming, start }
  }

  function respondInDialog(
    request: SipRequest,
    arrival: Arrival,
    dialog: DialogEntry,
    status: number,
    answer: Answer,
    forming: boolean,
  ): Buffer {
    const defaults = [serverHeader]
    const refreshes = request.method === 'INVITE' || request.method === 'UPDATE'
    if (refreshes && status > 100 && status < 300) {
      defaults.push({ name: 'contact', value: contact(request, arrival) }, allowHeader, supportedHeader)
      if (status >= 200) defaults.push(...answerSessionTimer(request).headers)
    }
    const records = forming && status > 100 && status < 300
    return makeResponse(request, status, dialog.localTag, answer, defaults, records)
  }

  function onAck(request: SipRequest) {
    if (transactions.findInvite(request)?.receiveAck() === true) return
    const dialog = dialogs.find(request.callId, tagOf(request.to) ?? '', tagOf(request.from) ?? '')
    if (dialog?.acknowledged(request.cseq.number) === true) guard(() => handler.onAck(dialog.shown, request))
  }

  function onCancel(request: SipRequest, arrival: Arrival) {
    const invite = transactions.findInvite(request)
    if (invite === undefined) return refuse(request, request.via, arrival, 481)
    // 9.2: the CANCEL is answered 200 in any case, and the INVITE only if it was not yet.
    const transaction = transactions.startNonInvite(request, transactionSetting(request, arrival))
    const known = inviteOf.get(invite)
    transaction.respond(200, makeResponse(request, 200, known?.localTag ?? statelessTag(request), {}, [serverHeader]))
    known?.cancel()
  }

  function answerOptions(answer: (status: number, headers: Header[]) => void, request: SipRequest, arrival: Arrival) {
    const value = contact(request, arrival)
    answer(200, [{ name: 'contact', value }, allowHeader, acceptHeader, supportedHeader])
  }

  /** A response without a transaction: the same again for the same request again (8.2.7). */
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

  function transactionSetting(request: SipRequest, arrival: Arrival) {
    const target = responseTarget(request.via, arrival.source)
    return {
      clock,
      timers,
      reliable: arrival.transport.reliable,
      send: (bytes: Buffer) => sendTo(arrival.transport, target, bytes, arrival.channel),
    }
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
      // A peer can name places that cannot be sent to; that is a failure to send, not ours.
      onFailure()
    }
  }

  /** Our Contact, with the feature tag that says what we are (RFC 7866 6.1.2). */
  function contact(request: SipRequest, arrival: Arrival): string {
    const host = setting.advertisedHost ?? (arrival.localAddress || parseSipUri(request.uri)?.host || 'localhost')
    const { kind, port } = arrival.transport
    const how = kind === 'udp' ? '' : `;transport=${kind}`
    return `<sip:seloste@${writeHostPort({ host, port })}${how}>;+sip.srs`
  }

  function replacedDialog(request: SipRequest) {
    const value = firstHeader(request, 'replaces')
    if (value === undefined) return undefined
    const [callId = '', ...rest] = value.split(';')
    const parameters = parseParameters(rest.join(';'))
    return dialogs.find(callId.trim(), parameters?.get('to-tag') ?? '', parameters?.get('from-tag') ?? '')?.shown
  }

  function statelessTag(request: Answerable): string {
    const names = ['via', 'from', 'call-id', 'cseq'].map((name) => firstHeader(request, name) ?? '')
    return createHash('sha256')
      .update(`${secret} ${isRequest(request) ? transactionKey(request, 'INVITE') : names.join(' ')}`)
      .digest('hex')
      .slice(0, 24)
  }

  function guard(run: () => void | Promise<void>, failed: () => void = () => {}) {
    const onError = (error: unknown) => {
      fault(error)
      failed()
    }
    try {
      const result = run()
      if (result !== undefined) result.catch(onError)
    } catch (error) {
      onError(error)
    }
  }

  function fault(error: unknown) {
    counters.faults++
    onFault(error)
  }
}

function isRequest(request: Answerable): request is SipRequest {
  return (request as SipRequest).kind === 'request'
}
