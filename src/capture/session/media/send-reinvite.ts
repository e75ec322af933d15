import { setTimeout as wait } from 'node:timers/promises'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { Dialog } from '../../sip/handler.ts'
import type { SessionEvent } from '../machine/session-types.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import type { RecorderOptions } from '../recorder-options.ts'

const maxAttempts = 6

/**
 * Sends a re-INVITE to the client; retries if it crosses one from the client (491).
 * @param sdp undefined if no stream can be offered
 * @param isOngoing returns true while the session is still in this dialog
 * @returns the session's event; undefined if the session has left this dialog meanwhile
 */
export async function sendReinvite(
  dialog: Dialog,
  sdp: string | undefined,
  offered: readonly StreamPlan[],
  { readAnswer, random }: Pick<RequestReader, 'readAnswer'> & Pick<RecorderOptions, 'random'>,
  isOngoing: (dialog: Dialog) => boolean,
): Promise<SessionEvent | undefined> {
  for (let tries = 1; isOngoing(dialog); tries++) {
    const answer = sdp === undefined ? { status: 488 } : await dialog.offer(sdp)
    if (!isOngoing(dialog)) return undefined
    if (answer.status === 491 && tries < maxAttempts) {
      // Random wait of up to two seconds (RFC 3261 section 14.1).
      await wait((random.uint32() % 200) * 10, undefined, { ref: false })
      continue
    }
    const plans = 'sdp' in answer && answer.sdp !== undefined ? readAnswer(dialog, answer.sdp) : undefined
    if (!plans) return { type: 'offer-refused' }
    const streams = plans.map((plan) => ({ ...plan, ...labelOf(offered, plan) }))
    return { type: 'reoffered', offer: { streams, tracks: {}, hasSdp: true, facts: { marks: [] }, inAck: true } }
  }
  return undefined
}

/** Returns the label of a stream, from our offer if the client's answer omits it. */
function labelOf(offered: readonly StreamPlan[], { index, label }: StreamPlan): Pick<StreamPlan, 'label'> {
  const found = label ?? offered.find((plan) => plan.index === index)?.label
  return found === undefined ? {} : { label: found }
}
