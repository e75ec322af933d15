import { isCallIdSource } from '../siprec/read-call-ids.ts'
import type { DecisionRequest } from './predict-decision.ts'

const fields = ['number', 'dialled', 'official', 'callIds'] as const
const maxTextLength = 256

/**
 * Reads a decision request in JSON, or in a form (`number=…&callId.ucid=…`) for phone systems without JSON.
 * @returns the request, or one sentence that describes the error, without values of the request
 */
export function readDecisionRequest(body: string, contentType: string): DecisionRequest | { wrong: string } {
  let parsed: unknown
  if (contentType.includes('x-www-form-urlencoded')) parsed = parseForm(new URLSearchParams(body))
  else {
    try {
      parsed = JSON.parse(body)
    } catch {
      return { wrong: 'the body is not JSON' }
    }
  }
  if (!isObject(parsed)) return { wrong: 'a JSON object is expected' }
  const unknown = Object.keys(parsed).find((name) => !(fields as readonly string[]).includes(name))
  if (unknown !== undefined) return { wrong: `unknown field; allowed are ${fields.join(', ')}` }
  const { number, dialled, official, callIds } = parsed
  if (!isText(number)) return { wrong: 'number is missing: the service number of the call' }
  for (const [name, value] of Object.entries({ dialled, official })) {
    if (value !== undefined && !isText(value)) return { wrong: `${name} is not a telephone number` }
  }
  if (!isObject(callIds) || Object.keys(callIds).length === 0) {
    return { wrong: 'callIds is missing: the ids that the recording client will send, by kind' }
  }
  for (const [kind, id] of Object.entries(callIds)) {
    if (!isCallIdSource(kind) || !isText(id))
      return { wrong: 'callIds has an unknown kind, or an id that is not a string' }
  }
  return {
    number,
    ...(isText(dialled) && { dialled }),
    ...(isText(official) && { official }),
    callIds,
  }
}

function parseForm(form: URLSearchParams): Record<string, unknown> {
  const ids = [...form].filter(([name]) => name.startsWith('callId.'))
  const rest = [...form].filter(([name]) => !name.startsWith('callId.'))
  const callIds = Object.fromEntries(ids.map(([name, id]) => [name.slice('callId.'.length), id]))
  return { ...Object.fromEntries(rest), callIds }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxTextLength
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
