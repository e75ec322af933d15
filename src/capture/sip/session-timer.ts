import { firstHeader, optionTags, type Header, type SipRequest, type SipResponse } from './message.ts'
import { parseParameters } from './parameters.ts'
import { readDecimal } from './scan-text.ts'

/** Headers of a 2xx for the session timer, and the time after which the session expires without a refresh. */
export interface SessionTimer {
  headers: Header[]
  expiresSeconds?: number
}

/** Minimum session interval (RFC 4028 section 4). */
const minSeconds = 90

/**
 * Returns true if a client that supports session timers requests a shorter interval than RFC 4028 allows; the answer is then 422
 * (section 9).
 */
export function isIntervalTooSmall(request: SipRequest): boolean {
  const seconds = supportsTimers(request) ? readTimer(request)?.seconds : undefined
  return seconds !== undefined && seconds < minSeconds
}

export const minSeHeader: Header = { name: 'min-se', value: String(minSeconds) }

/**
 * Returns the session timer of our answer, by RFC 4028 section 9: the request's Session-Expires with `refresher=uac`, so that
 * the client refreshes. No timer if the request wants us to refresh, or its sender does not support session timers.
 */
export function answerSessionTimer(request: SipRequest): SessionTimer {
  const timer = supportsTimers(request) ? readTimer(request) : undefined
  if (!timer || timer.refresher === 'uas') return { headers: [] }
  const { seconds } = timer
  return {
    headers: [
      { name: 'require', value: 'timer' },
      { name: 'session-expires', value: `${seconds};refresher=uac` },
    ],
    expiresSeconds: seconds,
  }
}

/**
 * Returns the seconds after which the session expires, from the 2xx to our INVITE, if the peer is the refresher; undefined
 * without a timer.
 */
export function sessionExpiresOf(response: SipResponse): number | undefined {
  const timer = readTimer(response)
  return timer && timer.seconds > 0 && timer.refresher !== 'uac' ? timer.seconds : undefined
}

function supportsTimers(request: SipRequest): boolean {
  return optionTags(request, 'supported').concat(optionTags(request, 'require')).includes('timer')
}

/** Reads Session-Expires; undefined if it is absent or has no valid number. */
function readTimer(message: SipRequest | SipResponse): { seconds: number; refresher: string | undefined } | undefined {
  const value = firstHeader(message, 'session-expires')
  if (value === undefined) return undefined
  const semicolon = value.indexOf(';')
  const seconds = readDecimal((semicolon < 0 ? value : value.slice(0, semicolon)).trim(), 0x7fffffff)
  const parameters = parseParameters(semicolon < 0 ? '' : value.slice(semicolon + 1))
  return seconds === undefined ? undefined : { seconds, refresher: parameters?.get('refresher')?.toLowerCase() }
}
