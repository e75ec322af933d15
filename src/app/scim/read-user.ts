import { isStorable, isUserId, maxNameLength, userIdOf } from '#safeguards/people/written-values.ts'
import { enterpriseUser, readAttributePath, type AttributePath } from './attribute-path.ts'
import { ScimError, invalidValue } from './scim-error.ts'
import type { UserResource } from './user-resource.ts'

export interface WrittenPhone {
  value?: string | undefined
  type?: string | undefined
}

/** A user as sent by an identity system. Members that were not sent are absent; null means no value. */
export interface WrittenUser {
  userName?: string
  externalId?: string | null
  displayName?: string | null
  formatted?: string | null
  givenName?: string | null
  familyName?: string | null
  active?: boolean
  phones?: WrittenPhone[]
  department?: string | null
  /** Id or userName of another User. */
  manager?: string | null
}

const texts = new Map<string, 'externalId' | 'displayName' | 'formatted' | 'givenName' | 'familyName'>([
  ['externalid', 'externalId'],
  ['displayname', 'displayName'],
  ['name.formatted', 'formatted'],
  ['name.givenname', 'givenName'],
  ['name.familyname', 'familyName'],
])

/** Attributes of RFC 7643 sections 4.1 and 4.3 that the register does not need: accepted and not stored (R10). */
const ignored = new Set(
  [
    ...['middleName', 'honorificPrefix', 'honorificSuffix'].map((part) => `name.${part}`),
    ...['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone', 'password', 'emails'],
    ...['ims', 'photos', 'addresses', 'groups', 'entitlements', 'roles', 'x509Certificates', 'id', 'meta', 'schemas'],
    ...['employeeNumber', 'costCenter', 'organization', 'division'].map((name) => `enterprise.${name}`),
    ...['displayName', '$ref'].map((part) => `enterprise.manager.${part}`),
  ].map((name) => name.toLowerCase()),
)

/** Returns a unique name for an attribute in lower case, whichever form of its path was sent. */
export function nameOfAttribute({ schema, attribute, sub }: AttributePath): string {
  const whole =
    schema === enterpriseUser ? ['enterprise', attribute].filter((part) => part !== '').join('.') : attribute
  return sub === undefined ? whole : `${whole}.${sub}`
}

/** Reads the body of POST and PUT, or the value of a PATCH operation without a path. Ignores unknown attributes. */
export function readUser(body: unknown): WrittenUser {
  if (!isObject(body)) throw new ScimError(400, 'A User must be a JSON object.', 'invalidSyntax')
  const user: WrittenUser = {}
  for (const [written, value] of Object.entries(body)) {
    const path = readAttributePath(written)
    if (path) setAttribute(user, nameOfAttribute(path), value)
  }
  return user
}

/**
 * Sets one attribute.
 * @returns false if the attribute is unknown
 */
export function setAttribute(user: WrittenUser, name: string, value: unknown): boolean {
  const text = texts.get(name)
  if (text) user[text] = readText(name, value)
  else if (name === 'username') user.userName = readUserName(value)
  else if (name === 'active') user.active = readActive(value)
  else if (name === 'phonenumbers') user.phones = readPhones(value)
  else if (name === 'enterprise.department') user.department = readText('department', value)
  else if (name === 'enterprise.manager' || name === 'enterprise.manager.value') user.manager = readManager(value)
  else if (name === 'name' || name === 'enterprise') {
    if (value !== null && value !== undefined && !isObject(value)) throw invalidValue(`${name} must be an object.`)
    if (name === 'name' && !value) Object.assign(user, { formatted: null, givenName: null, familyName: null })
    if (name === 'enterprise' && !value) Object.assign(user, { department: null, manager: null })
    for (const [part, inner] of Object.entries(value ?? {})) setAttribute(user, `${name}.${part.toLowerCase()}`, inner)
  } else return ignored.has(name) || ignored.has(name.split('.')[0] ?? '')
  return true
}

/** Converts a User resource to the form in which an identity system sends it. */
export function writtenFrom(resource: UserResource): WrittenUser {
  const { department, manager } = resource[enterpriseUser] ?? {}
  return {
    userName: resource.userName,
    externalId: resource.externalId ?? null,
    displayName: resource.displayName,
    formatted: resource.name.formatted,
    givenName: resource.name.givenName ?? null,
    familyName: resource.name.familyName ?? null,
    active: resource.active,
    phones: (resource.phoneNumbers ?? []).map(({ value, type }) => ({ value, type })),
    department: department ?? null,
    manager: manager?.value ?? null,
  }
}

/** Returns a person's name: the display name, else the formatted name, else given and family name. */
export function fullName({ displayName, formatted, givenName, familyName }: WrittenUser): string {
  return displayName || formatted || [givenName, familyName].filter(Boolean).join(' ')
}

/** Returns the numbers at which the official answers calls: those of type work, and those without a type. */
export function phonesOf({ phones }: WrittenUser): string[] {
  return (phones ?? [])
    .filter(({ type }) => type === undefined || type.toLowerCase() === 'work')
    .flatMap(({ value }) => (value === undefined || value.trim() === '' ? [] : [value]))
}

function readText(name: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value !== 'string') throw invalidValue(`${name} must be a string.`)
  const text = value.trim()
  if (text.length > maxNameLength) throw invalidValue(`${name} must have at most ${maxNameLength} characters.`)
  if (!isStorable(text)) throw invalidValue(`${name} has a character that cannot be stored.`)
  return text || null
}

function readUserName(value: unknown): string {
  const userId = typeof value === 'string' ? userIdOf(value) : ''
  if (!isUserId(userId)) {
    throw invalidValue('userName must begin with a letter or a digit and have at most 64 letters, digits and . _ @ -')
  }
  return userId
}

/** Reads `active`, which Entra ID sends as the string "True" or "False". */
function readActive(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (word === 'true' || word === 'false') return word === 'true'
  throw invalidValue('active must be true or false.')
}

export function readPhones(value: unknown): WrittenPhone[] {
  if (value === null || value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === 'string') return { value: one }
    if (!isObject(one)) throw invalidValue('phoneNumbers: each must be an object with value and type.')
    const phone: WrittenPhone = {}
    for (const [name, part] of Object.entries(one)) setPhonePart(phone, name.toLowerCase(), part)
    return phone
  })
}

/** Sets `value` or `type`; ignores other parts. */
export function setPhonePart(phone: WrittenPhone, part: string, value: unknown): void {
  if (part !== 'value' && part !== 'type') return
  if (value === null || value === undefined) phone[part] = undefined
  else if (typeof value !== 'string' || !isStorable(value)) throw invalidValue(`phoneNumbers.${part} must be a string.`)
  else phone[part] = value
}

/** Reads a manager: `{value: id}`, or the id alone, as some clients send it. */
function readManager(value: unknown): string | null {
  if (!isObject(value)) return readText('manager', value)
  const [, id] = Object.entries(value).find(([name]) => name.toLowerCase() === 'value') ?? []
  return readText('manager.value', id)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
