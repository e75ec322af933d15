import { firstHeader, optionTags, type Header, type SipRequest } from './message.ts'
import { parseParameters } from './parameters.ts'
import { readDecimal } from './scan-text.ts'

/** What a 2xx says of the session timer, and how long the session lives without a refresh. */
export interface SessionTimer {
  headers: Header[]
  expiresSeconds?: number
}

/**
 * RFC 4028 section 9 for a called party that leaves refreshing to the caller: its Session-Expires goes back with
 * `refresher=uac`. When the request wants us to refresh, or its sender does not know session timers, there is none.
 */
export function answerSessionTimer(request: SipRequest): SessionTimer {
  const value = firstHeader(request, 'session-expires')
  if (value === undefined || !optionTags(request, 'supported').concat(optionTags(request, 'require')).includes('timer'))
    return { headers: [] }
  const semicolon = value.indexOf(';')
  const seconds = readDecimal((semicolon < 0 ? value : value.slice(0, semicolon)).trim(), 0x7fffffff)
  const parameters = parseParameters(semicolon < 0 ? '' : value.slice(semicolon + 1))
  if (seconds === undefined || seconds === 0 || parameters?.get('refresher')?.toLowerCase() === 'uas')
    return { headers: [] }
  return {
    headers: [
      { name: 'require', value: 'timer' },
      { name: 'session-expires', value: `${seconds};refresher=uac` },
    ],
    expiresSeconds: seconds,
  }
}
