import type { SipResponse } from './message.ts'
import type { TransactionSetting } from './transaction.ts'

/** States of RFC 3261 figure 6. */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated'

export interface NonInviteClientTransaction {
  readonly state: NonInviteClientState
  receiveResponse(response: SipResponse): void
  /** Call this if the transport could not send. The transaction ends as if answered 503 (8.1.3.1). */
  transportFailed(): void
}

/**
 * Starts a non-INVITE client transaction (RFC 3261 17.1.2): sends the request and retransmits it by timer E until answered.
 * `answered` is called once with the final status: the peer's, 408 by timer F, or 503 when the transport fails.
 */
export function startNonInviteClientTransaction(
  setting: TransactionSetting,
  request: Buffer,
  answered: (status: number) => void,
): NonInviteClientTransaction {
  const { clock, timers, reliable } = setting
  let state: NonInviteClientState = 'trying'
  let cancelTimerE: (() => void) | undefined
  const cancelTimerF = clock.after(64 * timers.T1, () => fail(408))

  function terminate() {
    state = 'terminated'
    setting.ended()
  }
  function fail(status: number) {
    if (state === 'completed' || state === 'terminated') return
    cancelTimerE?.()
    cancelTimerF()
    terminate()
    answered(status)
  }
  function startTimerE(intervalMs: number) {
    cancelTimerE = clock.after(intervalMs, () => {
      startTimerE(state === 'trying' ? Math.min(intervalMs * 2, timers.T2) : timers.T2)
      setting.send(request)
    })
  }

  if (!reliable) startTimerE(timers.T1)
  setting.send(request)

  return {
    get state() {
      return state
    },
    receiveResponse(response) {
      if (state === 'completed' || state === 'terminated') return
      if (response.status < 200) {
        state = 'proceeding'
        return
      }
      cancelTimerE?.()
      cancelTimerF()
      state = 'completed'
      // Timer K absorbs repeated responses.
      if (reliable) terminate()
      else clock.after(timers.T4, terminate)
      answered(response.status)
    },
    transportFailed: () => fail(503),
  }
}
