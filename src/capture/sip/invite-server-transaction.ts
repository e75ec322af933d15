import type { TransactionSetting } from './transaction.ts'

/** States of RFC 3261 figure 7, with the Accepted state of RFC 6026. */
export type InviteServerState = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated'

export interface InviteServerTransaction {
  readonly state: InviteServerState
  /** Handles a retransmitted INVITE: repeats the last answer, or absorbs it. */
  receiveRetransmission(): void
  /** Handles an ACK of this branch. Returns true if it acknowledges a refusal, so that nothing else has to handle it. */
  receiveAck(): boolean
  /** Sends a response of the TU. A 2xx may be repeated in Accepted. Returns false if it is too late, so that nothing was sent. */
  respond(status: number, bytes: Buffer): boolean
}

/** The transaction sends 100 if the TU has not answered within this time (17.2.1). */
export const TRYING_AFTER_MS = 200

/**
 * Starts an INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1). `trying` holds the bytes of its 100; `notAcknowledged`
 * is called when timer H ends the wait for the ACK of a refusal.
 */
export function startInviteServerTransaction(
  setting: TransactionSetting,
  trying: Buffer,
  notAcknowledged: () => void,
): InviteServerTransaction {
  const { clock, timers, reliable } = setting
  let state: InviteServerState = 'proceeding'
  let last: Buffer | undefined
  let cancelTrying: (() => void) | undefined = clock.after(TRYING_AFTER_MS, () => sendProvisional(trying))
  let cancelTimerG: (() => void) | undefined
  let cancelTimerH: (() => void) | undefined

  function sendProvisional(bytes: Buffer) {
    cancelTrying?.()
    cancelTrying = undefined
    last = bytes
    setting.send(bytes)
  }
  function terminate() {
    state = 'terminated'
    setting.ended()
  }
  function startTimerG(intervalMs: number) {
    cancelTimerG = clock.after(intervalMs, () => {
      setting.send(last!)
      startTimerG(Math.min(intervalMs * 2, timers.T2))
    })
  }
  function startTimerH() {
    cancelTimerH = clock.after(64 * timers.T1, () => {
      cancelTimerG?.()
      terminate()
      notAcknowledged()
    })
  }

  return {
    get state() {
      return state
    },
    receiveRetransmission() {
      if (state === 'proceeding') {
        if (last === undefined) sendProvisional(trying)
        else setting.send(last)
      } else if (state === 'completed') setting.send(last!)
    },
    receiveAck() {
      if (state === 'completed') {
        cancelTimerG?.()
        cancelTimerH?.()
        state = 'confirmed'
        // Timer I absorbs further ACKs; there are none over a reliable transport.
        if (reliable) terminate()
        else clock.after(timers.T4, terminate)
        return true
      }
      return state === 'confirmed'
    },
    respond(status, bytes) {
      if (state === 'accepted' && status >= 200 && status < 300) {
        setting.send(bytes)
        return true
      }
      if (state !== 'proceeding') return false
      if (status < 200) {
        sendProvisional(bytes)
        return true
      }
      cancelTrying?.()
      last = bytes
      if (status < 300) {
        state = 'accepted'
        // Timer L: retransmitted INVITEs are absorbed while the TU repeats its 2xx.
        clock.after(64 * timers.T1, terminate)
      } else {
        state = 'completed'
        if (!reliable) startTimerG(timers.T1)
        startTimerH()
      }
      setting.send(bytes)
      return true
    },
  }
}
