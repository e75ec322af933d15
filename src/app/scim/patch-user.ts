import { parsePath, type Filter, type PatchPath } from './filter.ts'
import { matches } from './matches.ts'
import {
  nameOfAttribute,
  readPhones,
  readUser,
  setAttribute,
  setPhonePart,
  type WrittenPhone,
  type WrittenUser,
} from './read-user.ts'
import { ScimError } from './scim-error.ts'

const schema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const maxOperations = 100

interface Operation {
  op: 'add' | 'replace' | 'remove'
  path?: string
  value?: unknown
}

/** Reads the operations of a PATCH request (RFC 7644 section 3.5.2). `op` is case-insensitive, for Entra ID. */
export function readOperations(body: unknown): Operation[] {
  const given = new Map(
    Object.entries(Object(body) as object).map(([name, value]) => [name.toLowerCase(), value as unknown]),
  )
  const [schemas, operations] = [given.get('schemas'), given.get('operations')]
  if (!Array.isArray(schemas) || !schemas.includes(schema)) {
    throw new ScimError(400, `A PATCH must have the schema ${schema}.`, 'invalidSyntax')
  }
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > maxOperations) {
    throw new ScimError(400, `A PATCH must have 1 to ${maxOperations} Operations.`, 'invalidSyntax')
  }
  return operations.map((operation: unknown) => {
    const { op, path, value } = Object(operation) as Record<string, unknown>
    const kind = typeof op === 'string' ? op.toLowerCase() : ''
    if (kind !== 'add' && kind !== 'replace' && kind !== 'remove') {
      throw new ScimError(400, 'op must be "add", "replace" or "remove".', 'invalidSyntax')
    }
    if (path !== undefined && path !== null && typeof path !== 'string') {
      throw new ScimError(400, 'path must be a string.', 'invalidPath')
    }
    return { op: kind, ...(path && { path }), value }
  })
}

/** Returns the user after all operations, applied in order. */
export function patchUser(user: WrittenUser, operations: readonly Operation[]): WrittenUser {
  return operations.reduce(patch, user)
}

function patch(user: WrittenUser, { op, path, value }: Operation): WrittenUser {
  if (path === undefined) {
    if (op === 'remove') throw new ScimError(400, 'op "remove" needs a path.', 'noTarget')
    const { phones, ...attributes } = readUser(value)
    return {
      ...user,
      ...attributes,
      ...(phones && { phones: op === 'add' ? mergePhones(user.phones, phones) : phones }),
    }
  }
  const target = parsePath(path)
  const name = nameOfAttribute(target.path)
  if (name === 'phonenumbers' || name.startsWith('phonenumbers.')) {
    return { ...user, phones: patchPhones(user.phones ?? [], { op, value }, target) }
  }
  if (op === 'remove' && (name === 'username' || name === 'active' || name === 'id')) {
    throw new ScimError(400, `${path} cannot be removed.`, 'mutability')
  }
  const after = { ...user }
  if (!setAttribute(after, name, op === 'remove' ? null : value)) {
    throw new ScimError(400, `There is no attribute "${path.slice(0, 100)}".`, 'invalidPath')
  }
  return after
}

function patchPhones(
  phones: readonly WrittenPhone[],
  { op, value }: Pick<Operation, 'op' | 'value'>,
  { path, filter, sub = path.sub }: PatchPath,
): WrittenPhone[] {
  if (!filter && sub === undefined) {
    const given = readPhones(value)
    if (op === 'add') return mergePhones(phones, given)
    if (op === 'replace') return given
    return given.length === 0 ? [] : phones.filter((phone) => !given.some((one) => one.value === phone.value))
  }
  const isSelected = (phone: WrittenPhone) => !filter || matches(phone, filter)
  if (op === 'remove') {
    return sub === undefined || sub === 'value' ? phones.filter((phone) => !isSelected(phone)) : [...phones]
  }
  const change = (phone: WrittenPhone): WrittenPhone => {
    const changed = { ...phone }
    if (sub === undefined) Object.assign(changed, readPhones(value)[0])
    else setPhonePart(changed, sub, value)
    return changed
  }
  if (phones.some(isSelected))
    return withoutDuplicates(phones.map((phone) => (isSelected(phone) ? change(phone) : phone)))
  // No value matches the filter: adds a number with the filter's values, as Entra ID and Okta expect for `add` and `replace`.
  const created = filter && phoneFromFilter(filter)
  if (created) return mergePhones(phones, [change(created)])
  throw new ScimError(400, 'The path matches no phone number.', 'noTarget')
}

/** Returns the number that a filter describes; undefined if the filter has other operators than `eq`. */
function phoneFromFilter(filter: Filter): WrittenPhone | undefined {
  if (filter.op === 'and') {
    const [one, other] = [phoneFromFilter(filter.one), phoneFromFilter(filter.other)]
    return one && other && { ...one, ...other }
  }
  if (filter.op !== 'compare' || filter.comparison !== 'eq') return undefined
  const phone: WrittenPhone = {}
  setPhonePart(phone, filter.path.attribute, filter.value)
  return phone
}

function mergePhones(phones: readonly WrittenPhone[] = [], added: readonly WrittenPhone[]): WrittenPhone[] {
  return withoutDuplicates([...phones, ...added])
}

function withoutDuplicates(phones: readonly WrittenPhone[]): WrittenPhone[] {
  return phones.filter(
    ({ value, type }, index) => phones.findIndex((other) => other.value === value && other.type === type) === index,
  )
}
