/** Reads the outcome of the call of `seloste simulate --to` from the history, and judges it by the description in force at the call. */
import { setTimeout as wait } from 'node:timers/promises'
import type { DecisionReason } from '#description/decide-recording.ts'
import type { Settings } from '#platform/config/settings.ts'
import { readEnteredCall, type EnteredCall } from '#register/history/read-entered-call.ts'
import { withRunningDatabase } from './running-database.ts'

/** Time for the call's facts to reach the history, and for its recording to be sealed. */
const maxWaitMs = 20_000
const pollMs = 500
const databaseAnswerMs = 5_000

/**
 * Returns the entry of a call that has ended, by the Call-ID of its SIPREC session; `missing` if there is none in time, `unknown`
 * with the cause if the database cannot be read here.
 */
export async function findEnteredCall(
  settings: Settings,
  sipCallId: string,
): Promise<EnteredCall | 'missing' | { unknown: string }> {
  const deadline = performance.now() + maxWaitMs
  try {
    return await withRunningDatabase(
      settings,
      'simulate',
      async (db) => {
        for (;;) {
          const found = await readEnteredCall(db, sipCallId)
          if (found?.isOver || performance.now() > deadline) return found ?? 'missing'
          await wait(pollMs)
        }
      },
      databaseAnswerMs,
    )
  } catch (error) {
    return { unknown: (error as Error).message.split('\n')[0]! }
  }
}

/**
 * Returns what to print of a completed test call, and whether the test failed: nothing was recorded that the description wants
 * recorded, or the number is not in it.
 * @param isAccepted true if capture accepted the call's audio
 */
export function judgeTestCall(
  found: EnteredCall | 'missing' | { unknown: string },
  { number, isAccepted }: { number: string; isAccepted: boolean },
): { message: string; failed: boolean } {
  if (found === 'missing') {
    return {
      failed: true,
      message: `the call is not in the history after ${maxWaitMs / 1000} s: see the log of capture`,
    }
  }
  if ('unknown' in found) {
    const why = `the history cannot be read here (${found.unknown})`
    return isAccepted
      ? { failed: false, message: `capture accepted its audio; whether it is recorded is not known: ${why}` }
      : { failed: true, message: `nothing was recorded: capture accepted no audio; why is not known: ${why}` }
  }
  const { contact, record, reason, share, failure, recording } = found
  if (reason === 'unknown-number') {
    const message = `nothing was recorded: the description in force does not list ${number}. The call is in the history as ${contact}`
    return { failed: true, message }
  }
  if (!record)
    return {
      failed: false,
      message: `not recorded: ${whyNot(reason, share)}. The call is in the history as ${contact}`,
    }
  if (recording === null) {
    const message = `nothing was recorded although the description wants it (${failure ?? 'no cause is known'}): see the log of capture. The call is in the history as ${contact}`
    return { failed: true, message }
  }
  if (recording === 'CAPTURING') {
    const message = `its recording is not sealed after ${maxWaitMs / 1000} s: see "seloste status". The call is in the history as ${contact}`
    return { failed: true, message }
  }
  return { failed: false, message: `it was recorded. The call is in the history as ${contact}` }
}

function whyNot(reason: Exclude<DecisionReason, 'unknown-number'>, share: number | null): string {
  switch (reason) {
    case 'not-drawn':
      return `the plan records ${share === null ? 'a part' : `${Math.round(share * 1000) / 10} %`} of the calls to this number, and did not draw this one`
    case 'no-rule':
      return 'the plan has no rule for this number'
    case 'switchboard':
    case 'forwarded':
      return 'it is a call by a switchboard'
    case 'rule-ended':
      return 'the number’s rule has ended'
    case 'outside-hours':
      return 'it is outside the hours of the number’s rule'
    case 'quota-full':
      return 'the quota of the number’s rule is full'
    case 'no-official':
      return 'the invented official is not in the directory, and the number’s rule depends on who answers'
    case 'no-consent':
      return 'the invented official has not consented'
    case 'no-announcement':
      return 'no announcement of the recording was reported'
    case 'drawn':
      return 'the plan draws it'
  }
}
