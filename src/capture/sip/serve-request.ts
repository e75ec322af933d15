import { allowHeader, serverHeader, supportedHeader } from './capabilities.ts'
import type { DialogEntry, DialogTable } from './dialog-table.ts'
import type { Answer, Dialog, IncomingRequest, Invite, SipCounters, SipHandler, Source } from './handler.ts'
import { contactAt } from './own-contact.ts'
import type { InviteServerTransaction } from './invite-server-transaction.ts'
import { makeResponse } from './make-response.ts'
import { firstHeader, type SipRequest } from './message.ts'
import type { NonInviteServerTransaction } from './non-invite-server-transaction.ts'
import { parseParameters } from './parameters.ts'
import { retransmitSuccess } from './retransmit-success.ts'
import { answerSessionTimer } from './session-timer.ts'
import type { Clock, TimerValues } from './timers.ts'
import type { TransactionSetting } from './transaction.ts'
import type { TransactionTable } from './transaction-table.ts'
import type { Arrival } from './transport.ts'
import { parseSipUri } from './uri.ts'

export interface RequestServing {
  /** Serves an INVITE. `forming`: true if it creates or resumes its dialog, which a refusal then ends. */
  serveInvite(
    request: SipRequest,
    arrival: Arrival,
    dialog: DialogEntry,
    forming: boolean,
    call: (invite: Invite) => void | Promise<void>,
  ): void
  serveUpdate(request: SipRequest, arrival: Arrival, dialog: DialogEntry): void
  serveBye(request: SipRequest, arrival: Arrival, dialog: DialogEntry): void
  /**
   * Cancels the INVITE of that transaction: answers 487 unless it was answered already. Returns its To tag. If the CANCEL is
   * from another trunk, does nothing and returns `foreign`.
   */
  cancel(transaction: InviteServerTransaction, source: Source): string | undefined
  /** Returns the dialog named by a Replaces header (RFC 3891), if it is one of the same trunk. */
  replaced(request: SipRequest, source: Source): Dialog | undefined
  /** Runs a function. If it throws or rejects, reports the error as a fault and runs `failed`. */
  guard(run: () => void | Promise<void>, failed?: () => void): void
}

export interface RequestServingSetting {
  handler: SipHandler
  clock: Clock
  timers: TimerValues
  answerMs: number
  counters: SipCounters
  onFault: (error: unknown) => void
  /** Called with the final status of each new session, and the time since its INVITE arrived. */
  onAnswered?: ((status: number, tookMs: number) => void) | undefined
  advertisedHost: string | undefined
  transactions: TransactionTable
  dialogs: DialogTable
  /** Returns the settings with which the request's transaction sends its answers. */
  settingFor(request: SipRequest, arrival: Arrival): Omit<TransactionSetting, 'ended'>
}

/** Passes requests to the handler, and ensures that each gets a final answer even if the handler fails. */
export function createRequestServing(setting: RequestServingSetting): RequestServing {
  const { handler, clock, timers, counters, transactions, dialogs } = setting
  const open = new WeakMap<InviteServerTransaction, { cancel(): void; dialog: DialogEntry }>()

  return {
    serveInvite(request, arrival, dialog, forming, call) {
      const onCancel: (() => void)[] = []
      let cancelled = false
      const trying = makeResponse(request, 100, dialog.localTag, {}, [serverHeader])
      const transaction = transactions.startInvite(request, setting.settingFor(request, arrival), trying, () => {
        counters.notAcknowledged++
      })
      const arrivedMs = clock.nowMs()
      const answered = (status: number, bytes: Buffer, answer: Answer) => {
        dialog.openInvite = undefined
        if (forming) setting.onAnswered?.(status, clock.nowMs() - arrivedMs)
        if (status < 300) succeed(request, dialog, transaction, status, bytes, answer)
        else if (forming) dialog.end()
      }
      const { incoming, start } = serve(request, arrival, dialog, transaction, forming, call, answered)
      const cancel = () => {
        if (!incoming.respond(487)) return
        cancelled = true
        for (const run of onCancel) guard(run)
      }
      open.set(transaction, { cancel, dialog })
      dialog.openInvite = { cancel }
      start({
        request,
        dialog: dialog.view,
        source: arrival.source,
        get answered() {
          return incoming.answered
        },
        get replaces() {
          return replacedDialog(request, arrival.source)
        },
        respond: (status, answer) => incoming.respond(status, answer),
        onCancel(run) {
          if (cancelled) guard(run)
          else onCancel.push(run)
        },
      })
    },
    serveUpdate(request, arrival, dialog) {
      const transaction = transactions.startNonInvite(request, setting.settingFor(request, arrival))
      dialog.openUpdates++
      const call = (update: IncomingRequest) => handler.onUpdate(update)
      const { incoming, start } = serve(request, arrival, dialog, transaction, false, call, () => dialog.openUpdates--)
      start(incoming)
    },
    serveBye(request, arrival, dialog) {
      const transaction = transactions.startNonInvite(request, setting.settingFor(request, arrival))
      // Requests that are open in the dialog end with it (15.1.2).
      dialog.openInvite?.cancel()
      const call = async (bye: IncomingRequest) => {
        await handler.onBye(bye)
        bye.respond(200)
      }
      const { incoming, start } = serve(request, arrival, dialog, transaction, false, call, () => dialog.end())
      start(incoming)
    },
    cancel(transaction, source) {
      const invite = open.get(transaction)
      if (invite?.dialog.isFrom(source) === false) return 'foreign'
      invite?.cancel()
      return invite?.dialog.localTag
    },
    replaced: replacedDialog,
    guard,
  }

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
    const cancelTimeOut = clock.after(setting.answerMs, () => {
      counters.timedOut++
      incoming.respond(500)
    })
    const incoming: IncomingRequest = {
      request,
      dialog: dialog.view,
      source: arrival.source,
      get answered() {
        return done
      },
      respond(status, answer = {}) {
        if (done) return false
        const bytes = respondInDialog(request, arrival, dialog, status, answer, forming)
        if (!transaction.respond(status, bytes)) return false
        if (status < 200) return true
        done = true
        cancelTimeOut()
        // Every refresh restarts the session timer (RFC 4028 section 10).
        if (status < 300 && request.method !== 'BYE') dialog.expireAfter(answerSessionTimer(request).expiresSeconds)
        answered(status, bytes, answer)
        return true
      },
    }
    const failed = () => void incoming.respond(500)
    return { incoming, start: (given) => guard(() => call(given), failed) }
  }

  /** Handles a 2xx sent to an INVITE: retransmits it until the ACK arrives or the timeout ends (13.3.1.4). */
  function succeed(
    request: SipRequest,
    dialog: DialogEntry,
    transaction: InviteServerTransaction,
    status: number,
    bytes: Buffer,
    answer: Answer,
  ) {
    const number = request.cseq.number
    const sdpOffered = request.body.length === 0 && answer.body !== undefined && answer.body.length > 0
    const repeat = () => void transaction.respond(status, bytes)
    const stop = retransmitSuccess(clock, timers, repeat, () => {
      counters.notAcknowledged++
      dialog.stopWaitingForAck(number)
      dialogs.lose(dialog, 'not-acknowledged')
    })
    dialog.confirm(number, stop, sdpOffered)
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
    const describes = request.method !== 'BYE' && status > 100 && status < 300
    if (describes) {
      defaults.push({ name: 'contact', value: contactFor(request, arrival, setting.advertisedHost) })
      defaults.push(allowHeader, supportedHeader)
      if (status >= 200) defaults.push(...answerSessionTimer(request).headers)
    }
    return makeResponse(request, status, dialog.localTag, answer, defaults, forming && describes)
  }

  function replacedDialog(request: SipRequest, source: Source): Dialog | undefined {
    const value = firstHeader(request, 'replaces')
    if (value === undefined) return undefined
    const semicolon = value.indexOf(';')
    const parameters = parseParameters(semicolon < 0 ? '' : value.slice(semicolon + 1))
    const callId = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
    const found = dialogs.find(callId, parameters?.get('to-tag') ?? '', parameters?.get('from-tag') ?? '')
    return found?.isFrom(source) ? found.view : undefined
  }

  function guard(run: () => void | Promise<void>, failed: () => void = () => {}) {
    const onError = (error: unknown) => {
      counters.faults++
      setting.onFault(error)
      failed()
    }
    try {
      const result = run()
      if (result !== undefined) result.catch(onError)
    } catch (error) {
      onError(error)
    }
  }
}

/** Returns our Contact, with the feature tag of a recording server (RFC 7866 6.1.2). */
export function contactFor(request: SipRequest, arrival: Arrival, advertisedHost: string | undefined): string {
  const host = advertisedHost ?? (arrival.localAddress || parseSipUri(request.uri)?.host || 'localhost')
  const { kind, port } = arrival.transport
  return contactAt({ host, port, kind, isSips: /^sips:/i.test(request.uri) })
}
