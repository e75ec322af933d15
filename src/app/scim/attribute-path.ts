import { ScimError } from './scim-error.ts'

export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** An attribute as in RFC 7644 section 3.10; names are case-insensitive and stored in lower case. */
export interface AttributePath {
  schema?: string
  /** Name of the attribute; empty for the whole extension. */
  attribute: string
  sub?: string
}

const name = /^[$a-z][\w$-]*$/i

/** Reads `name.givenName`, `urn:…:User:manager.value`, `urn:…:enterprise:2.0:User`; returns undefined for anything else. */
export function readAttributePath(text: string): AttributePath | undefined {
  const schema = [coreUser, enterpriseUser, coreGroup].find((urn) => {
    const rest = text.slice(urn.length)
    return text.toLowerCase().startsWith(urn.toLowerCase()) && (rest === '' || rest.startsWith(':'))
  })
  const rest = schema === undefined ? text : text.slice(schema.length + 1)
  if (schema !== undefined && rest === '') return { schema, attribute: '' }
  const [attribute = '', sub, ...more] = rest.split('.')
  if (!name.test(attribute) || (sub !== undefined && !name.test(sub)) || more.length > 0) return undefined
  return {
    ...(schema !== undefined && { schema }),
    attribute: attribute.toLowerCase(),
    ...(sub !== undefined && { sub: sub.toLowerCase() }),
  }
}

/** Like {@link readAttributePath}, but throws a SCIM error of the given type for an invalid path. */
export function attributePath(text: string, wrong: 'invalidFilter' | 'invalidPath' | 'invalidValue'): AttributePath {
  const path = readAttributePath(text)
  if (!path) throw new ScimError(400, `"${text.slice(0, 100)}" is not an attribute.`, wrong)
  return path
}
