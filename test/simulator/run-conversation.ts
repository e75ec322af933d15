/**
 * Runs one session from the answer to its end: conversation, hold, a late name, a prohibition, and the party who ends
 * it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { CallEvent, CallPlan } from './call-plan.ts'
import type { RecordingSession } from './recording-client.ts'
import type { Sending } from './send-media.ts'
import type { SentSession } from './sent-call.ts'

export async function runConversation(
  options: CallPlan & { readonly signal?: AbortSignal; readonly onEvent?: (event: CallEvent) => void },
  session: RecordingSession,
  sending: Sending,
  { sipSessionId, xml }: { sipSessionId: string; xml: string },
  talkMs: number | undefined,
) {
  const over = new AbortController()
  let endedBy: SentSession['endedBy'] = 'us'
  /**
   * Ends the call if the recorder no longer answers offers, and keeps the record of what was sent. A real call would
   * continue without the recorder.
   */
  const endWithoutAnswer = () => {
    endedBy = 'no answer'
    over.abort()
  }
  session.onRecorder((event) => {
    if (event === 'reoffer') return sending.direct(session.answer())
    endedBy = 'recorder'
    over.abort()
  })
  const hangUpNow = () => over.abort()
  options.signal?.addEventListener('abort', hangUpNow)
  if (options.signal?.aborted) over.abort()
  const holds: { fromMs: number; toMs: number }[] = []
  const { hold, forbid } = options
  const reported = options.sendsAgain ? xml : undefined
  const officialNamedAfterMs = options.officialNamedAfterMs ?? options.answeredAfterMs

  const holdOnce = async () => {
    if (!hold || !(await pause(hold.afterMs, over.signal))) return
    sending.pause()
    const fromMs = sending.elapsedMs()
    await session.hold(reported).catch(endWithoutAnswer)
    options.onEvent?.({ kind: 'held', callId: session.callId, plan: options })
    const hasEnded = await pause(hold.forMs, over.signal)
    if (hasEnded) await session.resume(reported).catch(endWithoutAnswer)
    holds.push({ fromMs, toMs: sending.elapsedMs() })
    sending.direct(session.answer())
    sending.resume()
    if (hasEnded) options.onEvent?.({ kind: 'resumed', callId: session.callId, plan: options })
  }
  const forbidOnce = async () => {
    if (!forbid || !(await pause(forbid.afterMs, over.signal))) return
    options.onEvent?.({ kind: 'forbidden', callId: session.callId, sipSessionId, by: forbid.by, plan: options })
  }
  const nameOfficial = async () => {
    if (officialNamedAfterMs === undefined || !(await pause(officialNamedAfterMs, over.signal))) return
    await session.update(xml).catch(endWithoutAnswer)
  }
  // A hold makes the call longer: the interrupted conversation continues after it.
  const talkingMs = talkMs === undefined ? undefined : talkMs + (hold && hold.afterMs < talkMs ? hold.forMs : 0)
  const talking = Promise.race([
    sending.over,
    talkingMs === undefined ? new Promise(() => undefined) : pause(talkingMs, over.signal),
    new Promise((resolve) => over.signal.addEventListener('abort', resolve)),
    ...(over.signal.aborted ? [Promise.resolve()] : []),
  ]).finally(() => over.abort())
  try {
    await Promise.all([talking, holdOnce(), forbidOnce(), nameOfficial()])
  } finally {
    over.abort()
    options.signal?.removeEventListener('abort', hangUpNow)
  }
  return { endedBy, holds }
}

export async function hangUp(session: RecordingSession, metadata?: string): Promise<'us' | 'no answer'> {
  // A recorder that has died does not answer; the call ends nevertheless.
  return session.bye(metadata).then(
    () => 'us',
    () => 'no answer',
  )
}

/** Waits. Returns false if the wait was interrupted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<boolean> =>
  wait(ms, undefined, signal ? { signal } : {}).then(
    () => true,
    () => false,
  )
