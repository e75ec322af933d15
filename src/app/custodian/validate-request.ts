import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'

/** Returns a handler that validates the request first, because the desk may be compromised. Throws if it is malformed. */
export function validated<Shape extends TSchema>(shape: Shape, answer: (request: Static<Shape>) => Promise<unknown>) {
  return (request: never): Promise<unknown> => {
    if (!Check(shape, request)) throw new Error('a request to the custodian is malformed')
    return answer(request)
  }
}
