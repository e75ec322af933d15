import { parseHostPort, writeHostPort, type HostPort } from './host-port.ts'
import { parseParameters, writeParameters, type Parameters } from './parameters.ts'
import { isToken } from './scan-text.ts'

/** One Via value (RFC 3261 20.42): the sender and its branch. `transport` in upper case. */
export interface Via {
  transport: string
  sentBy: HostPort
  parameters: Parameters
}

/** The RFC 3261 magic cookie that makes a branch unique (section 8.1.1.7). */
export const BRANCH_COOKIE = 'z9hG4bK'

/** Parses `SIP / 2.0 / UDP host : port ; params` with blanks anywhere; undefined if invalid. */
export function parseVia(text: string): Via | undefined {
  const firstSlash = text.indexOf('/')
  const secondSlash = text.indexOf('/', firstSlash + 1)
  if (firstSlash < 0 || secondSlash < 0) return undefined
  if (text.slice(0, firstSlash).trim().toUpperCase() !== 'SIP') return undefined
  if (text.slice(firstSlash + 1, secondSlash).trim() !== '2.0') return undefined
  const rest = text.slice(secondSlash + 1).trimStart()
  let blank = 0
  while (blank < rest.length && rest[blank] !== ' ' && rest[blank] !== '\t') blank++
  const transport = rest.slice(0, blank)
  if (!isToken(transport)) return undefined
  const tail = rest.slice(blank)
  const semicolon = tail.indexOf(';')
  const sentBy = parseHostPort(semicolon < 0 ? tail : tail.slice(0, semicolon))
  const parameters = parseParameters(semicolon < 0 ? '' : tail.slice(semicolon + 1))
  if (sentBy === undefined || parameters === undefined) return undefined
  return { transport: transport.toUpperCase(), sentBy, parameters }
}

/** Formats a Via, without optional blanks. */
export function writeVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${writeHostPort(via.sentBy)}${writeParameters(via.parameters)}`
}
