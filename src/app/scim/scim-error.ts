import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import type { DirectoryRefusal } from '#safeguards/people/directory-refusal.ts'

/** Error types of RFC 7644 section 3.12, table 9. */
type ScimType =
  'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'mutability' | 'noTarget' | 'uniqueness'

const schema = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** Error response of a SCIM request (RFC 7644 section 3.12). */
export class ScimError extends Error {
  readonly statusCode: number
  readonly scimType: ScimType | undefined
  constructor(statusCode: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.statusCode = statusCode
    this.scimType = scimType
  }

  /** Returns the response body, in which the status is a string. */
  body(): object {
    return {
      schemas: [schema],
      status: String(this.statusCode),
      ...(this.scimType && { scimType: this.scimType }),
      detail: this.message,
    }
  }
}

export const invalidValue = (detail: string) => new ScimError(400, detail, 'invalidValue')
export const notFound = () => new ScimError(404, 'There is no such resource.')
export const tokenRefused = () =>
  new ScimError(401, 'The bearer token is missing, unknown or revoked: "seloste scim-token add" creates one.')

/** Converts a refusal of the directory to an error with a message for the identity system's log. */
export function errorOf(refusal: DirectoryRefusal, numbering: NumberingOptions): ScimError {
  switch (refusal.refused) {
    case 'person.user-id-taken':
      return new ScimError(409, 'userName has been used; user ids are never reused.', 'uniqueness')
    case 'person.not-personal':
      return invalidValue('userName is the name of a function; an account must belong to one natural person.')
    case 'person.phone-taken': {
      const written = displayPhoneNumber(refusal.phoneKey, numbering)
      return new ScimError(409, `phoneNumbers: ${written} is the number of User ${refusal.by.id}.`, 'uniqueness')
    }
    case 'person.not-a-number':
      return invalidValue(
        `phoneNumbers: "${refusal.written}" is not a telephone number at which an official can answer.`,
      )
    case 'person.name-missing':
      return invalidValue('A name is required: displayName, name.formatted, or name.givenName and name.familyName.')
    case 'person.unknown-supervisor':
      return invalidValue(`manager: there is no User "${refusal.userId}".`)
    case 'person.circle':
      return invalidValue('manager: a person cannot be their own manager, directly or through others.')
    // Not expected: changes by a token need no confirmation by a second person.
    case 'person.needs-confirmation':
    case 'change.own':
    case 'person.overlap':
      return new ScimError(409, 'Somebody changed the same person meanwhile; try again.')
    case 'not-found':
      return notFound()
    case 'deny.role':
      return tokenRefused()
    case 'person.not-employed':
    case 'person.ends-before-it-begins':
    case 'person.phone-not-theirs':
      return invalidValue(`The change does not fit the person's employment (${refusal.refused}).`)
  }
}
