import type { TransactionSetting } from './transaction.ts'

/** States of RFC 3261 figure 8. */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated'

export interface NonInviteServerTransaction {
  readonly state: NonInviteServerState
  /** Handles a retransmitted request: repeats the last answer, or absorbs it. */
  receiveRetransmission(): void
  /** Sends a response of the TU. Returns false and sends nothing after a final response. */
  respond(status: number, bytes: Buffer): boolean
}

/** Starts a non-INVITE server transaction (RFC 3261 17.2.2). It never sends a 100 (RFC 4320 4.1). */
export function startNonInviteServerTransaction(setting: TransactionSetting): NonInviteServerTransaction {
  const { clock, timers, reliable } = setting
  let state: NonInviteServerState = 'trying'
  let last: Buffer | undefined

  function terminate() {
    state = 'terminated'
    setting.ended()
  }

  return {
    get state() {
      return state
    },
    receiveRetransmission() {
      if (last !== undefined && state !== 'terminated') setting.send(last)
    },
    respond(status, bytes) {
      if (state !== 'trying' && state !== 'proceeding') return false
      last = bytes
      state = status < 200 ? 'proceeding' : 'completed'
      setting.send(bytes)
      if (state === 'completed') {
        // Timer J: retransmissions are answered until none can arrive.
        if (reliable) terminate()
        else clock.after(64 * timers.T1, terminate)
      }
      return true
    },
  }
}
