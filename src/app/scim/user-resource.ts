import { omitNullish } from '#platform/omit-nullish.ts'
import { createHash } from 'node:crypto'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { PersonNow } from '#safeguards/people/person-now.ts'
import { coreUser, enterpriseUser } from './attribute-path.ts'

export const usersPath = '/scim/v2/Users'
export const groupsPath = '/scim/v2/Groups'

/** A phone number at which the official answers calls. */
interface Phone {
  value: string
  type: 'work'
}

/** A person as a User of RFC 7643 sections 4.1 and 4.3, without attributes that the register does not need (R10). */
export interface UserResource {
  schemas: string[]
  id: string
  externalId?: string
  userName: string
  name: { formatted: string; givenName?: string; familyName?: string }
  displayName: string
  active: boolean
  phoneNumbers?: Phone[]
  groups?: { value: string; display: string; $ref: string; type: 'direct' }[]
  [enterpriseUser]?: { department?: string; manager?: { value: string; displayName: string; $ref: string } }
  meta: { resourceType: 'User'; created: string; lastModified: string; location: string; version: string }
}

export function userResource(person: PersonNow, numbering: NumberingOptions): UserResource {
  const { id, externalId, unit, supervisor } = person
  const { name } = person.name
  const enterprise = {
    ...(unit && { department: unit.name }),
    ...(supervisor && {
      manager: { value: supervisor.id, displayName: supervisor.name, $ref: `${usersPath}/${supervisor.id}` },
    }),
  }
  const hasEnterprise = Object.keys(enterprise).length > 0
  const resource = {
    schemas: hasEnterprise ? [coreUser, enterpriseUser] : [coreUser],
    id,
    ...omitNullish({ externalId }),
    userName: person.userId,
    name: {
      formatted: name,
      ...omitNullish({ givenName: person.name.given, familyName: person.name.family }),
    },
    displayName: name,
    active: person.employed,
    ...(person.phones.length > 0 && {
      phoneNumbers: person.phones.map((key) => ({ value: writePhone(key, numbering), type: 'work' as const })),
    }),
    ...(unit &&
      person.employed && {
        groups: [{ value: unit.id, display: unit.name, $ref: `${groupsPath}/${unit.id}`, type: 'direct' as const }],
      }),
    ...(hasEnterprise && { [enterpriseUser]: enterprise }),
    meta: {
      resourceType: 'User' as const,
      created: person.createdAt.toString(),
      lastModified: person.changedAt.toString(),
      location: `${usersPath}/${id}`,
    },
  }
  return { ...resource, meta: { ...resource.meta, version: versionOf(resource) } }
}

/** Returns a number in E.164; in national notation if it has no E.164 form. */
function writePhone(key: PhoneNumberKey, numbering: NumberingOptions): string {
  return key.startsWith('+') ? key : displayPhoneNumber(key, numbering)
}

/** Returns a weak entity tag: the same for the same resource (RFC 7644 section 3.14). */
export function versionOf(resource: object): string {
  return `W/"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`
}
