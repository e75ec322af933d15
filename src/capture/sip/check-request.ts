import { allowedMethods, allowHeader, supportedOptions } from './capabilities.ts'
import { listHeader, optionTags, type Header, type SipRequest } from './message.ts'
import { isIntervalTooSmall, minSeHeader } from './session-timer.ts'
import { parseSipUri, uriScheme } from './uri.ts'

export interface RequestRefusal {
  status: number
  reason?: string
  headers: Header[]
}

/**
 * Checks method, Request-URI, Require, Content-Encoding (RFC 3261 8.2.1 to 8.2.3) and session timer (RFC 4028) of a request
 * other than ACK and CANCEL. The handler checks Content-Type, because some clients send a wrong one and must be recorded
 * nevertheless.
 */
export function checkRequest(request: SipRequest): RequestRefusal | undefined {
  if (!allowedMethods.includes(request.method)) return { status: 405, headers: [allowHeader] }
  const scheme = uriScheme(request.uri)
  if (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') return { status: 416, headers: [] }
  if (scheme !== 'tel') {
    const uri = parseSipUri(request.uri)
    // Headers in a Request-URI are not allowed (19.1.1; RFC 4475 3.1.2.11).
    if (uri === undefined || uri.hasHeaders) return { status: 400, reason: 'Invalid Request-URI', headers: [] }
  }
  const unknown = optionTags(request, 'require').filter((tag) => !supportedOptions.includes(tag))
  if (unknown.length > 0) return { status: 420, headers: [{ name: 'unsupported', value: unknown.join(', ') }] }
  const coded = listHeader(request, 'content-encoding').some((coding) => coding.toLowerCase() !== 'identity')
  if (coded) return { status: 415, headers: [{ name: 'accept-encoding', value: 'identity' }] }
  if ((request.method === 'INVITE' || request.method === 'UPDATE') && isIntervalTooSmall(request))
    return { status: 422, headers: [minSeHeader] }
  return undefined
}
