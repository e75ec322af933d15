import type { SipResponse } from './message.ts'
import type { TransactionSetting } from './transaction.ts'

/** States of RFC 3261 figure 5, with the Accepted state of RFC 6026. */
export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated'

export interface InviteClientTransaction {
  readonly state: InviteClientState
  receiveResponse(response: SipResponse): void
  /** Call this if the transport could not send. The transaction ends as if answered 503 (8.1.3.1). */
  transportFailed(): void
}

/** Callbacks of the transaction's user. */
export interface InviteOutcome {
  /** Called once with the final answer: the peer's response, 408 by timer B, or 503 when the transport fails. */
  answered(final: SipResponse | 408 | 503): void
  /** Returns the ACK of a refusal (17.1.1.3). It belongs to the transaction; that of a 2xx does not. */
  writeAck(refusal: SipResponse): Buffer
  /** Called when the peer repeats its 2xx, because the ACK was lost. */
  repeated(): void
}

/** Timer D of RFC 3261 table 4, over UDP. */
const timerDMs = 32_000

/**
 * Starts an INVITE client transaction (RFC 3261 17.1.1, RFC 6026 8.4): sends and retransmits the request until a response
 * arrives.
 */
export function startInviteClientTransaction(
  setting: TransactionSetting,
  request: Buffer,
  outcome: InviteOutcome,
): InviteClientTransaction {
  const { clock, timers, reliable } = setting
  let state: InviteClientState = 'calling'
  let cancelTimerA: (() => void) | undefined
  let ack: Buffer | undefined
  const cancelTimerB = clock.after(64 * timers.T1, () => fail(408))

  function terminate() {
    state = 'terminated'
    setting.ended()
  }
  function leaveCalling() {
    cancelTimerA?.()
    cancelTimerB()
  }
  function fail(status: 408 | 503) {
    if (state !== 'calling' && state !== 'proceeding') return
    leaveCalling()
    terminate()
    outcome.answered(status)
  }
  function startTimerA(intervalMs: number) {
    cancelTimerA = clock.after(intervalMs, () => {
      startTimerA(intervalMs * 2)
      setting.send(request)
    })
  }

  if (!reliable) startTimerA(timers.T1)
  setting.send(request)

  return {
    get state() {
      return state
    },
    receiveResponse(response) {
      const { status } = response
      if (state === 'accepted' && status >= 200 && status < 300) return outcome.repeated()
      if (state === 'completed' && status >= 300 && ack) return setting.send(ack)
      if (state !== 'calling' && state !== 'proceeding') return
      leaveCalling()
      if (status < 200) {
        state = 'proceeding'
        return
      }
      if (status < 300) {
        state = 'accepted'
        clock.after(64 * timers.T1, terminate)
      } else {
        state = 'completed'
        ack = outcome.writeAck(response)
        setting.send(ack)
        if (reliable) terminate()
        else clock.after(timerDMs, terminate)
      }
      outcome.answered(response)
    },
    transportFailed: () => fail(503),
  }
}
